//! One account: a task that owns its session, and the handle by which everybody else speaks to it.

mod actor;
mod calls;
mod chats;
mod feeds;
mod forward;
mod news;

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot, watch};
use wa_presence::machine::Priority;
use wa_presence::machine::id::Id;
use wa_presence::machine::time::UnixMs;

pub(crate) use calls::Wish;

use crate::clock::Clock;
use crate::config::{Account, Limits};
use crate::error::Refusal;
use crate::exchange::{Embedded, Exchange, FeedId, Position};
use crate::metrics::Metrics;
use crate::ticket::Ticket;
use crate::upstream::Client;

/// How an account's task is reached. Commands wait in memory, each with a connection that waits for its answer, and
/// connections are capped; webhooks wait in a queue of their own, which may be full.
#[derive(Clone, Debug)]
pub(crate) struct Handle {
    commands: mpsc::UnboundedSender<Command>,
    hooks: mpsc::Sender<Bytes>,
}

/// What an account's task is asked to do.
#[derive(Debug)]
pub(crate) enum Command {
    Join(Join),
    Change(Change),
    Leave(FeedId),
    Call { ticket: Ticket, wish: Wish, answer: oneshot::Sender<Result<serde_json::Value, Refusal>> },
    Stop(oneshot::Sender<()>),
}

/// One chat of a feed.
#[derive(Clone, Debug)]
pub(crate) struct Followed {
    pub(crate) chat: Id,
    pub(crate) priority: Priority,
    /// When they last wrote, as far as the page knows.
    pub(crate) last_inbound: Option<UnixMs>,
    /// Whether nothing is known of it there, so that all that is known here is to be told.
    pub(crate) fresh: bool,
}

/// A new feed.
#[derive(Debug)]
pub(crate) struct Join {
    pub(crate) ticket: Ticket,
    pub(crate) chats: Vec<Followed>,
    /// The last event that its reader knows; one that cannot be read is one that is nowhere.
    pub(crate) after: Option<Option<Position>>,
    pub(crate) answer: oneshot::Sender<Result<Joined, Refusal>>,
}

/// A feed that was opened.
#[derive(Debug)]
pub(crate) struct Joined {
    pub(crate) feed: FeedId,
    /// What comes first, in one piece.
    pub(crate) first: Bytes,
    pub(crate) frames: mpsc::Receiver<Bytes>,
    /// When the ticket ends; a newer ticket moves it.
    pub(crate) expires: watch::Receiver<UnixMs>,
}

/// Another set of chats for a feed, or another ticket.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) feed: FeedId,
    pub(crate) ticket: Ticket,
    pub(crate) chats: Vec<Followed>,
    pub(crate) answer: oneshot::Sender<Result<UnixMs, Refusal>>,
}

/// What all accounts share.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    pub(crate) clock: Clock,
    pub(crate) limits: Arc<Limits>,
    pub(crate) metrics: Metrics,
    pub(crate) client: Client,
    pub(crate) state_dir: Option<PathBuf>,
}

impl Handle {
    /// Starts an account's task.
    pub(crate) fn start(name: &str, account: Account, shared: &Shared) -> Result<Self, String> {
        let (commands, commanded) = mpsc::unbounded_channel();
        let (hooks, hooked) = mpsc::channel(shared.limits.hook_queue);
        let ledger = shared.state_dir.as_ref().map(|dir| dir.join(format!("{name}.ledger")));
        let exchange: Box<dyn Exchange> = Box::new(Embedded::new(draw()?, &shared.limits, ledger));
        let actor = actor::Actor::new(name, account, shared.clone(), exchange, draw()?);
        tokio::spawn(actor.run(commanded, hooked));
        Ok(Self { commands, hooks })
    }

    pub(crate) fn send(&self, command: Command) -> Result<(), Refusal> {
        self.commands.send(command).map_err(|_| Refusal::ending())
    }

    /// A place in the queue of webhooks, if there is one: taken before a body's id counts as seen.
    pub(crate) fn place(&self) -> Option<mpsc::Permit<'_, Bytes>> {
        self.hooks.try_reserve().ok()
    }

    /// Sends a command and waits for its answer.
    pub(crate) async fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<Result<T, Refusal>>) -> Command,
    ) -> Result<T, Refusal> {
        let (answer, answered) = oneshot::channel();
        self.send(command(answer))?;
        answered.await.map_err(|_| Refusal::ending())?
    }

    /// Ends the task; done when it has said its last words to the gateway.
    pub(crate) async fn stop(&self) {
        let (answer, answered) = oneshot::channel();
        if self.send(Command::Stop(answer)).is_ok() {
            // It may have ended by itself.
            let _ = answered.await;
        }
    }
}

/// A number that nobody can guess.
pub(crate) fn draw() -> Result<u64, String> {
    getrandom::u64().map_err(|_| "no randomness here".to_owned())
}
