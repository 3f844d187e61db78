//! A tab that follows: it says which chats it wants, and hears what the leader hears.

use super::ALIVE_MS;
use super::leader::{GET, GET_ALL, LOOK_UP, REASONS, SESSION, STATES, SUBSCRIBE};
use super::message::Message;
use crate::gateway::Answer;
use crate::gateway::Call;
use crate::gateway::http::Response;
use crate::machine::id::Id;
use crate::machine::observation::SessionState;
use crate::machine::time::{Instant, UnixMs};
use crate::session::{ConnectionState, Session};

/// By their places in the machine's own list.
const SESSIONS: [SessionState; 6] = [
    SessionState::Working,
    SessionState::Starting,
    SessionState::NeedsPairing,
    SessionState::Stopped,
    SessionState::Failed,
    SessionState::Unknown,
];

impl Session {
    /// Another tab turned out to lead: it is told what we follow, at once.
    pub(super) fn another_leads(&mut self, now: Instant) {
        if let Some(tabs) = &mut self.tabs {
            tabs.list_due = Some(now);
        }
        // What was asked by way of the one before holds, for us as for the one that leads.
        if self.machine.feed_open_since().is_some() {
            self.machine.take_over_feed(now);
        }
    }

    /// Says which chats we follow, where that changed or was not said for a while.
    pub(super) fn tell_list(&mut self, now: Instant) {
        let changed = self.machine.take_list_change();
        let due = self.tabs.as_ref().and_then(|tabs| tabs.list_due).is_some_and(|due| due <= now);
        if !changed && !due {
            return;
        }
        let chats = self.machine.wanted_here();
        let visible = self.attention.hidden_since.is_none();
        if let Some(tabs) = &mut self.tabs {
            tabs.list_due = Some(now + ALIVE_MS);
            let message = Message::Follows { tab: tabs.id, visible, chats };
            tabs.say(&message);
            tabs.note_asked(now);
        }
    }

    /// The leader, or another tab, said something.
    pub(super) fn follow(&mut self, message: &Message<'_>, wall: UnixMs, now: Instant) {
        let instant = |at: u64| now - wall.as_ms().saturating_sub(at);
        match message {
            Message::Stands { open_at, connection: [state, reason, session], .. } => {
                if let (Some(tabs), Some(_)) = (&mut self.tabs, open_at) {
                    tabs.fed = true;
                }
                match open_at {
                    Some(at) => self.machine.handle_feed_open(instant(*at), now),
                    None => self.machine.handle_feed_down(now),
                }
                let state = place(&STATES, *state).unwrap_or(ConnectionState::Connecting);
                let reason = reason.checked_sub(1).and_then(|reason| place(&REASONS, reason));
                // That our own key is refused stays so, whatever another tab's is worth.
                if !self.credential.is_refused() {
                    self.connect(state, reason, now);
                }
                let session = place(&SESSIONS, *session).unwrap_or(SessionState::Unknown);
                if session != self.machine.session_state() {
                    self.machine.handle_session(session, false, now);
                }
                self.note_session(session, now);
                self.probe_at = None;
            }
            // What cannot be read is the leader's to tell.
            Message::Frame { at, text, .. } => drop(self.ingest_arrived(text.as_bytes(), instant(*at), wall, now)),
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Message::Event { at, name, position, text, .. } => {
                self.event_told(name, position, text, instant(*at), wall, now);
            }
            Message::Asks { at, chat, .. } => {
                if let Some(key) = self.machine.find(chat) {
                    self.machine.handle_asked(key, instant(*at), now);
                }
            }
            Message::Answer { at, call, about, status, text, .. } => {
                let Some(call) = call_of(*call, about) else { return };
                let status = u16::try_from(*status).unwrap_or(0);
                let response = Response { status, retry_after_ms: None, body: text.as_bytes().to_vec() };
                self.answered_for_all(&call, &response, instant(*at), wall, now);
            }
            Message::Record { tab, text, .. } => {
                if self.tabs.as_ref().is_some_and(|tabs| tabs.id == *tab) {
                    self.recall(text, wall, now);
                }
            }
            Message::Yields { tab, .. } => self.prepare_to_lead(*tab),
            Message::Follows { .. } | Message::Gone { .. } | Message::Leads { .. } => {}
        }
    }

    fn answered_for_all(&mut self, call: &Call, response: &Response, sent_at: Instant, wall: UnixMs, now: Instant) {
        let answer = self.read_answer(call, response);
        match call {
            Call::Subscribe(chat) | Call::Get(chat) => {
                if let Some(key) = self.machine.find(chat.as_str()) {
                    self.machine.handle_asked_outcome(key, sent_at, answer.as_ref().err(), now);
                }
            }
            Call::LookUp(person) => {
                if let Some(key) = self.machine.find(person.as_str()) {
                    self.machine.note_looked_up(key);
                }
            }
            Call::Snapshot(_)
            | Call::GetAll
            | Call::Set(_)
            | Call::StartTyping(_)
            | Call::StopTyping(_)
            | Call::Session
            | Call::Privacy
            | Call::SetPrivacy(_) => {}
        }
        match &answer {
            Ok(Answer::Alias { lid: Some(lid), contact: Some(contact) }) => {
                self.machine.add_alias(lid, contact, wall, now);
            }
            Ok(Answer::Session(info)) => {
                self.session_told(info, sent_at, now);
                self.probe_at = None;
            }
            Ok(answer) => self.read(answer, sent_at, wall, now),
            Err(_) => {}
        }
    }
}

fn call_of(place: u64, about: &str) -> Option<Call> {
    let id = || Id::parse(about).ok();
    Some(match place {
        SUBSCRIBE => Call::Subscribe(id()?),
        GET => Call::Get(id()?),
        GET_ALL => Call::GetAll,
        LOOK_UP => Call::LookUp(id()?),
        SESSION => Call::Session,
        _ => return None,
    })
}

fn place<T: Copy>(of: &[T], place: u64) -> Option<T> {
    of.get(usize::try_from(place).ok()?).copied()
}
