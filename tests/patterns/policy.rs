//! When our account is online by itself: in support hours, while we are well, and for a moment now and then.

use crate::gateway::{Answer, Vendor};
use crate::stage::Stage;
use wa_presence::patterns::policy::{Check, Policy, WEEK_MINUTES};

const HOUR: u32 = 60;
const DAY: u32 = 24 * HOUR;

/// A stage with this policy, which runs here or does not.
fn with_policy(policy: Policy, leads: bool) -> Stage {
    // Nothing is repeated there.
    let mut stage = Stage::at(Vendor::Waapi);
    set(&mut stage, Some(policy), leads);
    stage
}

fn set(stage: &mut Stage, policy: Option<Policy>, leads: bool) {
    let now = stage.now;
    stage.own().set_policy(policy, now);
    if let Some(policy) = stage.own().policy() {
        policy.handle_lead(leads);
    }
    stage.drain();
}

fn hours(spans: &[(u32, u32)]) -> Policy {
    Policy::new(Some(spans.to_vec()), false, None)
}

/// Whether support is open at each of these minutes of the week.
fn open_at(spans: &[(u32, u32)], minutes: &[u32]) -> Vec<Option<bool>> {
    let ask = |minute: &u32| {
        let mut policy = hours(spans);
        policy.handle_lead(true);
        policy.handle_minute(Some(*minute));
        policy.decides()
    };
    minutes.iter().map(ask).collect()
}

// ---- Support hours --------------------------------------------------------------------------------------------------------

#[test]
fn the_account_is_online_in_support_hours_and_offline_outside_of_them() {
    let mut stage = with_policy(hours(&[(9 * HOUR, 17 * HOUR)]), false);
    stage.minute = Some(9 * HOUR - 1);
    stage.own().policy().expect("it was set").handle_lead(true);
    stage.until(60_000);
    assert_eq!(stage.said_to_all(), [(0, "offline")]);
    stage.minute = Some(9 * HOUR);
    stage.until(120_000);
    stage.minute = Some(17 * HOUR - 1);
    stage.until(180_000);
    stage.minute = Some(17 * HOUR);
    stage.until(240_000);
    assert_eq!(stage.said_to_all(), [(0, "offline"), (80_000, "online"), (200_000, "offline")]);
    let asked: Vec<_> = stage.checks.iter().map(|(at, check)| (*at, *check)).take(3).collect();
    assert_eq!(asked, [0, 20_000, 40_000].map(|at| (at, Check::Minute)), "asked every 20 s");
}

#[test]
fn a_span_begins_with_its_first_minute_and_ends_before_its_last() {
    let (from, to) = (DAY + 9 * HOUR, DAY + 17 * HOUR);
    assert_eq!(
        open_at(&[(from, to)], &[0, from - 1, from, to - 1, to, to + DAY]),
        [false, false, true, true, false, false].map(Some)
    );
}

#[test]
fn a_span_over_sunday_night_goes_on_on_monday() {
    let (from, to) = (6 * DAY + 22 * HOUR, 6 * HOUR);
    let minutes = [from - 1, from, WEEK_MINUTES - 1, 0, to - 1, to, 3 * DAY];
    assert_eq!(open_at(&[(from, to)], &minutes), [false, true, true, true, true, false, false].map(Some));
}

#[test]
fn of_several_spans_one_is_enough() {
    let spans = [(9 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR), (6 * DAY + 23 * HOUR, HOUR)];
    let minutes = [10 * HOUR, 12 * HOUR, 14 * HOUR, 0, 20 * HOUR];
    assert_eq!(open_at(&spans, &minutes), [true, false, true, true, false].map(Some));
    assert_eq!(open_at(&[], &minutes), [Some(false); 5], "no span, never");
}

#[test]
fn where_the_local_time_cannot_be_told_nobody_is_there() {
    let mut stage = with_policy(hours(&[(0, WEEK_MINUTES)]), true);
    stage.until(60_000);
    assert_eq!(stage.said_to_all(), [], "it was never known");
    stage.minute = Some(100);
    stage.until(100_000);
    stage.minute = None;
    stage.until(200_000);
    assert_eq!(stage.said_to_all(), [(80_000, "online"), (120_000, "offline")]);
}

// ---- Health ---------------------------------------------------------------------------------------------------------------

#[test]
fn the_account_is_online_while_we_are_well() {
    let mut stage = with_policy(Policy::new(None, true, None), false);
    stage.healthy = Some(true);
    set(&mut stage, Some(Policy::new(None, true, None)), true);
    stage.until(40_000);
    stage.healthy = Some(false);
    stage.until(100_000);
    stage.healthy = Some(true);
    stage.until(150_000);
    assert_eq!(stage.said_to_all(), [(0, "online"), (45_000, "offline"), (105_000, "online")], "asked every 15 s");
}

#[test]
fn whoever_is_silent_for_10_s_is_not_well_until_they_say_so() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.healthy = Some(true);
    set(&mut stage, Some(Policy::new(None, true, None)), true);
    stage.until(5_000);
    stage.healthy = None;
    stage.until(24_999);
    assert_eq!(stage.said_to_all(), [(0, "online")], "asked at 15 s, and given 10 s");
    stage.until(60_000);
    assert_eq!(stage.said_to_all(), [(0, "online"), (25_000, "offline")]);
    stage.own().policy().expect("it was set").handle_health(true);
    stage.drain();
    assert_eq!(stage.said_to_all().last(), Some(&(60_000, "online")), "late, and yet");
}

#[test]
fn whoever_never_said_that_they_are_well_is_not() {
    let mut stage = with_policy(Policy::new(None, true, None), true);
    stage.until(9_999);
    assert_eq!(stage.said_to_all(), []);
    stage.until(60_000);
    assert_eq!(stage.said_to_all(), [(10_000, "offline")]);
}

#[test]
fn hours_and_health_must_both_hold() {
    for (minute, healthy, online) in [
        (Some(0), true, true),
        (Some(0), false, false),
        (Some(60), true, false),
        (None, true, false),
        (None, false, false),
    ] {
        let mut stage = Stage::at(Vendor::Waapi);
        (stage.minute, stage.healthy) = (minute, Some(healthy));
        set(&mut stage, Some(Policy::new(Some(vec![(0, 60)]), true, None)), true);
        stage.until(60_000);
        let said: Vec<_> = stage.said_to_all().iter().map(|(_, deed)| *deed == "online").collect();
        assert_eq!(said.contains(&true), online, "{minute:?}, {healthy}");
    }
}

// ---- Where it runs --------------------------------------------------------------------------------------------------------

#[test]
fn a_policy_asks_and_says_nothing_where_it_does_not_run() {
    let policy = || Policy::new(Some(vec![(0, WEEK_MINUTES)]), true, Some(900_000));
    let mut stage = with_policy(policy(), false);
    (stage.minute, stage.healthy) = (Some(0), Some(true));
    stage.until(3_600_000);
    assert_eq!((stage.said_to_all(), stage.checks.as_slice()), (vec![], &[][..]));
    assert_eq!(stage.session.patterns().own.state(stage.now).policy, Some((false, None, None)));
    stage.own().policy().expect("it was set").handle_lead(true);
    stage.drain();
    stage.until(3_601_000);
    assert_eq!(stage.said_to_all(), [(3_600_000, "online")], "it runs here from now on");
    assert_eq!(stage.session.patterns().own.state(stage.now).policy, Some((true, Some(true), Some(true))));
}

#[test]
fn a_policy_that_runs_elsewhere_from_now_on_takes_back_what_it_said_here_unless_it_is_said_there() {
    for said_there in [false, true] {
        let mut stage = Stage::at(Vendor::Waapi);
        stage.minute = Some(0);
        set(&mut stage, Some(hours(&[(0, 60)])), true);
        stage.until(10_000);
        stage.others = said_there.then(|| stage.at_ms(100_000));
        stage.own().policy().expect("it was set").handle_lead(false);
        stage.pass(0);
        stage.drain();
        stage.until(60_000);
        let deeds: Vec<_> = stage.said_to_all().iter().map(|(_, deed)| *deed).collect();
        assert_eq!(deeds, if said_there { &["online"][..] } else { &["online", "offline"] });
    }
}

#[test]
fn a_policy_that_ends_takes_back_what_it_said_unless_it_is_claimed() {
    for claimed in [false, true] {
        let mut stage = Stage::at(Vendor::Waapi);
        stage.minute = Some(0);
        set(&mut stage, Some(hours(&[(0, 60)])), true);
        stage.until(10_000);
        if claimed {
            stage.claim(true);
        }
        stage.until(20_000);
        set(&mut stage, None, false);
        stage.until(100_000);
        let last = if claimed { (10_000, "online") } else { (20_000, "offline") };
        assert_eq!(stage.said_to_all().last(), Some(&last), "{claimed}");
    }
}

#[test]
fn support_that_closes_leaves_the_account_to_another_client_that_claims_it() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.minute = Some(0);
    set(&mut stage, Some(hours(&[(0, 60)])), true);
    stage.until(30_000);
    stage.minute = Some(60);
    stage.others = Some(stage.at_ms(100_000));
    stage.until(200_000);
    assert_eq!(stage.said_to_all(), [(0, "online"), (100_000, "offline")]);
}

#[test]
fn a_claim_outlives_support_hours() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.minute = Some(0);
    set(&mut stage, Some(hours(&[(0, 60)])), true);
    stage.claim(true);
    stage.until(30_000);
    stage.minute = Some(60);
    stage.until(200_000);
    assert!(stage.said_to_all().iter().all(|(_, deed)| *deed == "online"));
}

// ---- The pulse ------------------------------------------------------------------------------------------------------------

/// Every so often, in ms.
const EVERY: u64 = 4 * 3_600_000;

#[test]
fn a_pulse_shows_us_for_10_s_so_that_last_seen_stays_young() {
    let mut stage = with_policy(Policy::new(None, false, Some(EVERY)), true);
    stage.until(10 * EVERY);
    let said = stage.said_to_all();
    let (on, off): (Vec<_>, Vec<_>) = said.iter().partition(|(_, deed)| *deed == "online");
    assert!((9..=11).contains(&on.len()), "{said:?}");
    for ((began, _), (ended, deed)) in on.iter().zip(&off) {
        assert_eq!((ended - began, *deed), (10_000, "offline"));
    }
    let gaps: Vec<_> = on.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    assert!(gaps.iter().all(|gap| (EVERY - EVERY / 10..=EVERY + EVERY / 10).contains(gap)), "{gaps:?}");
    assert!(gaps.windows(2).any(|pair| pair[0] != pair[1]), "nobody can set a watch by it: {gaps:?}");
}

#[test]
fn no_pulse_is_needed_while_we_are_online_and_none_is_wanted_of_a_ghost() {
    let mut online = with_policy(Policy::new(None, false, Some(EVERY)), true);
    online.claim(true);
    online.until(5 * EVERY);
    assert_eq!(online.said_to_all(), [(0, "online")]);
    let mut ghost = with_policy(Policy::new(None, false, Some(EVERY)), true);
    ghost.haunt(true);
    ghost.until(5 * EVERY);
    assert_eq!(ghost.said_to_all(), [(0, "offline")]);
}

#[test]
fn a_pulse_comes_outside_of_support_hours_alone() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.minute = Some(60);
    set(&mut stage, Some(Policy::new(Some(vec![(0, 60)]), false, Some(EVERY))), true);
    stage.until(EVERY + EVERY / 5);
    let deeds: Vec<_> = stage.said_to_all().iter().map(|(_, deed)| *deed).collect();
    assert_eq!(deeds, ["offline", "online", "offline"]);
    stage.minute = Some(0);
    stage.until(4 * EVERY);
    assert_eq!(stage.said_to_all().len(), 4, "online, and nothing else");
}

#[test]
fn a_page_that_goes_during_a_pulse_ends_it() {
    let mut stage = with_policy(Policy::new(None, false, Some(EVERY)), true);
    while stage.said_to_all().is_empty() {
        stage.pass(1_000);
    }
    stage.pass(1_000);
    let last_words: Vec<_> = stage.leave().iter().map(|sent| sent.deed).collect();
    assert_eq!(last_words, ["offline"]);
}

#[test]
fn a_pulse_whose_call_takes_longer_than_it_lasts_is_ended_all_the_same() {
    let mut stage = with_policy(Policy::new(None, false, Some(EVERY)), true);
    stage.next("online", Answer::Timeout);
    stage.until(EVERY + EVERY / 5);
    let said = stage.said_to_all();
    assert_eq!(said.iter().map(|(_, deed)| *deed).collect::<Vec<_>>(), ["online", "offline"], "it may have arrived");
}
