//! An account as pages see it at one relay: its feeds, served from the stream alone, whoever drives.

mod elsewhere;
mod feeds;
mod listen;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant as Timer;
use wa_presence::gateway::Gateway;
use wa_presence::machine::id::Id;
use wa_presence::session::{Connection, ConnectionState};

use super::follow::{Own, Row, SAID_EVERY};
use super::link::State;
use super::store::Stores;
use super::store::events_of;
use super::trail::Trail;
use super::{ask, jitter, lock, message};
use crate::account::{Command, Feeds, Shared, Want};
use crate::config::Account;
use crate::error::Refusal;
use crate::exchange::{Board, Event, Position};
use crate::wire::{Moment, json, session};
use listen::{Heard, listen};

/// What changed in so short a time is said at once.
const SAY_AFTER: Duration = Duration::from_millis(10);
/// How long feeds wait to be opened while what the stream holds is read, at most.
const CATCH_UP: Duration = Duration::from_millis(1_500);
/// Within this after NATS came back all of it is told again, each relay at another time.
const RETELL: Duration = Duration::from_millis(600);
/// Before a stream that did not say where it stands is asked again.
const BEGIN_AGAIN: Duration = Duration::from_millis(300);
/// How often what is counted is shown.
const COUNTED_EVERY: Duration = Duration::from_secs(2);

/// See the [module documentation](self).
pub(super) struct Front {
    name: Arc<str>,
    gateway: Gateway,
    typing_ttl_ms: u64,
    shared: Shared,
    relay: u64,
    trail: Arc<Mutex<Trail>>,
    board: Board,
    feeds: Feeds,
    own: Own,
    wants: Vec<Want>,
    /// The stream of this life, where it is there, and what only lives as long.
    link: Option<Life>,
    /// What was told is void, and nothing is told anew yet.
    away: bool,
    /// Of which stream the trail is.
    created: String,
    held: Vec<Command>,
    say_at: Option<Timer>,
    retell_at: Option<Timer>,
}

/// Parts of what feeds follow, and what they want to be told once that is known.
type Said = (Vec<(u64, Bytes)>, Vec<Want>);

struct Life {
    stores: Arc<Stores>,
    /// Up to where the stream is read before feeds are opened.
    until: u64,
    patience: Timer,
    said: mpsc::UnboundedSender<Said>,
    _tasks: JoinSet<()>,
}

impl Front {
    pub(super) fn new(name: &str, account: &Account, shared: Shared, relay: u64, trail: Arc<Mutex<Trail>>) -> Self {
        Self {
            name: name.into(),
            gateway: account.gateway.clone(),
            typing_ttl_ms: account.machine.typing_ttl_ms,
            relay,
            trail,
            board: Board::new(0, &shared.limits),
            shared,
            feeds: Feeds::default(),
            own: Own::default(),
            wants: Vec::new(),
            link: None,
            away: true,
            created: String::new(),
            held: Vec::new(),
            say_at: None,
            retell_at: None,
        }
    }

    pub(super) async fn run(
        mut self,
        mut commands: mpsc::UnboundedReceiver<Command>,
        mut link: watch::Receiver<State>,
        stop: watch::Sender<bool>,
    ) {
        let (heard, mut hear) = mpsc::channel::<Heard>(1_024);
        let (passed, mut passing) = mpsc::unbounded_channel();
        let mut counted = tokio::time::interval(COUNTED_EVERY);
        let mut again = tokio::time::interval(SAID_EVERY);
        link.mark_changed();
        loop {
            let clock = self.shared.clock;
            let due = [
                self.board.poll_timeout().map(|at| clock.timer(at)),
                self.say_at,
                self.retell_at,
                self.link.as_ref().filter(|_| !self.held.is_empty()).map(|life| life.patience),
            ];
            let due = due.into_iter().flatten().min();
            let alarm = async {
                match due {
                    Some(due) => tokio::time::sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                changed = link.changed() => {
                    let state = link.borrow_and_update().clone();
                    match state {
                        State::Up(stores) if changed.is_ok() => {
                            if !self.begin(&stores, &heard, &passed).await {
                                tokio::time::sleep(jitter(BEGIN_AGAIN)).await;
                                link.mark_changed();
                            }
                        }
                        State::Up(_) | State::Down(_) => self.lose(),
                    }
                    if changed.is_err() {
                        return;
                    }
                }
                command = commands.recv() => match command {
                    Some(Command::Stop(answer)) => {
                        stop.send_replace(true);
                        stop.closed().await;
                        let _ = answer.send(());
                        return;
                    }
                    Some(command) => self.command(command),
                    None => return,
                },
                Some(command) = passing.recv() => self.command(command),
                Some(heard) = hear.recv() => self.hear(&heard),
                () = alarm => {}
                _ = counted.tick() => self.count(),
                _ = again.tick() => {
                    self.own.say_again();
                    self.say_at = Some(Timer::now());
                }
            }
            self.settle();
        }
    }

    /// What is due after any input.
    fn settle(&mut self) {
        let (now, timer) = (self.shared.clock.now(), Timer::now());
        self.board.handle_timeout(now);
        let ready =
            self.link.as_ref().is_none_or(|life| lock(&self.trail).number >= life.until || life.patience <= timer);
        if ready {
            for command in std::mem::take(&mut self.held) {
                self.command(command);
            }
        }
        self.note_changes();
        if self.own.is_dirty() || !self.wants.is_empty() {
            self.say_at.get_or_insert(timer + SAY_AFTER);
        }
        if self.say_at.is_some_and(|at| at <= timer) {
            self.say_at = None;
            if let Some(life) = &self.link {
                // It fails where the connection has just been lost: with the next, all of it is said again.
                let _ = life.said.send((self.own.take_dirty(), std::mem::take(&mut self.wants)));
            }
        }
        if self.retell_at.is_some_and(|at| at <= timer) && self.link.is_some() {
            self.retell_at = None;
            let chats = self.board.followed().cloned().collect();
            self.wants.push(Want { feed: None, chats, lost: false, aliases: Vec::new() });
            self.say_at = Some(timer);
        }
    }

    /// What feeds follow since just now.
    fn note_changes(&mut self) {
        for (id, priority) in self.board.take_changes() {
            match priority {
                Some(priority) => {
                    let known = self.own.get(&id);
                    let lost = known.map_or(self.away, |row| row.lost);
                    self.own.set(id, Row { priority, last_inbound: known.and_then(|row| row.last_inbound), lost });
                }
                None => self.own.remove(&id),
            }
        }
    }

    /// The stream is there: goes on where it ended, or anew where that is not possible. False where it does not say where it stands.
    async fn begin(
        &mut self,
        stores: &Arc<Stores>,
        heard: &mpsc::Sender<Heard>,
        passed: &mpsc::UnboundedSender<Command>,
    ) -> bool {
        let Ok(info) = stores.events.get_info().await else { return false };
        let from = {
            let mut trail = lock(&self.trail);
            let goes_on = self.created == stores.created
                && trail.epoch.is_some()
                && (info.state.first_sequence.saturating_sub(1)..=info.state.last_sequence).contains(&trail.number);
            if !goes_on {
                trail.restart();
                self.board.restart(Position { stream: 0, number: 0 });
            }
            self.created.clone_from(&stores.created);
            goes_on.then_some(trail.number + 1)
        };
        let until = stores.events.get_last_raw_message_by_subject(&events_of(&self.name)).await;
        let mut tasks = JoinSet::new();
        tasks.spawn(listen(Arc::clone(stores), Arc::clone(&self.name), from, heard.clone()));
        let (said, saying) = mpsc::unbounded_channel();
        tasks.spawn(say(Arc::clone(stores), Arc::clone(&self.name), self.relay, saying));
        let serving = elsewhere::serve(Arc::clone(stores), Arc::clone(&self.name), self.relay, passed.clone());
        tasks.spawn(async {
            // Done when the connection is: with the next it is begun anew.
            let _ = serving.await;
        });
        self.link = Some(Life {
            stores: Arc::clone(stores),
            until: until.map_or(0, |message| message.sequence),
            patience: Timer::now() + CATCH_UP,
            said,
            _tasks: tasks,
        });
        self.own.say_again();
        self.say_at = Some(Timer::now());
        if std::mem::take(&mut self.away) && self.board.readers() > 0 {
            self.retell_at = Some(Timer::now() + jitter(RETELL));
            let first = event("session", &self.session());
            self.board.tell_all(&first, &|_| Bytes::new(), self.shared.clock.now());
        }
        true
    }

    /// Nothing is heard any more: what was told is void, and feeds hear that.
    fn lose(&mut self) {
        self.link = None;
        if std::mem::replace(&mut self.away, true) {
            return;
        }
        self.own.lose_all();
        self.retell_at = None;
        let first = event("session", &self.session());
        let lapsed = |id: &Id| event("knowledge", &lapsed(id).to_string());
        self.board.tell_all(&first, &lapsed, self.shared.clock.now());
    }

    fn hear(&mut self, (number, body): &Heard) {
        let Some(message) = message::decode(body) else { return };
        let now = self.shared.clock.now();
        {
            let mut trail = lock(&self.trail);
            if *number <= trail.number {
                return;
            }
            if trail.hear(*number, &message) {
                self.board.restart(Position { stream: message.epoch, number: number - 1 });
            }
        }
        if message.is_internal() {
            self.board.pass(*number);
        } else if let Some(feed) = message.to {
            self.board.pass(*number);
            if self.feeds.holds(feed) {
                self.board.tell(feed, &message.frame(*number), now);
            }
        } else {
            self.board.place(*number, &message.chats, &message.frame(*number), now);
        }
    }

    fn count(&self) {
        let metrics = &self.shared.metrics;
        metrics.set(&self.name, "feeds", self.board.readers());
        metrics.set(&self.name, "feeds_cut_off", usize::try_from(self.board.cut_off()).unwrap_or(usize::MAX));
    }

    /// How the account's session stands, as far as is known here.
    fn session(&self) -> String {
        let standing = lock(&self.trail).standing.get("session").cloned();
        let standing = standing.unwrap_or_else(|| {
            let moment = self.moment();
            let (state, session_state) = (ConnectionState::Connecting, wa_presence::machine::SessionState::Unknown);
            let connection = Connection { state, reason: None, session: session_state, since: moment.now };
            json(&session(connection, self.gateway.capabilities(None), moment))
        });
        if !self.away {
            return standing;
        }
        let mut standing: Value = serde_json::from_str(&standing).unwrap_or_default();
        standing["connection"] = "reconnecting".into();
        standing["reason"] = "dropped".into();
        standing.to_string()
    }

    fn moment(&self) -> Moment {
        Moment { wall: self.shared.clock.wall(), now: self.shared.clock.now() }
    }
}

/// An event that nobody resumes after.
fn event(name: &'static str, data: &str) -> Bytes {
    Event { name, data, once: None }.frame(None)
}

/// What is known of a chat of which nothing is heard.
fn lapsed(id: &Id) -> Value {
    json!({ "chat": id.as_str(), "state": "lapsed", "reason": "feed", "lease": null })
}

/// Says what this relay's feeds follow, and then what they want to be told: in this order, which whoever drives keeps.
async fn say(stores: Arc<Stores>, account: Arc<str>, relay: u64, mut said: mpsc::UnboundedReceiver<Said>) {
    let mut wishes = JoinSet::new();
    let mut revision = 0;
    while let Some((parts, wants)) = said.recv().await {
        for (part, body) in parts {
            let key = format!("{account}.{relay:016x}.{part}");
            for tries in 0..4 {
                match stores.follow.put(&key, body.clone()).await {
                    Ok(next) => {
                        revision = next;
                        break;
                    }
                    // Said again after a while in any case.
                    Err(_) => tokio::time::sleep(super::settings::backoff(tries)).await,
                }
            }
        }
        for want in wants {
            wishes.spawn(ask::want(stores.client.clone(), Arc::clone(&account), want, revision));
        }
        while wishes.try_join_next().is_some() {}
    }
}

/// A refusal of what only whoever drives can answer.
fn unreachable() -> Refusal {
    let message = "NATS cannot be reached: try again";
    Refusal::new(wa_presence::machine::error::ErrorCode::Closed, message).with_retry(1_000)
}
