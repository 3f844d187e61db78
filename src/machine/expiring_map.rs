//! Keys with a deadline each, and the deadlines in order: the heart of every expiry and renewal.
//!
//! Two indexes of the same entries, `key → deadline` and `(deadline, key)`, so that the next deadline is the first of the
//! second. It knows no reasons and no clock; who pops an entry learns the deadline as well, since a throttled tab
//! notices late.

use std::collections::{BTreeMap, BTreeSet};

use super::time::Instant;

/// An ordered set of keys, each with the instant at which it is due.
#[derive(Debug)]
pub struct ExpiringMap<K> {
    by_key: BTreeMap<K, Instant>,
    by_deadline: BTreeSet<(Instant, K)>,
}

impl<K: Copy + Ord> ExpiringMap<K> {
    /// A map without entries.
    #[must_use]
    pub const fn new() -> Self {
        Self { by_key: BTreeMap::new(), by_deadline: BTreeSet::new() }
    }

    /// Sets the deadline of `key`, earlier or later than the one it had.
    pub fn set(&mut self, key: K, deadline: Instant) {
        if let Some(old) = self.by_key.insert(key, deadline) {
            if old == deadline {
                return;
            }
            self.by_deadline.remove(&(old, key));
        }
        self.by_deadline.insert((deadline, key));
    }

    /// Sees to it that `key` comes due at `deadline` or before: an earlier entry stays, and whoever pops it asks again.
    /// Saves two tree operations for each repetition of something that only moves later.
    pub fn set_no_later(&mut self, key: K, deadline: Instant) {
        if self.by_key.get(&key).is_none_or(|old| deadline < *old) {
            self.set(key, deadline);
        }
    }

    /// Forgets `key`.
    pub fn remove(&mut self, key: K) {
        if let Some(old) = self.by_key.remove(&key) {
            self.by_deadline.remove(&(old, key));
        }
    }

    /// The earliest entry.
    #[must_use]
    pub fn first(&self) -> Option<(Instant, K)> {
        self.by_deadline.first().copied()
    }

    /// Takes the earliest entry if it is due at `now`.
    pub fn pop_due(&mut self, now: Instant) -> Option<(Instant, K)> {
        let (deadline, key) = self.first()?;
        if deadline > now {
            return None;
        }
        self.remove(key);
        Some((deadline, key))
    }

    /// How many keys have a deadline.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether no key has a deadline.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }
}

impl<K: Copy + Ord> Default for ExpiringMap<K> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Instant {
        Instant::from_ms(ms)
    }

    #[test]
    fn entries_come_due_in_order_with_their_deadline() {
        let mut map = ExpiringMap::new();
        map.set('b', at(20));
        map.set('a', at(10));
        assert_eq!(map.pop_due(at(9)), None);
        assert_eq!(map.pop_due(at(100)), Some((at(10), 'a')));
        assert_eq!(map.pop_due(at(100)), Some((at(20), 'b')));
        assert_eq!(map.pop_due(at(100)), None);
    }

    #[test]
    fn setting_again_leaves_the_old_deadline() {
        for again in [5, 10, 30] {
            let mut map = ExpiringMap::new();
            map.set('a', at(10));
            map.set('a', at(again));
            assert_eq!((map.first(), map.len()), (Some((at(again), 'a')), 1));
        }
    }

    #[test]
    fn no_later_keeps_an_earlier_deadline_and_takes_an_earlier_one() {
        let mut map = ExpiringMap::new();
        map.set_no_later('a', at(10));
        map.set_no_later('a', at(30));
        assert_eq!(map.first(), Some((at(10), 'a')));
        map.set_no_later('a', at(5));
        assert_eq!(map.first(), Some((at(5), 'a')));
    }

    #[test]
    fn many_at_one_instant_all_come_due() {
        let mut map = ExpiringMap::new();
        for key in 0..50 {
            map.set(key, at(7));
        }
        map.remove(25);
        let due = std::iter::from_fn(|| map.pop_due(at(7))).count();
        assert_eq!((due, map.is_empty()), (49, true));
    }
}
