//! Order, duplicates, clocks.

use crate::support::{ANA, BEN, World};
use wa_presence::machine::observation::Word;
use wa_presence::machine::time::UnixMs;
use wa_presence::machine::typing::ActivityKind;

const TYPING: Option<ActivityKind> = Some(ActivityKind::Typing);

#[test]
fn a_paused_that_overtakes_its_typing_leaves_typing_off() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Online);
    world.until(1_000);
    world.says_at(ANA, ANA, Word::Paused, 900);
    world.says_at(ANA, ANA, Word::Typing, 800);
    world.until(5_000);
    assert!(world.heard.iter().all(|(_, _, snapshot)| snapshot.activity.is_none()));
    assert_eq!(world.machine.counters().stale, 1);
}

#[test]
fn a_duplicate_id_changes_nothing() {
    let mut world = World::watching(ANA);
    let stamp = Some(world.stamp(0));
    world.deliver("evt_same", stamp, ANA, ANA, Word::Typing, None);
    world.until(14_000);
    world.deliver("evt_same", stamp, ANA, ANA, Word::Typing, None);
    world.until(15_000);
    assert_eq!(world.activity(ANA), None);
    assert_eq!(world.machine.counters().duplicates, 1);
}

#[test]
fn ten_minutes_of_gateway_clock_skew_change_no_outcome() {
    let story = |skew_ms| {
        let mut world = World::watching(ANA);
        world.skew_ms = skew_ms;
        world.until(1_000);
        world.says(ANA, ANA, Word::Online);
        world.until(3_000);
        world.says(ANA, ANA, Word::Typing);
        world.until(8_000);
        world.writes(ANA, ANA, 400);
        world.until(12_000);
        world.says_at(ANA, ANA, Word::Recording, 11_000);
        world.until(60_000);
        world.writes(ANA, ANA, 3_600_000);
        world.says(ANA, ANA, Word::Offline);
        world.until(90_000);
        world.writes(ANA, ANA, 100);
        world.until(200_000);
        world.heard
    };
    let straight = story(0);
    assert!(straight.len() > 6, "the story has something to tell");
    for skew_ms in [600_000, -600_000] {
        assert_eq!(story(skew_ms), straight, "skew {skew_ms} ms");
    }
}

#[test]
fn one_absurd_stamp_changes_no_outcome() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Online);
    world.until(1_000);
    let absurd = Some(UnixMs::from_ms(crate::support::EPOCH_MS * 3));
    world.deliver("evt_absurd", absurd, BEN, BEN, Word::Online, None);
    world.until(2_000);
    world.says(ANA, ANA, Word::Typing);
    world.until(16_999);
    assert_eq!(world.activity(ANA), TYPING);
    world.until(17_000);
    assert_eq!(world.activity(ANA), None);
}

#[test]
fn an_event_without_a_stamp_counts_from_its_arrival() {
    let mut world = World::watching(ANA);
    world.deliver("evt_undated", None, ANA, ANA, Word::Typing, None);
    world.until(14_999);
    assert_eq!(world.activity(ANA), TYPING);
    world.until(15_000);
    assert_eq!(world.activity(ANA), None);
}
