//! Webhooks between the relay that a gateway posts to and the one that drives.

use std::sync::Arc;

use async_nats::jetstream::consumer::{DeliverPolicy, push};
use async_nats::jetstream::message::PublishMessage;
use bytes::Bytes;
use futures_util::StreamExt;
use tokio::sync::{mpsc, watch};
use wa_presence::machine::error::ErrorCode;

use super::link::State;
use super::store::{Stores, hooks_of};
use crate::account::Hooked;
use crate::error::Refusal;

/// Longest name by which copies are told apart.
const NAME_BYTES: usize = 256;

/// Where webhooks of an account go.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    link: watch::Receiver<State>,
    account: Arc<str>,
}

impl Post {
    pub(super) fn new(link: watch::Receiver<State>, account: &str) -> Self {
        Self { link, account: account.into() }
    }

    /// Done once it is where no relay can lose it. `name` tells copies apart that were posted to different relays.
    pub(crate) async fn post(&self, body: Bytes, name: Option<&str>) -> Result<(), Refusal> {
        let refusal = || {
            let refusal = Refusal::new(ErrorCode::Closed, "queue: it cannot be reached, or is full");
            refusal.with_retry(1_000)
        };
        let stores = match &*self.link.borrow() {
            State::Up(stores) => Arc::clone(stores),
            State::Down(_) => return Err(refusal()),
        };
        let mut message = PublishMessage::build().payload(body);
        let fits = |name: &&str| name.len() <= NAME_BYTES && name.bytes().all(|byte| byte.is_ascii_graphic());
        if let Some(name) = name.filter(fits) {
            message = message.message_id(format!("{}.{name}", self.account));
        }
        let sent = stores.context.send_publish(hooks_of(&self.account), message).await.map_err(|_| refusal())?;
        sent.await.map(drop).map_err(|_| refusal())
    }
}

/// Reads the webhooks of an account, from the first whose effects are not kept; ends where NATS has no more to say.
pub(super) async fn read(stores: Arc<Stores>, account: Arc<str>, into: mpsc::Sender<Hooked>) -> Result<(), ()> {
    let subject = hooks_of(&account);
    let config = push::OrderedConfig {
        deliver_subject: stores.client.new_inbox(),
        filter_subject: subject.clone(),
        deliver_policy: DeliverPolicy::All,
        ..push::OrderedConfig::default()
    };
    let consumer = stores.hooks.create_consumer(config).await.map_err(drop)?;
    let mut messages = consumer.messages().await.map_err(drop)?;
    let waiting = stores.hooks.get_last_raw_message_by_subject(&subject).await;
    let mut last_waiting = Some(waiting.map_or(0, |message| message.sequence));
    let mut read = 0;
    loop {
        if last_waiting.take_if(|last| *last <= read).is_some() {
            into.send(Hooked::CaughtUp).await.map_err(drop)?;
        }
        let message = messages.next().await.ok_or(())?.map_err(drop)?;
        let number = message.info().map_err(drop)?.stream_sequence;
        if number > read {
            read = number;
            into.send(Hooked::Numbered(number, message.payload.clone())).await.map_err(drop)?;
        }
    }
}
