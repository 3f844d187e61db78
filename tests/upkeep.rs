//! What the machine asks, when, and what it forgets. One rule a test, in virtual time.

mod support;

use support::{ANA, ANA_LID, BEN, TEAM, World};
use wa_presence::machine::error::{Error, ErrorCode};
use wa_presence::machine::knowledge::{Hiding, Knowledge, Refusal};
use wa_presence::machine::observation::{Report, Word};
use wa_presence::machine::presence::Availability;
use wa_presence::machine::typing::ActivityKind;
use wa_presence::machine::{Config, Intent, Priority, SessionState};

const TYPING: Option<ActivityKind> = Some(ActivityKind::Typing);

// ---- Reads that carry a date ----------------------------------------------------------------------------------------

#[test]
fn a_read_that_dates_its_typing_shows_it_for_the_rest_of_its_ttl() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Online);
    world.until(1_000);
    world.says(ANA, ANA, Word::Typing);
    world.until(30_000);
    let read = |world: &mut World, began_ms: u64| {
        let began = Some(world.stamp(began_ms));
        let report = Report { participant: support::address(ANA), word: Word::Typing, last_seen: None, began };
        let (asked, wall) = (world.now, world.wall());
        world.machine.handle_read(&support::address(ANA), &[report], false, asked, wall, world.now);
        world.drain();
    };
    read(&mut world, 15_000);
    assert_eq!(world.activity(ANA), None, "fifteen seconds old");
    read(&mut world, 15_001);
    assert_eq!(world.activity(ANA), TYPING);
    world.until(30_001);
    assert_eq!(world.machine.raw_activity(world.key(ANA), ANA), None);
    world.until(30_100);
    assert_eq!(world.activity(ANA), None);
    read(&mut world, 20_000);
    world.until(34_000);
    read(&mut world, 30_000);
    assert_eq!(world.activity(ANA), TYPING);
    world.until(35_000);
    assert_eq!(world.activity(ANA), None, "a read does not go on with what is shown");
}

// ---- Calls ----------------------------------------------------------------------------------------------------------

fn called(world: &World) -> Vec<(u64, String)> {
    let subscribes = world.calls.iter().filter_map(|(at, intent)| match intent {
        Intent::Subscribe { id, .. } => Some((*at, id.as_str().to_owned())),
        Intent::LookUp { .. } | Intent::CatchUp | _ => None,
    });
    subscribes.collect()
}

#[test]
fn a_renewal_leaves_shortly_before_the_sure_end() {
    let mut world = World::watching(ANA);
    world.until(7_200_000);
    let times: Vec<_> = called(&world).into_iter().map(|(at, _)| at).skip(1).collect();
    let gaps: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.iter().all(|gap| (255_000..=270_000).contains(gap)), "{gaps:?}");
    assert!(gaps.windows(2).any(|pair| pair[0] != pair[1]), "spread, not in step: {gaps:?}");
}

#[test]
fn within_a_priority_the_first_to_come_is_the_first_asked() {
    let mut world = World::unhurried();
    let chats: Vec<_> = (0..12).rev().map(|n| format!("1555000{n:04}@c.us")).collect();
    let watches: Vec<_> = chats.iter().map(|chat| world.watch_as(chat, Priority::Background)).collect();
    world.machine.set_priority(watches[9], Priority::Visible, world.now);
    world.machine.set_priority(watches[5], Priority::Focused, world.now);
    assert_eq!(world.machine.priority(world.key(&chats[5])), Some(Priority::Focused));
    world.machine.set_priority(watches[9], Priority::Background, world.now);
    world.until(60_000);
    let order: Vec<_> = called(&world).into_iter().map(|(_, id)| id).collect();
    let expected = [0, 5, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11].map(|n: usize| chats[n].clone());
    assert_eq!(order, expected);
}

#[test]
fn an_engine_that_fails_is_tried_five_times_ever_more_slowly() {
    let mut world = World::new();
    world.grants = false;
    world.watch(ANA);
    let key = world.key(ANA);
    for attempt in 1..5 {
        assert_eq!(world.subscribe_calls(), attempt);
        world.machine.handle_subscribe_failed(key, &Error::new(ErrorCode::Engine, ""), world.now);
        let doubled = 1_000 << (attempt - 1);
        let failed_at = world.ms();
        world.until(failed_at + doubled / 2 - 1);
        assert_eq!(world.subscribe_calls(), attempt, "too early");
        world.until(failed_at + doubled + 1_350);
    }
    world.machine.handle_subscribe_failed(key, &Error::new(ErrorCode::Engine, ""), world.now);
    world.until(3_600_000);
    assert_eq!(world.knowledge(ANA), Knowledge::Refused(Refusal::Engine));
    assert_eq!(world.subscribe_calls(), 5);
}

#[test]
fn a_rate_limit_stops_every_call_for_as_long_as_it_asks() {
    for (asked_ms, pause_ms) in [(Some(10_000), 10_000), (None, 60_000)] {
        let mut world = World::unhurried();
        world.grants = false;
        world.watch(ANA);
        world.watch(BEN);
        let error = Error { retry_after_ms: asked_ms, ..Error::new(ErrorCode::RateLimited, "") };
        world.machine.handle_subscribe_failed(world.key(ANA), &error, world.now);
        world.until(pause_ms - 1);
        assert_eq!(world.subscribe_calls(), 1);
        world.until(pause_ms + 5_000 + 62_000 / 22);
        assert_eq!(world.subscribe_calls(), 3, "both again");
        assert_eq!(world.machine.counters().rate_limits, 1);
    }
}

#[test]
fn halted_calls_wait_without_waking_anybody() {
    let mut world = World::new();
    world.machine.halt_calls();
    world.watch(ANA);
    assert_eq!((world.calls.len(), world.machine.poll_timeout(world.now)), (0, None));
    world.machine.resume_calls();
    world.drain();
    assert_eq!(world.subscribe_calls(), 1);
}

#[test]
fn a_watched_contact_is_looked_up_once_however_often_it_is_watched() {
    let mut world = World::with(Config::default());
    for n in 0..3 {
        let first = world.watch(ANA);
        let second = world.watch(BEN);
        world.until(n * 20_000 + 10_000);
        world.unwatch(first);
        world.unwatch(second);
        world.until(n * 20_000 + 20_000);
    }
    let looked_up: Vec<_> = world
        .calls
        .iter()
        .filter_map(|(at, intent)| match intent {
            Intent::LookUp { id } => Some((*at, id.as_str())),
            Intent::Subscribe { .. } | Intent::CatchUp | _ => None,
        })
        .collect();
    assert_eq!(looked_up, [(0, ANA), (500, BEN)]);
}

#[test]
fn an_answer_to_a_question_since_voided_is_asked_again() {
    let mut world = World::new();
    world.grants = false;
    world.watch(ANA);
    let (key, sent_at) = (world.key(ANA), world.now);
    world.until(1_000);
    world.session(SessionState::Starting);
    world.session(SessionState::Working);
    world.until(2_000);
    world.machine.handle_subscribed(key, sent_at, world.now);
    world.drain();
    assert_eq!((world.subscribe_calls(), world.machine.lease(key)), (2, None));
}

// ---- Hidden chats ---------------------------------------------------------------------------------------------------

#[test]
fn a_hidden_chat_stays_hidden_and_is_asked_again_after_half_an_hour() {
    let mut world = World::watching(ANA);
    world.denies(ANA);
    let asked = world.subscribe_calls();
    world.until(1_799_999);
    assert_eq!(world.knowledge(ANA), Knowledge::Hidden(Hiding::Deny), "its lease ended long ago");
    assert_eq!(world.subscribe_calls(), asked);
    world.until(1_800_000);
    assert_eq!(world.subscribe_calls(), asked + 1);
    world.denies(ANA);
    world.until(3_599_999);
    assert_eq!((world.knowledge(ANA), world.subscribe_calls()), (Knowledge::Hidden(Hiding::Deny), asked + 1));
}

#[test]
fn the_first_reported_availability_ends_hiding_and_typing_does_not() {
    let mut world = World::watching(ANA);
    world.denies(ANA);
    world.until(1_000_000);
    let asked = world.subscribe_calls();
    world.says(ANA, ANA, Word::Typing);
    assert_eq!(world.knowledge(ANA), Knowledge::Hidden(Hiding::Deny), "activity is shown whatever is known");
    assert_eq!((world.activity(ANA), world.availability(ANA)), (TYPING, Availability::Online));
    world.until(1_100_000);
    assert_eq!(world.availability(ANA), Availability::Unknown);
    world.says(ANA, ANA, Word::Online);
    world.until(1_100_200);
    assert_eq!(world.subscribe_calls(), asked + 1, "asked for again at once");
    assert_eq!(
        world.knowledge(ANA),
        Knowledge::Live { vouched: false },
        "what came before the new lease vouches for little"
    );
    world.says(ANA, ANA, Word::Online);
    world.until(1_100_400);
    assert_eq!(world.knowledge(ANA), Knowledge::Live { vouched: true });
}

#[test]
fn whoever_shares_nothing_is_told_so() {
    let mut world = World::watching(ANA);
    world.watch(BEN);
    world.denies(ANA);
    assert!(world.machine.take_denial());
    assert!(!world.machine.take_denial(), "once");
    world.machine.handle_privacy(true, world.now);
    world.drain();
    world.denies(BEN);
    world.until(2_000);
    let reciprocal = Knowledge::Hidden(Hiding::Reciprocity);
    assert_eq!([world.knowledge(ANA), world.knowledge(BEN)], [reciprocal, reciprocal]);
    world.machine.handle_privacy(false, world.now);
    world.drain();
    world.until(4_000);
    let denied = Knowledge::Hidden(Hiding::Deny);
    assert_eq!([world.knowledge(ANA), world.knowledge(BEN)], [denied, denied]);
}

// ---- Forgetting -----------------------------------------------------------------------------------------------------

#[test]
fn the_chat_not_heard_of_for_longest_is_forgotten_first_and_a_watched_one_never() {
    let mut world = World::with(Config { max_unwatched: 2, looks_up_aliases: false, ..Config::default() });
    world.watch(TEAM);
    for chat in [ANA, BEN, ANA, ANA_LID] {
        world.until(world.ms() + 1_000);
        world.says(chat, chat, Word::Online);
    }
    let known = [TEAM, ANA, BEN, ANA_LID].map(|chat| world.machine.find(chat).is_some());
    assert_eq!((known, world.machine.size()), ([true, true, false, true], (3, 2)));
    world.until(1_000_000);
}

#[test]
fn where_people_are_capped_an_old_chat_makes_room_and_if_there_is_none_they_are_counted() {
    let config = Config { max_people: 2, max_members: 2, looks_up_aliases: false, ..Config::default() };
    let mut world = World::with(config);
    world.says(ANA_LID, ANA_LID, Word::Typing);
    world.watch(TEAM);
    world.says(TEAM, ANA, Word::Typing);
    world.says(TEAM, BEN, Word::Typing);
    assert_eq!((world.machine.find(ANA_LID), world.machine.size()), (None, (1, 2)));
    world.says(TEAM, ANA_LID, Word::Typing);
    assert_eq!(world.machine.counters().over_cap, 1);
    world.until(1_000_000);
}
