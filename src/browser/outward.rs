//! What a driver carries out: the credential, the socket or the stream, requests. What comes of each goes back into the session.

use std::rc::{Rc, Weak};

#[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::driver::Driver;
use super::feed::{self, Socket, SocketEvent};
use super::fetch;
#[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
use super::stream::StreamEvent;
use crate::gateway::http::Request;
use crate::session::{FeedCommand, RequestId};

impl Driver {
    pub(super) fn ask_credential(self: &Rc<Self>) {
        let Some(source) = &self.credential else { return };
        let asked = source(&self.ticket_chats());
        let driver = Rc::downgrade(self);
        spawn_local(async move {
            let given = asked.await;
            if let Some(driver) = driver.upgrade() {
                #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
                let ends_at = given.as_ref().ok().and_then(|ticket| driver.read_ticket(ticket.as_ref()?));
                driver.with(|session, _, now| match given {
                    Ok(secret) => session.handle_credential(secret, now),
                    Err(()) => session.handle_credential_failed(now),
                });
                #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
                if let Some(ends_at) = ends_at {
                    driver.with(|session, wall, now| session.note_ticket_end(ends_at, wall, now));
                }
            }
        });
    }

    pub(super) fn feed(self: &Rc<Self>, command: FeedCommand) {
        if matches!(command, FeedCommand::EndOlder) {
            return self.older.borrow().iter().for_each(Socket::end);
        }
        let epoch = self.socket_epoch.get() + 1;
        self.socket_epoch.set(epoch);
        let before = self.socket.borrow_mut().take();
        let kept = before.filter(|_| matches!(command, FeedCommand::Beside(_)));
        let older = std::mem::replace(&mut *self.older.borrow_mut(), kept);
        drop(older);
        #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
        drop(self.stream.borrow_mut().take());
        let url = match command {
            FeedCommand::Open(url) | FeedCommand::Beside(url) => url,
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            FeedCommand::Stream(request) => return self.stream(request, epoch),
            FeedCommand::Close | FeedCommand::EndOlder => return,
        };
        let driver = Rc::downgrade(self);
        let socket = feed::open(url.reveal(), self.socket_class.as_ref(), move |event| hear(&driver, epoch, event));
        if socket.is_none() {
            let (now, _) = self.time();
            self.session.borrow_mut().handle_no_socket(now);
        }
        *self.socket.borrow_mut() = socket;
    }

    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    fn stream(self: &Rc<Self>, request: Request, epoch: u32) {
        let driver = Rc::downgrade(self);
        let flight = super::stream::open(request, self.max_body, move |event| {
            let Some(driver) = driver.upgrade().filter(|driver| driver.socket_epoch.get() == epoch) else { return };
            driver.with(|session, wall, now| match event {
                StreamEvent::Open => session.handle_stream_open(now),
                StreamEvent::Bytes(bytes) => session.handle_stream_bytes(&bytes, wall, now),
                StreamEvent::Ended(answer) => session.handle_stream_ended(answer.as_ref(), now),
            });
        });
        *self.stream.borrow_mut() = Some(flight);
    }

    /// For which chats a ticket is asked for; nothing where there are no tickets.
    fn ticket_chats(&self) -> JsValue {
        #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
        let chats = self.read(|session| -> Array {
            session.ticket_chats().iter().map(|id| JsValue::from_str(id.as_str())).collect()
        });
        #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
        let chats = chats.into();
        #[cfg(not(any(feature = "hosted", not(target_arch = "wasm32"))))]
        let chats = JsValue::UNDEFINED;
        chats
    }

    pub(super) fn request(self: &Rc<Self>, id: RequestId, request: Request) {
        let (flight, outcome) = fetch::start(request, self.max_body);
        self.flights.borrow_mut().insert(id, flight);
        let driver = Rc::downgrade(self);
        spawn_local(async move {
            let (outcome, thrown) = outcome.await;
            let Some(driver) = driver.upgrade() else { return };
            let flight = driver.flights.borrow_mut().remove(&id);
            drop(flight);
            *driver.thrown.borrow_mut() = thrown.map(|thrown| (id, thrown));
            driver.with(|session, wall, now| session.handle_outcome(id, &outcome, wall, now));
        });
    }
}

/// Of the socket in use, and of the one before while that is kept beside it: any other is dropped, and not heard any more.
fn hear(driver: &Weak<Driver>, epoch: u32, event: SocketEvent) {
    let Some(driver) = driver.upgrade() else { return };
    if driver.socket_epoch.get() != epoch {
        return driver.with(|session, wall, now| match event {
            SocketEvent::Open => {}
            SocketEvent::Text(text) => session.handle_older_frame(text.as_bytes(), wall, now),
            SocketEvent::Bytes(bytes) => session.handle_older_frame(&bytes, wall, now),
            SocketEvent::Closed(code) => session.handle_older_closed(code, now),
        });
    }
    driver.with(|session, wall, now| match event {
        SocketEvent::Open => session.handle_socket_open(now),
        SocketEvent::Text(text) => session.handle_frame(text.as_bytes(), wall, now),
        SocketEvent::Bytes(bytes) => session.handle_frame(&bytes, wall, now),
        SocketEvent::Closed(code) => session.handle_socket_closed(code, now),
    });
}
