//! Breaking the wire: connection states, cut sockets, failing calls, wrong clocks, lost and strange events.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refusal, Reply};
use crate::face::session::Event;
use crate::face::waapi::event::Event as WaapiEvent;
use crate::face::waha::envelope::Payload;
use crate::simulator::Simulator;
use crate::time::Instant;
use crate::traffic::call::Answer;
use crate::traffic::fault::Fault;
use crate::traffic::webhook::Parcel;
use crate::world::account::Connection;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Status {
    status: String,
    /// The status that follows by itself.
    #[serde(default)]
    then: Option<String>,
    #[serde(default)]
    after_ms: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Disconnect {
    #[serde(default)]
    code: Option<u16>,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    refuse_for_ms: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Fail {
    status: u16,
    #[serde(default)]
    body: Option<Value>,
    #[serde(default = "once")]
    times: u32,
    #[serde(default)]
    delay_ms: u64,
    /// A part of `METHOD /path`.
    #[serde(default)]
    route: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// The answer of a proxy that knows nothing of CORS.
    #[serde(default)]
    no_cors: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Clock {
    skew_ms: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Deliver {
    #[serde(default)]
    delay_ms: Option<u64>,
    #[serde(default)]
    drop_next: Option<u32>,
    #[serde(default)]
    duplicate_next: Option<u32>,
    #[serde(default)]
    reorder_next: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Inject {
    /// Texts, sent as they are.
    #[serde(default)]
    frames: Vec<String>,
    /// Whole envelopes, sent as they are.
    #[serde(default)]
    envelopes: Vec<Value>,
    /// `{event, payload}`, put into a proper envelope.
    #[serde(default)]
    events: Vec<Bare>,
    #[serde(default)]
    delay_ms: u64,
    /// Further copies of each.
    #[serde(default)]
    duplicate: u32,
    /// Last made, first sent.
    #[serde(default)]
    reorder: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bare {
    event: String,
    payload: Value,
}

pub(super) fn status(simulator: &mut Simulator, session: &str, body: Status, now: Instant) -> Reply {
    let next = connection(&body.status)?;
    let then = body.then.as_deref().map(connection).transpose()?;
    simulator.connect(session, next, now);
    let session = simulator.session_mut(session).ok_or_else(|| Refusal::Missing("no such session".to_owned()))?;
    if let Some(then) = then {
        session.account.connect_later(then, now + Duration::from_millis(body.after_ms));
    }
    Ok(json!({ "status": session.status() }))
}

pub(super) fn disconnect(simulator: &mut Simulator, session: Option<&str>, body: Disconnect, now: Instant) -> Reply {
    let close = body.code.map(|code| (code, body.reason));
    let gone = simulator.disconnect(session, close, Duration::from_millis(body.refuse_for_ms), now);
    Ok(json!({ "disconnected": gone }))
}

pub(super) fn fail(simulator: &mut Simulator, session: &str, body: Fail) -> Reply {
    if !(200..=599).contains(&body.status) {
        return Err(Refusal::Malformed(format!("status: expected 200 to 599, found {}", body.status)));
    }
    let text = match body.body {
        None => String::new(),
        // A text is sent as it is, so that bodies that are no JSON can be had too.
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
    };
    let headers = body.headers.into_iter().collect();
    let answer = Answer { status: body.status, body: text, headers, cors: !body.no_cors };
    let fault = Fault { times: body.times, route: body.route, delay: Duration::from_millis(body.delay_ms), answer };
    if let (Some(session), true) = (simulator.session_mut(session), fault.times > 0) {
        session.faults.add(fault);
    }
    Ok(json!({}))
}

pub(super) fn heal(simulator: &mut Simulator, session: &str) -> Reply {
    if let Some(session) = simulator.session_mut(session) {
        session.faults.clear();
    }
    Ok(json!({}))
}

pub(super) fn clock(simulator: &mut Simulator, session: &str, body: Clock) -> Reply {
    if let Some(session) = simulator.session_mut(session) {
        session.delivery.skew_ms = body.skew_ms;
    }
    Ok(json!({ "skewMs": body.skew_ms }))
}

pub(super) fn delivery(simulator: &mut Simulator, session: &str, body: Deliver) -> Reply {
    if let Some(session) = simulator.session_mut(session) {
        let delivery = &mut session.delivery;
        delivery.delay = body.delay_ms.map_or(delivery.delay, Duration::from_millis);
        delivery.drop_next = body.drop_next.unwrap_or(delivery.drop_next);
        delivery.duplicate_next = body.duplicate_next.unwrap_or(delivery.duplicate_next);
        delivery.reorder_next = body.reorder_next.unwrap_or(delivery.reorder_next);
    }
    Ok(json!({}))
}

pub(super) fn inject(simulator: &mut Simulator, name: &str, body: Inject, now: Instant) -> Reply {
    let dialects = simulator.dialects(name);
    let session = simulator.session_mut(name).ok_or_else(|| Refusal::Missing("no such session".to_owned()))?;
    let verbatim = |text: &str, event: Option<&str>| session.verbatim(text, event, &dialects, now);
    let mut parcels: Vec<Parcel> = body.frames.iter().map(|frame| verbatim(frame, None)).collect();
    for envelope in &body.envelopes {
        parcels.push(verbatim(&envelope.to_string(), envelope.get("event").and_then(Value::as_str)));
    }
    for bare in body.events {
        let waapi = vec![WaapiEvent::any(bare.event.clone(), &bare.payload)];
        let event =
            Event { name: bare.event.into(), payload: Payload::Any(bare.payload), waapi, after: Duration::ZERO };
        parcels.push(session.wrap(&event, &dialects, now));
    }
    if body.reorder {
        parcels.reverse();
    }
    let at = now + Duration::from_millis(body.delay_ms);
    let copies = body.duplicate.min(MOST_COPIES) + 1;
    let sent = parcels.len();
    for parcel in parcels {
        for _ in 0..copies {
            simulator.inject(parcel.clone(), at);
        }
    }
    Ok(json!({ "injected": sent }))
}

fn connection(word: &str) -> Result<Connection, Refusal> {
    match word {
        "STOPPED" => Ok(Connection::Stopped),
        "STARTING" => Ok(Connection::Starting),
        "SCAN_QR_CODE" => Ok(Connection::Scanning),
        "WORKING" => Ok(Connection::Working),
        "FAILED" => Ok(Connection::Failed),
        other => {
            let known = "STOPPED, STARTING, SCAN_QR_CODE, WORKING or FAILED";
            Err(Refusal::Malformed(format!("status: expected {known}, found {other}")))
        }
    }
}

const fn once() -> u32 {
    1
}

const MOST_COPIES: u32 = 1_000;
