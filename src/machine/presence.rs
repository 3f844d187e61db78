//! One participant of one chat: availability and activity, two dimensions that end in different ways.
//!
//! Order is decided here, per participant: what is older than the last applied observation changes nothing but the
//! last-seen maximum. Reads are cached states of unknown age, so they never start an activity that no push or earlier
//! read dates, and never re-arm one.

use super::config::Config;
use super::happening::{Evidence, News, Raw};
use super::memory::Memory;
use super::observation::Word;
use super::time::{Instant, UnixMs};
use super::typing::{ActivityKind, EndedBy, Typing};
pub use super::view::{Availability, Basis, LastKnown, LastSeen, LastSeenBasis, PersonView};

/// What became of an observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Applied {
    /// It is the newest of its participant.
    Newest,
    /// Something newer was applied before; at most its last-seen counted.
    Stale,
}

/// Last-seen times later than this after our own wall clock are nonsense, in ms.
const LAST_SEEN_AHEAD_MS: u64 = 86_400_000;
/// Message stamps have a resolution of one second.
const STAMP_RESOLUTION_MS: u64 = 999;

/// The state of one participant.
#[derive(Debug, Default)]
pub(crate) struct Person {
    availability: Availability,
    basis: Basis,
    certain: bool,
    /// When availability was last observed; an inferred online ends some time after it.
    evidence_at: Instant,
    ever_reported_online: bool,
    typing: Typing,
    last_seen: Option<LastSeen>,
    last_known: Option<LastKnown>,
    applied_at: Option<Instant>,
    last_word: Option<Word>,
    pub(crate) lag_ms: u64,
    /// What was last told of them as it happened.
    pub(crate) told: Raw,
    pub(crate) shown: PersonView,
    /// Whether `shown` differs from what is true now; kept by the roster.
    pub(crate) differs: bool,
}

impl Person {
    /// Applies a state word that a push dates to `at`.
    pub(crate) fn apply_push(&mut self, word: Word, at: Instant, config: &Config, now: Instant) -> Applied {
        self.lag_ms = now.since(at);
        if !self.supersedes(at) {
            return Applied::Stale;
        }
        match word {
            Word::Typing | Word::Recording => {
                self.last_word = Some(word);
                self.infer_online(at, config, now);
                self.typing.observe(kind_of(word), at, config, now);
            }
            Word::Online | Word::Offline | Word::Paused | Word::Unknown => self.apply_plain(word, at),
        }
        Applied::Newest
    }

    /// Applies a state word from an answer to a request sent at `at`. `began` is when the gateway says the state began.
    pub(crate) fn apply_read(
        &mut self,
        word: Word,
        at: Instant,
        began: Option<Instant>,
        config: &Config,
        now: Instant,
    ) -> Applied {
        if self.applied_at.is_some_and(|applied| applied > at) {
            return Applied::Stale;
        }
        match word {
            Word::Typing | Word::Recording => {
                let kind = kind_of(word);
                let changed = self.last_word.is_some_and(|last| last != word);
                self.last_word = Some(word);
                let active = self.typing.visible().is_some_and(|activity| activity.kind == kind);
                let dated = began.filter(|began| *began + config.typing_ttl_ms > now);
                if let Some(start) = dated.or(changed.then_some(at)).filter(|_| !active) {
                    self.applied_at = Some(at);
                    self.infer_online(start, config, now);
                    self.typing.observe(kind, start, config, now);
                }
            }
            Word::Online | Word::Offline | Word::Paused | Word::Unknown => {
                self.applied_at = Some(at);
                self.apply_plain(word, at);
            }
        }
        Applied::Newest
    }

    /// Applies a message from them. `fresh` says whether it is new enough to prove them online.
    pub(crate) fn apply_message(&mut self, at: Instant, fresh: bool, config: &Config, now: Instant) {
        if !fresh {
            self.typing.end(at + STAMP_RESOLUTION_MS, EndedBy::Message);
            return;
        }
        self.typing.end(at, EndedBy::Message);
        if self.supersedes(at) {
            self.infer_online(at, config, now);
        }
    }

    /// They are not among those who type or record.
    pub(crate) fn apply_unlisted(&mut self, at: Instant) {
        if self.supersedes(at) {
            self.typing.pause(at);
        }
    }

    /// Takes a reported last-seen time into account, whatever the order: the latest wins.
    pub(crate) fn note_last_seen(&mut self, at: UnixMs, basis: LastSeenBasis, wall: UnixMs) {
        if at.as_ms() > wall.as_ms().saturating_add(LAST_SEEN_AHEAD_MS) {
            return;
        }
        if self.last_seen.is_none_or(|known| known.at < at) {
            self.last_seen = Some(LastSeen { at, basis });
        }
    }

    /// Whether going offline at this point is something we saw happen.
    pub(crate) fn is_reported_online(&self) -> bool {
        self.availability == Availability::Online && self.basis == Basis::Reported
    }

    /// Forgets the availability, keeping it as last known.
    pub(crate) fn void_availability(&mut self, at: Instant) {
        if self.availability != Availability::Unknown {
            self.last_known = Some(LastKnown { availability: self.availability, at });
            self.availability = Availability::Unknown;
            self.basis = Basis::Reported;
            self.certain = false;
        }
    }

    /// Ends what is due at `now`.
    pub(crate) fn advance(&mut self, config: &Config, now: Instant) {
        self.typing.advance(config, now);
        if self.fades_at(config).is_some_and(|at| at <= now) {
            self.void_availability(self.evidence_at);
        }
    }

    /// When an inferred online fades.
    pub(crate) fn fades_at(&self, config: &Config) -> Option<Instant> {
        let inferred = self.availability == Availability::Online && self.basis == Basis::Inferred;
        inferred.then_some(self.evidence_at + config.inferred_ttl_ms)
    }

    pub(crate) const fn typing(&self) -> &Typing {
        &self.typing
    }

    /// What is true now, settling aside.
    pub(crate) fn raw(&self) -> Raw {
        Raw {
            activity: self.typing.raw().map(|activity| activity.kind),
            availability: self.availability,
            basis: self.basis,
        }
    }

    /// What changed since this was last asked.
    pub(crate) fn take_news(&mut self) -> Option<News> {
        let raw = self.raw();
        let before = std::mem::replace(&mut self.told, raw);
        let news = News { before, raw, typing: self.typing, evidence_at: self.evidence().at, lag_ms: self.lag_ms };
        (raw != before).then_some(news)
    }

    /// What the availability rests on, and since when it is so.
    pub(crate) fn evidence(&self) -> Evidence {
        let lost_at = self.last_known.map(|known| known.at).filter(|_| self.availability == Availability::Unknown);
        Evidence {
            availability: self.availability,
            basis: self.basis,
            certain: self.certain,
            at: lost_at.unwrap_or(self.evidence_at),
        }
    }

    /// What is true now, as listeners would see it.
    pub(crate) fn view(&self) -> PersonView {
        PersonView {
            availability: self.availability,
            basis: self.basis,
            certain: self.certain,
            activity: self.typing.visible(),
            last_activity: self.typing.last(),
            last_seen: self.last_seen,
            last_known: self.last_known,
        }
    }

    /// Joins the record of the same person under another id: per dimension, the newest wins.
    pub(crate) fn merge(&mut self, other: &Self, wall: UnixMs) {
        let theirs_known = other.availability != Availability::Unknown;
        let mine_unknown = self.availability == Availability::Unknown;
        let both_online = self.availability == Availability::Online && other.availability == Availability::Online;
        if both_online && self.basis != other.basis {
            // Inferring what was reported does not weaken it.
            self.basis = Basis::Reported;
            self.certain = true;
            self.evidence_at = self.evidence_at.max(other.evidence_at);
        } else if theirs_known && (mine_unknown || other.evidence_at > self.evidence_at) {
            self.availability = other.availability;
            self.basis = other.basis;
            self.certain = other.certain;
            self.evidence_at = other.evidence_at;
        }
        self.ever_reported_online |= other.ever_reported_online;
        self.typing.merge(&other.typing, self.applied_at.cmp(&other.applied_at));
        if let Some(seen) = other.last_seen {
            self.note_last_seen(seen.at, seen.basis, wall);
        }
        if self.last_known.is_none_or(|mine| other.last_known.is_some_and(|theirs| theirs.at > mine.at)) {
            self.last_known = other.last_known.or(self.last_known);
        }
        if other.applied_at > self.applied_at {
            self.applied_at = other.applied_at;
            self.last_word = other.last_word;
            self.lag_ms = other.lag_ms;
        } else if other.applied_at == self.applied_at {
            self.last_word = self.last_word.or(other.last_word);
        }
    }

    /// Takes another machine's record of them for our own. Observations that are on their way are newer than what it rests on.
    pub(crate) fn recall(&mut self, memory: &Memory<'_>, config: &Config, wall: UnixMs, now: Instant) {
        self.availability = memory.availability;
        self.basis = memory.basis;
        self.certain = memory.certain;
        self.evidence_at = memory.evidence_at;
        let online = memory.availability == Availability::Online && memory.basis == Basis::Reported;
        self.ever_reported_online |= online || memory.availability == Availability::Offline && memory.certain;
        self.typing.recall(memory.activity, memory.last_activity, config, now);
        if let Some(seen) = memory.last_seen {
            self.note_last_seen(seen.at, seen.basis, wall);
        }
        self.last_known = memory.last_known.or(self.last_known);
        self.applied_at = memory.observed_at;
        self.last_word = memory.activity.map(|(kind, ..)| match kind {
            ActivityKind::Typing => Word::Typing,
            ActivityKind::Recording => Word::Recording,
        });
        self.lag_ms = memory.lag_ms;
    }

    /// Nothing is known to go on any more.
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    pub(crate) fn stop(&mut self, now: Instant) {
        self.typing.end(now, EndedBy::Paused);
    }

    /// When the latest observation of them was made.
    pub(crate) const fn observed_at(&self) -> Option<Instant> {
        self.applied_at
    }

    fn supersedes(&mut self, at: Instant) -> bool {
        if self.applied_at.is_some_and(|applied| applied > at) {
            return false;
        }
        self.applied_at = Some(at);
        true
    }

    fn apply_plain(&mut self, word: Word, at: Instant) {
        match word {
            Word::Online => {
                self.ever_reported_online = true;
                self.report(Availability::Online, true, at);
                self.typing.pause(at);
            }
            Word::Offline => {
                let certain = self.ever_reported_online || self.last_seen.is_some();
                self.report(Availability::Offline, certain, at);
                self.typing.end(at, EndedBy::Offline);
            }
            Word::Paused => self.typing.pause(at),
            Word::Typing | Word::Recording | Word::Unknown => return,
        }
        self.last_word = Some(word);
    }

    fn report(&mut self, availability: Availability, certain: bool, at: Instant) {
        self.availability = availability;
        self.basis = Basis::Reported;
        self.certain = certain;
        self.evidence_at = at;
    }

    fn infer_online(&mut self, at: Instant, config: &Config, now: Instant) {
        if self.is_reported_online() {
            self.evidence_at = self.evidence_at.max(at);
            return;
        }
        if at + config.inferred_ttl_ms <= now {
            return;
        }
        let evidence_at = if self.availability == Availability::Online { self.evidence_at.max(at) } else { at };
        self.availability = Availability::Online;
        self.basis = Basis::Inferred;
        self.certain = false;
        self.evidence_at = evidence_at;
    }
}

const fn kind_of(word: Word) -> ActivityKind {
    match word {
        Word::Recording => ActivityKind::Recording,
        Word::Typing | Word::Online | Word::Offline | Word::Paused | Word::Unknown => ActivityKind::Typing,
    }
}
