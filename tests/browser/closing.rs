//! What is closed is quiet: no listener, no timer, no second thoughts.

use js_sys::Function;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{
    ANA, ANA_LID, BEN, Heard, Timers, asked, connect, eventually, ingesting, js, presence, refused, same, sleep, text,
};

const QUICK: &str = "{ gateway: { kind: 'ingest' }, typingTtlMs: 300 }";

#[test]
async fn a_closed_client_leaves_no_timer_and_tells_nobody() {
    let timers = Timers::new();
    let client = connect(QUICK);
    let chat = client.followed(ANA).await;
    client.says(ANA, "typing");
    let (one, all) = (chat.heard(), Heard::new());
    client.listen(&all.function, &JsValue::UNDEFINED).expect("a listener");
    assert_eq!(timers.live(), 1);
    client.end();
    assert_eq!(timers.live(), 0);
    sleep(500).await;
    assert_eq!((one.count(), all.count()), (0, 0), "nothing changed since they listen");
    timers.restore();
}

#[test]
fn closing_twice_is_closing_once() {
    let client = ingesting();
    let heard = Heard::new();
    client.listen_connection(&heard.function, &JsValue::UNDEFINED).expect("a listener");
    client.end();
    client.end();
    client.close(&js("{ forget: true }")).expect("an option it knows");
    assert_eq!(heard.all("state"), ["closed"], "the last word comes once");
    assert_eq!(text(&client.connection(), "state"), "closed");
}

#[test]
async fn a_closed_client_refuses_what_would_begin_something() {
    let client = ingesting();
    let chat = client.followed(ANA).await;
    let last = chat.snapshot();
    let rest = client.rest();
    client.end();
    let nothing = Heard::new();
    let none = &JsValue::UNDEFINED;
    let message = "the client was closed";
    assert_eq!(refused(client.watch(&ANA.into(), none), "closed"), message);
    assert_eq!(refused(client.set_watched(&js("[]")), "closed"), message);
    assert_eq!(refused(client.listen(&nothing.function, none), "closed"), message);
    assert_eq!(refused(client.listen_connection(&nothing.function, none), "closed"), message);
    assert_eq!(refused(client.ingest(&presence(ANA, ANA, "typing").into()), "closed"), message);
    assert_eq!(refused(client.add_alias(&ANA_LID.into(), &ANA.into()), "closed"), message);
    assert_eq!(refused(asked(&rest, "get", &[ANA.into()]).await, "closed"), message);
    assert_eq!(refused(asked(&client.rest(), "getAll", &[]).await, "closed"), message);
    // What only reads goes on reading.
    assert_eq!(client.chats().length(), 0);
    assert_eq!(text(&client.capabilities(), "gateway"), "ingest");
    assert!(same(&chat.snapshot(), &last), "a watch keeps showing what it showed");
    assert_eq!(chat.id(), ANA);
}

#[test]
async fn a_closed_watch_keeps_its_last_snapshot_and_hears_nothing_more() {
    let client = ingesting();
    let chat = client.followed(ANA).await;
    client.says(ANA, "typing");
    let (heard, last) = (chat.heard(), chat.snapshot());
    chat.close();
    chat.close();
    client.says(ANA, "offline");
    assert_eq!(heard.count(), 0);
    assert!(same(&chat.snapshot(), &last));
    // Listening to what has ended is harmless, and so is ending that.
    let late = Heard::new();
    let unlisten = chat.listen(&late.function, &JsValue::UNDEFINED).expect("a function");
    unlisten.call0(&JsValue::UNDEFINED).expect("ending is harmless");
    chat.set_priority(&"focused".into()).expect("so is this");
    client.end();
}

#[test]
async fn closing_one_of_two_watches_leaves_the_other() {
    let client = ingesting();
    let (one, other) = (client.followed(ANA).await, client.followed(ANA).await);
    let (first, second) = (one.heard(), other.heard());
    one.close();
    client.says(ANA, "typing");
    assert_eq!((first.count(), second.count()), (0, 1));
    assert_eq!(client.chats().length(), 1);
    other.close();
    assert_eq!(client.chats().length(), 0);
    client.end();
}

#[test]
async fn a_watch_whose_handle_is_lost_goes_on() {
    let client = ingesting();
    let all = Heard::new();
    client.listen(&all.function, &JsValue::UNDEFINED).expect("a listener");
    drop(client.followed(ANA).await);
    sleep(50).await;
    client.says(ANA, "typing");
    assert_eq!(client.chats().length(), 1);
    assert!(all.count() >= 1);
    client.end();
}

#[test]
async fn two_clients_know_nothing_of_each_other() {
    let (one, other) = (ingesting(), ingesting());
    let (mine, theirs) = (one.followed(ANA).await, other.followed(ANA).await);
    one.says(ANA, "typing");
    assert_eq!((mine.activity(), theirs.activity()), ("typing".to_owned(), "none".to_owned()));
    one.end();
    other.says(ANA, "recording");
    assert_eq!(theirs.activity(), "recording");
    other.end();
}

#[test]
fn the_page_keeps_no_listener_of_a_closed_client() {
    let counted = js("(() => {
        const kept = { add: EventTarget.prototype.addEventListener, remove: EventTarget.prototype.removeEventListener };
        const live = new Map();
        const key = (type, call) => { if (!live.has(call)) live.set(call, new Set()); return live.get(call); };
        EventTarget.prototype.addEventListener = function (type, call, ...rest) {
            key(type, call).add(type); return kept.add.call(this, type, call, ...rest);
        };
        EventTarget.prototype.removeEventListener = function (type, call, ...rest) {
            key(type, call).delete(type); return kept.remove.call(this, type, call, ...rest);
        };
        return {
            live: () => [...live.values()].reduce((sum, types) => sum + types.size, 0),
            restore() { EventTarget.prototype.addEventListener = kept.add;
                        EventTarget.prototype.removeEventListener = kept.remove; },
        };
    })()");
    let live = || {
        let live: js_sys::Function = crate::browser_support::at(&counted, "live").unchecked_into();
        live.call0(&counted).ok().and_then(|n| n.as_f64())
    };
    let controller = web_sys::AbortController::new().expect("browsers have it");
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"signal".into(), &controller.signal()).expect("a fresh object");
    let client = ingesting();
    let chat = client.watch(&BEN.into(), &options).expect("a chat");
    chat.listen(&Heard::new().function, &options).expect("a listener");
    client.listen(&Heard::new().function, &options).expect("a listener");
    assert!(live() >= Some(6.0), "{:?}", live());
    client.end();
    assert_eq!(live(), Some(0.0));
    let restore: js_sys::Function = crate::browser_support::at(&counted, "restore").unchecked_into();
    restore.call0(&counted).expect("it puts things back");
}

#[test]
async fn after_a_trap_a_client_says_so_and_another_can_be_connected() {
    let fatal = Heard::new();
    let options = js("{ gateway: { kind: 'ingest' } }");
    js_sys::Reflect::set(&options, &"onFatal".into(), &fatal.function).expect("a fresh object");
    // Of one that only listens: it makes no call that would notice.
    let _listening = wa_presence::js::connect(&options).expect("options in order");
    let client = ingesting();
    let trap = Closure::<dyn Fn()>::new(|| panic!("on purpose, in a test"));
    let trapped: Function =
        js("(trap) => { try { trap(); return false; } catch { return true; } }").dyn_into().expect("a function");
    let trapped = trapped.call1(&JsValue::UNDEFINED, trap.as_ref()).expect("it catches");
    assert!(trapped.is_truthy(), "a panic is an exception to JavaScript");
    eventually("whoever only listens to be told", 1_000, || fatal.count() == 1).await;
    refused(client.watch(&ANA.into(), &JsValue::UNDEFINED), "crashed");
    let again = ingesting();
    let chat = again.follow(ANA);
    again.says(ANA, "typing");
    eventually("typing", 1_000, || chat.activity() == "typing").await;
    again.end();
}
