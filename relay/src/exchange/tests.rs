//! The exchange within one process, in virtual time.

use wa_presence::machine::Priority;
use wa_presence::machine::id::Id;
use wa_presence::machine::time::Instant;

use super::{Embedded, Event, Exchange, FeedId, Opened, Position};
use crate::config::Limits;

fn id(text: &str) -> Id {
    Id::parse(text).expect("an id")
}

fn at(ms: u64) -> Instant {
    Instant::from_ms(ms)
}

fn exchange(buffer: usize) -> Embedded {
    Embedded::new(7, &Limits { buffer, backlog: 8, ..Limits::default() }, None)
}

fn publish(exchange: &mut Embedded, chat: &str, data: &str) {
    exchange.publish(&[id(chat)], &Event { name: "observation", data, once: None }, at(0));
}

fn heard(opened: &mut Opened) -> Vec<String> {
    let mut all = Vec::new();
    while let Ok(frame) = opened.frames.try_recv() {
        all.push(String::from_utf8_lossy(&frame).into_owned());
    }
    all
}

const BOTH: [&str; 2] = ["15550001111@c.us", "15550002222@c.us"];

fn wants(chats: &[&str]) -> Vec<(Id, Priority)> {
    chats.iter().map(|chat| (id(chat), Priority::Visible)).collect()
}

#[test]
fn a_feed_hears_of_its_chats_alone_and_once_by_whichever_id() {
    let mut exchange = exchange(10);
    let mut opened = exchange.open(FeedId(1), &wants(&BOTH), None, at(0)).expect("room");
    publish(&mut exchange, "15550003333@c.us", "{}");
    exchange.publish(&BOTH.map(id), &Event { name: "observation", data: "1", once: None }, at(0));
    assert_eq!(heard(&mut opened), ["id: 0000000000000007-2\nevent: observation\ndata: 1\n\n"]);
}

#[test]
fn who_resumes_hears_what_was_missed_and_is_told_what_was_not_followed_meanwhile() {
    let mut exchange = exchange(10);
    drop(exchange.open(FeedId(1), &wants(&BOTH[..1]), None, at(0)).expect("room"));
    exchange.leave(FeedId(1), at(0));
    publish(&mut exchange, BOTH[0], "1");
    publish(&mut exchange, BOTH[0], "2");
    let after = Some(Position { stream: 7, number: 1 });
    let opened = exchange.open(FeedId(2), &wants(&BOTH), after, at(1)).expect("room");
    assert!(opened.resumed);
    assert_eq!(opened.missed.len(), 1);
    assert_eq!(opened.fresh, [id(BOTH[1])]);
}

#[test]
fn nobody_resumes_what_is_forgotten_or_of_another_stream_or_still_to_come() {
    let mut exchange = exchange(2);
    drop(exchange.open(FeedId(1), &wants(&BOTH), None, at(0)).expect("room"));
    for _ in 0..5 {
        publish(&mut exchange, BOTH[0], "{}");
    }
    for (stream, number, resumed) in [(7, 3, true), (7, 5, true), (7, 2, false), (7, 6, false), (8, 3, false)] {
        let after = Some(Position { stream, number });
        let opened = exchange.open(FeedId(u128::from(number) + 10), &wants(&BOTH), after, at(1)).expect("room");
        assert_eq!(opened.resumed, resumed, "{stream} {number}");
    }
}

#[test]
fn what_a_lost_feed_followed_is_followed_until_it_could_not_resume() {
    let mut exchange = exchange(10);
    drop(exchange.open(FeedId(1), &wants(&BOTH[..1]), None, at(0)).expect("room"));
    assert_eq!(exchange.take_changes(), [(id(BOTH[0]), Some(Priority::Visible))]);
    exchange.leave(FeedId(1), at(0));
    exchange.handle_timeout(at(29_999));
    assert!(exchange.take_changes().is_empty());
    assert_eq!(exchange.poll_timeout(), Some(at(30_000)));
    exchange.handle_timeout(at(30_000));
    assert_eq!(exchange.take_changes(), [(id(BOTH[0]), None)]);
}

#[test]
fn many_followers_are_one_wish_with_the_highest_priority() {
    let mut exchange = exchange(10);
    let wish = |priority| [(id(BOTH[0]), priority)];
    drop(exchange.open(FeedId(1), &wish(Priority::Background), None, at(0)).expect("room"));
    drop(exchange.open(FeedId(2), &wish(Priority::Focused), None, at(0)).expect("room"));
    assert_eq!(exchange.take_changes(), wish(Priority::Focused).map(|(id, priority)| (id, Some(priority))));
    exchange.follow(FeedId(2), &[]);
    assert_eq!(exchange.take_changes(), [(id(BOTH[0]), Some(Priority::Background))]);
}

#[test]
fn a_reader_that_is_too_slow_is_cut_off_behind_what_waits() {
    let mut exchange = exchange(100);
    let mut opened = exchange.open(FeedId(1), &wants(&BOTH), None, at(0)).expect("room");
    for _ in 0..20 {
        publish(&mut exchange, BOTH[0], "{}");
    }
    assert_eq!(exchange.audience(), Some((0, 1)));
    assert_eq!(heard(&mut opened).len(), 8);
    assert!(opened.frames.try_recv().is_err() && opened.frames.is_closed());
}

#[test]
fn the_account_is_claimed_until_the_last_claim_ends() {
    let mut exchange = exchange(1);
    exchange.claim("one", Some(at(60)));
    exchange.claim("two", Some(at(90)));
    exchange.claim("one", None);
    assert!(exchange.is_claimed());
    exchange.handle_timeout(at(90));
    assert!(!exchange.is_claimed());
}
