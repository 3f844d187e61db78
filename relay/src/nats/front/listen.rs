//! Reads an account's part of the stream of events.

use std::sync::Arc;

use async_nats::jetstream::consumer::{DeliverPolicy, push};
use bytes::Bytes;
use futures_util::StreamExt;
use tokio::sync::mpsc;

use crate::nats::settings::backoff;
use crate::nats::store::{Stores, events_of};

/// A message and its number.
pub(super) type Heard = (u64, Bytes);

/// Hands on every message from a number on, or from the first that is kept; begins again where it breaks off.
pub(super) async fn listen(stores: Arc<Stores>, account: Arc<str>, from: Option<u64>, into: mpsc::Sender<Heard>) {
    let (mut next, mut tries) = (from, 0);
    while let Err(read) = read(&stores, &account, next, &into).await {
        if read.is_some() {
            (next, tries) = (read, 0);
        }
        tokio::time::sleep(backoff(tries)).await;
        tries += 1;
    }
}

/// Breaks off with the number to go on from, if anything was read.
async fn read(
    stores: &Stores,
    account: &str,
    from: Option<u64>,
    into: &mpsc::Sender<Heard>,
) -> Result<(), Option<u64>> {
    let deliver_policy = match from {
        Some(start_sequence) => DeliverPolicy::ByStartSequence { start_sequence },
        None => DeliverPolicy::All,
    };
    let config = push::OrderedConfig {
        deliver_subject: stores.client.new_inbox(),
        filter_subject: events_of(account),
        deliver_policy,
        ..push::OrderedConfig::default()
    };
    let consumer = stores.events.create_consumer(config).await.map_err(|_| None)?;
    let mut messages = consumer.messages().await.map_err(|_| None)?;
    let mut next = None;
    while let Some(message) = messages.next().await {
        let message = message.map_err(|_| next)?;
        let number = message.info().map_err(|_| next)?.stream_sequence;
        next = Some(number + 1);
        if into.send((number, message.payload.clone())).await.is_err() {
            return Ok(());
        }
    }
    Err(next)
}
