//! Messages.

use crate::support::{ANA, World};
use wa_presence::machine::observation::Word;
use wa_presence::machine::presence::Availability;
use wa_presence::machine::time::UnixMs;
use wa_presence::machine::typing::ActivityKind;
use wa_presence::machine::typing::EndedBy;
use wa_presence::machine::{Envelope, Observation};

const TYPING: Option<ActivityKind> = Some(ActivityKind::Typing);

#[test]
fn a_fresh_message_ends_typing_and_recording_at_once_and_proves_them_online() {
    for word in [Word::Typing, Word::Recording] {
        let mut world = World::watching(ANA);
        world.says(ANA, ANA, word);
        world.until(4_000);
        world.writes(ANA, ANA, 200);
        assert_eq!(world.activity(ANA), None);
        assert_eq!(world.availability(ANA), Availability::Online);
        let last = world.snapshot(ANA).contact().and_then(|ana| ana.view.last_activity).expect("it is remembered");
        assert_eq!(last.ended_by, EndedBy::Message);
    }
}

#[test]
fn an_old_message_brings_nobody_online_but_ends_what_began_before_it() {
    let mut world = World::watching(ANA);
    world.writes(ANA, ANA, 31_000);
    assert_eq!(world.availability(ANA), Availability::Unknown);
    assert_eq!(
        world.machine.last_inbound(world.key(ANA)),
        Some(UnixMs::from_ms((world.wall().as_ms() - 31_000) / 1_000 * 1_000))
    );
    world.until(40_000);
    world.says(ANA, ANA, Word::Typing);
    world.until(50_000);
    world.writes(ANA, ANA, 31_000);
    assert_eq!(world.activity(ANA), TYPING, "it began after that message");
}

#[test]
fn a_message_and_its_twin_count_once() {
    let mut world = World::watching(ANA);
    let sent_at = Some(world.wall());
    for (id, stamp) in [("evt_message", 0), ("evt_message_any", 1)] {
        let observation = Observation::Message {
            chat: crate::support::address(ANA),
            sender: crate::support::address(ANA),
            from_me: false,
            id: "false_15550001111@c.us_AAA",
            sent_at,
        };
        let stamp = Some(world.stamp(stamp));
        world.send(&Envelope { id: Some(id), stamp, own: [None, None], aliases: vec![], observation });
        world.until(5_000);
        world.says(ANA, ANA, Word::Typing);
    }
    assert_eq!(world.activity(ANA), TYPING, "the twin, seconds later, ends nothing");
}

#[test]
fn typing_for_the_next_message_survives_a_message_that_overtook_it() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Online);
    world.until(5_000);
    world.says_at(ANA, ANA, Word::Typing, 5_000);
    let id = world.fresh_id();
    let observation = Observation::Message {
        chat: crate::support::address(ANA),
        sender: crate::support::address(ANA),
        from_me: false,
        id: "m1",
        sent_at: Some(world.stamp(4_000)),
    };
    let stamp = Some(world.stamp(4_900));
    world.send(&Envelope { id: Some(&id), stamp, own: [None, None], aliases: vec![], observation });
    assert_eq!(world.activity(ANA), TYPING);
}
