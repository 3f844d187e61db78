//! Subscriptions that never silently lapse and never draw a refusal: the scenarios of `cargo xtask bench coverage`, on fixed
//! seeds, with what they must show.
#![cfg(not(target_arch = "wasm32"))]

#[path = "coverage/mod.rs"]
mod coverage;

use coverage::{HOUR, MINUTE, Scenario};
use wa_presence::machine::Priority::{Background, Focused, Visible};

const SEEDS: [u64; 3] = [1, 2, 3];

fn percentile(sorted: &[u64], percent: usize) -> u64 {
    sorted.get((sorted.len() * percent).div_ceil(100).saturating_sub(1)).copied().unwrap_or(0)
}

#[test]
fn a_dozen_focused_chats_are_told_without_a_gap() {
    for seed in SEEDS {
        let outcome = Scenario::few_focused().ours(seed);
        let covered = outcome.coverage(Focused).expect("there are some");
        assert!(covered >= 99.9, "{covered:.2} % with seed {seed}");
        assert_eq!(outcome.refused().len(), 0);
    }
}

#[test]
fn a_support_desk_degrades_by_priority_and_starves_nobody() {
    for seed in SEEDS {
        let outcome = Scenario::support_desk().ours(seed);
        let [focused, visible] = [Focused, Visible].map(|priority| outcome.coverage(priority).expect("there are some"));
        assert!(focused >= 99.5, "focused {focused:.2} % with seed {seed}");
        assert!(visible >= 93.0, "visible {visible:.2} % with seed {seed}");
        assert!(outcome.longest_unserved(Background) <= HOUR, "{} ms", outcome.longest_unserved(Background));
        assert_eq!((outcome.refused().len(), outcome.largest_window() <= 50), (0, true));
    }
}

#[test]
fn after_a_reconnect_focused_chats_are_asked_for_first() {
    for seed in SEEDS {
        let outcome = Scenario::reconnecting().ours(seed);
        let returns = outcome.returns(Focused);
        assert_eq!(returns.len(), 23);
        assert!(percentile(&returns, 95) <= 2_000, "{returns:?}");
        assert_eq!((outcome.refused().len(), outcome.largest_window() <= 50), (0, true));
    }
}

#[test]
fn five_hundred_chats_at_once_are_no_burst_and_none_is_forgotten() {
    for seed in SEEDS {
        let outcome = Scenario::crowd().ours(seed);
        assert!(outcome.largest_window() <= 50);
        assert_eq!(outcome.refused().len(), 0);
        let focused = outcome.first_served().into_iter().find(|(_, of)| *of == Focused);
        assert!(focused.is_some_and(|(at, _)| at <= 400), "as soon as the network allows: {focused:?}");
        let visible =
            outcome.first_served().iter().filter(|(at, _)| *at < 5 * MINUTE).filter(|(_, of)| *of == Visible).count();
        assert_eq!(visible, 99, "all that is on the screen before long");
        let capped = Scenario { max_watched: 200, ..Scenario::crowd() }.ours(seed);
        assert_eq!(capped.turned_away, 300);
    }
}

#[test]
fn an_unannounced_limit_is_found_out_by_few_refusals_and_forgotten_when_it_is_over() {
    for seed in SEEDS {
        let outcome = Scenario::halved().ours(seed);
        assert!(outcome.refused_within(30 * MINUTE, 35 * MINUTE) <= 2, "{:?}", outcome.refused());
        for from in 35..60 {
            let refused = outcome.refused_within(from * MINUTE, (from + 10) * MINUTE);
            assert!(refused <= 1, "{refused} from minute {from}: {:?}", outcome.refused());
        }
        let before = outcome.coverage_within(Visible, 10 * MINUTE, 30 * MINUTE).expect("there are some");
        let after = outcome.coverage_within(Visible, 75 * MINUTE, 80 * MINUTE).expect("there are some");
        assert!(after >= before * 0.9, "{before:.1} % before, {after:.1} % after, with seed {seed}");
    }
}

#[test]
fn a_flapping_gateway_draws_no_storm_and_all_are_back_when_it_calms() {
    for seed in SEEDS {
        let outcome = Scenario::flapping().ours(seed);
        assert!(outcome.largest_window() <= 45, "{}", outcome.largest_window());
        assert_eq!(outcome.refused().len(), 0);
        let calm = 20 * MINUTE;
        let back = outcome.all_back_after(calm).expect("all are back");
        assert!(back <= 2 * MINUTE, "{back} ms with seed {seed}");
        let flapping = |at: &&u64| (10 * MINUTE..calm).contains(*at);
        let probes: Vec<_> = outcome.statuses.iter().filter(flapping).collect();
        assert!(probes.len() <= 40, "{} questions in ten minutes", probes.len());
    }
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    let [one, other] = [7, 7].map(|seed| Scenario::flapping().ours(seed));
    assert_eq!((one.calls(), one.trace()), (other.calls(), other.trace()));
}
