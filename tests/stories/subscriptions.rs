//! Knowledge and subscriptions.

use crate::support::{ANA, BEN, TEAM, World};
use wa_presence::machine::knowledge::{Knowledge, Lapse, Refusal, Wait};
use wa_presence::machine::observation::Word;
use wa_presence::machine::presence::Availability;
use wa_presence::machine::typing::ActivityKind;
use wa_presence::machine::{Config, Intent, Priority, SessionState};

const TYPING: Option<ActivityKind> = Some(ActivityKind::Typing);

#[test]
fn a_chat_waits_then_is_silent_then_live() {
    let mut world = World::unhurried();
    world.grants = false;
    world.watch(ANA);
    world.watch(BEN);
    assert_eq!(world.knowledge(BEN), Knowledge::Waiting(Wait::Queued));
    let mut world = World::new();
    world.watch(ANA);
    assert_eq!(world.knowledge(ANA), Knowledge::Waiting(Wait::Asked));
    world.until(30_000);
    assert_eq!(world.knowledge(ANA), Knowledge::Waiting(Wait::Silent));
    assert_eq!(world.availability(ANA), Availability::Unknown);
    world.until(31_000);
    world.says(ANA, ANA, Word::Online);
    assert_eq!(world.knowledge(ANA), Knowledge::Live { vouched: true });
}

#[test]
fn activity_is_shown_whatever_the_knowledge() {
    let mut world = World::watching(ANA);
    world.session(SessionState::Stopped);
    world.until(1_000);
    world.says(ANA, ANA, Word::Typing);
    assert_eq!(world.activity(ANA), TYPING);
}

#[test]
fn a_push_while_asking_vouches_for_nothing_beyond_the_loss_of_the_session() {
    let mut world = World::new();
    world.grants = false;
    world.watch(ANA);
    world.until(500);
    world.says(ANA, ANA, Word::Online);
    assert_eq!(world.knowledge(ANA), Knowledge::Live { vouched: false });
    world.until(1_000);
    world.session(SessionState::Starting);
    world.until(1_100);
    assert_eq!(world.knowledge(ANA), Knowledge::Lapsed(Lapse::Session));
    assert_eq!(world.availability(ANA), Availability::Unknown);
    world.until(2_000);
    world.says(ANA, ANA, Word::Online);
    assert_eq!(world.knowledge(ANA), Knowledge::Live { vouched: false }, "what comes after it proves something");
}

#[test]
fn a_lease_is_renewed_before_its_sure_end() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Online);
    world.until(3_600_000);
    assert!(world.heard.iter().all(|(_, _, s)| !matches!(s.knowledge, Knowledge::Lapsed(_))));
    assert_eq!(world.availability(ANA), Availability::Online);
    let calls = world.subscribe_calls();
    assert!((12..=16).contains(&calls), "one call each 240 to 270 s, found {calls} in an hour");
}

#[test]
fn a_lease_that_is_not_renewed_lapses_to_unknown_and_keeps_the_past() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Online);
    world.grants = false;
    world.until(298_999);
    assert_eq!(world.availability(ANA), Availability::Online);
    world.until(299_000);
    assert_eq!(world.knowledge(ANA), Knowledge::Lapsed(Lapse::Lease));
    assert_eq!(world.availability(ANA), Availability::Unknown);
    let known = world.snapshot(ANA).contact().and_then(|ana| ana.view.last_known).expect("the past is kept");
    assert_eq!(known.availability, Availability::Online);
}

#[test]
fn a_push_while_lapsed_makes_the_chat_live_for_15_seconds() {
    let mut world = World::watching(ANA);
    world.grants = false;
    world.session(SessionState::Starting);
    world.until(10_000);
    assert_eq!(world.knowledge(ANA), Knowledge::Lapsed(Lapse::Session));
    world.says(ANA, ANA, Word::Online);
    assert_eq!(world.knowledge(ANA), Knowledge::Live { vouched: false });
    world.until(25_000);
    assert_eq!(world.knowledge(ANA), Knowledge::Lapsed(Lapse::Session));
    assert_eq!(world.availability(ANA), Availability::Unknown);
}

#[test]
fn resubscription_follows_working_in_priority_order() {
    let mut world = World::new();
    world.watch_as(ANA, Priority::Background);
    world.watch_as(BEN, Priority::Focused);
    world.watch_as(TEAM, Priority::Visible);
    world.until(10_000);
    world.says(ANA, ANA, Word::Online);
    world.until(11_000);
    world.calls.clear();
    world.session(SessionState::Starting);
    assert_eq!(world.knowledge(ANA), Knowledge::Lapsed(Lapse::Session), "at once");
    world.until(60_000);
    assert_eq!(world.subscribe_calls(), 0, "nothing is asked of a session that is not ready");
    world.session(SessionState::Working);
    world.until(70_000);
    let order: Vec<_> = world
        .calls
        .iter()
        .filter_map(|(_, intent)| match intent {
            Intent::Subscribe { id, .. } => Some(id.as_str().to_owned()),
            Intent::LookUp { .. } | Intent::CatchUp | _ => None,
        })
        .collect();
    assert_eq!(order, [BEN, TEAM, ANA]);
}

#[test]
fn a_working_we_did_not_expect_means_subscriptions_were_lost() {
    let mut world = World::watching(ANA);
    world.until(60_000);
    world.session(SessionState::Working);
    world.session(SessionState::Working);
    assert_eq!(world.subscribe_calls(), 2, "asked again, once");
}

#[test]
fn a_feed_down_for_more_than_3_seconds_lapses_and_its_return_resubscribes() {
    let mut world = World::watching(ANA);
    world.machine.handle_feed_down(world.now);
    world.machine.handle_feed_open(world.now, world.now);
    world.says(ANA, ANA, Word::Online);
    world.until(10_000);
    world.machine.handle_feed_down(world.now);
    world.until(12_999);
    assert_eq!(world.availability(ANA), Availability::Online);
    world.until(13_000);
    assert_eq!(
        (world.knowledge(ANA), world.availability(ANA)),
        (Knowledge::Lapsed(Lapse::Feed), Availability::Unknown)
    );
    world.until(20_000);
    world.calls.clear();
    world.machine.handle_feed_open(world.now, world.now);
    world.drain();
    world.until(20_100);
    assert_eq!(world.knowledge(ANA), Knowledge::Waiting(Wait::Asked));
    assert!(world.calls.iter().any(|(_, intent)| *intent == Intent::CatchUp));
    assert_eq!(world.subscribe_calls(), 1);
}

#[test]
fn the_first_few_calls_leave_at_once_the_rest_evenly_and_at_most_4_are_in_flight() {
    let mut world = World::new();
    for n in 0..20 {
        world.watch(&format!("1555000{n:04}@c.us"));
    }
    world.until(60_000);
    let times: Vec<_> = world.calls.iter().map(|(at, _)| *at).collect();
    assert_eq!((times.len(), times[8]), (20, 0), "nobody waited before: eight more than the first");
    assert!(times[8..].windows(2).all(|pair| pair[1] - pair[0] == 62_000 / 45), "{times:?}");

    let mut world = World::new();
    world.grants = false;
    for n in 0..20 {
        world.watch(&format!("1555000{n:04}@c.us"));
    }
    world.until(60_000);
    assert_eq!(world.subscribe_calls(), 4);
}

#[test]
fn watch_unwatch_watch_within_the_linger_costs_one_call() {
    let mut world = World::new();
    let watch = world.watch(ANA);
    world.unwatch(watch);
    world.until(4_000);
    let again = world.watch(ANA);
    world.until(20_000);
    assert_eq!(world.subscribe_calls(), 1);
    world.unwatch(again);
    world.until(25_001);
    assert_eq!(world.knowledge(ANA), Knowledge::Unwatched);
    world.until(1_000_000);
    assert_eq!(world.subscribe_calls(), 1, "no renewal for a chat nobody watches");
}

#[test]
fn more_chats_than_allowed_are_refused_visibly_and_admitted_when_a_place_is_free() {
    let mut world = World::with(Config { max_watched: 1, looks_up_aliases: false, ..Config::default() });
    let first = world.watch(ANA);
    world.watch(BEN);
    assert_eq!(world.knowledge(BEN), Knowledge::Refused(Refusal::TooMany));
    world.unwatch(first);
    world.until(10_000);
    assert_eq!(world.knowledge(BEN), Knowledge::Waiting(Wait::Asked));
}

#[test]
fn pushes_for_unwatched_chats_are_kept_silently() {
    let mut world = World::new();
    world.says(ANA, ANA, Word::Online);
    assert!(world.heard.is_empty());
    assert_eq!((world.knowledge(ANA), world.availability(ANA)), (Knowledge::Unwatched, Availability::Online));
    world.until(15_000);
    assert_eq!(world.availability(ANA), Availability::Unknown);
}

#[test]
fn where_nothing_can_be_called_every_push_vouches_for_a_while() {
    let mut world = World::with(Config { subscribes: false, ..Config::default() });
    world.watch(ANA);
    assert_eq!(world.knowledge(ANA), Knowledge::Waiting(Wait::Asked));
    world.until(1_000);
    world.begin();
    world.says(ANA, ANA, Word::Online);
    assert_eq!(world.knowledge(ANA), Knowledge::Live { vouched: false });
    world.until(300_000);
    assert_eq!(world.knowledge(ANA), Knowledge::Lapsed(Lapse::Lease));
    assert!(world.calls.is_empty());
}
