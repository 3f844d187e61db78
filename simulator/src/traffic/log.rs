//! The calls a session received, for tests that count them.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use crate::time::Instant;

/// One call.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its number in this session, from 1.
    pub number: u64,
    /// When it came, in milliseconds since the simulator began.
    pub at_ms: u64,
    /// How it was made.
    pub method: String,
    /// Its path, without the query, which may hold a key.
    pub path: String,
    /// What it asks for, in one word.
    pub route: &'static str,
    /// The chat it is about.
    pub chat: Option<String>,
    /// What it was answered with; none while it waits, or when the client gave up.
    pub status: Option<u16>,
    /// How long the answer took.
    pub took_ms: Option<u64>,
}

/// The last calls, and the counts of all.
#[derive(Debug, Default)]
pub struct Log {
    entries: VecDeque<Entry>,
    counts: BTreeMap<&'static str, u64>,
    made: u64,
}

impl Log {
    /// Notes a call and gives it a number.
    pub fn begin(&mut self, method: &str, path: &str, route: &'static str, chat: Option<String>, now: Instant) -> u64 {
        self.made += 1;
        *self.counts.entry(route).or_default() += 1;
        self.entries.push_back(Entry {
            number: self.made,
            at_ms: now.as_ms(),
            method: method.to_owned(),
            path: path.to_owned(),
            route,
            chat,
            status: None,
            took_ms: None,
        });
        if self.entries.len() > MOST_ENTRIES {
            self.entries.pop_front();
        }
        self.made
    }

    /// Notes the answer to a call.
    pub fn finish(&mut self, number: u64, status: u16, now: Instant) {
        if let Some(entry) = self.entries.iter_mut().rev().find(|entry| entry.number == number) {
            entry.status = Some(status);
            entry.took_ms = Some(now.as_ms().saturating_sub(entry.at_ms));
        }
    }

    /// The last calls, oldest first.
    #[must_use]
    pub const fn entries(&self) -> &VecDeque<Entry> {
        &self.entries
    }

    /// How many calls there were of each route.
    #[must_use]
    pub const fn counts(&self) -> &BTreeMap<&'static str, u64> {
        &self.counts
    }

    /// Forgets the calls; numbers go on.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.counts.clear();
    }
}

const MOST_ENTRIES: usize = 4_000;
