//! Groups.

use crate::support::{ANA, ANA_LID, BEN, TEAM, World};
use wa_presence::machine::observation::Word;
use wa_presence::machine::presence::Availability;

#[test]
fn in_a_group_anas_typing_survives_bens() {
    let mut world = World::watching(TEAM);
    world.says(TEAM, ANA, Word::Typing);
    world.until(5_000);
    world.says(TEAM, BEN, Word::Typing);
    assert_eq!(world.active(TEAM), [ANA, BEN]);
    world.until(8_000);
    world.says(TEAM, BEN, Word::Paused);
    world.until(8_300);
    assert_eq!(world.active(TEAM), [ANA]);
    world.until(15_000);
    assert!(world.active(TEAM).is_empty());
}

#[test]
fn a_group_is_online_if_anyone_is_reported_and_offline_only_if_it_says_so() {
    let mut world = World::watching(TEAM);
    world.says(TEAM, ANA, Word::Offline);
    assert_eq!(world.availability(TEAM), Availability::Unknown);
    world.until(1_000);
    world.says(TEAM, TEAM, Word::Offline);
    assert_eq!(world.availability(TEAM), Availability::Offline);
    world.until(2_000);
    world.says(TEAM, BEN, Word::Online);
    assert_eq!(world.availability(TEAM), Availability::Online);
    assert!(world.snapshot(TEAM).participants.iter().all(|p| p.id.as_str() != TEAM));
}

#[test]
fn our_own_ids_are_excluded_everywhere() {
    let mut world = World::watching(TEAM);
    world.machine.note_own(&[crate::support::address(BEN)]);
    world.says(TEAM, BEN, Word::Typing);
    world.says(BEN, BEN, Word::Typing);
    assert!(world.active(TEAM).is_empty());
    assert_eq!(world.machine.find(BEN), None);
}

#[test]
fn somebody_elses_report_in_a_contacts_chat_is_not_the_contacts() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA_LID, Word::Online);
    assert_eq!(world.availability(ANA), Availability::Unknown, "an unmapped @lid is nobody's default");
    assert_eq!(world.machine.counters().strangers, 1);
}
