//! The ticket that allows us to follow: asked for with the chats it is for, renewed in time, and wider where it covers too little.

use super::RETRY_MS;
use crate::machine::error::{Error, ErrorCode};
use crate::machine::id::{Address, Id};
use crate::machine::knowledge::{Knowledge, Refusal};
use crate::machine::time::{Instant, UnixMs};
use crate::machine::{Followed, RelayedWord};
use crate::session::{ConnectionReason, Session};

/// Between two tickets, in ms, however short they live.
const RENEWAL_MS: u64 = 1_000;
/// The same where our own clock says when it ends, in ms: it may be wrong by any amount.
const UNSURE_RENEWAL_MS: u64 = 60_000;
/// A ticket is renewed at four fifths of its life.
const RENEWED_AFTER: (u64, u64) = (4, 5);

/// What is kept of it beside its text.
#[derive(Debug, Default)]
pub(super) struct Ticket {
    /// When the application is to be asked for one.
    pub(super) ask_at: Option<Instant>,
    /// For which chats it is being asked.
    asking: Vec<Id>,
    /// For which chats the one at hand was asked for.
    asked_for: Vec<Id>,
    /// Those of them that it does not cover.
    pub(super) denied: Vec<Id>,
    /// It covers too little, and another is on its way.
    pub(super) too_narrow: bool,
    given_at: Instant,
    pub(super) renew_at: Option<Instant>,
    failures: u32,
}

impl Ticket {
    /// None yet.
    pub(super) fn wanted_at(at: Instant) -> Self {
        Self { ask_at: Some(at), ..Self::default() }
    }
}

impl Session {
    /// For which chats the application is asked for a ticket.
    #[must_use]
    pub fn ticket_chats(&self) -> &[Id] {
        self.relayed.as_ref().map_or(&[], |relayed| &relayed.ticket.asking)
    }

    /// The application is about to be asked.
    pub(in crate::session) fn ticket_is_asked(&mut self) {
        let chats = self.machine.followed().into_iter().map(|followed| followed.chat).collect();
        if let Some(relayed) = &mut self.relayed {
            relayed.ticket.asking = chats;
        }
    }

    /// The application gave a ticket.
    pub(in crate::session) fn ticket_given(&mut self, now: Instant) {
        let Some(relayed) = &mut self.relayed else { return };
        let ticket = &mut relayed.ticket;
        let asked_for = std::mem::take(&mut ticket.asking);
        *ticket = Ticket { asked_for, given_at: now, ..Ticket::default() };
        relayed.changed_at.get_or_insert(now);
        relayed.not_before = now;
        self.feed.hurry(now);
    }

    /// The application could not give one: it is asked again, for as long as it takes.
    pub(in crate::session) fn ticket_failed(&mut self, now: Instant) {
        let usable = self.credential.is_usable();
        let Some(relayed) = &mut self.relayed else { return };
        let ticket = &mut relayed.ticket;
        let again = now + self.jitter.backoff(ticket.failures, RETRY_MS.0, RETRY_MS.1);
        ticket.failures = ticket.failures.saturating_add(1);
        if usable {
            ticket.renew_at = Some(again);
        } else {
            ticket.ask_at = Some(again);
            self.credential.hold();
            if !self.follows() {
                self.lose_connection(ConnectionReason::Refused, now);
            }
        }
        self.tell(Error::new(ErrorCode::Unauthorized, "gateway.ticket: the function given failed"));
    }

    /// A ticket of ours ends then, by its own word. The relay's is better, and comes with a stream of our own.
    pub fn note_ticket_end(&mut self, expires: UnixMs, wall: UnixMs, now: Instant) {
        let life = expires.as_ms().saturating_sub(wall.as_ms()) / RENEWED_AFTER.1 * RENEWED_AFTER.0;
        if let Some(relayed) = self.relayed.as_mut().filter(|_| self.tabs.is_some()) {
            relayed.ticket.renew_at = Some(now + life.max(UNSURE_RENEWAL_MS));
        }
    }

    /// The ticket ends then, by the relay's clock: another is wanted in time.
    pub(super) fn ticket_ends(&mut self, expires: Option<UnixMs>, now: Instant) {
        let (Some(relayed), Some(expires)) = (&mut self.relayed, expires) else { return };
        let ends_at = relayed.instant(expires, now);
        let ticket = &mut relayed.ticket;
        let renewed_after = ends_at.since(ticket.given_at) / RENEWED_AFTER.1 * RENEWED_AFTER.0;
        ticket.renew_at = Some((ticket.given_at + renewed_after).max(now + RENEWAL_MS));
    }

    /// The ticket does not cover some of these chats: one is asked for that does, and where it was asked for them already, they
    /// are not ours to see.
    pub(super) fn not_covered(&mut self, places: &[usize], chats: &[Followed], error: Error, now: Instant) {
        let Some(relayed) = &mut self.relayed else { return };
        let ids: Vec<_> = places.iter().filter_map(|place| chats.get(*place)).map(|chat| chat.chat.clone()).collect();
        if ids.is_empty() {
            // It covers no reading at all.
            self.tell(error);
            return self.refuse_credential(self.credential.epoch(), now);
        }
        let ticket = &mut relayed.ticket;
        if !ids.iter().all(|id| ticket.asked_for.contains(id)) {
            ticket.too_narrow = true;
            return self.credential.renew();
        }
        ticket.denied.extend(ids.iter().cloned());
        for id in &ids {
            let knowledge = Knowledge::Refused(Refusal::Forbidden);
            let word = RelayedWord { knowledge, detail: Some(error.message.clone()), lease: None };
            self.machine.handle_word(&Address::from(id), word, now);
        }
    }
}
