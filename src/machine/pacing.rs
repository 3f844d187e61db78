//! When the next subscribe call may leave: so many in any window, a few kept for whoever matters most, evenly spaced once the
//! first few have left, none while the gateway asked for a pause.
//!
//! The gateway tells its limit to nobody: a refusal shrinks the budget, which then grows slowly near where it failed and
//! faster the longer nothing fails.

use std::collections::VecDeque;

use super::config::Config;
use super::subscription::Priority;
use super::time::Instant;

/// Focused chats leave no closer than this, in ms: calls in flight bound the rest.
const FOCUSED_GAP_MS: u64 = 50;
/// A refusal this soon after the last one halves the budget again, in ms; a later one takes a little off.
const AGAIN_MS: u64 = 120_000;
/// What is left in percent where the budget had grown back to a limit that is known by now.
const KNOWN_LIMIT_PERCENT: u64 = 85;
/// A budget never shrinks below this many calls.
const LEAST: u64 = 6;
/// A shrunken budget is four calls larger after so many seconds; before that hardly, after that ever faster.
const GROWTH_S: u64 = 600;

/// A budget that a refusal made smaller.
#[derive(Clone, Copy, Debug)]
struct Shrunk {
    base: u64,
    since: Instant,
}

/// The gate every subscribe call passes.
#[derive(Debug)]
pub(crate) struct Pacing {
    /// When calls left: ours and, as far as we were told, those of other clients of the account. Oldest first.
    ring: VecDeque<Instant>,
    own: VecDeque<Instant>,
    shrunk: Option<Shrunk>,
    /// When the last call left that was not for a focused chat.
    spaced_from: Option<Instant>,
    focused_from: Option<Instant>,
    /// How many calls may leave without a distance: earned by a gate that stood open.
    credit: u64,
    paused_until: Instant,
    /// Whether nobody looks.
    slow: bool,
    in_flight: usize,
    /// Calls since the last one for the background, and since the last one that was not for a focused chat.
    since_background: u32,
    since_others: u32,
    /// When a refusal last shrank the budget.
    refused_at: Option<Instant>,
}

impl Pacing {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            ring: VecDeque::new(),
            own: VecDeque::new(),
            shrunk: None,
            spaced_from: None,
            focused_from: None,
            credit: config.burst,
            paused_until: Instant::ZERO,
            slow: false,
            in_flight: 0,
            since_background: 0,
            since_others: 0,
            refused_at: None,
        }
    }

    /// How many calls fit into a window, as far as we know.
    pub(crate) fn limit(&self, config: &Config, now: Instant) -> u64 {
        if self.slow {
            return LEAST.min(config.budget);
        }
        let Some(Shrunk { base, since }) = self.shrunk else { return config.budget };
        let quiet_s = (now.since(since) / 1_000).min(10 * GROWTH_S);
        (base + 4 * quiet_s.pow(4) / GROWTH_S.pow(4)).min(config.budget)
    }

    /// When a call for such a chat may leave; `None` while too many are in flight.
    pub(crate) fn opens_at(&self, priority: Priority, config: &Config, now: Instant) -> Option<Instant> {
        if self.in_flight >= config.max_in_flight {
            return None;
        }
        let limit = self.limit(config, now);
        let (fits, spaced) = match priority {
            Priority::Focused => (limit, self.focused_from.map(|at| at + FOCUSED_GAP_MS)),
            Priority::Visible | Priority::Background => {
                let distance = if self.credit > 0 { 0 } else { config.window_ms / limit };
                // What is kept for focused chats is kept from nobody who is owed a call.
                let kept = if self.owes_others(config) { 0 } else { config.reserved };
                (limit.saturating_sub(kept).max(1), self.spaced_from.map(|at| at + distance))
            }
        };
        let nth_last = usize::try_from(fits).ok().and_then(|fits| self.ring.len().checked_sub(fits));
        let room = nth_last.and_then(|at| self.ring.get(at)).map(|at| *at + config.window_ms);
        Some([Some(self.paused_until), spaced, room].into_iter().flatten().max().unwrap_or(Instant::ZERO))
    }

    /// Whether those that nobody works in are owed a call before a focused chat.
    pub(crate) const fn owes_others(&self, config: &Config) -> bool {
        self.since_others + 1 >= config.floor
    }

    /// Whether the background is owed a call before what is on the screen: where focused chats leave them one call in so
    /// many, every other one.
    pub(crate) const fn owes_background(&self, config: &Config) -> bool {
        let floor = if self.owes_others(config) { config.floor * 2 } else { config.floor };
        self.since_background + 1 >= floor
    }

    /// A call leaves for such a chat.
    pub(crate) fn sent(&mut self, priority: Priority, config: &Config, now: Instant) {
        if priority == Priority::Focused {
            self.focused_from = Some(now);
        } else {
            let distance = config.window_ms / self.limit(config, now);
            // Only a gate that stood open earns anything: not one that the window, a pause or calls in flight kept shut.
            let open_for = self.opens_at(priority, config, now).map_or(0, |open| now.since(open));
            let early = self.spaced_from.is_some_and(|at| now.since(at) < distance);
            self.credit = (self.credit + open_for / distance).min(config.burst).saturating_sub(u64::from(early));
            self.spaced_from = Some(now);
        }
        self.since_background =
            if priority == Priority::Background { 0 } else { self.since_background.saturating_add(1) };
        self.since_others = if priority == Priority::Focused { self.since_others.saturating_add(1) } else { 0 };
        self.own.push_back(now);
        self.ring.push_back(now);
        self.in_flight += 1;
        self.forget(config, now);
    }

    /// A call that the application made and that subscribes as well: it is counted, not asked for leave.
    pub(crate) fn count(&mut self, config: &Config, now: Instant) {
        self.own.push_back(now);
        self.ring.push_back(now);
        self.forget(config, now);
    }

    fn forget(&mut self, config: &Config, now: Instant) {
        for times in [&mut self.ring, &mut self.own] {
            while times.front().is_some_and(|at| now.since(*at) > config.window_ms) {
                times.pop_front();
            }
        }
    }

    /// A call leaves that does not subscribe: it only counts as one in flight.
    pub(crate) fn sent_beside(&mut self) {
        self.in_flight += 1;
    }

    /// A call came back, however it ended.
    pub(crate) fn returned(&mut self, config: &Config, now: Instant) {
        // As many as may be were on their way: nothing could leave before, so that time earns nothing.
        if self.in_flight >= config.max_in_flight {
            self.pause(now);
        }
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// Whether as few calls leave as ever do.
    pub(crate) const fn set_slow(&mut self, slow: bool) {
        self.slow = slow;
    }

    /// Nothing leaves until `until`.
    pub(crate) fn pause(&mut self, until: Instant) {
        self.paused_until = self.paused_until.max(until);
    }

    /// The gateway refused a call for being one too many, sent at `sent_at`, and asked for silence until `until`.
    pub(crate) fn refused(&mut self, sent_at: Instant, until: Instant, config: &Config, now: Instant) {
        self.pause(until);
        // Calls that were on their way when the last one was refused say nothing new.
        if self.refused_at.is_some_and(|at| sent_at < at) {
            return;
        }
        let limit = self.limit(config, now);
        let again = self.shrunk.is_none_or(|shrunk| now.since(shrunk.since) < AGAIN_MS);
        let base = if again { limit / 2 } else { limit * KNOWN_LIMIT_PERCENT / 100 };
        self.shrunk = Some(Shrunk { base: base.max(LEAST.min(config.budget)), since: until });
        self.refused_at = Some(now);
        self.credit = 0;
    }

    /// What other clients of the account spent, as they wrote it down: in place of what they wrote before.
    pub(crate) fn learn(&mut self, others: &[Instant]) {
        self.ring = self.own.clone();
        for &at in others {
            // A few dozen, each nearly in order: a sort would be kilobytes of code.
            let place = self.ring.iter().rposition(|before| *before <= at).map_or(0, |before| before + 1);
            self.ring.insert(place, at);
        }
    }

    /// When our own calls left, within the window.
    pub(crate) fn own(&self) -> impl Iterator<Item = Instant> + '_ {
        self.own.iter().copied()
    }

    /// Calls within the window that ends at `now`.
    pub(crate) fn spent(&self, config: &Config, now: Instant) -> usize {
        self.ring.iter().rev().take_while(|at| now.since(**at) < config.window_ms).count()
    }

    pub(crate) const fn in_flight(&self) -> usize {
        self.in_flight
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Priority::{Background, Focused, Visible};

    fn at(ms: u64) -> Instant {
        Instant::from_ms(ms)
    }

    /// Ten calls in ten seconds, two of them kept, two at once.
    fn config() -> Config {
        let (budget, window_ms, reserved, burst) = (10, 10_000, 2, 2);
        Config { budget, window_ms, reserved, burst, max_in_flight: 4, ..Config::default() }
    }

    /// Sends whatever may leave from `from` until `to`, each answered at once; when they left.
    fn drain(pacing: &mut Pacing, priority: Priority, from: u64, to: u64) -> Vec<u64> {
        let (config, mut left) = (config(), Vec::new());
        for ms in from..to {
            while pacing.opens_at(priority, &config, at(ms)).is_some_and(|open| open <= at(ms)) {
                pacing.sent(priority, &config, at(ms));
                pacing.returned(&config, at(ms));
                left.push(ms);
            }
        }
        left
    }

    #[test]
    fn the_first_leave_at_once_the_rest_evenly_and_the_window_is_never_exceeded() {
        let mut pacing = Pacing::new(&config());
        let left = drain(&mut pacing, Visible, 0, 60_000);
        assert_eq!(left[..6], [0, 0, 0, 1_000, 2_000, 3_000]);
        assert!(left.windows(9).all(|calls| calls[8] - calls[0] >= 10_000), "eight in any window: {left:?}");
        let urgent = drain(&mut pacing, Focused, 60_000, 60_200);
        assert_eq!(urgent[..2], [60_000, 60_050], "what is kept is for those, a moment apart");
        let all: Vec<_> = [left, urgent].concat();
        assert!(all.windows(11).all(|calls| calls[10] - calls[0] >= 10_000), "ten in any window: {all:?}");
    }

    #[test]
    fn a_shrunken_budget_hardly_grows_at_first_and_is_whole_within_twenty_minutes() {
        let (config, mut pacing) = (Config::default(), Pacing::new(&Config::default()));
        pacing.refused(at(0), at(60_000), &config, at(0));
        let limit = |s: u64| pacing.limit(&config, at(60_000 + s * 1_000));
        assert_eq!([0, 300, 424, 425, 600, 900, 1_000].map(limit), [22, 22, 22, 23, 26, 42, 45]);
        assert_eq!(pacing.limit(&config, at(u64::MAX)), 45, "and no further");
        let limits: Vec<_> = (0..1_200).map(limit).collect();
        assert!(limits.is_sorted(), "{limits:?}");
    }

    #[test]
    fn a_refusal_soon_after_another_halves_again_a_late_one_takes_a_little_and_some_is_always_left() {
        let (config, mut pacing) = (Config::default(), Pacing::new(&Config::default()));
        pacing.refused(at(0), at(1_000), &config, at(0));
        pacing.refused(at(1_000), at(2_000), &config, at(1_000));
        assert_eq!(pacing.limit(&config, at(2_000)), 11);
        for s in 2..9 {
            pacing.refused(at(s * 1_000), at((s + 1) * 1_000), &config, at(s * 1_000));
        }
        assert_eq!(pacing.limit(&config, at(9_000)), LEAST);
        let late = at(9_000 + 1_000_000);
        let before = pacing.limit(&config, late);
        pacing.refused(late, late, &config, late);
        assert_eq!((before, pacing.limit(&config, late)), (36, 36 * KNOWN_LIMIT_PERCENT / 100));
    }

    #[test]
    fn calls_that_were_on_their_way_when_one_was_refused_are_no_news() {
        let (config, mut pacing) = (Config::default(), Pacing::new(&Config::default()));
        pacing.refused(at(0), at(60_000), &config, at(100));
        for (sent, until, now) in [(20, 61_000, 120), (90, 60_500, 200), (99, 90_000, 61_500)] {
            pacing.refused(at(sent), at(until), &config, at(now));
        }
        assert_eq!(pacing.limit(&config, at(90_000)), 22, "halved once");
        assert_eq!(pacing.opens_at(Focused, &config, at(60_000)), Some(at(90_000)), "and the longest pause counts");
        pacing.refused(at(90_000), at(150_000), &config, at(90_000));
        assert_eq!(pacing.limit(&config, at(150_000)), 11, "the next is one");
    }

    #[test]
    fn a_gate_that_stood_open_earns_credit_and_no_more_than_a_burst() {
        let mut pacing = Pacing::new(&config());
        assert_eq!(drain(&mut pacing, Visible, 0, 1_000), [0, 0, 0]);
        assert_eq!(drain(&mut pacing, Visible, 12_000, 12_500), [12_000, 12_000, 12_000], "two more than its turn");
        assert_eq!(drain(&mut pacing, Visible, 12_500, 13_500), [13_000], "which is spent");
    }

    #[test]
    fn a_gate_kept_shut_by_a_pause_or_the_window_earns_nothing() {
        let mut pacing = Pacing::new(&config());
        drain(&mut pacing, Visible, 0, 1_000);
        pacing.pause(at(12_000));
        assert_eq!(drain(&mut pacing, Visible, 1_000, 12_500), [12_000], "the pause");

        let mut pacing = Pacing::new(&config());
        drain(&mut pacing, Visible, 0, 6_000);
        let busy = drain(&mut pacing, Visible, 6_000, 11_500);
        assert_eq!(busy, [10_000, 11_000], "the window, although it has room for three at once");
    }

    #[test]
    fn a_gate_kept_shut_by_calls_in_flight_earns_nothing() {
        let (config, mut pacing) = (config(), Pacing::new(&config()));
        for _ in 0..config.max_in_flight {
            pacing.sent(Focused, &config, at(0));
        }
        pacing.credit = 0;
        pacing.spaced_from = Some(at(0));
        assert_eq!(pacing.opens_at(Visible, &config, at(5_000)), None);
        pacing.returned(&config, at(5_000));
        assert_eq!(drain(&mut pacing, Visible, 5_000, 5_900), [5_000]);
    }

    #[test]
    fn what_others_wrote_down_replaces_what_they_wrote_before_and_leaves_ours() {
        let (config, mut pacing) = (config(), Pacing::new(&config()));
        pacing.sent(Visible, &config, at(3_000));
        pacing.learn(&[at(1_000), at(5_000)]);
        pacing.learn(&[at(4_000), at(2_000)]);
        assert_eq!(pacing.ring, [at(2_000), at(3_000), at(4_000)], "in order");
        assert_eq!((pacing.own().collect::<Vec<_>>(), pacing.spent(&config, at(5_000))), (vec![at(3_000)], 3));
        pacing.learn(&[at(5_000); 10]);
        let opens = pacing.opens_at(Focused, &config, at(6_000));
        assert_eq!(opens, Some(at(15_000)), "theirs count as ours do");
        pacing.learn(&[]);
        assert_eq!(pacing.opens_at(Focused, &config, at(6_000)), Some(Instant::ZERO));
    }

    #[test]
    fn what_the_application_asks_itself_is_counted_and_asks_for_no_leave() {
        let (config, mut pacing) = (config(), Pacing::new(&config()));
        for ms in 0..10 {
            pacing.count(&config, at(ms));
        }
        assert_eq!((pacing.in_flight(), pacing.spent(&config, at(10))), (0, 10));
        assert_eq!(pacing.opens_at(Focused, &config, at(10)), Some(at(10_000)));
    }

    #[test]
    fn one_call_in_so_many_is_owed_to_the_background() {
        let (config, mut pacing) = (Config { floor: 3, ..config() }, Pacing::new(&config()));
        let mut owed = Vec::new();
        for priority in [Visible, Focused, Background, Visible] {
            owed.push(pacing.owes_background(&config));
            pacing.sent(priority, &config, at(0));
        }
        assert_eq!(owed, [false, false, true, false]);
    }
}
