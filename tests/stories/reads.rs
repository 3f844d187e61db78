//! Reads.

use crate::support::{ANA, World};
use wa_presence::machine::observation::Word;
use wa_presence::machine::presence::Availability;
use wa_presence::machine::typing::ActivityKind;

const TYPING: Option<ActivityKind> = Some(ActivityKind::Typing);

#[test]
fn a_read_never_resurrects_typing() {
    let mut world = World::watching(ANA);
    world.read(ANA, ANA, Word::Typing, 0);
    assert_eq!(world.activity(ANA), None, "NOWEB caches a typing for ever");
    world.until(1_000);
    world.says(ANA, ANA, Word::Typing);
    world.until(10_000);
    world.read(ANA, ANA, Word::Typing, 9_990);
    world.until(16_000);
    assert_eq!(world.activity(ANA), None, "a read does not re-arm");
    world.read(ANA, ANA, Word::Typing, 15_990);
    assert_eq!(world.activity(ANA), None, "the cache still says what the push said");
}

#[test]
fn a_word_that_changed_between_two_reads_starts_an_activity() {
    let mut world = World::watching(ANA);
    world.read(ANA, ANA, Word::Online, 0);
    world.until(5_000);
    world.read(ANA, ANA, Word::Typing, 4_900);
    assert_eq!(world.activity(ANA), TYPING);
    world.until(19_899);
    assert_eq!(world.activity(ANA), TYPING);
    world.until(19_900);
    assert_eq!(world.activity(ANA), None);
}

#[test]
fn a_read_yields_to_a_push_newer_than_its_question() {
    let mut world = World::watching(ANA);
    world.until(1_000);
    world.says(ANA, ANA, Word::Online);
    world.until(2_000);
    world.read(ANA, ANA, Word::Offline, 900);
    assert_eq!(world.availability(ANA), Availability::Online);
}
