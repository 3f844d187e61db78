//! The list of chats that the relay follows for us: sent again whenever it changes, one at a time.

use super::{GATHER_MS, RETRY_MS, Relayed};
use crate::gateway::Gateway;
use crate::gateway::http::{Outcome, Request};
use crate::gateway::relay::Answered;
use crate::machine::Followed;
use crate::machine::error::{Error, ErrorCode};
use crate::machine::time::Instant;
use crate::session::{RequestId, Session};

impl Relayed {
    /// When the list is to be sent; nothing while it need not be, or cannot.
    pub(super) fn change_due(&self) -> Option<Instant> {
        let may = self.feed.is_some() && self.change.is_none() && !self.ticket.too_narrow;
        Some((self.changed_at.filter(|_| may)? + GATHER_MS).max(self.not_before))
    }
}

impl Session {
    /// The request that tells the relay what is followed, when that is due.
    pub(in crate::session) fn poll_change(&mut self, now: Instant) -> Option<(RequestId, Request)> {
        if self.follows() {
            return None;
        }
        let relayed = self.relayed.as_mut()?;
        if self.machine.take_list_change() {
            relayed.changed_at.get_or_insert(now);
        }
        if relayed.change_due().is_none_or(|due| due > now) {
            return None;
        }
        relayed.changed_at = None;
        let chats = self.chats_allowed();
        let id = self.next_id();
        let feed = self.relayed.as_ref()?.feed.as_deref()?;
        let request = self.relay()?.change(feed, &chats, self.credential.secret());
        let change = (id, chats, self.credential.epoch());
        self.relayed.as_mut()?.change = Some(change);
        Some((id, request))
    }

    /// The answer to that. False where the request was another one.
    pub(in crate::session) fn handle_change(&mut self, id: RequestId, outcome: &Outcome, now: Instant) -> bool {
        let Some(relayed) = &mut self.relayed else { return false };
        let Some((_, chats, epoch)) = relayed.change.take_if(|(change, ..)| *change == id) else { return false };
        let answered = match (outcome.response(), &self.gateway) {
            (Ok(response), Gateway::Relay(relay)) => relay.answer_of_feed(response),
            (Ok(_), _) => return true,
            (Err(error), _) => Answered::Refused(error),
        };
        match answered {
            Answered::Done(expires) => {
                self.told = None;
                self.credential.accept(epoch);
                if let Some(relayed) = &mut self.relayed {
                    relayed.failures = 0;
                }
                self.ticket_ends(expires, now);
            }
            Answered::NotCovered(places, error) => {
                self.not_covered(&places, &chats, error, now);
                self.change_again(now, now);
            }
            Answered::Refused(error) => self.change_refused(error, epoch, now),
        }
        true
    }

    fn change_refused(&mut self, error: Error, epoch: u32, now: Instant) {
        match error.code {
            ErrorCode::Unauthorized if error.status == Some(401) => self.refuse_credential(epoch, now),
            // The stream is gone, and nobody told us.
            ErrorCode::NotFound => self.drop_stream(now),
            // The same again would be refused again.
            ErrorCode::BadRequest
            | ErrorCode::InvalidChat
            | ErrorCode::InvalidOption
            | ErrorCode::Malformed
            | ErrorCode::TooLarge => self.tell(error),
            ErrorCode::Unauthorized
            | ErrorCode::Forbidden
            | ErrorCode::NotReady
            | ErrorCode::Unsupported
            | ErrorCode::RateLimited
            | ErrorCode::Engine
            | ErrorCode::Network
            | ErrorCode::Timeout
            | ErrorCode::Aborted
            | ErrorCode::Closed
            | ErrorCode::Crashed => {
                let Some(relayed) = &mut self.relayed else { return };
                let wait = self.jitter.backoff(relayed.failures, RETRY_MS.0, RETRY_MS.1);
                relayed.failures = relayed.failures.saturating_add(1);
                self.change_again(now + error.retry_after_ms.unwrap_or(wait), now);
                self.tell(error);
            }
        }
    }

    fn change_again(&mut self, not_before: Instant, now: Instant) {
        if let Some(relayed) = &mut self.relayed {
            relayed.not_before = not_before;
            relayed.changed_at = Some(now);
        }
    }

    /// What is followed, but for what the ticket is known not to cover.
    pub(super) fn chats_allowed(&self) -> Vec<Followed> {
        let denied = self.relayed.as_ref().map_or(&[][..], |relayed| &relayed.ticket.denied);
        let mut chats = self.machine.followed();
        chats.retain(|followed| !denied.contains(&followed.chat));
        chats
    }
}
