//! How the events of a session travel: on time and in order, unless told otherwise.

use std::time::Duration;

use crate::time::Instant;

/// The state of a session's delivery. Counts run down with each event.
#[derive(Debug)]
pub struct Delivery<T> {
    /// Every event arrives this much later.
    pub delay: Duration,
    /// So many events are lost.
    pub drop_next: u32,
    /// So many events arrive twice.
    pub duplicate_next: u32,
    /// So many events are overtaken by the one that follows them.
    pub reorder_next: u32,
    /// Added to every timestamp, in milliseconds.
    pub skew_ms: i64,
    held: Vec<T>,
    release_at: Option<Instant>,
}

impl<T> Default for Delivery<T> {
    fn default() -> Self {
        Self {
            delay: Duration::ZERO,
            drop_next: 0,
            duplicate_next: 0,
            reorder_next: 0,
            skew_ms: 0,
            held: Vec::new(),
            release_at: None,
        }
    }
}

impl<T: Clone> Delivery<T> {
    /// Lets an event pass: the events that arrive because of it, and when.
    pub fn pass(&mut self, event: T, now: Instant) -> Vec<(Instant, T)> {
        if spend(&mut self.drop_next) {
            return Vec::new();
        }
        if spend(&mut self.reorder_next) && self.held.len() < MOST_HELD {
            self.held.push(event);
            self.release_at = Some(now + PATIENCE);
            return Vec::new();
        }
        let twice = spend(&mut self.duplicate_next);
        let mut passing = vec![event.clone()];
        passing.extend(twice.then_some(event));
        passing.extend(self.release());
        passing.into_iter().map(|event| (now + self.delay, event)).collect()
    }

    /// When events that nothing overtook go on.
    #[must_use]
    pub const fn poll_timeout(&self) -> Option<Instant> {
        self.release_at
    }

    /// The events that waited in vain.
    pub fn handle_timeout(&mut self, now: Instant) -> Vec<(Instant, T)> {
        if self.release_at.is_some_and(|at| at <= now) {
            self.release().into_iter().map(|event| (now + self.delay, event)).collect()
        } else {
            Vec::new()
        }
    }

    fn release(&mut self) -> Vec<T> {
        self.release_at = None;
        let mut held = std::mem::take(&mut self.held);
        held.reverse();
        held
    }
}

fn spend(count: &mut u32) -> bool {
    let any = *count > 0;
    *count = count.saturating_sub(1);
    any
}

/// How long a held event waits to be overtaken.
const PATIENCE: Duration = Duration::from_secs(2);

const MOST_HELD: usize = 256;
