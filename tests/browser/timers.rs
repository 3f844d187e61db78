//! Time as the page has it: what is to end ends on time, by one timer.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{
    ANA, BEN, Timers, callback, connect, eventually, ingesting, now, number, pass_time, rested, restore_time, sleep,
    text,
};

const QUICK: &str = "{ gateway: { kind: 'ingest' }, typingTtlMs: 300 }";

#[test]
async fn typing_that_nobody_repeats_ends_after_its_ttl_and_never_before() {
    let client = connect(QUICK);
    let chat = client.followed(ANA).await;
    let ended = Rc::<RefCell<Vec<f64>>>::default();
    let kept = Rc::clone(&ended);
    let hear = callback(move |snapshot, _| {
        if text(&snapshot, "activity") == "none" && text(&snapshot, "lastActivity.endedBy") == "ttl" {
            kept.borrow_mut().push(now());
        }
    });
    chat.listen(&hear, &JsValue::UNDEFINED).expect("a listener");
    for _ in 0..2 {
        let began = now();
        client.says(ANA, "typing");
        assert_eq!(text(&chat.snapshot(), "activity"), "typing");
        sleep(250).await;
        assert_eq!(text(&chat.snapshot(), "activity"), "typing", "ended too early");
        sleep(500).await;
        let took = ended.borrow_mut().pop().expect("the end was heard") - began;
        assert!((300.0..=700.0).contains(&took), "ended after {took} ms");
        assert_eq!(text(&chat.snapshot(), "activity"), "none");
    }
    client.end();
}

#[test]
async fn repeats_keep_typing_alive_without_a_flicker() {
    let client = connect(QUICK);
    let heard = client.followed(ANA).await.heard();
    for _ in 0..6 {
        client.says(ANA, "typing");
        sleep(150).await;
    }
    let typing = heard.all("activity");
    assert!(!typing.is_empty() && typing.iter().all(|activity| activity == "typing"), "{typing:?}");
    sleep(600).await;
    assert_eq!(text(&heard.last(), "activity"), "none");
    client.end();
}

#[test]
async fn a_pause_hides_typing_a_moment_later_unless_it_goes_on() {
    let client = ingesting();
    let heard = client.followed(ANA).await.heard();
    client.says(ANA, "typing");
    client.says(ANA, "paused");
    sleep(120).await;
    client.says(ANA, "typing");
    sleep(450).await;
    assert_eq!(heard.all("activity").last().map(String::as_str), Some("typing"));
    assert!(!heard.all("activity").contains(&"none".to_owned()), "{:?}", heard.all("activity"));
    client.says(ANA, "paused");
    sleep(500).await;
    assert_eq!(text(&heard.last(), "activity"), "none");
    assert_eq!(text(&heard.last(), "lastActivity.endedBy"), "paused");
    client.end();
}

#[test]
async fn a_chat_speaks_at_most_once_in_100_ms_and_its_last_word_always_comes() {
    let client = ingesting();
    let chat = client.followed(ANA).await;
    let heard = Rc::<RefCell<Vec<(f64, String)>>>::default();
    let kept = Rc::clone(&heard);
    let hear = callback(move |snapshot, _| kept.borrow_mut().push((now(), text(&snapshot, "activity"))));
    chat.listen(&hear, &JsValue::UNDEFINED).expect("a listener");
    for turn in 0..40 {
        client.says(ANA, if turn % 2 == 0 { "typing" } else { "recording" });
        sleep(10).await;
    }
    sleep(250).await;
    let heard = heard.borrow();
    for pair in heard.windows(2) {
        // Two clocks of whole milliseconds may round a hundred to ninety-eight.
        assert!(pair[1].0 - pair[0].0 >= 98.0, "{heard:?}");
    }
    assert_eq!(heard.last().map(|(_, activity)| activity.as_str()), Some("recording"));
    client.end();
}

#[test]
async fn five_hundred_typing_chats_share_one_browser_timer() {
    let timers = Timers::new();
    let client = connect("{ gateway: { kind: 'ingest' }, typingTtlMs: 400, maxWatchedChats: 1000 }");
    let chats: Vec<String> = (0..500).map(|n| format!("{}@c.us", 15_550_100_000_u64 + n)).collect();
    for chat in &chats {
        client.follow(chat);
    }
    rested().await;
    for chat in &chats {
        client.says(chat, "typing");
        assert_eq!(timers.live(), 1);
    }
    for _ in 0..30 {
        sleep(30).await;
        assert!(timers.live() <= 1, "{} timers at once", timers.live());
    }
    for chat in &chats {
        assert_eq!(text(&client.of(chat), "activity"), "none");
    }
    client.end();
    assert_eq!(timers.live(), 0);
    timers.restore();
}

#[test]
async fn setting_the_timer_never_takes_two() {
    let timers = Timers::new();
    let client = connect(QUICK);
    client.followed(ANA).await;
    for word in ["typing", "paused", "recording", "typing", "offline"] {
        client.says(ANA, word);
        sleep(30).await;
    }
    client.end();
    timers.restore();
    assert_eq!(timers.most(), 1, "an earlier deadline takes the place of a later one");
}

#[test]
async fn a_client_with_nothing_ahead_sets_no_timer_and_never_polls() {
    let timers = Timers::new();
    let client = ingesting();
    let chat = client.followed(ANA).await;
    sleep(250).await;
    let made = timers.made();
    sleep(500).await;
    assert_eq!(timers.made(), made, "a timer went off for nothing");
    chat.close();
    client.end();
    assert_eq!(timers.live(), 0);
    timers.restore();
}

#[test]
async fn a_woken_page_looks_at_the_clock_and_not_at_the_timer() {
    let client = connect(QUICK);
    let heard = client.followed(ANA).await.heard();
    client.says(ANA, "typing");
    // Early and repeated wake-ups are harmless.
    for event in ["focus", "pageshow", "online"] {
        let event = web_sys::Event::new(event).expect("an event");
        web_sys::EventTarget::from(JsValue::from(js_sys::global())).dispatch_event(&event).expect("it is heard");
    }
    assert_eq!(heard.all("activity"), ["typing"]);
    // A page whose script was busy, as one that was frozen, catches up as soon as it is woken.
    let until = now() + 450.0;
    while now() < until {}
    let event = web_sys::Event::new("focus").expect("an event");
    web_sys::EventTarget::from(JsValue::from(js_sys::global())).dispatch_event(&event).expect("it is heard");
    assert_eq!(heard.all("activity"), ["typing", "none"]);
    client.end();
}

#[test]
async fn after_a_sleep_no_timer_of_before_is_waited_for() {
    let client = connect("{ gateway: { kind: 'ingest' }, typingTtlMs: 20000 }");
    let heard = client.followed(ANA).await.heard();
    client.says(ANA, "typing");
    // The timer of its end is set for 20 s from now, and stands still while the lid is closed.
    pass_time(31_000);
    assert_eq!(heard.all("activity"), ["typing", "none"]);
    client.says(ANA, "recording");
    eventually("the next change", 1_000, || heard.count() == 3).await;
    restore_time();
    client.end();
}

#[test]
async fn times_in_a_snapshot_are_unix_milliseconds() {
    let client = connect(QUICK);
    let chat = client.followed(BEN).await;
    let before = now();
    client.says(BEN, "typing");
    let snapshot = chat.snapshot();
    for (path, from, to) in [
        ("activitySinceAtMs", before - 50.0, before + 50.0),
        ("participants.0.activityExpiresAtMs", before + 250.0, before + 350.0),
    ] {
        let at = number(&snapshot, path);
        assert!((from..=to).contains(&at), "{path}: {at}, at {before}");
    }
    client.end();
}
