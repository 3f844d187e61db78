//! The control surface under `/_control/`: how tests and the demo move the people and break the wire.
//!
//! It needs no key, because the server listens on the loopback interface only. Every call is described in the README.

mod act;
mod hosted;
mod people;
mod sessions;
mod view;
mod wire;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::simulator::Simulator;
use crate::time::Instant;
use crate::traffic::call::{Answer, Request};

/// What a control call says, or why it cannot be done.
type Reply = Result<Value, Refusal>;

/// Why a control call was not done.
#[derive(Debug)]
enum Refusal {
    /// It was not understood.
    Malformed(String),
    /// It names something that does not exist.
    Missing(String),
}

/// Does a control call. Everything it changes is visible at once, except what is told to happen later.
#[must_use]
pub fn handle(simulator: &mut Simulator, request: &Request, now: Instant) -> Answer {
    simulator.handle_timeout(now);
    let reply = dispatch(simulator, request, now);
    simulator.handle_timeout(now);
    match reply {
        Ok(value) => Answer::json(200, &value),
        Err(Refusal::Malformed(why)) => Answer::json(400, &json!({ "error": why })),
        Err(Refusal::Missing(what)) => Answer::json(404, &json!({ "error": what })),
    }
}

fn dispatch(simulator: &mut Simulator, request: &Request, now: Instant) -> Reply {
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (request.method.as_str(), segments.as_slice()) {
        ("GET", ["_control", "people"]) => {
            people::list(simulator, &request.query_value("session").unwrap_or_else(|| "default".to_owned()))
        }
        ("GET", ["_control", "sessions"]) => Ok(sessions::list(simulator)),
        ("POST", ["_control", "sessions"]) => sessions::create(simulator, read(request)?, now),
        ("DELETE", ["_control", "sessions", name]) => sessions::delete(simulator, name, now),
        ("POST", ["_control", "disconnect"]) => wire::disconnect(simulator, None, read(request)?, now),
        (method, ["_control", "sessions", name, verb @ ..]) => {
            if simulator.session(name).is_none() {
                return Err(Refusal::Missing(format!("no session {name}")));
            }
            in_session(simulator, (method, &verb.join("/")), name, request, now)
        }
        (_, _) => Err(no_call(request)),
    }
}

fn in_session(simulator: &mut Simulator, call: (&str, &str), name: &str, request: &Request, now: Instant) -> Reply {
    match call {
        ("GET", "people") => people::list(simulator, name),
        ("POST", "people") => people::add_person(simulator, name, read(request)?, now),
        ("POST", "groups") => people::add_group(simulator, name, read(request)?),
        ("POST", "act") => act::act(simulator, name, read(request)?, now),
        ("POST", "status") => wire::status(simulator, name, read(request)?, now),
        ("POST", "disconnect") => wire::disconnect(simulator, Some(name), read(request)?, now),
        ("POST", "fail") => wire::fail(simulator, name, read(request)?),
        ("DELETE", "fail") => wire::heal(simulator, name),
        ("POST", "clock") => wire::clock(simulator, name, read(request)?),
        ("POST", "delivery") => wire::delivery(simulator, name, read(request)?),
        ("POST", "inject") => wire::inject(simulator, name, read(request)?, now),
        ("POST", "keys") => sessions::add_key(simulator, name, read(request)?),
        ("POST", "webhooks") => sessions::add_webhook(simulator, name, read(request)?),
        ("GET", "posts") => sessions::posts(simulator, name, after(request)?),
        ("GET", "view") => {
            let (person, chat) = (request.query_value("person"), request.query_value("chat"));
            view::view(simulator, name, person.as_deref(), chat.as_deref())
        }
        ("GET", "view/changes") => view::changes(simulator, name, after(request)?),
        ("POST", "limit") => hosted::limit(simulator, name, &read(request)?),
        ("POST", "privacy") => hosted::privacy(simulator, name, read(request)?, now),
        ("POST", "wawp") => hosted::wawp(simulator, name, &read(request)?),
        ("POST", "waapi") => hosted::waapi(simulator, name, &read(request)?),
        ("GET", "log") => sessions::log(simulator, name, now),
        ("DELETE", "log") => sessions::clear_log(simulator, name),
        (_, _) => Err(no_call(request)),
    }
}

fn no_call(request: &Request) -> Refusal {
    Refusal::Missing(format!("no control call {} {}", request.method, request.path))
}

/// The number behind which a list begins; without it, at its beginning.
fn after(request: &Request) -> Result<u64, Refusal> {
    let malformed = |after| Refusal::Malformed(format!("after: expected a number, found {after}"));
    request.query_value("after").map_or(Ok(0), |after| after.parse().map_err(|_| malformed(after)))
}

/// Reads the body; none counts as empty. The content type does not matter here.
fn read<T: DeserializeOwned>(request: &Request) -> Result<T, Refusal> {
    let body: &[u8] = if request.body.is_empty() { b"{}" } else { &request.body };
    serde_json::from_slice(body).map_err(|error| Refusal::Malformed(format!("body: {error}")))
}
