//! Feeds at a front: opened, changed, left; and calls, which whoever drives makes.

use std::sync::Arc;
use std::time::Duration;

use async_nats::Client;
use bytes::BytesMut;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use wa_presence::machine::id::Id;
use wa_presence::machine::time::UnixMs;

use super::{Front, elsewhere, event, lapsed, unreachable};
use crate::account::{Change, Command, Followed, Join, Joined, RESET, Want, Wish, permit, wanted, wishes};
use crate::error::Refusal;
use crate::exchange::FeedId;
use crate::nats::{ask, lock};
use crate::ticket::Ticket;

/// How much longer than the call itself its answer may take on its way.
const ON_ITS_WAY: Duration = Duration::from_secs(2);

impl Front {
    pub(super) fn command(&mut self, command: Command) {
        match command {
            Command::Join(_) if self.is_catching_up() => self.held.push(command),
            Command::Join(Join { ticket, chats, after, answer }) => {
                let joined = self.open(&ticket, &chats, after);
                let feed = joined.as_ref().ok().map(|joined| joined.feed);
                if answer.send(joined).is_err()
                    && let Some(feed) = feed
                {
                    // Whoever asked is gone.
                    self.leave(feed);
                }
            }
            Command::Change(change) if elsewhere::relay_of(change.feed) != self.relay => self.pass_on(change),
            Command::Change(Change { feed, ticket, chats, answer }) => {
                // Whoever asked may be gone; what they asked for is done.
                let _ = answer.send(self.change(feed, &ticket, &chats));
            }
            Command::Leave(feed) => self.leave(feed),
            Command::Call { ticket, wish, answer } => self.call(ticket, wish, answer),
            // Words to whoever drives, or taken out of the loop before they get here.
            Command::Stop(_) | Command::Nudge | Command::Want(_) | Command::Halt(_) => {}
        }
    }

    fn is_catching_up(&self) -> bool {
        let Some(life) = &self.link else { return false };
        lock(&self.trail).number < life.until && life.patience > tokio::time::Instant::now()
    }

    fn open(
        &mut self,
        ticket: &Ticket,
        chats: &[Followed],
        after: Option<Option<crate::exchange::Position>>,
    ) -> Result<Joined, Refusal> {
        self.permit(ticket, chats)?;
        self.feeds.admit(ticket, self.shared.limits.feeds_per_subject)?;
        let feed = elsewhere::draw(self.relay)?;
        let now = self.shared.clock.now();
        let opened = {
            let trail = lock(&self.trail);
            self.board.open(feed, &wishes(chats), after.flatten(), Some(&trail.since), now)
        };
        let opened = opened.map_err(|_| Refusal::full())?;
        let expires = self.feeds.open(feed, ticket);
        self.follow(chats);
        let lost = after.is_some() && !opened.resumed;
        let mut first = BytesMut::new();
        first.extend_from_slice(&event("hello", &self.hello(feed, ticket, opened.resumed).to_string()));
        if lost {
            first.extend_from_slice(&RESET);
        }
        opened.missed.iter().for_each(|frame| first.extend_from_slice(frame));
        let fresh = wanted(opened.fresh, chats);
        if self.away {
            let snapshots = fresh.iter().map(|id| event("snapshot", &self.nothing_of(id).to_string()));
            snapshots.for_each(|frame| first.extend_from_slice(&frame));
        }
        if lost {
            self.lose_these(&fresh);
        }
        self.want(feed, ticket, fresh, lost);
        Ok(Joined { feed, first: first.freeze(), frames: opened.frames, expires })
    }

    fn change(&mut self, feed: FeedId, ticket: &Ticket, chats: &[Followed]) -> Result<UnixMs, Refusal> {
        self.feeds.find(feed, ticket)?;
        self.permit(ticket, chats)?;
        let expires = self.feeds.prolong(feed, ticket)?;
        let fresh = self.board.follow(feed, &wishes(chats)).unwrap_or_default();
        self.follow(chats);
        let fresh = wanted(fresh, chats);
        if self.away {
            let snapshots = fresh.iter().flat_map(|id| event("snapshot", &self.nothing_of(id).to_string()));
            let frame = snapshots.collect();
            self.board.tell(feed, &frame, self.shared.clock.now());
        }
        self.want(feed, ticket, fresh, false);
        Ok(expires)
    }

    /// To the relay whose feed it is.
    fn pass_on(&self, change: Change) {
        let Change { feed, ticket, chats, answer } = change;
        self.ask(answer, move |client, account| async move {
            elsewhere::change(&client, &account, feed, &ticket, &chats).await
        });
    }

    fn leave(&mut self, feed: FeedId) {
        let now = self.shared.clock.now();
        self.board.leave(feed, now);
        self.feeds.close(feed);
    }

    fn want(&mut self, feed: FeedId, ticket: &Ticket, chats: Vec<Id>, lost: bool) {
        if !chats.is_empty() || !ticket.aliases.is_empty() {
            self.wants.push(Want { feed: Some(feed), chats, lost, aliases: ticket.aliases.clone() });
        }
    }

    /// What is followed since just now, with what pages know of it.
    fn follow(&mut self, chats: &[Followed]) {
        self.note_changes();
        for followed in chats.iter().filter(|followed| followed.last_inbound.is_some()) {
            if let Some(row) = self.own.get(&followed.chat) {
                let last_inbound = row.last_inbound.max(followed.last_inbound);
                self.own.set(followed.chat.clone(), super::Row { last_inbound, ..row });
            }
        }
    }

    fn lose_these(&mut self, chats: &[Id]) {
        for id in chats {
            if let Some(row) = self.own.get(id) {
                self.own.set(id.clone(), super::Row { lost: true, ..row });
            }
        }
    }

    fn permit(&self, ticket: &Ticket, chats: &[Followed]) -> Result<(), Refusal> {
        let trail = lock(&self.trail);
        let canonical = |id: &Id| {
            let named = ticket.aliases.iter().find(|(lid, _)| lid == id).map(|(_, contact)| contact.clone());
            named.unwrap_or_else(|| trail.canonical(id))
        };
        permit(ticket, chats, self.shared.limits.chats_per_feed, &ticket.coverage(canonical))
    }

    fn call(&self, ticket: Ticket, wish: Wish, answer: oneshot::Sender<Result<Value, Refusal>>) {
        let patience = Duration::from_millis(self.shared.limits.call_ms) + ON_ITS_WAY;
        self.ask(
            answer,
            move |client, account| async move { ask::call(&client, &account, &ticket, &wish, patience).await },
        );
    }

    /// Has something asked over NATS while the front goes on. Whoever waits for the answer may be gone.
    fn ask<T, Asking>(&self, answer: oneshot::Sender<Result<T, Refusal>>, ask: impl FnOnce(Client, Arc<str>) -> Asking)
    where
        T: Send + 'static,
        Asking: Future<Output = Result<T, Refusal>> + Send + 'static,
    {
        let Some(life) = &self.link else {
            let _ = answer.send(Err(unreachable()));
            return;
        };
        let asking = ask(life.stores.client.clone(), Arc::clone(&self.name));
        tokio::spawn(async move {
            let _ = answer.send(asking.await);
        });
    }

    fn hello(&self, feed: FeedId, ticket: &Ticket, resumed: bool) -> Value {
        let standing = |name| {
            let told = lock(&self.trail).standing.get(name).cloned();
            told.and_then(|told| serde_json::from_str::<Value>(&told).ok())
        };
        let budget = json!({ "spent": 0, "limit": 0, "waiting": 0, "inFlight": 0, "nextAtMs": null, "callsToday": 0, "watched": 0 });
        json!({
            "feed": feed.to_string(),
            "account": &*self.name,
            "gateway": self.gateway.kind(),
            "nowMs": self.shared.clock.wall().as_ms(),
            "expiresAtMs": ticket.expires.as_ms(),
            "resumed": resumed,
            "typingTtlMs": self.typing_ttl_ms,
            "session": serde_json::from_str::<Value>(&self.session()).unwrap_or_default(),
            "own": standing("own").unwrap_or_else(|| json!({ "online": null, "claimed": false })),
            "budget": standing("budget").unwrap_or(budget),
        })
    }

    /// What can be said of a chat without NATS.
    fn nothing_of(&self, id: &Id) -> Value {
        let kind = if id.as_str().ends_with("@g.us") { "group" } else { "contact" };
        json!({
            "chat": id.as_str(),
            "kind": kind,
            "atMs": self.shared.clock.wall().as_ms(),
            "availability": "unknown",
            "basis": "reported",
            "certain": false,
            "lastInboundAtMs": null,
            "participants": [],
            "knowledge": lapsed(id),
        })
    }
}
