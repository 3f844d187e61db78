//! Keys with a deadline each, and the deadlines in order: the heart of every expiry and renewal.
//!
//! Two indexes of the same entries, `key → deadline` and `(deadline, key)`, so that the next deadline is the first of the
//! second. It knows no reasons and no clock; who pops an entry learns the deadline as well, since a throttled tab
//! notices late.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use super::ranked_set::{Packed, RankedSet};
use super::time::Instant;

/// A key in no more than 72 bits, which leaves room for a deadline before it.
pub(crate) trait PackedKey: Packed + Eq {}

/// How many bits a packed key may take.
const KEY_BITS: u32 = 72;

/// An ordered set of keys, each with the instant at which it is due. Instants after the year 2 200 000 are all the same to
/// it.
#[derive(Debug)]
pub(crate) struct ExpiringMap<K> {
    by_key: BTreeMap<u128, Instant>,
    by_deadline: RankedSet<u128>,
    of: PhantomData<K>,
}

impl<K: PackedKey> ExpiringMap<K> {
    /// Sets the deadline of `key`, earlier or later than the one it had.
    pub(crate) fn set(&mut self, key: K, deadline: Instant) {
        let key = key.pack();
        if let Some(old) = self.by_key.insert(key, deadline) {
            if old == deadline {
                return;
            }
            self.by_deadline.remove(entry(old, key));
        }
        self.by_deadline.insert(entry(deadline, key));
    }

    /// Sees to it that `key` comes due at `deadline` or before: an earlier entry stays, and whoever pops it asks again.
    /// Saves two tree operations for each repetition of something that only moves later.
    pub(crate) fn set_no_later(&mut self, key: K, deadline: Instant) {
        if self.by_key.get(&key.pack()).is_none_or(|old| deadline < *old) {
            self.set(key, deadline);
        }
    }

    /// Forgets `key`.
    pub(crate) fn remove(&mut self, key: K) {
        let key = key.pack();
        if let Some(old) = self.by_key.remove(&key) {
            self.by_deadline.remove(entry(old, key));
        }
    }

    /// The earliest entry.
    pub(crate) fn first(&self) -> Option<(Instant, K)> {
        let key = self.by_deadline.first()? & ((1 << KEY_BITS) - 1);
        let deadline = self.by_key.get(&key)?;
        Some((*deadline, K::unpack(key)))
    }

    /// Takes the earliest entry if it is due at `now`.
    pub(crate) fn pop_due(&mut self, now: Instant) -> Option<(Instant, K)> {
        let (deadline, key) = self.first()?;
        if deadline > now {
            return None;
        }
        self.remove(key);
        Some((deadline, key))
    }
}

fn entry(deadline: Instant, key: u128) -> u128 {
    const LATEST: u64 = (1 << (u128::BITS - KEY_BITS)) - 1;
    (u128::from(deadline.as_ms().min(LATEST)) << KEY_BITS) | key
}

impl<K> Default for ExpiringMap<K> {
    fn default() -> Self {
        Self { by_key: BTreeMap::new(), by_deadline: RankedSet::default(), of: PhantomData }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Packed for u8 {
        fn pack(self) -> u128 {
            self.into()
        }
        fn unpack(bits: u128) -> Self {
            u8::try_from(bits).expect("packed from a u8")
        }
    }
    impl PackedKey for u8 {}

    fn at(ms: u64) -> Instant {
        Instant::from_ms(ms)
    }

    #[test]
    fn entries_come_due_in_order_with_their_deadline() {
        let mut map = ExpiringMap::default();
        map.set(b'b', at(20));
        map.set(b'a', at(10));
        assert_eq!(map.pop_due(at(9)), None);
        assert_eq!(map.pop_due(at(100)), Some((at(10), b'a')));
        assert_eq!(map.pop_due(at(100)), Some((at(20), b'b')));
        assert_eq!(map.pop_due(at(100)), None);
    }

    #[test]
    fn setting_again_leaves_the_old_deadline() {
        for again in [5, 10, 30] {
            let mut map = ExpiringMap::default();
            map.set(b'a', at(10));
            map.set(b'a', at(again));
            assert_eq!(map.pop_due(at(100)), Some((at(again), b'a')));
            assert_eq!(map.first(), None);
        }
    }

    #[test]
    fn no_later_keeps_an_earlier_deadline_and_takes_an_earlier_one() {
        let mut map = ExpiringMap::default();
        map.set_no_later(b'a', at(10));
        map.set_no_later(b'a', at(30));
        assert_eq!(map.first(), Some((at(10), b'a')));
        map.set_no_later(b'a', at(5));
        assert_eq!(map.first(), Some((at(5), b'a')));
    }

    #[test]
    fn many_at_one_instant_all_come_due() {
        let mut map = ExpiringMap::default();
        for key in 0..50_u8 {
            map.set(key, at(7));
        }
        map.remove(25);
        let due = std::iter::from_fn(|| map.pop_due(at(7))).count();
        assert_eq!((due, map.first()), (49, None));
    }
}
