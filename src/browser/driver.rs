//! The loop between a session and the platform: one timer, one socket, requests in flight.
//!
//! Invariant: user code is never called while the session is borrowed. Everything a session has to say is collected first,
//! the borrow released, and only then acted upon; whatever is called back may come back in. A nested [`Driver::pump`] does
//! nothing: the outer one goes round again.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use js_sys::Function;
use wasm_bindgen::JsValue;

use super::claims::Claims;
use super::clock::Clock;
use super::feed::Socket;
use super::fetch::Flight;
use super::globals;
use super::kept::Kept;
use super::ledger::Ledger;
use super::listeners::PlatformListener;
use super::lock::Lock;
use super::manner::Manner;
use super::tabs::{self, Tabs};
use super::wakers;
use crate::gateway::http::Secret;
use crate::machine::Notice;
use crate::machine::error::Error;
use crate::machine::id::Id;
use crate::machine::sorted_map::SortedMap;
use crate::machine::time::{Instant, UnixMs};
use crate::patterns::Told;
use crate::patterns::own::OwnState;
use crate::patterns::policy::Check;
use crate::session::{Connection, Reply, RequestId, Session, Setup};

/// Beyond this a browser's timer fires at once; we wake and ask again instead, in ms.
const LONGEST_TIMER_MS: u64 = 2_147_483_647;

/// Where the credential comes from: asked whenever the session wants one, for these chats where it is a relay's.
pub(crate) type CredentialSource = Box<dyn Fn(&JsValue) -> Pin<Box<dyn Future<Output = Result<Option<Secret>, ()>>>>>;

/// Who hears what the session has to say.
pub(crate) trait Observer {
    /// Snapshots changed.
    fn changed(&self, notices: &[Notice]);
    /// The connection changed.
    fn connected(&self, connection: Connection);
    /// Something failed that no reply carries.
    fn failed(&self, error: &Error);
    /// A pattern has something to tell.
    fn told(&self, told: Told);
    /// What our account says of itself changed.
    fn owned(&self, own: OwnState);
    /// The policy of our own presence wants to know something of the platform.
    fn asked(&self, check: Check);
    /// An exception tore through a call and left state borrowed.
    fn torn(&self);
    /// The reply to a call, and what the platform threw where that is why it failed.
    fn replied(&self, id: RequestId, reply: Result<Reply, Error>, thrown: Option<JsValue>);
}

/// Drives one session.
pub(crate) struct Driver {
    pub(super) session: RefCell<Session>,
    clock: RefCell<Clock>,
    timer: RefCell<Option<(Instant, Timeout)>>,
    pub(super) socket: RefCell<Option<Socket>>,
    /// The one before, while it is kept beside.
    pub(super) older: RefCell<Option<Socket>>,
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    pub(super) stream: RefCell<Option<Flight>>,
    /// Tells a socket's last words from those of its successor.
    pub(super) socket_epoch: Cell<u32>,
    pub(super) flights: RefCell<SortedMap<RequestId, Flight>>,
    pub(super) credential: Option<CredentialSource>,
    /// The class of sockets, where it is not the platform's own.
    pub(super) socket_class: Option<Function>,
    /// What the platform threw at a request, until its reply is told.
    pub(super) thrown: RefCell<Option<(RequestId, JsValue)>>,
    pub(super) observer: RefCell<Option<Rc<dyn Observer>>>,
    pub(super) ledger: Ledger,
    pub(super) claims: Claims,
    pub(super) kept: Kept,
    pub(super) policy_lock: RefCell<Option<Lock>>,
    pub(super) tabs: RefCell<Option<Tabs>>,
    pub(super) share_key: RefCell<String>,
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    pub(super) shares_by_ticket: Cell<bool>,
    wakers: RefCell<Vec<PlatformListener>>,
    pumping: Cell<bool>,
    pub(super) max_body: usize,
}

impl Driver {
    /// Makes a driver; nothing happens before [`Driver::start`].
    pub(crate) fn new(
        setup: Box<dyn FnOnce(u64) -> Setup>,
        credential: Option<CredentialSource>,
        socket_class: Option<Function>,
        manner: Manner,
    ) -> Rc<Self> {
        let mut clock = Clock::new(globals::performance_now(), globals::date_now());
        let (now, _) = clock.sample(globals::date_now(), globals::performance_now);
        let setup = setup(seed());
        let max_body = setup.max_body_bytes;
        let mut session = Session::new(setup, now);
        session.set_background(manner.background);
        session.look_into_silence();
        if !wakers::is_visible() {
            session.handle_visibility(false, now);
        }
        // With whom a ticket lets it share is known once there is one.
        let shares_by_ticket = manner.shares && session.gateway_kind() == "relay";
        if manner.shares && !shares_by_ticket {
            tabs::share(&mut session, now);
        }
        Rc::new(Self {
            ledger: Ledger::of(&session),
            claims: Claims::of(&session),
            kept: Kept::of(&session, manner.keeps),
            policy_lock: RefCell::default(),
            session: RefCell::new(session),
            clock: RefCell::new(clock),
            timer: RefCell::default(),
            socket: RefCell::default(),
            older: RefCell::default(),
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            stream: RefCell::default(),
            socket_epoch: Cell::new(0),
            flights: RefCell::default(),
            credential,
            socket_class,
            thrown: RefCell::default(),
            observer: RefCell::default(),
            tabs: RefCell::default(),
            share_key: RefCell::new(manner.share_key),
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            shares_by_ticket: Cell::new(shares_by_ticket),
            wakers: RefCell::default(),
            pumping: Cell::new(false),
            max_body,
        })
    }

    /// Starts: from here on the observer hears everything, until [`Driver::close`].
    pub(crate) fn start(self: &Rc<Self>, observer: Rc<dyn Observer>) {
        *self.observer.borrow_mut() = Some(observer);
        *self.wakers.borrow_mut() = wakers::on_the_platform(self);
        self.read_others();
        self.recall();
        self.join_tabs();
        self.pump();
        self.say_what_storage_lacks();
    }

    /// Removes what this client left in the browser's storage, if that is wanted.
    pub(crate) fn forget(&self, wanted: bool) {
        if wanted {
            self.ledger.forget();
            self.kept.forget();
        }
    }

    /// The application knows when they last wrote in a chat, or does not.
    pub(crate) fn note_inbound(self: &Rc<Self>, chat: &Id, at: Option<UnixMs>) {
        if let Some(at) = at {
            self.with(|session, wall, now| session.note_inbound(chat, at, wall, now));
        }
    }

    /// Ends everything. The observer hears the last words, then nothing.
    pub(crate) fn close(self: &Rc<Self>) {
        self.leave();
        *self.policy_lock.borrow_mut() = None;
        let now = self.time().0;
        self.session.borrow_mut().close(now);
        // Also from within a callback, where a pump is under way: nobody hears anything after this.
        self.carry_out(now);
        drop(self.tabs.borrow_mut().take());
        *self.timer.borrow_mut() = None;
        *self.socket.borrow_mut() = None;
        *self.older.borrow_mut() = None;
        #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
        drop(self.stream.borrow_mut().take());
        let flights = self.flights.borrow_mut().take();
        drop(flights);
        self.wakers.borrow_mut().clear();
        let observer = self.observer.borrow_mut().take();
        drop(observer);
    }

    /// After a trap: nothing is to call in here any more. What was under way when it came is left as it is.
    pub(crate) fn abandon(&self) {
        empty(&self.timer);
        empty(&self.socket);
        empty(&self.older);
        #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
        empty(&self.stream);
        empty(&self.tabs);
        empty(&self.policy_lock);
        empty(&self.wakers);
        empty(&self.observer);
    }

    /// Reads from the session.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Session) -> T) -> T {
        read(&self.session.borrow())
    }

    /// Changes the session, then carries out what follows from it.
    pub(crate) fn with<T>(self: &Rc<Self>, change: impl FnOnce(&mut Session, UnixMs, Instant) -> T) -> T {
        self.at(self.time(), change)
    }

    /// The same for callers who read the wall clock already, in ms.
    pub(crate) fn with_at<T>(
        self: &Rc<Self>,
        wall_ms: f64,
        change: impl FnOnce(&mut Session, UnixMs, Instant) -> T,
    ) -> T {
        let time = self.clock.borrow_mut().sample(wall_ms, globals::performance_now);
        self.at(time, change)
    }

    fn at<T>(
        self: &Rc<Self>,
        (now, wall): (Instant, UnixMs),
        change: impl FnOnce(&mut Session, UnixMs, Instant) -> T,
    ) -> T {
        let result = change(&mut self.session.borrow_mut(), wall, now);
        self.pump_at(now);
        result
    }

    /// Begins what is answered later. The number under which the answer comes is noted before anything can come of it.
    pub(crate) fn begin<T>(self: &Rc<Self>, begin: impl FnOnce(&mut Session, Instant) -> T, noted: impl FnOnce(T)) {
        let now = self.time().0;
        let id = begin(&mut self.session.borrow_mut(), now);
        noted(id);
        self.pump();
    }

    /// The caller of a call gave up.
    pub(crate) fn abort(&self, id: RequestId) {
        self.session.borrow_mut().abort(id);
        let flight = self.flights.borrow_mut().remove(&id);
        drop(flight);
    }

    /// Largest body taken in, in bytes.
    pub(crate) const fn max_body(&self) -> usize {
        self.max_body
    }

    /// Whether an exception tore through a call and left state borrowed: no call of ours does.
    pub(crate) fn is_torn(&self) -> bool {
        self.session.try_borrow_mut().is_err() || self.clock.try_borrow_mut().is_err()
    }

    /// The time by both clocks.
    pub(crate) fn time(&self) -> (Instant, UnixMs) {
        self.clock.borrow_mut().sample(globals::date_now(), globals::performance_now)
    }

    /// Carries out whatever the session wants, until it wants nothing more; then sets the timer.
    pub(crate) fn pump(self: &Rc<Self>) {
        self.pump_at(self.time().0);
    }

    /// A reading of the clocks serves until user code has run: each costs two calls into the browser.
    fn pump_at(self: &Rc<Self>, mut now: Instant) {
        if self.pumping.replace(true) {
            return;
        }
        while self.carry_out(now) {
            now = self.time().0;
        }
        self.pumping.set(false);
        self.arm(now);
    }

    /// One round of everything the session has to say; false when that was nothing. The session is borrowed only to poll it.
    fn carry_out(self: &Rc<Self>, now: Instant) -> bool {
        let mut busy = false;
        if self.session.borrow_mut().poll_credential() {
            busy = true;
            self.ask_credential();
        }
        while let Some(command) = self.polled(|session| session.poll_feed(now)) {
            busy = true;
            self.feed(command);
        }
        busy |= self.tell_tabs();
        if self.read(|session| session.is_about_to_speak(now)) {
            self.read_others();
        }
        while let Some((id, request)) = self.polled(|session| session.poll_request(now)) {
            busy = true;
            self.request(id, request);
        }
        if busy || self.read(|session| session.has_claim_due(now)) {
            let wall = self.time().1;
            let mut session = self.session.borrow_mut();
            self.ledger.write(&mut session, wall, now);
            self.claims.write(&mut session, wall, now);
        }
        // Most events say nothing new: a chat was told of a moment ago.
        if !self.read(|session| session.has_news(now)) {
            return busy;
        }
        let Some(observer) = self.observer.borrow().clone() else { return busy };
        while let Some(check) = self.polled(|session| session.poll_check(now)) {
            busy = true;
            observer.asked(check);
        }
        while let Some(told) = self.polled(|session| session.poll_told(now)) {
            busy = true;
            observer.told(told);
        }
        if let Some(own) = self.polled(|session| session.poll_own(now)) {
            busy = true;
            observer.owned(own);
        }
        while let Some((id, reply)) = self.polled(Session::poll_reply) {
            busy = true;
            let thrown = self.thrown.borrow_mut().take_if(|(of, _)| *of == id).map(|(_, thrown)| thrown);
            observer.replied(id, reply, thrown);
        }
        while let Some(error) = self.polled(Session::poll_error) {
            busy = true;
            observer.failed(&error);
        }
        while let Some(connection) = self.polled(Session::poll_connection) {
            busy = true;
            observer.connected(connection);
        }
        let mut notices = Vec::new();
        while let Some(notice) = self.polled(Session::poll_notice) {
            notices.push(notice);
        }
        if !notices.is_empty() {
            busy = true;
            observer.changed(&notices);
        }
        busy
    }

    fn polled<T>(&self, poll: impl FnOnce(&mut Session) -> T) -> T {
        poll(&mut self.session.borrow_mut())
    }

    /// Sets the one timer. An earlier one stays: when it fires we ask again. One that is overdue does not: what it was for is done,
    /// and where timers stand still while a machine sleeps, it fires as much too late.
    fn arm(self: &Rc<Self>, now: Instant) {
        let Some(due) = self.session.borrow().poll_timeout(now) else {
            *self.timer.borrow_mut() = None;
            return;
        };
        let mut timer = self.timer.borrow_mut();
        if timer.as_ref().is_some_and(|(at, _)| (now..=due).contains(at)) {
            return;
        }
        // The old one goes before the new one comes: there is never more than one.
        *timer = None;
        let delay = u32::try_from(due.since(now).min(LONGEST_TIMER_MS)).unwrap_or(u32::MAX);
        let driver = Rc::downgrade(self);
        *timer = Some((due.min(now + LONGEST_TIMER_MS), Timeout::new(delay, move || wake(&driver))));
    }
}

fn empty<T: Default>(cell: &RefCell<T>) {
    drop(cell.try_borrow_mut().map(|mut cell| std::mem::take(&mut *cell)));
}

/// The clock decides what is due, not the timer that fired.
fn wake(driver: &Weak<Driver>) {
    let Some(driver) = driver.upgrade() else { return };
    if driver.is_torn() {
        let observer = driver.observer.try_borrow().ok().and_then(|observer| observer.clone());
        return observer.iter().for_each(|observer| observer.torn());
    }
    let fired = driver.timer.borrow_mut().take();
    drop(fired);
    driver.with(|session, _, now| session.handle_timeout(now));
}

/// Jitter needs a seed that differs between clients, no more.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "any 53 bits will do")]
fn seed() -> u64 {
    (globals::random() * 9_007_199_254_740_992.0) as u64
}
