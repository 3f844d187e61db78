//! Typing never sticks.

use crate::support::{ANA, World};
use wa_presence::machine::Cause;
use wa_presence::machine::observation::Word;
use wa_presence::machine::typing::{ActivityKind, EndedBy};

const TYPING: Option<ActivityKind> = Some(ActivityKind::Typing);
const RECORDING: Option<ActivityKind> = Some(ActivityKind::Recording);

#[test]
fn a_stuck_typing_expires_at_exactly_15_seconds() {
    let mut world = World::watching(ANA);
    world.until(1_000);
    world.says(ANA, ANA, Word::Typing);
    assert_eq!(world.activity(ANA), TYPING);
    world.until(15_999);
    assert_eq!(world.activity(ANA), TYPING);
    world.until(16_000);
    assert_eq!(world.activity(ANA), None);
    let (at, cause, snapshot) = world.heard.last().expect("the end was heard").clone();
    assert_eq!((at, cause), (16_000, Cause::Expiry));
    let last = snapshot.contact().and_then(|ana| ana.view.last_activity).expect("it is remembered");
    assert_eq!((last.kind, last.ended_by), (ActivityKind::Typing, EndedBy::Ttl));
}

#[test]
fn a_ttl_counts_from_when_it_happened_not_from_when_it_arrived() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Online);
    world.until(10_000);
    world.says_at(ANA, ANA, Word::Typing, 7_000);
    world.until(21_999);
    assert_eq!(world.activity(ANA), TYPING);
    world.until(22_000);
    assert_eq!(world.activity(ANA), None);
}

#[test]
fn repeats_keep_it_alive_for_a_minute_without_a_flicker() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Online);
    for second in (10..=60).step_by(10) {
        world.until(second * 1_000);
        world.says(ANA, ANA, Word::Typing);
    }
    let typing_heard = world.heard.iter().filter(|(_, _, snapshot)| snapshot.activity == TYPING).count();
    assert_eq!(typing_heard, 1, "one change for a minute of typing");
    assert_eq!(world.snapshot(ANA).active[0].activity.since, world.at(10_000));
    world.until(74_999);
    assert_eq!(world.activity(ANA), TYPING);
    world.until(75_000);
    assert_eq!(world.activity(ANA), None);
}

#[test]
fn a_typing_that_arrives_after_its_ttl_is_never_shown_but_remembered() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Online);
    world.until(4_000);
    world.says_at(ANA, ANA, Word::Online, 4_000);
    world.until(20_000);
    world.says_at(ANA, ANA, Word::Typing, 4_500);
    world.says_at(ANA, ANA, Word::Typing, 4_600);
    assert!(world.heard.iter().all(|(_, _, snapshot)| snapshot.activity.is_none()));
    let last = world.snapshot(ANA).contact().and_then(|ana| ana.view.last_activity).expect("it did happen");
    assert_eq!(last.ended_by, EndedBy::Ttl);
}

#[test]
fn a_tab_that_slept_past_the_ttl_wakes_to_no_typing_and_knows_when_it_ended() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Typing);
    world.sleep_until(3_600_000);
    assert_eq!(world.activity(ANA), None);
    let last = world.snapshot(ANA).contact().and_then(|ana| ana.view.last_activity).expect("it is remembered");
    assert_eq!(last.ended_at, world.at(15_000));
}

#[test]
fn a_tab_that_slept_never_shows_what_ended_meanwhile() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Online);
    world.says(ANA, ANA, Word::Typing);
    world.sleep_until(3_600_000);
    assert!(world.heard.iter().all(|(_, _, snapshot)| snapshot.activity.is_none()), "the change was due, and is over");
}

#[test]
fn a_pause_hides_typing_300_ms_later_and_a_restart_in_between_never_flickers() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Typing);
    world.until(2_000);
    world.says(ANA, ANA, Word::Paused);
    assert_eq!(world.activity(ANA), TYPING);
    assert_eq!(world.machine.raw_activity(world.key(ANA), ANA), None, "patterns see the pause at once");
    world.until(2_299);
    world.says(ANA, ANA, Word::Typing);
    world.until(5_000);
    assert_eq!(world.activity(ANA), TYPING);
    world.says(ANA, ANA, Word::Paused);
    world.until(5_299);
    assert_eq!(world.activity(ANA), TYPING);
    world.until(5_300);
    assert_eq!(world.activity(ANA), None);
    assert_eq!(world.heard.iter().filter(|(_, _, s)| s.activity == TYPING).count(), 1);
}

#[test]
fn typing_that_turns_into_recording_is_one_change() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Typing);
    world.until(3_000);
    world.says(ANA, ANA, Word::Recording);
    assert_eq!(world.activity(ANA), RECORDING);
    world.until(17_999);
    assert_eq!(world.activity(ANA), RECORDING);
    world.until(18_000);
    assert_eq!(world.activity(ANA), None);
}

#[test]
fn online_and_offline_end_typing() {
    for (word, at_once) in [(Word::Online, false), (Word::Offline, true)] {
        let mut world = World::watching(ANA);
        world.says(ANA, ANA, Word::Typing);
        world.until(2_000);
        world.says(ANA, ANA, word);
        assert_eq!(world.activity(ANA).is_none(), at_once, "{word:?}");
        world.until(2_300);
        assert_eq!(world.activity(ANA), None, "{word:?}");
    }
}
