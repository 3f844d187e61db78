//! What gateways tell us, applied: de-duplicated, dated, ordered, counted.

use super::Machine;
use super::chat::PersonKey;
use super::deadline::Reason;
use super::digest_table::IdSpace;
use super::happening::What;
use super::id::{Address, IdKind};
use super::knowledge::Knowledge;
use super::observation::{Envelope, Observation, Report, Source, Word};
use super::presence::{Applied, Availability, LastSeenBasis};
use super::roster::{Alias, ChatKey, JoinedMember, Turned};
use super::snapshot::Cause;
use super::time::{Instant, UnixMs};
use super::typing::EndedBy;

/// An observation older than this on arrival counts as late: a presence signal has lost most of its value by then, in ms.
const LATE_MS: u64 = 2_000;
/// A clock that puts a message this far into the future is not the one it was stamped by, in ms.
const AHEAD_MS: i64 = 5_000;

impl Machine {
    /// A gateway told us something unasked. `wall` is our own wall clock at `now`: messages carry WhatsApp's time, which
    /// may differ from the gateway's.
    pub fn handle_envelope(&mut self, envelope: &Envelope<'_>, wall: UnixMs, now: Instant) {
        self.handle_arrival(envelope, now, wall, now);
    }

    /// The same of what reached a relay at `arrived`, and us later.
    pub fn handle_arrival(&mut self, envelope: &Envelope<'_>, arrived: Instant, wall: UnixMs, now: Instant) {
        self.handle_timeout(now);
        self.counters.observations += 1;
        if envelope.id.is_some_and(|id| !self.recent.insert(IdSpace::Envelope, id, now)) {
            self.counters.duplicates += 1;
            return;
        }
        for id in envelope.own.iter().flatten() {
            self.roster.note_own(id);
        }
        for (lid, contact) in &envelope.aliases {
            self.add_alias(lid, contact, wall, now);
        }
        let at = envelope.stamp.map_or(arrived, |stamp| self.clock.observe(stamp, arrived));
        if now.since(at) > LATE_MS {
            self.counters.late += 1;
        }
        match &envelope.observation {
            Observation::Presence { chat, reports, complete } => {
                self.presence(chat, reports, *complete, Source::Push { at }, wall, now);
            }
            Observation::Message { chat, sender, from_me, id, sent_at } => {
                if !from_me && self.recent.insert(IdSpace::Message, id, now) {
                    self.message(chat, sender, *sent_at, at, wall, now);
                }
            }
            // Says nothing of anybody's presence.
            Observation::Receipt { chat, read, .. } if *read => self.read_by_them(chat, at),
            Observation::Receipt { .. } => {}
            Observation::Hidden { chat, hiding } => self.hide(chat, *hiding, now),
            Observation::Session(state) => self.handle_session(*state, true, now),
            Observation::Unknown => self.counters.unknown_events += 1,
        }
    }

    /// An answer to a read or a subscribe call that was sent at `requested_at`.
    pub fn handle_read(
        &mut self,
        chat: &Address<'_>,
        reports: &[Report<'_>],
        complete: bool,
        requested_at: Instant,
        wall: UnixMs,
        now: Instant,
    ) {
        self.handle_timeout(now);
        self.counters.observations += 1;
        self.presence(chat, reports, complete, Source::Read { requested_at }, wall, now);
    }

    /// Ids that turned out to be our own account's: excluded everywhere from here on.
    pub fn note_own(&mut self, ids: &[Address<'_>]) {
        for id in ids {
            self.roster.note_own(id);
        }
    }

    /// An id of the wire that is none.
    pub fn note_invalid_ids(&mut self, count: u64) {
        self.counters.invalid_ids += count;
    }

    /// `lid` and `contact` are one person: their records become one, and both ids lead to it.
    pub fn add_alias(&mut self, lid: &Address<'_>, contact: &Address<'_>, wall: UnixMs, now: Instant) {
        if lid.kind() != IdKind::Lid || contact.kind() != IdKind::Contact {
            return;
        }
        match self.roster.alias(lid, contact) {
            Alias::Known => return,
            Alias::Contradiction => {
                self.counters.contradictions += 1;
                return;
            }
            Alias::OverCap => {
                self.counters.over_cap += 1;
                return;
            }
            Alias::New => {}
            Alias::Renamed(key) => {
                self.happened(key, None, What::Joined(key), now);
                self.changed(key, Cause::Alias, now);
            }
            Alias::Join { from, into } => self.join_chats(from, into, wall, now),
        }
        for JoinedMember { chat, person, told } in self.roster.join_members(lid.as_str(), contact, wall) {
            if let Some((gone, kind)) = told {
                self.happened(chat, Some(gone), What::Ended(kind, EndedBy::Paused), now);
            }
            self.settle(chat, person);
            self.changed(chat, Cause::Alias, now);
        }
    }

    fn presence(
        &mut self,
        address: &Address<'_>,
        reports: &[Report<'_>],
        complete: bool,
        source: Source,
        wall: UnixMs,
        now: Instant,
    ) {
        if self.roster.is_own(address.as_str()) {
            return;
        }
        let key = self.open_chat(address);
        let mut telling = false;
        let mut heard = false;
        let mut listed = Vec::new();
        for report in reports {
            let Some(person_key) = self.participant(key, &report.participant) else { continue };
            if complete {
                listed.push(person_key);
            }
            let applied = self.report(key, person_key, report, source, wall, now);
            if applied == Some(Applied::Newest) {
                telling = true;
                heard |= matches!(report.word, Word::Online | Word::Offline);
            }
        }
        if complete {
            self.stop_unlisted(key, &listed, source);
        }
        let cause = match source {
            Source::Push { .. } => Cause::Push,
            Source::Read { .. } => Cause::Read,
        };
        self.note_evidence(key, telling, heard, cause, now);
    }

    fn report(
        &mut self,
        key: ChatKey,
        person_key: PersonKey,
        report: &Report<'_>,
        source: Source,
        wall: UnixMs,
        now: Instant,
    ) -> Option<Applied> {
        let began = report.began.and_then(|stamp| {
            let age = self.clock.age_ms(stamp, now)?;
            Some(now - u64::try_from(age).unwrap_or(0))
        });
        let person = self.roster.get_mut(key)?.person_mut(person_key)?;
        let was_online = person.is_reported_online();
        if let Some(at) = report.last_seen {
            person.note_last_seen(at, LastSeenBasis::Reported, wall);
        }
        if report.word == Word::Unknown {
            self.counters.unknown_words += 1;
            self.settle(key, person_key);
            return None;
        }
        let (applied, at) = match source {
            Source::Push { at } => (person.apply_push(report.word, at, &self.config, now), at),
            Source::Read { requested_at } => {
                (person.apply_read(report.word, requested_at, began, &self.config, now), requested_at)
            }
        };
        if applied == Applied::Stale {
            self.counters.stale += 1;
        } else if report.word == Word::Offline && was_online && report.last_seen.is_none() {
            person.note_last_seen(wall.at(at, now), LastSeenBasis::Observed, wall);
        }
        self.settle(key, person_key);
        Some(applied)
    }

    fn stop_unlisted(&mut self, key: ChatKey, listed: &[PersonKey], source: Source) {
        let at = match source {
            Source::Push { at } => at,
            Source::Read { requested_at } => requested_at,
        };
        let Some(chat) = self.roster.get_mut(key) else { return };
        for person_key in chat.keys().filter(|key| !listed.contains(key)) {
            if let Some(person) = self.roster.get_mut(key).and_then(|chat| chat.person_mut(person_key)) {
                person.apply_unlisted(at);
            }
            self.settle(key, person_key);
        }
    }

    /// The gateway told us of this chat: `heard` if of somebody's availability. That ends waiting and hiding, and makes a
    /// chat without a lease believable for a while.
    fn note_evidence(&mut self, key: ChatKey, telling: bool, heard: bool, cause: Cause, now: Instant) {
        let Some(chat) = self.roster.get_mut(key) else { return };
        if !telling {
            self.changed(key, cause, now);
            return;
        }
        let group = chat.group;
        let subscription = &mut chat.subscription;
        if heard && subscription.hidden.take().is_some() {
            // They share it again, and it was not asked for lately.
            self.deadlines.set_no_later(Reason::Renewal(key), now);
        }
        // A group hardly ever has an availability of its own: whatever comes from it is what there is to hear.
        // Only what was asked can have been answered.
        let answered = (heard || group) && subscription.is_watched();
        let newly_heard = answered && !subscription.heard;
        subscription.heard |= answered;
        if answered {
            subscription.heard_at = Some(now);
        }
        let leased = subscription.lease.is_some_and(|lease| lease.max_until > now)
            && self.link.session_ready
            && !self.link.feed_lapsed;
        if self.config.subscribes {
            if leased && !newly_heard && chat.believed {
                self.changed(key, cause, now);
                return;
            }
            if !leased {
                subscription.grace_until = Some(now + self.config.push_grace_ms);
            }
        } else if self.config.is_relayed() {
            if !matches!(chat.knowledge, Knowledge::Live { .. }) {
                subscription.grace_until = Some(now + self.config.push_grace_ms);
            }
        } else if subscription.is_watched() {
            subscription.lease_by_push(self.config.lease.max_ms, now);
            // Vouched for already: only the end moves, and the entry that is due too early will ask again.
            if !newly_heard && chat.believed && chat.knowledge == (Knowledge::Live { vouched: true }) {
                self.changed(key, cause, now);
                return;
            }
        } else {
            subscription.grace_until = Some(now + self.config.lease.max_ms);
        }
        self.review(key, cause, now, now);
    }

    fn message(
        &mut self,
        address: &Address<'_>,
        sender: &Address<'_>,
        sent_at: Option<UnixMs>,
        at: Instant,
        wall: UnixMs,
        now: Instant,
    ) {
        if self.roster.is_own(address.as_str()) || self.roster.is_own(sender.as_str()) {
            return;
        }
        let key = self.open_chat(address);
        if let Some(chat) = self.roster.get_mut(key) {
            chat.last_inbound = chat.last_inbound.max(Some(sent_at.unwrap_or(wall)));
        }
        let age = sent_at.map_or(0, |sent| self.age_ms(sent, wall, now));
        self.note_written(key, age, now);
        let Some(person_key) = self.participant(key, sender) else { return };
        let fresh = age < self.config.fresh_message_ms;
        let at = if fresh { at } else { now - age };
        if let Some(person) = self.roster.get_mut(key).and_then(|chat| chat.person_mut(person_key)) {
            person.apply_message(at, fresh, &self.config, now);
        }
        self.settle(key, person_key);
        self.happened(key, Some(person_key), What::Message, at);
        self.changed(key, Cause::Message, now);
    }

    /// How old a message is by the youngest of the clocks that can judge it: ours, and the gateway's. Either may be set
    /// wrong; one that puts the message into the future has disqualified itself.
    fn age_ms(&self, sent: UnixMs, wall: UnixMs, now: Instant) -> u64 {
        let ours = i64::try_from(wall.as_ms()).unwrap_or(i64::MAX).saturating_sub_unsigned(sent.as_ms());
        [Some(ours), self.clock.age_ms(sent, now)]
            .into_iter()
            .flatten()
            .filter(|age| *age > -AHEAD_MS)
            .min()
            .map_or(0, |age| u64::try_from(age).unwrap_or(0))
    }

    /// Finds or makes the chat an observation speaks of.
    pub(super) fn open_chat(&mut self, address: &Address<'_>) -> ChatKey {
        let key = self.roster.open(address, &self.config);
        self.drop_forgotten();
        key
    }

    pub(super) fn participant(&mut self, key: ChatKey, participant: &Address<'_>) -> Option<PersonKey> {
        if self.roster.is_own(participant.as_str()) {
            return None;
        }
        let joined = self.roster.join(key, participant, &self.config);
        self.drop_forgotten();
        match joined {
            Ok(person) => Some(person),
            Err(Turned::Stranger) => {
                self.counters.strangers += 1;
                None
            }
            Err(Turned::OverCap) => {
                self.counters.over_cap += 1;
                None
            }
        }
    }

    /// Whether anybody is known to be there, for tests and patterns that read the raw state.
    #[must_use]
    pub fn raw_availability(&self, chat: ChatKey, participant: &str) -> Availability {
        let raw = || {
            let chat = self.roster.get(chat)?;
            let key = chat.find(self.roster.canonical(participant))?;
            Some(chat.person(key)?.view().availability)
        };
        raw().unwrap_or_default()
    }
}
