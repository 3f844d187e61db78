//! Hostile input: whatever arrives, nothing panics, counters count, and memory stays under its cap.
#![cfg(not(target_arch = "wasm32"))]

#[path = "support/memory.rs"]
mod memory;
mod support;

use memory::{alone, peak_of};
use support::{ANA, BEN, EPOCH_MS, START_MS, TEAM, World, address};
use wa_presence::machine::error::{Error, ErrorCode};
use wa_presence::machine::id::{Address, Id, IdError, IdKind, MAX_ID_LEN, contact_of_phone};
use wa_presence::machine::observation::{Envelope, Observation, Report, Word};
use wa_presence::machine::presence::Availability;
use wa_presence::machine::time::{Instant, UnixMs};
use wa_presence::machine::{Config, Machine, Priority, SessionState};

/// The promise of design.md: a million hostile events stay under this, in bytes.
const CAP: usize = 32 << 20;

/// A sender who makes up everything.
struct Flood {
    machine: Machine,
    now: Instant,
    events: u64,
}

impl Flood {
    fn new() -> Self {
        Self { machine: Machine::new(Config::default()), now: Instant::from_ms(START_MS), events: 0 }
    }

    /// One event a millisecond.
    fn send(&mut self, chat: &str, who: &str, word: Word, aliases: Vec<(Address<'_>, Address<'_>)>) {
        self.events += 1;
        self.now = self.now + 1;
        let id = format!("evt_{}", self.events);
        let wall = UnixMs::from_ms(EPOCH_MS + self.now.as_ms());
        let last_seen = Some(wall);
        let reports = vec![Report { participant: address(who), word, last_seen, began: None }].into();
        let observation = Observation::Presence { chat: address(chat), reports, complete: false };
        let envelope = Envelope { id: Some(&id), stamp: Some(wall), own: [None, None], aliases, observation };
        self.machine.handle_envelope(&envelope, wall, self.now);
        while self.machine.poll_notice().is_some() {}
    }
}

/// An id about as long as ids may be, with this number in it.
fn long(n: u64, server: &str) -> String {
    format!("{n:0>100}@{server}")
}

// ---- Memory ---------------------------------------------------------------------------------------------------------

#[test]
fn a_million_distinct_chats_stay_under_32_mb() {
    let _alone = alone();
    let peak = peak_of(|| {
        let mut flood = Flood::new();
        for n in 0..1_000_000 {
            let chat = format!("{n}@c.us");
            flood.send(&chat, &chat, Word::Typing, vec![]);
        }
        assert_eq!(flood.machine.size(), (1_000, 1_000), "chats and people");
        assert_eq!(flood.machine.counters().observations, 1_000_000);
    });
    assert!(peak < CAP, "found a peak of {peak} bytes");
}

#[test]
fn a_group_of_a_hundred_thousand_keeps_2_048_and_counts_the_rest() {
    let _alone = alone();
    let peak = peak_of(|| {
        let mut flood = Flood::new();
        flood.machine.watch(&Id::parse(TEAM).expect("an id"), Priority::Visible, flood.now);
        for n in 0..100_000 {
            flood.send(TEAM, &long(n, "lid"), Word::Typing, vec![]);
            assert!(flood.machine.size().1 <= 2_048);
        }
        assert_eq!(flood.machine.size(), (1, 2_048), "chats and people");
        assert_eq!(flood.machine.counters().over_cap, 100_000 - 2_048);
    });
    assert!(peak < CAP, "found a peak of {peak} bytes");
}

#[test]
fn full_groups_and_a_flood_of_aliases_stay_under_32_mb_together() {
    let _alone = alone();
    let peak = peak_of(|| {
        let mut flood = Flood::new();
        for n in 0..50_000 {
            let (group, lid, contact) = (long(n / 50, "g.us"), long(n, "lid"), long(n, "c.us"));
            let aliases = if n % 2 == 0 { vec![(address(&lid), address(&contact))] } else { vec![] };
            flood.send(&group, &lid, [Word::Typing, Word::Recording][usize::from(n % 3 == 0)], aliases);
            if n % 4 == 0 {
                flood.send(&group, &lid, Word::Paused, vec![]);
            }
        }
        assert!((32_700..=32_768).contains(&flood.machine.size().1), "found {:?}", flood.machine.size());
        assert_eq!(flood.machine.counters().over_cap, 5_000, "aliases");
    });
    assert!(peak < CAP, "found a peak of {peak} bytes");
}

#[test]
fn a_flood_of_aliases_is_capped_and_counted() {
    let _alone = alone();
    let peak = peak_of(|| {
        let mut flood = Flood::new();
        for n in 0..30_000 {
            let (lid, contact) = (long(n, "lid"), long(n, "c.us"));
            flood.send(ANA, ANA, Word::Online, vec![(address(&lid), address(&contact))]);
        }
        assert_eq!(flood.machine.counters().over_cap, 10_000);
        for n in 0..30_000 {
            let (lid, contact) = (long(n, "lid"), long(n + 1, "c.us"));
            flood.send(BEN, BEN, Word::Online, vec![(address(&lid), address(&contact))]);
        }
        assert_eq!(flood.machine.counters().contradictions, 20_000);
    });
    assert!(peak < CAP, "found a peak of {peak} bytes");
}

#[test]
fn a_thousand_ids_of_one_person_are_one_chat() {
    let _alone = alone();
    let mut flood = Flood::new();
    for n in 0..1_000 {
        let lid = long(n, "lid");
        flood.send(&lid, &lid, Word::Online, vec![]);
        flood.send(&lid, &lid, Word::Typing, vec![(address(&lid), address(ANA))]);
    }
    assert_eq!(flood.machine.size(), (1, 1));
    assert_eq!(flood.machine.find(&long(7, "lid")), flood.machine.find(ANA));
}

#[test]
fn a_million_events_for_one_person_leave_one_record() {
    let _alone = alone();
    let words = [Word::Typing, Word::Recording, Word::Paused, Word::Online, Word::Offline, Word::Unknown];
    let peak = peak_of(|| {
        let mut flood = Flood::new();
        flood.machine.watch(&Id::parse(ANA).expect("an id"), Priority::Focused, flood.now);
        for n in 0..1_000_000_usize {
            flood.send(ANA, ANA, words[n % words.len()], vec![]);
        }
        assert_eq!(flood.machine.size(), (1, 1));
        let counters = flood.machine.counters();
        assert_eq!((counters.observations, counters.unknown_words), (1_000_000, 166_666));
        assert!(counters.changes <= 10_002, "one change per 100 ms, found {}", counters.changes);
    });
    assert!(peak < 1 << 20, "found a peak of {peak} bytes");
}

#[test]
fn a_watch_and_unwatch_storm_leaves_nothing_behind() {
    let _alone = alone();
    let mut world = World::new();
    for n in 0..2_000 {
        let watch = world.watch(&format!("1555{n:07}@c.us"));
        world.unwatch(watch);
        world.unwatch(watch);
    }
    world.until(20_000);
    assert_eq!(world.machine.watched_chats().count(), 0);
    assert_eq!(world.machine.calls(), (0, 0), "waiting and in flight");
    assert_eq!(world.machine.poll_timeout(world.now), None);
    world.says(BEN, BEN, Word::Unknown);
    assert!(world.machine.size().0 <= 1_001, "found {:?}", world.machine.size());
}

// ---- Ids ------------------------------------------------------------------------------------------------------------

#[test]
fn hostile_ids_are_refused_with_a_reason_and_never_repeated() {
    let too_long = "9".repeat(MAX_ID_LEN + 1);
    let long_name = "9".repeat(MAX_ID_LEN) + "@lid";
    for (text, reason) in [
        ("", IdError::Empty),
        ("@", IdError::Empty),
        ("@lid", IdError::Empty),
        ("1@", IdError::Empty),
        (":@c.us", IdError::Empty),
        ("1@c.us@c.us", IdError::Character),
        ("1 2@c.us", IdError::Character),
        ("1\0@c.us", IdError::Character),
        ("1@c.us\n", IdError::Character),
        ("１２３@c.us", IdError::Character),
        ("\u{202e}1@lid", IdError::Character),
        ("<img src=x>@c.us", IdError::Character),
        ("1@c.us?session=other", IdError::Character),
        ("..%2f..@c.us", IdError::Character),
        ("null", IdError::Character),
        ("-1", IdError::Character),
        (&too_long, IdError::TooLong),
        (&long_name, IdError::TooLong),
    ] {
        assert_eq!(Address::parse(text).err(), Some(reason), "{text:?}");
        assert!(!reason.to_string().contains(text) || text.is_empty() || text == "@", "{text:?} is repeated");
    }
    assert_eq!(contact_of_phone("+1 555 000 1111; drop table"), Err(IdError::Character));
    assert_eq!(contact_of_phone("+"), Err(IdError::Empty));
    assert_eq!(Id::parse(&"9".repeat(MAX_ID_LEN - 5)).map(|id| id.as_str().len()), Ok(MAX_ID_LEN));
}

#[test]
fn the_normal_form_of_any_id_is_its_own_normal_form() {
    for text in ["1", "1:2@s.whatsapp.net", "1@c.us", "1:@c.us", "a.b_c-d@g.us", "status@broadcast", "1@newsletter"] {
        let id = Id::parse(text).expect("an id");
        assert_eq!(Id::parse(id.as_str()), Ok(id.clone()), "{text}");
        assert!(id.as_str().len() <= MAX_ID_LEN);
    }
    assert_eq!(Id::parse("status@broadcast").map(|id| id.kind()), Ok(IdKind::Other));
}

#[test]
fn bare_digits_at_the_limit_do_not_grow_beyond_it() {
    let longest_digits = "9".repeat(MAX_ID_LEN);
    if let Ok(id) = Id::parse(&longest_digits) {
        assert!(id.as_str().len() <= MAX_ID_LEN, "found {} bytes", id.as_str().len());
        assert_eq!(Id::parse(id.as_str()), Ok(id.clone()), "an id is its own normal form");
    }
}

// ---- Times ----------------------------------------------------------------------------------------------------------

#[test]
fn no_stamp_makes_anybody_type_for_longer_than_the_ttl() {
    let stamps = [i64::MIN, -1, 0, 1, 999, 99_999_999_999, 100_000_000_000, 100_000_000_000_001, i64::MAX];
    for first in stamps {
        for second in stamps {
            let mut world = World::watching(ANA);
            for (n, stamp) in [first, second, first, second, second, second].into_iter().enumerate() {
                world.until(1_000 + n as u64);
                world.deliver(&format!("evt_hostile_{n}"), UnixMs::from_stamp(stamp), ANA, ANA, Word::Typing, None);
            }
            world.until(20_000);
            assert_eq!(world.activity(ANA), None, "{first} {second}");
        }
    }
}

#[test]
fn a_last_seen_in_the_far_future_is_nonsense() {
    let mut world = World::watching(ANA);
    for (n, at) in [u64::MAX, EPOCH_MS * 2, 0].into_iter().enumerate() {
        let stamp = Some(world.stamp(0));
        world.deliver(&format!("evt_seen_{n}"), stamp, ANA, ANA, Word::Offline, Some(UnixMs::from_ms(at)));
    }
    world.until(200);
    let seen = world.snapshot(ANA).contact().and_then(|ana| ana.view.last_seen);
    assert_eq!(seen.map(|seen| seen.at), Some(UnixMs::from_ms(0)));
}

#[test]
fn messages_of_any_time_are_survived() {
    for sent_at in [None, Some(0), Some(1), Some(EPOCH_MS * 3), Some(u64::MAX)] {
        let mut world = World::watching(ANA);
        world.says(ANA, ANA, Word::Typing);
        let (stamp, id) = (Some(world.stamp(0)), world.fresh_id());
        let observation = Observation::Message {
            chat: address(ANA),
            sender: address(ANA),
            from_me: false,
            id: &id,
            sent_at: sent_at.map(UnixMs::from_ms),
        };
        world.send(&Envelope { id: Some(&id), stamp, own: [None, None], aliases: vec![], observation });
        world.until(20_000);
        assert_eq!(world.activity(ANA), None, "{sent_at:?}");
    }
}

#[test]
fn the_end_of_time_is_survived() {
    let mut machine = Machine::new(Config::default());
    let now = Instant::MAX;
    let watch = machine.watch(&Id::parse(ANA).expect("an id"), Priority::Visible, now);
    let reports = vec![Report { participant: address(ANA), word: Word::Typing, last_seen: None, began: None }].into();
    let observation = Observation::Presence { chat: address(ANA), reports, complete: true };
    let envelope =
        Envelope { id: None, stamp: Some(UnixMs::from_ms(1)), own: [None, None], aliases: vec![], observation };
    machine.handle_envelope(&envelope, UnixMs::from_ms(u64::MAX), now);
    machine.handle_feed_down(now);
    machine.handle_session(SessionState::Failed, true, now);
    machine.unwatch(watch, now);
    machine.handle_timeout(now);
}

// ---- Answers nobody asked for ---------------------------------------------------------------------------------------

#[test]
fn outcomes_of_calls_that_were_never_made_are_survived() {
    let mut world = World::watching(ANA);
    let key = world.key(ANA);
    for _ in 0..1_000 {
        world.machine.handle_subscribed(key, world.now + 1_000_000, world.now);
        world.machine.handle_subscribe_redirected(key, world.now);
        let mut error = Error::new(ErrorCode::RateLimited, "");
        error.retry_after_ms = Some(u64::MAX);
        world.machine.handle_subscribe_failed(key, &error, world.now);
    }
    assert_eq!(world.machine.counters().rate_limits, 1_000);
    world.says(ANA, ANA, Word::Online);
    assert_eq!(world.availability(ANA), Availability::Online);
}
