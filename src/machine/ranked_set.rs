//! A set of small values in order of rank, however many and however fast they come and go.
//!
//! Values are packed into 128 bits whose order is theirs: one B-tree in the wasm serves every set.

use std::collections::BTreeSet;
use std::marker::PhantomData;

/// A value that fits 128 bits, the more significant part first.
pub(crate) trait Packed: Copy {
    fn pack(self) -> u128;
    fn unpack(bits: u128) -> Self;
}

/// An ordered set.
#[derive(Debug)]
pub(crate) struct RankedSet<T> {
    bits: BTreeSet<u128>,
    of: PhantomData<T>,
}

impl<T> Default for RankedSet<T> {
    fn default() -> Self {
        Self { bits: BTreeSet::new(), of: PhantomData }
    }
}

impl<T: Packed> RankedSet<T> {
    /// Adds a value; false when it was there.
    pub(crate) fn insert(&mut self, value: T) -> bool {
        self.bits.insert(value.pack())
    }

    /// Removes a value; false when it was not there.
    pub(crate) fn remove(&mut self, value: T) -> bool {
        self.bits.remove(&value.pack())
    }

    /// The lowest.
    pub(crate) fn first(&self) -> Option<T> {
        self.bits.first().copied().map(T::unpack)
    }

    /// In order, from the lowest.
    pub(crate) fn iter(&self) -> impl Iterator<Item = T> {
        self.bits.iter().copied().map(T::unpack)
    }

    pub(crate) fn len(&self) -> usize {
        self.bits.len()
    }
}

impl Packed for u128 {
    fn pack(self) -> u128 {
        self
    }

    fn unpack(bits: u128) -> Self {
        bits
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
