//! Keys with a deadline each, the earliest first: the heart of every expiry and renewal.
//!
//! A heap of (deadline, key) and a table of the deadline that counts for each key. Setting a key again leaves its old
//! entry in the heap, where it is passed over when its time comes: each operation costs O(log n). It knows no reasons and no
//! clock; who pops an entry learns the deadline as well, since a throttled tab notices late.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::marker::PhantomData;

use super::digest_table::DigestTable;
use super::ranked_set::Packed;
use super::time::Instant;

/// A key in no more than 72 bits, which leaves room for a deadline before it.
pub(crate) trait PackedKey: Packed + Eq {}

/// How many bits a packed key may take.
const KEY_BITS: u32 = 72;
/// The latest deadline there is room for: two million years. Later ones are this.
const LATEST_MS: u64 = (1 << (u128::BITS - KEY_BITS)) - 1;
/// Entries that count for nothing are cleared away once they are more than those that do, and more than this.
const FEW: usize = 64;

/// A set of keys, each with the instant at which it is due. What it does is compiled once, for packed keys.
#[derive(Debug)]
pub(crate) struct ExpiringMap<K> {
    packed: PackedMap,
    of: PhantomData<K>,
}

impl<K: PackedKey> ExpiringMap<K> {
    /// Sets the deadline of `key`, earlier or later than the one it had.
    pub(crate) fn set(&mut self, key: K, deadline: Instant) {
        self.packed.set(key.pack(), deadline);
    }

    /// Sees to it that `key` comes due at `deadline` or before: an earlier entry stays, and whoever pops it asks again.
    /// Makes it free to repeat something that only moves later.
    pub(crate) fn set_no_later(&mut self, key: K, deadline: Instant) {
        self.packed.set_no_later(key.pack(), deadline);
    }

    /// Forgets `key`.
    pub(crate) fn remove(&mut self, key: K) {
        self.packed.remove(key.pack());
    }

    /// The earliest entry.
    pub(crate) fn first(&self) -> Option<(Instant, K)> {
        self.packed.first().map(|(deadline, key)| (deadline, K::unpack(key)))
    }

    pub(crate) const fn len(&self) -> usize {
        self.packed.deadlines.len()
    }

    /// Takes the earliest entry if it is due at `now`.
    pub(crate) fn pop_due(&mut self, now: Instant) -> Option<(Instant, K)> {
        let (deadline, key) = self.first().filter(|(deadline, _)| *deadline <= now)?;
        self.remove(key);
        Some((deadline, key))
    }
}

/// The same without a type of key.
#[derive(Debug, Default)]
struct PackedMap {
    heap: BinaryHeap<Reverse<u128>>,
    deadlines: DigestTable,
}

impl PackedMap {
    fn set(&mut self, key: u128, deadline: Instant) {
        let deadline = deadline.as_ms().min(LATEST_MS);
        if self.deadlines.insert(key, deadline) == Some(deadline) {
            return;
        }
        self.heap.push(Reverse((u128::from(deadline) << KEY_BITS) | key));
        self.tidy();
    }

    fn set_no_later(&mut self, key: u128, deadline: Instant) {
        if self.deadlines.get(key).is_none_or(|old| deadline.as_ms() < old) {
            self.set(key, deadline);
        }
    }

    fn remove(&mut self, key: u128) {
        if self.deadlines.remove(key).is_some() {
            self.tidy();
        }
    }

    fn first(&self) -> Option<(Instant, u128)> {
        let Reverse(entry) = self.heap.peek()?;
        let (deadline, key) = split(*entry);
        // What was too late to be told apart never comes, or it would come for ever.
        let deadline = if deadline == LATEST_MS { Instant::MAX } else { Instant::from_ms(deadline) };
        Some((deadline, key))
    }

    /// Keeps a counting entry on top, and those that do not count few.
    fn tidy(&mut self) {
        if self.heap.len() > 2 * self.deadlines.len() + FEW {
            let mut entries = std::mem::take(&mut self.heap).into_vec();
            entries.retain(|Reverse(entry)| self.counts(*entry));
            self.heap = entries.into();
        }
        while self.heap.peek().is_some_and(|Reverse(entry)| !self.counts(*entry)) {
            self.heap.pop();
        }
    }

    fn counts(&self, entry: u128) -> bool {
        let (deadline, key) = split(entry);
        self.deadlines.get(key) == Some(deadline)
    }
}

fn split(entry: u128) -> (u64, u128) {
    let deadline = u64::try_from(entry >> KEY_BITS).unwrap_or(LATEST_MS);
    (deadline, entry & ((1 << KEY_BITS) - 1))
}

impl<K> Default for ExpiringMap<K> {
    fn default() -> Self {
        Self { packed: PackedMap::default(), of: PhantomData }
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
