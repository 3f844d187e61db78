//! `POST /feed` and `PUT /feed/{id}`: what pages follow.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use wa_presence::machine::Priority;
use wa_presence::machine::error::ErrorCode;
use wa_presence::machine::id::Id;
use wa_presence::machine::time::UnixMs;

use super::page::{admit, same_account};
use super::stream::Stream;
use super::{Desk, body};
use crate::account::{Change, Command, Followed, Join};
use crate::error::Refusal;
use crate::exchange::{FeedId, Position};

const SHAPE: &str = "{account?, chats: [{chat, priority?, lastInboundAtMs?, fresh?}]}";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    account: Option<String>,
    chats: Vec<WantedChat>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct WantedChat {
    chat: String,
    priority: Option<Importance>,
    last_inbound_at_ms: Option<u64>,
    #[serde(default)]
    fresh: bool,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Importance {
    Focused,
    Visible,
    Background,
}

/// Opens a feed.
pub(super) async fn open(State(desk): State<Arc<Desk>>, request: Request) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let (ticket, account) = admit(&desk, &parts.headers)?;
    let limits = &desk.shared.limits;
    let body = body::read(&parts.headers, body, limits.request_body_bytes, limits.body_ms).await?;
    let wanted: Wanted = body::json(&body, SHAPE)?;
    same_account(&ticket, wanted.account.as_deref())?;
    let chats = followed(&wanted.chats)?;
    let after = parts.headers.get("last-event-id").map(|id| id.to_str().ok()?.parse::<Position>().ok());
    let joined = account.handle.ask(|answer| Command::Join(Join { ticket, chats, after, answer })).await?;
    let stream = Stream::new(joined, account.handle.clone(), &desk);
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // Some proxies hold a stream back until it is large.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, Body::from_stream(stream.frames())).into_response())
}

/// Changes what a feed follows; with a newer ticket, prolongs it.
pub(super) async fn change(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Value>, Refusal> {
    let (parts, body) = request.into_parts();
    let (ticket, account) = admit(&desk, &parts.headers)?;
    let limits = &desk.shared.limits;
    let body = body::read(&parts.headers, body, limits.request_body_bytes, limits.body_ms).await?;
    let feed = id.parse::<FeedId>().map_err(|()| Refusal::new(ErrorCode::NotFound, "no such feed"))?;
    let wanted: Wanted = body::json(&body, SHAPE)?;
    same_account(&ticket, wanted.account.as_deref())?;
    let chats = followed(&wanted.chats)?;
    let expires = account.handle.ask(|answer| Command::Change(Change { feed, ticket, chats, answer })).await?;
    Ok(Json(json!({ "expiresAtMs": expires.as_ms() })))
}

fn followed(chats: &[WantedChat]) -> Result<Vec<Followed>, Refusal> {
    let read = |(place, wanted): (usize, &WantedChat)| {
        let chat = Id::parse(&wanted.chat)
            .map_err(|why| Refusal::new(ErrorCode::InvalidChat, format!("chats[{place}].chat: {why}")))?;
        let priority = match wanted.priority.unwrap_or(Importance::Visible) {
            Importance::Focused => Priority::Focused,
            Importance::Visible => Priority::Visible,
            Importance::Background => Priority::Background,
        };
        let last_inbound = wanted.last_inbound_at_ms.map(UnixMs::from_ms);
        Ok(Followed { chat, priority, last_inbound, fresh: wanted.fresh })
    };
    chats.iter().enumerate().map(read).collect()
}
