//! Streams end: what is kept over a short gap, what is void after a long one, and what is asked for on return.

use serde_json::json;
use wa_presence::machine::Knowledge;
use wa_presence::machine::error::ErrorCode;
use wa_presence::machine::knowledge::Lapse;
use wa_presence::machine::presence::Availability;
use wa_presence::machine::typing::ActivityKind;
use wa_presence::session::ConnectionState;

use super::stage::Stage;
use super::support::{ANA, BEN};

/// A stage on which Ana is online and types.
fn busy() -> Stage {
    let mut stage = Stage::following(&[ANA]);
    stage.live(ANA);
    stage.observe(ANA, "online");
    stage.observe(ANA, "typing");
    stage.until(2_000);
    stage
}

#[test]
fn a_stream_that_ends_is_resumed_where_it_ended_and_nothing_is_lost() {
    let mut stage = busy();
    stage.end();
    stage.until(3_500);
    let stream = stage.streams()[1].clone();
    assert_eq!(stream.position.as_deref(), Some("s-3"));
    assert_eq!(stream.body["chats"][0]["fresh"], json!(null), "all of it is still believed");
    stage.open(true);
    let seen = stage.snapshot(ANA);
    assert_eq!((seen.availability, seen.activity), (Availability::Online, Some(ActivityKind::Typing)));
    assert_eq!(seen.knowledge, Knowledge::Live { vouched: true });
    assert_eq!(stage.session.connection().state, ConnectionState::Open);
    assert_eq!(stage.changes().len(), 0);
}

#[test]
fn after_a_long_gap_nothing_is_claimed_and_all_of_it_is_asked_for_anew() {
    let mut stage = busy();
    stage.end();
    stage.until(2_100);
    assert_eq!(stage.snapshot(ANA).availability, Availability::Online, "a moment is no gap");
    stage.until(3_300);
    // The tries in between reach nobody.
    while stage.ms() < 20_000 {
        stage.end();
        let next = stage.ms() + 1_000;
        stage.until(next);
        assert_ne!(stage.snapshot(ANA).availability, Availability::Offline);
    }
    let seen = stage.snapshot(ANA);
    assert_eq!((seen.knowledge, seen.availability), (Knowledge::Lapsed(Lapse::Feed), Availability::Unknown));
    let last = stage.streams().last().expect("a stream").body.clone();
    assert_eq!(last["chats"][0]["fresh"], json!(true));
    stage.until_stream();
    stage.open(true);
    stage.live(ANA);
    assert_eq!(stage.snapshot(ANA).knowledge, Knowledge::Live { vouched: true });
}

#[test]
fn what_lapses_while_the_stream_is_on_its_way_is_asked_for_once_it_is_there() {
    let mut stage = busy();
    stage.end();
    stage.until(3_500);
    assert_eq!(stage.streams()[1].body["chats"][0]["fresh"], json!(null));
    stage.until(6_000);
    assert_eq!(stage.snapshot(ANA).knowledge, Knowledge::Lapsed(Lapse::Feed));
    stage.open(true);
    stage.until(6_100);
    assert_eq!(stage.changes()[0].body["chats"][0]["fresh"], json!(true));
}

#[test]
fn a_relay_that_was_restarted_voids_what_it_told_and_pages_say_lapsed_meanwhile() {
    let mut stage = busy();
    stage.end();
    stage.until(3_500);
    stage.open(false);
    stage.tell("reset", json!({}));
    stage.until(3_700);
    let seen = stage.snapshot(ANA);
    assert_eq!((seen.knowledge, seen.availability), (Knowledge::Lapsed(Lapse::Feed), Availability::Unknown));
    let knowledge = json!({ "chat": ANA, "state": "lapsed", "reason": "feed", "lease": null });
    stage.tell("snapshot", json!({ "chat": ANA, "kind": "contact", "participants": [], "knowledge": knowledge }));
    stage.until(5_000);
    assert_eq!(stage.snapshot(ANA).knowledge, Knowledge::Lapsed(Lapse::Feed));
    stage.live(ANA);
    stage.observe(ANA, "offline");
    stage.until(5_200);
    let seen = stage.snapshot(ANA);
    assert_eq!((seen.knowledge, seen.availability), (Knowledge::Live { vouched: true }, Availability::Offline));
}

#[test]
fn chats_that_are_watched_while_there_is_no_stream_go_with_the_next() {
    let mut stage = busy();
    stage.end();
    stage.watch(BEN);
    stage.until(3_500);
    let lists: Vec<_> = stage.streams().iter().map(|stream| super::stage::chats(stream)).collect();
    assert_eq!(lists, [vec![ANA], vec![ANA, BEN]]);
    stage.open(true);
    stage.until(4_000);
    assert_eq!(stage.changes().len(), 0);
}

#[test]
fn a_stream_without_a_sign_of_life_is_given_up() {
    let mut stage = busy();
    for ms in [15_000, 30_000, 45_000] {
        stage.until(ms);
        stage.tell_bytes(b":\n\n");
    }
    assert_eq!(stage.streams().len(), 1, "heartbeats are enough");
    stage.until(84_900);
    assert_eq!(stage.streams().len(), 1);
    stage.until(87_000);
    assert_eq!(stage.streams().len(), 2);
    assert_eq!(stage.session.connection().state, ConnectionState::Reconnecting);
}

#[test]
fn half_an_event_of_a_stream_that_ended_is_no_part_of_the_next() {
    let mut stage = busy();
    stage.tell_bytes(b"event: observation\ndata: {\"chat\":");
    stage.end();
    stage.until(3_500);
    stage.open(true);
    assert_eq!(stage.errors, []);
    assert_eq!(stage.session.connection().state, ConnectionState::Open);
}

#[test]
fn a_relay_that_is_full_is_left_alone_for_as_long_as_it_says() {
    let mut stage = Stage::new();
    stage.watch(ANA);
    stage.until(100);
    stage.refuse(
        503,
        json!({ "code": "rate-limited", "message": "feeds: there are as many as may be", "retryAfterMs": 20_000 }),
    );
    stage.until(19_000);
    assert_eq!(stage.streams().len(), 1);
    assert_eq!(stage.errors, [(100, ErrorCode::RateLimited)]);
    stage.until(21_000);
    assert_eq!(stage.streams().len(), 2);
}

#[test]
fn whatever_else_answers_in_the_relays_place_is_tried_ever_more_seldom() {
    let mut stage = Stage::new();
    stage.watch(ANA);
    stage.until(100);
    for _ in 0..100 {
        stage.refuse(404, json!("<html>"));
        let next = stage.ms() + 3_000;
        stage.until(next);
    }
    assert!((10..25).contains(&stage.streams().len()), "{} in five minutes", stage.streams().len());
    assert_eq!(stage.session.connection().state, ConnectionState::Connecting);
}

#[test]
fn a_page_that_comes_back_tries_at_once() {
    let mut stage = busy();
    stage.end();
    stage.session.handle_wake(stage.now);
    stage.drain();
    assert_eq!(stage.streams().len(), 2);
}

#[test]
fn after_the_end_nothing_is_asked_for() {
    let mut stage = busy();
    stage.session.close(stage.now);
    stage.drain();
    stage.end();
    stage.until(100_000);
    assert_eq!((stage.streams().len(), stage.session.poll_timeout(stage.now)), (1, None));
}
