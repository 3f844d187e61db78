//! Identity.

use crate::support::{ANA, ANA_LID, BEN, TEAM, World};
use wa_presence::machine::observation::Word;
use wa_presence::machine::typing::ActivityKind;

const TYPING: Option<ActivityKind> = Some(ActivityKind::Typing);

#[test]
fn a_lid_mapped_mid_stream_merges() {
    let mut world = World::watching(ANA);
    let other = world.watch(ANA_LID);
    world.says(ANA, ANA, Word::Online);
    world.until(3_000);
    world.says(ANA_LID, ANA_LID, Word::Typing);
    assert_eq!(world.activity(ANA), None);
    world.alias(ANA_LID, ANA);
    let ana = world.snapshot(ANA);
    assert_eq!(world.snapshot(ANA_LID), ana);
    assert_eq!((ana.chat.as_str(), ana.activity), (ANA, TYPING));
    assert_eq!(world.machine.watched_by(other), Some(world.key(ANA)));
    world.until(5_000);
    world.says(ANA_LID, ANA_LID, Word::Paused);
    world.until(5_300);
    assert_eq!(world.activity(ANA), None);
    assert_eq!(world.machine.watched_chats().count(), 1);
}

#[test]
fn a_lid_mapped_mid_stream_merges_in_groups_too() {
    let mut world = World::watching(TEAM);
    world.says(TEAM, ANA, Word::Online);
    world.until(100);
    world.says(TEAM, ANA_LID, Word::Typing);
    assert_eq!(world.snapshot(TEAM).participants.len(), 2);
    world.alias(ANA_LID, ANA);
    world.until(300);
    assert_eq!(world.snapshot(TEAM).participants.len(), 1);
    assert_eq!(world.active(TEAM), [ANA]);
    world.until(3_000);
    world.writes(TEAM, ANA_LID, 0);
    assert!(world.active(TEAM).is_empty(), "a message under either id ends it");
}

#[test]
fn a_lid_heard_of_before_its_number_gets_its_number() {
    let mut world = World::watching(ANA_LID);
    world.says(ANA_LID, ANA_LID, Word::Online);
    world.until(1_000);
    world.alias(ANA_LID, ANA);
    assert_eq!(world.snapshot(ANA_LID).chat.as_str(), ANA);
    world.until(2_000);
    world.says(ANA, ANA, Word::Typing);
    assert_eq!(world.activity(ANA_LID), TYPING);
}

#[test]
fn a_contradicting_alias_is_counted() {
    let mut world = World::watching(ANA);
    world.alias(ANA_LID, ANA);
    world.alias(ANA_LID, BEN);
    assert_eq!(world.machine.counters().contradictions, 1);
}
