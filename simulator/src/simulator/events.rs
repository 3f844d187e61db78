//! From news to frames and posts.

use std::sync::Arc;

use super::{Due, Output, Simulator};
use crate::face::session::Event;
use crate::face::waha::VERSION;
use crate::face::waha::envelope::Payload;
use crate::time::Instant;
use crate::traffic::webhook::{Outcome, Parcel};

impl Simulator {
    /// Takes the outcome of a post.
    pub fn handle_posted(&mut self, number: u64, outcome: Outcome, now: Instant) {
        if let Some(again) = self.webhooks.handle_outcome(number, outcome, now) {
            self.due.put(Due::Post(number), again);
        }
    }

    /// Sends text as it is to everyone who hears this session. Without an event's name, everyone means everyone.
    pub fn inject(&mut self, parcel: Parcel, at: Instant) {
        self.due.put(Due::Arrive(parcel), at);
    }

    /// Takes in a session's news, and lets calls go on that waited for its connection.
    pub(super) fn settle_session(&mut self, name: &str, now: Instant) {
        let Some(session) = self.sessions.get_mut(name) else {
            return;
        };
        session.account.handle_timeout(now);
        let events = session.tell(now);
        let late = session.delivery.handle_timeout(now);
        for (at, parcel) in late {
            self.due.put(Due::Arrive(parcel), at);
        }
        let anything = !events.is_empty();
        let changed = events.iter().any(|event| matches!(event.payload, Payload::Status(_)));
        for event in events {
            if event.after.is_zero() {
                self.send_event(name, &event, now);
            } else {
                let at = now + event.after;
                self.due.put(Due::Tell(name.to_owned(), event), at);
            }
        }
        if changed {
            self.advance_waiting(name, now);
        }
        if anything {
            self.advance_holding(name, now);
        }
    }

    /// Wraps an event and hands it to the session's delivery.
    pub(super) fn send_event(&mut self, name: &str, event: &Event, now: Instant) {
        let dialects = self.webhooks.dialects(name);
        let Some(session) = self.sessions.get_mut(name) else {
            return;
        };
        let parcel = session.wrap(event, &dialects, now);
        for (at, parcel) in session.delivery.pass(parcel, now) {
            if at <= now {
                self.arrive(&parcel);
            } else {
                self.due.put(Due::Arrive(parcel), at);
            }
        }
    }

    /// Hands an envelope to every listener and webhook that wants it.
    pub(super) fn arrive(&mut self, parcel: &Parcel) {
        for (socket, open) in &self.open {
            if open.listener.hears(parcel) {
                self.outputs.push_back(Output::Frame(*socket, Arc::clone(&parcel.text)));
            }
        }
        let posts = self.webhooks.announce(parcel, &format!("WAHA/{VERSION}"), &mut self.chance);
        self.outputs.extend(posts.into_iter().map(Output::Post));
    }
}
