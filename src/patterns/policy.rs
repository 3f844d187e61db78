//! When our account is online by itself: in support hours, and while we are well.
//!
//! Time zones and callbacks are the platform's: the policy asks, and is told. What it was not told is no reason to be online.

use crate::machine::time::Instant;

/// Minutes of a week, from Monday 0:00 in the zone of whoever wrote them.
pub const WEEK_MINUTES: u32 = 7 * 24 * 60;
/// How often the local time is asked for, in ms.
const HOURS_INTERVAL_MS: u64 = 20_000;
/// How often it is asked whether we are well, in ms.
const HEALTH_INTERVAL_MS: u64 = 15_000;
/// Whoever takes this long to say so is not well, in ms.
const HEALTH_PATIENCE_MS: u64 = 10_000;

/// What a policy asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// The minute of the week where support is: answer with [`Policy::handle_minute`].
    Minute,
    /// Whether we are well: answer with [`Policy::handle_health`].
    Health,
}

/// When to be online.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Whether it runs here; another tab may run it.
    leads: bool,
    /// Spans of minutes of the week; one that ends before it begins goes over Sunday night.
    hours: Option<Vec<(u32, u32)>>,
    minds_health: bool,
    pulse_ms: Option<u64>,
    open: Option<bool>,
    healthy: Option<bool>,
    minute_due: Instant,
    health_due: Instant,
    health_asked: Option<Instant>,
}

impl Policy {
    /// A policy. Without hours and without health it wants nothing but its pulse.
    #[must_use]
    pub fn new(hours: Option<Vec<(u32, u32)>>, minds_health: bool, pulse_ms: Option<u64>) -> Self {
        Self {
            leads: false,
            hours,
            minds_health,
            pulse_ms,
            open: None,
            healthy: None,
            minute_due: Instant::ZERO,
            health_due: Instant::ZERO,
            health_asked: None,
        }
    }

    /// It runs here from now on, or does not any more.
    pub fn handle_lead(&mut self, leads: bool) {
        self.leads = leads;
    }

    /// Whether it wants to know anything.
    #[must_use]
    pub fn wants_check(&self, now: Instant) -> bool {
        let minute = self.hours.is_some() && self.minute_due <= now;
        self.leads && (minute || self.minds_health && self.health_due <= now)
    }

    /// What it wants to know.
    pub fn poll_check(&mut self, now: Instant) -> Option<Check> {
        if !self.leads {
            return None;
        }
        if self.hours.is_some() && self.minute_due <= now {
            self.minute_due = now + HOURS_INTERVAL_MS;
            return Some(Check::Minute);
        }
        if self.minds_health && self.health_due <= now {
            self.health_due = now + HEALTH_INTERVAL_MS;
            self.health_asked.get_or_insert(now);
            return Some(Check::Health);
        }
        None
    }

    /// The minute of the week where support is; nothing where it cannot be told.
    pub fn handle_minute(&mut self, minute: Option<u32>) {
        self.open = minute.map(|minute| {
            let spans = self.hours.iter().flatten();
            spans.into_iter().any(|(from, to)| {
                if from <= to { (*from..*to).contains(&minute) } else { minute >= *from || minute < *to }
            })
        });
    }

    /// Whether we are well.
    pub fn handle_health(&mut self, healthy: bool) {
        self.healthy = Some(healthy);
        self.health_asked = None;
    }

    /// Time passed.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.health_asked.is_some_and(|asked| asked + HEALTH_PATIENCE_MS <= now) {
            self.healthy = Some(false);
        }
    }

    /// Whether to be online: everything it minds holds, or something does not. Nothing where it does not run, minds nothing, or
    /// was not told yet.
    #[must_use]
    pub fn decides(&self) -> Option<bool> {
        let open = self.hours.as_ref().map(|_| self.open);
        let healthy = self.minds_health.then_some(self.healthy);
        let minded: Vec<_> = [open, healthy].into_iter().flatten().collect();
        if !self.leads || minded.is_empty() {
            None
        } else if minded.contains(&Some(false)) {
            Some(false)
        } else {
            (!minded.contains(&None)).then_some(true)
        }
    }

    /// Whether it runs here.
    #[must_use]
    pub const fn leads(&self) -> bool {
        self.leads
    }

    /// How often to show ourselves for a moment; only where it runs.
    #[must_use]
    pub fn pulse_ms(&self) -> Option<u64> {
        self.pulse_ms
    }

    /// When to poll again.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let minute = self.hours.as_ref().map(|_| self.minute_due);
        let health = self.minds_health.then_some(self.health_due);
        let patience = self.health_asked.filter(|_| self.healthy != Some(false)).map(|at| at + HEALTH_PATIENCE_MS);
        [minute, health, patience].into_iter().flatten().min().filter(|_| self.leads)
    }

    /// Whether it runs here, whether support is open, whether we are well.
    #[must_use]
    pub const fn state(&self) -> (bool, Option<bool>, Option<bool>) {
        (self.leads, self.open, self.healthy)
    }
}
