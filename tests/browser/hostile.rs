//! Bodies made to do harm: deep, wide, many, absurd. The client stays as good as before.

use js_sys::Uint8Array;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{ANA, Client, connect, envelope, ingesting, number, presence, rested, text};

/// Whatever came, the next honest body counts.
async fn as_good_as_before(client: &Client) {
    rested().await;
    client.takes(&presence(ANA, ANA, "typing"));
    assert_eq!(text(&client.of(ANA), "activity"), "typing");
}

#[test]
async fn deep_nesting_is_survived_as_text_as_bytes_and_parsed() {
    let client = connect("{ gateway: { kind: 'ingest' }, maxBodyBytes: 16777216 }");
    client.followed(ANA).await;
    for depth in [100, 200, 10_000, 300_000] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            for body in [deep.clone(), envelope("presence.update", &deep), envelope("poll.vote", &deep)] {
                // Refused or counted, either is right.
                for body in [body.as_str().into(), Uint8Array::from(body.as_bytes()).into()] {
                    if let Err(error) = client.ingest(&body) {
                        assert_eq!(text(&error, "code"), "malformed");
                    }
                }
            }
        }
    }
    let deep = crate::browser_support::js(
        "(() => { let a = {}; for (let n = 0; n < 100000; n += 1) a = { a }; return a; })()",
    );
    if let Err(error) = client.ingest(&deep) {
        assert_eq!(text(&error, "code"), "malformed");
    }
    as_good_as_before(&client).await;
    client.end();
}

#[test]
async fn fields_of_the_wrong_type_are_ignored_or_refused() {
    let client = ingesting();
    client.followed(ANA).await;
    for field in ["null", "7", "-1e308", "1e999", "\"\"", "[]", "{}", "[[[]]]", "true", "\"\\ud800\"", "\"\\u0000\""] {
        for body in [
            format!(r#"{{"id":{field},"timestamp":1,"event":"presence.update","payload":{{}}}}"#),
            format!(r#"{{"id":"e","timestamp":{field},"event":"presence.update","payload":{{"id":"{ANA}"}}}}"#),
            format!(r#"{{"id":"e","timestamp":1,"event":{field},"payload":{{}}}}"#),
            envelope("presence.update", field),
            envelope("presence.update", &format!(r#"{{"id":{field},"presences":{field}}}"#)),
            envelope("presence.update", &format!(r#"{{"id":"{ANA}","presences":[{field}]}}"#)),
            envelope(
                "presence.update",
                &format!(r#"{{"id":"{ANA}","presences":[{{"participant":{field},"lastKnownPresence":{field}}}]}}"#),
            ),
            envelope("session.status", field),
            envelope("session.status", &format!(r#"{{"status":{field}}}"#)),
            envelope("message", field),
            envelope("message", &format!(r#"{{"id":{field},"from":{field},"timestamp":{field},"fromMe":{field}}}"#)),
            envelope("message.ack", &format!(r#"{{"id":{field},"from":{field},"ack":{field}}}"#)),
        ] {
            if let Err(error) = client.ingest(&body.as_str().into()) {
                assert_eq!(text(&error, "code"), "malformed", "{body}");
            }
        }
    }
    as_good_as_before(&client).await;
    client.end();
}

#[test]
async fn absurd_times_leave_the_clock_alone() {
    let client = ingesting();
    client.followed(ANA).await;
    as_good_as_before(&client).await;
    for stamp in ["0", "-1", "1", "99999999999999999999", "1e300", "-1e300", "9007199254740993", "4102444800000"] {
        let presences = format!(r#"[{{"participant":"{ANA}","lastKnownPresence":"online","lastSeen":{stamp}}}]"#);
        let payload = format!(r#"{{"id":"{ANA}","presences":{presences}}}"#);
        let body =
            format!(r#"{{"id":"absurd {stamp}","timestamp":{stamp},"event":"presence.update","payload":{payload}}}"#);
        if let Err(error) = client.ingest(&body.as_str().into()) {
            assert_eq!(text(&error, "code"), "malformed", "{body}");
        }
        let snapshot = client.of(ANA);
        for path in ["activitySinceAtMs", "lastSeen.atMs", "participants.0.lagMs"] {
            let at = number(&snapshot, path);
            assert!(at.is_nan() || (0.0..9.0e15).contains(&at), "{path}: {at} by {stamp}");
        }
    }
    client.end();
}

#[test]
async fn a_flood_of_strangers_stays_within_the_caps() {
    let client = ingesting();
    client.follow(ANA);
    for n in 0..5_000_u64 {
        let chat = format!("{}@c.us", 15_551_000_000 + n);
        client.takes(&presence(&chat, &chat, "typing"));
    }
    assert!(client.of("15551000000@c.us").is_null(), "the oldest strangers are forgotten");
    assert!(!client.of("15551004999@c.us").is_null());
    assert!(!client.of(ANA).is_null(), "a watched chat is kept");
    as_good_as_before(&client).await;
    client.end();
}

#[test]
async fn a_group_of_more_people_than_whatsapp_allows_stays_within_its_cap() {
    let client = connect("{ gateway: { kind: 'ingest' }, maxBodyBytes: 16777216 }");
    let group = "120363000000000001@g.us";
    client.followed(group).await;
    let people: Vec<String> = (0..5_000_u64)
        .map(|n| format!(r#"{{"participant":"{}@c.us","lastKnownPresence":"online"}}"#, 15_551_000_000 + n))
        .collect();
    client.takes(&envelope("presence.update", &format!(r#"{{"id":"{group}","presences":[{}]}}"#, people.join(","))));
    let members = js_sys::Array::from(&crate::browser_support::at(&client.of(group), "participants")).length();
    assert!((1..=2_048).contains(&members), "{members}");
    assert!(number(&client.counters(), "overCap") > 0.0);
    client.end();
}
