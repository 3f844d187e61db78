//! Gateways that repeat in a body what they were sent, credentials included.
//!
//! A body says where: each of a few control characters, which JSON does not hold otherwise, stands for a part of the request.

use wa_presence::gateway::http::{Request, Secret};
use wa_presence::gateway::{Call, Gateway};

/// The credential of every request here. Without a prefix that would give it away, and without digits in a row.
const KEY: &str = "c4nary-K3y";
/// The number in the request.
pub(crate) const PHONE: &str = "15550001111";

const URL: u8 = 0x11;
const HEADERS: u8 = 0x12;
const BODY: u8 = 0x13;
const FEED: u8 = 0x14;
const MARKS: [u8; 4] = [URL, HEADERS, BODY, FEED];

/// Whether a body repeats a request.
pub(crate) fn is_wanted(body: &[u8]) -> bool {
    body.iter().any(|byte| MARKS.contains(byte))
}

/// The body with parts of the request that makes the call in place of the marks. A gateway without such a call was sent
/// nothing, so that there is nothing to repeat.
pub(crate) fn echoed(gateway: &Gateway, call: &Call, body: &[u8]) -> Vec<u8> {
    let key = Secret::new(KEY.to_owned());
    let request = gateway.request(call, Some(&key)).ok();
    let mut out = Vec::new();
    for byte in body {
        match (*byte, &request) {
            (URL, Some(request)) => push_escaped(&request.url, &mut out),
            (HEADERS, Some(request)) => push_escaped(&headers(request), &mut out),
            (BODY, Some(request)) => push_escaped(request.body.as_deref().unwrap_or_default(), &mut out),
            (FEED, _) => {
                if let Gateway::Waha(waha) = gateway {
                    push_escaped(waha.feed_url(Some(&key)).reveal(), &mut out);
                }
            }
            (mark, None) if MARKS.contains(&mark) => {}
            (byte, _) => out.push(byte),
        }
    }
    out
}

/// Nothing of the credential or of the number is shown.
pub(crate) fn assert_silent(shown: &str) {
    for canary in [KEY, PHONE] {
        assert!(!shown.contains(canary), "{canary} in {shown}");
    }
}

fn headers(request: &Request) -> String {
    let lines: Vec<_> = request.headers.iter().map(|(name, value)| format!("{name}: {}", value.reveal())).collect();
    lines.join(" ")
}

/// As it stands in a JSON text. The requests here hold no control characters.
fn push_escaped(text: &str, out: &mut Vec<u8>) {
    for byte in text.bytes() {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(byte);
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use wa_presence::gateway::wawp::{PresenceField, V2_BASE_URL, Version, Wawp};
    use wa_presence::machine::id::Id;

    use super::*;

    #[test]
    fn an_echo_holds_what_must_not_be_shown() {
        let wawp = Gateway::Wawp(Wawp {
            version: Version::V2,
            base_url: V2_BASE_URL.to_owned(),
            instance_id: "an-instance".to_owned(),
            presence_field: PresenceField::default(),
            credentials_in_query: false,
        });
        let call = Call::Get(Id::parse(PHONE).expect("an id"));
        for mark in [URL, HEADERS] {
            let body = [b"{\"message\":\"", [mark].as_slice(), b"\"}"].concat();
            assert!(is_wanted(&body));
            let echoed = String::from_utf8(echoed(&wawp, &call, &body)).expect("text");
            assert!(serde_json::from_str::<serde_json::Value>(&echoed).is_ok(), "{echoed}");
            assert!(catch_unwind(|| assert_silent(&echoed)).is_err(), "{echoed} is no canary");
        }
        assert!(!is_wanted(b"{\"message\":\"\n\"}"));
        assert_silent("*** *** is wrong");
    }
}
