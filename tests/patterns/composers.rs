//! What a chat is shown of us: at the pace of a person, one indicator for all who compose, and always ended.

use crate::gateway::Vendor;
use crate::page::id;
use crate::stage::Stage;
use crate::support::{ANA, ANA_LID, BEN};
use wa_presence::gateway::Gateway;
use wa_presence::gateway::http::Method;
use wa_presence::machine::Config;
use wa_presence::machine::error::ErrorCode;
use wa_presence::machine::time::Instant;
use wa_presence::machine::typing::ActivityKind;
use wa_presence::session::{Session, Setup};

// ---- Pace -----------------------------------------------------------------------------------------------------------------

#[test]
fn keys_show_typing_every_8_s_and_it_ends_5_s_after_the_last() {
    let mut stage = Stage::new();
    let composer = stage.composer(ANA);
    stage.types_until(composer, 18_000);
    stage.until(120_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing"), (8_000, "typing"), (16_000, "typing"), (23_000, "stop")]);
}

#[test]
fn one_key_is_one_start_and_one_stop() {
    let mut stage = Stage::new();
    let composer = stage.composer(ANA);
    stage.keystroke(composer);
    stage.until(120_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing"), (5_000, "stop")]);
}

#[test]
fn what_is_sent_ends_typing_at_once() {
    let mut stage = Stage::new();
    let composer = stage.composer(ANA);
    stage.types_until(composer, 3_000);
    stage.stop(composer);
    assert_eq!(stage.session.patterns().composers.shows(composer), Some(ActivityKind::Typing), "until it is taken");
    stage.until(120_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing"), (3_000, "stop")]);
    assert_eq!(stage.session.patterns().composers.shows(composer), None);
}

#[test]
fn whoever_goes_on_after_sending_is_shown_again_no_sooner_than_1_s_after_the_last_start() {
    let mut stage = Stage::new();
    let composer = stage.composer(ANA);
    stage.keystroke(composer);
    stage.until(400);
    stage.stop(composer);
    stage.until(600);
    stage.keystroke(composer);
    stage.until(4_000);
    stage.stop(composer);
    stage.until(4_200);
    stage.keystroke(composer);
    stage.until(60_000);
    assert_eq!(
        stage.said_in(ANA),
        [(0, "typing"), (400, "stop"), (1_000, "typing"), (4_000, "stop"), (4_200, "typing"), (9_200, "stop")]
    );
}

#[test]
fn who_stops_again_before_that_second_is_over_is_not_shown_at_all() {
    let mut stage = Stage::new();
    let composer = stage.composer(ANA);
    stage.keystroke(composer);
    stage.until(300);
    stage.stop(composer);
    stage.until(500);
    stage.keystroke(composer);
    stage.until(900);
    stage.stop(composer);
    stage.until(60_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing"), (300, "stop")]);
}

#[test]
fn work_is_shown_for_60_s_at_most() {
    let mut stage = Stage::new();
    let composer = stage.composer(ANA);
    stage.work(composer);
    stage.until(200_000);
    let starts = (0..8).map(|n| (n * 8_000, "typing"));
    assert_eq!(stage.said_in(ANA), starts.chain([(60_000, "stop")]).collect::<Vec<_>>());
}

#[test]
fn typing_shown_before_a_long_task_bridges_the_5_to_10_s_of_patience() {
    let mut stage = Stage::new();
    let composer = stage.composer(ANA);
    stage.work(composer);
    stage.until(10_000);
    assert_eq!(stage.session.patterns().composers.shows(composer), Some(ActivityKind::Typing));
    stage.stop(composer);
    stage.until(60_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing"), (8_000, "typing"), (10_000, "stop")]);
}

#[test]
fn a_recording_is_shown_until_it_is_sent_and_for_five_minutes_at_most() {
    let mut stage = Stage::new();
    let [ana, ben] = [ANA, BEN].map(|chat| stage.composer(chat));
    stage.record(ana);
    stage.record(ben);
    stage.until(20_000);
    stage.stop(ana);
    stage.until(600_000);
    let said = stage.said_in(ANA);
    assert_eq!(said, [(0, "recording"), (8_000, "recording"), (16_000, "recording"), (20_000, "stop")]);
    assert_eq!(stage.said_in(BEN).last(), Some(&(300_000, "stop")));
}

#[test]
fn who_turns_from_keys_to_the_microphone_is_shown_recording_no_sooner_than_1_s_later() {
    let mut stage = Stage::new();
    let composer = stage.composer(ANA);
    stage.keystroke(composer);
    stage.until(300);
    stage.record(composer);
    stage.until(3_000);
    stage.keystroke(composer);
    stage.until(60_000);
    let said = stage.said_in(ANA);
    assert_eq!(said, [(0, "typing"), (1_000, "recording"), (3_000, "typing"), (8_000, "stop")]);
}

// ---- Several who compose --------------------------------------------------------------------------------------------------

#[test]
fn two_who_compose_in_one_chat_share_one_indicator_that_ends_with_the_last() {
    let mut stage = Stage::new();
    let [agent, bot] = [ANA, ANA].map(|chat| stage.composer(chat));
    stage.keystroke(agent);
    stage.until(2_000);
    stage.work(bot);
    stage.until(6_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing")], "the agent is idle, the bot is not");
    stage.until(10_000);
    stage.stop(bot);
    stage.until(60_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing"), (8_000, "typing"), (10_000, "stop")]);
}

#[test]
fn of_two_who_compose_the_one_who_said_so_last_decides_what_is_shown() {
    let mut stage = Stage::new();
    let [agent, voice] = [ANA, ANA].map(|chat| stage.composer(chat));
    stage.work(agent);
    stage.until(3_000);
    stage.record(voice);
    stage.until(6_000);
    stage.close(voice);
    stage.until(10_000);
    stage.stop(agent);
    stage.until(60_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing"), (3_000, "recording"), (6_000, "typing"), (10_000, "stop")]);
}

#[test]
fn each_chat_has_its_own_indicator() {
    let mut stage = Stage::new();
    let [ana, ben] = [ANA, BEN].map(|chat| stage.composer(chat));
    stage.keystroke(ana);
    stage.keystroke(ben);
    stage.until(1_000);
    stage.stop(ana);
    stage.until(60_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing"), (1_000, "stop")]);
    assert_eq!(stage.said_in(BEN), [(0, "typing"), (5_000, "stop")]);
}

#[test]
fn a_composer_that_closes_mid_typing_stops_and_composes_no_more() {
    let mut stage = Stage::new();
    let composer = stage.composer(ANA);
    stage.keystroke(composer);
    stage.until(1_000);
    stage.close(composer);
    stage.keystroke(composer);
    stage.until(60_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing"), (1_000, "stop")]);
    assert_eq!(stage.session.poll_timeout(stage.now), None, "nothing is left to do");
}

#[test]
fn a_composer_that_opens_while_the_stop_of_the_last_is_on_its_way_waits_for_it() {
    let mut stage = Stage::new();
    stage.delay_ms = 2_000;
    let first = stage.composer(ANA);
    stage.keystroke(first);
    stage.until(3_000);
    stage.close(first);
    let second = stage.composer(ANA);
    stage.keystroke(second);
    stage.until(60_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing"), (3_000, "stop"), (5_000, "typing"), (8_000, "stop")]);
}

#[test]
fn no_stop_overtakes_its_start() {
    let mut stage = Stage::new();
    stage.delay_ms = 3_000;
    let composer = stage.composer(ANA);
    stage.keystroke(composer);
    stage.until(500);
    stage.stop(composer);
    stage.until(60_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing"), (3_000, "stop")], "at most one call a chat is on its way");
}

// ---- One person, two ids --------------------------------------------------------------------------------------------------

#[test]
fn typing_begun_under_a_hidden_id_ends_under_it_though_the_number_was_learned_meanwhile() {
    let mut stage = Stage::new();
    let composer = stage.composer(ANA_LID);
    stage.keystroke(composer);
    stage.until(2_000);
    stage.alias(ANA_LID, ANA);
    stage.until(60_000);
    assert_eq!(stage.said_in(ANA_LID), [(0, "typing"), (5_000, "stop")]);
    assert_eq!(stage.said_in(ANA), []);
}

#[test]
fn who_composes_to_one_person_under_two_ids_shares_one_indicator() {
    for heard_of in [false, true] {
        let mut stage = Stage::new();
        if heard_of {
            stage.says(ANA_LID, ANA_LID, "online");
        }
        let hidden = stage.composer(ANA_LID);
        stage.keystroke(hidden);
        stage.until(300);
        stage.alias(ANA_LID, ANA);
        let open = stage.composer(ANA);
        stage.keystroke(open);
        stage.until(2_000);
        stage.stop(open);
        stage.until(60_000);
        assert_eq!(stage.said_in(ANA_LID), [(0, "typing"), (5_000, "stop")], "{heard_of}");
        assert_eq!(stage.said_in(ANA), [], "{heard_of}");
    }
}

#[test]
fn who_composes_to_a_known_alias_is_sent_to_the_number() {
    let mut stage = Stage::new();
    stage.alias(ANA_LID, ANA);
    let composer = stage.composer(ANA_LID);
    stage.keystroke(composer);
    stage.until(60_000);
    assert_eq!(stage.said_in(ANA), [(0, "typing"), (5_000, "stop")]);
}

// ---- The wire -------------------------------------------------------------------------------------------------------------

#[test]
fn each_gateway_is_told_in_its_own_words() {
    let told = |vendor: Vendor| {
        let mut stage = Stage::at(vendor);
        let composer = stage.composer(ANA);
        stage.keystroke(composer);
        stage.until(60_000);
        assert!(stage.sent.iter().all(|sent| sent.method == Method::Post));
        stage.sent.iter().map(|sent| (sent.path.clone(), sent.body.clone().unwrap_or_default())).collect::<Vec<_>>()
    };
    let body = r#"{"chatId":"15550001111@c.us","session":"default"}"#;
    let waha = ["/api/startTyping", "/api/stopTyping"].map(|path| (path.to_owned(), body.to_owned()));
    assert_eq!(told(Vendor::Waha), waha);
    let body = r#"{"instance_id":"123456789","access_token":"key number 1","chatId":"15550001111@c.us"}"#;
    let wawp = ["/v2/send/start-typing", "/v2/send/stop-typing"].map(|path| (path.to_owned(), body.to_owned()));
    assert_eq!(told(Vendor::Wawp), wawp);
    let action = |action: &str| format!("/v1/instances/123/client/action/{action}");
    let body = r#"{"chatId":"15550001111@c.us"}"#;
    let waapi = ["send-typing", "send-stop-typing"].map(|name| (action(name), body.to_owned()));
    assert_eq!(told(Vendor::Waapi), waapi);
}

#[test]
fn recording_is_a_presence_at_waha_and_wawp() {
    for (vendor, path) in [(Vendor::Waha, "/api/default/presence"), (Vendor::Wawp, "/v2/presence")] {
        let mut stage = Stage::at(vendor);
        let composer = stage.composer(ANA);
        stage.record(composer);
        stage.until(1_000);
        stage.stop(composer);
        stage.until(60_000);
        assert_eq!(stage.said_in(ANA), [(0, "recording"), (1_000, "stop")]);
        let first = stage.sent.first().expect("it was just counted");
        assert_eq!((first.path.as_str(), first.chat.as_str()), (path, ANA));
    }
}

#[test]
fn where_nothing_can_be_called_nobody_can_compose() {
    let machine = Config { subscribes: false, ..Config::default() };
    let gateway = Gateway::Ingest;
    let setup = Setup { gateway, machine, feed: false, credential: false, log_entries: 0, max_body_bytes: 1 << 20 };
    let mut session = Session::new(setup, Instant::ZERO);
    let refused = session.open_composer(&id(ANA)).expect_err("a gateway that calls nothing");
    assert_eq!(refused.code, ErrorCode::Unsupported);
}

#[test]
fn more_composers_than_a_page_has_are_refused_until_others_close() {
    let mut stage = Stage::new();
    let composers: Vec<_> = (0..1_024).map(|_| stage.composer(ANA)).collect();
    let refused = stage.session.open_composer(&id(BEN)).expect_err("one too many");
    assert_eq!(refused.code, ErrorCode::InvalidOption);
    stage.close(composers[0]);
    stage.composer(BEN);
}
