//! An account kept unseen, and its price: whoever is shown to nobody is told of nobody.

use crate::gateway::{Answer, Vendor};
use crate::stage::Stage;
use crate::support::{ANA, BEN};
use wa_presence::gateway::Call;
use wa_presence::machine::Priority;
use wa_presence::machine::knowledge::{Hiding, Knowledge, Lapse};
use wa_presence::machine::typing::ActivityKind;
use wa_presence::patterns::question::{Question, Reason};

const RECIPROCITY: Knowledge = Knowledge::Hidden(Hiding::Reciprocity);
const LIVE: Knowledge = Knowledge::Live { vouched: true };

// ---- Unseen ---------------------------------------------------------------------------------------------------------------

#[test]
fn a_ghost_outweighs_every_claim_until_the_last_one_ends() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.claim(true);
    stage.until(1_000);
    stage.haunt(true);
    stage.haunt(true);
    stage.until(5_000);
    stage.claim(true);
    stage.until(8_000);
    stage.haunt(false);
    stage.until(9_000);
    stage.haunt(false);
    stage.until(20_000);
    let said = stage.said_to_all();
    assert_eq!(said.first(), Some(&(0, "online")));
    assert_eq!(said.last(), Some(&(9_000, "online")), "claims count again");
    assert!(said.iter().filter(|(at, _)| (1_000..9_000).contains(at)).all(|(_, deed)| *deed == "offline"), "{said:?}");
}

#[test]
fn a_ghost_minds_no_claim_of_another_client() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.others = Some(stage.at_ms(60_000));
    stage.haunt(true);
    stage.until(1_000);
    assert_eq!(stage.said_to_all(), [(0, "offline")]);
}

#[test]
fn a_ghost_is_hidden_again_2_s_after_a_call_that_showed_it_and_told_so_once() {
    let mut stage = Stage::new();
    stage.haunt(true);
    stage.until(10_000);
    stage.watch(ANA, Priority::Visible);
    stage.until(30_000);
    assert_eq!(stage.said_to_all(), [(0, "offline"), (12_000, "offline")], "a subscription");
    let composer = stage.composer(BEN);
    stage.keystroke(composer);
    stage.until(60_000);
    let said = [0, 12_000, 32_000, 37_000].map(|at| (at, "offline"));
    assert_eq!(stage.said_to_all(), said, "typing, and its end");
    stage.session.call(Call::Get(crate::page::id(BEN)));
    stage.drain();
    stage.until(90_000);
    assert_eq!(stage.said_to_all().last(), Some(&(62_000, "offline")), "a call of the application");
    assert_eq!(stage.said_to_all().len(), 5);
}

#[test]
fn a_ghost_is_hidden_again_after_a_call_that_left_as_it_began() {
    let mut stage = Stage::new();
    stage.haunt(true);
    stage.watch(ANA, Priority::Visible);
    stage.until(30_000);
    assert_eq!(stage.said_to_all(), [(0, "offline"), (2_000, "offline")]);
}

#[test]
fn a_ghost_is_hidden_in_the_middle_of_a_burst_that_does_not_end() {
    let mut stage = Stage::new();
    stage.haunt(true);
    stage.until(10_000);
    for n in 0..40 {
        stage.watch(&format!("1555000{n:04}@c.us"), Priority::Visible);
    }
    stage.until(45_000);
    let hidden: Vec<_> = stage.said_to_all().iter().map(|(at, _)| *at).filter(|at| *at > 0).collect();
    assert_eq!(hidden.first(), Some(&20_000), "10 s after the first call of the burst");
}

#[test]
fn waapi_marks_nobody_online_so_that_a_ghost_is_told_once() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.haunt(true);
    stage.watch(ANA, Priority::Visible);
    let composer = stage.composer(BEN);
    stage.keystroke(composer);
    stage.until(200_000);
    assert_eq!(stage.said_to_all(), [(0, "offline")]);
}

#[test]
fn a_ghost_whose_session_does_not_work_yet_is_hidden_as_it_does() {
    let mut stage = Stage::new();
    stage.session_works(false);
    stage.haunt(true);
    stage.until(10_000);
    assert_eq!(stage.said_to_all(), []);
    stage.session_works(true);
    stage.until(20_000);
    assert_eq!(stage.said_to_all(), [(10_000, "offline")]);
}

#[test]
fn a_ghost_that_could_not_be_hidden_is_tried_again() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.next("offline", Answer::Network);
    stage.haunt(true);
    stage.until(60_000);
    assert_eq!((stage.said_to_all().len(), stage.errors.len()), (2, 1));
}

#[test]
fn once_a_ghost_ended_calls_that_show_us_are_left_to_the_gateway() {
    let mut stage = Stage::new();
    stage.haunt(true);
    stage.until(10_000);
    stage.haunt(false);
    stage.watch(ANA, Priority::Visible);
    stage.until(60_000);
    assert_eq!(stage.said_to_all(), [(0, "offline")]);
}

#[test]
fn a_ghost_that_goes_has_nothing_to_say() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.claim(true);
    stage.until(1_000);
    stage.haunt(true);
    stage.until(2_000);
    assert_eq!(stage.leave(), []);
}

// ---- The price ------------------------------------------------------------------------------------------------------------

/// Somebody watches her, and she was seen online at 1 s.
fn knowing_ana() -> Stage {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.watch(ANA, Priority::Visible);
    stage.until(1_000);
    stage.says(ANA, ANA, "online");
    assert_eq!(stage.knowledge(ANA), LIVE);
    stage
}

#[test]
fn while_we_are_offline_others_are_hidden_one_lease_after_what_was_last_heard_of_them() {
    for ghost in [false, true] {
        let mut stage = knowing_ana();
        stage.until(2_000);
        if ghost {
            stage.haunt(true)
        } else {
            stage.claim(false)
        }
        stage.until(300_999);
        assert_eq!(stage.knowledge(ANA), LIVE, "what was heard holds for one lease");
        stage.until(301_000);
        assert_eq!(stage.knowledge(ANA), RECIPROCITY);
    }
}

#[test]
fn what_is_heard_all_the_same_is_believed_for_another_lease() {
    let mut stage = knowing_ana();
    stage.claim(false);
    stage.until(200_000);
    stage.says(ANA, ANA, "offline");
    stage.until(499_999);
    assert_eq!(stage.knowledge(ANA), LIVE);
    stage.until(520_000);
    assert_eq!(stage.knowledge(ANA), RECIPROCITY);
    stage.says(ANA, ANA, "online");
    assert_eq!(stage.knowledge(ANA), LIVE, "heard is heard");
}

#[test]
fn who_is_watched_while_we_are_offline_is_hidden_from_the_first() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.claim(false);
    stage.until(1_000);
    stage.watch(ANA, Priority::Visible);
    stage.until(2_000);
    assert_eq!(stage.knowledge(ANA), RECIPROCITY);
    stage.says(ANA, ANA, "typing");
    let machine = stage.session.machine();
    let doing = machine.find(ANA).and_then(|key| machine.raw_activity(key, ANA)).map(|activity| activity.kind);
    assert_eq!(doing, Some(ActivityKind::Typing), "what they do is shown whatever is known of where they are");
}

#[test]
fn who_comes_online_again_asks_again_and_is_told() {
    let mut stage = knowing_ana();
    stage.claim(false);
    stage.until(400_000);
    assert_eq!(stage.knowledge(ANA), RECIPROCITY);
    let asked = stage.count("subscribe");
    stage.claim(true);
    stage.until(401_000);
    assert_eq!(stage.count("subscribe"), asked + 1, "only then the present state is told");
    assert!(!matches!(stage.knowledge(ANA), Knowledge::Hidden(_)), "{:?}", stage.knowledge(ANA));
    stage.says(ANA, ANA, "offline");
    assert_eq!(stage.knowledge(ANA), LIVE);
}

#[test]
fn a_ghost_that_ends_keeps_nothing_from_anybody() {
    let mut stage = knowing_ana();
    stage.haunt(true);
    stage.until(400_000);
    assert_eq!(stage.knowledge(ANA), RECIPROCITY);
    let asked = stage.count("subscribe");
    stage.haunt(false);
    stage.until(401_000);
    assert_eq!(stage.count("subscribe"), asked + 1);
    assert!(!matches!(stage.knowledge(ANA), Knowledge::Hidden(_)), "{:?}", stage.knowledge(ANA));
}

#[test]
fn a_claim_that_the_gateway_did_not_take_ends_nothing() {
    let mut stage = knowing_ana();
    stage.claim(false);
    stage.until(400_000);
    stage.always("online", Answer::Network);
    stage.claim(true);
    stage.until(410_000);
    assert_eq!(stage.knowledge(ANA), RECIPROCITY);
}

#[test]
fn a_ghost_that_ends_while_we_are_offline_anyway_ends_nothing() {
    let mut stage = knowing_ana();
    stage.claim(false);
    stage.until(2_000);
    stage.haunt(true);
    stage.until(3_000);
    stage.haunt(false);
    stage.until(400_000);
    assert_eq!(stage.knowledge(ANA), RECIPROCITY, "the gateway was told that we are offline, and nothing since");
}

#[test]
fn a_lost_session_says_more_than_our_being_offline() {
    let mut stage = knowing_ana();
    stage.claim(false);
    stage.until(400_000);
    stage.session_works(false);
    assert_eq!(stage.knowledge(ANA), Knowledge::Lapsed(Lapse::Session));
}

#[test]
fn nobody_waits_for_somebody_of_whom_they_will_not_be_told() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.claim(false);
    stage.until(1_000);
    let online = stage.ask(ANA, Question::Online, 3_600_000);
    let routing = stage.ask(BEN, Question::Routing { max_age_ms: 30_000 }, 3_000);
    stage.until(10_000);
    for question in [online, routing] {
        let (at, answer) = stage.answer(question).expect("an answer");
        assert_eq!((at, answer.reason), (1_000, Reason::Withheld));
    }
}
