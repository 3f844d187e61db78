//! WAHA's error bodies. There are four shapes, and clients meet all of them.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::face::waha::{Engine, Environment};
use crate::time::UnixMs;
use crate::traffic::call::{Answer, Request};
use crate::traffic::limit::Exceeded;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Plain<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    status_code: u16,
}

#[derive(Serialize)]
struct Detail<'a> {
    detail: &'a str,
}

#[derive(Serialize)]
struct NotReady<'a> {
    error: &'a str,
    session: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<[&'a str; 1]>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Crash<'a> {
    status_code: u16,
    timestamp: String,
    exception: Exception<'a>,
    request: Echo<'a>,
    version: Environment,
}

#[derive(Serialize)]
struct Exception<'a> {
    message: &'a str,
    name: &'a str,
    stack: String,
}

/// The real server repeats the whole request here, keys in the query included.
#[derive(Serialize)]
struct Echo<'a> {
    path: String,
    method: &'a str,
    body: Value,
    query: Map<String, Value>,
}

fn plain(status: u16, message: &str, error: Option<&str>) -> Answer {
    Answer::json(status, &Plain { message, error, status_code: status })
}

/// 401: no key, or a wrong one.
#[must_use]
pub fn unauthorized() -> Answer {
    plain(401, "Unauthorized", None)
}

/// 403: the key of another session, or without the scope.
#[must_use]
pub fn forbidden() -> Answer {
    plain(403, "Forbidden", None)
}

/// 404: no such route.
#[must_use]
pub fn no_route(request: &Request) -> Answer {
    plain(404, &format!("Cannot {} {}", request.method, request.target()), Some("Not Found"))
}

/// 404: no such session, said only by the route that reads sessions.
#[must_use]
pub fn no_session() -> Answer {
    plain(404, "Session not found", Some("Not Found"))
}

/// 429: too many subscriptions, as the framework's throttler says it.
#[must_use]
pub fn too_many(exceeded: Exceeded) -> Answer {
    let answer = plain(429, "ThrottlerException: Too Many Requests", None);
    match exceeded.retry_after {
        Some(seconds) => answer.with_header("retry-after", &seconds.to_string()),
        None => answer,
    }
}

/// 400 with a sentence.
#[must_use]
pub fn bad_request(message: &str) -> Answer {
    plain(400, message, Some("Bad Request"))
}

/// 400 of the presence routes, which has only `detail`.
#[must_use]
pub fn bad_presence(detail: &str) -> Answer {
    Answer::json(400, &Detail { detail })
}

/// 422: the session is not connected.
#[must_use]
pub fn not_working(session: &str, status: &str) -> Answer {
    let error = "Session status is not as expected. Try again later or restart the session";
    Answer::json(422, &NotReady { error, session, status: Some(status), expected: Some(["WORKING"]) })
}

/// 422: no such session.
#[must_use]
pub fn unknown_session(session: &str) -> Answer {
    let error = format!("Session \"{session}\" does not exist");
    Answer::json(422, &NotReady { error: &error, session, status: None, expected: None })
}

/// 501: the engine has no such presence.
#[must_use]
pub fn unsupported_presence(engine: Engine, presence: &str) -> Answer {
    not_implemented(engine, &format!("{} engine doesn't support '{presence}' presence. ", engine.name()))
}

/// 501: the engine has no such route.
#[must_use]
pub fn unsupported_method(engine: Engine) -> Answer {
    not_implemented(engine, "")
}

fn not_implemented(engine: Engine, why: &str) -> Answer {
    let message = format!(
        "{why}The method is not implemented by '{}' engine. \
         Check the docs and try another engine: https://waha.devlike.pro/",
        engine.name()
    );
    plain(501, &message, Some("Not Implemented"))
}

/// 500: something was thrown that no route expected.
#[must_use]
pub fn crash(
    engine: Engine,
    name: &str,
    message: &str,
    request: &Request,
    body: Option<&Value>,
    wall: UnixMs,
) -> Answer {
    let query = form_urlencoded::parse(request.query.as_bytes())
        .map(|(key, value)| (key.into_owned(), Value::String(value.into_owned())))
        .collect();
    let stack = format!("{name}: {message}\n    at PresenceController (presence.controller.js:57:24)");
    let crash = Crash {
        status_code: 500,
        timestamp: wall.to_iso(),
        exception: Exception { message, name, stack },
        request: Echo {
            path: request.target(),
            method: &request.method,
            body: body.cloned().unwrap_or_else(|| Value::Object(Map::new())),
            query,
        },
        version: engine.environment(),
    };
    Answer::json(500, &crash)
}
