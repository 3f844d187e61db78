//! Calls from their arrival to their answer, including the ones that wait for their session.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Due, Output, Simulator};
use crate::face::waha::perform::{Progress, perform, read_chat};
use crate::face::waha::route::{Action, Route};
use crate::face::waha::{Engine, body, errors, route};
use crate::time::Instant;
use crate::traffic::call::{Answer, Request};
use crate::world::account::Connection;
use crate::world::id::Jid;

/// A call without an answer yet.
#[derive(Debug)]
pub(super) struct Pending {
    request: Request,
    body: Option<Value>,
    route: Option<Route>,
    logged: Option<(String, u64)>,
    stage: Stage,
}

#[derive(Clone, Debug)]
enum Stage {
    /// For the session to run, until then.
    Running(Instant),
    /// For the session to be connected, until then.
    Working(Instant),
    /// For WhatsApp to tell about a chat.
    Reading(Jid),
    /// For its answer to travel.
    Answered,
}

impl Simulator {
    /// A client calls. The answer comes as an output with the same number.
    pub fn handle_request(&mut self, call: u64, request: Request, now: Instant) {
        self.handle_timeout(now);
        if self.pending.len() >= MOST_PENDING {
            self.outputs.push_back(Output::Answer(call, Answer::empty(503)));
            return;
        }
        let parsed = body::read(&request);
        let body = parsed.as_ref().ok().cloned().flatten();
        let route = route::find(&request, body.as_ref());
        let logged = self.log(&request, route.as_ref(), now);
        let struck = self.strike(&request, route.as_ref());
        let pending = Pending { request, body, route, logged, stage: Stage::Answered };
        let verdict = match (struck, parsed) {
            (Some((delay, answer)), _) => Some((delay, answer)),
            (None, Err(complaint)) => Some((Duration::ZERO, errors::bad_request(&complaint))),
            (None, Ok(_)) => self.judge(&pending).map(|answer| (Duration::ZERO, answer)),
        };
        self.pending.insert(call, pending);
        match verdict {
            Some((delay, answer)) => self.answer(call, answer, now + delay),
            None => {
                self.set_stage(call, Stage::Running(now + WAIT_RUNNING));
                self.due.put(Due::Call(call), now + WAIT_RUNNING);
                self.advance(call, now);
            }
        }
        self.handle_timeout(now);
    }

    /// The client gave up.
    pub fn handle_abandoned(&mut self, call: u64) {
        self.pending.remove(&call);
    }

    /// Lets the calls go on that waited for this session.
    pub(super) fn advance_waiting(&mut self, session: &str, now: Instant) {
        let about =
            |pending: &Pending| pending.route.as_ref().and_then(|route| route.session.as_deref()) == Some(session);
        let waiting = |pending: &Pending| matches!(pending.stage, Stage::Running(_) | Stage::Working(_));
        let calls: Vec<u64> =
            self.pending.iter().filter(|(_, pending)| about(pending) && waiting(pending)).map(|(id, _)| *id).collect();
        for call in calls {
            self.advance(call, now);
        }
    }

    /// Moves a call on, as far as its session allows.
    pub(super) fn advance(&mut self, call: u64, now: Instant) {
        let Some(pending) = self.pending.get(&call) else {
            return;
        };
        let Some(route) = pending.route.clone() else {
            return;
        };
        let name = route.session.clone().unwrap_or_default();
        let Some(session) = self.sessions.get_mut(&name) else {
            return self.answer(call, errors::unknown_session(&name), now);
        };
        let connection = session.account.connection();
        match (pending.stage.clone(), connection) {
            (Stage::Answered, _) => {}
            (Stage::Reading(chat), _) => {
                let answer = read_chat(session, &chat, now);
                self.answer(call, answer, now);
            }
            (Stage::Running(_) | Stage::Working(_), Connection::Working) => {
                let progress = perform(session, &route, &pending.request, pending.body.as_ref(), now);
                let travel = session.chance.within(LATENCY);
                match progress {
                    Progress::Answered(answer) => self.answer(call, answer, now + travel),
                    Progress::Reading(chat, sleep) => {
                        self.set_stage(call, Stage::Reading(chat));
                        self.due.put(Due::Call(call), now + sleep + travel);
                    }
                }
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
        }
    }

    /// Hands the answer over, unless the client gave up.
    pub(super) fn finish(&mut self, call: u64, answer: Answer, now: Instant) {
        let Some(pending) = self.pending.remove(&call) else {
            return;
        };
        if let Some((name, number)) = pending.logged
            && let Some(session) = self.sessions.get_mut(&name)
        {
            session.log.finish(number, answer.status, now);
        }
        self.outputs.push_back(Output::Answer(call, answer));
    }

    fn answer(&mut self, call: u64, answer: Answer, at: Instant) {
        self.set_stage(call, Stage::Answered);
        self.due.put(Due::Answer(call, answer), at);
    }

    fn set_stage(&mut self, call: u64, stage: Stage) {
        if let Some(pending) = self.pending.get_mut(&call) {
            pending.stage = stage;
        }
    }

    /// What can be said before any session is waited for; none when the call has to wait.
    fn judge(&self, pending: &Pending) -> Option<Answer> {
        let request = &pending.request;
        let guarded = request.path.starts_with("/api") || request.path.starts_with("/health");
        let key = request.api_key.clone().or_else(|| {
            let in_query = self.config.query_key.then(|| request.query_value("x-api-key"));
            in_query.flatten()
        });
        let access = self.keys.access(key.as_deref());
        if guarded && access.is_none() {
            return Some(errors::unauthorized());
        }
        let Some(route) = &pending.route else {
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

    fn log(&mut self, request: &Request, route: Option<&Route>, now: Instant) -> Option<(String, u64)> {
        let route = route?;
        let name = route.session.clone()?;
        let session = self.sessions.get_mut(&name)?;
        let chat = route.subject.clone();
        let number = session.log.begin(&request.method, &request.path, route.action.name(), chat, now);
        Some((name, number))
    }

    fn strike(&mut self, request: &Request, route: Option<&Route>) -> Option<(Duration, Answer)> {
        let name = route?.session.as_ref()?;
        self.sessions.get_mut(name)?.faults.strike(request)
    }
}

/// `WAIT_SESSION_RUNNING_TIMEOUT`
const WAIT_RUNNING: Duration = Duration::from_secs(5);

/// `WAIT_STATUS_TIMEOUT`
const WAIT_WORKING: Duration = Duration::from_secs(10);

/// How long a call takes when nothing holds it up.
const LATENCY: crate::chance::Span = crate::chance::Span(2, 6);

const MOST_PENDING: usize = 2_048;
