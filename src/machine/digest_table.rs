//! A table by open addressing, from digests or packed numbers to small values: constant time, no order, nothing to iterate.
//!
//! It replaces a hash map where only look-ups are needed: the keys are digests or packed numbers of ours, so a
//! multiplication spreads them well enough, and without iteration the order of slots can never show.

/// What an id belongs to: the same text may name several things.
#[derive(Clone, Copy, Debug)]
pub(crate) enum IdSpace {
    Envelope = 1,
    Message = 2,
    Chat = 3,
}

/// A digest of an id, by two multiply-xor lanes over eight bytes at a time. Under a seed that no sender knows, so that none can
/// craft two ids with one digest.
pub(crate) fn digest(seed: u64, space: IdSpace, id: &str) -> u128 {
    let mut high = seed ^ 0x243f_6a88_85a3_08d3 ^ (space as u64);
    let mut low = seed.rotate_left(32) ^ 0x1319_8a2e_0370_7344 ^ (id.len() as u64);
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

/// Slots at the start; always a power of two.
const FIRST_SLOTS: usize = 16;

/// A key of a table: well mixed, or a packed number.
pub(crate) trait TableKey: Copy + Eq {
    /// The key of a free slot. Packed keys have fewer bits, and no digest will ever be this one.
    const FREE: Self;

    /// The key in 64 bits.
    fn folded(self) -> u64;
}

impl TableKey for u128 {
    const FREE: Self = Self::MAX;

    #[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
    fn folded(self) -> u64 {
        (self as u64) ^ ((self >> 64) as u64).rotate_left(32)
    }
}

impl TableKey for u64 {
    const FREE: Self = Self::MAX;

    fn folded(self) -> u64 {
        self
    }
}

#[derive(Clone, Copy, Debug)]
struct Slot<K, V> {
    key: K,
    value: V,
}

/// The table.
#[derive(Debug)]
pub(crate) struct DigestTable<K = u128, V = u64> {
    slots: Vec<Slot<K, V>>,
    used: usize,
}

impl<K, V> Default for DigestTable<K, V> {
    fn default() -> Self {
        Self { slots: Vec::new(), used: 0 }
    }
}

impl<K: TableKey, V: Copy + Default> DigestTable<K, V> {
    #[inline]
    pub(crate) fn get(&self, key: K) -> Option<V> {
        let at = self.find(key).ok()?;
        self.slots.get(at).map(|slot| slot.value)
    }

    /// Sets the value of `key`; gives back the one it had.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        if (self.used + 1) * 4 > self.slots.len() * 3 {
            self.grow();
        }
        let (Ok(at) | Err(at)) = self.find(key);
        let before = std::mem::replace(self.slots.get_mut(at)?, Slot { key, value });
        if before.key == K::FREE {
            self.used += 1;
            return None;
        }
        Some(before.value)
    }

    pub(crate) fn remove(&mut self, key: K) -> Option<V> {
        let mut hole = self.find(key).ok()?;
        let gone = std::mem::replace(self.slots.get_mut(hole)?, Self::free());
        self.used -= 1;
        // Whatever probed past the hole moves up, so that no look-up stops short.
        let mask = self.slots.len() - 1;
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            let Some(slot) = self.slots.get(at).filter(|slot| slot.key != K::FREE) else { return Some(gone.value) };
            let home = self.home(slot.key);
            if (at.wrapping_sub(home) & mask) >= (at.wrapping_sub(hole) & mask) {
                self.slots.swap(hole, at);
                hole = at;
            }
        }
    }

    pub(crate) const fn len(&self) -> usize {
        self.used
    }

    fn free() -> Slot<K, V> {
        Slot { key: K::FREE, value: V::default() }
    }

    /// Where the key is, or the free slot where it belongs.
    #[inline]
    fn find(&self, key: K) -> Result<usize, usize> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = self.home(key);
        loop {
            match self.slots.get(at) {
                Some(slot) if slot.key == key => return Ok(at),
                Some(slot) if slot.key != K::FREE => at = (at + 1) & mask,
                Some(_) | None => return Err(at),
            }
        }
    }

    #[inline]
    fn home(&self, key: K) -> usize {
        (key.folded().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & self.slots.len().wrapping_sub(1)
    }

    fn grow(&mut self) {
        let slots = (self.slots.len() * 2).max(FIRST_SLOTS);
        let old = std::mem::replace(&mut self.slots, vec![Self::free(); slots]);
        for slot in old.into_iter().filter(|slot| slot.key != K::FREE) {
            if let Err(at) = self.find(slot.key)
                && let Some(free) = self.slots.get_mut(at)
            {
                *free = slot;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn it_does_what_a_map_does_through_many_insertions_and_removals() {
        let mut table: DigestTable = DigestTable::default();
        let mut map = BTreeMap::new();
        let mut seed = 7_u64;
        for step in 0..20_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            // Few keys, so that they collide, leave and return.
            let key = u128::from(seed >> 56) << 64 | u128::from((seed >> 40) & 7);
            if seed & 1 == 0 {
                assert_eq!(table.insert(key, step), map.insert(key, step));
            } else {
                assert_eq!(table.remove(key), map.remove(&key));
            }
            assert_eq!(table.get(key), map.get(&key).copied());
            assert_eq!(table.len(), map.len());
        }
        assert!(map.iter().all(|(key, value)| table.get(*key) == Some(*value)));
    }

    #[test]
    fn an_empty_table_holds_nothing() {
        let mut table: DigestTable = DigestTable::default();
        assert_eq!((table.get(1), table.remove(1), table.len()), (None, None, 0));
    }
}
