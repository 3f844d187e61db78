//! What one person's words mean.

use wa_presence::machine::observation::Word;
use wa_presence::machine::presence::{Availability, Basis};
use wa_presence::machine::time::Instant;
use wa_presence::machine::typing::{Activity, ActivityKind};

/// A typing or recording is believed this long after it was last seen, in ms.
pub(crate) const TTL_MS: u64 = 15_000;
/// A paused one stays visible this long, in ms.
pub(crate) const SETTLE_MS: u64 = 300;
/// Somebody who typed or wrote is there this long, in ms.
pub(crate) const INFERRED_MS: u64 = 60_000;
/// A message is dated to the second.
const STAMP_RESOLUTION_MS: u64 = 999;

#[derive(Clone, Debug, Default)]
pub(crate) struct Person {
    /// When the newest thing we believed happened. What is older than it comes too late.
    newest: Option<Instant>,
    /// The word last said of them.
    word: Option<Word>,
    doing: Option<Doing>,
    there: There,
}

/// What they are doing.
#[derive(Clone, Copy, Debug)]
struct Doing {
    kind: ActivityKind,
    since: Instant,
    seen: Instant,
    paused: Option<Instant>,
}

/// Whether they are there, by what was said or done at `at`.
#[derive(Clone, Copy, Debug, Default)]
enum There {
    #[default]
    Unknown,
    Reported {
        online: bool,
        at: Instant,
    },
    Inferred {
        at: Instant,
    },
}

impl Person {
    pub(crate) fn said(&mut self, word: Word, at: Instant, now: Instant) -> Option<Word> {
        if word == Word::Unknown || !self.is_news(at) {
            return None;
        }
        self.newest = Some(at);
        self.word = Some(word);
        match word {
            Word::Typing => self.does(ActivityKind::Typing, at, now),
            Word::Recording => self.does(ActivityKind::Recording, at, now),
            Word::Paused => self.pause(at),
            Word::Online => {
                self.there = There::Reported { online: true, at };
                self.pause(at);
            }
            Word::Offline => {
                self.there = There::Reported { online: false, at };
                self.doing = None;
            }
            Word::Unknown => {}
        }
        Some(word)
    }

    /// A read is a push dated by its question, except that a cached "typing" is no typing: only a word that is another
    /// than before can start one, and none goes on because of it.
    pub(crate) fn read(&mut self, word: Word, asked: Instant, now: Instant) -> Option<Word> {
        if word == Word::Unknown || !self.is_news(asked) {
            return None;
        }
        let kind = match word {
            Word::Typing => ActivityKind::Typing,
            Word::Recording => ActivityKind::Recording,
            Word::Online | Word::Offline | Word::Paused | Word::Unknown => return self.said(word, asked, now),
        };
        let another = self.word.is_some_and(|before| before != word);
        let shown = self.doing.is_some_and(|doing| doing.kind == kind);
        self.word = Some(word);
        if another && !shown {
            self.said(word, asked, now);
        }
        Some(word)
    }

    /// A message ends what went on when it was written. A fresh one proves them there, an old one says nothing of now.
    pub(crate) fn wrote(&mut self, fresh: bool, at: Instant, now: Instant) {
        let written = if fresh { at } else { at + STAMP_RESOLUTION_MS };
        self.doing = self.doing.filter(|doing| doing.seen > written);
        if fresh && self.is_news(at) {
            self.newest = Some(at);
            self.infer(at, now);
        }
    }

    /// Nothing vouches for what was said of them.
    pub(crate) fn void(&mut self) {
        self.there = There::Unknown;
    }

    pub(crate) fn pass(&mut self, now: Instant) {
        self.doing = self
            .doing
            .filter(|doing| doing.seen + TTL_MS > now && doing.paused.is_none_or(|paused| paused + SETTLE_MS > now));
        if let There::Inferred { at } = self.there
            && at + INFERRED_MS <= now
        {
            self.there = There::Unknown;
        }
    }

    /// The same person under another id: of each dimension the newest holds.
    pub(crate) fn join(&mut self, other: &Self) {
        match self.newest.cmp(&other.newest) {
            std::cmp::Ordering::Greater => {}
            std::cmp::Ordering::Equal => {
                self.doing = self.doing.or(other.doing);
                self.word = self.word.or(other.word);
            }
            std::cmp::Ordering::Less => {
                self.doing = other.doing;
                self.word = other.word;
                self.newest = other.newest;
            }
        }
        self.there = match (self.there, other.there) {
            (There::Reported { online: true, at }, There::Inferred { at: theirs })
            | (There::Inferred { at: theirs }, There::Reported { online: true, at }) => {
                There::Reported { online: true, at: at.max(theirs) }
            }
            (mine, theirs) if theirs.at() > mine.at() => theirs,
            (mine, _) => mine,
        };
    }

    /// What they are doing, pauses taken at their word.
    pub(crate) fn activity(&self) -> Option<Activity> {
        let doing = self.doing.filter(|doing| doing.paused.is_none())?;
        Some(Activity { kind: doing.kind, since: doing.since })
    }

    pub(crate) fn availability(&self) -> (Availability, Basis) {
        match self.there {
            There::Unknown => (Availability::Unknown, Basis::Reported),
            There::Reported { online: true, .. } => (Availability::Online, Basis::Reported),
            There::Reported { online: false, .. } => (Availability::Offline, Basis::Reported),
            There::Inferred { .. } => (Availability::Online, Basis::Inferred),
        }
    }

    fn is_news(&self, at: Instant) -> bool {
        self.newest.is_none_or(|newest| newest <= at)
    }

    fn does(&mut self, kind: ActivityKind, at: Instant, now: Instant) {
        self.infer(at, now);
        let since = self.doing.filter(|doing| doing.kind == kind).map_or(at, |doing| doing.since);
        self.doing = (at + TTL_MS > now).then_some(Doing { kind, since, seen: at, paused: None });
    }

    fn pause(&mut self, at: Instant) {
        if let Some(doing) = &mut self.doing {
            doing.paused.get_or_insert(at);
        }
    }

    fn infer(&mut self, at: Instant, now: Instant) {
        self.there = match self.there {
            There::Reported { online: true, at: before } => There::Reported { online: true, at: before.max(at) },
            There::Inferred { at: before } => There::Inferred { at: before.max(at) },
            There::Unknown | There::Reported { online: false, .. } if at + INFERRED_MS > now => There::Inferred { at },
            too_late @ (There::Unknown | There::Reported { .. }) => too_late,
        };
    }
}

impl There {
    fn at(self) -> Option<Instant> {
        match self {
            Self::Unknown => None,
            Self::Reported { at, .. } | Self::Inferred { at } => Some(at),
        }
    }
}
