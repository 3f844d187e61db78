//! When what was said of a chat is still believed.

use wa_presence::machine::time::Instant;

/// One subscribe call is good for this long, in ms.
pub(crate) const LEASE_MS: u64 = 60_000;
/// A push nobody asked for is believed this long, in ms.
const GRACE_MS: u64 = 15_000;
/// A chat nobody watches any more counts as watched this long, in ms.
pub(crate) const LINGER_MS: u64 = 5_000;
/// What a feed told us is void when it is down this long, in ms.
const FEED_MS: u64 = 3_000;
/// Two reports of a working session within this are one, in ms.
const SAME_NEWS_MS: u64 = 5_000;

#[derive(Clone, Debug, Default)]
pub(crate) struct Chat {
    watchers: u32,
    lingers_until: Option<Instant>,
    leased_until: Option<Instant>,
    /// Told of somebody's availability since we asked.
    heard: bool,
    graced_until: Option<Instant>,
    pub(crate) believed: bool,
}

impl Chat {
    pub(crate) fn is_watched(&self) -> bool {
        self.watchers > 0 || self.lingers_until.is_some()
    }

    pub(crate) fn is_leased(&self, link: Link, now: Instant) -> bool {
        link.holds() && self.leased_until.is_some_and(|until| until > now)
    }

    /// Something vouches for what was said: a push of a moment ago, or a gateway that was asked, answers and has not
    /// been lost.
    pub(crate) fn is_believed(&self, link: Link, now: Instant) -> bool {
        self.graced_until.is_some_and(|until| until > now)
            || (self.is_watched() && self.heard && self.is_leased(link, now))
    }

    pub(crate) fn watch(&mut self) {
        self.watchers += 1;
        self.lingers_until = None;
    }

    pub(crate) fn unwatch(&mut self, now: Instant) {
        self.watchers -= 1;
        self.lingers_until = (self.watchers == 0).then_some(now + LINGER_MS);
    }

    pub(crate) fn grant(&mut self, now: Instant) {
        if self.leased_until.is_some_and(|until| until <= now) {
            self.heard = false;
        }
        self.leased_until = Some(now + LEASE_MS);
    }

    pub(crate) fn tell(&mut self, of_availability: bool, link: Link, now: Instant) {
        self.heard |= of_availability && self.is_watched();
        if !self.is_leased(link, now) {
            self.graced_until = Some(now + GRACE_MS);
        }
    }

    /// Whatever we asked was asked in vain, and what was pushed before the loss shows nothing.
    pub(crate) fn lapse(&mut self) {
        self.forget();
        self.graced_until = None;
    }

    /// Watched, also at that moment: whose linger ended by then was forgotten before.
    pub(crate) fn is_watched_at(&self, at: Instant) -> bool {
        self.is_watched() && self.lingers_until.is_none_or(|until| until > at)
    }

    fn forget(&mut self) {
        self.leased_until = None;
        self.heard = false;
    }

    pub(crate) fn pass(&mut self, now: Instant) {
        if self.lingers_until.is_some_and(|until| until <= now) {
            self.lingers_until = None;
            self.forget();
        }
    }

    pub(crate) fn join(&mut self, other: &Self) {
        self.watchers += other.watchers;
        self.lingers_until = self.lingers_until.max(other.lingers_until).filter(|_| self.watchers == 0);
        self.leased_until = self.leased_until.max(other.leased_until);
        self.heard |= other.heard;
        self.graced_until = self.graced_until.max(other.graced_until);
        self.believed |= other.believed;
    }
}

/// The connection's share.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Link {
    stopped: bool,
    told_working: Option<Instant>,
    down_since: Option<Instant>,
    ever_open: bool,
    pub(crate) lapsed: bool,
}

impl Link {
    pub(crate) fn holds(self) -> bool {
        !self.stopped && !self.lapsed
    }

    /// Since when the feed has been down long enough to void what it told us, where that is news.
    pub(crate) fn lapses(self, now: Instant) -> Option<Instant> {
        self.down_since.map(|since| since + FEED_MS).filter(|at| !self.lapsed && *at <= now)
    }

    /// The session changed. True when subscriptions are lost by it: it stopped, came back, or says it works although
    /// nobody doubted it.
    pub(crate) fn session(&mut self, works: bool, now: Instant) -> bool {
        let was_stopped = std::mem::replace(&mut self.stopped, !works);
        if !works {
            self.told_working = None;
            return !was_stopped;
        }
        let told = self.told_working.replace(now);
        was_stopped || told.is_none_or(|before| now.since(before) >= SAME_NEWS_MS)
    }

    /// The feed came or went. True when subscriptions are lost by it.
    pub(crate) fn feed(&mut self, open: bool, now: Instant) -> bool {
        if !open {
            self.down_since.get_or_insert(now);
            return false;
        }
        self.down_since = None;
        let lost = self.lapsed && self.ever_open;
        self.ever_open = true;
        self.lapsed = false;
        lost
    }
}
