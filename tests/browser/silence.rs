//! A feed that may be dead: another is opened beside it, and how the older one ends says what it was.

use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{Client, connect, eventually, js, number, pass_time, restore_time, sleep, text};

/// Sockets that open at once, are heard of in `sockets`, and say of their end what the test has them say.
const SCRIPTED: &str = "(() => {
    globalThis.sockets = [];
    globalThis.Scripted = class {
        constructor() {
            sockets.push(this);
            this.closes = 0;
            this.readyState = 0;
            setTimeout(() => this.onopen?.({ type: 'open' }), 10);
        }
        close() { this.closes += 1; }
        says(text) { this.onmessage?.({ type: 'message', data: text }); }
        ends(code) { this.onclose?.({ type: 'close', code }); }
    };
})()";
/// Nobody listens there: what is asked goes nowhere, which is not what these tests are about.
const OPTIONS: &str =
    "{ gateway: { kind: 'waha', baseUrl: 'http://127.0.0.1:2' }, webSocket: Scripted, shareTabs: false }";

async fn open() -> Client {
    js(SCRIPTED);
    let client = connect(OPTIONS);
    eventually("a feed that is believed", 5_000, || text(&client.connection(), "state") == "open").await;
    client
}

fn come_back() {
    js("globalThis.dispatchEvent(new Event('online'))");
}

fn sockets() -> f64 {
    number(&js("sockets"), "length")
}

fn closes(socket: u32) -> f64 {
    number(&js(&format!("sockets[{socket}]")), "closes")
}

#[test]
async fn a_feed_that_was_silent_while_the_page_was_away_is_replaced_before_it_is_closed() {
    let client = open().await;
    come_back();
    assert_eq!(sockets(), 1.0, "it was heard a moment ago");
    pass_time(31_000);
    come_back();
    assert_eq!((sockets(), closes(0)), (2.0, 0.0));
    // Both are heard until the other one is believed.
    js("sockets[0].says('{}')");
    eventually("the older one to be closed", 5_000, || closes(0) > 0.0).await;
    js("sockets[0].ends(1000)");
    sleep(50).await;
    assert_eq!((text(&client.connection(), "state"), sockets(), closes(1)), ("open".into(), 2.0, 0.0));
    restore_time();
    client.end();
    assert_eq!(closes(1), 1.0);
}

#[test]
async fn the_end_of_both_is_the_end_of_the_feed() {
    let client = open().await;
    pass_time(31_000);
    come_back();
    assert_eq!(sockets(), 2.0);
    js("sockets[1].ends(1006)");
    assert_eq!(text(&client.connection(), "state"), "reconnecting");
    assert_eq!(closes(0), 1.0, "the older one is not waited for");
    restore_time();
    client.end();
}
