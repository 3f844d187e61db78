//! What a route does once its session is connected.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use crate::face::Progress;
use crate::face::session::Session;
use crate::face::waha::Engine;
use crate::face::waha::errors;
use crate::face::waha::route::{Action, Route};
use crate::time::Instant;
use crate::traffic::call::{Answer, Request};
use crate::world::habits::Activity;
use crate::world::id::{Jid, Kind};
use crate::world::watch::Lease;

#[derive(Serialize)]
struct Done {
    result: bool,
}

#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
struct LidPair {
    lid: Option<Jid>,
    pn: Option<Jid>,
}

/// Does what `route` says.
pub fn perform(
    session: &mut Session,
    route: &Route,
    request: &Request,
    body: Option<&Value>,
    now: Instant,
) -> Progress {
    let subject = Jid::new(route.subject.as_deref().unwrap_or_default());
    match route.action {
        Action::SetPresence => Progress::Answered(set_presence(session, request, body, now)),
        Action::StartTyping | Action::StopTyping => {
            Progress::Answered(type_shortcut(session, route, request, body, now))
        }
        Action::AllPresence => Progress::Answered(match session.engine {
            Engine::Noweb | Engine::Wpp => Answer::json(200, &session.store.all(now)),
            Engine::Gows => Answer::json(200, &session.store.indices(now)),
            Engine::Webjs { .. } => errors::unsupported_method(session.engine),
        }),
        Action::ChatPresence => {
            session.account.act(now);
            session.subscribe(&subject, Lease::Connection, now);
            let sleep = match session.engine {
                Engine::Noweb if session.store.knows(&subject, now) => Duration::ZERO,
                Engine::Noweb | Engine::Gows => SLEEP,
                Engine::Webjs { .. } => WEBJS_SLEEP,
                Engine::Wpp => Duration::ZERO,
            };
            Progress::Reading(subject, sleep)
        }
        Action::Subscribe => {
            session.account.act(now);
            session.subscribe(&subject, Lease::Connection, now);
            Progress::Answered(match session.engine {
                Engine::Noweb | Engine::Webjs { .. } | Engine::Wpp => Answer::empty(201),
                Engine::Gows => Answer::json(201, &Empty {}),
            })
        }
        Action::LidToPhone => Progress::Answered(lid_to_phone(session, route)),
        Action::PhoneToLid => Progress::Answered(phone_to_lid(session, &subject)),
        // These never wait for a session, so they do not come here.
        Action::GetSession | Action::ListSessions | Action::Ping | Action::Health | Action::Version => {
            Progress::Answered(errors::no_route(request))
        }
    }
}

/// The answer for one chat, read after the sleep.
pub fn read_chat(session: &mut Session, chat: &Jid, now: Instant) -> Answer {
    Answer::json(200, &session.store.chat(chat, now))
}

fn set_presence(session: &mut Session, request: &Request, body: Option<&Value>, now: Instant) -> Answer {
    let Some(body) = body else {
        return crash(
            session,
            "TypeError",
            "Cannot read properties of undefined (reading 'presence')",
            request,
            None,
            now,
        );
    };
    let presence = match body.get("presence") {
        Some(Value::String(word)) => word.clone(),
        Some(other) => other.to_string(),
        None => "undefined".to_owned(),
    };
    let chat = body.get("chatId").and_then(Value::as_str).filter(|chat| !chat.is_empty());
    match (presence.as_str(), chat) {
        ("online" | "offline", Some(_)) => errors::bad_presence(&format!(
            "'{presence}' presence works on the global scope and doesn't require 'chatId' field."
        )),
        ("online" | "offline", None) => {
            session.account.set_online(presence == "online", now);
            Answer::empty(201)
        }
        (_, None) => errors::bad_presence(&format!("'{presence}' presence requires 'chatId' field.")),
        ("typing" | "recording" | "paused", Some(chat)) => {
            session.account.act(now);
            // WEBJS hands the id to the page as it is, which finds no chat by bare digits.
            if matches!(session.engine, Engine::Webjs { .. }) && !chat.contains('@') {
                return crash(session, "Error", "Chat not found", request, Some(body), now);
            }
            session.account.show(&Jid::new(chat), activity_of(&presence), now);
            Answer::empty(201)
        }
        (_, Some(_)) => match session.engine {
            Engine::Noweb | Engine::Webjs { .. } | Engine::Wpp => {
                errors::unsupported_presence(session.engine, &presence)
            }
            Engine::Gows => crash(session, "Error", "Invalid presence status", request, Some(body), now),
        },
    }
}

fn type_shortcut(
    session: &mut Session,
    route: &Route,
    request: &Request,
    body: Option<&Value>,
    now: Instant,
) -> Answer {
    let Some(chat) = &route.subject else {
        return crash(
            session,
            "TypeError",
            "Cannot read properties of undefined (reading 'includes')",
            request,
            body,
            now,
        );
    };
    session.account.act(now);
    let chat = Jid::new(chat);
    let strange = chat.kind() == Kind::Phone && session.account.world.find(chat.as_str()).is_none();
    if strange && matches!(session.engine, Engine::Webjs { .. }) {
        return crash(session, "Error", &format!("No LID for user {chat}"), request, body, now);
    }
    let activity = (route.action == Action::StartTyping).then_some(Activity::Typing);
    session.account.show(&chat, activity, now);
    Answer::json(201, &Done { result: true })
}

fn lid_to_phone(session: &Session, route: &Route) -> Answer {
    let subject = route.subject.as_deref().unwrap_or_default();
    let lid = if subject.contains('@') { Jid::new(subject) } else { Jid::new(&format!("{subject}@lid")) };
    let person = session.account.world.find(lid.as_str());
    let pn = person.filter(|person| !person.profile.hides_phone).map(|person| person.profile.id.clone());
    Answer::json(200, &LidPair { lid: Some(lid), pn })
}

fn phone_to_lid(session: &Session, phone: &Jid) -> Answer {
    let person = session.account.world.find(phone.as_str());
    let lid = person.and_then(|person| person.profile.lid.clone());
    Answer::json(200, &LidPair { lid, pn: Some(phone.clone()) })
}

fn crash(session: &Session, name: &str, words: &str, request: &Request, body: Option<&Value>, now: Instant) -> Answer {
    errors::crash(session.engine, name, words, request, body, session.wall(now))
}

/// The word by which a person's activity is asked for; the own presence uses the same words.
#[must_use]
pub fn activity_of(word: &str) -> Option<Activity> {
    match word {
        "typing" => Some(Activity::Typing),
        "recording" => Some(Activity::Recording),
        _ => None,
    }
}

/// How long a read of a chat sleeps, in the hope that WhatsApp answers its subscription meanwhile.
pub const SLEEP: Duration = Duration::from_secs(1);

/// The same on WEBJS, whose page is slower and never trusted to know.
const WEBJS_SLEEP: Duration = Duration::from_secs(3);
