//! What a delivery proves and what it does not: our own messages, copies, lateness, ids that are none, chats nobody asked for.
#![cfg(not(target_arch = "wasm32"))]

mod support;

use support::{ANA, ANA_LID, BEN, TEAM, World, address};
use wa_presence::machine::id::{Address, Id, IdError};
use wa_presence::machine::observation::{Envelope, Observation, Word};
use wa_presence::machine::presence::Availability;
use wa_presence::machine::typing::ActivityKind;
use wa_presence::machine::{Config, Counters};

/// A message in Ana's chat, delivered as its own envelope.
fn message(world: &mut World, id: &str, from_me: bool) {
    let envelope_id = world.fresh_id();
    let observation =
        Observation::Message { chat: address(ANA), sender: address(ANA), from_me, id, sent_at: Some(world.wall()) };
    let stamp = Some(world.stamp(world.ms()));
    world.send(&Envelope { id: Some(&envelope_id), stamp, own: [None, None], aliases: vec![], observation });
}

fn is_typing(world: &World) -> bool {
    let key = world.machine.find(ANA).expect("heard of");
    world.machine.raw_activity(key, ANA).is_some_and(|activity| activity.kind == ActivityKind::Typing)
}

fn counters(world: &World) -> Counters {
    *world.machine.counters()
}

#[test]
fn what_we_write_ourselves_ends_nobodys_typing() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Typing);
    message(&mut world, "true_1", true);
    assert!(is_typing(&world));
    message(&mut world, "false_1", false);
    assert!(!is_typing(&world));
}

#[test]
fn a_message_that_comes_twice_ends_typing_once() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Typing);
    message(&mut world, "false_1", false);
    world.until(10);
    world.says(ANA, ANA, Word::Typing);
    // The same message under an event of another name.
    message(&mut world, "false_1", false);
    assert!(is_typing(&world), "she began again after it");
}

#[test]
fn deliveries_are_counted_and_late_ones_from_two_seconds_on() {
    let mut world = World::watching(ANA);
    let before = counters(&world);
    world.says(ANA, ANA, Word::Typing);
    world.until(10_000);
    world.says_at(ANA, ANA, Word::Typing, 8_000);
    assert_eq!(counters(&world).late, before.late, "two seconds are not late");
    world.says_at(ANA, ANA, Word::Typing, 7_999);
    assert_eq!(counters(&world).late, before.late + 1);
    world.says_at(ANA, ANA, Word::Typing, 7_998);
    assert_eq!(counters(&world).late, before.late + 2);
    assert_eq!(counters(&world).observations, before.observations + 4);
    world.read(ANA, ANA, Word::Online, 9_000);
    assert_eq!(counters(&world).observations, before.observations + 5);
}

#[test]
fn ids_that_are_none_are_counted() {
    let mut world = World::new();
    world.machine.note_invalid_ids(2);
    world.machine.note_invalid_ids(3);
    assert_eq!(counters(&world).invalid_ids, 5);
}

#[test]
fn only_a_hidden_id_and_a_number_can_name_one_person() {
    let mut world = World::watching(ANA);
    for (lid, contact) in [(ANA, BEN), (ANA_LID, TEAM), (TEAM, ANA), (ANA_LID, ANA_LID)] {
        world.alias(lid, contact);
    }
    world.alias(ANA_LID, ANA);
    assert_eq!(counters(&world).contradictions, 0, "none of the others was taken");
    world.says(ANA_LID, ANA_LID, Word::Typing);
    assert!(is_typing(&world));
    world.alias(ANA_LID, BEN);
    world.alias(ANA_LID, ANA);
    assert_eq!(counters(&world).contradictions, 2);
}

#[test]
fn a_chat_nobody_watches_is_believed_for_as_long_as_a_lease_would_last() {
    let config = Config { subscribes: false, ..Config::default() };
    let lease = config.lease.max_ms;
    let mut world = World::with(config);
    world.begin();
    world.says(BEN, BEN, Word::Online);
    let shown = |world: &World| {
        let key = world.machine.find(BEN).expect("heard of");
        world.machine.snapshot(key).expect("heard of").availability
    };
    world.until(lease - 1);
    assert_eq!(shown(&world), Availability::Online);
    world.until(lease);
    assert_eq!(shown(&world), Availability::Unknown);
}

#[test]
fn an_id_has_one_at_sign_and_an_end() {
    let digits = |n: usize| "7".repeat(n);
    assert_eq!(Address::parse("1@c.us@c.us"), Err(IdError::Character));
    assert_eq!(Address::parse("1:2@c.us:3"), Err(IdError::Character));
    assert!(Address::parse(&format!("{}@c.us", digits(123))).is_ok());
    assert_eq!(Address::parse(&format!("{}@c.us", digits(124))), Err(IdError::TooLong));
    assert_eq!(Address::parse(&digits(123)).expect("a number").as_str().len(), 128);
    assert_eq!(Address::parse(&digits(124)), Err(IdError::TooLong), "its normal form would be longer");
    assert_eq!(Id::parse("15550001111:7@s.whatsapp.net").expect("an id").user(), "15550001111");
    for (error, says) in
        [(IdError::Empty, "nothing"), (IdError::TooLong, "128"), (IdError::Character, "around one `@`")]
    {
        assert!(error.to_string().contains(says), "{error}");
    }
}
