//! Who drives an account: one relay at a time, by a key in NATS that ends by itself unless it is written again every second.
//!
//! Whoever cannot write it for a while stops driving before another may begin. Should two drive all the same, because a process
//! stood still, what both do is bounded elsewhere: calls by the budget, events by their names.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_nats::jetstream::kv::{Operation, UpdateErrorKind};
use futures_util::StreamExt;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use wa_presence::machine::time::{Instant as Now, UnixMs};

use super::driven::Driven;
use super::follow::Union;
use super::gate::Gate;
use super::link::State;
use super::publisher::Publisher;
use super::store::{LEAD_AGE, Stores, events_of};
use super::trail::Trail;
use super::{ask, hooks, jitter, lock, publisher};
use crate::account::{Command, Driver, Shared, draw};
use crate::config::Account;

/// How often whoever drives says so, and how often others look whether somebody does.
const EVERY: Duration = Duration::from_secs(1);
/// Without a confirmation for so long it stops: well before another may begin.
const UNSURE: Duration = Duration::from_millis(3_500);
/// How long the first words of a bucket, or the last ones of a stream, may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a bucket that is empty is listened to, which says nothing.
const SILENCE: Duration = Duration::from_millis(250);
/// How often it is looked at what has ended by itself.
const SWEEP: Duration = Duration::from_secs(1);

/// What one relay brings along to drive an account.
pub(super) struct Seat {
    pub(super) name: Arc<str>,
    pub(super) account: Account,
    pub(super) shared: Shared,
    pub(super) link: watch::Receiver<State>,
    pub(super) trail: Arc<Mutex<Trail>>,
    pub(super) relay: u64,
    pub(super) stopped: watch::Receiver<bool>,
}

/// What is left of the last drive, for when NATS has forgotten.
#[derive(Default)]
struct Left {
    records: Vec<String>,
    /// Something that was said may not have arrived, so that no place after it means anything.
    broken: bool,
}

/// How a drive ended.
enum End {
    Stopped,
    /// Another relay may drive by now.
    Lost,
    /// Something that was to be said, or heard, may be missing.
    Broken,
}

impl Seat {
    /// Drives whenever nobody else does, until it is told to stop.
    pub(super) async fn keep(mut self) {
        let mut left = Left::default();
        loop {
            let stores = match &*self.link.borrow_and_update() {
                State::Up(stores) => Some(Arc::clone(stores)),
                State::Down(_) => None,
            };
            if let Some(stores) = &stores
                && let Some(revision) = self.take(stores).await
                && matches!(self.drive(stores, revision, &mut left).await, End::Stopped)
            {
                return;
            }
            let again = async {
                match stores {
                    Some(_) => tokio::time::sleep(jitter(EVERY)).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = again => {}
                changed = self.link.changed() => if changed.is_err() { return },
                _ = self.stopped.wait_for(|stopped| *stopped) => return,
            }
        }
    }

    async fn take(&self, stores: &Stores) -> Option<u64> {
        let relay = format!("{:016x}", self.relay);
        stores.lead.create(&*self.name, relay.into()).await.ok()
    }

    async fn drive(&mut self, stores: &Arc<Stores>, revision: u64, left: &mut Left) -> End {
        let mut tasks = JoinSet::new();
        tasks.spawn(renew(Arc::clone(stores), Arc::clone(&self.name), self.relay, revision));
        let (said, out) = mpsc::unbounded_channel();
        let open = Arc::new(AtomicBool::new(true));
        let union = Arc::new(Mutex::new(Union::default()));
        let (nudge, nudged) = mpsc::unbounded_channel();
        let (began, beginning) = oneshot::channel();
        let listening = listen(Arc::clone(stores), Arc::clone(&self.name), Arc::clone(&union), nudge.clone(), began);
        tasks.spawn(async { listening.await.map_or(End::Broken, |()| End::Broken) });
        // A bucket in which nothing stands says nothing.
        let _ = timeout(PATIENCE, beginning).await;
        let trail = self.caught_up(stores, left.broken).await;
        let (epoch, trail) = match trail.epoch {
            Some(epoch) => (epoch, trail),
            None => (draw().unwrap_or_default(), trail),
        };
        let marked: BTreeSet<_> = trail.since.keys().cloned().collect();
        // What a socket told between two relays is gone; webhooks wait.
        let continued = if self.account.feed { BTreeSet::new() } else { marked.clone() };
        let mut records = recorded(stores, &self.name).await;
        if records.is_empty() {
            records.clone_from(&left.records);
        }
        let exchange = Driven {
            out: said.clone(),
            union: Arc::clone(&union),
            gate: Gate::new(Arc::clone(stores), &self.name, Arc::clone(&open)),
            clock: self.shared.clock,
            spent: spent(stores, &self.name).await,
            claims: self.claims(stores).await,
            marked,
            continued,
            followed: BTreeMap::new(),
            begun: Vec::new(),
            inbound: Vec::new(),
        };
        let (account, shared) = (self.account.clone(), self.shared.clone());
        let driver = Driver { name: Arc::clone(&self.name), account, shared, exchange: Box::new(exchange), records };
        let Ok(hooked) = driver.start(nudged) else { return End::Lost };
        tracing::info!(account = &*self.name, "this relay drives the account");
        let publisher = Publisher::new(Arc::clone(stores), Arc::clone(&self.name), epoch, trail);
        tasks.spawn(async {
            publisher.run(out).await;
            End::Broken
        });
        let asked = ask::serve(Arc::clone(stores), Arc::clone(&self.name), union, nudge.clone());
        tasks.spawn(async { asked.await.map_or(End::Broken, |()| End::Broken) });
        let read = hooks::read(Arc::clone(stores), Arc::clone(&self.name), hooked);
        tasks.spawn(async { read.await.map_or(End::Broken, |()| End::Broken) });
        let end = tokio::select! {
            ended = tasks.join_next() => ended.and_then(Result::ok).unwrap_or(End::Broken),
            () = changed(&mut self.link, stores) => End::Broken,
            _ = self.stopped.wait_for(|stopped| *stopped) => End::Stopped,
        };
        tracing::info!(account = &*self.name, "this relay does not drive the account any more");
        if matches!(end, End::Stopped) {
            self.hand_over(stores, &nudge, &said).await;
        } else {
            open.store(false, Ordering::Release);
            let (answer, answered) = oneshot::channel();
            if nudge.send(Command::Halt(answer)).is_ok() {
                left.records = answered.await.unwrap_or_default();
            }
            left.broken = matches!(end, End::Broken);
        }
        end
    }

    /// Last words to the gateway, then to NATS; then it is another relay's turn at once.
    async fn hand_over(
        &self,
        stores: &Stores,
        commands: &mpsc::UnboundedSender<Command>,
        said: &mpsc::UnboundedSender<publisher::Out>,
    ) {
        let (answer, answered) = oneshot::channel();
        if commands.send(Command::Stop(answer)).is_ok() {
            let _ = answered.await;
        }
        let (answer, answered) = oneshot::channel();
        if said.send(publisher::Out::Flush(answer)).is_ok() {
            // Unsaid, it is as if this relay had been killed.
            let _ = timeout(PATIENCE, answered).await;
        }
        let _ = stores.lead.purge(&*self.name).await;
    }

    /// What the stream says up to here; of none where it is not to be gone on with.
    async fn caught_up(&self, stores: &Stores, broken: bool) -> Trail {
        let last = stores.events.get_last_raw_message_by_subject(&events_of(&self.name)).await;
        let last = last.map_or(0, |message| message.sequence);
        let reached = async {
            while lock(&self.trail).number < last {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let reached = timeout(PATIENCE, reached).await.is_ok();
        let mut trail = lock(&self.trail).clone();
        if broken || !reached || last == 0 {
            trail.restart();
        }
        trail
    }

    async fn claims(&self, stores: &Stores) -> BTreeMap<String, Now> {
        let (wall, now) = (self.shared.clock.wall(), self.shared.clock.now());
        let mut claims = BTreeMap::new();
        let Ok(mut keys) = stores.claims.keys().await else { return claims };
        let prefix = format!("{}.", self.name);
        while let Some(Ok(key)) = keys.next().await {
            let Some(holder) = key.strip_prefix(&prefix).and_then(unhex) else { continue };
            let until = stores.claims.get(key).await.ok().flatten();
            let until = until.and_then(|until| str::from_utf8(&until).ok()?.parse().ok()).map(UnixMs::from_ms);
            let left = until.map_or(0, |until| until.as_ms().saturating_sub(wall.as_ms()));
            if left > 0 {
                claims.insert(holder, now + left);
            }
        }
        claims
    }
}

fn unhex(text: &str) -> Option<String> {
    let byte = |place: usize| u8::from_str_radix(text.get(place..place + 2)?, 16).ok();
    String::from_utf8((0..text.len()).step_by(2).map(byte).collect::<Option<_>>()?).ok()
}

/// Writes the key again and again; done where it may be another's.
async fn renew(stores: Arc<Stores>, name: Arc<str>, relay: u64, mut revision: u64) -> End {
    let relay = format!("{relay:016x}");
    let mut confirmed = Instant::now();
    debug_assert!(UNSURE < LEAD_AGE);
    loop {
        tokio::time::sleep(EVERY).await;
        let asked = Instant::now();
        match timeout(EVERY, stores.lead.update(&*name, relay.clone().into(), revision)).await {
            Ok(Ok(next)) => (revision, confirmed) = (next, asked),
            Ok(Err(why)) if why.kind() == UpdateErrorKind::WrongLastRevision => return End::Lost,
            Ok(Err(_)) | Err(_) if confirmed.elapsed() > UNSURE => return End::Lost,
            Ok(Err(_)) | Err(_) => {}
        }
    }
}

/// Hears what all relays follow.
async fn listen(
    stores: Arc<Stores>,
    name: Arc<str>,
    union: Arc<Mutex<Union>>,
    nudge: mpsc::UnboundedSender<Command>,
    began: oneshot::Sender<()>,
) -> Result<(), ()> {
    let mut words = stores.follow.watch_with_history(format!("{name}.>")).await.map_err(drop)?;
    let mut began = Some(began);
    let mut silent = Box::pin(tokio::time::sleep(SILENCE));
    let mut sweeps = tokio::time::interval(SWEEP);
    loop {
        let mut current = false;
        let changed = tokio::select! {
            word = words.next() => {
                let word = word.ok_or(())?.map_err(drop)?;
                current = word.seen_current || word.delta == 0;
                let body = (word.operation == Operation::Put).then_some(&word.value[..]);
                let mut union = lock(&union);
                union.hear(&word.key, body, word.revision, Instant::now());
                union.changed
            }
            _ = sweeps.tick() => lock(&union).expire(Instant::now()),
            () = &mut silent, if began.is_some() => {
                current = true;
                false
            }
        };
        if current && let Some(began) = began.take() {
            // Whoever waited may have ended.
            let _ = began.send(());
        }
        if changed && began.is_none() {
            nudge.send(Command::Nudge).map_err(drop)?;
        }
    }
}

/// Done when the connection is lost, or is another.
async fn changed(link: &mut watch::Receiver<State>, stores: &Arc<Stores>) {
    let other = |state: &State| match state {
        State::Up(others) => !Arc::ptr_eq(others, stores),
        State::Down(_) => true,
    };
    // Without anybody who keeps the connection, there is none.
    let _ = link.wait_for(other).await;
}

/// What was kept for whoever drives next.
async fn recorded(stores: &Stores, name: &str) -> Vec<String> {
    let mut records = Vec::new();
    while let Ok(Some(record)) = stores.memory.get(format!("{name}.{}", records.len())).await {
        match String::from_utf8(record.to_vec()) {
            Ok(record) => records.push(record),
            Err(_) => break,
        }
    }
    records
}

async fn spent(stores: &Stores, name: &str) -> Vec<String> {
    let line = stores.memory.get(format!("{name}.ledger")).await.ok().flatten();
    line.and_then(|line| String::from_utf8(line.to_vec()).ok()).into_iter().collect()
}
