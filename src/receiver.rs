//! What whoever receives webhooks gets in JavaScript: bodies checked and decoded, on a server, in a worker or in a page. The
//! package's `webhook.js` makes it comfortable; here texts go in and out, since building objects would need more than
//! wasm-bindgen.
//!
//! Only in the build that has the feature `webhook` and not `browser`: a page that watches need not load it.

use wasm_bindgen::prelude::*;

use crate::gateway::unquoted;
use crate::gateway::webhook::{self, Algorithm, Fresh, Signing};
use crate::machine::error::{Error, ErrorCode};
use crate::machine::id::Address;
use crate::machine::knowledge::Hiding;
use crate::machine::observation::{Envelope, Observation, Report};
use crate::machine::time::{Instant, UnixMs};
use crate::text::{push_json, push_u64};

/// Reads a body of any dialect. The events as JSON, in the shape of `webhook.d.ts`.
#[wasm_bindgen]
pub fn decode(body: &[u8]) -> Result<String, String> {
    let body = unquoted(body);
    let decoded = webhook::decode(&body).map_err(|error| told(&error))?;
    let mut json = Json::default();
    json.list(decoded.envelopes.iter(), Json::event);
    Ok(json.0)
}

/// Checks a signature; see [`webhook::verify`].
#[wasm_bindgen]
pub fn verify(body: &[u8], signature: &str, secret: &[u8], algorithm: Option<String>) -> Result<(), String> {
    let algorithm = match algorithm.as_deref() {
        None => None,
        Some("sha256") => Some(Algorithm::Sha256),
        Some("sha512") => Some(Algorithm::Sha512),
        Some(_) => {
            let message = "algorithm: expected \"sha256\" or \"sha512\", found another value";
            return Err(told(&Error::new(ErrorCode::InvalidOption, message)));
        }
    };
    webhook::verify(body, signature, secret, algorithm).map_err(|error| told(&error))
}

/// How a gateway signs unless it was told otherwise: the header, and the algorithm where it is settled. Nothing for a gateway we
/// do not know.
#[wasm_bindgen]
#[must_use]
pub fn signing(gateway: &str) -> Option<String> {
    let (signing, settled) = match gateway {
        "waha" => (Signing::WAHA, true),
        "waapi" => (Signing::WAAPI, true),
        // Its SDK and its upstream disagree: the digest's length tells.
        "wawp" => (Signing::WAWP, false),
        _ => return None,
    };
    let mut text = signing.header.to_owned();
    if settled {
        text.push(' ');
        text.push_str(signing.algorithm.as_str());
    }
    Some(text)
}

/// Whether a stamp is recent; see [`webhook::fresh`]. Nothing where there is no stamp.
#[wasm_bindgen]
#[must_use]
pub fn fresh(stamp_ms: Option<f64>, wall_ms: f64, tolerance_ms: f64) -> Option<bool> {
    match webhook::fresh(
        stamp_ms.map(|ms| UnixMs::from_ms(whole(ms))),
        UnixMs::from_ms(whole(wall_ms)),
        whole(tolerance_ms),
    ) {
        Fresh::Yes => Some(true),
        Fresh::No => Some(false),
        Fresh::Unknown => None,
    }
}

/// Remembers ids of envelopes; see [`webhook::ReplayGuard`].
#[wasm_bindgen]
#[derive(Debug)]
pub struct Guard {
    guard: webhook::ReplayGuard,
    latest: u64,
}

#[wasm_bindgen]
impl Guard {
    /// A guard that has seen nothing.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(seed: f64) -> Self {
        Self { guard: webhook::ReplayGuard::new(seed.to_bits()), latest: 0 }
    }

    /// Remembers an id; false when it was known already. A clock that was set back stands still here.
    #[wasm_bindgen(js_name = firstSeen)]
    pub fn first_seen(&mut self, id: &str, now_ms: f64) -> bool {
        self.latest = self.latest.max(whole(now_ms));
        self.guard.first_seen(id, Instant::from_ms(self.latest))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, which is what is meant"
)]
fn whole(ms: f64) -> u64 {
    ms as u64
}

/// An error as `code: message`: JavaScript makes the `PresenceError`.
fn told(error: &Error) -> String {
    let mut text = error.code.as_str().to_owned();
    text.push(' ');
    text.push_str(&error.message);
    text
}

/// JSON, written as it comes.
#[derive(Default)]
struct Json(String);

impl Json {
    fn list<T>(&mut self, items: impl Iterator<Item = T>, write: fn(&mut Self, T)) {
        self.0.push('[');
        for (n, item) in items.enumerate() {
            if n > 0 {
                self.0.push(',');
            }
            write(self, item);
        }
        self.0.push(']');
    }

    fn event(&mut self, envelope: &Envelope<'_>) {
        self.0.push('{');
        self.text("kind", Some(kind(&envelope.observation)));
        self.text("id", envelope.id);
        self.number("atMs", envelope.stamp);
        match &envelope.observation {
            Observation::Presence { chat, reports, complete } => {
                self.id("chat", chat);
                self.flag("complete", *complete);
                self.key("presences");
                self.list(reports.iter(), Self::report);
            }
            Observation::Message { chat, sender, from_me, id, sent_at } => {
                self.id("chat", chat);
                self.id("sender", sender);
                self.flag("fromMe", *from_me);
                self.text("messageId", Some(id));
                self.number("sentAtMs", *sent_at);
            }
            Observation::Receipt { chat, id, read } => {
                self.id("chat", chat);
                self.text("messageId", Some(id));
                self.flag("read", *read);
            }
            Observation::Hidden { chat, hiding } => {
                self.id("chat", chat);
                self.text(
                    "reason",
                    Some(match hiding {
                        Hiding::Deny => "deny",
                        Hiding::Reciprocity => "reciprocity",
                    }),
                );
            }
            Observation::Session(state) => self.text("state", Some(state.as_str())),
            Observation::Unknown => {}
        }
        if !envelope.aliases.is_empty() {
            self.key("aliases");
            self.list(envelope.aliases.iter(), Self::alias);
        }
        self.0.push('}');
    }

    fn report(&mut self, report: &Report<'_>) {
        self.0.push('{');
        self.id("participant", &report.participant);
        self.text("presence", Some(report.word.as_str()));
        self.number("lastSeenAtMs", report.last_seen);
        self.0.push('}');
    }

    fn alias(&mut self, (lid, contact): &(Address<'_>, Address<'_>)) {
        self.0.push('{');
        self.id("lid", lid);
        self.id("contact", contact);
        self.0.push('}');
    }

    fn key(&mut self, key: &str) {
        if !self.0.ends_with('{') {
            self.0.push(',');
        }
        push_json(key, &mut self.0);
        self.0.push(':');
    }

    fn text(&mut self, key: &str, text: Option<&str>) {
        self.key(key);
        match text {
            Some(text) => push_json(text, &mut self.0),
            None => self.0.push_str("null"),
        }
    }

    fn id(&mut self, key: &str, id: &Address<'_>) {
        self.text(key, Some(id.as_str()));
    }

    fn number(&mut self, key: &str, at: Option<UnixMs>) {
        self.key(key);
        match at {
            Some(at) => push_u64(at.as_ms(), &mut self.0),
            None => self.0.push_str("null"),
        }
    }

    fn flag(&mut self, key: &str, flag: bool) {
        self.key(key);
        self.0.push_str(if flag { "true" } else { "false" });
    }
}

const fn kind(observation: &Observation<'_>) -> &'static str {
    match observation {
        Observation::Presence { .. } => "presence",
        Observation::Message { .. } => "message",
        Observation::Receipt { .. } => "receipt",
        Observation::Hidden { .. } => "hidden",
        Observation::Session(_) => "session",
        Observation::Unknown => "unknown",
    }
}
