//! Answers that say success, in the envelopes that the documents show.

use serde::Serialize;
use serde_json::{Value, json};

use crate::face::session::Session;
use crate::face::waapi::Envelope;
use crate::face::waapi::presence::Presence;
use crate::face::waapi::route::{Action, Route};
use crate::traffic::call::Answer;
use crate::world::account::Connection;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outer<'a, T> {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance_id: Option<&'a str>,
    data: T,
    links: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Inner<'a, T> {
    status: &'static str,
    instance_id: &'a str,
    data: T,
}

/// What an action brought, in its envelope.
#[must_use]
pub fn done(session: &Session, route: &Route, data: &impl Serialize) -> Answer {
    let id = session.waapi.id.to_string();
    let (status, links) = ("success", links(session, &route.tail));
    let flat = |instance_id| Outer { status, instance_id, data, links: links.clone() };
    match session.waapi.manners.envelope {
        Envelope::Documented if route.action.sends() => Answer::json(200, &flat(None)),
        Envelope::Flat => Answer::json(200, &flat(None)),
        Envelope::Single => Answer::json(200, &flat(Some(&id))),
        Envelope::Documented | Envelope::Nested => {
            let inner = Inner { status, instance_id: &id, data };
            Answer::json(200, &Outer { status, instance_id: None, data: inner, links })
        }
    }
}

/// A presence in its place; where there is none, null there or, if `bare`, instead of the place.
#[must_use]
pub fn presence(session: &Session, route: &Route, presence: Option<&Presence>, bare: bool) -> Answer {
    let told = (presence.is_some() || !bare).then_some(Told { presence });
    done(session, route, &told)
}

#[derive(Serialize)]
struct Told<'a> {
    presence: Option<&'a Presence>,
}

/// The state of the instance.
#[must_use]
pub fn status(session: &Session) -> Answer {
    let state = match session.account.connection() {
        Connection::Stopped => "disconnected",
        Connection::Starting => "booting",
        Connection::Scanning => "qr",
        Connection::Working => "ready",
        Connection::Failed => "auth_failure",
    };
    let status = json!({
        "status": "success",
        "instanceId": session.waapi.id.to_string(),
        "name": session.name,
        "data": null,
        "instanceStatus": state,
        "instanceWebhook": null,
        "instanceEvents": [],
    });
    Answer::json(200, &json!({ "clientStatus": status, "links": links(session, "client/status"), "status": "success" }))
}

/// Who the account is.
#[must_use]
pub fn me(session: &Session) -> Answer {
    let me = session.owner();
    let data = json!({
        "displayName": me.push_name,
        "contactId": me.id,
        "formattedNumber": format!("+{}", me.id.user()),
        "profilePicUrl": null,
    });
    let me = json!({ "status": "success", "instanceId": session.waapi.id.to_string(), "data": data });
    Answer::json(200, &json!({ "me": me, "links": links(session, "client/me"), "status": "success" }))
}

/// The one word that each action which sends has for success.
#[must_use]
pub fn sent(action: Action) -> Value {
    match action {
        Action::StartTyping => json!({ "sendTyping": true }),
        Action::StopTyping => json!({ "sendStopTyping": true }),
        Action::Available => json!({ "available": true }),
        Action::Unavailable => json!({ "available": false }),
        Action::ChatPresence
        | Action::Snapshot
        | Action::Privacy
        | Action::SetPrivacy
        | Action::Status
        | Action::Me
        | Action::Unknown => Value::Null,
    }
}

fn links(session: &Session, tail: &str) -> Value {
    json!({ "self": format!("https://waapi.app/api/v1/instances/{}/{tail}", session.waapi.id) })
}
