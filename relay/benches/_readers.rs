//! Readers of feeds, as pages are: what they hear, and how late.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Barrier;
use wa_presence_relay::clock::Clock;
use wa_presence_relay::ticket::{Algorithm, Chats, Claims, Scope, mint};

use super::{CHATS_PER_FEED, KEY, chat_of, name};

#[derive(Default)]
pub(crate) struct Heard {
    pub(crate) events: AtomicU64,
    pub(crate) closed: AtomicU64,
    pub(crate) resets: AtomicU64,
    /// Events that a feed heard before.
    pub(crate) twice: AtomicU64,
    /// How many took so many ms; the last place is for all that took longer.
    latencies: Latencies,
}

struct Latencies([AtomicU64; 2_001]);

impl Default for Latencies {
    fn default() -> Self {
        Self([const { AtomicU64::new(0) }; 2_001])
    }
}

impl Heard {
    fn note(&self, latency_ms: u64) {
        self.events.fetch_add(1, Ordering::Relaxed);
        let place = usize::try_from(latency_ms).unwrap_or(usize::MAX).min(2_000);
        self.latencies.0[place].fetch_add(1, Ordering::Relaxed);
    }

    /// In ms.
    pub(crate) fn percentile(&self, percent: u64) -> usize {
        let counts = self.latencies.0.iter().map(|count| count.load(Ordering::Relaxed));
        let mut left = counts.clone().sum::<u64>() * percent / 100;
        for (place, count) in counts.enumerate() {
            match left.checked_sub(count) {
                Some(rest) => left = rest,
                None => return place,
            }
        }
        self.latencies.0.len()
    }
}

pub(crate) async fn read(feed: u64, addresses: Vec<String>, clock: Clock, heard: Arc<Heard>, opened: Arc<Barrier>) {
    let (mut place, mut waiting, mut last, mut known) = (Reader::default(), Some(opened), None, BTreeSet::new());
    for address in addresses.iter().cycle() {
        let Ok(mut socket) = TcpStream::connect(address).await else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let asked = socket.write_all(request(feed, address, last.as_deref(), clock).as_bytes()).await;
        place.buffer.clear();
        while asked.is_ok() && place.more(&mut socket).await {
            let first = waiting.take_if(|_| find(&place.buffer, b"event: snapshot").is_some());
            if let Some(opened) = first {
                tokio::spawn(async move { opened.wait().await });
            }
            while let Some(event) = place.event() {
                last = text_of(&event, b"id: ", b'\n').or(last);
                heard.resets.fetch_add(u64::from(find(&event, b"event: reset").is_some()), Ordering::Relaxed);
                let Some(id) = text_of(&event, b"data: {\"id\":\"sent-", b'"') else { continue };
                let sent_ms = id.split('-').next().and_then(|sent| sent.parse::<u64>().ok());
                heard.note(clock.now().as_ms().saturating_sub(sent_ms.unwrap_or_default()));
                if addresses.len() > 1 && !known.insert(id) {
                    heard.twice.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
        heard.closed.fetch_add(1, Ordering::Relaxed);
        if addresses.len() == 1 {
            return;
        }
        // As a page that lost its stream: after a moment, each at another.
        tokio::time::sleep(Duration::from_millis(100 + feed * 7 % 900)).await;
    }
}

/// What is read of a stream and not yet taken for an event.
#[derive(Default)]
struct Reader {
    buffer: Vec<u8>,
}

impl Reader {
    async fn more(&mut self, socket: &mut TcpStream) -> bool {
        self.buffer.reserve(16 << 10);
        socket.read_buf(&mut self.buffer).await.unwrap_or(0) > 0
    }

    fn event(&mut self) -> Option<Vec<u8>> {
        let end = find(&self.buffer, b"\n\n")?;
        Some(self.buffer.drain(..end + 2).collect())
    }
}

fn request(feed: u64, address: &str, last: Option<&str>, clock: Clock) -> String {
    let chats: Vec<_> =
        (0..CHATS_PER_FEED).map(|nth| serde_json::json!({ "chat": name(chat_of(feed, nth)) })).collect();
    let body = serde_json::json!({ "chats": chats }).to_string();
    let claims = Claims {
        sub: format!("agent-{feed}"),
        exp: clock.wall().as_ms() / 1_000 + 600,
        account: "bench".to_owned(),
        chats: Chats::Word("*".to_owned()),
        scopes: vec![Scope::Read],
        aliases: BTreeMap::new(),
        aud: None,
    };
    let ticket = mint(Algorithm::Hs256, KEY.as_bytes(), &claims).expect("a ticket");
    let (length, after) = (body.len(), last.map(|last| format!("last-event-id: {last}\r\n")).unwrap_or_default());
    format!(
        "POST /feed HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {ticket}\r\n{after}content-length: {length}\r\n\r\n{body}"
    )
}

/// What stands behind some bytes, up to another.
fn text_of(event: &[u8], behind: &[u8], until: u8) -> Option<String> {
    let rest = event.get(find(event, behind)? + behind.len()..)?;
    let text = rest.split(|byte| *byte == until).next()?;
    String::from_utf8(text.to_vec()).ok()
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
