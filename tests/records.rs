//! What is remembered of somebody, and what becomes of it when they turn out to be somebody known. One rule a test.

mod support;

use support::{ANA, ANA_LID, BEN, START_MS, TEAM, World, address};
use wa_presence::machine::knowledge::Knowledge;
use wa_presence::machine::observation::{Envelope, Observation, Report, Word};
use wa_presence::machine::presence::{Availability, LastSeenBasis, PersonView};
use wa_presence::machine::time::UnixMs;
use wa_presence::machine::typing::{ActivityKind, EndedBy};
use wa_presence::machine::{Config, Reason};

const TYPING: Option<ActivityKind> = Some(ActivityKind::Typing);

fn ana(world: &World) -> PersonView {
    world.snapshot(ANA).contact().expect("she was heard of").view
}

/// `who` is the only one of the group who types.
fn only_one_types(world: &mut World, who: &str) {
    let id = world.fresh_id();
    let stamp = Some(world.stamp(world.ms()));
    let report = Report { participant: address(who), word: Word::Typing, last_seen: None, began: None };
    let observation = Observation::Presence { chat: address(TEAM), reports: vec![report].into(), complete: true };
    world.send(&Envelope { id: Some(&id), stamp, own: [None, None], aliases: vec![], observation });
}

// ---- One record -----------------------------------------------------------------------------------------------------

#[test]
fn the_last_activity_is_the_latest_and_says_what_ended_it() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Typing);
    world.until(2_000);
    world.says(ANA, ANA, Word::Paused);
    world.until(5_000);
    let last = ana(&world).last_activity.expect("it is remembered");
    assert_eq!((last.kind, last.ended_by, last.ended_at), (ActivityKind::Typing, EndedBy::Paused, world.at(2_000)));
    world.says(ANA, ANA, Word::Recording);
    world.until(30_000);
    let last = ana(&world).last_activity.expect("it is remembered");
    assert_eq!((last.kind, last.ended_by, last.ended_at), (ActivityKind::Recording, EndedBy::Ttl, world.at(20_000)));
}

#[test]
fn a_message_explains_a_pause_of_a_moment_before_and_going_offline_does_not() {
    for (by_message, ended_by, ended_ms) in [(true, EndedBy::Message, 2_200), (false, EndedBy::Paused, 2_000)] {
        let mut world = World::watching(ANA);
        world.says(ANA, ANA, Word::Typing);
        world.until(2_000);
        world.says(ANA, ANA, Word::Paused);
        world.until(2_200);
        if by_message {
            world.writes(ANA, ANA, 0);
        } else {
            world.says(ANA, ANA, Word::Offline);
        }
        world.until(5_000);
        let last = ana(&world).last_activity.expect("it is remembered");
        assert_eq!((last.ended_by, last.ended_at), (ended_by, world.at(ended_ms)));
    }
}

#[test]
fn in_a_complete_set_the_unlisted_stop() {
    let mut world = World::watching(TEAM);
    world.says(TEAM, ANA, Word::Typing);
    world.until(1_000);
    only_one_types(&mut world, BEN);
    world.until(1_300);
    assert_eq!(world.active(TEAM), [BEN]);
}

#[test]
fn a_change_that_goes_back_before_it_may_be_heard_is_never_heard() {
    let mut world = World::watching(ANA);
    let wall = world.wall().as_ms();
    let tell = |world: &mut World, ms: u64, word, seen_ago_ms: u64| {
        world.until(ms);
        let (id, stamp) = (world.fresh_id(), Some(world.stamp(ms)));
        world.deliver(&id, stamp, ANA, ANA, word, Some(UnixMs::from_ms(wall - seen_ago_ms)));
    };
    tell(&mut world, 0, Word::Online, 9_000);
    let before = world.machine.counters().changes;
    tell(&mut world, 1_000, Word::Online, 5_000);
    for ms in (1_010..1_090).step_by(20) {
        tell(&mut world, ms, Word::Offline, 9_000);
        tell(&mut world, ms + 10, Word::Online, 9_000);
    }
    world.until(5_000);
    assert_eq!((world.heard.len(), world.machine.counters().changes - before), (2, 1));
}

#[test]
fn a_last_seen_may_be_a_day_ahead_of_our_clock_and_no_more() {
    for (ahead_ms, believed) in [(86_400_000, true), (86_400_001, false)] {
        let mut world = World::watching(ANA);
        let at = UnixMs::from_ms(world.wall().as_ms() + ahead_ms);
        world.deliver("evt_ahead", None, ANA, ANA, Word::Offline, Some(at));
        let seen = ana(&world).last_seen.map(|seen| (seen.at, seen.basis));
        assert_eq!(seen, believed.then_some((at, LastSeenBasis::Reported)), "{ahead_ms} ms ahead");
    }
}

#[test]
fn an_old_message_ends_what_began_in_the_second_it_is_dated_to() {
    let config = Config { typing_ttl_ms: 120_000, looks_up_aliases: false, ..Config::default() };
    for (began_ms, ended) in [(999, true), (1_000, false)] {
        let mut world = World::with(config.clone());
        world.watch(ANA);
        world.until(1_000);
        world.begin();
        world.says(ANA, ANA, Word::Online);
        world.until(began_ms);
        world.says(ANA, ANA, Word::Typing);
        world.until(40_000);
        world.writes(ANA, ANA, 39_100);
        assert_eq!(world.activity(ANA).is_none(), ended, "typing since {began_ms} ms");
    }
}

#[test]
fn an_answer_asked_for_when_a_push_happened_is_as_new() {
    let mut world = World::watching(ANA);
    world.until(1_000);
    world.says(ANA, ANA, Word::Online);
    world.until(2_000);
    world.read(ANA, ANA, Word::Offline, 1_000);
    assert_eq!(world.availability(ANA), Availability::Offline);
}

// ---- Clocks ---------------------------------------------------------------------------------------------------------

#[test]
fn the_fastest_delivery_is_forgotten_after_ten_minutes() {
    for (ms, since_ms) in [(600_000, 597_000), (600_001, 600_001)] {
        let mut world = World::watching(ANA);
        world.says(ANA, ANA, Word::Online);
        world.until(ms);
        world.says_at(ANA, ANA, Word::Typing, ms - 3_000);
        assert_eq!(world.snapshot(ANA).active[0].activity.since, world.at(since_ms));
    }
}

#[test]
fn a_clock_five_seconds_ahead_of_itself_is_believed_and_one_more_ahead_is_not() {
    for (ahead_ms, since_ms) in [(5_000, 5_000), (5_001, 10_000)] {
        let mut world = World::watching(ANA);
        world.says(ANA, ANA, Word::Online);
        world.until(1_000);
        world.says_at(BEN, BEN, Word::Online, 1_000 + ahead_ms);
        world.until(10_000);
        world.says(ANA, ANA, Word::Typing);
        assert_eq!(world.snapshot(ANA).active[0].activity.since, world.at(since_ms), "{ahead_ms} ms ahead");
    }
}

// ---- Two records become one -----------------------------------------------------------------------------------------

#[test]
fn of_two_records_the_newer_availability_holds() {
    use Availability::{Offline, Online, Unknown};
    for (first, second, under_lid, under_number) in [
        (Word::Offline, Word::Online, Online, Online),
        (Word::Online, Word::Offline, Offline, Offline),
        (Word::Offline, Word::Typing, Online, Online),
        (Word::Typing, Word::Offline, Offline, Offline),
        (Word::Paused, Word::Paused, Unknown, Unknown),
        (Word::Online, Word::Paused, Online, Online),
        (Word::Paused, Word::Offline, Offline, Offline),
    ] {
        for (older, newer, expected) in [(ANA, ANA_LID, under_lid), (ANA_LID, ANA, under_number)] {
            let mut world = World::watching(ANA);
            world.says(older, older, first);
            world.until(1_000);
            world.says(newer, newer, second);
            world.until(1_500);
            world.alias(ANA_LID, ANA);
            world.until(2_000);
            assert_eq!(world.availability(ANA), expected, "{first:?} under {older}, {second:?} under {newer}");
        }
    }
}

#[test]
fn what_one_id_was_seen_to_be_makes_the_others_offline_certain() {
    for (seen, other) in [(ANA, ANA_LID), (ANA_LID, ANA)] {
        let mut world = World::watching(ANA);
        world.says(seen, seen, Word::Online);
        world.says(other, other, Word::Paused);
        world.until(20_000);
        world.alias(ANA_LID, ANA);
        world.until(21_000);
        world.says(ANA, ANA, Word::Offline);
        world.until(22_000);
        assert!(world.snapshot(ANA).certain, "seen under {seen}");
    }
}

#[test]
fn of_two_records_the_later_past_is_kept() {
    for (first, second) in [(ANA, ANA_LID), (ANA_LID, ANA)] {
        let mut world = World::new();
        world.says(first, first, Word::Offline);
        world.until(5_000);
        world.says(second, second, Word::Online);
        world.until(60_000);
        world.alias(ANA_LID, ANA);
        let known = ana(&world).last_known.expect("both are past");
        assert_eq!((known.availability, known.at), (Availability::Online, world.at(20_000)));
    }
}

#[test]
fn what_is_too_late_for_one_record_is_too_late_for_both() {
    for (first, second) in [(ANA, ANA_LID), (ANA_LID, ANA)] {
        let mut world = World::watching(ANA);
        world.says(first, first, Word::Online);
        world.until(4_000);
        world.says(second, second, Word::Paused);
        world.alias(ANA_LID, ANA);
        world.says_at(ANA, ANA, Word::Typing, 3_000);
        world.until(5_000);
        assert_eq!((world.activity(ANA), world.machine.counters().stale), (None, 1), "newer under {second}");
    }
}

// ---- Chats that go --------------------------------------------------------------------------------------------------

#[test]
fn listeners_hear_that_a_chat_is_watched_no_more_and_nothing_after_that() {
    let mut world = World::new();
    let watch = world.watch(ANA);
    assert!(world.machine.is_watched(world.key(ANA)));
    assert_eq!(world.machine.watched(), 1);
    world.until(1_000);
    world.unwatch(watch);
    world.until(6_000);
    let heard = world.heard.last().map(|(at, _, snapshot)| (*at, snapshot.knowledge));
    assert_eq!(heard, Some((6_000, Knowledge::Unwatched)));
    world.heard.clear();
    world.says(ANA, ANA, Word::Typing);
    world.until(100_000);
    assert!(world.heard.is_empty());
    assert!(!world.machine.is_watched(world.key(ANA)));
    assert_eq!(world.machine.watched(), 0);
}

#[test]
fn a_forgotten_chat_wakes_nobody() {
    let mut world = World::with(Config { max_unwatched: 1, looks_up_aliases: false, ..Config::default() });
    world.says(ANA, ANA, Word::Typing);
    world.until(1);
    world.says(BEN, BEN, Word::Paused);
    let ben = world.key(BEN);
    let wake = world.machine.poll_timeout(world.now).map(|(at, reason)| (at.as_ms() - START_MS, reason));
    assert_eq!((world.machine.find(ANA), wake), (None, Some((15_001, Reason::Knowledge(ben)))));
}

#[test]
fn a_remount_renews_as_early_as_ever() {
    let mut world = World::new();
    let watch = world.watch(ANA);
    world.until(100_000);
    world.unwatch(watch);
    world.until(101_000);
    world.watch(ANA);
    world.until(270_000);
    assert_eq!(world.subscribe_calls(), 2);
    world.says(ANA, ANA, Word::Typing);
    assert_eq!(world.activity(ANA), TYPING);
}
