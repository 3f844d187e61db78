//! One person's typing or recording: it starts, is repeated, pauses, and always ends.

use std::cmp::Ordering;

use super::config::Config;
use super::time::Instant;

/// What somebody is doing in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ActivityKind {
    /// Writing a message.
    Typing,
    /// Recording a voice note.
    Recording,
}

impl ActivityKind {
    /// The name JavaScript sees.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Typing => "typing",
            Self::Recording => "recording",
        }
    }
}

/// What ended an activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// They stopped, or turned to something else.
    Paused,
    /// Nothing repeated it within the TTL.
    Ttl,
    /// Their message arrived.
    Message,
    /// They went offline.
    Offline,
}

impl EndedBy {
    /// The name JavaScript sees.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paused => "paused",
            Self::Ttl => "ttl",
            Self::Message => "message",
            Self::Offline => "offline",
        }
    }
}

/// An activity as a snapshot shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Typing or recording.
    pub kind: ActivityKind,
    /// When it began.
    pub since: Instant,
}

/// The activity that ended last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastActivity {
    /// Typing or recording.
    pub kind: ActivityKind,
    /// When it ended.
    pub ended_at: Instant,
    /// What ended it.
    pub ended_by: EndedBy,
}

#[derive(Clone, Copy, Debug)]
struct Current {
    kind: ActivityKind,
    since: Instant,
    observed_at: Instant,
    expires_at: Instant,
    paused_at: Option<Instant>,
}

/// The state behind [`Activity`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Typing {
    current: Option<Current>,
    last: Option<LastActivity>,
}

impl Typing {
    /// They were seen typing or recording at `at`: starts it, re-arms it, or restarts it out of a pause without a flicker.
    pub(crate) fn observe(&mut self, kind: ActivityKind, at: Instant, config: &Config, now: Instant) {
        let expires_at = at + config.typing_ttl_ms;
        if expires_at <= now {
            // Seen too late to be shown, yet it did happen.
            self.end(at, EndedBy::Paused);
            self.note(LastActivity { kind, ended_at: expires_at, ended_by: EndedBy::Ttl });
            return;
        }
        let since = match self.current {
            Some(current) if current.kind == kind => current.since,
            Some(_) | None => {
                self.end(at, EndedBy::Paused);
                at
            }
        };
        self.current = Some(Current { kind, since, observed_at: at, expires_at, paused_at: None });
    }

    /// They paused at `at`: stays visible for the settling time in case it restarts.
    pub(crate) fn pause(&mut self, at: Instant) {
        if let Some(current) = &mut self.current {
            current.paused_at.get_or_insert(at);
        }
    }

    /// Ends whatever was last observed at `at` or before.
    pub(crate) fn end(&mut self, at: Instant, ended_by: EndedBy) {
        if let Some(current) = self.current.filter(|current| current.observed_at <= at) {
            self.current = None;
            let (ended_at, ended_by) = match current.paused_at {
                // Some engines say that they stopped a moment before they deliver the message that explains it.
                Some(paused) if ended_by != EndedBy::Message => (paused, EndedBy::Paused),
                Some(_) | None => (at, ended_by),
            };
            self.note(LastActivity { kind: current.kind, ended_at, ended_by });
        }
    }

    /// Ends what is due at `now`, at the time it was due.
    pub(crate) fn advance(&mut self, config: &Config, now: Instant) {
        let Some(current) = self.current else { return };
        if current.hides_at(config) > now {
            return;
        }
        self.current = None;
        let (ended_at, ended_by) = match current.paused_at {
            Some(paused_at) if paused_at < current.expires_at => (paused_at, EndedBy::Paused),
            Some(_) | None => (current.expires_at, EndedBy::Ttl),
        };
        self.note(LastActivity { kind: current.kind, ended_at, ended_by });
    }

    fn note(&mut self, last: LastActivity) {
        if self.last.is_none_or(|known| known.ended_at <= last.ended_at) {
            self.last = Some(last);
        }
    }

    /// What listeners see.
    pub(crate) fn visible(&self) -> Option<Activity> {
        self.current.map(|current| Activity { kind: current.kind, since: current.since })
    }

    /// What is going on, settling aside.
    pub(crate) fn raw(&self) -> Option<Activity> {
        self.current
            .filter(|current| current.paused_at.is_none())
            .map(|current| Activity { kind: current.kind, since: current.since })
    }

    pub(crate) const fn last(&self) -> Option<LastActivity> {
        self.last
    }

    /// When what goes on was last observed; nothing while it pauses.
    pub(crate) fn resumed_at(&self) -> Option<Instant> {
        self.current.filter(|current| current.paused_at.is_none()).map(|current| current.observed_at)
    }

    /// When and how the latest activity stopped, settling aside.
    pub(crate) fn stopped(&self) -> Option<(Instant, EndedBy)> {
        let pausing = self.current.and_then(|current| current.paused_at).map(|at| (at, EndedBy::Paused));
        pausing.or_else(|| self.last.map(|last| (last.ended_at, last.ended_by)))
    }

    /// When it ends unless repeated.
    pub(crate) fn expires_at(&self) -> Option<Instant> {
        self.current.map(|current| current.expires_at)
    }

    /// When a pause becomes visible.
    pub(crate) fn settles_at(&self, config: &Config) -> Option<Instant> {
        self.current.filter(|current| current.paused_at.is_some()).map(|current| current.hides_at(config))
    }

    /// Takes another's record for our own: what goes on, since when and until when, and what went on before.
    pub(crate) fn recall(
        &mut self,
        activity: Option<(ActivityKind, Instant, Instant)>,
        last: Option<LastActivity>,
        config: &Config,
        now: Instant,
    ) {
        if let Some(last) = last {
            self.note(last);
        }
        match activity.filter(|(.., until)| *until > now) {
            Some((kind, since, until)) => {
                let expires_at = until.min(now + config.typing_ttl_ms);
                let observed_at = (expires_at - config.typing_ttl_ms).max(since).min(now);
                self.current = Some(Current { kind, since: since.min(now), observed_at, expires_at, paused_at: None });
            }
            None => self.end(now, EndedBy::Paused),
        }
    }

    /// Joins the records of one person under two ids. The one heard of last knows what goes on, even if that is nothing.
    pub(crate) fn merge(&mut self, other: &Self, heard: Ordering) {
        self.current = match heard {
            Ordering::Greater => self.current,
            Ordering::Equal => self.current.or(other.current),
            Ordering::Less => other.current,
        };
        if let Some(last) = other.last {
            self.note(last);
        }
    }
}

impl Current {
    fn hides_at(&self, config: &Config) -> Instant {
        self.paused_at.map_or(self.expires_at, |paused| (paused + config.settle_ms).min(self.expires_at))
    }
}
