//! What one relay carries: webhooks in, as fast as they come, to many feeds, each following a few of many chats.
//!
//! The relay is a process of its own; the generator and the readers are here, and their times are printed apart, since they share
//! the cores. Bounded in count and time. Fails when an event is lost to a connected feed, or when webhooks wait too long.

mod _fleet;
mod _readers;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use _fleet::Fleet;
use _readers::{Heard, read};
use axum::Router;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::Instant;
use wa_presence_relay::clock::Clock;
use wa_presence_simulator::traffic::webhook::sign_sha256;

const CHATS: u64 = 5_000;
const CHATS_PER_FEED: u64 = 20;
const KEY: &str = "a-ticket-key-of-the-benchmark-32b";
const SECRET: &str = "a-hook-secret-of-the-benchmark";
/// Connections of the generator.
const POSTERS: u64 = 20;

#[derive(Clone, Copy)]
struct Plan {
    /// Whether one relay of many is killed in mid-flow, and whoever lost it goes on at another.
    killed: bool,
    feeds: u64,
    per_second: u64,
    seconds: u64,
}

fn main() -> ExitCode {
    // The numbers of the criterion, unless told otherwise: BENCH_RELAY="feeds per_second seconds".
    let said = std::env::var("BENCH_RELAY").unwrap_or_default();
    let mut said = said.split_whitespace().filter_map(|word| word.parse().ok());
    let mut next = |usual| said.next().unwrap_or(usual);
    let plan = Plan { killed: false, feeds: next(2_000), per_second: next(1_000), seconds: next(30) };
    raise_file_limit(plan.feeds * 2 + 512);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    // Many relays on one NATS, where it is said how many: BENCH_RELAYS="1,2,4".
    let relays = std::env::var("BENCH_RELAYS").unwrap_or_default();
    let relays: Vec<_> = relays.split(',').filter_map(|count| count.trim().parse().ok()).collect();
    let fine = if relays.is_empty() {
        runtime.block_on(measure(&plan))
    } else {
        // Less for all of them than for the one: relays, NATS, generator and readers share the machine.
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
    let mut fleet = Fleet::start(&gateway, None);
    let Measured { opened_ms, waits, took, expected, arrived, closed, latencies, .. } = load(plan, &mut fleet).await;
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
            let mut fleet = Fleet::start(&gateway, form);
            fleet.until_ready().await;
            let Measured { waits, took, expected, arrived, closed, latencies, .. } = load(&plan, &mut fleet).await;
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
    if relays.iter().any(|count| *count > 1) {
        fine &= kill_one(plan, &gateway).await;
    }
    fine
}

/// Two relays, of which the one that drives is killed in mid-flow.
async fn kill_one(plan: &Plan, gateway: &str) -> bool {
    let plan = Plan { killed: true, seconds: plan.seconds * 2, ..*plan };
    let mut fleet = Fleet::start(gateway, Some(2));
    fleet.until_ready().await;
    let Measured { waits, expected, arrived, closed, resets, twice, latencies, .. } = load(&plan, &mut fleet).await;
    let lost = (expected + twice).saturating_sub(arrived);
    println!("\n| one of two relays killed in mid-flow | measured | wanted |\n|---|---|---|");
    println!("| webhooks, until one of the relays took them | {} | |", spread(&waits));
    println!("| feeds that lost their relay | {closed} of {}, {resets} began anew | none anew |", plan.feeds);
    println!("| {expected} events | {lost} lost, {twice} told twice | none |");
    println!("| from webhook to feed | p50 {} ms, p99 {} ms | |", latencies[0], latencies[1]);
    lost == 0 && twice == 0 && resets == 0
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
    resets: u64,
    /// Of feeds that may go on elsewhere, events that they heard before.
    twice: u64,
    /// From webhook to feed, in ms: half of them, and all but one in a hundred, took no longer.
    latencies: [usize; 2],
}

async fn load(plan: &Plan, fleet: &mut Fleet) -> Measured {
    let clock = Clock::new();
    let began = Instant::now();
    let heard = Arc::new(Heard::default());
    let opened = Arc::new(Barrier::new(usize::try_from(plan.feeds).expect("few") + 1));
    let mut readers = JoinSet::new();
    for feed in 0..plan.feeds {
        readers.spawn(read(feed, fleet.addresses(feed, plan.killed), clock, Arc::clone(&heard), Arc::clone(&opened)));
        // As a page after another: a relay that was restarted sees them all within a few seconds.
        if feed % 50 == 49 {
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }
    opened.wait().await;
    let opened_ms = began.elapsed().as_millis();
    let began = Instant::now();
    let posters: Vec<_> = (0..POSTERS)
        .map(|poster| tokio::spawn(post(poster, plan.rate(), fleet.addresses(poster, plan.killed), clock)))
        .collect();
    if plan.killed {
        tokio::time::sleep(Duration::from_secs(plan.seconds / 2)).await;
        fleet.kill().await;
    }
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
        resets: heard.resets.load(Ordering::Relaxed),
        twice: heard.twice.load(Ordering::Relaxed),
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

struct Posted {
    /// How long each answer took, in µs.
    waits: Vec<u64>,
    chats: Vec<u64>,
}

async fn post(poster: u64, (per_second, seconds): (u64, u64), addresses: Vec<String>, clock: Clock) -> Posted {
    let mut place = 0;
    let mut socket = connect(&addresses[0]).await.expect("it listens");
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
        let began = Instant::now();
        loop {
            let head = format!(
                "POST /hooks/bench HTTP/1.1\r\nhost: {}\r\nx-webhook-hmac: {signature}\r\ncontent-length: {length}\r\n\r\n",
                addresses[place]
            );
            let sent = socket.write_all(format!("{head}{body}").as_bytes()).await.is_ok();
            let count = if sent { socket.read(&mut answer).await.unwrap_or(0) } else { 0 };
            if answer[..count].starts_with(b"HTTP/1.1 202") {
                break;
            }
            // As a gateway does: the same again, by way of whichever relay is there.
            assert!(addresses.len() > 1, "{}", String::from_utf8_lossy(&answer[..count]));
            place = (place + usize::from(count == 0)) % addresses.len();
            tokio::time::sleep(Duration::from_millis(50)).await;
            match connect(&addresses[place]).await {
                Ok(next) => socket = next,
                Err(_) => place = (place + 1) % addresses.len(),
            }
        }
        posted.waits.push(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
        posted.chats.push(chat);
    }
    posted
}

async fn connect(address: &str) -> std::io::Result<TcpStream> {
    let socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    Ok(socket)
}

fn percentile(sorted: &[u64], percent: usize) -> u64 {
    sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}

fn spread(sorted: &[u64]) -> String {
    format!("p50 {} µs, p99 {} µs, most {} µs", percentile(sorted, 50), percentile(sorted, 99), percentile(sorted, 100))
}
