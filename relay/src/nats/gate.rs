//! The budget, where NATS enforces it: a call that subscribes leaves only once its place in the account's stream is confirmed.
//! However many relays think that they drive, there are no more places than the budget has calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::store::{Stores, budget_of};

/// A place whose confirmation took longer counts as spent and is not used: the call would be late against those after it.
const LATEST: Duration = Duration::from_millis(1_500);
/// How often a call without a place asks for one, at most.
const AGAIN: Duration = Duration::from_secs(1);
/// How long it does.
const LONGEST: Duration = Duration::from_secs(75);

/// What a call that subscribes has to pass before it leaves.
#[derive(Clone, Debug)]
pub struct Gate {
    stores: Arc<Stores>,
    subject: String,
    open: Arc<AtomicBool>,
}

impl Gate {
    pub(super) fn new(stores: Arc<Stores>, account: &str, open: Arc<AtomicBool>) -> Self {
        Self { stores, subject: budget_of(account), open }
    }

    /// Waits for a place; false where there is none for too long, or the relay does not drive any more.
    pub(crate) async fn pass(&self) -> bool {
        let until = Instant::now() + LONGEST;
        while Instant::now() < until && self.open.load(Ordering::Acquire) {
            if self.take().await && self.open.load(Ordering::Acquire) {
                return true;
            }
            tokio::time::sleep(super::jitter(AGAIN)).await;
        }
        false
    }

    async fn take(&self) -> bool {
        let asked = Instant::now();
        let context = &self.stores.context;
        let Ok(answer) = context.publish(self.subject.clone(), bytes::Bytes::new()).await else { return false };
        answer.await.is_ok() && asked.elapsed() < LATEST
    }
}
