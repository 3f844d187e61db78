//! Listeners may call back in, throw, or leave while they are being called.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{
    ANA, ANA_LID, BEN, Heard, Reports, TEAM, callback, connect, ingesting, js, not_frozen, presence, rested, same,
    sleep, text,
};

const NONE: JsValue = JsValue::UNDEFINED;

#[test]
async fn a_listener_hears_the_snapshot_the_one_before_and_the_cause() {
    let client = ingesting();
    let chat = client.followed(ANA).await;
    let before = chat.snapshot();
    let heard = chat.heard();
    client.says(ANA, "typing");
    let change = heard.last_change();
    assert!(same(&heard.last(), &chat.snapshot()));
    assert!(same(&crate::browser_support::at(&change, "snapshot"), &heard.last()));
    assert!(same(&crate::browser_support::at(&change, "previous"), &before));
    assert_eq!(text(&change, "cause"), "push");
    assert_eq!(not_frozen(&change), None);
    client.end();
}

#[test]
async fn a_listener_may_ingest_watch_and_read() {
    let client = ingesting();
    let chat = client.followed(ANA).await;
    let ben = client.followed(BEN).await.heard();
    let inside = client.clone();
    let heard = Heard::then(move |snapshot| {
        assert_eq!(text(snapshot, "chat"), ANA);
        inside.follow(TEAM);
        inside.says(BEN, "typing");
        assert!(same(&inside.of(ANA), snapshot), "what is told is what can be read");
        inside.add_alias(&ANA_LID.into(), &ANA.into()).expect("two ids of one person");
    });
    chat.listen(&heard.function, &NONE).expect("a listener");
    client.says(ANA, "typing");
    assert_eq!(heard.count(), 1);
    assert_eq!(ben.all("activity"), ["typing"], "heard within the same call");
    assert_eq!(client.chats().length(), 3);
    client.end();
}

#[test]
async fn a_listener_may_close_the_watch_that_called_it() {
    let client = ingesting();
    let chat = client.followed(ANA).await;
    let inside = chat.clone();
    let heard = Heard::then(move |_| inside.close());
    chat.listen(&heard.function, &NONE).expect("a listener");
    let second = chat.heard();
    client.says(ANA, "typing");
    client.says(ANA, "offline");
    assert_eq!((heard.count(), second.count()), (1, 0), "a listener of a watch that ended is not called any more");
    client.end();
}

#[test]
async fn a_listener_may_close_the_client_that_called_it() {
    let client = ingesting();
    let chat = client.followed(ANA).await;
    let inside = client.clone();
    let heard = Heard::then(move |_| inside.end());
    chat.listen(&heard.function, &NONE).expect("a listener");
    let (second, all) = (chat.heard(), Heard::new());
    client.listen(&all.function, &NONE).expect("a listener");
    client.says(ANA, "typing");
    sleep(30).await;
    assert_eq!((heard.count(), second.count(), all.count()), (1, 0, 0));
    assert_eq!(text(&client.connection(), "state"), "closed");
}

#[test]
async fn one_that_leaves_during_a_call_is_not_called_and_one_that_comes_waits_for_the_next() {
    let client = ingesting();
    let chat = client.followed(ANA).await;
    let (leave, late) = (Rc::<RefCell<Option<Function>>>::default(), Rc::new(Heard::new()));
    let (leave_inside, chat_inside, late_inside) = (Rc::clone(&leave), chat.clone(), Rc::clone(&late));
    let first = Heard::then(move |_| {
        if let Some(leave) = leave_inside.borrow_mut().take() {
            leave.call0(&NONE).expect("leaving is harmless");
            leave.call0(&NONE).expect("even twice");
            chat_inside.listen(&late_inside.function, &NONE).expect("a listener");
        }
    });
    chat.listen(&first.function, &NONE).expect("a listener");
    let second = Heard::new();
    *leave.borrow_mut() = Some(chat.listen(&second.function, &NONE).expect("a listener"));
    client.says(ANA, "typing");
    assert_eq!((first.count(), second.count(), late.count()), (1, 0, 0));
    client.end();
}

#[test]
async fn a_listener_may_leave_by_itself() {
    let client = ingesting();
    let chat = client.followed(ANA).await;
    let leave = Rc::<RefCell<Option<Function>>>::default();
    let inside = Rc::clone(&leave);
    let once = Heard::then(move |_| {
        if let Some(leave) = inside.borrow().as_ref() {
            leave.call0(&NONE).expect("leaving is harmless");
        }
    });
    *leave.borrow_mut() = Some(client.listen(&once.function, &NONE).expect("a listener"));
    client.says(ANA, "typing");
    rested().await;
    client.says(ANA, "recording");
    rested().await;
    assert_eq!(once.count(), 1);
    drop(chat);
    client.end();
}

#[test]
async fn one_that_throws_stops_nobody_and_is_reported() {
    let reports = Reports::new();
    let client = ingesting();
    let chat = client.followed(ANA).await;
    chat.listen(&js("() => { throw new Error('the first listener is broken'); }"), &NONE).expect("a listener");
    let second = chat.heard();
    client.listen(&js("() => { throw 'not even an Error'; }"), &NONE).expect("a listener");
    let all = Heard::new();
    client.listen(&all.function, &NONE).expect("a listener");
    client.says(ANA, "typing");
    reports.restore();
    assert_eq!((second.count(), all.count()), (1, 1));
    let messages: Vec<String> = reports.messages().iter().filter_map(|message| message.as_string()).collect();
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert!(messages[0].contains("the first listener is broken"), "{messages:?}");
    assert_eq!(text(&client.of(ANA), "activity"), "typing", "and the client is as good as before");
    client.end();
}

#[test]
async fn an_on_error_that_throws_is_reported_too() {
    let reports = Reports::new();
    let client = connect(
        "{ gateway: { kind: 'waha', baseUrl: 'http://127.0.0.1:2', apiKey: () => { throw new Error('no key'); } },
           onError: () => { throw new Error('onError is broken'); } }",
    );
    sleep(50).await;
    reports.restore();
    let messages: Vec<String> = reports.messages().iter().filter_map(|message| message.as_string()).collect();
    assert!(!messages.is_empty() && messages.iter().all(|said| said.contains("onError is broken")), "{messages:?}");
    assert_eq!(text(&client.connection(), "state"), "unauthorized", "it went on");
    client.end();
}

#[test]
async fn a_listener_of_all_hears_the_changes_of_one_moment_together() {
    let client = ingesting();
    client.followed(ANA).await;
    client.followed(BEN).await;
    let batches = Rc::<RefCell<Vec<Vec<String>>>>::default();
    let kept = Rc::clone(&batches);
    let hear = callback(move |changes, _| {
        assert_eq!(not_frozen(&changes), None);
        let chats = js_sys::Array::from(&changes).iter().map(|change| text(&change, "snapshot.chat")).collect();
        kept.borrow_mut().push(chats);
    });
    client.listen(&hear, &NONE).expect("a listener");
    // Two bodies are two moments, even within one turn of the page.
    client.says(ANA, "typing");
    client.says(BEN, "typing");
    assert_eq!(*batches.borrow(), [vec![ANA.to_owned()], vec![BEN.to_owned()]]);
    // What the rate limit held back comes out at once.
    batches.borrow_mut().clear();
    client.says(ANA, "recording");
    client.says(BEN, "recording");
    assert_eq!(batches.borrow().len(), 0);
    sleep(300).await;
    let mut together: Vec<String> = batches.borrow().concat();
    together.sort();
    assert_eq!(together, [ANA, BEN]);
    client.end();
}

#[test]
fn a_listener_of_all_hears_only_of_watched_chats() {
    let client = ingesting();
    let all = Heard::new();
    client.listen(&all.function, &NONE).expect("a listener");
    client.takes(&presence(BEN, BEN, "typing"));
    assert_eq!(all.count(), 0, "nobody watches them");
    assert_eq!(text(&client.of(BEN), "activity"), "typing", "yet what came is kept");
    client.end();
}

#[test]
async fn what_is_no_function_is_refused() {
    let client = ingesting();
    let chat = client.followed(ANA).await;
    for wrong in [js("undefined"), js("null"), js("({ handleEvent() {} })"), js("'f'")] {
        let refused = crate::browser_support::refused(chat.listen(&wrong, &NONE), "invalid-option");
        assert!(refused.starts_with("callback: expected a function, found "), "{refused}");
        crate::browser_support::refused(client.listen(&wrong, &NONE), "invalid-option");
        crate::browser_support::refused(client.listen_connection(&wrong, &NONE), "invalid-option");
    }
    client.end();
}
