//! Things that are due later, in the order they fall due; equal moments keep the order of their making.

use std::collections::BTreeMap;

use crate::time::Instant;

/// A queue ordered by deadline.
#[derive(Debug)]
pub struct Schedule<T> {
    due: BTreeMap<(Instant, u64), T>,
    made: u64,
}

impl<T> Default for Schedule<T> {
    fn default() -> Self {
        Self { due: BTreeMap::new(), made: 0 }
    }
}

impl<T> Schedule<T> {
    /// Lets `item` fall due at `at`.
    pub fn put(&mut self, item: T, at: Instant) {
        self.made += 1;
        self.due.insert((at, self.made), item);
    }

    /// The next deadline.
    #[must_use]
    pub fn next(&self) -> Option<Instant> {
        self.due.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes the earliest item that is due at `now`.
    pub fn take(&mut self, now: Instant) -> Option<T> {
        let entry = self.due.first_entry()?;
        if entry.key().0 > now { None } else { Some(entry.remove()) }
    }

    /// Forgets the items for which `keep` is false.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.due.retain(|_, item| keep(item));
    }

    /// How many items wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.due.len()
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.due.is_empty()
    }
}

/// The earlier of two deadlines, either of which may be missing.
#[must_use]
pub fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, None) => one,
        (None, other) => other,
    }
}
