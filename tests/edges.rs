//! Rules at the edge of others: remounts, joins, late wake-ups, hostile clocks. One rule a test, in virtual time.

mod support;

use support::{ANA, ANA_LID, BEN, TEAM, World};
use wa_presence::machine::id::Id;
use wa_presence::machine::knowledge::{Knowledge, Refusal, Wait};
use wa_presence::machine::observation::Word;
use wa_presence::machine::presence::{Availability, Basis};
use wa_presence::machine::time::UnixMs;
use wa_presence::machine::typing::ActivityKind;
use wa_presence::machine::{Config, Priority, SessionState};

// ---- Watches --------------------------------------------------------------------------------------------------------

#[test]
fn a_chat_remounted_before_its_turn_still_gets_its_turn() {
    let mut world = World::new();
    world.watch(ANA);
    let first_mount = world.watch(BEN);
    world.unwatch(first_mount);
    world.watch(BEN);
    world.until(60_000);
    assert_eq!(world.subscribe_calls(), 2, "one call each");
}

#[test]
fn a_renewal_that_falls_into_a_remount_is_not_lost() {
    let mut world = World::new();
    let mut watch = world.watch(ANA);
    for second in (4..=600).step_by(4) {
        world.until(second * 1_000);
        world.unwatch(watch);
        world.until(second * 1_000 + 3_000);
        watch = world.watch(ANA);
    }
    assert!(world.subscribe_calls() >= 3, "found {} calls in ten minutes", world.subscribe_calls());
}

#[test]
fn what_was_heard_long_before_a_watch_does_not_make_it_live() {
    let mut world = World::new();
    world.says(ANA, ANA, Word::Online);
    world.until(3_600_000);
    world.watch(ANA);
    assert_eq!(world.knowledge(ANA), Knowledge::Waiting(Wait::Asked));
    world.until(3_631_000);
    assert_eq!(world.knowledge(ANA), Knowledge::Waiting(Wait::Silent));
}

#[test]
fn a_grant_does_not_take_back_the_life_a_push_gave() {
    let mut world = World::unhurried();
    world.watch(BEN);
    world.watch(ANA);
    world.says(ANA, ANA, Word::Typing);
    assert_eq!(world.knowledge(ANA), Knowledge::Live { vouched: false });
    world.until(2_000);
    assert_eq!(world.subscribe_calls(), 2);
    assert_eq!(world.knowledge(ANA), Knowledge::Live { vouched: false });
    world.until(15_100);
    assert_eq!(world.knowledge(ANA), Knowledge::Waiting(Wait::Asked));
}

#[test]
fn whoever_begins_to_watch_is_not_told_what_they_have_just_read() {
    let mut world = World::new();
    world.grants = false;
    world.session(SessionState::Stopped);
    world.says(TEAM, ANA, Word::Online);
    for chat in [TEAM, ANA] {
        let id = Id::parse(chat).expect("an id");
        world.machine.watch(&id, Priority::Visible, world.now);
        let read = world.snapshot(chat);
        world.drain();
        assert!(world.heard.is_empty(), "{read:?} is heard again");
    }
}

// ---- One person under two ids ---------------------------------------------------------------------------------------

#[test]
fn going_offline_under_one_id_ends_an_older_typing_under_the_other() {
    let mut world = World::watching(ANA);
    world.says(ANA_LID, ANA_LID, Word::Typing);
    world.until(2_000);
    world.says(ANA, ANA, Word::Offline);
    world.alias(ANA_LID, ANA);
    world.until(2_500);
    assert_eq!((world.availability(ANA), world.activity(ANA)), (Availability::Offline, None));
}

#[test]
fn typing_under_one_id_does_not_weaken_online_reported_under_the_other() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Online);
    world.until(2_000);
    world.says(ANA_LID, ANA_LID, Word::Typing);
    world.alias(ANA_LID, ANA);
    world.until(120_000);
    assert_eq!((world.availability(ANA), world.snapshot(ANA).basis), (Availability::Online, Basis::Reported));
}

#[test]
fn typing_keeps_a_reported_online_newer_than_what_the_other_id_said() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Online);
    world.until(1_000);
    world.says(ANA_LID, ANA_LID, Word::Offline);
    world.until(2_000);
    world.says(ANA, ANA, Word::Typing);
    world.alias(ANA_LID, ANA);
    world.until(2_500);
    assert_eq!(world.availability(ANA), Availability::Online);
}

#[test]
fn a_contradicting_alias_wins_for_the_future() {
    let mut world = World::watching(ANA);
    world.watch(BEN);
    world.until(1_000);
    world.alias(ANA_LID, ANA);
    world.alias(ANA_LID, BEN);
    world.until(2_000);
    world.says(ANA_LID, ANA_LID, Word::Typing);
    assert_eq!((world.activity(ANA), world.activity(BEN)), (None, Some(ActivityKind::Typing)));
    assert_eq!(world.machine.counters().strangers, 0);
}

#[test]
fn a_chat_is_found_under_an_alias_learned_before_it_was_heard_of() {
    let mut world = World::new();
    world.alias(ANA_LID, ANA);
    world.says(ANA, ANA, Word::Online);
    assert_eq!(world.machine.find(ANA_LID), world.machine.find(ANA));
}

#[test]
fn a_linger_goes_on_when_its_chat_is_joined() {
    let mut world = World::new();
    let watch = world.watch(ANA_LID);
    world.says(ANA, ANA, Word::Online);
    world.unwatch(watch);
    world.alias(ANA_LID, ANA);
    world.until(10_000);
    assert_eq!(world.knowledge(ANA), Knowledge::Unwatched);
    assert_eq!(world.machine.watched_chats().count(), 0);
}

#[test]
fn a_join_of_two_watched_chats_frees_a_place() {
    let mut world = World::with(Config { max_watched: 2, looks_up_aliases: false, ..Config::default() });
    world.watch(ANA);
    world.watch(ANA_LID);
    world.watch(BEN);
    assert_eq!(world.knowledge(BEN), Knowledge::Refused(Refusal::TooMany));
    world.alias(ANA_LID, ANA);
    world.until(10_000);
    assert_eq!(world.knowledge(BEN), Knowledge::Waiting(Wait::Asked));
}

#[test]
fn a_join_admits_nobody_beyond_the_limit() {
    let mut world = World::with(Config { max_watched: 1, looks_up_aliases: false, ..Config::default() });
    world.watch(TEAM);
    world.watch(ANA_LID);
    world.says(ANA, ANA, Word::Online);
    world.alias(ANA_LID, ANA);
    world.until(10_000);
    assert_eq!(world.knowledge(ANA), Knowledge::Refused(Refusal::TooMany));
}

// ---- Late wake-ups --------------------------------------------------------------------------------------------------

#[test]
fn a_tab_that_slept_remembers_what_an_awake_one_would() {
    let story = |asleep: bool| {
        let mut world = World::new();
        world.grants = false;
        world.watch(ANA);
        world.until(1_000);
        world.says(ANA, ANA, Word::Typing);
        if asleep {
            world.sleep_until(200_000);
        }
        world.until(201_000);
        world.snapshot(ANA).contact().and_then(|ana| ana.view.last_known).expect("she was there")
    };
    assert_eq!(story(true), story(false));
}

// ---- Hostile clocks -------------------------------------------------------------------------------------------------

#[test]
fn a_stamp_beyond_all_time_is_survived_first_or_later() {
    for stamps in [[u64::MAX, 0, 1_785_000_000_000], [0, u64::MAX, 1], [1, 0, u64::MAX], [u64::MAX, u64::MAX, 0]] {
        let mut world = World::watching(ANA);
        for (n, stamp) in stamps.into_iter().enumerate() {
            world.deliver(&format!("evt_absurd_{n}"), Some(UnixMs::from_ms(stamp)), ANA, ANA, Word::Typing, None);
        }
        world.until(1_000_000);
        assert_eq!(world.activity(ANA), None, "{stamps:?}");
    }
}
