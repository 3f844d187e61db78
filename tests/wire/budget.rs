//! What calls cost, who else pays from the same purse, and what we leave behind.

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{ANA, BEN, Client, TEAM, at, eventually, js, number, sleep, text};
use crate::gateway::{Gateway, open};

/// What every client of this package left in the browser: `[name, line]` each.
fn ledgers() -> Vec<(String, String)> {
    let kept = js("Object.entries(localStorage).filter(([name]) => name.startsWith('wa-presence:'))");
    Array::from(&kept).iter().map(|entry| (text(&entry, "0"), text(&entry, "1"))).collect()
}

async fn spent(client: &Client, calls: f64) {
    let so = || number(&client.budget(), "spent") >= calls && number(&client.budget(), "inFlight") == 0.0;
    eventually("the calls and their answers", 6_000, so).await;
}

#[test]
async fn a_chat_that_is_let_go_and_taken_up_again_costs_one_call() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect_with("lookUpIds: false", "");
    open(&client).await;
    // As a component does that is mounted, taken apart and mounted again.
    client.follow(ANA).close();
    let chat = client.follow(ANA);
    gateway.subscribed(ANA).await;
    chat.close();
    let chat = client.follow(ANA);
    assert_eq!(text(&chat.snapshot(), "knowledge.state"), "live", "what was known is known");
    sleep(1_500).await;
    assert_eq!(gateway.calls("subscribe").await, 1);
    assert_eq!(number(&client.counters(), "subscribeCalls"), 1.0);
    gateway.forget(client).await;
}

#[test]
async fn two_clients_of_an_account_share_its_budget() {
    let Some(gateway) = Gateway::open().await else { return };
    let first = gateway.connect_with("lookUpIds: false", "shareTabs: false, keepOnReload: false");
    open(&first).await;
    let before = ledgers();
    first.follow(ANA);
    first.follow(BEN);
    spent(&first, 2.0).await;
    let second = gateway.connect_with("lookUpIds: false", "shareTabs: false, keepOnReload: false");
    assert_eq!(number(&second.budget(), "spent"), 2.0, "what the first one spent");
    assert_eq!(number(&second.budget(), "callsToday"), 2.0);
    assert_eq!(number(&second.counters(), "subscribeCalls"), 0.0, "its own calls are its own");
    open(&second).await;
    second.follow(TEAM);
    spent(&second, 3.0).await;
    first.follow(TEAM);
    spent(&first, 4.0).await;
    assert_eq!(number(&first.counters(), "subscribeCalls"), 3.0, "the fourth is the second one's");
    let mut third = gateway.connect_with("lookUpIds: false", "shareTabs: false, keepOnReload: false");
    assert_eq!(number(&third.budget(), "spent"), 4.0, "a page that is loaded again");
    third.end();
    let ours: Vec<_> =
        ledgers().into_iter().filter(|(name, _)| before.iter().all(|(other, _)| other != name)).collect();
    assert_eq!(ours.len(), 2, "a line for each that called: {ours:?}");
    for (name, line) in &ours {
        let rest = name.strip_prefix("wa-presence:budget:").expect("a name that says whose it is");
        assert!(rest.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':'), "{rest}");
        assert!(!name.contains(gateway.session.as_str()) && !name.contains("15550"), "{name}");
        assert!(line.bytes().all(|byte| byte.is_ascii_digit() || byte == b' '), "{line}");
        assert!(!line.contains("15550"), "{line}");
    }
    third = gateway.connect_with("messageEvents: false, lookUpIds: false", "");
    assert_eq!(number(&third.budget(), "spent"), 4.0, "the account counts, not how it is listened to");
    third.end();
    Client::close(&first, &js("{ forget: true }")).expect("closing never fails");
    assert_eq!(ledgers().iter().filter(|line| ours.contains(line)).count(), 1, "its own line is gone");
    let third = gateway.connect_with("lookUpIds: false", "");
    assert_eq!(number(&third.budget(), "spent"), 1.0);
    third.end();
    Client::close(&second, &js("{ forget: true }")).expect("closing never fails");
    assert!(
        ledgers().iter().all(|(name, _)| before.iter().any(|(other, _)| other == name)),
        "nothing is left of either"
    );
    gateway.delete().await;
}

#[test]
async fn accounts_do_not_pay_for_each_other() {
    let (Some(one), Some(other)) = (Gateway::open().await, Gateway::open().await) else { return };
    let client = one.connect_with("lookUpIds: false", "");
    client.follow(ANA);
    spent(&client, 1.0).await;
    let stranger = other.connect_with("lookUpIds: false", "");
    assert_eq!(number(&stranger.budget(), "spent"), 0.0);
    one.forget(client).await;
    other.forget(stranger).await;
}

#[test]
async fn after_a_burst_our_account_goes_offline_once() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect_with("lookUpIds: false", "afterSubscribe: 'offline'");
    open(&client).await;
    for chat in [ANA, BEN, TEAM] {
        client.follow(chat);
    }
    spent(&client, 3.0).await;
    assert_eq!(gateway.calls("setPresence").await, 0, "not while the burst goes on");
    for _ in 0..60 {
        if gateway.calls("setPresence").await > 0 {
            break;
        }
        sleep(100).await;
    }
    sleep(2_500).await;
    assert_eq!((gateway.calls("subscribe").await, gateway.calls("setPresence").await), (3, 1));
    let log = gateway.log().await;
    let calls: Vec<JsValue> = Array::from(&at(&log, "calls")).iter().collect();
    let last = |route: &str| calls.iter().rfind(|call| text(call, "route") == route).map(|call| number(call, "atMs"));
    let (Some(subscribed), Some(offline)) = (last("subscribe"), last("setPresence")) else {
        panic!("both were called")
    };
    assert!((1_500.0..=4_000.0).contains(&(offline - subscribed)), "{} ms after the burst", offline - subscribed);
    gateway.forget(client).await;
}

#[test]
async fn unless_asked_our_account_stays_as_it_is() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect_with("lookUpIds: false", "");
    open(&client).await;
    client.follow(ANA);
    spent(&client, 1.0).await;
    sleep(3_000).await;
    assert_eq!(gateway.calls("setPresence").await, 0);
    gateway.forget(client).await;
}
