//! Every endpoint as one call: what it asks, and what it answers.

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{ANA, ANA_LID, BEN, asked, at, not_frozen, number, sleep, text};
use crate::gateway::Gateway;

/// Method, path and status of the last call of a route that the gateway noted. The client asks for the session by itself.
async fn last_call(gateway: &Gateway, route: &str) -> String {
    let calls = Array::from(&at(&gateway.log().await, "calls"));
    let last = calls.iter().rfind(|call| text(call, "route") == route).unwrap_or_default();
    let path = text(&last, "path").replace(&gateway.session, "{session}").replace("%40", "@");
    format!("{} {path} {}", text(&last, "method"), text(&last, "status"))
}

#[test]
async fn get_reads_one_chat() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.caller();
    asked(&client.rest(), "subscribe", &[ANA.into()]).await.expect("the gateway answers");
    gateway.subscribed(ANA).await;
    gateway.act("Ana", "typing").await;
    sleep(50).await;
    let chat = asked(&client.rest(), "get", &[ANA.into()]).await.expect("the gateway answers");
    assert_eq!(last_call(&gateway, "chatPresence").await, format!("GET /api/{{session}}/presence/{ANA} 200"));
    assert_eq!(text(&chat, "chat"), ANA);
    let entry = at(&chat, "presences.0");
    assert_eq!((text(&entry, "participant"), text(&entry, "presence")), (ANA.to_owned(), "typing".to_owned()));
    assert_eq!(text(&entry, "lastSeenAtMs"), "null");
    assert_eq!(not_frozen(&chat), None);
    gateway.act("Ana", "paused").await;
    gateway.control("act", r#"{"person":"Ana","does":"offline","lastSeen":1785000000}"#).await;
    sleep(50).await;
    let chat = asked(&client.rest(), "get", &[ANA.into()]).await.expect("the gateway answers");
    assert_eq!(text(&chat, "presences.0.presence"), "offline");
    assert_eq!(number(&chat, "presences.0.lastSeenAtMs"), 1_785_000_000_000.0, "seconds became milliseconds");
    gateway.forget(client).await;
}

#[test]
async fn get_of_somebody_never_heard_of_is_an_empty_list() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.caller();
    let chat = asked(&client.rest(), "get", &["15550007777@c.us".into()]).await.expect("the gateway answers");
    assert_eq!((text(&chat, "chat"), number(&at(&chat, "presences"), "length")), ("15550007777@c.us".to_owned(), 0.0));
    gateway.forget(client).await;
}

#[test]
async fn a_read_is_fed_to_the_client_but_never_revives_typing() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.caller();
    let chat = client.follow(ANA);
    gateway.subscribed(ANA).await;
    gateway.act("Ana", "typing").await;
    // NOWEB keeps the last word for ever: by now it is older than typing may live.
    sleep(800).await;
    asked(&client.rest(), "get", &[ANA.into()]).await.expect("the gateway answers");
    sleep(150).await;
    let first = chat.activity();
    asked(&client.rest(), "get", &[ANA.into()]).await.expect("the gateway answers");
    sleep(900).await;
    asked(&client.rest(), "get", &[ANA.into()]).await.expect("the gateway answers");
    sleep(150).await;
    assert_eq!(chat.activity(), "none", "the same word read again is no news ({first} before)");
    gateway.act("Ana", "offline").await;
    sleep(50).await;
    asked(&client.rest(), "get", &[ANA.into()]).await.expect("the gateway answers");
    sleep(150).await;
    assert_eq!(text(&chat.snapshot(), "availability"), "offline", "what is read is known");
    gateway.forget(client).await;
}

#[test]
async fn get_all_lists_without_subscribing() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.caller();
    let none = asked(&client.rest(), "getAll", &[]).await.expect("the gateway answers");
    assert_eq!(last_call(&gateway, "allPresence").await, "GET /api/{session}/presence 200");
    assert_eq!(number(&none, "length"), 0.0);
    for (person, chat) in [("Ana", ANA), ("Ben", BEN)] {
        asked(&client.rest(), "subscribe", &[chat.into()]).await.expect("the gateway answers");
        gateway.act(person, "online").await;
    }
    sleep(300).await;
    let all = asked(&client.rest(), "getAll", &[]).await.expect("the gateway answers");
    let chats: Vec<String> = Array::from(&all).iter().map(|chat| text(&chat, "chat")).collect();
    assert_eq!(chats, [ANA, BEN]);
    assert_eq!(text(&all, "0.presences.0.presence"), "online");
    assert_eq!(not_frozen(&all), None);
    gateway.forget(client).await;
}

#[test]
async fn get_all_is_unsupported_without_a_call_on_an_engine_known_to_have_no_list() {
    for engine in ["GOWS", "WEBJS"] {
        let Some(gateway) = Gateway::with(&format!(r#""engine":"{engine}","#)).await else { return };
        let client = gateway.caller();
        asked(&client.rest(), "session", &[]).await.expect("the gateway answers");
        assert_eq!(text(&client.capabilities(), "engine"), engine);
        let error = asked(&client.rest(), "getAll", &[]).await.expect_err("no list");
        assert_eq!((text(&error, "code"), text(&error, "status")), ("unsupported".to_owned(), "null".to_owned()));
        gateway.forget(client).await;
    }
}

#[test]
async fn subscribe_answers_nothing() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.caller();
    let answer = asked(&client.rest(), "subscribe", &[ANA.into()]).await.expect("201 without a body is a success");
    assert!(answer.is_undefined());
    assert_eq!(last_call(&gateway, "subscribe").await, format!("POST /api/{{session}}/presence/{ANA}/subscribe 201"));
    gateway.subscribed(ANA).await;
    gateway.forget(client).await;
}

#[test]
async fn set_says_each_of_the_five_words() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.caller();
    for (word, chat) in
        [("online", None), ("offline", None), ("typing", Some(ANA)), ("recording", Some(ANA)), ("paused", Some(ANA))]
    {
        let arguments: Vec<JsValue> = [Some(word), chat].into_iter().flatten().map(JsValue::from).collect();
        let answer = asked(&client.rest(), "set", &arguments).await.unwrap_or_else(|_| panic!("{word} was refused"));
        assert!(answer.is_undefined());
        assert_eq!(last_call(&gateway, "setPresence").await, "POST /api/{session}/presence 201", "{word}");
        if chat.is_none() {
            assert_eq!(text(&gateway.log().await, "ownPresence"), if word == "online" { "true" } else { "false" });
        }
    }
    gateway.forget(client).await;
}

#[test]
async fn start_and_stop_typing_name_the_session_in_their_body() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.caller();
    for method in ["startTyping", "stopTyping"] {
        let answer = asked(&client.rest(), method, &[ANA.into()]).await.expect("the gateway answers");
        assert!(answer.is_undefined());
        assert_eq!(last_call(&gateway, method).await, format!("POST /api/{method} 201"));
        assert_eq!(gateway.calls(method).await, 1, "it found the session");
    }
    gateway.forget(client).await;
}

#[test]
async fn session_tells_how_it_is() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.caller();
    asked(&client.rest(), "set", &["online".into()]).await.expect("the gateway answers");
    let session = asked(&client.rest(), "session", &[]).await.expect("the gateway answers");
    assert_eq!(last_call(&gateway, "getSession").await, "GET /api/sessions/{session} 200");
    for (field, value) in [("status", "WORKING"), ("state", "working"), ("presence", "online"), ("engine", "NOWEB")] {
        assert_eq!(text(&session, field), value);
    }
    for (status, state) in
        [("SCAN_QR_CODE", "needs-pairing"), ("STOPPED", "stopped"), ("FAILED", "failed"), ("STARTING", "starting")]
    {
        gateway.set_status(status).await;
        let session = asked(&client.rest(), "session", &[]).await.expect("it answers whatever its state");
        assert_eq!((text(&session, "status"), text(&session, "state")), (status.to_owned(), state.to_owned()));
        assert_eq!(text(&client.connection(), "session"), state, "and the connection knows it too");
    }
    gateway.forget(client).await;
}

#[test]
async fn look_up_tells_the_other_id_either_way() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.caller();
    for (id, route) in [(ANA, "phoneToLid"), (ANA_LID, "lidToPhone")] {
        let ids = asked(&client.rest(), "lookUp", &[id.into()]).await.expect("the gateway answers");
        assert_eq!((text(&ids, "lid"), text(&ids, "contact")), (ANA_LID.to_owned(), ANA.to_owned()), "{id}");
        assert_eq!(gateway.calls(route).await, 1);
        assert_eq!(not_frozen(&ids), None);
    }
    let ids = asked(&client.rest(), "lookUp", &[BEN.into()]).await.expect("the gateway answers");
    assert_eq!((text(&ids, "lid"), text(&ids, "contact")), ("null".to_owned(), BEN.to_owned()));
    gateway.forget(client).await;
}
