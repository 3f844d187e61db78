//! A small set of values in order of rank, lowest first.
//!
//! Values are packed into 128 bits whose order is theirs and kept in one sorted queue: joining at the end and leaving at the
//! front, which is what nearly all of them do, costs nothing; the rare ones in between move their neighbours.

use std::collections::VecDeque;
use std::marker::PhantomData;

/// A value that fits 128 bits, the more significant part first.
pub(crate) trait Packed: Copy {
    fn pack(self) -> u128;
    fn unpack(bits: u128) -> Self;
}

/// An ordered set.
#[derive(Debug)]
pub(crate) struct RankedSet<T> {
    bits: VecDeque<u128>,
    of: PhantomData<T>,
}

impl<T> Default for RankedSet<T> {
    fn default() -> Self {
        Self { bits: VecDeque::new(), of: PhantomData }
    }
}

impl<T: Packed> RankedSet<T> {
    pub(crate) fn insert(&mut self, value: T) {
        let value = value.pack();
        if self.bits.back().is_none_or(|last| *last < value) {
            self.bits.push_back(value);
        } else if let Err(at) = self.bits.binary_search(&value) {
            self.bits.insert(at, value);
        }
    }

    pub(crate) fn remove(&mut self, value: T) {
        if let Ok(at) = self.bits.binary_search(&value.pack()) {
            self.bits.remove(at);
        }
    }

    /// In order, from the lowest.
    pub(crate) fn iter(&self) -> impl Iterator<Item = T> {
        self.bits.iter().copied().map(T::unpack)
    }

    pub(crate) fn len(&self) -> usize {
        self.bits.len()
    }
}

/// The lower 32 bits.
#[expect(clippy::cast_possible_truncation, reason = "the rest belongs to other parts of the packed value")]
pub(crate) const fn low_u32(bits: u128) -> u32 {
    bits as u32
}

/// The lower 64 bits.
#[expect(clippy::cast_possible_truncation, reason = "the rest belongs to other parts of the packed value")]
pub(crate) const fn low_u64(bits: u128) -> u64 {
    bits as u64
}
