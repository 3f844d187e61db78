//! How a conversation moves: how long they composed before they wrote, whether they struggle, whether they read us.

use crate::gateway::Vendor;
use crate::stage::Stage;
use crate::support::{ANA, ANA_LID, BEN, TEAM};
use wa_presence::patterns::Told;
use wa_presence::patterns::momentum::{Momentum, Reply};

/// They compose from `from` to `to`, repeated every 10 s as WhatsApp does, and pause.
fn composes(stage: &mut Stage, chat: &str, who: &str, (from, to): (u64, u64)) {
    let mut at = from;
    while at < to {
        stage.until(at);
        stage.says(chat, who, "typing");
        at += 10_000;
    }
    stage.until(to);
    stage.says(chat, who, "paused");
}

fn of(stage: &Stage, chat: &str) -> Momentum {
    stage.momentum(chat, None).expect("something was seen")
}

/// Who was told to struggle, with when.
fn struggling(stage: &Stage) -> Vec<(u64, String)> {
    let machine = stage.session.machine();
    let told = stage.told.iter().filter_map(|(at, told)| match told {
        Told::Struggling(chat, person) => Some((*at, machine.participant_id(*chat, *person)?.as_str().to_owned())),
        Told::Answered(..) | Told::Available(..) => None,
    });
    told.collect()
}

// ---- How long they composed -----------------------------------------------------------------------------------------------

#[test]
fn a_reply_is_dated_from_the_first_composing_and_not_from_the_message() {
    for vendor in [Vendor::Waha, Vendor::Wawp, Vendor::Waapi] {
        let mut stage = Stage::following(vendor, ANA);
        composes(&mut stage, ANA, ANA, (1_000, 21_000));
        composes(&mut stage, ANA, ANA, (31_000, 46_000));
        stage.until(47_000);
        let Momentum { first_composing_at, bursts, composing_ms, reply, .. } = of(&stage, ANA);
        assert_eq!((first_composing_at, bursts, composing_ms), (Some(stage.at_ms(1_000)), 2, 35_000), "{vendor:?}");
        assert_eq!(reply, None);
        stage.writes(ANA, ANA, 0);
        let reply = Reply { at: stage.at_ms(47_000), after_ms: Some(46_000), composing_ms: 35_000, bursts: 2 };
        let after = Momentum { reply: Some(reply), ..Momentum::default() };
        assert_eq!(of(&stage, ANA), after, "{vendor:?}: what comes next begins anew");
    }
}

#[test]
fn a_message_ends_composing_that_nobody_said_was_over() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    stage.says(ANA, ANA, "typing");
    stage.until(7_000);
    assert_eq!(of(&stage, ANA).composing_ms, 7_000, "up to now");
    stage.writes(ANA, ANA, 0);
    let reply = of(&stage, ANA).reply.expect("a message came");
    assert_eq!((reply.after_ms, reply.composing_ms, reply.bursts), (Some(7_000), 7_000, 1));
}

#[test]
fn who_was_not_seen_composing_has_no_time_to_reply() {
    let mut stage = Stage::new();
    stage.writes(ANA, ANA, 0);
    let reply = of(&stage, ANA).reply.expect("a message came");
    assert_eq!((reply.after_ms, reply.composing_ms, reply.bursts), (None, 0, 0));
}

#[test]
fn what_nobody_ended_counts_for_15_s() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    stage.says(ANA, ANA, "recording");
    stage.until(600_000);
    assert_eq!(of(&stage, ANA).composing_ms, 15_000);
}

#[test]
fn of_whom_nothing_was_seen_there_is_nothing_to_say() {
    let mut stage = Stage::new();
    assert_eq!(stage.momentum(ANA, None), None);
    stage.says(ANA, ANA, "online");
    assert_eq!(stage.momentum(ANA, None), None, "being there is not composing");
}

#[test]
fn a_late_message_of_long_ago_changes_nothing() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    stage.until(100_000);
    composes(&mut stage, ANA, ANA, (100_000, 110_000));
    stage.writes(ANA, ANA, 0);
    composes(&mut stage, ANA, ANA, (120_000, 130_000));
    let before = of(&stage, ANA);
    stage.until(131_000);
    stage.writes(ANA, ANA, 90_000);
    stage.writes(ANA, ANA, 60_000);
    assert_eq!(of(&stage, ANA), before);
}

#[test]
fn a_message_that_comes_late_leaves_alone_what_they_have_begun_since() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    composes(&mut stage, ANA, ANA, (1_000, 11_000));
    stage.until(60_000);
    stage.says(ANA, ANA, "typing");
    stage.until(62_000);
    // Written at 12 s, and handed over after a reconnect.
    stage.writes(ANA, ANA, 50_000);
    stage.until(65_000);
    let momentum = of(&stage, ANA);
    assert_eq!(momentum.reply.map(|reply| (reply.after_ms, reply.composing_ms)), Some((Some(11_000), 10_000)));
    assert_eq!((momentum.first_composing_at, momentum.composing_ms), (Some(stage.at_ms(60_000)), 5_000));
}

#[test]
fn their_hiding_and_our_losing_the_feed_end_nothing_that_was_seen() {
    let mut stage = Stage::following(Vendor::Waapi, ANA);
    stage.denies(ANA);
    composes(&mut stage, ANA, ANA, (1_000, 6_000));
    stage.session_works(false);
    stage.until(20_000);
    stage.writes(ANA, ANA, 0);
    assert_eq!(of(&stage, ANA).reply.and_then(|reply| reply.after_ms), Some(19_000));
}

// ---- Whether they struggle ------------------------------------------------------------------------------------------------

#[test]
fn whoever_composes_for_3_minutes_without_writing_struggles_and_that_is_told_once() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    composes(&mut stage, ANA, ANA, (0, 179_999));
    assert_eq!((struggling(&stage), of(&stage, ANA).struggling), (vec![], false));
    composes(&mut stage, ANA, ANA, (180_000, 400_000));
    assert_eq!(struggling(&stage), [(180_001, ANA.to_owned())]);
    assert!(of(&stage, ANA).struggling);
    stage.writes(ANA, ANA, 0);
    assert!(!of(&stage, ANA).struggling, "until they write");
}

#[test]
fn pauses_of_up_to_a_minute_are_left_out_and_a_longer_one_begins_anew() {
    for (gap, told) in [(60_000, true), (60_001, false)] {
        let mut stage = Stage::following(Vendor::Waha, ANA);
        composes(&mut stage, ANA, ANA, (0, 100_000));
        composes(&mut stage, ANA, ANA, (100_000 + gap, 190_000 + gap));
        assert_eq!(struggling(&stage).is_empty(), !told, "{gap}");
        stage.until(190_000 + gap + 60_001);
        assert!(!of(&stage, ANA).struggling, "whoever has left does not struggle");
    }
}

#[test]
fn whoever_struggles_again_after_a_message_is_told_of_again() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    composes(&mut stage, ANA, ANA, (0, 170_000));
    stage.writes(ANA, ANA, 0);
    composes(&mut stage, ANA, ANA, (171_000, 341_000));
    assert_eq!(struggling(&stage), []);
    composes(&mut stage, ANA, ANA, (342_000, 400_000));
    stage.writes(ANA, ANA, 0);
    composes(&mut stage, ANA, ANA, (410_000, 610_000));
    let times: Vec<_> = struggling(&stage).iter().map(|(at, _)| *at).collect();
    assert_eq!(times, [352_000, 590_000]);
}

#[test]
fn two_words_after_three_minutes_are_a_reply_that_took_three_minutes() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    composes(&mut stage, ANA, ANA, (0, 180_000));
    stage.writes(ANA, ANA, 0);
    assert_eq!(of(&stage, ANA).reply.map(|reply| (reply.after_ms, reply.composing_ms)), Some((Some(180_000), 180_000)));
    assert_eq!(struggling(&stage).len(), 1);
}

#[test]
fn a_frozen_tab_is_told_as_it_wakes() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    composes(&mut stage, ANA, ANA, (0, 175_000));
    stage.says(ANA, ANA, "typing");
    stage.sleep_until(187_000);
    assert_eq!(struggling(&stage), [(187_000, ANA.to_owned())]);
}

// ---- Whether they read us -------------------------------------------------------------------------------------------------

#[test]
fn what_was_read_is_dated_and_what_was_delivered_is_not() {
    for vendor in [Vendor::Waha, Vendor::Wawp, Vendor::Waapi] {
        let mut stage = Stage::at(vendor);
        stage.until(1_000);
        stage.acknowledges(ANA, 2);
        assert_eq!(stage.momentum(ANA, None), None, "{vendor:?}");
        stage.until(4_000);
        stage.acknowledges(ANA, 3);
        stage.until(9_000);
        stage.acknowledges(ANA, 2);
        assert_eq!(of(&stage, ANA).last_read_at, Some(stage.at_ms(4_000)), "{vendor:?}");
        stage.acknowledges(ANA, 4);
        assert_eq!(of(&stage, ANA).last_read_at, Some(stage.at_ms(9_000)), "{vendor:?}: played");
    }
}

// ---- Groups and names -----------------------------------------------------------------------------------------------------

#[test]
fn in_a_group_everybody_moves_by_themselves() {
    let mut stage = Stage::following(Vendor::Waha, TEAM);
    for at in (0..=200_000).step_by(10_000) {
        stage.until(at);
        stage.says(TEAM, ANA, "typing");
        if at % 40_000 == 0 {
            stage.says(TEAM, BEN, "typing");
            stage.writes(TEAM, BEN, 0);
        }
    }
    assert_eq!(struggling(&stage), [(180_000, ANA.to_owned())]);
    let [ana, ben] = [ANA, BEN].map(|who| stage.momentum(TEAM, Some(who)).expect("both were seen"));
    assert_eq!((ana.composing_ms, ana.reply, ben.composing_ms), (200_000, None, 0));
    assert_eq!(ben.reply.map(|reply| reply.at), Some(stage.at_ms(200_000)));
    assert_eq!((stage.momentum(TEAM, Some("15550003333@c.us")), stage.momentum(ANA, None)), (None, None));
}

#[test]
fn composing_goes_on_when_the_number_behind_a_hidden_id_is_learned() {
    for heard_of_both in [false, true] {
        let mut stage = Stage::new();
        if heard_of_both {
            stage.says(ANA, ANA, "online");
        }
        stage.until(1_000);
        stage.says(ANA_LID, ANA_LID, "typing");
        stage.until(6_000);
        stage.alias(ANA_LID, ANA);
        stage.until(8_000);
        stage.says(ANA, ANA, "paused");
        let Momentum { first_composing_at, bursts, composing_ms, .. } = of(&stage, ANA);
        let seen = (first_composing_at, bursts, composing_ms);
        assert_eq!(seen, (Some(stage.at_ms(1_000)), 1, 7_000), "heard of both: {heard_of_both}");
        assert_eq!(stage.momentum(ANA_LID, None), Some(of(&stage, ANA)));
    }
}

#[test]
fn nobody_struggles_in_a_group_because_their_number_was_learned_mid_typing() {
    let mut stage = Stage::following(Vendor::Waha, TEAM);
    stage.says(TEAM, ANA, "online");
    stage.says(TEAM, ANA_LID, "typing");
    stage.until(5_000);
    stage.alias(ANA_LID, ANA);
    stage.until(6_000);
    stage.says(TEAM, ANA, "paused");
    stage.until(600_000);
    assert_eq!(struggling(&stage), []);
    let momentum = stage.momentum(TEAM, Some(ANA)).expect("she was seen");
    assert_eq!((momentum.first_composing_at, momentum.composing_ms), (Some(stage.at_ms(0)), 6_000));
}
