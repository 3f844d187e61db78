//! `POST /call`: the presence calls that pages may make. Chats stand in the body, so that no path and no log holds one.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use serde::Deserialize;
use serde_json::Value;

use super::page::{admit, same_account};
use super::{Desk, body};
use crate::account::{Command, Wish};
use crate::error::Refusal;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    account: Option<String>,
    call: String,
    chat: Option<String>,
}

/// Makes a call and answers what the gateway did.
pub(super) async fn call(State(desk): State<Arc<Desk>>, request: Request) -> Result<Json<Value>, Refusal> {
    let (parts, body) = request.into_parts();
    let (ticket, account) = admit(&desk, &parts.headers)?;
    let limits = &desk.shared.limits;
    let body = body::read(&parts.headers, body, limits.request_body_bytes, limits.body_ms).await?;
    let wanted: Wanted = body::json(&body, "{account?, call, chat?}")?;
    same_account(&ticket, wanted.account.as_deref())?;
    let wish = Wish::named(&wanted.call, wanted.chat.as_deref())?;
    account.handle.ask(|answer| Command::Call { ticket, wish, answer }).await.map(Json)
}
