//! What every conversion needs, and the small ones: frozen plain objects, in the shape of `types.d.ts`.

use js_sys::Object;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue};

use crate::gateway;
use crate::machine::time::{Instant, UnixMs};
use crate::machine::{Counters, SessionState};
use crate::session::{Connection, ConnectionReason, ConnectionState};

/// A word of `types.d.ts`. Its JavaScript string is made once and kept, unlike that of a `str`.
#[derive(Clone, Copy)]
pub(super) struct Name(pub(super) &'static str);

impl Serialize for Name {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit_variant("", 0, self.0)
    }
}

/// How instants of the machine become wall time.
#[derive(Clone, Copy)]
pub(super) struct Wall {
    /// Wall time at `now`.
    pub(super) wall: UnixMs,
    /// The instant of that.
    pub(super) now: Instant,
}

impl Wall {
    pub(super) fn of(self, at: Instant) -> f64 {
        number(self.wall.at(at, self.now).as_ms())
    }
}

/// A count or a time as JavaScript has numbers; exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "no count or time of ours comes near 2^53")]
pub(super) fn number(n: u64) -> f64 {
    n as f64
}

/// Serialises and freezes, all the way down.
pub(super) fn frozen<T: Serialize>(value: &T) -> JsValue {
    // Nothing we serialise can fail: no maps, no 64-bit integers.
    let value = value.serialize(&Serializer::new().serialize_missing_as_null(true)).unwrap_or(JsValue::NULL);
    freeze(&value);
    value
}

fn freeze(value: &JsValue) {
    if !value.is_object() {
        return;
    }
    let object: &Object = value.unchecked_ref();
    for inner in Object::values(object).iter() {
        freeze(&inner);
    }
    Object::freeze(object);
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsConnection {
    state: Name,
    reason: Option<Name>,
    session: Name,
    since_at_ms: f64,
}

/// The connection, frozen.
pub(super) fn connection(connection: Connection, wall: Wall) -> JsValue {
    frozen(&JsConnection {
        state: match connection.state {
            ConnectionState::Connecting => Name("connecting"),
            ConnectionState::Open => Name("open"),
            ConnectionState::Reconnecting => Name("reconnecting"),
            ConnectionState::Unauthorized => Name("unauthorized"),
            ConnectionState::Closed => Name("closed"),
        },
        reason: connection.reason.map(|reason| match reason {
            ConnectionReason::Unreachable => Name("unreachable"),
            ConnectionReason::Dropped => Name("dropped"),
            ConnectionReason::Refused => Name("refused"),
        }),
        session: session_state(connection.session),
        since_at_ms: wall.of(connection.since),
    })
}

pub(super) const fn session_state(state: SessionState) -> Name {
    match state {
        SessionState::Working => Name("working"),
        SessionState::Starting => Name("starting"),
        SessionState::NeedsPairing => Name("needs-pairing"),
        SessionState::Stopped => Name("stopped"),
        SessionState::Failed => Name("failed"),
        SessionState::Unknown => Name("unknown"),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsCapabilities {
    gateway: Name,
    feed: bool,
    list: bool,
    look_up: bool,
    recording: bool,
    watch_marks_online: bool,
}

/// The capabilities, frozen.
pub(super) fn capabilities(gateway: &'static str, capabilities: gateway::Capabilities) -> JsValue {
    frozen(&JsCapabilities {
        gateway: Name(gateway),
        feed: capabilities.feed,
        list: capabilities.list,
        look_up: capabilities.look_up,
        recording: capabilities.recording,
        watch_marks_online: capabilities.watch_marks_online,
    })
}

/// A frozen object of counts.
pub(super) fn counts(pairs: &[(&str, u64)]) -> JsValue {
    let object = Object::new();
    for (key, count) in pairs {
        // A fresh object takes any property.
        let _ = js_sys::Reflect::set(&object, &JsValue::from_str(key), &JsValue::from_f64(number(*count)));
    }
    Object::freeze(&object).into()
}

/// The counters, frozen.
pub(super) fn counters(counters: &Counters) -> JsValue {
    counts(&[
        ("observations", counters.observations),
        ("duplicates", counters.duplicates),
        ("stale", counters.stale),
        ("unknownWords", counters.unknown_words),
        ("unknownEvents", counters.unknown_events),
        ("invalidIds", counters.invalid_ids),
        ("overCap", counters.over_cap),
        ("strangers", counters.strangers),
        ("contradictions", counters.contradictions),
        ("late", counters.late),
        ("subscribeCalls", counters.subscribe_calls),
        ("rateLimits", counters.rate_limits),
        ("changes", counters.changes),
    ])
}
