//! What a call of Wawp does. Its engine does it; Wawp takes the words away and leaves an empty 201.

use std::time::Duration;

use crate::face::Progress;
use crate::face::session::Session;
use crate::face::waha::Engine;
use crate::face::waha::errors as engine_errors;
use crate::face::waha::perform::{SLEEP, activity_of};
use crate::face::wawp::credentials::Params;
use crate::face::wawp::route::{Action, Route};
use crate::face::wawp::{LEASE, errors};
use crate::time::Instant;
use crate::traffic::call::Answer;
use crate::world::account::Connection;
use crate::world::habits::Activity;
use crate::world::id::Jid;

/// Does what `route` says, for who may.
pub fn perform(session: &mut Session, route: &Route, params: &Params<'_>, now: Instant) -> Progress {
    let working = session.account.connection() == Connection::Working;
    let answer = match route.action {
        Action::GetSession => Answer::json(200, &session.describe()),
        Action::Webhooks => errors::subscription_required(),
        _ if !working => errors::invalid_session(),
        Action::SetPresence => set_presence(session, params, now),
        Action::ChatPresence => {
            let chat = Jid::new(route.chat.as_deref().unwrap_or_default());
            session.account.act(now);
            session.subscribe(&chat, LEASE, now);
            let knows = session.engine == Engine::Noweb && session.store.knows(&chat, now);
            return Progress::Reading(chat, if knows { Duration::ZERO } else { SLEEP });
        }
        Action::Subscribe => {
            let chat = Jid::new(route.chat.as_deref().unwrap_or_default());
            session.account.act(now);
            session.subscribe(&chat, LEASE, now);
            Answer::empty(201)
        }
        Action::StartTyping | Action::StopTyping => match params.get("chatId") {
            Some(chat) => {
                let activity = (route.action == Action::StartTyping).then_some(Activity::Typing);
                session.account.act(now);
                session.account.show(&Jid::new(&chat), activity, now);
                Answer::empty(201)
            }
            None => errors::missing_parameter("chatId", session.wawp.manners.missing),
        },
    };
    Progress::Answered(answer)
}

/// The parameter has two names, each in one half of the documents.
fn set_presence(session: &mut Session, params: &Params<'_>, now: Instant) -> Answer {
    let Some(word) = params.get("presence").or_else(|| params.get("status")) else {
        return errors::missing_parameter("presence", session.wawp.manners.missing);
    };
    match word.as_str() {
        "online" | "available" => session.account.set_online(true, now),
        "offline" | "unavailable" => session.account.set_online(false, now),
        "composing" | "typing" | "recording" | "paused" => {
            let word = if word == "composing" { "typing" } else { word.as_str() };
            let Some(chat) = params.get("chatId") else {
                // Its engine's own words come through.
                return engine_errors::bad_presence(&format!("'{word}' presence requires 'chatId' field."));
            };
            session.account.act(now);
            session.account.show(&Jid::new(&chat), activity_of(word), now);
        }
        _ => return errors::invalid_parameter("presence"),
    }
    Answer::empty(201)
}
