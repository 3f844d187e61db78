//! Calls from their arrival to their answer, whomever they are meant for, including the ones that wait.

use std::time::Duration;

use serde_json::Value;

use super::{Due, Output, Simulator};
use crate::face::waapi::perform::{knows, look};
use crate::face::waha::perform::read_chat;
use crate::face::{Face, Progress, waapi, waha, wawp};
use crate::time::Instant;
use crate::traffic::call::{Answer, Request};
use crate::traffic::limit::Exceeded;
use crate::world::account::Connection;
use crate::world::id::Jid;

/// A call without an answer yet.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) request: Request,
    pub(super) body: Option<Value>,
    /// The session it is about.
    pub(super) session: Option<String>,
    pub(super) route: Route,
    logged: Option<u64>,
    pub(super) stage: Stage,
}

/// Whom a call is meant for, and what is remembered of what it asks for.
#[derive(Clone, Debug)]
pub(super) enum Route {
    Waha(Option<waha::route::Route>),
    Wawp,
    Waapi(Option<waapi::route::Route>),
}

#[derive(Clone, Debug)]
pub(super) enum Stage {
    /// For the session to run, until then.
    Running(Instant),
    /// For the session to be connected, until then.
    Working(Instant),
    /// For WhatsApp to tell about a chat.
    Reading(Jid),
    /// For anything to be known of a chat.
    Holding(Jid),
    /// For its answer to travel.
    Answered,
}

/// What the log and the limit need to know of a call.
pub(super) struct Sign {
    /// What it asks for, in one word.
    pub(super) name: &'static str,
    /// The chat it is about.
    pub(super) chat: Option<String>,
    /// Whether it would subscribe to it.
    pub(super) subscribes: bool,
}

/// What became of a call before anybody looked at what it asks for.
#[derive(Debug, Default)]
pub(super) struct Reception {
    pub(super) logged: Option<u64>,
    /// It was made to fail.
    pub(super) struck: Option<(Duration, Answer)>,
    /// It is one too many.
    pub(super) exceeded: Option<Exceeded>,
}

impl Simulator {
    /// A client calls. The answer comes as an output with the same number.
    pub fn handle_request(&mut self, call: u64, request: Request, now: Instant) {
        self.handle_timeout(now);
        if self.pending.len() >= MOST_PENDING {
            self.outputs.push_back(Output::Answer(call, Answer::empty(503)));
            return;
        }
        match Face::of(&request) {
            Face::Waha => self.handle_waha(call, request, now),
            Face::Wawp => self.handle_wawp(call, request, now),
            Face::Waapi => self.handle_waapi(call, request, now),
        }
        self.handle_timeout(now);
    }

    /// The client gave up.
    pub fn handle_abandoned(&mut self, call: u64) {
        self.pending.remove(&call);
    }

    /// Notes a call in the log of its session, counts it, and lets a fault strike it. Every attempt to subscribe counts, whatever
    /// becomes of it.
    pub(super) fn receive(
        &mut self,
        face: Face,
        session: Option<&str>,
        request: &Request,
        sign: Option<Sign>,
        now: Instant,
    ) -> Reception {
        let Some((session, sign)) = session.and_then(|name| self.sessions.get_mut(name)).zip(sign) else {
            return Reception::default();
        };
        let logged = session.log.begin(&request.method, &request.path, sign.name, sign.chat, now);
        let attempt = sign.subscribes.then(|| session.limit.attempt(face.subscribes_per_minute(), now));
        Reception {
            logged: Some(logged),
            struck: session.faults.strike(request),
            exceeded: attempt.and_then(Result::err),
        }
    }

    /// Lets a call wait for its answer.
    pub(super) fn admit(
        &mut self,
        call: u64,
        request: Request,
        session: Option<String>,
        route: Route,
        logged: Option<u64>,
    ) {
        let pending = Pending { request, body: None, session, route, logged, stage: Stage::Answered };
        self.pending.insert(call, pending);
    }

    /// Lets the calls go on that waited for this session's connection.
    pub(super) fn advance_waiting(&mut self, name: &str, now: Instant) {
        let waits = |pending: &Pending| matches!(pending.stage, Stage::Running(_) | Stage::Working(_));
        for call in self.calls_of(name, waits) {
            self.advance(call, now);
        }
    }

    /// Lets the calls go on that waited for something to be known, where it is, and where nothing will be.
    pub(super) fn advance_holding(&mut self, name: &str, now: Instant) {
        let Some(session) = self.sessions.get(name) else {
            return;
        };
        let working = session.account.connection() == Connection::Working;
        let over =
            |pending: &Pending| matches!(&pending.stage, Stage::Holding(chat) if !working || knows(session, chat));
        for call in self.calls_of(name, over) {
            self.advance(call, now);
        }
    }

    fn calls_of(&self, session: &str, wanted: impl Fn(&Pending) -> bool) -> Vec<u64> {
        let about = |pending: &Pending| pending.session.as_deref() == Some(session);
        self.pending.iter().filter(|(_, pending)| about(pending) && wanted(pending)).map(|(id, _)| *id).collect()
    }

    /// Moves a call on, as far as its session allows.
    pub(super) fn advance(&mut self, call: u64, now: Instant) {
        let Some(pending) = self.pending.get(&call) else {
            return;
        };
        let session = pending.session.as_ref().and_then(|name| self.sessions.get_mut(name));
        let answer = match (&pending.stage, &pending.route, session) {
            (Stage::Answered, _, _) => return,
            (Stage::Running(_) | Stage::Working(_), Route::Waha(Some(route)), _) => {
                let route = route.clone();
                return self.advance_waha(call, &route, now);
            }
            (Stage::Reading(chat), _, Some(session)) => read_chat(session, chat, now),
            (Stage::Holding(chat), Route::Waapi(Some(route)), Some(session)) => look(session, route, chat),
            // Its session was deleted while it waited.
            (_, Route::Waha(_), _) => waha::errors::unknown_session(pending.session.as_deref().unwrap_or_default()),
            (_, Route::Wawp, _) => wawp::errors::invalid_session(),
            (_, Route::Waapi(_), _) => waapi::errors::no_instance(""),
        };
        self.answer(call, answer, now);
    }

    /// Lets a call that was performed go on.
    pub(super) fn proceed(&mut self, call: u64, progress: Progress, now: Instant) {
        let name = self.pending.get(&call).and_then(|pending| pending.session.clone());
        let session = name.and_then(|name| self.sessions.get_mut(&name));
        let travel = session.map_or(Duration::ZERO, |session| session.chance.within(LATENCY));
        match progress {
            Progress::Answered(answer) => self.answer(call, answer, now + travel),
            Progress::Reading(chat, sleep) => {
                self.set_stage(call, Stage::Reading(chat));
                self.due.put(Due::Call(call), now + sleep + travel);
            }
            Progress::Holding(chat, patience) => {
                self.set_stage(call, Stage::Holding(chat));
                self.due.put(Due::Call(call), now + patience + travel);
            }
        }
    }

    /// Hands the answer over, unless the client gave up.
    pub(super) fn finish(&mut self, call: u64, answer: Answer, now: Instant) {
        let Some(pending) = self.pending.remove(&call) else {
            return;
        };
        if let (Some(name), Some(number)) = (pending.session, pending.logged)
            && let Some(session) = self.sessions.get_mut(&name)
        {
            session.log.finish(number, answer.status, now);
        }
        self.outputs.push_back(Output::Answer(call, answer));
    }

    pub(super) fn answer(&mut self, call: u64, answer: Answer, at: Instant) {
        self.set_stage(call, Stage::Answered);
        self.due.put(Due::Answer(call, answer), at);
    }

    pub(super) fn set_stage(&mut self, call: u64, stage: Stage) {
        if let Some(pending) = self.pending.get_mut(&call) {
            pending.stage = stage;
        }
    }
}

/// How long a call takes when nothing holds it up.
const LATENCY: crate::chance::Span = crate::chance::Span(2, 6);

const MOST_PENDING: usize = 2_048;
