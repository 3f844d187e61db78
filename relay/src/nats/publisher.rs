//! What whoever drives has to say to NATS, in order: events with their confirmations, what is kept for a successor, claims.
//!
//! It alone publishes events while it drives, so it alone knows since which message each chat is followed, and says so now and then
//! for relays that come later. A message that NATS does not confirm ends it, and with it the drive.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::message::PublishMessage;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde_json::json;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use wa_presence::machine::id::Id;

use super::message::{MARK, ROLL, encode};
use super::store::{Stores, events_of, hooks_of};
use super::trail::Trail;
use crate::exchange::{FeedId, Told};

/// How often it is said since when chats are followed: thrice in the life of a message.
const ROLL_EVERY: Duration = Duration::from_secs(20);
/// Chats of one such message.
const CHATS_OF_A_ROLL: usize = 4_000;
/// Bytes of one message for one feed; NATS takes a million unless told otherwise.
const MESSAGE_BYTES: usize = 256 << 10;
/// What the names of a message and of its stream take, at most.
const HEAD_BYTES: usize = 1 << 10;
/// Messages that may wait for their confirmation.
const MOST_UNCONFIRMED: usize = 1_024;

/// Something to say.
#[derive(Debug)]
pub(super) enum Out {
    Event {
        chats: Vec<Id>,
        name: &'static str,
        data: String,
        once: Option<String>,
    },
    Tell {
        feed: FeedId,
        events: Vec<Told>,
    },
    Mark {
        begin: Vec<Id>,
        end: Vec<Id>,
    },
    Ledger(String),
    /// Until when, in Unix milliseconds.
    Claim {
        holder: String,
        until: Option<u64>,
    },
    /// What is known, and the last webhook that is in it.
    Keep {
        records: Vec<String>,
        taken: Option<u64>,
    },
    /// Answered once all of it is said.
    Flush(oneshot::Sender<()>),
}

type Confirmed = Pin<Box<dyn Future<Output = Result<(u64, Vec<Id>), ()>> + Send>>;

/// See the [module documentation](self).
pub(super) struct Publisher {
    stores: Arc<Stores>,
    account: Arc<str>,
    epoch: u64,
    since: BTreeMap<Id, u64>,
    standing: BTreeMap<&'static str, String>,
    unconfirmed: FuturesUnordered<Confirmed>,
    keeping: Option<JoinHandle<()>>,
}

impl Publisher {
    /// Goes on where the stream stands.
    pub(super) fn new(stores: Arc<Stores>, account: Arc<str>, epoch: u64, trail: Trail) -> Self {
        Self {
            stores,
            account,
            epoch,
            since: trail.since,
            standing: trail.standing,
            unconfirmed: FuturesUnordered::new(),
            keeping: None,
        }
    }

    /// Says what there is to say, until nobody has anything to say any more, or NATS does not confirm it.
    pub(super) async fn run(mut self, mut out: mpsc::UnboundedReceiver<Out>) {
        let mut rolls = tokio::time::interval(ROLL_EVERY);
        let why = loop {
            let said = tokio::select! {
                Some(confirmed) = self.unconfirmed.next() => self.confirm(confirmed),
                said = out.recv() => match said {
                    Some(said) => self.say(said).await,
                    None => return,
                },
                _ = rolls.tick() => self.roll().await,
            };
            if let Err(why) = said {
                break why;
            }
        };
        tracing::warn!(account = &*self.account, "NATS did not confirm {why}");
    }

    async fn say(&mut self, out: Out) -> Result<(), &'static str> {
        match out {
            Out::Event { chats, name, data, once } => {
                let known = ["session", "own", "budget"].into_iter().find(|known| *known == name);
                if let Some(known) = known {
                    self.standing.insert(known, data.clone());
                }
                let body = encode(self.epoch, None, &chats, [(true, name, data.as_str())]);
                self.publish(body, once, Vec::new()).await
            }
            Out::Tell { feed, events } => self.tell(feed, &events).await,
            Out::Mark { begin, end } => {
                for id in &end {
                    self.since.remove(id);
                }
                let ids = |of: &[Id]| of.iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>();
                for (begin, end) in [(&begin[..0], &end[..]), (&begin[..], &end[..0])] {
                    for (begin, end) in pieces(begin, end) {
                        let data = json!({ "begin": ids(begin), "end": ids(end) }).to_string();
                        let body = encode(self.epoch, None, &[], [(false, MARK, data.as_str())]);
                        self.publish(body, None, begin.to_vec()).await?;
                    }
                }
                Ok(())
            }
            Out::Ledger(line) => {
                let key = format!("{}.ledger", self.account);
                self.stores.memory.put(key, line.into()).await.map(drop).map_err(|_| "what was spent")
            }
            Out::Claim { holder, until } => {
                let holder: String = holder.bytes().map(|byte| format!("{byte:02x}")).collect();
                let key = format!("{}.{holder}", self.account);
                let done = match until {
                    Some(until) => self.stores.claims.put(key, until.to_string().into()).await.is_ok(),
                    None => self.stores.claims.purge(key).await.is_ok(),
                };
                if done { Ok(()) } else { Err("a claim") }
            }
            Out::Keep { records, taken } => {
                // What is kept must be in the stream, or whoever goes on from it would not tell it again.
                self.settle().await?;
                self.kept().await;
                let (stores, account) = (Arc::clone(&self.stores), Arc::clone(&self.account));
                self.keeping = Some(tokio::spawn(keep(stores, account, records, taken)));
                Ok(())
            }
            Out::Flush(answer) => {
                self.settle().await?;
                self.kept().await;
                // Whoever waited may be gone.
                let _ = answer.send(());
                Ok(())
            }
        }
    }

    /// One feed is told, in pieces that NATS takes; in an empty one where there is nothing to tell.
    async fn tell(&mut self, feed: FeedId, events: &[Told]) -> Result<(), &'static str> {
        let mut rest = events;
        while !rest.is_empty() {
            let mut bytes = 0;
            let fits = rest.iter().take_while(|told| {
                bytes += told.data.len();
                bytes <= MESSAGE_BYTES
            });
            let (piece, later) = rest.split_at(fits.count().max(1));
            let events = piece.iter().map(|told| (told.placed, told.name, told.data.as_str()));
            let body = encode(self.epoch, Some(feed), &[], events);
            self.publish(body, None, Vec::new()).await?;
            rest = later;
        }
        Ok(())
    }

    async fn publish(&mut self, body: Bytes, once: Option<String>, begun: Vec<Id>) -> Result<(), &'static str> {
        if !fits(&self.stores, &body) {
            tracing::warn!(account = &*self.account, "an event is larger than NATS takes: it is not told");
            return Ok(());
        }
        let mut message = PublishMessage::build().payload(body);
        if let Some(once) = once {
            message = message.message_id(format!("{}.{once}", self.account));
        }
        let sent = self.stores.context.send_publish(events_of(&self.account), message).await;
        let Ok(answer) = sent else { return Err("an event") };
        self.unconfirmed.push(Box::pin(async move {
            let answer = answer.await.map_err(drop)?;
            Ok((answer.sequence, begun))
        }));
        while self.unconfirmed.len() >= MOST_UNCONFIRMED {
            self.next_confirmed().await?;
        }
        Ok(())
    }

    async fn next_confirmed(&mut self) -> Result<(), &'static str> {
        match self.unconfirmed.next().await {
            Some(confirmed) => self.confirm(confirmed),
            None => Ok(()),
        }
    }

    fn confirm(&mut self, confirmed: Result<(u64, Vec<Id>), ()>) -> Result<(), &'static str> {
        let (number, begun) = confirmed.map_err(|()| "an event")?;
        self.since.extend(begun.into_iter().map(|id| (id, number)));
        Ok(())
    }

    async fn settle(&mut self) -> Result<(), &'static str> {
        while !self.unconfirmed.is_empty() {
            self.next_confirmed().await?;
        }
        Ok(())
    }

    async fn kept(&mut self) {
        if let Some(before) = self.keeping.take() {
            // One that failed is made up for by the next.
            let _ = before.await;
        }
    }

    async fn roll(&mut self) -> Result<(), &'static str> {
        self.settle().await?;
        let rows: Vec<_> = self.since.iter().map(|(id, since)| json!([id.as_str(), since])).collect();
        let mut bodies: Vec<_> = rows
            .chunks(CHATS_OF_A_ROLL)
            .map(|rows| {
                let data = json!(rows).to_string();
                encode(self.epoch, None, &[], [(false, ROLL, data.as_str())])
            })
            .collect();
        let standing = ["_session", "_own", "_budget"].into_iter().filter_map(|name| {
            let data = self.standing.get(name.trim_start_matches('_'))?;
            Some((false, name, data.as_str()))
        });
        let standing: Vec<_> = standing.collect();
        bodies.push(encode(self.epoch, None, &[], standing.into_iter().chain([(false, ROLL, "[]")])));
        for body in bodies {
            self.publish(body, None, Vec::new()).await?;
        }
        Ok(())
    }
}

/// Whether NATS takes a message, with room for its head.
fn fits(stores: &Stores, body: &Bytes) -> bool {
    body.len() + HEAD_BYTES <= stores.client.server_info().max_payload
}

/// Two lists, of which one is empty, in pieces of as many chats as fit into a message.
fn pieces<'a>(begin: &'a [Id], end: &'a [Id]) -> impl Iterator<Item = (&'a [Id], &'a [Id])> {
    let (begin_pieces, end_pieces) = (begin.chunks(CHATS_OF_A_ROLL), end.chunks(CHATS_OF_A_ROLL));
    let (no_begin, no_end) = (&begin[..0], &end[..0]);
    begin_pieces.map(move |piece| (piece, no_end)).chain(end_pieces.map(move |piece| (no_begin, piece)))
}

/// Keeps what is known, and only then forgets the webhooks that it was made of.
async fn keep(stores: Arc<Stores>, account: Arc<str>, records: Vec<String>, taken: Option<u64>) {
    for (place, record) in records.into_iter().map(Bytes::from).enumerate() {
        if !fits(&stores, &record) {
            tracing::warn!(account = &*account, "what is known of some chats is more than NATS takes: it is not kept");
            continue;
        }
        if stores.memory.put(format!("{account}.{place}"), record).await.is_err() {
            return;
        }
    }
    if let Some(taken) = taken {
        // What is not forgotten is by the next time.
        let _ = stores.hooks.purge().filter(hooks_of(&account)).sequence(taken + 1).await;
    }
}
