//! What stands in NATS: two streams and four buckets for all accounts, and the budget of each.

use std::time::Duration;

use async_nats::Client;
use async_nats::jetstream::context::RequestErrorKind;
use async_nats::jetstream::kv::Store;
use async_nats::jetstream::stream::{Config, DiscardPolicy, StorageType, Stream};
use async_nats::jetstream::{self, Context};

use super::settings::PATIENCE;

/// How long an event can be asked for again.
const EVENTS_AGE: Duration = Duration::from_secs(60);
/// How long a webhook waits for whoever drives.
const HOOKS_AGE: Duration = Duration::from_secs(60);
/// Bytes of webhooks that may wait; more are turned away, and come again.
const HOOKS_BYTES: i64 = 64 << 20;
/// The window of the budget: sixty seconds, and the room for how long a call may be on its way that the machine leaves as well.
const BUDGET_AGE: Duration = Duration::from_secs(62);
/// How long whoever drives may say nothing before another does.
pub(super) const LEAD_AGE: Duration = Duration::from_secs(5);
/// How long what a relay follows is followed after its last word: what a lost feed is granted, and the time between two words.
pub(super) const FOLLOW_AGE: Duration = Duration::from_secs(45);
/// How long what is known is worth something to a successor.
const MEMORY_AGE: Duration = Duration::from_secs(600);

/// The budget of one account.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    pub(crate) account: String,
    /// Calls in a window.
    pub(crate) calls: u64,
}

/// Handles to all of it.
#[derive(Debug)]
pub(super) struct Stores {
    pub(super) client: Client,
    pub(super) context: Context,
    /// `wa.events.<account>`: what feeds hear.
    pub(super) events: Stream,
    /// `wa.hooks.<account>`: webhooks that are not taken in yet, or whose effects are not kept yet.
    pub(super) hooks: Stream,
    /// `<account>`: the relay that drives.
    pub(super) lead: Store,
    /// `<account>.<relay>.<part>`: what the feeds of a relay follow.
    pub(super) follow: Store,
    /// `<account>.<n>`: what the session knows, leases included; `<account>.ledger`: when its calls left.
    pub(super) memory: Store,
    /// `<account>.<holder>`: until when somebody claims that the account is online.
    pub(super) claims: Store,
    /// When the stream of events was made: with another one, all places are void.
    pub(super) created: String,
}

pub(super) fn events_of(account: &str) -> String {
    format!("wa.events.{account}")
}

pub(super) fn hooks_of(account: &str) -> String {
    format!("wa.hooks.{account}")
}

pub(super) fn budget_of(account: &str) -> String {
    format!("wa.budget.{account}")
}

pub(super) fn asks_of(account: &str) -> String {
    format!("wa.ask.{account}")
}

/// Where a relay is asked for what concerns its own feeds.
pub(super) fn asks_at(account: &str, relay: u64) -> String {
    format!("wa.ask.{account}.{relay:016x}")
}

impl Stores {
    /// Makes what is missing.
    pub(super) async fn ensure(client: &Client, replicas: usize, budgets: &[Budget]) -> Result<Self, ()> {
        let mut context = jetstream::new(client.clone());
        context.set_timeout(PATIENCE);
        let base = |name: &str, subject: String| Config {
            name: name.to_owned(),
            subjects: vec![subject],
            num_replicas: replicas,
            ..Config::default()
        };
        let events = Config {
            storage: StorageType::Memory,
            max_age: EVENTS_AGE,
            duplicate_window: EVENTS_AGE,
            ..base("wa-presence-events", events_of("*"))
        };
        let events = context.get_or_create_stream(events).await.map_err(drop)?;
        let hooks = Config {
            storage: StorageType::Memory,
            max_age: HOOKS_AGE,
            duplicate_window: HOOKS_AGE,
            max_bytes: HOOKS_BYTES,
            discard: DiscardPolicy::New,
            ..base("wa-presence-hooks", hooks_of("*"))
        };
        let hooks = context.get_or_create_stream(hooks).await.map_err(drop)?;
        for Budget { account, calls } in budgets {
            let most = i64::try_from(*calls).unwrap_or(i64::MAX);
            // Times alone: on disk, so that a NATS that is restarted knows what was spent.
            let budget = Config {
                storage: StorageType::File,
                max_age: BUDGET_AGE,
                max_messages: most,
                discard: DiscardPolicy::New,
                ..base(&format!("wa-presence-budget-{account}"), budget_of(account))
            };
            let stream = context.get_or_create_stream(budget).await.map_err(drop)?;
            let known = &stream.cached_info().config;
            if known.max_messages != most {
                let changed = Config { max_messages: most, ..known.clone() };
                context.update_stream(changed).await.map_err(drop)?;
            }
        }
        let created = events.get_info().await.map_err(drop)?.created.to_string();
        // As the client makes them, which asks first what only newer servers tell.
        let bucket = |name: &str, max_age| Config {
            storage: StorageType::Memory,
            max_age,
            max_messages_per_subject: 1,
            discard: DiscardPolicy::New,
            allow_rollup: true,
            deny_delete: true,
            allow_direct: true,
            ..base(&format!("KV_wa-presence-{name}"), format!("$KV.wa-presence-{name}.>"))
        };
        Ok(Self {
            client: client.clone(),
            lead: open(&context, bucket("lead", LEAD_AGE)).await?,
            follow: open(&context, bucket("follow", FOLLOW_AGE)).await?,
            memory: open(&context, bucket("memory", MEMORY_AGE)).await?,
            claims: open(&context, bucket("claims", MEMORY_AGE)).await?,
            context,
            events,
            hooks,
            created,
        })
    }

    /// Whether all of it is still what it was; an error where NATS does not say.
    pub(super) async fn is_there(&self) -> Result<bool, ()> {
        match self.events.get_info().await {
            Ok(info) => Ok(info.created.to_string() == self.created && self.lead.status().await.is_ok()),
            // It answers, and knows of no such stream.
            Err(why) => match why.kind() {
                RequestErrorKind::Other => Ok(false),
                RequestErrorKind::TimedOut | RequestErrorKind::NoResponders | RequestErrorKind::InvalidSubject => {
                    Err(())
                }
            },
        }
    }
}

async fn open(context: &Context, config: Config) -> Result<Store, ()> {
    let name = config.name.trim_start_matches("KV_").to_owned();
    context.get_or_create_stream(config).await.map_err(drop)?;
    context.get_key_value(name).await.map_err(drop)
}
