//! What one relay carries: webhooks in, as fast as they come, to many feeds, each following a few of many chats.
//!
//! The relay is a process of its own; the generator and the readers are here, and their times are printed apart, since they share
//! the cores. Bounded in count and time. Fails when an event is lost to a connected feed, or when webhooks wait too long.

mod _fleet;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use _fleet::Fleet;
use axum::Router;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::Instant;
use wa_presence_relay::clock::Clock;
use wa_presence_relay::ticket::{Algorithm, Chats, Claims, Scope, mint};
use wa_presence_simulator::traffic::webhook::sign_sha256;

const CHATS: u64 = 5_000;
const CHATS_PER_FEED: u64 = 20;
const KEY: &str = "a-ticket-key-of-the-benchmark-32b";
const SECRET: &str = "a-hook-secret-of-the-benchmark";
/// Connections of the generator.
const POSTERS: u64 = 20;

struct Plan {
    feeds: u64,
    per_second: u64,
    seconds: u64,
}

fn main() -> ExitCode {
    // The numbers of the criterion, unless told otherwise: BENCH_RELAY="feeds per_second seconds".
    let said = std::env::var("BENCH_RELAY").unwrap_or_default();
    let mut said = said.split_whitespace().filter_map(|word| word.parse().ok());
    let mut next = |usual| said.next().unwrap_or(usual);
    let plan = Plan { feeds: next(2_000), per_second: next(1_000), seconds: next(30) };
    raise_file_limit(plan.feeds * 2 + 512);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    // Many relays on one NATS, where it is said how many: BENCH_RELAYS="1,2,4".
    let relays = std::env::var("BENCH_RELAYS").unwrap_or_default();
    let relays: Vec<_> = relays.split(',').filter_map(|count| count.trim().parse().ok()).collect();
    let fine = if relays.is_empty() {
        runtime.block_on(measure(&plan))
    } else {
        runtime.block_on(compare(
            &Plan { per_second: plan.per_second.min(400), seconds: plan.seconds.min(8), ..plan },
            &relays,
        ))
    };
    if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Each feed is a socket here and one in the relay, which inherits the limit.
fn raise_file_limit(least: u64) {
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < least) {
        let current = limit.maximum.map_or(least, |maximum| maximum.min(least));
        let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(current), maximum: limit.maximum });
        assert!(
            raised.is_ok() && current >= least,
            "open files: expected at least {least}, at most {current} are allowed"
        );
    }
}

async fn measure(plan: &Plan) -> bool {
    let gateway = gateway().await;
    let fleet = Fleet::start(&gateway, None);
    let Measured { opened_ms, waits, took, expected, arrived, closed, latencies } = load(plan, &fleet).await;
    println!("{} feeds of {CHATS_PER_FEED} of {CHATS} chats open after {opened_ms} ms", plan.feeds);
    let (lost, twice) = (expected.saturating_sub(arrived), arrived.saturating_sub(expected));
    let (webhook_p99, peak_mb) = (percentile(&waits, 99) / 1_000, fleet.peak_mb());
    println!("| relay | measured | wanted |\n|---|---|---|");
    println!(
        "| generator: {} webhooks, their answers | {} in {} ms | p99 ≤ 1 s |",
        waits.len(),
        spread(&waits),
        took.as_millis()
    );
    println!(
        "| readers: {expected} events for {} feeds | {lost} lost, {twice} told twice, {closed} feeds closed | none |",
        plan.feeds
    );
    let (p50, p99) = (latencies[0], latencies[1]);
    println!("| readers: from webhook to feed | p50 {p50} ms, p99 {p99} ms | goal: p99 ≤ 250 ms |");
    println!("| relay: peak memory | {peak_mb} MB | goal: ≤ 200 MB |");
    lost == 0 && twice == 0 && closed == 0 && webhook_p99 <= 1_000
}

/// The same load on the embedded form and on so many relays with one NATS, with few feeds and with many.
async fn compare(plan: &Plan, relays: &[usize]) -> bool {
    let gateway = gateway().await;
    println!(
        "| form | feeds | webhooks/s | answer p50, p99 | to feed p50, p99 | events/s | lost, twice, closed | relays' memory | NATS's |\n\
         |---|---|---|---|---|---|---|---|---|"
    );
    let mut fine = true;
    let forms = std::iter::once(None).chain(relays.iter().copied().map(Some));
    for form in forms {
        for feeds in [plan.feeds / 4, plan.feeds] {
            let plan = Plan { feeds, ..*plan };
            let fleet = Fleet::start(&gateway, form);
            fleet.until_ready().await;
            let Measured { waits, took, expected, arrived, closed, latencies, .. } = load(&plan, &fleet).await;
            let (lost, twice) = (expected.saturating_sub(arrived), arrived.saturating_sub(expected));
            fine &= lost == 0 && twice == 0 && closed == 0;
            let name = form.map_or_else(|| "embedded".to_owned(), |count| format!("NATS, {count}"));
            let per_s = |count: u128| count * 1_000 / took.as_millis().max(1);
            println!(
                "| {name} | {feeds} | {} | {} µs, {} µs | {} ms, {} ms | {} | {lost}, {twice}, {closed} | {} MB | {} |",
                per_s(waits.len() as u128),
                percentile(&waits, 50),
                percentile(&waits, 99),
                latencies[0],
                latencies[1],
                per_s(u128::from(arrived)),
                fleet.memory_mb(),
                fleet.nats_mb().map_or_else(|| "none".to_owned(), |mb| format!("{mb} MB")),
            );
        }
    }
    fine
}

/// A gateway that grants whatever it is asked.
async fn gateway() -> String {
    let gateway = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let base = format!("http://{}/v2", gateway.local_addr().expect("bound"));
    let granted = Router::new().fallback(async || (axum::http::StatusCode::CREATED, r#"{"status":"WORKING"}"#));
    tokio::spawn(async { axum::serve(gateway, granted).await });
    base
}

struct Measured {
    opened_ms: u128,
    /// How long each webhook's answer took, in µs, in order.
    waits: Vec<u64>,
    took: Duration,
    expected: u64,
    arrived: u64,
    closed: u64,
    /// From webhook to feed, in ms: half of them, and all but one in a hundred, took no longer.
    latencies: [usize; 2],
}

async fn load(plan: &Plan, fleet: &Fleet) -> Measured {
    let clock = Clock::new();
    let began = Instant::now();
    let heard = Arc::new(Heard::default());
    let opened = Arc::new(Barrier::new(usize::try_from(plan.feeds).expect("few") + 1));
    let mut readers = JoinSet::new();
    for feed in 0..plan.feeds {
        readers.spawn(read(feed, fleet.address(feed), clock, Arc::clone(&heard), Arc::clone(&opened)));
        // As a page after another: a relay that was restarted sees them all within a few seconds.
        if feed % 50 == 49 {
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }
    opened.wait().await;
    let opened_ms = began.elapsed().as_millis();
    let began = Instant::now();
    let posters: Vec<_> =
        (0..POSTERS).map(|poster| tokio::spawn(post(poster, plan.rate(), fleet.address(poster), clock))).collect();
    let (mut waits, mut expected) = (Vec::new(), 0);
    for poster in posters {
        let posted = poster.await.expect("a poster ends");
        waits.extend(posted.waits);
        expected += posted.chats.iter().map(|chat| followers(*chat, plan.feeds)).sum::<u64>();
    }
    let mut took = began.elapsed();
    let patience = Instant::now() + Duration::from_secs(10);
    while heard.events.load(Ordering::Relaxed) < expected && Instant::now() < patience {
        tokio::time::sleep(Duration::from_millis(50)).await;
        took = began.elapsed();
    }
    waits.sort_unstable();
    Measured {
        opened_ms,
        waits,
        took,
        expected,
        arrived: heard.events.load(Ordering::Relaxed),
        closed: heard.closed.load(Ordering::Relaxed),
        latencies: [heard.percentile(50), heard.percentile(99)],
    }
}

impl Plan {
    /// Webhooks of one poster in a second, and for how many.
    const fn rate(&self) -> (u64, u64) {
        (self.per_second / POSTERS, self.seconds)
    }
}

/// The nth chat that a feed follows: spread so that each chat has as many followers as any other, or one more.
const fn chat_of(feed: u64, nth: u64) -> u64 {
    (feed * CHATS_PER_FEED + nth) % CHATS
}

fn followers(chat: u64, feeds: u64) -> u64 {
    let places = feeds * CHATS_PER_FEED;
    places / CHATS + u64::from(chat < places % CHATS)
}

fn name(chat: u64) -> String {
    format!("1555{chat:07}@c.us")
}

#[derive(Default)]
struct Heard {
    events: AtomicU64,
    closed: AtomicU64,
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
    fn percentile(&self, percent: u64) -> usize {
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

async fn read(feed: u64, address: String, clock: Clock, heard: Arc<Heard>, opened: Arc<Barrier>) {
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
    let mut socket = TcpStream::connect(&address).await.expect("it listens");
    let length = body.len();
    let head = format!(
        "POST /feed HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {ticket}\r\ncontent-length: {length}\r\n\r\n"
    );
    socket.write_all(format!("{head}{body}").as_bytes()).await.expect("it reads");
    let (mut buffer, mut chunk, mut waiting) = (Vec::new(), vec![0; 16 << 10], Some(opened));
    loop {
        let count = socket.read(&mut chunk).await.unwrap_or(0);
        if count == 0 {
            heard.closed.fetch_add(1, Ordering::Relaxed);
            return;
        }
        buffer.extend_from_slice(&chunk[..count]);
        let first = waiting.take_if(|_| find(&buffer, b"event: snapshot").is_some());
        if let Some(opened) = first {
            tokio::spawn(async move { opened.wait().await });
        }
        let mut from = 0;
        while let Some(end) = find(&buffer[from..], b"\n\n") {
            if let Some(sent_ms) = sent_at(&buffer[from..from + end]) {
                heard.note(clock.now().as_ms().saturating_sub(sent_ms));
            }
            from += end + 2;
        }
        buffer.drain(..from);
    }
}

/// When a webhook was sent, as its id says.
fn sent_at(event: &[u8]) -> Option<u64> {
    let place = find(event, b"data: {\"id\":\"sent-")? + 18;
    let digits: String =
        event[place..].iter().take_while(|byte| byte.is_ascii_digit()).map(|byte| char::from(*byte)).collect();
    digits.parse().ok()
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

struct Posted {
    /// How long each answer took, in µs.
    waits: Vec<u64>,
    chats: Vec<u64>,
}

async fn post(poster: u64, (per_second, seconds): (u64, u64), address: String, clock: Clock) -> Posted {
    let mut socket = TcpStream::connect(&address).await.expect("it listens");
    socket.set_nodelay(true).expect("a socket");
    let mut posted = Posted { waits: Vec::new(), chats: Vec::new() };
    let mut turns = tokio::time::interval(Duration::from_micros(1_000_000 / per_second));
    let mut answer = vec![0; 4 << 10];
    for n in 0..per_second * seconds {
        turns.tick().await;
        let chat = (n * POSTERS + poster) * 7 % CHATS;
        let word = ["typing", "online", "recording", "paused"][usize::try_from(n / 9 % 4).unwrap_or(0)];
        let (id, at) = (name(chat), clock.wall().as_ms());
        let sent = clock.now().as_ms();
        let body = format!(
            r#"{{"id":"sent-{sent}-{poster}-{n}","timestamp":{at},"event":"presence.update","session":"default","payload":{{"id":"{id}","presences":[{{"participant":"{id}","lastKnownPresence":"{word}"}}]}}}}"#
        );
        let signature = sign_sha256(SECRET, &body).expect("a signature");
        let length = body.len();
        let head = format!(
            "POST /hooks/bench HTTP/1.1\r\nhost: {address}\r\nx-webhook-hmac: {signature}\r\ncontent-length: {length}\r\n\r\n"
        );
        let began = Instant::now();
        socket.write_all(format!("{head}{body}").as_bytes()).await.expect("it reads");
        let count = socket.read(&mut answer).await.expect("an answer");
        posted.waits.push(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
        assert!(answer[..count].starts_with(b"HTTP/1.1 202"), "{}", String::from_utf8_lossy(&answer[..count]));
        posted.chats.push(chat);
    }
    posted
}

fn percentile(sorted: &[u64], percent: usize) -> u64 {
    sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}

fn spread(sorted: &[u64]) -> String {
    format!("p50 {} µs, p99 {} µs, most {} µs", percentile(sorted, 50), percentile(sorted, 99), percentile(sorted, 100))
}
