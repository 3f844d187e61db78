//! One stream for many tabs: the one that leads tells the others every event as it came, and asks the relay for the chats of all.
//!
//! A tab that begins to follow a chat has the relay tell all of it again, as a page of its own would.

use super::{is_position, is_word};
use crate::gateway::relay::Event;
use crate::machine::ChatKey;
use crate::machine::time::{Instant, UnixMs};
use crate::session::Session;
use crate::session::tabs::message::Message;

/// Events whose last word stands until the next.
const STANDING: [&str; 4] = ["hello", "session", "own", "budget"];
/// What stands where an event has no position.
const NOWHERE: &str = "-";

/// An event, and when it came.
#[derive(Debug)]
pub(super) struct Heard {
    at: u64,
    name: String,
    text: String,
}

impl Session {
    /// The stream told something.
    pub(super) fn tell_event(&mut self, event: &Event, wall: UnixMs) {
        if self.tabs.is_none() || !is_word(&event.name) {
            return;
        }
        let text = String::from_utf8_lossy(&event.data);
        let at = wall.as_ms();
        if self.has_led() {
            let position = event.id.as_deref().filter(|id| is_position(id)).unwrap_or(NOWHERE);
            self.say_as_leader(|epoch| Message::Event { epoch, at, name: &event.name, position, text: &text });
        }
        if let Some(relayed) = self.relayed.as_mut().filter(|_| STANDING.contains(&event.name.as_str())) {
            relayed.standing.retain(|heard| heard.name != event.name);
            relayed.standing.push(Heard { at, name: event.name.clone(), text: text.into_owned() });
        }
    }

    /// Another tab came, where it is `new`, or follows chats that it did not follow before.
    pub(in crate::session) fn welcome(&mut self, new: bool, chats: &[ChatKey]) {
        for key in chats {
            self.machine.tell_anew(*key);
        }
        let standing = self.relayed.as_mut().filter(|_| new).map(|relayed| std::mem::take(&mut relayed.standing));
        let Some(standing) = standing else { return };
        for Heard { at, name, text } in &standing {
            self.say_as_leader(|epoch| Message::Event { epoch, at: *at, name, position: NOWHERE, text });
        }
        if let Some(relayed) = &mut self.relayed {
            relayed.standing = standing;
        }
    }

    /// The tab that leads heard an event.
    pub(in crate::session) fn event_told(
        &mut self,
        name: &str,
        position: &str,
        text: &str,
        heard_at: Instant,
        wall: UnixMs,
        now: Instant,
    ) {
        let event = Event { name: name.to_owned(), id: None, data: text.as_bytes().to_vec() };
        self.hear(&event, heard_at, wall, now);
        // Whoever leads next goes on where this one was.
        self.note_position(Some(position).filter(|position| *position != NOWHERE));
    }

    /// The stream is gone, and nobody waits for its signs of life.
    pub(in crate::session) fn let_stream_go(&mut self) {
        if let Some(relayed) = &mut self.relayed {
            relayed.heard_at = None;
            relayed.feed = None;
        }
    }
}
