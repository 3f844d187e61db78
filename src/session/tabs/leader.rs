//! The tab that leads: it asks for the chats of all tabs as for its own, and tells what comes.

use super::message::Message;
use super::{ALIVE_MS, MOST_TABS, Other};
use crate::gateway::waha::retell;
use crate::gateway::{Answer, Call};
use crate::machine::Priority;
use crate::machine::error::Error;
use crate::machine::id::Id;
use crate::machine::observation::Envelope;
use crate::machine::time::{Instant, UnixMs};
use crate::session::calls::{Pending, Purpose};
use crate::session::{ConnectionReason, ConnectionState, Session};

/// The calls whose answers are of use to all, by their places.
pub(super) const SUBSCRIBE: u64 = 0;
pub(super) const GET: u64 = 1;
pub(super) const GET_ALL: u64 = 2;
pub(super) const LOOK_UP: u64 = 3;
pub(super) const SESSION: u64 = 4;
/// What stands where a call is about no chat.
pub(super) const NOBODY: &str = "-";

pub(super) const STATES: [ConnectionState; 5] = [
    ConnectionState::Connecting,
    ConnectionState::Open,
    ConnectionState::Reconnecting,
    ConnectionState::Unauthorized,
    ConnectionState::Closed,
];
/// The first place is that of none.
pub(super) const REASONS: [ConnectionReason; 4] =
    [ConnectionReason::Unreachable, ConnectionReason::Dropped, ConnectionReason::Refused, ConnectionReason::Hidden];

/// Reconnecting, after a loss; of the session nothing is known.
pub(super) const LOST: [u64; 3] = [2, 2, 5];

impl Session {
    /// Another tab said something to the one that leads.
    pub(super) fn led(&mut self, message: &Message<'_>, wall: UnixMs, now: Instant) {
        match message {
            Message::Follows { tab, visible, chats } => {
                self.lead(*tab, chats, wall, now);
                self.note_visible(*tab, *visible, now);
            }
            Message::Gone { tab } => self.let_go(*tab, now),
            Message::Leads { .. }
            | Message::Yields { .. }
            | Message::Stands { .. }
            | Message::Frame { .. }
            | Message::Asks { .. }
            | Message::Answer { .. }
            | Message::Record { .. } => {}
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Message::Event { .. } => {}
        }
    }

    /// A tab says which chats it follows.
    fn lead(&mut self, tab: u64, chats: &[(Id, Priority)], wall: UnixMs, now: Instant) {
        let Some(tabs) = &mut self.tabs else { return };
        tabs.answer(now);
        let place = tabs.others.iter().position(|other| other.tab == tab);
        if place.is_none() && tabs.others.len() >= MOST_TABS {
            return;
        }
        let before = place.map(|place| tabs.others.swap_remove(place).chats).unwrap_or_default();
        tabs.others.push(Other { tab, heard_at: now, visible: false, chats: chats.to_vec() });
        let holds = |list: &[(Id, Priority)], sought: &Id| list.iter().any(|(chat, _)| chat == sought);
        let mut news = Vec::new();
        // Said again every few seconds, mostly as it was.
        for (chat, _) in chats.iter().filter(|wish| !before.contains(wish)) {
            self.lend(chat, now);
            if !holds(&before, chat) {
                news.extend(self.machine.find(chat.as_str()));
            }
        }
        for (chat, _) in before.iter().filter(|(chat, _)| !holds(chats, chat)) {
            self.lend(chat, now);
        }
        if place.is_none() {
            self.tabs.iter_mut().for_each(|tabs| tabs.told.clear());
            self.tell_standing(wall, now);
        }
        #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
        if self.machine.config().is_relayed() {
            return self.welcome(place.is_none(), &news);
        }
        if !news.is_empty() {
            let record = self.record_of(&news, wall, now);
            self.say_as_leader(|epoch| Message::Record { epoch, tab, text: &record });
        }
    }

    /// Tells how we stand, where that is news.
    pub(super) fn tell_standing(&mut self, wall: UnixMs, now: Instant) {
        let open_at = self.machine.feed_open_since().map(|at| wall.at(at, now).as_ms());
        let connection = self.connection;
        let state = STATES.iter().position(|state| *state == connection.state).unwrap_or(0);
        let reason = connection.reason.and_then(|reason| REASONS.iter().position(|known| *known == reason));
        let session = self.machine.session_state() as u64;
        let connection = [state as u64, reason.map_or(0, |place| place as u64 + 1), session];
        let Some(tabs) = &mut self.tabs else { return };
        if tabs.others.is_empty() {
            return;
        }
        let text = Message::Stands { epoch: tabs.epoch, open_at, connection }.to_text();
        if tabs.told != text {
            tabs.outbox.push_back(text.clone());
            tabs.told = text;
            tabs.beat_due = Some(now + ALIVE_MS);
        }
    }

    /// A gateway told us something.
    #[inline]
    pub(in crate::session) fn tell_envelope(&mut self, envelope: &Envelope<'_>, wall: UnixMs) {
        if self.has_led() {
            self.retell(envelope, wall);
        }
    }

    #[inline(never)]
    fn retell(&mut self, envelope: &Envelope<'_>, wall: UnixMs) {
        if let Some(text) = retell::frame(envelope) {
            self.say_as_leader(|epoch| Message::Frame { epoch, at: wall.as_ms(), text: &text });
        }
    }

    /// A chat is being asked for.
    pub(in crate::session) fn tell_asked(&mut self, call: &Call, purpose: &Purpose, now: Instant) {
        if let (Call::Subscribe(chat) | Call::Get(chat), Purpose::Subscribe(_)) = (call, purpose)
            && self.has_led()
            && let Some(tabs) = &mut self.tabs
        {
            tabs.asks.push_back((chat.clone(), now));
        }
    }

    pub(super) fn tell_asks(&mut self, wall: UnixMs, now: Instant) {
        let Some(tabs) = &mut self.tabs else { return };
        while let Some((chat, at)) = tabs.asks.pop_front() {
            let message = Message::Asks { epoch: tabs.epoch, at: wall.at(at, now).as_ms(), chat: chat.as_str() };
            tabs.outbox.push_back(message.to_text());
        }
    }

    /// A call of ours was answered that was made for all.
    pub(in crate::session) fn tell_answer(
        &mut self,
        pending: &Pending,
        answer: &Result<Answer<'_>, Error>,
        wall: UnixMs,
        now: Instant,
    ) {
        let shared =
            matches!(pending.purpose, Purpose::Subscribe(_) | Purpose::LookUp | Purpose::CatchUp | Purpose::Probe);
        if !shared || !self.has_led() {
            return;
        }
        self.tell_asks(wall, now);
        let (call, about) = match &pending.call {
            Call::Subscribe(chat) => (SUBSCRIBE, chat.as_str()),
            Call::Get(chat) => (GET, chat.as_str()),
            Call::GetAll => (GET_ALL, NOBODY),
            Call::LookUp(person) => (LOOK_UP, person.as_str()),
            Call::Session => (SESSION, NOBODY),
            Call::Snapshot(_)
            | Call::Set(_)
            | Call::StartTyping(_)
            | Call::StopTyping(_)
            | Call::Privacy
            | Call::SetPrivacy(_) => return,
        };
        let (status, text) = match answer {
            Ok(answer) => (200, retell::answer(answer)),
            // Without a status nobody answered.
            Err(Error { status: None, .. }) => return,
            Err(error) => (error.status.map_or(0, u64::from), retell::refusal(&error.message)),
        };
        let at = wall.at(pending.sent_at, now).as_ms();
        self.say_as_leader(|epoch| Message::Answer { epoch, at, call, about, status, text: &text });
    }

    /// A tab is gone: its chats are asked for no more, unless others follow them.
    pub(super) fn let_go(&mut self, tab: u64, now: Instant) {
        let Some(tabs) = &mut self.tabs else { return };
        let Some(place) = tabs.others.iter().position(|other| other.tab == tab) else { return };
        let gone = tabs.others.swap_remove(place);
        for (chat, _) in &gone.chats {
            self.lend(chat, now);
        }
        self.review_attention(now);
    }

    /// All of them, as far as we are concerned: another tab leads.
    pub(super) fn let_all_go(&mut self, now: Instant) {
        while let Some(tab) = self.tabs.as_ref().and_then(|tabs| tabs.others.first()).map(|other| other.tab) {
            self.let_go(tab, now);
        }
    }

    /// Asks for a chat as much as it matters to any of the others.
    #[inline(never)]
    fn lend(&mut self, chat: &Id, now: Instant) {
        let Some(tabs) = &self.tabs else { return };
        let wished = tabs.others.iter().flat_map(|other| &other.chats).filter(|(wished, _)| wished == chat);
        let priority = wished.map(|(_, priority)| *priority).min();
        self.machine.lend(chat, priority, now);
    }

    /// Whether there is anybody to tell.
    pub(in crate::session) fn has_led(&self) -> bool {
        self.tabs.as_ref().is_some_and(|tabs| tabs.leads && !tabs.others.is_empty())
    }

    pub(in crate::session) fn say_as_leader<'m>(&mut self, message: impl FnOnce(u64) -> Message<'m>) {
        if let Some(tabs) = &mut self.tabs {
            let message = message(tabs.epoch);
            tabs.say(&message);
        }
    }
}
