//! One rule a test, told in virtual time. The name is the rule.

mod support;

use support::{ANA, ANA_LID, BEN, TEAM, World};
use wa_presence::machine::knowledge::{Knowledge, Lapse, Refusal, Wait};
use wa_presence::machine::observation::Word;
use wa_presence::machine::presence::{Availability, Basis, LastSeenBasis};
use wa_presence::machine::time::UnixMs;
use wa_presence::machine::typing::{ActivityKind, EndedBy};
use wa_presence::machine::{Cause, Config, Intent, Priority, SessionState};

const TYPING: Option<ActivityKind> = Some(ActivityKind::Typing);
const RECORDING: Option<ActivityKind> = Some(ActivityKind::Recording);

// ---- Typing never sticks ----------------------------------------------------------------------------------------------

#[test]
fn a_stuck_typing_expires_at_exactly_15_seconds() {
    let mut world = World::watching(ANA);
    world.until(1_000);
    world.says(ANA, ANA, Word::Typing);
    assert_eq!(world.activity(ANA), TYPING);
    world.until(15_999);
    assert_eq!(world.activity(ANA), TYPING);
    world.until(16_000);
    assert_eq!(world.activity(ANA), None);
    let (at, cause, snapshot) = world.heard.last().expect("the end was heard").clone();
    assert_eq!((at, cause), (16_000, Cause::Expiry));
    let last = snapshot.contact().and_then(|ana| ana.view.last_activity).expect("it is remembered");
    assert_eq!((last.kind, last.ended_by), (ActivityKind::Typing, EndedBy::Ttl));
}

#[test]
fn a_ttl_counts_from_when_it_happened_not_from_when_it_arrived() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Online);
    world.until(10_000);
    world.says_at(ANA, ANA, Word::Typing, 7_000);
    world.until(21_999);
    assert_eq!(world.activity(ANA), TYPING);
    world.until(22_000);
    assert_eq!(world.activity(ANA), None);
}

#[test]
fn repeats_keep_it_alive_for_a_minute_without_a_flicker() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Online);
    for second in (10..=60).step_by(10) {
        world.until(second * 1_000);
        world.says(ANA, ANA, Word::Typing);
    }
    let typing_heard = world.heard.iter().filter(|(_, _, snapshot)| snapshot.activity == TYPING).count();
    assert_eq!(typing_heard, 1, "one change for a minute of typing");
    assert_eq!(world.snapshot(ANA).active[0].activity.since, world.at(10_000));
    world.until(74_999);
    assert_eq!(world.activity(ANA), TYPING);
    world.until(75_000);
    assert_eq!(world.activity(ANA), None);
}

#[test]
fn a_typing_that_arrives_after_its_ttl_is_never_shown_but_remembered() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Online);
    world.until(4_000);
    world.says_at(ANA, ANA, Word::Online, 4_000);
    world.until(20_000);
    world.says_at(ANA, ANA, Word::Typing, 4_500);
    world.says_at(ANA, ANA, Word::Typing, 4_600);
    assert!(world.heard.iter().all(|(_, _, snapshot)| snapshot.activity.is_none()));
    let last = world.snapshot(ANA).contact().and_then(|ana| ana.view.last_activity).expect("it did happen");
    assert_eq!(last.ended_by, EndedBy::Ttl);
}

#[test]
fn a_tab_that_slept_past_the_ttl_wakes_to_no_typing_and_knows_when_it_ended() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Typing);
    world.sleep_until(3_600_000);
    assert_eq!(world.activity(ANA), None);
    let last = world.snapshot(ANA).contact().and_then(|ana| ana.view.last_activity).expect("it is remembered");
    assert_eq!(last.ended_at, world.at(15_000));
}

#[test]
fn a_pause_hides_typing_300_ms_later_and_a_restart_in_between_never_flickers() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Typing);
    world.until(2_000);
    world.says(ANA, ANA, Word::Paused);
    assert_eq!(world.activity(ANA), TYPING);
    assert_eq!(world.machine.raw_activity(world.key(ANA), ANA), None, "patterns see the pause at once");
    world.until(2_299);
    world.says(ANA, ANA, Word::Typing);
    world.until(5_000);
    assert_eq!(world.activity(ANA), TYPING);
    world.says(ANA, ANA, Word::Paused);
    world.until(5_299);
    assert_eq!(world.activity(ANA), TYPING);
    world.until(5_300);
    assert_eq!(world.activity(ANA), None);
    assert_eq!(world.heard.iter().filter(|(_, _, s)| s.activity == TYPING).count(), 1);
}

#[test]
fn typing_that_turns_into_recording_is_one_change() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Typing);
    world.until(3_000);
    world.says(ANA, ANA, Word::Recording);
    assert_eq!(world.activity(ANA), RECORDING);
    world.until(17_999);
    assert_eq!(world.activity(ANA), RECORDING);
    world.until(18_000);
    assert_eq!(world.activity(ANA), None);
}

#[test]
fn online_and_offline_end_typing() {
    for (word, at_once) in [(Word::Online, false), (Word::Offline, true)] {
        let mut world = World::watching(ANA);
        world.says(ANA, ANA, Word::Typing);
        world.until(2_000);
        world.says(ANA, ANA, word);
        assert_eq!(world.activity(ANA).is_none(), at_once, "{word:?}");
        world.until(2_300);
        assert_eq!(world.activity(ANA), None, "{word:?}");
    }
}

// ---- Order, duplicates, clocks ----------------------------------------------------------------------------------------

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
    let absurd = Some(UnixMs::from_ms(support::EPOCH_MS * 3));
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

// ---- Messages ---------------------------------------------------------------------------------------------------------

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
        let observation = wa_presence::machine::Observation::Message {
            chat: support::address(ANA),
            sender: support::address(ANA),
            from_me: false,
            id: "false_15550001111@c.us_AAA",
            sent_at,
        };
        let stamp = Some(world.stamp(stamp));
        world.send(&wa_presence::machine::Envelope { id: Some(id), stamp, own: vec![], aliases: vec![], observation });
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
    let observation = wa_presence::machine::Observation::Message {
        chat: support::address(ANA),
        sender: support::address(ANA),
        from_me: false,
        id: "m1",
        sent_at: Some(world.stamp(4_000)),
    };
    let stamp = Some(world.stamp(4_900));
    world.send(&wa_presence::machine::Envelope { id: Some(&id), stamp, own: vec![], aliases: vec![], observation });
    assert_eq!(world.activity(ANA), TYPING);
}

// ---- Availability -----------------------------------------------------------------------------------------------------

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

// ---- Reads ------------------------------------------------------------------------------------------------------------

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

// ---- Groups -----------------------------------------------------------------------------------------------------------

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
    world.machine.note_own(&[support::address(BEN)]);
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

// ---- Identity ---------------------------------------------------------------------------------------------------------

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

// ---- Knowledge and subscriptions --------------------------------------------------------------------------------------

#[test]
fn a_chat_waits_then_is_silent_then_live() {
    let mut world = World::new();
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
fn calls_leave_one_per_1350_ms_and_at_most_4_are_in_flight() {
    let mut world = World::new();
    for n in 0..20 {
        world.watch(&format!("1555000{n:04}@c.us"));
    }
    world.until(60_000);
    let times: Vec<_> = world.calls.iter().map(|(at, _)| *at).collect();
    assert_eq!(times.len(), 20);
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= 1_350), "{times:?}");

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

// ---- What listeners hear ----------------------------------------------------------------------------------------------

#[test]
fn listeners_hear_the_leading_edge_at_once_then_at_most_one_change_per_100_ms_and_always_the_last() {
    let mut world = World::watching(ANA);
    world.until(1_000);
    for step in 0..30 {
        world.until(1_000 + step * 10);
        let word = if step % 2 == 0 { Word::Typing } else { Word::Recording };
        world.says(ANA, ANA, word);
    }
    world.until(5_000);
    let times: Vec<_> = world.heard.iter().map(|(at, _, _)| *at).filter(|at| *at >= 1_000).collect();
    assert_eq!(times.first(), Some(&1_000));
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= 100), "{times:?}");
    assert_eq!(world.heard.last().map(|(_, _, s)| s.activity), Some(RECORDING));
}

#[test]
fn a_change_that_goes_back_before_it_is_due_is_not_heard() {
    let mut world = World::watching(ANA);
    world.until(1_000);
    world.says(ANA, ANA, Word::Online);
    let heard = world.heard.len();
    world.until(1_010);
    world.says(ANA, ANA, Word::Offline);
    world.until(1_020);
    world.says(ANA, ANA, Word::Online);
    world.until(3_000);
    let differing = world.heard.len() - heard;
    // The observed last seen is a difference; the availability is not.
    assert!(differing <= 1);
    assert!(world.heard.iter().all(|(_, _, s)| s.availability != Availability::Offline));
}
