//! What becomes of typing where the gateway refuses, fails or is lost, and where the page goes.

use crate::gateway::{Answer, Vendor};
use crate::stage::Stage;
use crate::support::{ANA, BEN};
use wa_presence::machine::error::ErrorCode;
use wa_presence::machine::typing::ActivityKind;
use wa_presence::patterns::composer::ComposerId;

/// What the composer's chat is shown.
fn shows(stage: &Stage, composer: ComposerId) -> Option<ActivityKind> {
    stage.session.patterns().composers.shows(composer)
}

// ---- Starts ---------------------------------------------------------------------------------------------------------------

#[test]
fn a_start_that_may_have_arrived_is_stopped() {
    for (answer, stopped_at) in [(Answer::Network, 5_000), (Answer::Broken, 5_000), (Answer::Timeout, 20_000)] {
        let mut stage = Stage::new();
        stage.next("typing", answer);
        let composer = stage.composer(ANA);
        stage.keystroke(composer);
        stage.until(60_000);
        assert_eq!(stage.said_in(ANA), [(0, "typing"), (stopped_at, "stop")], "{answer:?}");
        assert_eq!(stage.errors, [], "{answer:?}: nobody need hear of it");
    }
}

#[test]
fn a_start_that_failed_is_tried_again_at_the_pace_of_all_starts() {
    let mut stage = Stage::new();
    stage.always("typing", Answer::Network);
    let composer = stage.composer(ANA);
    stage.types_until(composer, 18_000);
    stage.until(60_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing"), (8_000, "typing"), (16_000, "typing"), (23_000, "stop")]);
}

#[test]
fn after_a_429_no_chat_is_shown_anything_for_as_long_as_the_gateway_asked() {
    for (wait, again_at) in [(Some(30_000), 30_100), (None, 60_100)] {
        let mut stage = Stage::new();
        stage.next("typing", Answer::TooMany(wait));
        let [ana, ben] = [ANA, BEN].map(|chat| stage.composer(chat));
        stage.work(ana);
        stage.until(1_000);
        assert_eq!((shows(&stage, ana), stage.errors.as_slice()), (None, &[(100, ErrorCode::RateLimited)][..]));
        stage.work(ben);
        stage.until(again_at - 10_000);
        stage.work(ana);
        stage.work(ben);
        stage.until(again_at + 100);
        let first = (again_at, "typing");
        assert_eq!(stage.said_in(ANA).get(1), Some(&first), "{wait:?}");
        assert_eq!(stage.said_in(BEN).first(), Some(&first), "{wait:?}");
        assert_eq!(stage.count("stop"), 0, "what was refused is not stopped");
    }
}

#[test]
fn a_short_pause_does_not_end_a_longer_one() {
    let mut stage = Stage::new();
    let [ana, ben] = [ANA, BEN].map(|chat| stage.composer(chat));
    stage.delay_ms = 1_000;
    stage.next("typing", Answer::TooMany(Some(60_000)));
    stage.next("typing", Answer::TooMany(Some(2_000)));
    stage.work(ana);
    stage.until(500);
    stage.work(ben);
    stage.until(59_000);
    stage.work(ben);
    stage.until(70_000);
    assert_eq!(stage.said_in(BEN).get(..2), Some(&[(500, "typing"), (61_000, "typing")][..]));
}

#[test]
fn what_a_chat_was_shown_before_a_refused_repetition_is_stopped_in_the_end() {
    let mut stage = Stage::new();
    let composer = stage.composer(ANA);
    stage.work(composer);
    stage.until(5_000);
    stage.next("typing", Answer::TooMany(None));
    stage.until(10_000);
    assert_eq!(shows(&stage, composer), Some(ActivityKind::Typing), "the first was taken");
    stage.stop(composer);
    stage.until(120_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing"), (8_000, "typing"), (10_000, "stop")]);
}

#[test]
fn a_credential_that_may_not_type_types_nowhere_and_that_is_told_once() {
    let mut stage = Stage::new();
    let [ana, ben] = [ANA, BEN].map(|chat| stage.composer(chat));
    stage.work(ben);
    stage.until(2_000);
    stage.next("typing", Answer::Forbidden);
    stage.work(ana);
    stage.until(60_000);
    stage.keystroke(ana);
    stage.until(120_000);
    assert_eq!(stage.said_in(ANA), [(2_000, "typing")]);
    assert_eq!(stage.said_in(BEN), [(0, "typing"), (2_100, "stop")], "what is shown already is ended");
    assert_eq!(stage.errors, [(2_100, ErrorCode::Forbidden)]);
}

#[test]
fn a_chat_that_the_gateway_does_not_know_is_let_alone_and_the_others_are_not() {
    for (answer, code) in [(Answer::NotFound, ErrorCode::NotFound), (Answer::Unsupported, ErrorCode::Unsupported)] {
        let mut stage = Stage::new();
        let [ana, ben] = [ANA, BEN].map(|chat| stage.composer(chat));
        stage.next("typing", answer);
        stage.types_until(ana, 20_000);
        stage.keystroke(ben);
        stage.until(60_000);
        assert_eq!(stage.said_in(ANA), [(0, "typing")]);
        assert_eq!(stage.said_in(BEN), [(20_000, "typing"), (25_000, "stop")]);
        assert_eq!(stage.errors, [(100, code)]);
        stage.close(ana);
        let again = stage.composer(ANA);
        stage.keystroke(again);
        stage.until(120_000);
        assert_eq!(stage.said_in(ANA).len(), 3, "whoever composes anew may try again");
    }
}

#[test]
fn an_engine_that_cannot_show_recording_can_show_typing() {
    let mut stage = Stage::new();
    stage.always("recording", Answer::Unsupported);
    let composer = stage.composer(ANA);
    stage.record(composer);
    stage.until(3_000);
    assert_eq!((shows(&stage, composer), stage.errors.as_slice()), (None, &[(100, ErrorCode::Unsupported)][..]));
    stage.keystroke(composer);
    stage.until(20_000);
    stage.record(composer);
    stage.until(60_000);
    assert_eq!(stage.said_in(ANA), [(0, "recording"), (3_000, "typing"), (8_000, "stop")]);
}

#[test]
fn waapi_is_never_asked_to_show_recording_and_shows_typing_all_the_same() {
    let mut stage = Stage::at(Vendor::Waapi);
    let composer = stage.composer(ANA);
    stage.record(composer);
    stage.until(3_000);
    assert_eq!((stage.sent.as_slice(), stage.errors.as_slice()), (&[][..], &[(0, ErrorCode::Unsupported)][..]));
    stage.keystroke(composer);
    stage.until(60_000);
    assert_eq!(stage.said_in(ANA), [(3_000, "typing"), (8_000, "stop")]);
}

// ---- Stops ----------------------------------------------------------------------------------------------------------------

#[test]
fn a_stop_that_gets_lost_is_tried_again_after_1_4_and_16_s_then_given_up_and_told_once() {
    for answer in [Answer::Network, Answer::Broken, Answer::TooMany(None)] {
        let mut stage = Stage::new();
        stage.always("stop", answer);
        let composer = stage.composer(ANA);
        stage.keystroke(composer);
        stage.until(26_000);
        assert_eq!((shows(&stage, composer), stage.errors.len()), (Some(ActivityKind::Typing), 0));
        stage.until(600_000);
        let stops = [5_000, 6_100, 10_200, 26_300].map(|at| (at, "stop"));
        assert_eq!(stage.said_in(ANA), [&[(0, "typing")][..], &stops].concat(), "{answer:?}");
        assert_eq!(shows(&stage, composer), None);
        assert_eq!(stage.errors.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [26_400], "{answer:?}");
        assert_eq!(stage.session.poll_timeout(stage.now), None, "{answer:?}");
    }
}

#[test]
fn a_stop_that_arrives_in_the_end_is_the_last() {
    let mut stage = Stage::new();
    stage.next("stop", Answer::Timeout);
    stage.next("stop", Answer::Network);
    let composer = stage.composer(ANA);
    stage.keystroke(composer);
    stage.until(600_000);
    let stops = [5_000, 26_000, 30_100].map(|at| (at, "stop"));
    assert_eq!(stage.said_in(ANA), [&[(0, "typing")][..], &stops].concat());
    assert_eq!((shows(&stage, composer), stage.errors.len()), (None, 0));
}

#[test]
fn a_stop_that_is_refused_is_not_tried_again() {
    for (answer, code) in [
        (Answer::Forbidden, ErrorCode::Forbidden),
        (Answer::NotFound, ErrorCode::NotFound),
        (Answer::Unsupported, ErrorCode::Unsupported),
    ] {
        let mut stage = Stage::new();
        stage.always("stop", answer);
        let composer = stage.composer(ANA);
        stage.keystroke(composer);
        stage.until(60_000);
        assert_eq!(stage.said_in(ANA), [(0, "typing"), (5_000, "stop")], "{answer:?}");
        assert_eq!((shows(&stage, composer), stage.errors.as_slice()), (None, &[(5_100, code)][..]));
    }
}

#[test]
fn a_stop_for_a_session_that_does_not_work_is_as_good_as_done() {
    let mut stage = Stage::new();
    stage.next("stop", Answer::NotWorking);
    let composer = stage.composer(ANA);
    stage.keystroke(composer);
    stage.until(60_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing"), (5_000, "stop")]);
    assert_eq!((shows(&stage, composer), stage.errors.len()), (None, 0));
}

#[test]
fn who_types_again_while_a_stop_is_tried_again_is_shown_at_once_and_stops_at_once() {
    let mut stage = Stage::new();
    stage.next("stop", Answer::Network);
    stage.next("stop", Answer::Network);
    stage.next("stop", Answer::Network);
    let composer = stage.composer(ANA);
    stage.keystroke(composer);
    stage.until(11_000);
    stage.keystroke(composer);
    stage.until(12_500);
    stage.stop(composer);
    stage.until(120_000);
    let said =
        [(0, "typing"), (5_000, "stop"), (6_100, "stop"), (10_200, "stop"), (11_000, "typing"), (12_500, "stop")];
    assert_eq!(stage.said_in(ANA), said);
}
