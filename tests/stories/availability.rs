//! Availability.

use crate::support::{ANA, World};
use wa_presence::machine::observation::Word;
use wa_presence::machine::presence::{Availability, Basis, LastSeenBasis};
use wa_presence::machine::time::UnixMs;
use wa_presence::machine::typing::ActivityKind;

const TYPING: Option<ActivityKind> = Some(ActivityKind::Typing);

#[test]
fn inferred_online_fades_to_unknown_after_60_seconds_never_to_offline() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Typing);
    let ana = world.snapshot(ANA);
    assert_eq!((ana.availability, ana.basis), (Availability::Online, Basis::Inferred));
    world.until(59_999);
    assert_eq!(world.availability(ANA), Availability::Online);
    world.until(60_000);
    assert_eq!(world.availability(ANA), Availability::Unknown);
    let known = world.snapshot(ANA).contact().and_then(|ana| ana.view.last_known).expect("the past is kept");
    assert_eq!((known.availability, known.at), (Availability::Online, world.at(0)));
}

#[test]
fn typing_does_not_weaken_a_reported_online() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Online);
    world.until(1_000);
    world.says(ANA, ANA, Word::Typing);
    world.until(120_000);
    let ana = world.snapshot(ANA);
    assert_eq!((ana.availability, ana.basis), (Availability::Online, Basis::Reported));
}

#[test]
fn last_seen_is_reported_or_observed_and_says_which() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Online);
    world.until(5_000);
    world.says(ANA, ANA, Word::Offline);
    let seen = world.snapshot(ANA).contact().and_then(|ana| ana.view.last_seen).expect("we saw her go");
    assert_eq!((seen.basis, seen.at), (LastSeenBasis::Observed, world.wall()));
    world.until(60_000);
    let reported = UnixMs::from_ms(world.wall().as_ms() - 10_000);
    let stamp = Some(world.stamp(60_000));
    world.deliver("evt_seen", stamp, ANA, ANA, Word::Offline, Some(reported));
    let seen = world.snapshot(ANA).contact().and_then(|ana| ana.view.last_seen).expect("the gateway said so");
    assert_eq!((seen.basis, seen.at), (LastSeenBasis::Reported, reported));
}

#[test]
fn a_stale_report_still_feeds_the_latest_last_seen() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Online);
    world.until(10_000);
    world.says(ANA, ANA, Word::Online);
    let reported = UnixMs::from_ms(world.wall().as_ms() - 4_000);
    let stamp = Some(world.stamp(6_000));
    world.deliver("evt_late", stamp, ANA, ANA, Word::Offline, Some(reported));
    let ana = world.snapshot(ANA);
    assert_eq!(ana.availability, Availability::Online);
    assert_eq!(ana.contact().and_then(|ana| ana.view.last_seen).map(|seen| seen.at), Some(reported));
}

#[test]
fn offline_from_somebody_never_seen_online_is_not_certain() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Offline);
    assert!(!world.snapshot(ANA).certain);
    world.says(ANA, ANA, Word::Online);
    world.until(1_000);
    world.says(ANA, ANA, Word::Offline);
    assert!(world.snapshot(ANA).certain);
}

#[test]
fn a_word_we_do_not_know_changes_nothing_and_is_counted() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Online);
    world.until(1_000);
    world.says_at(ANA, ANA, Word::Unknown, 1_000);
    world.says_at(ANA, ANA, Word::Typing, 900);
    assert_eq!(world.availability(ANA), Availability::Online);
    assert_eq!(world.activity(ANA), TYPING, "an unknown word does not make a known one stale");
    assert_eq!(world.machine.counters().unknown_words, 1);
}
