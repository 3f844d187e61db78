//! What one relay carries: webhooks in, as fast as they come, to many feeds, each following a few of many chats.
//!
//! The relay is a process of its own; the generator and the readers are here, and their times are printed apart, since they share
//! the cores. Bounded in count and time. Fails when an event is lost to a connected feed, or when webhooks wait too long.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Barrier;
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
    if runtime.block_on(measure(&plan)) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
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

struct Relay(Child, PathBuf);

impl Drop for Relay {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
        let _ = std::fs::remove_dir_all(&self.1);
    }
}

async fn measure(plan: &Plan) -> bool {
    let gateway = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let base = format!("http://{}/v2", gateway.local_addr().expect("bound"));
    // A gateway that grants whatever it is asked.
    let granted = Router::new().fallback(async || (axum::http::StatusCode::CREATED, r#"{"status":"WORKING"}"#));
    tokio::spawn(async { axum::serve(gateway, granted).await });
    let (relay, address) = start(&base);
    let clock = Clock::new();

    let began = Instant::now();
    let heard = Arc::new(Heard::default());
    let opened = Arc::new(Barrier::new(usize::try_from(plan.feeds).expect("few") + 1));
    for feed in 0..plan.feeds {
        tokio::spawn(read(feed, address.clone(), clock, Arc::clone(&heard), Arc::clone(&opened)));
        // As a page after another: a relay that was restarted sees them all within a few seconds.
        if feed % 50 == 49 {
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }
    opened.wait().await;
    println!("{} feeds of {CHATS_PER_FEED} of {CHATS} chats open after {} ms", plan.feeds, began.elapsed().as_millis());

    let began = Instant::now();
    let posters: Vec<_> =
        (0..POSTERS).map(|poster| tokio::spawn(post(poster, plan.rate(), address.clone(), clock))).collect();
    let (mut waits, mut expected) = (Vec::new(), 0);
    for poster in posters {
        let posted = poster.await.expect("a poster ends");
        waits.extend(posted.waits);
        expected += posted.chats.iter().map(|chat| followers(*chat, plan.feeds)).sum::<u64>();
    }
    let took = began.elapsed();
    let patience = Instant::now() + Duration::from_secs(10);
    while heard.events.load(Ordering::Relaxed) < expected && Instant::now() < patience {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    waits.sort_unstable();
    let posted = waits.len();
    let arrived = heard.events.load(Ordering::Relaxed);
    let (lost, twice) = (expected.saturating_sub(arrived), arrived.saturating_sub(expected));
    let closed = heard.closed.load(Ordering::Relaxed);
    let (webhook_p99, peak_mb) = (percentile(&waits, 99) / 1_000, peak_kb(&relay) / 1_024);
    let feed_p99 = heard.percentile(99);
    println!("| relay | measured | wanted |\n|---|---|---|");
    println!(
        "| generator: {posted} webhooks, their answers | {} in {} ms | p99 ≤ 1 s |",
        spread(&waits),
        took.as_millis()
    );
    println!(
        "| readers: {expected} events for {} feeds | {lost} lost, {twice} told twice, {closed} feeds closed | none |",
        plan.feeds
    );
    println!(
        "| readers: from webhook to feed | p50 {} ms, p99 {feed_p99} ms | goal: p99 ≤ 250 ms |",
        heard.percentile(50)
    );
    println!("| relay: peak memory | {peak_mb} MB | goal: ≤ 200 MB |");
    lost == 0 && twice == 0 && closed == 0 && webhook_p99 <= 1_000
}

impl Plan {
    /// Webhooks of one poster in a second, and for how many.
    const fn rate(&self) -> (u64, u64) {
        (self.per_second / POSTERS, self.seconds)
    }
}

fn start(base: &str) -> (Relay, String) {
    let dir = std::env::temp_dir().join(format!("wa-presence-relay-bench-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a directory");
    let config = format!(
        "listen = \"127.0.0.1:0\"\n[tickets]\nkey_env = \"KEY\"\n[accounts.bench]\ngateway = \"wawp\"\nbase_url = \"{base}\"\n\
         instance_id = \"ABCDEF123456\"\ntoken_env = \"SECRET\"\nwebhook_secret_env = \"SECRET\"\nmax_watched_chats = {CHATS}\n"
    );
    std::fs::write(dir.join("relay.toml"), config).expect("a file");
    // Built beside this, one folder up.
    let here = std::env::current_exe().expect("a program has a place");
    let folder = here.parent().and_then(Path::parent).expect("a folder");
    let mut command = Command::new(folder.join("wa-presence-relay"));
    command.arg("--config").arg(dir.join("relay.toml")).args(["--log", "warn"]).env("KEY", KEY).env("SECRET", SECRET);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the relay starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
    let said: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    let address = said["url"].as_str().expect("an address").trim_start_matches("http://").to_owned();
    (Relay(child, dir), address)
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

/// The most memory the relay ever had, where the system tells.
fn peak_kb(relay: &Relay) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", relay.0.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
