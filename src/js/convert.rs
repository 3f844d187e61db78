//! The small conversions: times, the connection, what a gateway can do, counts. In the shape of `types/connection.d.ts`.

use wasm_bindgen::JsValue;

use super::object::{extend, freeze, object, open_object, or_null, word};
use crate::gateway::Capabilities;
use crate::machine::time::{Instant, UnixMs};
use crate::machine::{Budget, Counters, Lease};
use crate::session::{Connection, ConnectionReason, ConnectionState};

/// How instants of the machine become wall time.
#[derive(Clone, Copy)]
pub(super) struct Wall {
    /// Wall time at `now`.
    pub(super) wall: UnixMs,
    /// The instant of that.
    pub(super) now: Instant,
}

impl Wall {
    pub(super) fn of(self, at: Instant) -> JsValue {
        number(self.wall.at(at, self.now).as_ms())
    }
}

/// A count or a time as JavaScript has numbers; exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "no count or time of ours comes near 2^53")]
pub(super) fn number(n: u64) -> JsValue {
    JsValue::from_f64(n as f64)
}

/// The connection, frozen.
pub(super) fn connection(connection: Connection, wall: Wall) -> JsValue {
    let state = match connection.state {
        ConnectionState::Connecting => "connecting",
        ConnectionState::Open => "open",
        ConnectionState::Reconnecting => "reconnecting",
        ConnectionState::Unauthorized => "unauthorized",
        ConnectionState::Closed => "closed",
    };
    let reason = connection.reason.map(|reason| match reason {
        ConnectionReason::Unreachable => "unreachable",
        ConnectionReason::Dropped => "dropped",
        ConnectionReason::Refused => "refused",
        ConnectionReason::Hidden => "hidden",
    });
    object(&[
        ("state", word(state)),
        ("reason", or_null(reason.map(word))),
        ("session", word(connection.session.as_str())),
        ("sinceAtMs", wall.of(connection.since)),
    ])
}

/// The capabilities, frozen.
pub(super) fn capabilities(gateway: &'static str, capabilities: &Capabilities) -> JsValue {
    let engine = or_null(capabilities.engine.map(word));
    let object = open_object(&[("gateway", word(gateway)), ("engine", engine)]);
    for (place, name) in Capabilities::NAMES.into_iter().enumerate() {
        extend(&object, &[(name, JsValue::from_bool(capabilities.holds(place)))]);
    }
    freeze(&object);
    object
}

/// The budget, frozen.
pub(super) fn budget(budget: Budget, watched: usize, calls_today: u64, wall: Wall) -> JsValue {
    let count = |n: usize| number(n as u64);
    object(&[
        ("waiting", count(budget.waiting)),
        ("inFlight", count(budget.in_flight)),
        ("watched", count(watched)),
        ("spent", count(budget.spent)),
        ("limit", number(budget.limit)),
        ("nextAtMs", or_null(budget.next_at.map(|at| wall.of(at)))),
        ("callsToday", number(calls_today)),
    ])
}

/// A lease, frozen.
pub(super) fn lease(lease: Lease, wall: Wall) -> JsValue {
    object(&[
        ("sentAtMs", wall.of(lease.sent_at)),
        ("sureUntilAtMs", wall.of(lease.sure_until)),
        ("maxUntilAtMs", wall.of(lease.max_until)),
    ])
}

/// The counters, frozen.
pub(super) fn counters(counters: &Counters) -> JsValue {
    object(&[
        ("observations", number(counters.observations)),
        ("duplicates", number(counters.duplicates)),
        ("stale", number(counters.stale)),
        ("unknownWords", number(counters.unknown_words)),
        ("unknownEvents", number(counters.unknown_events)),
        ("invalidIds", number(counters.invalid_ids)),
        ("overCap", number(counters.over_cap)),
        ("strangers", number(counters.strangers)),
        ("contradictions", number(counters.contradictions)),
        ("late", number(counters.late)),
        ("subscribeCalls", number(counters.subscribe_calls)),
        ("unprompted", number(counters.unprompted)),
        ("rateLimits", number(counters.rate_limits)),
        ("changes", number(counters.changes)),
    ])
}
