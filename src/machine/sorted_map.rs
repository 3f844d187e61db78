//! A map in one sorted vector.
//!
//! Each type of B-tree adds some five kilobytes to the wasm, a sorted vector a few hundred bytes. Look-ups are as fast;
//! an insertion in the middle moves what lies behind it, which for the sizes here (keys that mostly grow, a few thousand
//! entries) costs less than the tree's bookkeeping.

use std::borrow::Borrow;

/// What a map can be searched by.
pub(crate) trait Key: Ord {
    /// How many keys there can be from `first` up to this one, if they are numbers handed out one by one: as long as none
    /// of them is gone, that is where this one is.
    fn place_after(&self, _first: &Self) -> Option<usize> {
        None
    }
}

impl Key for str {}
impl Key for u32 {}
impl Key for u64 {}

/// An ordered map.
#[derive(Clone, Debug)]
pub(crate) struct SortedMap<K, V> {
    entries: Vec<(K, V)>,
}

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<K, V> SortedMap<K, V> {
    #[inline]
    fn find<Q: Key + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        let search = |(known, _): &(K, V)| known.borrow().cmp(key);
        let likely = self.entries.first().and_then(|(first, _)| key.place_after(first.borrow()));
        if let Some(at) = likely
            && self.entries.get(at).is_some_and(|entry| search(entry).is_eq())
        {
            return Ok(at);
        }
        // Keys that grow are the common case: the new one is the last.
        match self.entries.last() {
            Some(last) if search(last).is_lt() => Err(self.entries.len()),
            Some(_) | None => self.entries.binary_search_by(search),
        }
    }

    pub(crate) fn get<Q: Key + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let at = self.find(key).ok()?;
        self.entries.get(at).map(|(_, value)| value)
    }

    pub(crate) fn get_mut<Q: Key + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let at = self.find(key).ok()?;
        self.entries.get_mut(at).map(|(_, value)| value)
    }

    /// Sets the value of `key`; gives back the one it had.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V>
    where
        K: Key,
    {
        match self.find(&key) {
            Ok(at) => self.entries.get_mut(at).map(|entry| std::mem::replace(&mut entry.1, value)),
            Err(at) => {
                self.entries.insert(at, (key, value));
                None
            }
        }
    }

    /// The value of `key`, made where there is none.
    pub(crate) fn get_or_insert(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V
    where
        K: Key,
    {
        let at = match self.find(&key) {
            Ok(at) => at,
            Err(at) => {
                self.entries.insert(at, (key, make()));
                at
            }
        };
        match self.entries.get_mut(at) {
            Some((_, value)) => value,
            None => unreachable!("it was found there, or put there"),
        }
    }

    pub(crate) fn remove<Q: Key + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let at = self.find(key).ok()?;
        Some(self.entries.remove(at).1)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.entries.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// Takes every entry out.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = (K, V)> + use<K, V> {
        std::mem::take(&mut self.entries).into_iter()
    }

    pub(crate) fn retain(&mut self, keeps: impl Fn(&V) -> bool) {
        self.entries.retain(|(_, value)| keeps(value));
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Key for i32 {}

    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    struct Number(u32);

    impl Key for Number {
        fn place_after(&self, first: &Self) -> Option<usize> {
            Some(self.0.checked_sub(first.0)? as usize)
        }
    }

    #[test]
    fn numbers_are_found_whichever_of_them_are_gone() {
        for gone in [&[][..], &[0], &[4], &[9], &[0, 1, 2], &[2, 3, 5, 7], &[0, 2, 4, 6, 8], &[1, 2, 3, 4, 5, 6, 7, 8]]
        {
            let mut map = SortedMap::default();
            for n in 0..10 {
                map.insert(Number(n), n);
            }
            for n in gone {
                assert_eq!(map.remove(&Number(*n)), Some(*n));
            }
            for n in 0..12 {
                let there = n < 10 && !gone.contains(&n);
                assert_eq!(map.get(&Number(n)).copied(), there.then_some(n), "{n} without {gone:?}");
            }
            for n in gone {
                assert_eq!(map.insert(Number(*n), *n), None);
            }
            assert!(map.iter().map(|(_, n)| *n).eq(0..10));
        }
    }

    #[test]
    fn entries_are_found_replaced_and_removed_in_any_order_of_insertion() {
        let mut map = SortedMap::default();
        for key in [5, 1, 9, 3, 7] {
            assert_eq!(map.insert(key, key * 10), None);
        }
        assert_eq!(map.insert(3, 33), Some(30));
        assert_eq!(map.remove(&9), Some(90));
        assert_eq!(map.remove(&9), None);
        assert_eq!((map.get(&3), map.get(&4), map.get(&100)), (Some(&33), None, None));
        let keys: Vec<_> = map.iter().map(|(key, _)| *key).collect();
        assert_eq!((keys, map.len()), (vec![1, 3, 5, 7], 4));
    }
}
