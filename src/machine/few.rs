//! A list that asks for memory from its second item on: nearly every body holds one envelope, and nearly every envelope speaks
//! of one person.

use std::ops::Deref;

/// A list of mostly one.
#[derive(Clone, Debug, Default)]
pub enum Few<T> {
    /// None.
    #[default]
    None,
    /// One.
    One(T),
    /// Any number.
    Many(Vec<T>),
}

impl<T> Few<T> {
    #[inline]
    pub(crate) fn push(&mut self, item: T) {
        match self {
            Self::None => *self = Self::One(item),
            Self::One(_) => {
                let Self::One(first) = std::mem::take(self) else { return };
                *self = Self::Many(vec![first, item]);
            }
            Self::Many(many) => many.push(item),
        }
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::None => &[],
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(items: Vec<T>) -> Self {
        Self::Many(items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_keep_their_order() {
        let mut few = Few::default();
        for n in 0..5 {
            assert_eq!(few.to_vec(), (0..n).collect::<Vec<_>>());
            few.push(n);
        }
        assert_eq!(*few, *Few::from(vec![0, 1, 2, 3, 4]));
    }
}
