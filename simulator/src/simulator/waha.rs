//! Calls meant for WAHA, which waits for its sessions.

use std::time::Duration;

use serde_json::json;

use super::calls::{self, Sign, Stage};
use super::{Due, Simulator};
use crate::face::Face;
use crate::face::waha::perform::perform;
use crate::face::waha::route::{Action, Route};
use crate::face::waha::{Engine, body, errors, route};
use crate::time::Instant;
use crate::traffic::call::{Answer, Request};
use crate::world::account::Connection;

impl Simulator {
    pub(super) fn handle_waha(&mut self, call: u64, request: Request, now: Instant) {
        let parsed = body::read(&request);
        let body = parsed.as_ref().ok().cloned().flatten();
        let route = route::find(&request, body.as_ref());
        let name = route.as_ref().and_then(|route| route.session.clone());
        let sign = route.as_ref().map(|route| Sign {
            name: route.action.name(),
            chat: route.subject.clone(),
            subscribes: route.action.subscribes(),
        });
        let reception = self.receive(Face::Waha, name.as_deref(), &request, sign, now);
        let verdict = match (reception.struck, parsed) {
            (Some((delay, answer)), _) => Some((delay, answer)),
            (None, Err(complaint)) => Some((Duration::ZERO, errors::bad_request(&complaint))),
            (None, Ok(_)) => {
                let judged = self.judge(&request, route.as_ref());
                let judged = judged.or_else(|| reception.exceeded.map(errors::too_many));
                judged.map(|answer| (Duration::ZERO, answer))
            }
        };
        self.admit(call, request, name, calls::Route::Waha(route), reception.logged);
        if let Some(pending) = self.pending.get_mut(&call) {
            pending.body = body;
        }
        match verdict {
            Some((delay, answer)) => self.answer(call, answer, now + delay),
            None => {
                self.set_stage(call, Stage::Running(now + WAIT_RUNNING));
                self.due.put(Due::Call(call), now + WAIT_RUNNING);
                self.advance(call, now);
            }
        }
    }

    /// Moves a call on that waits for its session.
    pub(super) fn advance_waha(&mut self, call: u64, route: &Route, now: Instant) {
        let Some(pending) = self.pending.get(&call) else {
            return;
        };
        let name = route.session.clone().unwrap_or_default();
        let Some(session) = self.sessions.get_mut(&name) else {
            return self.answer(call, errors::unknown_session(&name), now);
        };
        match (pending.stage.clone(), session.account.connection()) {
            (Stage::Running(_) | Stage::Working(_), Connection::Working) => {
                let progress = perform(session, route, &pending.request, pending.body.as_ref(), now);
                self.proceed(call, progress, now);
            }
            (Stage::Running(until), Connection::Stopped) if now < until => {}
            (Stage::Running(_), Connection::Starting | Connection::Scanning | Connection::Failed) => {
                self.set_stage(call, Stage::Working(now + WAIT_WORKING));
                self.due.put(Due::Call(call), now + WAIT_WORKING);
            }
            (Stage::Working(until), _) if now < until => {}
            (Stage::Running(_) | Stage::Working(_), _) => {
                let answer = errors::not_working(&name, session.status());
                self.answer(call, answer, now);
            }
            (Stage::Reading(_) | Stage::Holding(_) | Stage::Answered, _) => {}
        }
    }

    /// What can be said before any session is waited for; none when the call has to wait.
    fn judge(&self, request: &Request, route: Option<&Route>) -> Option<Answer> {
        let guarded = request.path.starts_with("/api") || request.path.starts_with("/health");
        let key = request.api_key.clone().or_else(|| {
            let in_query = self.config.query_key.then(|| request.query_value("x-api-key"));
            in_query.flatten()
        });
        let access = self.keys.access(key.as_deref());
        if guarded && access.is_none() {
            return Some(errors::unauthorized());
        }
        let Some(route) = route else {
            return Some(errors::no_route(request));
        };
        let typing = matches!(route.action, Action::StartTyping | Action::StopTyping);
        if typing && route.session.is_none() {
            return Some(errors::bad_request("Session name is required"));
        }
        let allowed = access.is_some_and(|access| access.allows(route.session.as_deref(), route.action.scope()));
        if guarded && !allowed {
            return Some(errors::forbidden());
        }
        match route.action {
            Action::Ping => Some(Answer::json(200, &json!({ "message": "pong" }))),
            Action::Health => {
                Some(Answer::json(200, &json!({ "status": "ok", "info": {}, "error": {}, "details": {} })))
            }
            Action::Version => {
                let engine = self.sessions.values().next().map_or(Engine::default(), |session| session.engine);
                Some(Answer::json(200, &engine.environment()))
            }
            Action::ListSessions => {
                let sessions: Vec<_> = self.sessions.values().map(|session| session.describe()).collect();
                Some(Answer::json(200, &sessions))
            }
            Action::GetSession => {
                let session = self.sessions.get(route.session.as_deref().unwrap_or_default());
                Some(session.map_or_else(errors::no_session, |session| Answer::json(200, &session.describe())))
            }
            Action::SetPresence
            | Action::AllPresence
            | Action::ChatPresence
            | Action::Subscribe
            | Action::StartTyping
            | Action::StopTyping
            | Action::LidToPhone
            | Action::PhoneToLid => None,
        }
    }
}

/// `WAIT_SESSION_RUNNING_TIMEOUT`
const WAIT_RUNNING: Duration = Duration::from_secs(5);

/// `WAIT_STATUS_TIMEOUT`
const WAIT_WORKING: Duration = Duration::from_secs(10);
