//! The one source of chance: seeded, and split by name so that no story disturbs another.
//!
//! Each person draws from a generator of their own. What a test makes one of them do leaves the others' stories as they were.

use std::time::Duration;

use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

/// A stream of chance that is the same for the same seed and name.
#[derive(Clone, Debug)]
pub struct Chance(ChaCha8Rng);

impl Chance {
    /// The stream called `name` of the simulation with this `seed`.
    #[must_use]
    pub fn new(seed: u64, name: &[&str]) -> Self {
        let mut digest = Sha256::new();
        digest.update(seed.to_be_bytes());
        for part in name {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
        Self(ChaCha8Rng::from_seed(digest.finalize().into()))
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        self.0.random_range(low..=high.max(low))
    }

    /// A duration from `span.0` to `span.1` milliseconds.
    pub fn within(&mut self, span: Span) -> Duration {
        Duration::from_millis(self.between(span.0, span.1))
    }

    /// True in `percent` of 100 draws.
    pub fn percent(&mut self, percent: u8) -> bool {
        self.between(1, 100) <= u64::from(percent)
    }

    /// One of the choices; none when there is none.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        let last = u64::try_from(choices.len()).ok()?.checked_sub(1)?;
        choices.get(usize::try_from(self.between(0, last)).ok()?)
    }

    /// 128 bits for an identifier.
    pub fn bits(&mut self) -> u128 {
        u128::from(self.0.next_u64()) << 64 | u128::from(self.0.next_u64())
    }

    /// `length` characters of `alphabet`, for identifiers.
    pub fn text(&mut self, alphabet: &str, length: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..length).filter_map(|_| self.pick(&letters).copied()).collect()
    }
}

/// The shortest and the longest of a kind of duration, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(pub u64, pub u64);
