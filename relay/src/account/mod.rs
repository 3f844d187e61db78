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
pub(crate) use feeds::{Feeds, RESET, draw_feed, permit, wanted, wishes};

use crate::clock::Clock;
use crate::config::{Account, Limits};
use crate::error::Refusal;
use crate::exchange::{Embedded, Exchange, FeedId, Position};
use crate::metrics::Metrics;
use crate::nats::{Nats, Post};
use crate::ticket::Ticket;
use crate::upstream::Client;

/// How an account's task is reached. Commands wait in memory, each with a connection that waits for its answer, and
/// connections are capped; webhooks wait in a queue of their own, which may be full.
#[derive(Clone, Debug)]
pub(crate) struct Handle {
    commands: mpsc::UnboundedSender<Command>,
    hooks: Hooks,
}

#[derive(Clone, Debug)]
enum Hooks {
    Queue(mpsc::Sender<Hooked>),
    Posted(Post),
}

/// A place for one webhook.
#[derive(Debug)]
pub(crate) enum HookPlace<'a> {
    Here(mpsc::Permit<'a, Hooked>),
    There(&'a Post),
}

/// What an account's task is asked to do.
#[derive(Debug)]
pub(crate) enum Command {
    Join(Join),
    Change(Change),
    Leave(FeedId),
    Call {
        ticket: Ticket,
        wish: Wish,
        answer: oneshot::Sender<Result<serde_json::Value, Refusal>>,
    },
    Stop(oneshot::Sender<()>),
    /// What is followed elsewhere changed.
    Nudge,
    Want(Want),
    /// To end at once and without a word; the answer is what was known.
    Halt(oneshot::Sender<Vec<String>>),
}

/// What waits in the queue of webhooks.
#[derive(Debug)]
pub(crate) enum Hooked {
    Body(Bytes),
    /// One that may be taken in again by another relay, with its place among all.
    Numbered(u64, Bytes),
    /// Those that waited when this relay began to drive are taken in.
    CaughtUp,
}

/// A wish of a feed elsewhere, or of all feeds there: to be told all that is known of some chats.
#[derive(Clone, Debug)]
pub(crate) struct Want {
    pub(crate) feed: Option<FeedId>,
    pub(crate) chats: Vec<Id>,
    /// Whether what they knew of these chats is void.
    pub(crate) lost: bool,
    pub(crate) aliases: Vec<(Id, Id)>,
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
    /// Where there are other relays.
    pub(crate) nats: Option<Nats>,
}

impl Handle {
    /// Starts an account's task.
    pub(crate) fn start(name: &str, account: Account, shared: &Shared) -> Result<Self, String> {
        let (commands, commanded) = mpsc::unbounded_channel();
        if let Some(nats) = &shared.nats {
            nats.open(name, account, shared, commanded)?;
            return Ok(Self { commands, hooks: Hooks::Posted(nats.post(name)) });
        }
        let (hooks, hooked) = mpsc::channel(shared.limits.hook_queue);
        let ledger = shared.state_dir.as_ref().map(|dir| dir.join(format!("{name}.ledger")));
        let exchange: Box<dyn Exchange> = Box::new(Embedded::new(draw()?, &shared.limits, ledger));
        let actor = actor::Actor::new(name, account, shared.clone(), exchange, draw()?);
        tokio::spawn(actor.run(commanded, hooked));
        Ok(Self { commands, hooks: Hooks::Queue(hooks) })
    }

    pub(crate) fn send(&self, command: Command) -> Result<(), Refusal> {
        self.commands.send(command).map_err(|_| Refusal::ending())
    }

    /// A place in the queue of webhooks, if there is one: taken before a body's id counts as seen.
    pub(crate) fn place(&self) -> Option<HookPlace<'_>> {
        match &self.hooks {
            Hooks::Queue(queue) => queue.try_reserve().ok().map(HookPlace::Here),
            Hooks::Posted(post) => Some(HookPlace::There(post)),
        }
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

/// What drives an account for many relays.
#[derive(Debug)]
pub(crate) struct Driver {
    pub(crate) name: Arc<str>,
    pub(crate) account: Account,
    pub(crate) shared: Shared,
    pub(crate) exchange: Box<dyn Exchange>,
    /// What whoever drove before knew.
    pub(crate) records: Vec<String>,
}

impl Driver {
    /// Starts the task; gives back where its webhooks go.
    pub(crate) fn start(self, commanded: mpsc::UnboundedReceiver<Command>) -> Result<mpsc::Sender<Hooked>, String> {
        let (hooks, hooked) = mpsc::channel(self.shared.limits.hook_queue);
        let mut actor = actor::Actor::new(&self.name, self.account, self.shared, self.exchange, draw()?);
        actor.take_over(&self.records);
        tokio::spawn(actor.run(commanded, hooked));
        Ok(hooks)
    }
}

/// A number that nobody can guess.
pub(crate) fn draw() -> Result<u64, String> {
    getrandom::u64().map_err(|_| "no randomness here".to_owned())
}
