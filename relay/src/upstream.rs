//! Towards gateways: performs what sessions ask for. Where to is in the request that a codec made from the configuration; nothing
//! a browser or a webhook says has a part in it.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use wa_presence::gateway::http::{Method, Outcome, Request, Response, Secret, retry_after_ms};

/// Largest answer that is read, in bytes.
const MOST_BYTES: usize = 8 << 20;
/// After so long without a frame the other side is asked whether it is there, and after as long again it is not, in ms.
const SILENCE_MS: u64 = 30_000;
/// Close code of a socket that ended without one.
const CLOSED_ABNORMALLY: u16 = 1006;

/// A client that keeps connections open.
#[derive(Clone, Debug)]
pub(crate) struct Client(reqwest::Client);

impl Client {
    pub(crate) fn new() -> Result<Self, String> {
        // A redirect would carry the owner's credential to an address that nobody configured.
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let client = client.connect_timeout(Duration::from_secs(10)).build();
        client.map(Self).map_err(|_| "no HTTP client can be made here".to_owned())
    }

    /// Performs a request; there is exactly one outcome.
    pub(crate) async fn perform(&self, request: Request) -> Outcome {
        let patience = Duration::from_millis(u64::from(request.timeout_ms));
        tokio::time::timeout(patience, self.attempt(request)).await.unwrap_or(Outcome::Timeout)
    }

    async fn attempt(&self, request: Request) -> Outcome {
        let mut call = match request.method {
            Method::Get => self.0.get(&request.url),
            Method::Post => self.0.post(&request.url),
            Method::Put => self.0.put(&request.url),
        };
        for (name, value) in &request.headers {
            call = call.header(*name, value.reveal());
        }
        if let Some(body) = request.body {
            call = call.header(CONTENT_TYPE, "application/json").body(body);
        }
        let Ok(mut answer) = call.send().await else { return Outcome::Network };
        let status = answer.status().as_u16();
        let retry_after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after_ms = retry_after.and_then(retry_after_ms);
        let mut body = Vec::new();
        loop {
            match answer.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= MOST_BYTES => body.extend_from_slice(&chunk),
                Ok(Some(_)) | Err(_) => return Outcome::Network,
                Ok(None) => return Outcome::Response(Response { status, retry_after_ms, body }),
            }
        }
    }
}

/// What a socket did.
#[derive(Debug)]
pub(crate) enum SocketEvent {
    Open,
    Frame(Vec<u8>),
    Closed(u16),
}

/// Opens WAHA's feed and reads it until it ends. `epoch` tells its last words from those of its successor.
pub(crate) async fn read_feed(url: Secret, most_bytes: usize, epoch: u64, to: mpsc::Sender<(u64, SocketEvent)>) {
    let code = listen(&url, most_bytes, epoch, &to).await;
    // Whoever does not listen any more has replaced it.
    let _ = to.send((epoch, SocketEvent::Closed(code))).await;
}

async fn listen(url: &Secret, most_bytes: usize, epoch: u64, to: &mpsc::Sender<(u64, SocketEvent)>) -> u16 {
    let config = WebSocketConfig::default().max_message_size(Some(most_bytes)).max_frame_size(Some(most_bytes));
    let opened = tokio_tungstenite::connect_async_with_config(url.reveal(), Some(config), true).await;
    let Ok((mut socket, _)) = opened else { return CLOSED_ABNORMALLY };
    if to.send((epoch, SocketEvent::Open)).await.is_err() {
        return CLOSED_ABNORMALLY;
    }
    let mut asked = false;
    loop {
        // A connection that broke without a word is only known by asking.
        let Ok(next) = tokio::time::timeout(Duration::from_millis(SILENCE_MS), socket.next()).await else {
            if std::mem::replace(&mut asked, true) || socket.send(Message::Ping(bytes::Bytes::new())).await.is_err() {
                return CLOSED_ABNORMALLY;
            }
            continue;
        };
        asked = false;
        let Some(Ok(message)) = next else { return CLOSED_ABNORMALLY };
        let frame = match message {
            Message::Text(text) => text.as_bytes().to_vec(),
            Message::Binary(bytes) => bytes.to_vec(),
            Message::Close(frame) => return frame.map_or(CLOSED_ABNORMALLY, |frame| frame.code.into()),
            Message::Ping(_) => {
                // The answer is queued by the library; this sends it.
                let _ = socket.flush().await;
                continue;
            }
            Message::Pong(_) | Message::Frame(_) => continue,
        };
        if to.send((epoch, SocketEvent::Frame(frame))).await.is_err() {
            return CLOSED_ABNORMALLY;
        }
    }
}
