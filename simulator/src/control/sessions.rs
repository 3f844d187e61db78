//! Sessions, their keys, webhooks and logs.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refusal, Reply};
use crate::chance::Span;
use crate::face::session::Session;
use crate::face::waha::Engine;
use crate::face::waha::key::ScopedKey;
use crate::simulator::{Instances, NewSession, Simulator};
use crate::time::Instant;
use crate::traffic::dialect::Dialect;
use crate::traffic::webhook::{Hook, KEPT, Post};
use crate::world::population::Population;
use crate::world::watch::Lease;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Create {
    name: String,
    #[serde(default)]
    engine: Option<String>,
    #[serde(default)]
    tags_events_on: bool,
    #[serde(default)]
    population: Option<String>,
    #[serde(default)]
    scoped_keys: Vec<NewKey>,
    #[serde(default)]
    webhooks: Vec<NewHook>,
    #[serde(default)]
    lease_ms: Option<(u64, u64)>,
    #[serde(default)]
    wawp: WawpInstance,
    #[serde(default)]
    waapi: WaapiInstance,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WawpInstance {
    #[serde(default)]
    instance_id: Option<String>,
    #[serde(default)]
    access_token: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WaapiInstance {
    #[serde(default)]
    instance_id: Option<u64>,
    #[serde(default)]
    token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewKey {
    key: String,
    #[serde(default)]
    scopes: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewHook {
    url: String,
    #[serde(default)]
    secret: Option<String>,
    #[serde(default)]
    events: Vec<String>,
    /// Whose words it gets.
    #[serde(default)]
    face: Option<String>,
    /// Which of Wawp's two payloads of presence.
    #[serde(default)]
    shape: Option<String>,
}

pub(super) fn create(simulator: &mut Simulator, body: Create, now: Instant) -> Reply {
    let engine = match body.engine {
        None => Engine::default(),
        Some(name) => Engine::parse(&name, body.tags_events_on)
            .ok_or_else(|| Refusal::Malformed(format!("engine: expected NOWEB, GOWS, WEBJS or WPP, found {name}")))?,
    };
    let population = match body.population.as_deref() {
        None | Some("empty") => Population::Empty,
        Some("demo") => Population::Demo,
        Some(other) => {
            return Err(Refusal::Malformed(format!("population: expected empty or demo, found {other}")));
        }
    };
    let lease = body.lease_ms.map_or(Lease::Connection, |(low, high)| Lease::Within(Span(low, high)));
    let keys: Vec<_> = body.scoped_keys.into_iter().map(|key| scoped(&body.name, key)).collect::<Result<_, _>>()?;
    let instances = Instances {
        wawp_id: body.wawp.instance_id,
        wawp_token: body.wawp.access_token,
        waapi_id: body.waapi.instance_id,
        waapi_token: body.waapi.token,
    };
    let new = NewSession { name: body.name.clone(), engine, population, lease, instances };
    simulator.create_session(&new, now).map_err(|why| Refusal::Malformed(format!("session: {why}")))?;
    for (key, scoped) in keys {
        simulator.add_key(key, scoped);
    }
    for hook in body.webhooks {
        add_webhook(simulator, &body.name, hook)?;
    }
    let session = simulator.session(&body.name).ok_or_else(|| Refusal::Missing("no such session".to_owned()))?;
    let (wawp, waapi) = (wawp(session), waapi(session));
    Ok(json!({ "name": body.name, "engine": engine.name(), "wawp": wawp, "waapi": waapi }))
}

/// How clients of Wawp reach a session.
pub(super) fn wawp(session: &Session) -> Value {
    json!({ "instanceId": session.wawp.id, "accessToken": session.wawp.token })
}

/// How clients of `WaAPI` reach a session.
pub(super) fn waapi(session: &Session) -> Value {
    json!({ "instanceId": session.waapi.id, "token": session.waapi.token })
}

pub(super) fn list(simulator: &Simulator) -> Value {
    let describe = |session: &Session| {
        json!({
            "name": session.name,
            "engine": session.engine.name(),
            "status": session.status(),
            "openSockets": simulator.open_sockets(Some(&session.name)),
            "wawp": wawp(session),
            "waapi": waapi(session),
        })
    };
    json!({
        "sessions": simulator.sessions().map(describe).collect::<Vec<_>>(),
        "wildcardSockets": simulator.open_sockets(None),
        "openedSockets": simulator.opened_sockets(),
        "pendingWebhooks": simulator.pending_posts(),
    })
}

pub(super) fn delete(simulator: &mut Simulator, name: &str, now: Instant) -> Reply {
    simulator.disconnect(Some(name), None, std::time::Duration::ZERO, now);
    Ok(json!({ "deleted": simulator.delete_session(name) }))
}

pub(super) fn add_key(simulator: &mut Simulator, name: &str, body: NewKey) -> Reply {
    let (key, scoped) = scoped(name, body)?;
    let fits = simulator.add_key(key.clone(), scoped);
    if fits { Ok(json!({ "key": key })) } else { Err(Refusal::Malformed("too many keys".to_owned())) }
}

pub(super) fn add_webhook(simulator: &mut Simulator, name: &str, body: NewHook) -> Reply {
    if !["http://", KEPT].iter().any(|begin| body.url.starts_with(begin)) {
        return Err(Refusal::Malformed(format!("url: expected http://… or {KEPT}…, found {}", body.url)));
    }
    let dialect = match (body.face.as_deref(), body.shape.as_deref()) {
        (None | Some("waha"), None) => Dialect::Waha,
        (Some("wawp"), None | Some("W1")) => Dialect::Wawp,
        (Some("wawp"), Some("W2")) => Dialect::WawpPage,
        (Some("waapi"), None) => Dialect::Waapi,
        (face, shape) => {
            let known = "waha, wawp or waapi, and of wawp a shape W1 or W2";
            let (face, shape) = (face.unwrap_or("no face"), shape.unwrap_or("no shape"));
            return Err(Refusal::Malformed(format!("face: expected {known}, found {face} and {shape}")));
        }
    };
    let session = Some(name.to_owned());
    let hook = Hook { url: body.url.clone(), secret: body.secret, session, events: body.events, dialect };
    let fits = simulator.add_webhook(hook);
    if fits { Ok(json!({ "url": body.url })) } else { Err(Refusal::Malformed("too many webhooks".to_owned())) }
}

/// The posts that nobody was sent, as they would have been: for pages, which cannot be posted to.
pub(super) fn posts(simulator: &Simulator, name: &str, after: u64) -> Reply {
    let describe = |post: &Post| {
        let headers: serde_json::Map<_, _> =
            post.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        json!({ "number": post.number, "url": post.url, "headers": headers, "body": &*post.body })
    };
    Ok(simulator.kept_posts(name, after).map(describe).collect())
}

pub(super) fn log(simulator: &Simulator, name: &str, now: Instant) -> Reply {
    let session = simulator.session(name).ok_or_else(|| Refusal::Missing(format!("no session {name}")))?;
    Ok(json!({
        "session": name,
        "status": session.status(),
        "ownPresence": session.account.online(),
        "openSockets": simulator.open_sockets(Some(name)),
        "wildcardSockets": simulator.open_sockets(None),
        "privacy": super::hosted::settings(session.account.privacy()),
        "watching": session.account.watched(now).collect::<Vec<_>>(),
        "counts": session.log.counts(),
        "calls": session.log.entries(),
    }))
}

pub(super) fn clear_log(simulator: &mut Simulator, name: &str) -> Reply {
    if let Some(session) = simulator.session_mut(name) {
        session.log.clear();
    }
    Ok(json!({}))
}

fn scoped(session: &str, key: NewKey) -> Result<(String, ScopedKey), Refusal> {
    let mut scoped = ScopedKey { session: session.to_owned(), read: false, send: false };
    for scope in key.scopes.unwrap_or_else(|| vec!["read".to_owned(), "send".to_owned()]) {
        match scope.as_str() {
            "read" => scoped.read = true,
            "send" => scoped.send = true,
            other => return Err(Refusal::Malformed(format!("scopes: expected read or send, found {other}"))),
        }
    }
    if !key.key.starts_with("key_") {
        return Err(Refusal::Malformed("key: expected a text beginning with key_".to_owned()));
    }
    Ok((key.key, scoped))
}
