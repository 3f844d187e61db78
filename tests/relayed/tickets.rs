//! Tickets: for the chats that are followed, renewed in time, refused, missing, too narrow.

use serde_json::json;
use wa_presence::gateway::Call;
use wa_presence::gateway::http::Secret;
use wa_presence::machine::Knowledge;
use wa_presence::machine::error::ErrorCode;
use wa_presence::machine::knowledge::Refusal;
use wa_presence::machine::presence::Availability;
use wa_presence::session::ConnectionState;

use super::stage::{LIFE_MS, Stage, chats, id};
use super::support::{ANA, BEN};

fn no_cover(places: &[usize]) -> serde_json::Value {
    json!({ "code": "forbidden", "message": "chats[0]: expected a chat that the ticket names", "status": 403, "places": places })
}

#[test]
fn a_ticket_is_renewed_at_four_fifths_of_its_life_and_the_stream_goes_on() {
    let mut stage = Stage::following(&[ANA]);
    let life = LIFE_MS * 4 / 5;
    stage.alive_until(life + 5_000);
    assert_eq!(stage.asked.len(), 2);
    let at = stage.asked[1].0;
    assert!((life..life + 500).contains(&at), "at {at} ms");
    let change = stage.changes()[0];
    assert_eq!((change.ticket.as_str(), chats(change)), ("ticket-2", vec![ANA]), "the same list prolongs the feed");
    assert_eq!(stage.streams().len(), 1);
    assert!(stage.states.iter().all(|(_, state)| *state != ConnectionState::Reconnecting));
}

#[test]
fn a_renewal_that_fails_is_tried_again_while_the_old_ticket_is_good() {
    let mut stage = Stage::following(&[ANA]);
    stage.gives = Some(false);
    stage.alive_until(500_000);
    assert!(stage.asked.len() > 3, "{:?}", stage.asked);
    assert_eq!(stage.errors, [(stage.asked[1].0, ErrorCode::Unauthorized)], "said once");
    assert_eq!(stage.session.connection().state, ConnectionState::Open);
    stage.gives = Some(true);
    stage.alive_until(535_000);
    assert_eq!(stage.changes().last().map(|change| change.ticket.as_str()), Some("ticket-2"));
}

#[test]
fn a_ticket_that_ended_is_replaced_and_the_stream_resumed() {
    let mut stage = Stage::following(&[ANA]);
    stage.live(ANA);
    stage.observe(ANA, "online");
    stage.tell("expired", json!({}));
    stage.end();
    assert_eq!(stage.asked.len(), 2);
    let stream = stage.streams()[1].clone();
    assert_eq!((stream.ticket.as_str(), stream.position.as_deref()), ("ticket-2", Some("s-2")));
    stage.open(true);
    stage.until(1_200);
    assert_eq!(stage.snapshot(ANA).availability, Availability::Online);
    assert_eq!(stage.errors, []);
}

#[test]
fn a_ticket_that_is_refused_is_replaced_once_and_the_same_again_ends_it() {
    let mut stage = Stage::new();
    stage.watch(ANA);
    stage.until(100);
    let refused = json!({ "code": "unauthorized", "message": "the ticket is not signed by us", "status": 401 });
    stage.gives = None;
    stage.refuse(401, refused);
    assert_eq!(stage.asked.len(), 2);
    stage.session.handle_credential(Some(Secret::new("ticket-1".to_owned())), stage.now);
    stage.drain();
    assert_eq!(stage.session.connection().state, ConnectionState::Unauthorized);
    stage.until(100_000);
    assert_eq!((stage.asked.len(), stage.streams().len()), (2, 1));
}

#[test]
fn a_call_that_meets_an_ended_ticket_asks_for_another() {
    let mut stage = Stage::following(&[ANA]);
    stage.answers = vec![(401, json!({ "code": "unauthorized", "message": "the ticket has expired", "status": 401 }))];
    stage.session.call(Call::StartTyping(id(ANA)));
    stage.drain();
    assert_eq!(stage.replies, [Err(ErrorCode::Unauthorized)]);
    assert_eq!(stage.streams().last().map(|stream| stream.ticket.as_str()), Some("ticket-2"));
    assert_eq!(stage.streams().last().and_then(|stream| stream.position.clone()), None, "nothing came yet");
}

#[test]
fn a_function_that_fails_at_the_start_is_asked_again_and_what_waits_is_kept() {
    let mut stage = Stage::new();
    stage.gives = Some(false);
    stage.watch(ANA);
    stage.session.call(Call::StartTyping(id(ANA)));
    stage.until(20_000);
    assert!((3..10).contains(&stage.asked.len()), "{:?}", stage.asked);
    assert_eq!(stage.session.connection().state, ConnectionState::Connecting);
    assert_eq!(stage.errors, [(25, ErrorCode::Unauthorized)]);
    stage.gives = Some(true);
    stage.until_stream();
    assert_eq!(stage.streams()[0].ticket, "ticket-1");
    assert_eq!(stage.replies.len(), 1);
}

#[test]
fn a_chat_that_the_ticket_does_not_cover_gets_a_wider_one() {
    let mut stage = Stage::following(&[ANA]);
    stage.live(ANA);
    stage.answers = vec![(403, no_cover(&[1]))];
    stage.watch(BEN);
    stage.until(2_000);
    let asked: Vec<_> = stage.asked.iter().map(|(_, chats)| chats.clone()).collect();
    assert_eq!(asked, [vec![ANA.to_owned()], vec![ANA.to_owned(), BEN.to_owned()]]);
    let changes: Vec<_> = stage.changes().iter().map(|sent| (sent.ticket.clone(), chats(sent))).collect();
    let (first, second) = ("ticket-1".to_owned(), "ticket-2".to_owned());
    assert_eq!(changes, [(first, vec![ANA, BEN]), (second, vec![ANA, BEN])]);
    assert_eq!(stage.errors, []);
}

#[test]
fn a_chat_that_no_ticket_covers_is_refused_and_the_others_are_followed() {
    let mut stage = Stage::following(&[ANA]);
    stage.live(ANA);
    stage.answers = vec![(403, no_cover(&[1])), (403, no_cover(&[1]))];
    stage.watch(BEN);
    stage.until(2_000);
    assert_eq!(stage.changes().last().map(|change| chats(change)), Some(vec![ANA]));
    assert_eq!(stage.snapshot(BEN).knowledge, Knowledge::Refused(Refusal::Forbidden));
    assert_eq!(stage.snapshot(ANA).knowledge, Knowledge::Live { vouched: true });
    let changes = stage.changes().len();
    stage.until(30_000);
    assert_eq!((stage.asked.len(), stage.changes().len()), (2, changes), "nobody asks for it again and again");
}

#[test]
fn a_stream_is_opened_without_the_chats_that_are_not_ours_to_see() {
    let mut stage = Stage::new();
    stage.watch(ANA);
    stage.watch(BEN);
    stage.until(100);
    stage.refuse(403, no_cover(&[0]));
    stage.until(200);
    let lists: Vec<_> = stage.streams().iter().map(|stream| chats(stream)).collect();
    assert_eq!(lists, [vec![ANA, BEN], vec![BEN]], "the ticket was asked for both");
    assert_eq!(stage.snapshot(ANA).knowledge, Knowledge::Refused(Refusal::Forbidden));
}

#[test]
fn a_later_ticket_may_cover_what_an_earlier_one_did_not() {
    let mut stage = Stage::new();
    stage.watch(ANA);
    stage.until(100);
    stage.refuse(403, no_cover(&[0]));
    stage.until(200);
    stage.open(false);
    stage.alive_until(LIFE_MS);
    assert_eq!(
        stage.changes().last().map(|change| (change.ticket.as_str(), chats(change))),
        Some(("ticket-2", vec![ANA]))
    );
}

#[test]
fn a_ticket_that_may_read_nothing_is_no_ticket() {
    let mut stage = Stage::new();
    stage.watch(ANA);
    stage.until(100);
    let refused = || json!({ "code": "forbidden", "message": "the ticket lacks the scope read", "status": 403 });
    stage.refuse(403, refused());
    stage.until(3_000);
    stage.refuse(403, refused());
    stage.until(100_000);
    assert_eq!(stage.session.connection().state, ConnectionState::Unauthorized);
    assert_eq!((stage.asked.len(), stage.streams().len()), (2, 2));
}

#[test]
fn no_ticket_and_no_number_is_in_what_is_printed() {
    let mut stage = Stage::following(&[ANA]);
    stage.answers = vec![(400, json!({ "code": "bad-request", "message": "ticket-1 for 15550001111 is odd" }))];
    stage.session.call(Call::Get(id(ANA)));
    stage.drain();
    let printed = format!("{:?}", stage.session);
    assert!(!printed.contains("ticket-1") && !printed.contains("15550001111") && !printed.contains("relay.example"));
}
