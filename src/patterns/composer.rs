//! What we show others of our own typing: at the pace of a person, and always ended.
//!
//! Everybody who composes in a chat shares one indicator there. A start is repeated every 8 s for as long as somebody
//! composes; after a stop the next start waits until a second has passed since the last. A start that may have reached the
//! gateway is followed by exactly one stop that did, or by tries enough to say that the gateway is out of reach. At most one
//! call a chat is on its way, so that no stop overtakes its start.

use crate::machine::error::{Error, ErrorCode, Outlook};
use crate::machine::id::Id;
use crate::machine::sorted_map::{Key, SortedMap};
use crate::machine::time::Instant;
use crate::machine::typing::ActivityKind;

/// How often a start is repeated, in ms: WhatsApp shows one for 10 to 25 s.
pub const REFRESH_MS: u64 = 8_000;
/// Least distance between two starts, in ms.
pub const RESTART_MS: u64 = 1_000;
/// Nobody types who pressed no key for this long, in ms.
pub const IDLE_MS: u64 = 5_000;
/// Longest recording that is shown without being asked for again, in ms.
pub const RECORDING_MS: u64 = 300_000;
/// Longest that work is shown as typing, in ms.
pub const WORKING_MS: u64 = 60_000;
/// Pause of all starts after a 429 without a readable Retry-After, in ms.
const REFUSED_PAUSE_MS: u64 = 60_000;
/// Waits before a stop that failed is tried again, in ms; after the last one the gateway is out of reach.
const STOP_RETRIES_MS: [u64; 3] = [1_000, 4_000, 16_000];
/// Most composers at once: a page has a handful.
const MOST: usize = 1_024;

/// One who composes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ComposerId(u32);

impl Key for ComposerId {}

/// A chat in which somebody composes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seat(u32);

impl Key for Seat {}

/// What to tell the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// That we type or record.
    Start(ActivityKind),
    /// That we stopped.
    Stop,
}

/// Why somebody composes, and until when unless said again.
#[derive(Clone, Copy, Debug)]
struct Wish {
    kind: ActivityKind,
    until: Instant,
    since: u64,
}

#[derive(Debug)]
struct Composer {
    seat: Seat,
    wish: Option<Wish>,
}

/// What a chat is shown.
#[derive(Debug)]
struct Indicator {
    chat: Id,
    /// What it may be showing, as far as we know.
    shown: Option<ActivityKind>,
    started_at: Option<Instant>,
    /// The call on its way, and what was shown before it.
    in_flight: Option<(Step, Option<ActivityKind>)>,
    /// Stops that failed in a row.
    failed_stops: usize,
    not_before: Instant,
    /// The gateway will not have it.
    refused: bool,
}

/// All who compose for us.
#[derive(Debug, Default)]
pub struct Composers {
    composers: SortedMap<ComposerId, Composer>,
    indicators: SortedMap<Seat, Indicator>,
    next: u32,
    wishes: u64,
    /// No start before: the gateway asked us to slow down.
    paused_until: Instant,
    /// The credential may not type at all.
    forbidden: bool,
    /// The gateway, or its engine, cannot show that we record.
    mute: bool,
}

impl Composers {
    /// Whether nobody composes, and nothing is shown of whoever did.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.composers.len() == 0 && self.indicators.len() == 0
    }

    /// Somebody who may compose in a chat from here on; nobody while there are more than a page can have. `is_same` tells whether
    /// another id is the chat's by now.
    pub fn open(&mut self, chat: &Id, is_same: impl Fn(&Id) -> bool) -> Option<ComposerId> {
        if self.composers.len() >= MOST {
            return None;
        }
        self.next += 1;
        let known = self.indicators.iter().find(|(_, indicator)| is_same(&indicator.chat)).map(|(seat, _)| *seat);
        let seat = known.unwrap_or_else(|| {
            let seat = Seat(self.next);
            self.indicators.insert(seat, Indicator::of(chat));
            seat
        });
        let id = ComposerId(self.next);
        self.composers.insert(id, Composer { seat, wish: None });
        Some(id)
    }

    /// A key was pressed.
    pub fn keystroke(&mut self, composer: ComposerId, now: Instant) {
        self.wish(composer, ActivityKind::Typing, now + IDLE_MS);
    }

    /// A voice note is being recorded, until said otherwise.
    pub fn record(&mut self, composer: ComposerId, now: Instant) {
        self.wish(composer, ActivityKind::Recording, now + RECORDING_MS);
    }

    /// Somebody works on an answer, until said otherwise.
    pub fn work(&mut self, composer: ComposerId, now: Instant) {
        self.wish(composer, ActivityKind::Typing, now + WORKING_MS);
    }

    /// They sent it, or stopped.
    pub fn stop(&mut self, composer: ComposerId) {
        if let Some(composer) = self.composers.get_mut(&composer) {
            composer.wish = None;
        }
    }

    /// They will not compose any more.
    pub fn close(&mut self, composer: ComposerId) {
        self.composers.remove(&composer);
    }

    /// What the chat of a composer is shown now, by us and as far as we know.
    #[must_use]
    pub fn shows(&self, composer: ComposerId) -> Option<ActivityKind> {
        self.indicators.get(&self.composers.get(&composer)?.seat)?.shown
    }

    /// The next thing to tell the gateway, starts only where they `may_start`; report what became of it with
    /// [`Composers::handle_outcome`].
    pub fn poll(&mut self, may_start: bool, now: Instant) -> Option<(Seat, Id, Step)> {
        let due = self.indicators.iter().find_map(|(seat, indicator)| {
            let (step, at) = self.next_step(*seat, indicator)?;
            (at <= now && (may_start || step == Step::Stop)).then_some((*seat, step))
        });
        let Some((seat, step)) = due else {
            self.tidy(now);
            return None;
        };
        let indicator = self.indicators.get_mut(&seat)?;
        indicator.in_flight = Some((step, indicator.shown));
        if let Step::Start(kind) = step {
            // From here on it may be shown.
            indicator.shown = Some(kind);
            indicator.started_at = Some(now);
            indicator.failed_stops = 0;
            // That was for the stop before it.
            indicator.not_before = Instant::ZERO;
        }
        Some((seat, indicator.chat.clone(), step))
    }

    /// What became of a call. True where a failure is news: what stays so is told once.
    pub fn handle_outcome(&mut self, seat: Seat, failure: Option<&Error>, now: Instant) -> bool {
        if let Some(error) = failure.filter(|error| error.code == ErrorCode::RateLimited) {
            let until = now + error.retry_after_ms.unwrap_or(REFUSED_PAUSE_MS);
            self.paused_until = self.paused_until.max(until);
        }
        let Some(indicator) = self.indicators.get_mut(&seat) else { return false };
        let Some((step, before)) = indicator.in_flight.take() else { return false };
        let Some(code) = failure.map(|error| error.code) else {
            match step {
                Step::Stop => indicator.stopped(),
                // Also where the session was lost meanwhile: a gateway may hold a call until it works again.
                Step::Start(kind) => indicator.shown = Some(kind),
            }
            return false;
        };
        match (code.outlook(), step) {
            // A start may have arrived, and a stop must.
            (Outlook::Unknown, Step::Start(kind)) => {
                indicator.shown = Some(kind);
                false
            }
            (Outlook::Unknown | Outlook::TooSoon, Step::Stop) => indicator.stop_later(now),
            (Outlook::TooSoon, Step::Start(_)) => {
                indicator.shown = before;
                true
            }
            // Made again with the next credential, it says nothing of what was shown before. Where the session does not work, nothing
            // is shown to anybody.
            (Outlook::NotYet, _) => {
                indicator.stopped();
                indicator.shown = before.filter(|_| code == ErrorCode::Unauthorized);
                indicator.not_before = now + RESTART_MS;
                false
            }
            (Outlook::Never, Step::Start(ActivityKind::Recording)) if code == ErrorCode::Unsupported => {
                indicator.shown = before;
                !std::mem::replace(&mut self.mute, true)
            }
            (Outlook::Never, _) => {
                indicator.shown = before.filter(|_| step != Step::Stop);
                self.forbidden |= code == ErrorCode::Forbidden;
                !std::mem::replace(&mut indicator.refused, true)
            }
        }
    }

    /// The gateway lost WhatsApp: nobody is shown anything any more.
    pub fn handle_session_lost(&mut self) {
        for (_, indicator) in self.indicators.iter_mut() {
            indicator.shown = None;
        }
    }

    /// The page goes, or the client ends: every chat that may be showing something is to be told now, whatever is on its way,
    /// and nobody composes any more.
    pub fn leave(&mut self) -> Vec<Id> {
        for (_, composer) in self.composers.iter_mut() {
            composer.wish = None;
        }
        let mut chats = Vec::new();
        for (_, indicator) in self.indicators.iter_mut() {
            if indicator.shown.is_some() {
                chats.push(indicator.chat.clone());
            }
            indicator.in_flight = None;
            indicator.stopped();
        }
        chats
    }

    /// When to poll again, if starts may leave from `starts_at` on, or for the time being not at all.
    #[must_use]
    pub fn poll_timeout(&self, starts_at: Option<Instant>) -> Option<Instant> {
        let steps = self.indicators.iter().filter_map(|(seat, indicator)| {
            let (step, at) = self.next_step(*seat, indicator)?;
            if step == Step::Stop { Some(at) } else { starts_at.map(|starts_at| at.max(starts_at)) }
        });
        let wishes = self.composers.iter().filter_map(|(_, composer)| composer.wish.map(|wish| wish.until));
        steps.chain(wishes).min()
    }

    /// Nobody composes any more who has not said so for too long.
    pub fn handle_timeout(&mut self, now: Instant) {
        for (_, composer) in self.composers.iter_mut() {
            composer.wish = composer.wish.filter(|wish| wish.until > now);
        }
    }

    fn wish(&mut self, composer: ComposerId, kind: ActivityKind, until: Instant) {
        self.wishes += 1;
        let since = self.wishes;
        if let Some(composer) = self.composers.get_mut(&composer) {
            composer.wish = Some(Wish { kind, until, since });
        }
    }

    /// What a chat is to be told next, and when.
    fn next_step(&self, seat: Seat, indicator: &Indicator) -> Option<(Step, Instant)> {
        if indicator.in_flight.is_some() {
            return None;
        }
        let composers = self.composers.iter().filter(|(_, composer)| composer.seat == seat);
        let wishes = composers.filter_map(|(_, composer)| composer.wish);
        let wish = wishes.filter(|wish| !self.mute || wish.kind == ActivityKind::Typing).max_by_key(|wish| wish.since);
        let Some(wish) = wish.filter(|_| !self.forbidden && !indicator.refused) else {
            return indicator.shown.map(|_| (Step::Stop, indicator.not_before));
        };
        let rest_ms = if indicator.shown == Some(wish.kind) { REFRESH_MS } else { RESTART_MS };
        let rested = indicator.started_at.map_or(Instant::ZERO, |at| at + rest_ms);
        // Only a stop is tried again; a start has its own pace.
        let held = if indicator.failed_stops > 0 { Instant::ZERO } else { indicator.not_before };
        Some((Step::Start(wish.kind), rested.max(held).max(self.paused_until)))
    }

    /// Forgets chats in which nobody composes and nothing is shown.
    fn tidy(&mut self, now: Instant) {
        let idle = |(seat, indicator): (&Seat, &Indicator)| {
            let rested = indicator.started_at.is_none_or(|at| at + RESTART_MS <= now);
            let over = rested && indicator.shown.is_none() && indicator.in_flight.is_none();
            (over && !self.composers.iter().any(|(_, composer)| composer.seat == *seat)).then_some(*seat)
        };
        let gone: Vec<_> = self.indicators.iter().filter_map(idle).collect();
        for seat in gone {
            self.indicators.remove(&seat);
        }
    }
}

impl Indicator {
    fn of(chat: &Id) -> Self {
        Self {
            chat: chat.clone(),
            shown: None,
            started_at: None,
            in_flight: None,
            failed_stops: 0,
            not_before: Instant::ZERO,
            refused: false,
        }
    }

    fn stopped(&mut self) {
        self.shown = None;
        self.failed_stops = 0;
        self.not_before = Instant::ZERO;
    }

    /// A stop went out of sight: it is tried again, later each time, until it is plain that nobody listens.
    fn stop_later(&mut self, now: Instant) -> bool {
        let Some(wait) = STOP_RETRIES_MS.get(self.failed_stops) else {
            self.stopped();
            return true;
        };
        self.failed_stops += 1;
        self.not_before = now + *wait;
        false
    }
}
