//! Bodies, as they come: not larger than they may be, and not slower.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use wa_presence::machine::error::ErrorCode;

use crate::error::Refusal;

/// Reads a body whole. One that says that it is too large is not read at all.
pub(super) async fn read(headers: &HeaderMap, body: Body, most: usize, within_ms: u64) -> Result<Bytes, Refusal> {
    let too_large = || Refusal::new(ErrorCode::TooLarge, format!("body: expected at most {most} bytes"));
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| usize::try_from(length).is_ok_and(|length| length > most)) {
        return Err(too_large());
    }
    let reading = Limited::new(body, most).collect();
    match tokio::time::timeout(Duration::from_millis(within_ms), reading).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(why)) if why.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Refusal::new(ErrorCode::BadRequest, "body: it broke off")),
        Err(_) => {
            let message = format!("body: expected all of it within {within_ms} ms");
            Err(Refusal::new(ErrorCode::Timeout, message).with_status(408))
        }
    }
}

/// Reads JSON strictly. What is wrong with it is said by place: a parser's words may repeat what was sent.
pub(super) fn json<T: DeserializeOwned>(body: &[u8], shape: &str) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|why| {
        let message =
            format!("body: expected {shape}; found something else at line {}, column {}", why.line(), why.column());
        Refusal::new(ErrorCode::BadRequest, message)
    })
}
