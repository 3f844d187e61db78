//! Whom we ask about, what it costs, and who else pays from the same purse. One rule a test, in virtual time.
#![cfg(not(target_arch = "wasm32"))]

mod support;

use support::{ANA, BEN, World};
use wa_presence::gateway::http::{Outcome, Response};
use wa_presence::gateway::waha::Waha;
use wa_presence::gateway::{Call, Gateway, OwnPresence};
use wa_presence::machine::guard::Guard;
use wa_presence::machine::id::Id;
use wa_presence::machine::knowledge::{Knowledge, Refusal, Wait};
use wa_presence::machine::time::{Instant, UnixMs};
use wa_presence::machine::{Config, Intent, Priority};
use wa_presence::session::{Session, Setup};

const DAY_MS: u64 = 86_400_000;
const OUTSIDE: Knowledge = Knowledge::Refused(Refusal::OutsideWindow);

fn guarded(guard: Guard) -> World {
    World::with(Config { guard, looks_up_aliases: false, ..Config::default() })
}

fn wrote(world: &mut World, chat: &str, ago_ms: u64) {
    let (id, wall) = (Id::parse(chat).expect("an id"), world.wall());
    world.machine.note_inbound(&id, UnixMs::from_ms(wall.as_ms() - ago_ms), wall, world.now);
    world.drain();
}

// ---- Guards -----------------------------------------------------------------------------------------------------------

#[test]
fn a_strict_guard_refuses_whoever_has_not_written_for_a_day() {
    let mut world = guarded(Guard::Strict);
    wrote(&mut world, BEN, DAY_MS - 60_000);
    world.watch(ANA);
    world.watch(BEN);
    assert_eq!((world.knowledge(ANA), world.subscribe_calls()), (OUTSIDE, 1));
    world.until(50_000);
    assert_eq!(world.knowledge(BEN), Knowledge::Waiting(Wait::Silent));
    world.until(400_000);
    assert_eq!(world.knowledge(BEN), OUTSIDE, "the day is over as its lease was to be renewed");
    assert_eq!(world.subscribe_calls(), 1);
}

#[test]
fn their_next_message_lets_them_in() {
    let mut world = guarded(Guard::Strict);
    world.watch(ANA);
    world.until(10_000);
    world.writes(ANA, ANA, 2 * DAY_MS);
    assert_eq!(world.knowledge(ANA), OUTSIDE, "an old one, handed over after a reconnect");
    world.writes(ANA, ANA, 1_000);
    world.until(10_200);
    assert_eq!((world.knowledge(ANA), world.subscribe_calls()), (Knowledge::Waiting(Wait::Asked), 1));
}

#[test]
fn what_the_application_knows_lets_them_in_too() {
    let mut world = guarded(Guard::Strict);
    world.watch(ANA);
    wrote(&mut world, ANA, 3_600_000);
    world.until(200);
    assert_eq!(world.subscribe_calls(), 1);
}

#[test]
fn a_warning_guard_asks_and_counts_and_none_does_neither() {
    for (guard, counted) in [(Guard::Warn, 1), (Guard::Off, 0)] {
        let mut world = guarded(guard);
        wrote(&mut world, BEN, 1_000);
        world.watch(BEN);
        world.watch(ANA);
        assert_eq!((world.subscribe_calls(), world.machine.counters().unprompted), (2, counted));
    }
}

// ---- Our own presence -------------------------------------------------------------------------------------------------

#[test]
fn after_a_burst_of_calls_we_are_set_offline_once() {
    let mut world = World::with(Config { offline_after: true, looks_up_aliases: false, ..Config::default() });
    let offline = |world: &World| {
        world.calls.iter().filter(|(_, intent)| *intent == Intent::GoOffline).map(|(at, _)| *at).collect::<Vec<_>>()
    };
    world.watch(ANA);
    world.watch(BEN);
    world.until(1_999);
    assert!(offline(&world).is_empty());
    world.until(100_000);
    assert_eq!(offline(&world), [2_000]);
    for n in 0..40 {
        world.watch(&format!("1555000{n:04}@c.us"));
    }
    world.until(150_000);
    assert_eq!(offline(&world).get(1), Some(&110_000), "in the middle of a burst that does not end");
}

// ---- The budget and its ledger ----------------------------------------------------------------------------------------

fn session(now: Instant) -> Session {
    let gateway = Gateway::Waha(Waha {
        base_url: "https://waha.example".to_owned(),
        session: "default".to_owned(),
        message_events: true,
    });
    let machine = Config { looks_up_aliases: false, ..Config::default() };
    Session::new(
        Setup { gateway, machine, feed: false, credential: false, log_entries: 200, max_body_bytes: 1 << 20 },
        now,
    )
}

/// The calls that leave now, each answered at once.
fn leaving(session: &mut Session, wall: UnixMs, now: Instant) -> usize {
    session.handle_timeout(now);
    let mut subscribes = 0;
    while let Some((id, request)) = session.poll_request(now) {
        subscribes += usize::from(request.url.contains("/presence/"));
        let response = Response { status: 201, ..Response::default() };
        session.handle_outcome(id, &Outcome::Response(response), wall, now);
    }
    subscribes
}

const START: Instant = Instant::from_ms(1_000_000);
const WALL: UnixMs = UnixMs::from_ms(1_785_000_000_000);

fn watch_many(session: &mut Session, chats: usize, now: Instant) {
    for n in 0..chats {
        session.watch(&Id::parse(&format!("1555000{n:04}@c.us")).expect("an id"), Priority::Focused, now);
    }
}

#[test]
fn what_another_tab_spent_is_not_spent_again() {
    let mut first = session(START);
    watch_many(&mut first, 40, START);
    let mut sent = 0;
    for ms in (0..5_000).step_by(50) {
        sent += leaving(&mut first, UnixMs::from_ms(WALL.as_ms() + ms), START + ms);
    }
    assert_eq!(sent, 40);
    let (wall, now) = (UnixMs::from_ms(WALL.as_ms() + 10_000), START + 10_000);
    let line = first.ledger(wall, now);
    let mut second = session(now);
    assert_eq!(second.ledger_name(), first.ledger_name());
    second.learn_ledgers([line.as_str()].into_iter(), wall, now);
    watch_many(&mut second, 40, now);
    let mut sent = 0;
    for ms in (0..50_000).step_by(50) {
        sent += leaving(&mut second, UnixMs::from_ms(wall.as_ms() + ms), now + ms);
    }
    assert_eq!(sent, 5, "of 45 in any window");
    assert_eq!(second.calls_today(wall), 45);
    let mut sent = 0;
    for ms in (50_000..70_000).step_by(50) {
        sent += leaving(&mut second, UnixMs::from_ms(wall.as_ms() + ms), now + ms);
    }
    assert_eq!(sent, 35);
}

#[test]
fn a_ledger_says_nothing_of_chats_and_unreadable_ones_say_nothing() {
    let mut one = session(START);
    watch_many(&mut one, 3, START);
    for ms in (0..200).step_by(50) {
        leaving(&mut one, WALL, START + ms);
    }
    let line = one.ledger(WALL, START + 200);
    assert!(line.bytes().all(|byte| byte.is_ascii_digit() || byte == b' '), "{line}");
    assert!(!line.contains("1555"), "{line}");
    assert!(one.ledger_name().bytes().all(|byte| byte.is_ascii_hexdigit()));
    let hostile =
        ["", "x", "-1 5", "99999999999999999999 1", "20659 18446744073709551615 1 2 3", "20659 1 18446744073709551615"];
    one.learn_ledgers(hostile.into_iter(), WALL, START + 200);
    one.adopt_ledger("20659 18446744073709551615", WALL);
    let _ = (one.calls_today(WALL), one.ledger(WALL, START + 300));
    assert!(one.machine().budget(START + 300).spent <= 4 + hostile.len());
}

#[test]
fn calls_of_the_day_end_with_the_day_and_survive_a_closed_tab() {
    let mut one = session(START);
    watch_many(&mut one, 2, START);
    for ms in (0..200).step_by(50) {
        leaving(&mut one, WALL, START + ms);
    }
    assert_eq!(one.calls_today(WALL), 2);
    let line = one.ledger(WALL, START + 200);
    let mut other = session(START);
    other.adopt_ledger(&line, WALL);
    assert_eq!(other.calls_today(WALL), 2);
    assert_eq!(other.calls_today(UnixMs::from_ms(WALL.as_ms() + DAY_MS)), 0);
}

#[test]
fn calls_of_the_application_that_subscribe_wait_for_the_budget_and_the_others_do_not() {
    let mut session = session(START);
    let chat = || Id::parse(ANA).expect("an id");
    for _ in 0..50 {
        session.call(Call::Get(chat()));
    }
    session.call(Call::Set(OwnPresence::Offline));
    let mut urls = Vec::new();
    while let Some((_, request)) = session.poll_request(START) {
        urls.push(request.url);
    }
    let reads = |urls: &[String]| urls.iter().filter(|url| url.contains("/presence/")).count();
    assert_eq!((reads(&urls), urls.len()), (45, 47), "the question for the session too");
    let next = session.poll_timeout(START).expect("five wait");
    assert_eq!(next, START + 62_000);
    while let Some((_, request)) = session.poll_request(next) {
        urls.push(request.url);
    }
    assert_eq!(reads(&urls), 50);
}

#[test]
fn other_calls_have_a_budget_of_their_own() {
    let mut session = session(START);
    let chat = || Id::parse(ANA).expect("an id");
    for _ in 0..70 {
        session.call(Call::StartTyping(chat()));
    }
    session.call(Call::Get(chat()));
    let leave = |session: &mut Session, now| {
        let mut urls = Vec::new();
        while let Some((_, request)) = session.poll_request(now) {
            urls.push(request.url);
        }
        urls.iter().filter(|url| url.contains("startTyping")).count()
    };
    assert_eq!(leave(&mut session, START), 60);
    assert_eq!(session.poll_timeout(START), Some(START + 62_000));
    assert_eq!(leave(&mut session, START + 61_999), 0);
    assert_eq!(leave(&mut session, START + 62_000), 10);
}
