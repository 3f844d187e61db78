//! `POST /hooks/{account}`: what gateways tell. Checked, queued, and answered before anything is made of it, so that no gateway
//! waits and tries again.

use std::sync::{Arc, PoisonError};

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use wa_presence::gateway::unquoted;
use wa_presence::gateway::webhook::{Fresh, fresh, verify};
use wa_presence::machine::error::ErrorCode;

use super::{Desk, Desked, body};
use crate::account::{HookPlace, Hooked};
use crate::config::Hook;
use crate::error::Refusal;

/// Bodies that were turned away after they had been seen, which are remembered as such.
const MOST_MISSED: usize = 4_096;

/// Takes a body in.
pub(super) async fn take(
    State(desk): State<Arc<Desk>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<StatusCode, Refusal> {
    let Some((name, account)) = desk.accounts.get_key_value(&name).filter(|(_, account)| account.hook != Hook::Closed)
    else {
        return Err(Refusal::not_found());
    };
    let timer = desk.shared.metrics.hook_seconds.start_timer();
    let taken = accept(&desk, account, request).await;
    timer.observe_duration();
    let outcome = match &taken {
        Ok(outcome) => outcome,
        Err(refusal) => refusal.code,
    };
    desk.shared.metrics.hook(name, outcome);
    taken.map(|_| StatusCode::ACCEPTED)
}

async fn accept(desk: &Desk, account: &Desked, request: Request) -> Result<&'static str, Refusal> {
    let limits = &desk.shared.limits;
    let (parts, body) = request.into_parts();
    let body = body::read(&parts.headers, body, limits.hook_body_bytes, limits.body_ms).await?;
    if let Hook::Signed { header, algorithm, secret } = &account.hook {
        let signature = parts.headers.get(header).and_then(|value| value.to_str().ok());
        let signature = signature.ok_or_else(|| {
            Refusal::new(ErrorCode::Unauthorized, "signature: expected one in its header, found none")
        })?;
        verify(&body, signature, secret.reveal().as_bytes(), *algorithm)
            // Whoever signs wrongly learns no more than that.
            .map_err(|why| Refusal::new(ErrorCode::Unauthorized, why.message))?;
    }
    let text = unquoted(&body);
    let decoded = account.gateway.decode(&text).map_err(Refusal::from)?;
    let wall = desk.shared.clock.wall();
    for envelope in decoded.envelopes.iter() {
        match fresh(envelope.stamp, wall, limits.tolerance_ms) {
            // What can be neither dated nor told apart could be replayed for ever.
            Fresh::Yes if account.accept_undated || envelope.id.is_some() => {}
            Fresh::Unknown if account.accept_undated => {}
            Fresh::Yes => return Err(Refusal::new(ErrorCode::Forbidden, "id: expected one, found none")),
            Fresh::Unknown => return Err(Refusal::new(ErrorCode::Forbidden, "stamp: expected one, found none")),
            Fresh::No => {
                let message = format!("stamp: expected one within {} ms of now", limits.tolerance_ms);
                return Err(Refusal::new(ErrorCode::Forbidden, message));
            }
        }
    }
    if decoded.envelopes.is_empty() {
        return Ok("ignored");
    }
    // The place comes first: a body that is turned away comes again, and must not be taken for a copy then.
    let place = account.handle.place().ok_or_else(|| {
        let refusal = Refusal::new(ErrorCode::RateLimited, "queue: it is full").with_status(503);
        refusal.with_retry(1_000)
    })?;
    let now = desk.shared.clock.now();
    let first = {
        // What it remembers is worth something after a panic as well.
        let mut guard = account.guard.lock().unwrap_or_else(PoisonError::into_inner);
        let mut missed = account.missed.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = |id: Option<&str>| id.is_none_or(|id| guard.first_seen(id, now) | missed.remove(id));
        // Each is remembered, whatever the others are.
        decoded.envelopes.iter().map(|envelope| envelope.id).map(seen).fold(false, |any, first| any | first)
    };
    if !first {
        return Ok("repeated");
    }
    match place {
        HookPlace::Here(place) => place.send(Hooked::Body(body.clone())),
        HookPlace::There(post) => {
            let mut ids = decoded.envelopes.iter().map(|envelope| envelope.id);
            let name = ids.next().flatten().filter(|_| ids.all(|id| id.is_some())).map(str::to_owned);
            let ids: Vec<_> = decoded.envelopes.iter().filter_map(|envelope| envelope.id.map(str::to_owned)).collect();
            drop(decoded);
            if let Err(refusal) = post.post(body.clone(), name.as_deref()).await {
                let mut missed = account.missed.lock().unwrap_or_else(PoisonError::into_inner);
                if missed.len() < MOST_MISSED {
                    missed.extend(ids);
                }
                return Err(refusal);
            }
        }
    }
    Ok("taken")
}
