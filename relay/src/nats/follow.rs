//! What the feeds of each relay follow, as it stands in NATS: in parts, so that a chat more or less is a small message.
//!
//! A relay says each part again before it ends by itself. One that dies is believed until then, which is what a lost feed is granted.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::time::Instant;
use wa_presence::machine::Priority;
use wa_presence::machine::id::Id;
use wa_presence::machine::time::UnixMs;

use super::store::FOLLOW_AGE;

/// In how many parts: some hundred chats are in one.
const PARTS: u64 = 32;

/// One chat that a relay's feeds follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) priority: Priority,
    /// When they last wrote, as far as pages know.
    pub(super) last_inbound: Option<UnixMs>,
    /// Whether what was told of it there is void.
    pub(super) lost: bool,
}

/// What this relay's feeds follow.
#[derive(Debug, Default)]
pub(super) struct Own {
    parts: BTreeMap<u64, BTreeMap<Id, Row>>,
    dirty: BTreeSet<u64>,
}

impl Own {
    pub(super) fn set(&mut self, id: Id, row: Row) {
        let part = part_of(&id);
        let rows = self.parts.entry(part).or_default();
        if rows.insert(id, row) != Some(row) {
            self.dirty.insert(part);
        }
    }

    pub(super) fn get(&self, id: &Id) -> Option<Row> {
        self.parts.get(&part_of(id))?.get(id).copied()
    }

    pub(super) fn remove(&mut self, id: &Id) {
        let part = part_of(id);
        if self.parts.get_mut(&part).is_some_and(|rows| rows.remove(id).is_some()) {
            self.dirty.insert(part);
        }
    }

    /// What was told of all of them is void.
    pub(super) fn lose_all(&mut self) {
        self.parts.values_mut().flat_map(BTreeMap::values_mut).for_each(|row| row.lost = true);
    }

    /// All of it is to be said again.
    pub(super) fn say_again(&mut self) {
        self.dirty.extend(self.parts.keys());
    }

    pub(super) fn is_dirty(&self) -> bool {
        !self.dirty.is_empty()
    }

    /// The parts that are to be said, each with its number.
    pub(super) fn take_dirty(&mut self) -> Vec<(u64, Bytes)> {
        let dirty = std::mem::take(&mut self.dirty);
        dirty.into_iter().map(|part| (part, self.parts.get(&part).map_or_else(Bytes::new, write))).collect()
    }
}

/// What the feeds of all relays follow, as whoever drives hears of it.
#[derive(Debug, Default)]
pub(super) struct Union {
    parts: BTreeMap<String, Part>,
    pub(super) changed: bool,
    /// The last word that was heard.
    pub(super) revision: u64,
}

#[derive(Debug)]
struct Part {
    rows: BTreeMap<Id, Row>,
    until: Instant,
}

impl Union {
    /// A part was said, or taken back.
    pub(super) fn hear(&mut self, key: &str, body: Option<&[u8]>, revision: u64, now: Instant) {
        self.revision = self.revision.max(revision);
        let before = match body.map(read) {
            Some(rows) => {
                let changed = self.parts.get(key).is_none_or(|part| part.rows != rows);
                self.changed |= changed;
                self.parts.insert(key.to_owned(), Part { rows, until: now + FOLLOW_AGE });
                return;
            }
            None => self.parts.remove(key),
        };
        self.changed |= before.is_some();
    }

    /// Parts that nobody said again have ended. True where there were any.
    pub(super) fn expire(&mut self, now: Instant) -> bool {
        let before = self.parts.len();
        self.parts.retain(|_, part| part.until > now);
        let changed = self.parts.len() != before;
        self.changed |= changed;
        changed
    }

    /// All of it: the highest priority of each chat, and the latest that is known.
    pub(super) fn merged(&self) -> BTreeMap<Id, Row> {
        let mut merged: BTreeMap<Id, Row> = BTreeMap::new();
        for (id, row) in self.parts.values().flat_map(|part| &part.rows) {
            merged
                .entry(id.clone())
                .and_modify(|known| {
                    known.priority = known.priority.min(row.priority);
                    known.last_inbound = known.last_inbound.max(row.last_inbound);
                    known.lost |= row.lost;
                })
                .or_insert(*row);
        }
        merged
    }
}

/// How often all of it is said again.
pub(super) const SAID_EVERY: Duration = Duration::from_secs(12);

/// The priority of this rank, as it goes from one relay to another.
pub(super) const fn ranked(rank: u64) -> Priority {
    match rank {
        0 => Priority::Focused,
        1 => Priority::Visible,
        _ => Priority::Background,
    }
}

fn part_of(id: &Id) -> u64 {
    // FNV-1a: the same at every version, and good enough to spread.
    let hash = id
        .as_str()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash >> 32) % PARTS
}

fn write(rows: &BTreeMap<Id, Row>) -> Bytes {
    let row = |(id, row): (&Id, &Row)| {
        json!([id.as_str(), row.priority as u8, row.last_inbound.map(UnixMs::as_ms), u8::from(row.lost)])
    };
    Value::Array(rows.iter().map(row).collect()).to_string().into()
}

fn read(body: &[u8]) -> BTreeMap<Id, Row> {
    let rows: Vec<Value> = serde_json::from_slice(body).unwrap_or_default();
    let row = |row: &Value| {
        let id = Id::parse(row[0].as_str()?).ok()?;
        let priority = ranked(row[1].as_u64()?);
        let last_inbound = row[2].as_u64().map(UnixMs::from_ms);
        Some((id, Row { priority, last_inbound, lost: row[3] == 1 }))
    };
    rows.iter().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(priority: Priority) -> Row {
        Row { priority, last_inbound: Some(UnixMs::from_ms(5)), lost: false }
    }

    #[test]
    fn what_a_relay_says_is_heard_and_joined_with_what_others_say() {
        let id = Id::parse("15550001111@c.us").expect("an id");
        let (mut own, mut union, now) = (Own::default(), Union::default(), Instant::now());
        own.set(id.clone(), row(Priority::Background));
        for (part, body) in own.take_dirty() {
            union.hear(&format!("a.one.{part}"), Some(&body), 3, now);
        }
        own.set(id.clone(), row(Priority::Focused));
        for (part, body) in own.take_dirty() {
            union.hear(&format!("a.two.{part}"), Some(&body), 4, now + FOLLOW_AGE / 2);
        }
        assert_eq!((union.merged().remove(&id), union.revision), (Some(row(Priority::Focused)), 4));
        assert!(union.expire(now + FOLLOW_AGE) && union.merged().contains_key(&id));
        assert!(union.expire(now + FOLLOW_AGE * 2) && union.merged().is_empty());
        assert!(!own.is_dirty());
    }
}
