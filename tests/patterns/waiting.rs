//! Waiting for somebody: until they write, until they are there. Nobody waits where it is in vain, and nobody for ever.

use crate::gateway::{Answer, Vendor};
use crate::page::id;
use crate::stage::Stage;
use crate::support::{ANA, ANA_LID, BEN, TEAM};
use wa_presence::machine::guard::Guard;
use wa_presence::machine::knowledge::{Knowledge, Wait};
use wa_presence::machine::{Config, Priority};
use wa_presence::patterns::question::{Question, QuestionId, Reason};

const HOUR_MS: u64 = 3_600_000;

fn message(stage: &mut Stage, chat: &str, participant: Option<&str>) -> QuestionId {
    stage.ask(chat, Question::Message { participant: participant.map(id) }, 60_000)
}

fn online(stage: &mut Stage, chat: &str) -> QuestionId {
    stage.ask(chat, Question::Online, HOUR_MS)
}

// ---- Until they write -----------------------------------------------------------------------------------------------------

#[test]
fn who_waits_for_a_message_is_answered_as_it_comes() {
    for vendor in [Vendor::Waha, Vendor::Wawp, Vendor::Waapi] {
        let mut stage = Stage::at(vendor);
        let question = message(&mut stage, ANA, None);
        stage.until(5_000);
        stage.says(ANA, ANA, "typing");
        stage.acknowledges(ANA, 3);
        stage.writes(BEN, BEN, 0);
        assert_eq!(stage.answer(question), None);
        stage.until(9_000);
        stage.writes(ANA, ANA, 0);
        assert_eq!(stage.reason(question), Some((9_000, Reason::Message)), "{vendor:?}");
        assert_eq!(stage.count("subscribe"), 0, "it asks nothing of the gateway");
    }
}

#[test]
fn who_waits_in_vain_for_a_message_is_told_so_after_the_longest_wait() {
    let mut stage = Stage::new();
    let question = message(&mut stage, ANA, None);
    stage.until(1_000);
    stage.writes(ANA, ANA, 40_000);
    assert_eq!(stage.answer(question), None, "an old one");
    stage.until(120_000);
    assert_eq!(stage.reason(question), Some((60_000, Reason::MaxWait)));
}

#[test]
fn of_a_group_the_message_of_one_participant_may_be_meant() {
    let mut stage = Stage::new();
    let [ana, anybody] = [message(&mut stage, TEAM, Some(ANA_LID)), message(&mut stage, TEAM, None)];
    stage.until(1_000);
    stage.writes(TEAM, BEN, 0);
    assert_eq!((stage.answer(ana), stage.reason(anybody)), (None, Some((1_000, Reason::Message))));
    stage.alias(ANA_LID, ANA);
    stage.until(2_000);
    stage.writes(TEAM, ANA, 0);
    assert_eq!(stage.reason(ana), Some((2_000, Reason::Message)), "by any of her ids");
}

// ---- Until they are there -------------------------------------------------------------------------------------------------

#[test]
fn who_is_known_to_be_there_is_not_waited_for() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    stage.until(4_000);
    let question = online(&mut stage, ANA);
    let (at, answer) = stage.answer(question).expect("an answer");
    assert_eq!((at, answer.reason, answer.waited_ms, answer.age_ms), (4_000, Reason::Online, 0, Some(4_500)));
    assert_eq!(stage.count("subscribe"), 0);
}

#[test]
fn who_is_waited_for_is_watched_and_the_answer_comes_with_them() {
    for arrives in [
        (|stage: &mut Stage| stage.says(ANA, ANA, "online")) as fn(&mut Stage),
        |stage| stage.says(ANA, ANA, "typing"),
        |stage| stage.says(ANA, ANA, "recording"),
        |stage| stage.writes(ANA, ANA, 0),
    ] {
        let mut stage = Stage::new();
        let question = online(&mut stage, ANA);
        stage.until(1_000);
        assert_eq!((stage.count("subscribe"), stage.knowledge(ANA)), (1, Knowledge::Waiting(Wait::Asked)));
        stage.says(ANA, ANA, "offline");
        stage.until(20_000);
        assert_eq!(stage.answer(question), None);
        arrives(&mut stage);
        assert_eq!(stage.reason(question), Some((20_000, Reason::Online)));
        stage.until(26_000);
        assert_eq!(
            (stage.count("subscribe"), stage.knowledge(ANA)),
            (1, Knowledge::Unwatched),
            "nobody watches any more"
        );
    }
}

#[test]
fn the_watch_of_a_question_ends_with_its_withdrawal() {
    let mut stage = Stage::new();
    let question = online(&mut stage, ANA);
    stage.until(1_000);
    stage.withdraw(question);
    stage.until(6_500);
    assert_eq!(stage.knowledge(ANA), Knowledge::Unwatched);
    stage.says(ANA, ANA, "online");
    stage.until(HOUR_MS);
    assert_eq!((stage.answer(question), stage.count("subscribe")), (None, 1));
}

#[test]
fn a_question_withdrawn_at_once_costs_no_call() {
    let mut stage = Stage::with(Vendor::Waha, false, Config { burst: 0, ..Config::default() });
    stage.watch(BEN, Priority::Visible);
    let question = online(&mut stage, ANA);
    stage.withdraw(question);
    stage.until(60_000);
    assert!(stage.sent.iter().all(|sent| sent.chat != ANA));
}

#[test]
fn a_watch_of_the_application_outlives_that_of_a_question() {
    let mut stage = Stage::new();
    stage.watch(ANA, Priority::Background);
    let question = online(&mut stage, ANA);
    stage.until(1_000);
    stage.says(ANA, ANA, "online");
    assert!(stage.answer(question).is_some());
    stage.until(60_000);
    assert_eq!(stage.knowledge(ANA), Knowledge::Live { vouched: true });
}

#[test]
fn who_hides_is_not_waited_for() {
    let mut known = Stage::at(Vendor::Waapi);
    known.denies(ANA);
    let question = online(&mut known, ANA);
    assert_eq!(known.reason(question), Some((0, Reason::Withheld)), "it was known before");
    let mut learned = Stage::at(Vendor::Waapi);
    let question = online(&mut learned, ANA);
    learned.until(2_000);
    learned.denies(ANA);
    assert_eq!(learned.reason(question), Some((2_000, Reason::Withheld)));
}

#[test]
fn whom_the_gateway_or_a_guard_refuses_is_not_waited_for() {
    let mut unknown = Stage::new();
    unknown.always("subscribe", Answer::NotFound);
    let question = online(&mut unknown, ANA);
    unknown.until(1_000);
    assert_eq!(unknown.reason(question), Some((100, Reason::Withheld)));
    let mut guarded = Stage::with(Vendor::Waha, false, Config { guard: Guard::Strict, ..Config::default() });
    let question = online(&mut guarded, ANA);
    assert_eq!(guarded.reason(question), Some((0, Reason::Withheld)), "nobody wrote within the 24 h window");
    let mut full = Stage::with(Vendor::Waha, false, Config { max_watched: 1, ..Config::default() });
    full.watch(BEN, Priority::Visible);
    let question = online(&mut full, ANA);
    assert_eq!(full.reason(question), Some((0, Reason::Withheld)), "more are watched than may be");
}

#[test]
fn who_wrote_within_24_h_passes_a_strict_guard() {
    let mut stage = Stage::with(Vendor::Waha, false, Config { guard: Guard::Strict, ..Config::default() });
    stage.writes(ANA, ANA, 86_000_000);
    let question = online(&mut stage, ANA);
    stage.until(1_000);
    assert_eq!((stage.answer(question), stage.count("subscribe")), (None, 1));
}

#[test]
fn of_whom_nothing_is_heard_for_30_s_nothing_will_be() {
    let mut stage = Stage::new();
    let question = online(&mut stage, ANA);
    stage.until(HOUR_MS);
    assert_eq!(stage.reason(question), Some((30_000, Reason::NoData)));
    assert_eq!(stage.count("subscribe"), 1);
}

#[test]
fn who_does_not_come_is_waited_for_so_long_and_no_longer() {
    let mut stage = Stage::new();
    let question = online(&mut stage, ANA);
    stage.until(1_000);
    stage.says(ANA, ANA, "offline");
    stage.until(2 * HOUR_MS);
    assert_eq!(stage.reason(question), Some((HOUR_MS, Reason::MaxWait)));
    let calls = stage.count("subscribe");
    stage.until(4 * HOUR_MS);
    assert_eq!(stage.count("subscribe"), calls);
}

#[test]
fn a_lost_session_is_waited_out() {
    let mut stage = Stage::new();
    stage.session_works(false);
    let question = online(&mut stage, ANA);
    stage.until(60_000);
    assert_eq!((stage.answer(question), stage.count("subscribe")), (None, 0));
    stage.session_works(true);
    stage.until(61_000);
    stage.says(ANA, ANA, "online");
    assert_eq!(stage.reason(question), Some((61_000, Reason::Online)));
}

#[test]
fn a_feed_that_breaks_is_waited_out() {
    let mut stage = Stage::with_feed();
    let question = online(&mut stage, ANA);
    stage.until(1_000);
    stage.says(ANA, ANA, "offline");
    stage.feed_breaks();
    stage.until(100_000);
    assert_eq!(stage.answer(question), None);
    stage.socket = true;
    stage.until(140_000);
    stage.says(ANA, ANA, "online");
    assert_eq!(stage.reason(question), Some((140_000, Reason::Online)));
}

#[test]
fn whoever_is_waited_for_by_a_hidden_id_may_come_under_their_number() {
    let mut stage = Stage::new();
    let question = online(&mut stage, ANA_LID);
    stage.until(1_000);
    stage.alias(ANA_LID, ANA);
    stage.says(ANA, ANA, "online");
    assert_eq!(stage.reason(question), Some((1_000, Reason::Online)));
    stage.until(10_000);
    assert_eq!(stage.knowledge(ANA), Knowledge::Unwatched);
}

#[test]
fn whoever_comes_under_their_number_first_is_found_as_the_ids_turn_out_to_be_one() {
    let mut stage = Stage::new();
    stage.watch(ANA, Priority::Visible);
    stage.until(500);
    stage.says(ANA, ANA, "online");
    let question = online(&mut stage, ANA_LID);
    stage.until(1_000);
    assert_eq!(stage.answer(question), None);
    stage.alias(ANA_LID, ANA);
    assert_eq!(stage.reason(question), Some((1_000, Reason::Online)));
}
