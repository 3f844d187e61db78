//! Feeds that another relay has: half of a feed's name is its relay's, which is asked to change it. So a page's request may come to
//! whichever relay a load balancer likes.

use std::sync::Arc;
use std::time::Duration;

use async_nats::Client;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use wa_presence::machine::error::ErrorCode;
use wa_presence::machine::id::Id;
use wa_presence::machine::time::UnixMs;

use crate::account::{Change, Command, Followed, draw_feed};
use crate::error::Refusal;
use crate::exchange::FeedId;
use crate::nats::ask;
use crate::nats::follow::ranked;
use crate::nats::store::{Stores, asks_at};
use crate::ticket::{Carried, Ticket};

/// How long another relay may take: it asks nobody else.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a feed of this relay is called: nobody can guess it, and every relay knows whose it is.
pub(super) fn draw(relay: u64) -> Result<FeedId, Refusal> {
    let FeedId(drawn) = draw_feed()?;
    Ok(FeedId(u128::from(relay) << 64 | drawn & u128::from(u64::MAX)))
}

/// Whose it is.
pub(super) fn relay_of(feed: FeedId) -> u64 {
    u64::try_from(feed.0 >> 64).unwrap_or_default()
}

#[derive(Serialize, Deserialize)]
struct Asked {
    feed: String,
    ticket: Carried,
    /// Of each its id, the rank of its priority, when they last wrote, and whether nothing is known of it.
    chats: Vec<(String, u64, Option<u64>, bool)>,
}

/// Has the relay change it whose it is; whoever is gone has no feeds any more.
pub(super) async fn change(
    client: &Client,
    account: &str,
    feed: FeedId,
    ticket: &Ticket,
    chats: &[Followed],
) -> Result<UnixMs, Refusal> {
    let chat = |followed: &Followed| {
        let Followed { chat, priority, last_inbound, fresh } = followed;
        (chat.as_str().to_owned(), *priority as u64, last_inbound.map(UnixMs::as_ms), *fresh)
    };
    let asked = Asked { feed: feed.to_string(), ticket: ticket.carried(), chats: chats.iter().map(chat).collect() };
    let subject = asks_at(account, relay_of(feed));
    let nobody = || Refusal::new(ErrorCode::NotFound, "no such feed");
    let expires =
        ask::request(client, subject, &asked, PATIENCE, "the feed's relay did not answer in time", nobody).await?;
    expires.as_u64().map(UnixMs::from_ms).ok_or_else(nobody)
}

/// Takes what other relays ask, and has it done here.
pub(super) async fn serve(
    stores: Arc<Stores>,
    account: Arc<str>,
    relay: u64,
    commands: mpsc::UnboundedSender<Command>,
) -> Result<(), ()> {
    let mut heard = stores.client.subscribe(asks_at(&account, relay)).await.map_err(drop)?;
    while let Some(message) = heard.next().await {
        let Some(to) = message.reply else { continue };
        let Ok(asked) = serde_json::from_slice::<Asked>(&message.payload) else { continue };
        let (client, commands) = (stores.client.clone(), commands.clone());
        tokio::spawn(async move {
            let outcome = carry_out(&asked, &commands).await;
            ask::reply(&client, to, outcome).await;
        });
    }
    Err(())
}

async fn carry_out(asked: &Asked, commands: &mpsc::UnboundedSender<Command>) -> Result<Value, Refusal> {
    let feed = asked.feed.parse().map_err(|()| Refusal::not_found())?;
    let ticket = Ticket::from_carried(&asked.ticket).ok_or_else(Refusal::not_found)?;
    let followed = |(chat, rank, last_inbound, fresh): &(String, u64, Option<u64>, bool)| {
        let chat = Id::parse(chat).ok()?;
        let last_inbound = last_inbound.map(UnixMs::from_ms);
        Some(Followed { chat, priority: ranked(*rank), last_inbound, fresh: *fresh })
    };
    let chats = asked.chats.iter().map(followed).collect::<Option<_>>().ok_or_else(Refusal::not_found)?;
    let (answer, answered) = oneshot::channel();
    commands.send(Command::Change(Change { feed, ticket, chats, answer })).map_err(|_| Refusal::ending())?;
    let expires = answered.await.map_err(|_| Refusal::ending())??;
    Ok(json!(expires.as_ms()))
}
