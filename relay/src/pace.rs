//! How many requests a ticket's subject may make: a bucket for each, and not more buckets than a cap.

use std::collections::BTreeMap;

use wa_presence::machine::time::Instant;

/// Most subjects that are remembered. Beyond, the fullest buckets go first: they say nothing.
const MOST_SUBJECTS: usize = 16_384;

/// Buckets by account and subject.
#[derive(Debug)]
pub struct Pace {
    per_minute: u32,
    buckets: BTreeMap<(String, String), Bucket>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// Thousandths of a request.
    left: u64,
    at: Instant,
}

impl Pace {
    /// So many in a minute, a quarter of them at once.
    #[must_use]
    pub const fn new(per_minute: u32) -> Self {
        Self { per_minute, buckets: BTreeMap::new() }
    }

    /// Takes one, or says how long to wait, in ms.
    ///
    /// # Errors
    /// How long to wait.
    pub fn take(&mut self, account: &str, subject: &str, now: Instant) -> Result<(), u64> {
        let (most, rate) = (self.most(), u64::from(self.per_minute));
        let refilled = |bucket: Bucket| (bucket.left + now.since(bucket.at) * rate / 60).min(most);
        if self.buckets.len() >= MOST_SUBJECTS {
            self.buckets.retain(|_, bucket| refilled(*bucket) < most);
            if self.buckets.len() >= MOST_SUBJECTS {
                self.buckets.pop_first();
            }
        }
        let key = (account.to_owned(), subject.to_owned());
        let bucket = self.buckets.entry(key).or_insert(Bucket { left: most, at: now });
        *bucket = Bucket { left: refilled(*bucket), at: now };
        match bucket.left.checked_sub(1_000) {
            Some(left) => {
                bucket.left = left;
                Ok(())
            }
            None => Err(((1_000 - bucket.left) * 60).div_ceil(rate.max(1))),
        }
    }

    const fn most(&self) -> u64 {
        let burst = self.per_minute as u64 * 250;
        if burst < 1_000 { 1_000 } else { burst }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_one_at_a_time() {
        let mut pace = Pace::new(60);
        let at = Instant::from_ms;
        let taken = (0..20).filter(|_| pace.take("a", "one", at(0)).is_ok()).count();
        assert_eq!(taken, 15);
        assert_eq!(pace.take("a", "one", at(0)), Err(1_000));
        assert!(pace.take("a", "two", at(0)).is_ok() && pace.take("b", "one", at(0)).is_ok(), "each has its own");
        assert!(pace.take("a", "one", at(1_000)).is_ok());
        assert!(pace.take("a", "one", at(1_000)).is_err());
    }
}
