//! Where to send a conversation: by what is known, if that is young or vouched for, and else by one question.

use crate::gateway::{Answer, Vendor};
use crate::stage::Stage;
use crate::support::{ANA, BEN};
use wa_presence::machine::Priority;
use wa_presence::machine::knowledge::Knowledge;
use wa_presence::patterns::question::{Question, QuestionId, Reason};

const MAX_AGE_MS: u64 = 30_000;
const MAX_WAIT_MS: u64 = 3_000;

fn route(stage: &mut Stage, chat: &str) -> QuestionId {
    stage.ask(chat, Question::Routing { max_age_ms: MAX_AGE_MS }, MAX_WAIT_MS)
}

/// When it was answered, why so, and how old that is.
fn answered(stage: &Stage, question: QuestionId) -> (u64, Reason, Option<u64>) {
    let (at, answer) = stage.answer(question).expect("an answer");
    (at, answer.reason, answer.age_ms)
}

// ---- What is known --------------------------------------------------------------------------------------------------------

#[test]
fn who_was_seen_a_moment_ago_goes_to_a_human_at_once_and_costs_nothing() {
    let mut stage = Stage::new();
    stage.says(ANA, ANA, "online");
    stage.until(10_000);
    let question = route(&mut stage, ANA);
    assert_eq!(answered(&stage, question), (10_000, Reason::Online, Some(10_000)));
    stage.until(20_000);
    assert_eq!(stage.sent, []);
}

#[test]
fn who_writes_is_there() {
    let mut stage = Stage::new();
    stage.writes(ANA, ANA, 0);
    stage.until(30_000);
    let question = route(&mut stage, ANA);
    assert_eq!(answered(&stage, question), (30_000, Reason::Online, Some(30_000)), "the typical hand-over");
    assert_eq!(stage.count("subscribe"), 0);
}

#[test]
fn who_went_is_not_there() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    stage.says(ANA, ANA, "offline");
    stage.until(5_000);
    let question = route(&mut stage, ANA);
    assert_eq!(answered(&stage, question), (5_000, Reason::Offline, Some(5_000)));
}

#[test]
fn an_offline_that_may_be_hiding_says_nothing_and_more_will_not_come() {
    let mut stage = Stage::new();
    stage.watch(ANA, Priority::Visible);
    stage.until(500);
    stage.says(ANA, ANA, "offline");
    stage.until(1_000);
    let question = route(&mut stage, ANA);
    assert_eq!(answered(&stage, question), (1_000, Reason::NoData, Some(500)));
}

#[test]
fn what_a_lease_vouches_for_counts_however_old() {
    for (word, reason) in [("online", Reason::Online), ("offline", Reason::Offline)] {
        let mut stage = Stage::following(Vendor::Waha, ANA);
        stage.says(ANA, ANA, word);
        stage.until(3_600_000);
        let question = route(&mut stage, ANA);
        assert_eq!(answered(&stage, question), (3_600_000, reason, Some(3_600_000)), "any change would have been told");
        let calls = stage.count("subscribe");
        stage.until(3_603_000);
        assert_eq!(stage.count("subscribe"), calls);
    }
}

// ---- One question ---------------------------------------------------------------------------------------------------------

#[test]
fn of_whom_nothing_is_known_the_gateway_is_asked_once_and_given_3_s() {
    let mut stage = Stage::new();
    let question = route(&mut stage, ANA);
    assert_eq!(stage.count("subscribe"), 1, "at once: somebody works in it");
    stage.until(2_999);
    assert_eq!(stage.answer(question), None);
    stage.until(60_000);
    assert_eq!(answered(&stage, question), (3_000, Reason::NoData, None));
    assert_eq!((stage.count("subscribe"), stage.knowledge(ANA)), (1, Knowledge::Unwatched));
}

#[test]
fn what_it_answers_decides() {
    for (vendor, word, reason) in [
        (Vendor::Waha, "online", Reason::Online),
        (Vendor::Wawp, "online", Reason::Online),
        (Vendor::Waapi, "online", Reason::Online),
        (Vendor::Waha, "offline", Reason::NoData),
    ] {
        let mut stage = Stage::at(vendor);
        let question = route(&mut stage, ANA);
        stage.until(700);
        stage.says(ANA, ANA, word);
        assert_eq!(answered(&stage, question), (700, reason, Some(0)), "{vendor:?}: {word}");
        stage.until(60_000);
        assert_eq!(stage.count("subscribe"), 1);
    }
}

#[test]
fn who_wrote_too_long_ago_is_asked_for() {
    let mut stage = Stage::new();
    stage.writes(ANA, ANA, 0);
    stage.until(30_001);
    let question = route(&mut stage, ANA);
    assert_eq!((stage.answer(question), stage.count("subscribe")), (None, 1));
    stage.until(60_000);
    assert_eq!(answered(&stage, question), (33_001, Reason::NoData, Some(33_001)), "old, and nothing newer came");
}

#[test]
fn who_begins_to_type_meanwhile_is_there() {
    let mut stage = Stage::new();
    stage.writes(ANA, ANA, 0);
    stage.until(40_000);
    let question = route(&mut stage, ANA);
    stage.until(41_000);
    stage.says(ANA, ANA, "typing");
    assert_eq!(answered(&stage, question), (41_000, Reason::Online, Some(0)));
}

/// Wawp's leases are certain for 20 s and gone after 60 s.
#[test]
fn what_a_lease_no_longer_vouches_for_is_asked_for_again() {
    let mut stage = Stage::following(Vendor::Wawp, ANA);
    stage.always("subscribe", Answer::Network);
    stage.until(35_000);
    assert_eq!(stage.knowledge(ANA), Knowledge::Live { vouched: false });
    let question = route(&mut stage, ANA);
    assert_eq!(stage.answer(question), None);
    stage.until(36_000);
    stage.says(ANA, ANA, "offline");
    assert_eq!(answered(&stage, question), (36_000, Reason::Offline, Some(0)));
}

#[test]
fn a_chat_that_is_asked_for_already_is_not_asked_for_again() {
    let mut stage = Stage::new();
    stage.watch(ANA, Priority::Visible);
    stage.until(50);
    let question = route(&mut stage, ANA);
    stage.until(60_000);
    assert_eq!((answered(&stage, question).1, stage.count("subscribe")), (Reason::NoData, 1));
}

#[test]
fn several_who_ask_at_once_cost_one_call() {
    let mut stage = Stage::new();
    let questions: Vec<_> = (0..10).map(|_| route(&mut stage, ANA)).collect();
    stage.until(500);
    stage.says(ANA, ANA, "online");
    assert!(questions.iter().all(|question| answered(&stage, *question).1 == Reason::Online));
    stage.until(60_000);
    assert_eq!(stage.count("subscribe"), 1);
}

#[test]
fn whoever_is_to_be_routed_goes_before_all_that_are_only_looked_at() {
    let mut stage = Stage::new();
    for n in 0..40 {
        stage.watch(&format!("1555000{n:04}@c.us"), Priority::Visible);
    }
    stage.until(1_000);
    route(&mut stage, ANA);
    stage.until(1_100);
    assert!(stage.count("subscribe") < 20, "most of them wait for their turn");
    assert!(stage.sent.iter().any(|sent| sent.chat == ANA), "it does not");
}

// ---- What is withheld -----------------------------------------------------------------------------------------------------

#[test]
fn who_hides_is_withheld() {
    let mut stage = Stage::at(Vendor::Waapi);
    let question = route(&mut stage, ANA);
    stage.until(800);
    stage.denies(ANA);
    assert_eq!(answered(&stage, question), (800, Reason::Withheld, None));
    let again = route(&mut stage, ANA);
    assert_eq!(answered(&stage, again), (800, Reason::Withheld, None), "known by now");
}

#[test]
fn whom_the_gateway_refuses_is_withheld() {
    for answer in [Answer::NotFound, Answer::Unsupported] {
        let mut stage = Stage::new();
        stage.always("subscribe", answer);
        let question = route(&mut stage, ANA);
        stage.until(60_000);
        assert_eq!(answered(&stage, question), (100, Reason::Withheld, None), "{answer:?}");
        assert_eq!(stage.count("subscribe"), 1);
    }
}

#[test]
fn who_hides_but_writes_is_there() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.denies(ANA);
    stage.writes(ANA, ANA, 0);
    let question = route(&mut stage, ANA);
    assert_eq!(answered(&stage, question).1, Reason::Online);
}

#[test]
fn a_gateway_that_is_out_of_reach_costs_3_s_and_no_more() {
    for answer in [Answer::Network, Answer::Broken, Answer::TooMany(None), Answer::NotWorking, Answer::Timeout] {
        let mut stage = Stage::new();
        stage.always("subscribe", answer);
        let question = route(&mut stage, ANA);
        stage.until(60_000);
        assert_eq!(answered(&stage, question), (3_000, Reason::NoData, None), "{answer:?}");
        println!("{answer:?} {}", stage.count("subscribe"));
    }
}

#[test]
fn a_lost_session_makes_nobody_offline() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    stage.says(ANA, ANA, "offline");
    stage.session_works(false);
    let question = route(&mut stage, ANA);
    stage.until(60_000);
    assert_eq!(answered(&stage, question).1, Reason::NoData);
    assert_eq!(stage.count("subscribe"), 0, "nothing can be asked");
}

#[test]
fn another_chat_is_another_matter() {
    let mut stage = Stage::following(Vendor::Waha, ANA);
    let question = route(&mut stage, BEN);
    stage.until(60_000);
    assert_eq!(answered(&stage, question).1, Reason::NoData);
}

#[test]
fn a_gateway_that_fails_is_asked_once_and_no_more() {
    for answer in [Answer::Network, Answer::Broken, Answer::TooMany(None)] {
        let mut stage = Stage::new();
        stage.always("subscribe", answer);
        let question = route(&mut stage, ANA);
        stage.until(120_000);
        assert_eq!(answered(&stage, question), (3_000, Reason::NoData, None), "{answer:?}");
        assert_eq!(stage.count("subscribe"), 1, "{answer:?}");
    }
}
