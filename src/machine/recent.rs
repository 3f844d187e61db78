//! Ids of recent events, to know a duplicate when one arrives.
//!
//! Holds 4 096 ids or 15 minutes, whichever is less. Ids are kept as 128-bit digests under the machine's seed, so memory
//! does not depend on what a gateway sends and no sender can craft a collision.

use std::collections::VecDeque;

use super::digest_table::DigestTable;
use super::time::Instant;

const CAPACITY: usize = 4_096;
const KEEP_MS: u64 = 900_000;

/// What the id belongs to: the same text may name an envelope and a message.
#[derive(Clone, Copy, Debug)]
pub(crate) enum IdSpace {
    Envelope = 1,
    Message = 2,
}

#[derive(Debug)]
pub(crate) struct Recent {
    seed: u64,
    seen: DigestTable,
    order: VecDeque<(Instant, u128)>,
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
        let digest = self.digest(space, id);
        let new = self.seen.insert(digest, 0).is_none();
        if new {
            self.order.push_back((now, digest));
        }
        new
    }

    /// Two multiply-xor lanes over eight bytes at a time.
    fn digest(&self, space: IdSpace, id: &str) -> u128 {
        let mut high = self.seed ^ 0x243f_6a88_85a3_08d3 ^ (space as u64);
        let mut low = self.seed.rotate_left(32) ^ 0x1319_8a2e_0370_7344 ^ (id.len() as u64);
        let (eights, rest) = id.as_bytes().as_chunks::<8>();
        let rest = rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        for word in eights.iter().map(|eight| u64::from_le_bytes(*eight)).chain([rest]) {
            high = (high ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
            low = (low.rotate_left(17) ^ word).wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
        }
        high ^= high >> 31;
        low ^= low >> 29;
        (u128::from(high.wrapping_mul(0xbf58_476d_1ce4_e5b9)) << 64) | u128::from(low)
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
