//! Ids of recent events, to know a duplicate when one arrives.
//!
//! Holds 4 096 ids or 15 minutes, whichever is less. Ids are kept as digests, so memory does not depend on what a gateway
//! sends.

use std::collections::VecDeque;

use super::digest_table::{DigestTable, IdSpace, TableKey as _, digest};
use super::time::Instant;

const CAPACITY: usize = 4_096;
const KEEP_MS: u64 = 900_000;

#[derive(Debug)]
pub(crate) struct Recent {
    seed: u64,
    seen: DigestTable<u64, ()>,
    order: VecDeque<(Instant, u64)>,
}

impl Recent {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, seen: DigestTable::default(), order: VecDeque::new() }
    }

    /// Remembers `id`; false when it was known already.
    pub(crate) fn insert(&mut self, space: IdSpace, id: &str, now: Instant) -> bool {
        while self.order.len() >= CAPACITY || self.order.front().is_some_and(|(at, _)| now.since(*at) > KEEP_MS) {
            if let Some((_, digest)) = self.order.pop_front() {
                self.seen.remove(digest);
            }
        }
        let digest = digest(self.seed, space, id).folded();
        let new = self.seen.insert(digest, ()).is_none();
        if new {
            self.order.push_back((now, digest));
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Instant {
        Instant::from_ms(ms)
    }

    #[test]
    fn an_id_is_new_once_in_each_space() {
        let mut recent = Recent::new(1);
        assert!(recent.insert(IdSpace::Envelope, "evt_01", at(0)));
        assert!(!recent.insert(IdSpace::Envelope, "evt_01", at(899_999)));
        assert!(recent.insert(IdSpace::Message, "evt_01", at(899_999)));
    }

    #[test]
    fn ids_are_forgotten_after_fifteen_minutes() {
        let mut recent = Recent::new(1);
        recent.insert(IdSpace::Envelope, "evt_01", at(0));
        assert!(recent.insert(IdSpace::Envelope, "evt_01", at(900_001)));
    }

    #[test]
    fn no_more_ids_are_kept_than_the_capacity() {
        let mut recent = Recent::new(1);
        for n in 0..10_000 {
            assert!(recent.insert(IdSpace::Envelope, &format!("evt_{n}"), at(n)));
        }
        assert_eq!((recent.seen.len(), recent.order.len()), (CAPACITY, CAPACITY));
    }
}
