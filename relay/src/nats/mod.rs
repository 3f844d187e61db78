//! Many relays, one truth: what the relays of an account share stands in NATS `JetStream`, and none of them is special.
//!
//! Of each account one relay drives: it holds a key that ends by itself, runs the session against the gateway, and publishes what
//! it hears (`lead`, `driven`). All relays, that one included, serve pages from the stream alone (`front`), so that a place in
//! it means the same at each. Webhooks go into a stream of their own, whichever relay takes them in, and are kept there until what
//! they told is kept elsewhere (`hooks`): a relay that dies takes none of them along. How the parts fit is in `ARCHITECTURE.md`.

mod ask;
mod driven;
mod follow;
mod front;
mod gate;
mod hooks;
mod lead;
mod link;
mod message;
mod publisher;
mod settings;
mod store;
mod trail;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};

pub use gate::Gate;
pub(crate) use hooks::Post;
pub use settings::Settings;

use crate::account::{Command, Shared, draw};
use crate::config::Account;
use trail::Trail;

/// What all accounts of a relay share with NATS.
#[derive(Clone, Debug)]
pub(crate) struct Nats {
    link: watch::Receiver<link::State>,
    /// What this relay is called among all.
    relay: u64,
}

impl Nats {
    /// Begins to connect. Whatever is not there yet comes by itself.
    pub(crate) fn start(settings: Settings, budgets: Vec<store::Budget>) -> Result<Self, String> {
        settings.options()?;
        let (state, link) = watch::channel(link::State::Down(link::NOT_YET));
        tokio::spawn(link::keep(settings, budgets, state));
        Ok(Self { link, relay: draw()? })
    }

    /// What is missing, if anything is.
    pub(crate) fn missing(&self) -> Option<&'static str> {
        match &*self.link.borrow() {
            link::State::Down(why) => Some(why),
            link::State::Up(_) => None,
        }
    }

    /// Where webhooks of an account go.
    pub(crate) fn post(&self, account: &str) -> Post {
        Post::new(self.link.clone(), account)
    }

    /// Starts an account: its front, and whoever drives it when it is this relay's turn.
    pub(crate) fn open(
        &self,
        name: &str,
        account: Account,
        shared: &Shared,
        commanded: mpsc::UnboundedReceiver<Command>,
    ) -> Result<(), String> {
        let trail = Arc::new(Mutex::new(Trail::default()));
        let (stop, stopped) = watch::channel(false);
        let front = front::Front::new(name, &account, shared.clone(), self.relay, Arc::clone(&trail));
        let seat = lead::Seat {
            name: name.into(),
            account,
            shared: shared.clone(),
            link: self.link.clone(),
            trail,
            relay: self.relay,
            stopped,
        };
        tokio::spawn(front.run(commanded, self.link.clone(), stop));
        tokio::spawn(seat.keep());
        Ok(())
    }
}

/// The budget of an account, as NATS enforces it.
pub(crate) use store::Budget;

/// Half of a time to all of it: what many do at once is to be spread.
fn jitter(most: Duration) -> Duration {
    let share = u32::try_from(draw().unwrap_or_default() % 512).unwrap_or_default();
    most / 2 + most / 1_024 * share
}

/// What a lock holds is worth something after a panic as well.
fn lock<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
