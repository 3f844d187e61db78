//! What becomes of typing where the session, the credential or the page is lost, and where there is no room for another call.

use crate::gateway::Answer;
use crate::stage::Stage;
use crate::support::{ANA, BEN};
use wa_presence::machine::error::ErrorCode;
use wa_presence::machine::typing::ActivityKind;
use wa_presence::patterns::composer::ComposerId;

/// What the composer's chat is shown.
fn shows(stage: &Stage, composer: ComposerId) -> Option<ActivityKind> {
    stage.session.patterns().composers.shows(composer)
}

// ---- The session and the credential ---------------------------------------------------------------------------------------

#[test]
fn a_session_lost_mid_typing_shows_nothing_and_is_asked_nothing_until_it_works_again() {
    let mut stage = Stage::new();
    let composer = stage.composer(ANA);
    stage.work(composer);
    stage.until(3_000);
    stage.session_works(false);
    assert_eq!(shows(&stage, composer), None);
    stage.until(12_000);
    stage.session_works(true);
    stage.until(15_000);
    stage.stop(composer);
    stage.until(60_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing"), (12_000, "typing"), (15_000, "stop")]);
}

#[test]
fn who_stopped_while_the_session_was_lost_is_not_stopped_again() {
    let mut stage = Stage::new();
    let composer = stage.composer(ANA);
    stage.keystroke(composer);
    stage.until(3_000);
    stage.session_works(false);
    stage.until(9_000);
    stage.session_works(true);
    stage.until(60_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing")]);
}

#[test]
fn a_start_that_finds_the_session_not_working_is_made_when_it_works() {
    let mut stage = Stage::new();
    stage.works = false;
    stage.next("typing", Answer::NotWorking);
    let composer = stage.composer(ANA);
    stage.work(composer);
    stage.until(5_000);
    assert_eq!((stage.said_in(ANA).len(), shows(&stage, composer)), (1, None));
    stage.works = true;
    stage.until(50_000);
    assert_eq!(shows(&stage, composer), Some(ActivityKind::Typing), "it was asked how it is");
    stage.stop(composer);
    stage.until(60_000);
    assert_eq!(stage.said_in(ANA).last(), Some(&(50_000, "stop")));
    assert_eq!(stage.errors, []);
}

/// WAHA holds a call for up to 15 s while its session does not work.
#[test]
fn a_start_that_was_held_over_a_loss_and_made_after_it_is_stopped() {
    for answer in [Answer::Done, Answer::Timeout] {
        let mut stage = Stage::new();
        stage.delay_ms = 6_000;
        stage.next("typing", answer);
        let composer = stage.composer(ANA);
        stage.keystroke(composer);
        stage.until(1_000);
        stage.session_works(false);
        stage.until(4_000);
        stage.session_works(true);
        stage.until(120_000);
        let stopped_at = if answer == Answer::Done { 6_000 } else { 20_000 };
        assert_eq!(stage.said_in(ANA), [(0, "typing"), (stopped_at, "stop")], "{answer:?}");
    }
}

#[test]
fn a_start_refused_for_its_credential_is_made_with_the_next() {
    let mut stage = Stage::new();
    stage.next("typing", Answer::Unauthorized);
    let composer = stage.composer(ANA);
    stage.keystroke(composer);
    stage.until(60_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing"), (1_100, "typing"), (5_000, "stop")]);
}

#[test]
fn a_stop_refused_for_its_credential_is_made_with_the_next() {
    let mut stage = Stage::new();
    stage.next("stop", Answer::Unauthorized);
    let composer = stage.composer(ANA);
    stage.keystroke(composer);
    stage.until(60_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing"), (5_000, "stop"), (6_100, "stop")]);
    assert_eq!((shows(&stage, composer), stage.errors.len()), (None, 0));
}

#[test]
fn where_the_credential_is_refused_for_good_nothing_is_shown_and_nothing_asked() {
    let mut stage = Stage::new();
    let [ana, ben] = [ANA, BEN].map(|chat| stage.composer(chat));
    stage.work(ana);
    stage.until(500);
    stage.always("", Answer::Unauthorized);
    stage.work(ben);
    stage.until(60_000);
    assert_eq!(stage.said_in(BEN), [(500, "typing"), (1_600, "typing")], "with the old and with a new one");
    assert_eq!([ana, ben].map(|composer| shows(&stage, composer)), [None, None]);
    assert_eq!(stage.errors, [(1_700, ErrorCode::Unauthorized)]);
    assert_eq!(stage.session.poll_timeout(stage.now), None);
}

// ---- The page -------------------------------------------------------------------------------------------------------------

#[test]
fn a_page_that_goes_mid_typing_says_one_stop_for_each_chat_that_is_shown_something() {
    let mut stage = Stage::new();
    let [ana, bot, ben] = [ANA, ANA, BEN].map(|chat| stage.composer(chat));
    stage.work(ana);
    stage.work(bot);
    stage.until(4_000);
    stage.record(ben);
    let last_words = stage.leave();
    let said: Vec<_> = last_words.iter().map(|sent| (sent.deed, sent.chat.as_str())).collect();
    assert_eq!(said, [("stop", ANA), ("stop", BEN)], "also for the start that is still on its way");
    stage.until(120_000);
    assert_eq!((stage.said_in(ANA), stage.said_in(BEN)), (vec![(0, "typing")], vec![(4_000, "recording")]));
    assert_eq!(stage.leave(), [], "once");
}

#[test]
fn a_page_that_goes_while_nothing_is_shown_says_nothing() {
    let mut stage = Stage::new();
    let [ana, ben] = [ANA, BEN].map(|chat| stage.composer(chat));
    stage.keystroke(ana);
    stage.until(8_000);
    stage.next("typing", Answer::TooMany(None));
    stage.work(ben);
    stage.until(9_000);
    assert_eq!(stage.leave(), []);
}

#[test]
fn a_page_that_comes_back_composes_anew_whatever_became_of_its_last_calls() {
    let mut stage = Stage::new();
    stage.delay_ms = 2_000;
    let composer = stage.composer(ANA);
    stage.next("typing", Answer::TooMany(None));
    stage.keystroke(composer);
    stage.until(500);
    assert_eq!(stage.leave().len(), 1);
    stage.come_back();
    stage.until(1_500);
    stage.keystroke(composer);
    stage.until(2_500);
    assert_eq!(
        shows(&stage, composer),
        Some(ActivityKind::Typing),
        "the answer to the first call is not one to the second"
    );
    stage.stop(composer);
    stage.until(120_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing"), (1_500, "typing"), (3_500, "stop")]);
}

#[test]
fn a_tab_that_was_frozen_mid_typing_stops_as_it_wakes() {
    let mut stage = Stage::new();
    let composer = stage.composer(ANA);
    stage.keystroke(composer);
    stage.until(1_000);
    stage.sleep_until(90_000);
    assert_eq!(shows(&stage, composer), Some(ActivityKind::Typing), "on its way");
    stage.until(100_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing"), (90_000, "stop")]);
}

#[test]
fn a_client_that_is_closed_calls_nothing_any_more() {
    let mut stage = Stage::new();
    let composer = stage.composer(ANA);
    stage.keystroke(composer);
    stage.until(1_000);
    assert_eq!(stage.leave().len(), 1);
    stage.session.close(stage.now);
    stage.keystroke(composer);
    stage.until(60_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing")]);
}

// ---- The budget -----------------------------------------------------------------------------------------------------------

#[test]
fn starts_wait_for_the_budget_of_60_calls_in_62_s_and_stops_do_not() {
    let mut stage = Stage::new();
    let chats: Vec<String> = (0..70).map(|n| format!("1555000{n:04}@c.us")).collect();
    let composers: Vec<_> = chats.iter().map(|chat| stage.composer(chat)).collect();
    for composer in &composers {
        stage.keystroke(*composer);
    }
    stage.until(4_000);
    assert_eq!((stage.count("typing"), stage.errors.len()), (60, 0));
    for composer in &composers[..30] {
        stage.stop(*composer);
    }
    assert_eq!(stage.count("stop"), 30, "at once");
    let waiting = composers[65];
    stage.until(80_000);
    assert_eq!(stage.said_in(&chats[65]), [], "who gave up meanwhile is not shown");
    stage.work(waiting);
    stage.until(200_000);
    assert_eq!(stage.said_in(&chats[65]).first(), Some(&(80_000, "typing")));
}

#[test]
fn who_waited_for_the_budget_and_still_composes_is_shown_as_soon_as_there_is_room() {
    let mut stage = Stage::new();
    let chats: Vec<String> = (0..60).map(|n| format!("1555000{n:04}@c.us")).collect();
    for chat in &chats {
        let composer = stage.composer(chat);
        stage.keystroke(composer);
        stage.stop(composer);
    }
    stage.until(10_000);
    let last = stage.composer(ANA);
    stage.work(last);
    stage.until(69_000);
    let room_at = 62_100;
    assert_eq!(stage.said_in(ANA).first(), Some(&(room_at, "typing")), "62 s after the first of the last 60 calls");
}
