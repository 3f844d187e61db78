//! What everybody is told of our account: online while somebody claims it, offline when nobody does any more.

use crate::gateway::{Answer, Vendor};
use crate::stage::Stage;
use crate::support::{ANA, BEN};
use wa_presence::machine::Priority;
use wa_presence::machine::error::ErrorCode;

/// The deeds alone.
fn deeds(said: &[(u64, &'static str)]) -> Vec<&'static str> {
    said.iter().map(|(_, deed)| *deed).collect()
}

// ---- Claims ---------------------------------------------------------------------------------------------------------------

#[test]
fn who_claims_nothing_is_said_to_be_nothing() {
    for vendor in [Vendor::Waha, Vendor::Wawp, Vendor::Waapi] {
        let mut stage = Stage::at(vendor);
        stage.watch(ANA, Priority::Visible);
        stage.until(600_000);
        assert_eq!(stage.said_to_all(), []);
        assert_eq!(stage.leave(), []);
    }
}

#[test]
fn a_claim_says_online_and_its_end_says_offline() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.claim(true);
    stage.until(500);
    let state = stage.session.patterns().own.state(stage.now);
    assert_eq!((state.online, state.claimed, state.claimed_elsewhere, state.ghost), (Some(true), true, false, false));
    stage.until(900_000);
    stage.claim(false);
    stage.until(1_800_000);
    assert_eq!(stage.said_to_all(), [(0, "online"), (900_000, "offline")]);
    let state = stage.session.patterns().own.state(stage.now);
    assert_eq!((state.online, state.claimed), (Some(false), false));
}

#[test]
fn each_gateway_is_told_in_its_own_words() {
    let told = |vendor: Vendor| {
        let mut stage = Stage::at(vendor);
        stage.claim(true);
        stage.until(10_000);
        stage.claim(false);
        stage.until(20_000);
        stage.sent.iter().map(|sent| (sent.path.clone(), sent.body.clone().unwrap_or_default())).collect::<Vec<_>>()
    };
    let waha = [r#"{"presence":"online"}"#, r#"{"presence":"offline"}"#];
    assert_eq!(told(Vendor::Waha), waha.map(|body| ("/api/default/presence".to_owned(), body.to_owned())));
    let wawp = ["online", "unavailable"]
        .map(|word| format!(r#"{{"instance_id":"123456789","access_token":"key number 1","presence":"{word}"}}"#));
    assert_eq!(told(Vendor::Wawp), wawp.map(|body| ("/v2/presence".to_owned(), body)));
    let waapi =
        ["available", "unavailable"].map(|word| format!("/v1/instances/123/client/action/send-presence-{word}"));
    assert_eq!(told(Vendor::Waapi), waapi.map(|path| (path, "{}".to_owned())));
}

#[test]
fn who_says_the_same_again_is_said_again() {
    let mut stage = Stage::at(Vendor::Waapi);
    for at in [0, 5_000, 9_000] {
        stage.until(at);
        stage.claim(true);
    }
    stage.until(600_000);
    assert_eq!(stage.said_to_all(), [(0, "online"), (5_000, "online"), (9_000, "online")]);
}

#[test]
fn who_changes_their_mind_while_a_call_is_on_its_way_is_heard_once_it_is_answered() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.delay_ms = 4_000;
    stage.claim(true);
    stage.until(1_000);
    stage.claim(false);
    stage.until(2_000);
    stage.claim(true);
    stage.until(3_000);
    stage.claim(false);
    stage.until(60_000);
    assert_eq!(stage.said_to_all(), [(0, "online"), (4_000, "offline")]);
}

// ---- Other clients of the account -----------------------------------------------------------------------------------------

#[test]
fn nobody_sets_the_account_offline_while_another_client_claims_it() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.claim(true);
    stage.until(10_000);
    stage.others = Some(stage.at_ms(70_000));
    stage.claim(false);
    assert!(stage.session.patterns().own.state(stage.now).claimed_elsewhere);
    stage.until(69_999);
    assert_eq!(stage.said_to_all(), [(0, "online")]);
    stage.until(300_000);
    assert_eq!(stage.said_to_all(), [(0, "online"), (70_000, "offline")], "once that claim ran out");
}

#[test]
fn a_claim_that_another_client_makes_again_holds_on() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.others = Some(stage.at_ms(60_000));
    stage.claim(false);
    stage.until(50_000);
    // Read when the first is due to run out.
    stage.others = Some(stage.at_ms(140_000));
    stage.until(139_999);
    assert_eq!(stage.said_to_all(), []);
    stage.until(200_000);
    assert_eq!(stage.said_to_all(), [(140_000, "offline")]);
}

#[test]
fn a_claim_is_written_down_for_90_s_again_every_30_s_and_taken_back() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.claim(true);
    stage.until(70_000);
    stage.claim(false);
    stage.until(300_000);
    let due: Vec<_> = stage.claims.iter().map(|(at, until)| (*at, until.map(|until| until - at))).collect();
    let stands = |at| (at, Some(90_000));
    // At once, as it leaves in the same moment; and so on.
    assert_eq!(due, [stands(0), stands(30_000), stands(60_000), (70_000, None)]);
}

// ---- Where the gateway forgets --------------------------------------------------------------------------------------------

#[test]
fn a_claim_is_told_again_after_a_reconnect() {
    for claimed in [true, false] {
        let word = if claimed { "online" } else { "offline" };
        let mut stage = Stage::at(Vendor::Waapi);
        stage.claim(claimed);
        stage.until(10_000);
        stage.session_works(false);
        assert_eq!(stage.session.patterns().own.state(stage.now).online, None, "the gateway forgot");
        stage.until(40_000);
        assert_eq!(stage.said_to_all(), [(0, word)], "not to a session that does not work");
        stage.session_works(true);
        stage.until(600_000);
        assert_eq!(stage.said_to_all(), [(0, word), (40_000, word)]);
    }
}

#[test]
fn a_reconnect_that_nobody_saw_makes_us_say_it_again() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.claim(true);
    stage.until(30_000);
    stage.session_works(true);
    stage.until(600_000);
    assert_eq!(stage.said_to_all(), [(0, "online"), (30_000, "online")]);
}

#[test]
fn nobody_waits_for_the_answer_to_what_a_lost_session_was_told() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.delay_ms = 10_000;
    stage.claim(true);
    stage.delay_ms = 100;
    stage.until(1_000);
    stage.session_works(false);
    stage.until(5_000);
    stage.session_works(true);
    stage.until(60_000);
    assert_eq!(stage.said_to_all(), [(0, "online"), (5_000, "online")]);
}

#[test]
fn what_is_claimed_while_the_session_does_not_work_is_told_as_it_does() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.session_works(false);
    stage.until(5_000);
    stage.claim(true);
    stage.until(30_000);
    assert_eq!(stage.said_to_all(), []);
    stage.session_works(true);
    stage.until(600_000);
    assert_eq!(stage.said_to_all(), [(30_000, "online")]);
}

#[test]
fn where_other_calls_mark_us_online_a_claim_is_repeated_every_minute() {
    for vendor in [Vendor::Waha, Vendor::Wawp] {
        let mut stage = Stage::at(vendor);
        stage.claim(true);
        stage.until(200_000);
        assert_eq!(stage.said_to_all(), [0, 60_000, 120_000, 180_000].map(|at| (at, "online")));
    }
}

/// WAHA sets an account offline 25 s after the last call that marked it online, whatever was claimed.
#[test]
fn a_claim_is_told_again_once_what_marked_us_online_ends() {
    let mut stage = Stage::new();
    stage.claim(true);
    stage.until(10_000);
    stage.watch(ANA, Priority::Visible);
    stage.until(40_000);
    assert_eq!(stage.said_to_all(), [(0, "online"), (36_000, "online")]);
    let composer = stage.composer(BEN);
    stage.keystroke(composer);
    stage.until(90_000);
    assert_eq!(stage.said_to_all().get(2), Some(&(71_000, "online")), "26 s after the stop at 45 s");
}

#[test]
fn also_where_both_left_at_once() {
    let mut stage = Stage::new();
    stage.claim(true);
    stage.watch(ANA, Priority::Visible);
    stage.until(50_000);
    assert_eq!(stage.said_to_all(), [(0, "online"), (26_000, "online")]);
}

#[test]
fn waapi_marks_nobody_online_so_that_nothing_is_repeated() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.claim(true);
    stage.watch(ANA, Priority::Visible);
    let composer = stage.composer(BEN);
    stage.keystroke(composer);
    stage.until(200_000);
    assert_eq!(stage.said_to_all(), [(0, "online")]);
}

#[test]
fn an_account_that_is_offline_is_left_to_the_gateway_after_a_call_that_marked_it() {
    let mut stage = Stage::new();
    stage.claim(false);
    stage.until(1_000);
    stage.watch(ANA, Priority::Visible);
    stage.until(200_000);
    assert_eq!(stage.said_to_all(), [(0, "offline")], "WAHA sets it offline by itself");
}

// ---- Failures -------------------------------------------------------------------------------------------------------------

#[test]
fn a_call_that_fails_is_made_again_ever_later_and_told_once() {
    for answer in [Answer::Network, Answer::Broken] {
        let mut stage = Stage::at(Vendor::Waapi);
        stage.always("online", answer);
        stage.claim(true);
        stage.until(200_000);
        let at: Vec<_> = stage.said_to_all().iter().map(|(at, _)| *at).collect();
        let gaps: Vec<_> = at.windows(2).map(|pair| pair[1] - pair[0] - 100).collect();
        let doubled = (1..).map(|n| 1_000_u64 << n).map(|full| full.min(60_000));
        assert!(
            gaps.len() > 5 && gaps.iter().zip(doubled).all(|(gap, full)| (full / 2..=full).contains(gap)),
            "{gaps:?}"
        );
        assert_eq!(stage.errors.len(), 1, "{answer:?}");
        stage.always("online", Answer::Done);
        stage.until(300_000);
        let tries = stage.said_to_all().len();
        stage.until(600_000);
        assert_eq!((stage.said_to_all().len(), tries), (tries, at.len() + 1));
        stage.next("online", answer);
        stage.claim(true);
        stage.until(602_100);
        assert_eq!((stage.said_to_all().len(), stage.errors.len()), (tries + 2, 2), "as if it had never failed before");
    }
}

#[test]
fn after_a_429_it_waits_for_as_long_as_the_gateway_asked() {
    for (wait, again_at) in [(Some(30_000), 30_100), (None, 60_100)] {
        let mut stage = Stage::at(Vendor::Waapi);
        stage.next("online", Answer::TooMany(wait));
        stage.claim(true);
        stage.until(600_000);
        assert_eq!(stage.said_to_all(), [(0, "online"), (again_at, "online")]);
        assert_eq!(stage.errors, [(100, ErrorCode::RateLimited)]);
    }
}

#[test]
fn what_the_gateway_will_not_have_is_told_once_and_tried_again_when_claimed_again() {
    for (answer, code) in [(Answer::Forbidden, ErrorCode::Forbidden), (Answer::Unsupported, ErrorCode::Unsupported)] {
        let mut stage = Stage::new();
        stage.always("online", answer);
        stage.claim(true);
        stage.until(300_000);
        assert_eq!((stage.said_to_all(), stage.errors.as_slice()), (vec![(0, "online")], &[(100, code)][..]));
        stage.claim(true);
        stage.until(600_000);
        assert_eq!(stage.said_to_all(), [(0, "online"), (300_000, "online")]);
    }
}

#[test]
fn a_session_that_turns_out_not_to_work_is_told_when_it_does_and_nobody_hears_of_it() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.works = false;
    stage.next("online", Answer::NotWorking);
    stage.claim(true);
    stage.until(20_000);
    stage.works = true;
    stage.until(200_000);
    let said = stage.said_to_all();
    assert_eq!((deeds(&said), stage.errors.len()), (vec!["online", "online"], 0));
    assert!(said[1].0 > 20_000, "{said:?}");
}

// ---- The page -------------------------------------------------------------------------------------------------------------

#[test]
fn a_page_that_goes_while_it_claims_to_be_online_says_offline() {
    for vendor in [Vendor::Waha, Vendor::Wawp, Vendor::Waapi] {
        let mut stage = Stage::at(vendor);
        stage.claim(true);
        stage.until(10_000);
        let last_words: Vec<_> = stage.leave().iter().map(|sent| sent.deed).collect();
        assert_eq!(last_words, ["offline"]);
        stage.until(100_000);
        assert_eq!(stage.said_to_all(), [(0, "online")], "a page that is gone repeats nothing");
        assert_eq!(stage.leave(), [], "once");
    }
}

#[test]
fn a_page_that_goes_leaves_the_account_to_other_clients_that_claim_it() {
    let mut stage = Stage::new();
    stage.claim(true);
    stage.until(10_000);
    stage.others = Some(stage.at_ms(60_000));
    assert_eq!(stage.leave(), []);
}

#[test]
fn a_page_whose_credential_is_refused_has_no_last_words() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.claim(true);
    stage.until(1_000);
    stage.always("", Answer::Unauthorized);
    stage.watch(ANA, Priority::Visible);
    stage.until(60_000);
    assert_eq!(stage.session.patterns().own.state(stage.now).online, None, "nothing will be heard of it any more");
    assert_eq!(stage.leave(), []);
}

#[test]
fn a_page_that_goes_before_its_offline_is_answered_says_it_again() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.claim(true);
    stage.until(10_000);
    stage.claim(false);
    assert_eq!(deeds(&stage.said_to_all()), ["online", "offline"]);
    let last_words: Vec<_> = stage.leave().iter().map(|sent| sent.deed).collect();
    assert_eq!(last_words, ["offline"], "calls of a page that goes die with it");

    let mut stage = Stage::at(Vendor::Waapi);
    stage.claim(false);
    stage.until(1_000);
    assert_eq!(stage.leave(), [], "it was taken");
}

#[test]
fn a_page_that_comes_back_claims_again_what_it_claimed() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.claim(true);
    stage.until(10_000);
    stage.leave();
    stage.until(20_000);
    stage.come_back();
    stage.until(100_000);
    assert_eq!(stage.said_to_all(), [(0, "online"), (20_000, "online")]);
    assert_eq!(stage.claims.last().map(|(at, until)| (*at, until.is_some())), Some((80_000, true)));
}

#[test]
fn also_where_the_answer_to_its_first_claim_came_after_it_went() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.delay_ms = 3_000;
    stage.claim(true);
    stage.until(1_000);
    assert_eq!(stage.leave().len(), 1);
    stage.until(5_000);
    assert_eq!(stage.session.patterns().own.state(stage.now).online, None, "offline was said after it");
    stage.come_back();
    stage.until(100_000);
    assert_eq!(stage.said_to_all(), [(0, "online"), (5_000, "online")]);
}

#[test]
fn a_page_that_comes_back_without_a_claim_says_nothing() {
    let mut stage = Stage::new();
    stage.leave();
    stage.come_back();
    stage.until(100_000);
    assert_eq!((stage.said_to_all(), stage.leave()), (vec![], vec![]));
}
