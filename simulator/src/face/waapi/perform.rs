//! What a call of `WaAPI` does.

use std::time::Duration;

use crate::face::Progress;
use crate::face::session::Session;
use crate::face::waapi::params::Params;
use crate::face::waapi::presence::Presence;
use crate::face::waapi::route::{Action, Route};
use crate::face::waapi::settings::{self, Unfit};
use crate::face::waapi::{answers, errors};
use crate::time::Instant;
use crate::traffic::call::Answer;
use crate::world::account::Connection;
use crate::world::habits::Activity;
use crate::world::id::Jid;
use crate::world::privacy::Privacy;
use crate::world::watch::Lease;

/// Does what `route` says, for who may.
pub fn perform(session: &mut Session, route: &Route, params: &Params, now: Instant) -> Progress {
    let done = try_perform(session, route, params, now);
    done.unwrap_or_else(Progress::Answered)
}

/// The answer to a call that waited for something to be known of a chat, whether it is or not.
#[must_use]
pub fn look(session: &Session, route: &Route, chat: &Jid) -> Answer {
    if session.account.connection() != Connection::Working {
        return errors::not_ready(&session.waapi);
    }
    answers::presence(session, route, presence(session, chat).as_ref(), false)
}

/// Whether anything is known of a chat.
#[must_use]
pub fn knows(session: &Session, chat: &Jid) -> bool {
    presence(session, chat).is_some_and(|presence| presence.has_data)
}

fn try_perform(session: &mut Session, route: &Route, params: &Params, now: Instant) -> Result<Progress, Answer> {
    match route.action {
        Action::Status => return Ok(Progress::Answered(answers::status(session))),
        Action::Unknown => return Err(errors::failed_action()),
        Action::ChatPresence | Action::Snapshot | Action::StartTyping => {
            params.required_chat()?;
        }
        Action::SetPrivacy => {
            new_privacy(session, params)?;
        }
        Action::StopTyping | Action::Available | Action::Unavailable | Action::Privacy | Action::Me => {}
    }
    let (waits, timeout_ms) = (params.waits()?, params.timeout_ms()?);
    if session.account.connection() != Connection::Working {
        return Err(errors::not_ready(&session.waapi));
    }
    let chat = match params.chat_id() {
        Some(chat) if !chat.contains('@') => {
            let explanation = format!("\"{chat}\" has no domain, expected <id>@c.us.");
            return Err(errors::of_instance(&session.waapi, "incorrect chatId format.", Some(&explanation)));
        }
        chat => Jid::new(chat.unwrap_or_default()),
    };
    let result = match route.action {
        Action::ChatPresence => {
            session.subscribe(&chat, Lease::Connection, now);
            if waits && !knows(session, &chat) {
                return Ok(Progress::Holding(chat, Duration::from_millis(timeout_ms)));
            }
            return Ok(Progress::Answered(look(session, route, &chat)));
        }
        // The page never heard of a chat that nobody subscribed to.
        Action::Snapshot => {
            let presence = presence(session, &chat);
            return Ok(Progress::Answered(answers::presence(session, route, presence.as_ref(), true)));
        }
        Action::Privacy => settings::settings(session.account.privacy()),
        Action::SetPrivacy => {
            let privacy = new_privacy(session, params)?;
            session.account.set_privacy(privacy, now);
            settings::settings(privacy)
        }
        Action::Me => return Ok(Progress::Answered(answers::me(session))),
        Action::Available | Action::Unavailable => {
            session.account.set_online(route.action == Action::Available, now);
            answers::sent(route.action)
        }
        Action::StartTyping | Action::StopTyping => {
            let activity = (route.action == Action::StartTyping).then_some(Activity::Typing);
            session.account.show(&chat, activity, now);
            answers::sent(route.action)
        }
        Action::Status | Action::Unknown => answers::sent(route.action),
    };
    Ok(Progress::Answered(answers::done(session, route, &result)))
}

/// The account's privacy with the change that is asked for.
fn new_privacy(session: &Session, params: &Params) -> Result<Privacy, Answer> {
    let (category, value) = params.required_setting()?;
    settings::changed(session.account.privacy(), category, value).map_err(|unfit| match unfit {
        Unfit::Category => errors::invalid("category", "The selected category is invalid."),
        Unfit::Value(_) => errors::invalid("value", "The selected value is invalid."),
    })
}

fn presence(session: &Session, chat: &Jid) -> Option<Presence> {
    let watched_as = session.account.world.watched_as(chat);
    session.memory.presence(&session.account, &watched_as, chat)
}
