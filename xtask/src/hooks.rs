//! What hosted gateways post, handed on to the page: `POST /hooks/{face}` in, `GET /events/{face}` out as server-sent events.
//!
//! Such a gateway has no stream that a page could open, so something with an address has to take its webhooks: in the demo, the
//! server of the page. It checks signatures and decides nothing. What is posted passes whole, for the people in it are made up; a
//! real back end leaves out what pages have no business with, as examples/webhook-server.mjs does.

use std::{collections::BTreeMap, convert::Infallible, fs::File, io::Read, sync::Arc};

use anyhow::{Context, Result};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, StatusCode},
    response::sse::{Event, Sse},
    routing::{get, post},
};
use futures_util::stream::{self, Stream};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::sync::broadcast;

/// Whose webhooks are taken, by the simulator's names, and where each puts its signature.
pub(crate) const FACES: [(&str, &str); 2] = [("wawp", "x-webhook-hmac"), ("waapi", "x-waapi-hmac")];
/// A presence is a few hundred bytes; one of a large group is some ten thousand.
const MAX_BODY_BYTES: usize = 256 * 1024;
/// What a reader may be behind by, in bodies, before it is cut off.
const BACKLOG: usize = 64;

/// One channel for each face. Nothing is kept for pages that are not there.
pub(crate) struct Hooks {
    secret: String,
    channels: BTreeMap<&'static str, broadcast::Sender<Arc<str>>>,
}

impl Hooks {
    pub(crate) fn new(secret: &str) -> Self {
        let channels = FACES.map(|(face, _)| (face, broadcast::Sender::new(BACKLOG))).into();
        Self { secret: secret.to_owned(), channels }
    }

    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/hooks/{face}", post(take).layer(DefaultBodyLimit::max(MAX_BODY_BYTES)))
            .route("/events/{face}", get(tell))
            .with_state(Arc::new(self))
    }

    fn is_signed(&self, face: &str, headers: &HeaderMap, body: &[u8]) -> bool {
        let header = FACES.iter().find(|(name, _)| *name == face).map(|(_, header)| *header);
        let signature = header.and_then(|header| headers.get(header)?.to_str().ok()).and_then(bytes_of);
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(self.secret.as_bytes());
        // In constant time, and over the bytes as they came.
        mac.is_ok_and(|mac| signature.is_some_and(|digest| mac.chain_update(body).verify_slice(&digest).is_ok()))
    }
}

/// A secret that only this run knows.
pub(crate) fn draw_secret() -> Result<String> {
    let mut bytes = [0; 32];
    let drawn = File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut bytes));
    drawn.context("no randomness for the secret of the webhooks")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

async fn take(
    State(hooks): State<Arc<Hooks>>,
    Path(face): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let Some(channel) = hooks.channels.get(face.as_str()) else { return StatusCode::NOT_FOUND };
    if !hooks.is_signed(&face, &headers, &body) {
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(text) = str::from_utf8(&body) else { return StatusCode::BAD_REQUEST };
    // It fails where no page is open, which is nobody's fault.
    let _ = channel.send(text.into());
    StatusCode::NO_CONTENT
}

async fn tell(
    State(hooks): State<Arc<Hooks>>,
    Path(face): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, StatusCode> {
    let channel = hooks.channels.get(face.as_str()).ok_or(StatusCode::NOT_FOUND)?;
    Ok(Sse::new(stream::unfold(channel.subscribe(), |mut bodies| async {
        // A reader that fell behind is cut off: its page sees that, and would not see a gap.
        let body = bodies.recv().await.ok()?;
        Some((Ok(Event::default().data(body)), bodies))
    })))
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    hex.as_bytes().chunks(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    const BODY: &[u8] = b"what do ya want for nothing?";
    /// RFC 4231, test case 2: its key is "Jefe".
    const DIGEST: &str = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

    fn signed(header: &'static str, digest: &str) -> HeaderMap {
        HeaderMap::from_iter([(header.parse().expect("a name"), digest.parse().expect("a value"))])
    }

    #[test]
    fn a_body_passes_with_its_own_signature_under_its_own_header_alone() {
        let hooks = Hooks::new("Jefe");
        for (face, header) in FACES {
            assert!(hooks.is_signed(face, &signed(header, DIGEST), BODY));
            assert!(!hooks.is_signed(face, &signed(header, DIGEST), b"something else"));
            assert!(!hooks.is_signed(face, &signed("x-other", DIGEST), BODY));
            assert!(!hooks.is_signed(face, &HeaderMap::new(), BODY));
            for digest in ["", "5b", "zz", &DIGEST[1..], &DIGEST.replace('5', "6")] {
                assert!(!hooks.is_signed(face, &signed(header, digest), BODY), "{digest}");
            }
        }
        assert!(!Hooks::new("another").is_signed("wawp", &signed("x-webhook-hmac", DIGEST), BODY));
        assert!(!hooks.is_signed("waha", &signed("x-webhook-hmac", DIGEST), BODY), "nobody asked for these");
    }

    #[test]
    fn two_secrets_differ() {
        let draw = || draw_secret().expect("a secret");
        assert_eq!(draw().len(), 64);
        assert_ne!(draw(), draw());
    }

    #[test]
    fn a_reader_that_falls_behind_is_cut_off() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let hooks = Arc::new(Hooks::new("Jefe"));
            let post = || {
                take(State(Arc::clone(&hooks)), Path("waapi".to_owned()), signed("x-waapi-hmac", DIGEST), BODY.into())
            };
            let open = || async { tell(State(Arc::clone(&hooks)), Path("waapi".to_owned())).await.map(body_of) };
            let mut quick = open().await.expect("a stream");
            let mut slow = open().await.expect("a stream");
            for _ in 0..=BACKLOG {
                assert_eq!(post().await, StatusCode::NO_CONTENT);
                assert!(quick.next().await.is_some());
            }
            assert!(slow.next().await.is_none());
        });
    }

    fn body_of(sse: Sse<impl Stream<Item = Result<Event, Infallible>> + Send + 'static>) -> axum::body::BodyDataStream {
        axum::response::IntoResponse::into_response(sse).into_body().into_data_stream()
    }
}
