//! Calls meant for the hosted gateways, which find the session through its instance and wait for none.

use super::Simulator;
use super::calls::{Route, Sign};
use crate::face::session::Session;
use crate::face::wawp::Missing;
use crate::face::wawp::credentials::Params;
use crate::face::{Face, Progress, waapi, waha, wawp};
use crate::time::Instant;
use crate::traffic::call::{Answer, Request};
use crate::traffic::limit::Exceeded;

impl Simulator {
    pub(super) fn handle_wawp(&mut self, call: u64, request: Request, now: Instant) {
        let parsed = waha::body::read(&request);
        let body = parsed.as_ref().ok().cloned().flatten();
        let params = Params::new(&request, body.as_ref());
        let route = wawp::route::find(&request);
        let instance = params.instance();
        let session = instance.as_ref().and_then(|id| self.sessions.values().find(|session| session.wawp.id == *id));
        let name = session.map(|session| session.name.clone());
        let sign = route.as_ref().map(|route| Sign {
            name: route.action.name(),
            chat: route.chat.clone().or_else(|| params.get("chatId")),
            subscribes: route.action.subscribes(),
        });
        let reception = self.receive(Face::Wawp, name.as_deref(), &request, sign, now);
        let session = name.as_ref().and_then(|name| self.sessions.get_mut(name));
        let under_200 = session.as_ref().is_some_and(|session| session.wawp.manners.errors_under_200);
        let progress = match (parsed, route) {
            (Err(_), _) => Progress::Answered(wawp::errors::invalid_json()),
            (Ok(_), None) => Progress::Answered(wawp::errors::no_route()),
            (Ok(_), Some(route)) => match wawp_session(session, &params, reception.exceeded) {
                Err(refusal) => Progress::Answered(refusal),
                // A call that was made to fail does nothing.
                Ok(_) if reception.struck.is_some() => Progress::Answered(Answer::empty(500)),
                Ok(session) => wawp::perform::perform(session, &route, &params, now),
            },
        };
        let progress = match progress {
            Progress::Answered(answer) if under_200 && answer.status >= 400 => {
                Progress::Answered(Answer { status: 200, ..answer })
            }
            progress @ (Progress::Answered(_) | Progress::Reading(..) | Progress::Holding(..)) => progress,
        };
        self.admit(call, request, name, Route::Wawp, reception.logged);
        match reception.struck {
            Some((delay, answer)) => self.answer(call, answer, now + delay),
            None => self.proceed(call, progress, now),
        }
    }

    pub(super) fn handle_waapi(&mut self, call: u64, request: Request, now: Instant) {
        let params = waapi::params::Params::read(&request);
        let route = waapi::route::find(&request);
        let token = request.bearer();
        let known = token.is_some_and(|token| self.sessions.values().any(|session| session.waapi.token == token));
        let id = route.as_ref().map(|route| route.instance.as_str());
        let session = self.sessions.values().find(|session| id == Some(session.waapi.id.to_string().as_str()));
        let owns = session.is_some_and(|session| token == Some(session.waapi.token.as_str()));
        let name = session.map(|session| session.name.clone());
        let sign = route.as_ref().map(|route| Sign {
            name: route.action.name(),
            chat: params.chat_id().map(str::to_owned),
            subscribes: route.action.subscribes(),
        });
        let reception = self.receive(Face::Waapi, name.as_deref(), &request, sign, now);
        let session = name.as_ref().and_then(|name| self.sessions.get_mut(name));
        let progress = match (&route, session, reception.exceeded) {
            (None, _, _) => Progress::Answered(waapi::errors::no_route(&request.path)),
            (Some(_), _, _) if !known => Progress::Answered(waapi::errors::unauthenticated()),
            (Some(route), None, _) => Progress::Answered(waapi::errors::no_instance(&route.instance)),
            (Some(route), Some(_), _) if !owns => Progress::Answered(waapi::errors::no_instance(&route.instance)),
            (Some(_), Some(_), Some(exceeded)) => Progress::Answered(waapi::errors::too_many(exceeded)),
            // A call that was made to fail does nothing.
            (Some(_), Some(_), None) if reception.struck.is_some() => Progress::Answered(Answer::empty(500)),
            (Some(route), Some(session), None) => waapi::perform::perform(session, route, &params, now),
        };
        self.admit(call, request, name, Route::Waapi(route), reception.logged);
        match reception.struck {
            Some((delay, answer)) => self.answer(call, answer, now + delay),
            None => self.proceed(call, progress, now),
        }
    }
}

/// The session that a call may use.
fn wawp_session<'a>(
    session: Option<&'a mut Session>,
    params: &Params<'_>,
    exceeded: Option<Exceeded>,
) -> Result<&'a mut Session, Answer> {
    let token = params.token().ok_or_else(wawp::errors::missing_token)?;
    if params.instance().is_none() {
        return Err(wawp::errors::missing_parameter("instance_id", Missing::Json));
    }
    let session = session.ok_or_else(wawp::errors::invalid_session)?;
    if token != session.wawp.token {
        return Err(wawp::errors::wrong_token());
    }
    exceeded.map_or(Ok(session), |exceeded| Err(wawp::errors::too_many(exceeded)))
}
