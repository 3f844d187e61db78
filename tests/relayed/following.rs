//! What is followed: asked for together, changed one at a time, and nothing subscribed from here.

use serde_json::json;
use wa_presence::gateway::{Call, OwnPresence};
use wa_presence::machine::Priority;
use wa_presence::machine::error::ErrorCode;
use wa_presence::machine::time::UnixMs;
use wa_presence::session::Reply;

use super::stage::{Stage, chats, id};
use super::support::{ANA, BEN, TEAM};

#[test]
fn chats_that_are_watched_together_are_asked_for_together() {
    let mut stage = Stage::new();
    stage.watch(ANA);
    stage.watch(BEN);
    stage.until(100);
    assert_eq!(stage.asked, [(25, vec![ANA.to_owned(), BEN.to_owned()])]);
    let [stream] = stage.streams()[..] else { panic!("one stream: {:?}", stage.sent) };
    assert_eq!((stream.method, stream.ticket.as_str(), &stream.position), ("POST", "ticket-1", &None));
    let visible = |chat| json!({ "chat": chat, "priority": "visible", "fresh": true });
    assert_eq!(stream.body, json!({ "account": "support", "chats": [visible(ANA), visible(BEN)] }));
    stage.open(false);
    assert_eq!(stage.sent.len(), 1, "nothing is subscribed, looked up or probed from here");
}

#[test]
fn a_page_that_watches_nothing_hears_of_the_session_all_the_same() {
    let mut stage = Stage::following(&[]);
    assert_eq!(chats(stage.streams()[0]), [""; 0]);
    stage.tell("session", stage.standing("open", "starting"));
    assert_eq!(stage.session.connection().session.as_str(), "starting");
}

#[test]
fn a_chat_that_is_watched_later_is_asked_for_through_the_open_stream() {
    let mut stage = Stage::following(&[ANA]);
    stage.live(ANA);
    stage.watch(BEN);
    stage.watch(TEAM);
    stage.until(1_100);
    let [change] = stage.changes()[..] else { panic!("one change: {:?}", stage.sent) };
    assert_eq!(change.path, "/base/feed/0123456789abcdef0123456789abcdef");
    assert_eq!((change.ms, chats(change)), (1_025, vec![ANA, BEN, TEAM]));
    let fresh: Vec<_> = change.body["chats"].as_array().expect("a list").iter().map(|chat| &chat["fresh"]).collect();
    assert_eq!(fresh, [&json!(null), &json!(true), &json!(true)], "of Ana all is known");
}

#[test]
fn one_change_is_on_its_way_at_a_time() {
    let mut stage = Stage::following(&[]);
    stage.mute = true;
    stage.watch(ANA);
    stage.until(1_100);
    stage.watch(BEN);
    stage.until(1_500);
    assert_eq!(stage.changes().len(), 1);
}

#[test]
fn a_chat_that_is_let_go_leaves_the_list_once_it_cannot_be_a_remount() {
    let mut stage = Stage::following(&[ANA]);
    let watch = stage.watch(BEN);
    stage.until(2_000);
    stage.unwatch(watch);
    stage.until(6_900);
    assert_eq!(stage.changes().last().map(|change| chats(change)), Some(vec![ANA, BEN]));
    stage.until(7_100);
    assert_eq!(stage.changes().last().map(|change| chats(change)), Some(vec![ANA]));
}

#[test]
fn a_chat_that_is_let_go_and_watched_again_before_the_relay_hears_of_it_is_told_anew() {
    let mut stage = Stage::following(&[ANA]);
    stage.live(ANA);
    let watch = stage.watch(BEN);
    stage.until(2_000);
    stage.live(BEN);
    stage.unwatch(watch);
    stage.until(7_000);
    stage.watch(BEN);
    stage.until(7_100);
    let change = stage.changes().last().expect("a change").body["chats"][1].clone();
    assert_eq!(change, json!({ "chat": BEN, "priority": "visible", "fresh": true }));
}

#[test]
fn how_much_a_chat_matters_and_when_they_wrote_is_told() {
    let mut stage = Stage::following(&[ANA]);
    let watch = stage.watch(BEN);
    let wall = stage.wall();
    stage.session.set_priority(watch, Priority::Focused, stage.now);
    stage.session.note_inbound(&id(BEN), UnixMs::from_ms(wall.as_ms() - 60_000), wall, stage.now);
    stage.until(1_100);
    let first = stage.changes()[0].body["chats"][0].clone();
    let expected =
        json!({ "chat": BEN, "priority": "focused", "lastInboundAtMs": wall.as_ms() - 60_000, "fresh": true });
    assert_eq!(first, expected, "what matters most comes first");
}

#[test]
fn a_change_that_fails_is_sent_again_and_one_that_is_wrong_is_not() {
    let mut stage = Stage::following(&[]);
    stage.answers = vec![(503, json!({ "code": "closed", "retryAfterMs": 4_000 }))];
    stage.watch(ANA);
    stage.until(4_000);
    assert_eq!((stage.changes().len(), stage.errors.as_slice()), (1, &[(1_025, ErrorCode::Closed)][..]));
    stage.until(5_100);
    assert_eq!(stage.changes().len(), 2);
    stage.answers = vec![(400, json!({ "code": "invalid-option", "message": "chats: expected at most 1" }))];
    stage.watch(BEN);
    stage.until(120_000);
    assert_eq!(stage.changes().len(), 3);
}

#[test]
fn a_stream_that_the_relay_no_longer_knows_is_opened_again() {
    let mut stage = Stage::following(&[]);
    stage.answers = vec![(404, json!({ "code": "not-found", "message": "no such feed" }))];
    stage.watch(ANA);
    stage.until(4_000);
    assert_eq!(stage.streams().last().map(|stream| chats(stream)), Some(vec![ANA]));
}

#[test]
fn calls_go_through_the_relay_and_spend_nothing_here() {
    let mut stage = Stage::following(&[ANA]);
    for call in [
        Call::Get(id(ANA)),
        Call::Subscribe(id(ANA)),
        Call::StartTyping(id(ANA)),
        Call::Set(OwnPresence::Recording(id(ANA))),
        Call::StopTyping(id(ANA)),
        Call::Set(OwnPresence::Online),
        Call::Privacy,
    ] {
        stage.answers.push((200, json!({ "done": true, "chat": ANA, "presences": [], "sharesOnline": false })));
        stage.session.call(call);
        stage.drain();
    }
    let calls: Vec<_> = stage.sent.iter().skip(1).map(|sent| (&sent.body["call"], &sent.body["chat"])).collect();
    let named = ["get", "subscribe", "startTyping", "recording", "stopTyping", "online", "privacy"];
    assert_eq!(calls.iter().map(|(call, _)| call.as_str().expect("a name")).collect::<Vec<_>>(), named);
    assert!(calls[..5].iter().all(|(_, chat)| **chat == ANA) && calls[5..].iter().all(|(_, chat)| chat.is_null()));
    assert!(stage.replies.iter().all(Result::is_ok), "{:?}", stage.replies);
    let privacy = Reply::Privacy { shares_last_seen: None, shares_online: Some(false), shares_reads: None };
    assert_eq!(stage.replies.last(), Some(&Ok(privacy)));
    assert_eq!(stage.session.machine().counters().subscribe_calls, 0);
}

#[test]
fn composing_is_shown_through_the_relay() {
    let mut stage = Stage::following(&[ANA]);
    let composer = stage.session.open_composer(&id(ANA)).expect("there is somebody to be shown it");
    stage.session.patterns_mut().composers.keystroke(composer, stage.now);
    stage.alive_until(20_000);
    let calls: Vec<_> = stage.sent.iter().skip(1).map(|sent| &sent.body["call"]).collect();
    assert_eq!(calls, ["startTyping", "stopTyping"]);
}

#[test]
fn what_no_relay_passes_on_is_refused_without_a_request() {
    let mut stage = Stage::following(&[]);
    for call in [Call::GetAll, Call::Session, Call::LookUp(id(ANA))] {
        stage.session.call(call);
    }
    stage.drain();
    assert_eq!(stage.replies, [Err(ErrorCode::Unsupported), Err(ErrorCode::Unsupported), Err(ErrorCode::Unsupported)]);
    assert_eq!(stage.sent.len(), 1);
}

#[test]
fn bodies_of_gateways_are_not_taken_in_here() {
    let mut stage = Stage::following(&[]);
    let (wall, now) = (stage.wall(), stage.now);
    let error = stage.session.ingest(b"{\"event\":\"presence.update\"}", wall, now).expect_err("not for us");
    assert_eq!(error.code, ErrorCode::Unsupported);
}

#[test]
fn being_online_is_said_again_before_the_relays_claim_ends() {
    let mut stage = Stage::following(&[]);
    stage.session.patterns_mut().own.claim(true, stage.now);
    stage.alive_until(120_000);
    let said: Vec<_> = stage.sent.iter().filter(|sent| sent.body["call"] == "online").map(|sent| sent.ms).collect();
    assert!(said.windows(2).all(|pair| pair[1] - pair[0] <= 40_000) && said.len() > 3, "{said:?}");
    stage.session.patterns_mut().own.claim(false, stage.now);
    stage.alive_until(200_000);
    let last: Vec<_> = stage.sent.iter().filter(|sent| sent.ms >= 120_000).map(|sent| &sent.body["call"]).collect();
    assert_eq!(last, ["offline"]);
}
