//! What holds after every sentence, whatever story is told.

use wa_presence::machine::knowledge::{Knowledge, Refusal};
use wa_presence::machine::presence::{Availability, Basis};
use wa_presence::machine::{ChatKey, Snapshot};

use super::world::{IDS, World};

/// A place that became free is given away, and that is shown, within this time, in ms. Listeners hear late of what follows
/// closely upon something else.
const SETTLED_MS: u64 = 1_000;

pub(crate) fn check(world: &mut World) {
    let machine = &world.machine;
    assert_eq!(machine.counters().changes, world.heard, "every change is heard");
    if let Some((at, reason)) = machine.poll_timeout(world.now) {
        assert!(at > world.now, "{reason:?} is due and was not dealt with");
    }
    check_caps(world);
    check_watches(world);
    check_places(world);
    let machine = &world.machine;
    for chat in chats(world) {
        let snapshot = machine.snapshot(chat).expect("a chat that is found has a snapshot");
        check_order(&snapshot);
        check_activities(world, chat, &snapshot);
    }
}

/// An hour after the last sentence: nothing goes on, nothing is inferred, and what is shown is what is so.
pub(crate) fn check_end(world: &mut World) {
    check(world);
    let machine = &world.machine;
    let told = world.going_on.keys().find(|(chat, _)| machine.id_of(*chat).is_some());
    assert_eq!(told, None, "what was begun was never told to be over");
    for chat in chats(world) {
        let snapshot = machine.snapshot(chat).expect("a chat that is found has a snapshot");
        assert!(snapshot.active.is_empty(), "an activity outlived its TTL by an hour");
        for person in &snapshot.participants {
            let inferred = person.view.availability == Availability::Online && person.view.basis == Basis::Inferred;
            assert!(!inferred, "an inference outlived its TTL by an hour");
            let raw = machine.raw_availability(chat, person.id.as_str());
            assert_eq!(person.view.availability, raw, "the last state was never delivered");
        }
        let shown = format!("{snapshot:?}");
        let named = IDS.iter().find(|id| shown.contains(id.split('@').next().unwrap_or(id)));
        assert_eq!(named, None, "a number in what is logged");
    }
}

fn check_caps(world: &World) {
    let machine = &world.machine;
    let config = machine.config();
    let (chats, people) = machine.size();
    let unwatched = chats - machine.watched();
    // One more for the chat that is spoken of at this moment.
    assert!(unwatched <= config.max_unwatched + 1, "{unwatched} chats that nobody watches are remembered");
    assert!(people <= config.max_people, "{people} people are remembered");
}

/// No more chats are served than there are places, and none waits while a place is free.
fn check_places(world: &mut World) {
    let machine = &world.machine;
    let places = machine.config().max_watched;
    let served = machine.watched_chats().filter(|chat| !is_turned_away(world, *chat)).count();
    let waiting = machine.watched() - served;
    let uneven = served > places || (waiting > 0 && served < places);
    let since = uneven.then(|| world.uneven_since.unwrap_or(world.now));
    world.uneven_since = since;
    let lasts_ms = since.map_or(0, |since| world.now.since(since));
    assert!(lasts_ms < SETTLED_MS, "{served} chats have one of {places} places, {waiting} wait");
}

fn check_watches(world: &World) {
    let machine = &world.machine;
    let watched: Vec<_> = machine.watched_chats().collect();
    assert_eq!(watched.len(), machine.watched());
    for chat in watched {
        let id = machine.id_of(chat).expect("a watched chat has an id");
        assert_eq!(machine.find(id.as_str()), Some(chat), "a watched chat is found by its id");
        assert!(machine.snapshot(chat).is_some() && machine.is_watched(chat));
    }
    for (watch, _) in &world.watches {
        let chat = machine.watched_by(*watch).expect("a watch lives until it is closed");
        let of_chat = world.watches.iter().filter(|(watch, _)| machine.watched_by(*watch) == Some(chat));
        assert!(machine.is_watched(chat), "a watch keeps its chat");
        assert_eq!(machine.priority(chat), of_chat.map(|(_, priority)| *priority).min());
    }
}

fn check_order(snapshot: &Snapshot) {
    assert!(snapshot.active.is_sorted_by_key(|active| (active.activity.since, active.id.clone())), "oldest first");
    assert_eq!(snapshot.activity, snapshot.active.first().map(|active| active.activity.kind));
    assert!(snapshot.group || snapshot.participants.len() <= 1, "a contact is one person");
    let mut ids: Vec<_> = snapshot.participants.iter().map(|person| &person.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), snapshot.participants.len(), "nobody is listed twice");
}

/// Nobody types for longer than the TTL, by the machine's record and by ours.
fn check_activities(world: &World, chat: ChatKey, snapshot: &Snapshot) {
    let machine = &world.machine;
    let config = machine.config();
    let ttl = config.typing_ttl_ms;
    assert!(snapshot.participants.len() <= config.max_members, "{} members", snapshot.participants.len());
    for person in &snapshot.participants {
        let id = person.id.as_str();
        if let Some(activity) = machine.raw_activity(chat, id) {
            let expires_at = person.expires_at.expect("an activity expires");
            assert!(expires_at > world.now && expires_at <= world.now + ttl, "an activity is older than its TTL");
            assert!(activity.since <= world.now, "an activity begins in the future");
            assert!(since_typed(world, snapshot, id) < ttl, "an activity that nobody was said to be at");
            let wake_at = machine.poll_timeout(world.now).map(|(at, _)| at);
            assert!(wake_at.is_some_and(|at| at <= expires_at), "nothing will end an activity");
        }
        if person.view.activity.is_some() {
            let shown = ttl + config.notify_interval_ms;
            assert!(since_typed(world, snapshot, id) < shown, "an activity is shown for longer than its TTL");
        }
        let ended_at = person.view.last_activity.map(|last| last.ended_at);
        assert!(ended_at.is_none_or(|at| at <= world.now), "an activity ended in the future");
    }
}

/// How long ago the person, under any of their ids, was said to be typing or recording in the chat.
fn since_typed(world: &World, snapshot: &Snapshot, person: &str) -> u64 {
    let (chat, person) = (index_of(snapshot.chat.as_str()), index_of(person));
    let here = |of: usize| if snapshot.group { of == chat } else { world.are_one(of, chat) };
    let of_them = world.typed.iter().filter(|((of, who), _)| here(*of) && world.are_one(*who, person));
    of_them.map(|(_, at)| world.now.since(*at)).min().unwrap_or(u64::MAX)
}

fn is_turned_away(world: &World, chat: ChatKey) -> bool {
    let shown = world.machine.snapshot(chat).map(|snapshot| snapshot.knowledge);
    shown == Some(Knowledge::Refused(Refusal::TooMany))
}

/// Every chat there is, each once.
fn chats(world: &World) -> Vec<ChatKey> {
    let mut keys: Vec<_> = IDS.iter().filter_map(|id| world.machine.find(id)).collect();
    keys.sort();
    keys.dedup();
    keys
}

fn index_of(id: &str) -> usize {
    IDS.iter().position(|known| *known == id).expect("a story speaks of known ids alone")
}
