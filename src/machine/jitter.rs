//! Injected randomness: a seeded sequence, so that the same inputs give the same bytes out.

/// A SplitMix64 sequence. Good enough to spread retries; not for secrets.
#[derive(Clone, Debug)]
pub(crate) struct Jitter(u64);

impl Jitter {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`; zero when `bound` is zero.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }

    /// The wait before attempt `attempt` (0 is the first retry): doubled from `base_ms` up to `cap_ms`, then somewhere in
    /// its upper half, so that many clients do not return in step.
    pub(crate) fn backoff(&mut self, attempt: u32, base_ms: u64, cap_ms: u64) -> u64 {
        let full = base_ms.saturating_mul(1 << attempt.min(20)).min(cap_ms);
        full / 2 + self.below(full / 2 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_up_to_its_cap_and_stays_in_the_upper_half() {
        let mut jitter = Jitter::new(7);
        for (attempt, full) in [(0, 1_000), (1, 2_000), (5, 30_000), (60, 30_000)] {
            for _ in 0..100 {
                let wait = jitter.backoff(attempt, 1_000, 30_000);
                assert!((full / 2..=full).contains(&wait), "attempt {attempt}: {wait}");
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_sequence() {
        let draw = |seed| {
            let mut jitter = Jitter::new(seed);
            [jitter.below(1_000), jitter.below(1_000), jitter.below(0)]
        };
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
    }
}
