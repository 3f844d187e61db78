//! Taking turns: waiting until nobody else types or records, and not for ever.

use crate::gateway::{Answer, Vendor};
use crate::page::id;
use crate::stage::Stage;
use crate::support::{ANA, ANA_LID, BEN, TEAM};
use wa_presence::machine::Priority;
use wa_presence::machine::knowledge::{Hiding, Knowledge, Lapse, Refusal};
use wa_presence::patterns::question::{Question, QuestionId, Reason};

/// As `004_…` has it: nobody composed in the last 10 s.
const QUIET_MS: u64 = 10_000;
const LONGEST_MS: u64 = 60_000;

fn ask(stage: &mut Stage, chat: &str) -> QuestionId {
    ask_of(stage, chat, None)
}

fn ask_of(stage: &mut Stage, chat: &str, participant: Option<&str>) -> QuestionId {
    stage.ask(chat, Question::Quiet { participant: participant.map(id), quiet_ms: QUIET_MS }, LONGEST_MS)
}

// ---- When it is quiet -----------------------------------------------------------------------------------------------------

#[test]
fn it_is_quiet_10_s_after_they_stopped() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    stage.says(ANA, ANA, "typing");
    stage.until(2_000);
    let question = ask(&mut stage, ANA);
    stage.until(5_000);
    stage.says(ANA, ANA, "paused");
    stage.until(14_999);
    assert_eq!(stage.answer(question), None);
    stage.until(60_000);
    let (at, answer) = stage.answer(question).expect("an answer");
    assert_eq!((at, answer.reason, answer.waited_ms, answer.age_ms), (15_000, Reason::Quiet, 13_000, Some(10_000)));
}

#[test]
fn whoever_stopped_8_s_ago_is_given_2_s_more() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    stage.says(ANA, ANA, "typing");
    stage.until(1_000);
    stage.says(ANA, ANA, "paused");
    stage.until(9_000);
    let question = ask(&mut stage, ANA);
    stage.until(60_000);
    assert_eq!(stage.reason(question), Some((11_000, Reason::Quiet)));
}

#[test]
fn where_nobody_has_typed_for_long_it_is_quiet_at_once() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    let never = ask(&mut stage, ANA);
    assert_eq!(stage.reason(never), Some((0, Reason::Quiet)));
    stage.says(ANA, ANA, "recording");
    stage.until(1_000);
    stage.says(ANA, ANA, "paused");
    stage.until(11_000);
    let question = ask(&mut stage, ANA);
    assert_eq!(stage.reason(question), Some((11_000, Reason::Quiet)));
}

#[test]
fn who_closes_their_app_mid_typing_counts_as_typing_for_15_s() {
    for word in ["typing", "recording"] {
        let mut stage = Stage::following(Vendor::Waha, ANA);
        let question = {
            stage.says(ANA, ANA, word);
            ask(&mut stage, ANA)
        };
        stage.until(60_000);
        assert_eq!(stage.reason(question), Some((25_000, Reason::Quiet)), "{word}");
    }
}

#[test]
fn who_types_again_begins_the_wait_anew() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    stage.says(ANA, ANA, "typing");
    let question = ask(&mut stage, ANA);
    for (at, word) in [(3_000, "paused"), (3_200, "typing"), (8_000, "paused"), (17_000, "typing"), (20_000, "paused")]
    {
        stage.until(at);
        stage.says(ANA, ANA, word);
    }
    stage.until(60_000);
    assert_eq!(stage.reason(question), Some((30_000, Reason::Quiet)));
}

#[test]
fn who_turns_from_keys_to_the_microphone_has_not_stopped() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    stage.says(ANA, ANA, "typing");
    let question = ask(&mut stage, ANA);
    stage.until(4_000);
    stage.says(ANA, ANA, "recording");
    stage.until(18_000);
    assert_eq!(stage.answer(question), None);
    stage.says(ANA, ANA, "paused");
    stage.until(60_000);
    assert_eq!(stage.reason(question), Some((28_000, Reason::Quiet)));
}

#[test]
fn going_offline_is_stopping() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    stage.says(ANA, ANA, "typing");
    let question = ask(&mut stage, ANA);
    stage.until(4_000);
    stage.says(ANA, ANA, "offline");
    stage.until(60_000);
    assert_eq!(stage.reason(question), Some((14_000, Reason::Quiet)));
}

#[test]
fn who_asks_for_no_rest_waits_only_while_they_type() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    stage.says(ANA, ANA, "typing");
    let question = stage.ask(ANA, Question::Quiet { participant: None, quiet_ms: 0 }, LONGEST_MS);
    stage.until(4_000);
    assert_eq!(stage.answer(question), None);
    stage.says(ANA, ANA, "paused");
    assert_eq!(stage.reason(question), Some((4_000, Reason::Quiet)));
}

#[test]
fn each_gateway_tells_when_it_is_quiet() {
    for vendor in [Vendor::Waha, Vendor::Wawp, Vendor::Waapi] {
        let mut stage = Stage::following(vendor, ANA);
        stage.says(ANA, ANA, "typing");
        let question = ask(&mut stage, ANA);
        stage.until(3_000);
        stage.says(ANA, ANA, "paused");
        stage.until(60_000);
        assert_eq!(stage.reason(question), Some((13_000, Reason::Quiet)), "{vendor:?}");
    }
}

#[test]
fn asking_for_quiet_asks_nothing_of_the_gateway() {
    let mut stage = Stage::new();
    stage.says(ANA, ANA, "typing");
    let question = ask(&mut stage, ANA);
    stage.until(60_000);
    assert_eq!(stage.reason(question), Some((25_000, Reason::Quiet)), "it was seen though nobody watches");
    assert_eq!((stage.sent.as_slice(), stage.knowledge(ANA)), (&[][..], Knowledge::Unwatched));
}

// ---- Why else not to wait -------------------------------------------------------------------------------------------------

#[test]
fn their_message_ends_the_wait_at_once() {
    for typing in [true, false] {
        let mut stage = Stage::following(Vendor::Waha, ANA);
        stage.says(ANA, ANA, "typing");
        stage.until(1_000);
        if !typing {
            stage.says(ANA, ANA, "paused");
        }
        let question = ask(&mut stage, ANA);
        stage.until(4_000);
        stage.writes(ANA, ANA, 0);
        assert_eq!(
            stage.reason(question),
            Some((4_000, Reason::Message)),
            "an answer to what was before is out of date"
        );
    }
}

#[test]
fn an_old_message_that_a_reconnect_brings_does_not() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    stage.until(60_000);
    stage.says(ANA, ANA, "typing");
    let question = ask(&mut stage, ANA);
    stage.until(63_000);
    stage.writes(ANA, ANA, 50_000);
    assert_eq!(stage.answer(question), None);
    stage.until(120_000);
    assert_eq!(stage.reason(question), Some((85_000, Reason::Quiet)));
}

#[test]
fn a_message_of_another_chat_does_not() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    stage.says(ANA, ANA, "typing");
    let question = ask(&mut stage, ANA);
    stage.writes(BEN, BEN, 0);
    assert_eq!(stage.answer(question), None);
}

#[test]
fn whoever_types_for_ever_is_waited_for_so_long_and_no_longer() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    stage.says(ANA, ANA, "typing");
    let question = ask(&mut stage, ANA);
    for at in (5_000..=100_000).step_by(5_000) {
        stage.until(at);
        stage.says(ANA, ANA, "typing");
    }
    assert_eq!(stage.reason(question), Some((60_000, Reason::MaxWait)));
}

#[test]
fn who_withdraws_is_not_answered() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    stage.says(ANA, ANA, "typing");
    let question = ask(&mut stage, ANA);
    stage.until(3_000);
    stage.withdraw(question);
    stage.until(120_000);
    assert_eq!((stage.answer(question), stage.session.patterns().is_open(question)), (None, false));
}

#[test]
fn a_frozen_tab_is_answered_as_it_wakes() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    stage.says(ANA, ANA, "typing");
    let question = ask(&mut stage, ANA);
    stage.sleep_until(45_000);
    assert_eq!(stage.reason(question), Some((45_000, Reason::Quiet)));
}

// ---- Where nothing is known -----------------------------------------------------------------------------------------------

#[test]
fn where_nothing_is_known_of_their_typing_nobody_waits() {
    let unwatched = Stage::new();
    let mut unheard = Stage::new();
    unheard.watch(ANA, Priority::Visible);
    unheard.until(1_000);
    let mut hidden = Stage::following(Vendor::Waapi, ANA);
    hidden.denies(ANA);
    assert_eq!(hidden.knowledge(ANA), Knowledge::Hidden(Hiding::Deny));
    let mut refused = Stage::new();
    refused.always("subscribe", Answer::NotFound);
    refused.watch(ANA, Priority::Visible);
    refused.until(1_000);
    assert_eq!(refused.knowledge(ANA), Knowledge::Refused(Refusal::NotFound));
    let mut lost = Stage::following(Vendor::Waha, ANA);
    lost.session_works(false);
    assert_eq!(lost.knowledge(ANA), Knowledge::Lapsed(Lapse::Session));
    for mut stage in [unwatched, unheard, hidden, refused, lost] {
        let knowledge = stage.knowledge(ANA);
        let question = ask(&mut stage, ANA);
        let (_, answer) = stage.answer(question).expect("at once");
        assert_eq!((answer.reason, answer.waited_ms), (Reason::NoData, 0), "{knowledge:?}");
    }
}

#[test]
fn a_feed_that_has_been_down_for_3_s_tells_of_no_typing() {
    let mut stage = Stage::with_feed();
    stage.watch(ANA, Priority::Visible);
    stage.until(1_000);
    stage.says(ANA, ANA, "online");
    stage.feed_breaks();
    stage.until(3_999);
    let before = ask(&mut stage, ANA);
    assert_eq!(stage.reason(before), Some((3_999, Reason::Quiet)));
    stage.until(4_000);
    assert_eq!(stage.knowledge(ANA), Knowledge::Lapsed(Lapse::Feed));
    let after = ask(&mut stage, ANA);
    assert_eq!(stage.reason(after), Some((4_000, Reason::NoData)));
}

#[test]
fn who_typed_as_the_feed_broke_is_waited_for_until_that_is_over() {
    let mut stage = Stage::with_feed();
    stage.watch(ANA, Priority::Visible);
    stage.until(1_000);
    stage.says(ANA, ANA, "typing");
    let question = ask(&mut stage, ANA);
    stage.feed_breaks();
    stage.until(120_000);
    assert_eq!(stage.reason(question), Some((26_000, Reason::Quiet)), "15 s of typing, 10 s of quiet");
}

#[test]
fn who_hides_whether_they_are_there_is_waited_for_when_seen_typing() {
    let mut stage = Stage::following(Vendor::Waapi, ANA);
    stage.denies(ANA);
    stage.says(ANA, ANA, "typing");
    stage.denies(ANA);
    let question = ask(&mut stage, ANA);
    stage.until(60_000);
    assert_eq!(stage.reason(question), Some((25_000, Reason::Quiet)));
}

#[test]
fn of_too_many_questions_the_last_is_answered_at_once() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    stage.says(ANA, ANA, "typing");
    for _ in 0..4_096 {
        stage.ask(ANA, Question::Message { participant: None }, LONGEST_MS);
    }
    assert_eq!(stage.told.len(), 0);
    let question = ask(&mut stage, ANA);
    assert_eq!(stage.reason(question), Some((0, Reason::MaxWait)));
}

// ---- Groups ---------------------------------------------------------------------------------------------------------------

#[test]
fn a_group_is_quiet_when_everybody_is() {
    let mut stage = Stage::following(Vendor::Waha, TEAM);
    stage.says(TEAM, ANA, "typing");
    stage.says(TEAM, BEN, "recording");
    let question = ask(&mut stage, TEAM);
    stage.until(2_000);
    stage.says(TEAM, ANA, "paused");
    stage.until(6_000);
    stage.says(TEAM, BEN, "paused");
    stage.until(60_000);
    assert_eq!(stage.reason(question), Some((16_000, Reason::Quiet)));
}

#[test]
fn of_a_group_one_participant_may_be_meant() {
    let mut stage = Stage::following(Vendor::Waha, TEAM);
    stage.says(TEAM, ANA, "typing");
    stage.says(TEAM, BEN, "typing");
    let [ana, all] = [ask_of(&mut stage, TEAM, Some(ANA)), ask(&mut stage, TEAM)];
    let nobody = ask_of(&mut stage, TEAM, Some("15550003333@c.us"));
    assert_eq!(stage.reason(nobody), Some((0, Reason::Quiet)), "who never did anything is quiet");
    stage.until(1_000);
    stage.says(TEAM, ANA, "paused");
    stage.writes(TEAM, BEN, 0);
    assert_eq!((stage.answer(ana), stage.reason(all)), (None, Some((1_000, Reason::Message))));
    stage.until(60_000);
    assert_eq!(stage.reason(ana), Some((11_000, Reason::Quiet)));
}

#[test]
fn the_participant_may_be_named_by_an_id_that_turns_out_to_be_another_name() {
    for known_before in [true, false] {
        let mut stage = Stage::following(Vendor::Waha, TEAM);
        stage.says(TEAM, ANA_LID, "typing");
        if known_before {
            stage.alias(ANA_LID, ANA);
        }
        let question = ask_of(&mut stage, TEAM, Some(ANA_LID));
        stage.until(1_000);
        stage.alias(ANA_LID, ANA);
        assert_eq!(stage.answer(question), None);
        stage.until(2_000);
        stage.writes(TEAM, ANA, 0);
        assert_eq!(stage.reason(question), Some((2_000, Reason::Message)), "known before: {known_before}");
    }
}

#[test]
fn a_chat_may_be_asked_for_by_an_id_that_turns_out_to_be_another_name() {
    let mut stage = Stage::new();
    stage.says(ANA_LID, ANA_LID, "typing");
    let question = ask(&mut stage, ANA_LID);
    stage.says(ANA, ANA, "typing");
    stage.until(1_000);
    stage.alias(ANA_LID, ANA);
    stage.until(2_000);
    stage.says(ANA, ANA, "paused");
    stage.until(60_000);
    assert_eq!(stage.reason(question), Some((12_000, Reason::Quiet)));
}
