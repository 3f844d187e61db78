//! `for await (const snapshot of watch)`.

use js_sys::{Array, AsyncIterator, Function, Promise, Symbol};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{ANA, Chat, at, ingesting, js, promise_of, rested, text};

fn iterator(chat: &Chat) -> JsValue {
    let open: Function =
        js_sys::Reflect::get(chat, &Symbol::async_iterator()).expect("it is iterable").unchecked_into();
    open.call0(chat).expect("an iterator")
}

fn next(iterator: &JsValue) -> Promise {
    iterator.unchecked_ref::<AsyncIterator>().next().expect("a promise")
}

async fn step(promise: Promise) -> JsValue {
    JsFuture::from(promise).await.expect("iterators never reject")
}

/// Reads until the end, as a page does.
fn reading(chat: &Chat) -> (JsValue, Promise) {
    let read: Function = js("(chat) => { const seen = []; return [seen, (async () => {
        for await (const snapshot of chat) seen.push(snapshot.activity); return 'ended'; })()]; }")
    .unchecked_into();
    let pair = Array::from(&read.call1(&JsValue::UNDEFINED, chat).expect("it begins"));
    (pair.get(0), pair.get(1).unchecked_into())
}

#[test]
async fn a_loop_sees_changes_and_ends_with_the_watch() {
    let client = ingesting();
    let chat = client.followed(ANA).await;
    let (seen, end) = reading(&chat);
    client.says(ANA, "typing");
    rested().await;
    client.says(ANA, "offline");
    rested().await;
    chat.close();
    assert_eq!(step(end).await, JsValue::from("ended"));
    let seen: Vec<String> = Array::from(&seen).iter().filter_map(|word| word.as_string()).collect();
    assert_eq!(seen, ["typing", "none"]);
    client.end();
}

#[test]
async fn a_loop_ends_with_the_client() {
    let client = ingesting();
    let (_, end) = reading(&client.followed(ANA).await);
    client.end();
    assert_eq!(step(end).await, JsValue::from("ended"));
    let late = ingesting();
    let chat = late.followed(ANA).await;
    chat.close();
    let (_, end) = reading(&chat);
    assert_eq!(step(end).await, JsValue::from("ended"), "a watch that has ended");
    late.end();
}

#[test]
async fn a_slow_reader_gets_the_latest_and_not_the_backlog() {
    let client = ingesting();
    let chat = client.followed(ANA).await;
    let reader = iterator(&chat);
    for word in ["typing", "recording", "offline"] {
        client.says(ANA, word);
        rested().await;
    }
    let first = step(next(&reader)).await;
    assert_eq!(text(&first, "value.availability"), "offline");
    assert!(crate::browser_support::same(&at(&first, "value"), &chat.snapshot()));
    let second = next(&reader);
    client.says(ANA, "typing");
    assert_eq!(text(&step(second).await, "value.activity"), "typing");
    client.end();
}

#[test]
async fn what_came_last_before_the_end_is_still_read() {
    let client = ingesting();
    let chat = client.followed(ANA).await;
    let reader = iterator(&chat);
    client.says(ANA, "typing");
    chat.close();
    assert_eq!(text(&step(next(&reader)).await, "value.activity"), "typing");
    assert_eq!(text(&step(next(&reader)).await, "done"), "true");
    client.end();
}

#[test]
async fn leaving_a_loop_leaves_the_watch_open() {
    let client = ingesting();
    let chat = client.followed(ANA).await;
    let reader = iterator(&chat);
    let waiting = next(&reader);
    let left = step(promise_of(&reader, "return", &[JsValue::from(7)])).await;
    assert_eq!((text(&left, "done"), text(&left, "value")), ("true".to_owned(), "7".to_owned()));
    assert_eq!(text(&step(waiting).await, "done"), "true", "whoever waited is told");
    assert_eq!(text(&step(next(&reader)).await, "done"), "true");
    let heard = chat.heard();
    client.says(ANA, "typing");
    assert_eq!((heard.count(), client.chats().length()), (1, 1));
    client.end();
}

#[test]
async fn every_loop_reads_for_itself() {
    let client = ingesting();
    let chat = client.followed(ANA).await;
    let (one, other) = (iterator(&chat), iterator(&chat));
    client.says(ANA, "typing");
    for reader in [one, other] {
        assert_eq!(text(&step(next(&reader)).await, "value.activity"), "typing");
    }
    client.end();
}

#[test]
async fn two_reads_at_once_are_answered_in_turn() {
    let client = ingesting();
    let chat = client.followed(ANA).await;
    let reader = iterator(&chat);
    let (first, second) = (next(&reader), next(&reader));
    client.says(ANA, "typing");
    rested().await;
    client.says(ANA, "recording");
    assert_eq!(text(&step(first).await, "value.activity"), "typing");
    assert_eq!(text(&step(second).await, "value.activity"), "recording");
    client.end();
}

#[test]
async fn an_iterator_can_be_looped_over_itself() {
    let client = ingesting();
    let chat = client.followed(ANA).await;
    let first = iterator(&chat);
    let open: Function = js_sys::Reflect::get(&first, &Symbol::async_iterator()).expect("a member").unchecked_into();
    let second = open.call0(&first).expect("an iterator");
    // `for await (const s of watch[Symbol.asyncIterator]())` keeps the second alone: the first may be collected.
    if !crate::browser_support::same(&first, &second) {
        let free: Function = at(&first, "free").unchecked_into();
        free.call0(&first).expect("as the garbage collector does it");
    }
    client.says(ANA, "typing");
    assert_eq!(text(&step(next(&second)).await, "value.activity"), "typing");
    client.end();
}
