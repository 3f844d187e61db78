//! One WhatsApp account behind a gateway: its connection, its own presence, and what it gets to know of its world.
//!
//! Gateways add words and envelopes; what an account can know does not depend on them. Drain [`Account::poll_news`] after every
//! call that takes `now`.

use std::collections::VecDeque;
use std::time::Duration;

use crate::chance::Chance;
use crate::schedule::{Schedule, earlier};
use crate::time::Instant;
use crate::world::World;
use crate::world::habits::Activity;
use crate::world::happening::{Happening, What};
use crate::world::id::Jid;
use crate::world::person::Person;
use crate::world::privacy::Privacy;
use crate::world::view::View;
use crate::world::watch::{Lease, Watches};

/// The state of an account's connection to WhatsApp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Not running.
    Stopped,
    /// Running, not connected yet or again.
    Starting,
    /// Waiting for the owner's phone.
    Scanning,
    /// Connected.
    Working,
    /// Given up.
    Failed,
}

/// What an account gets to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// Its connection changed.
    Connection(Connection),
    /// Somebody did something that it may know.
    Heard(Happening),
}

/// An account and its world.
#[derive(Debug)]
pub struct Account {
    /// The people it can meet.
    pub world: World,
    privacy: Privacy,
    view: View,
    marks_online: bool,
    watches: Watches,
    greetings: Schedule<Jid>,
    connection: Connection,
    changes: Schedule<Connection>,
    history: VecDeque<(Connection, Instant)>,
    online: Option<bool>,
    offline_at: Option<Instant>,
    acted_at: Option<Instant>,
    news: VecDeque<News>,
    chance: Chance,
}

impl Account {
    /// A connected account. `marks_online` says whether connecting alone shows it online to others.
    #[must_use]
    pub fn new(world: World, lease: Lease, marks_online: bool, chance: Chance, now: Instant) -> Self {
        let history = [Connection::Starting, Connection::Working].map(|connection| (connection, now));
        Self {
            world,
            privacy: Privacy::default(),
            view: View::new(marks_online),
            marks_online,
            watches: Watches::new(lease),
            greetings: Schedule::default(),
            connection: Connection::Working,
            changes: Schedule::default(),
            history: history.into(),
            online: marks_online.then_some(true),
            offline_at: None,
            acted_at: None,
            news: VecDeque::new(),
            chance,
        }
    }

    /// The state of its connection.
    #[must_use]
    pub const fn connection(&self) -> Connection {
        self.connection
    }

    /// The last three states and when they began, oldest first.
    pub fn history(&self) -> impl DoubleEndedIterator<Item = (Connection, Instant)> {
        self.history.iter().copied()
    }

    /// Whether it says that it is online; unknown while it never said.
    #[must_use]
    pub const fn online(&self) -> Option<bool> {
        self.online
    }

    /// What it lets others see of itself.
    #[must_use]
    pub const fn privacy(&self) -> Privacy {
        self.privacy
    }

    /// Changes what it lets others see of itself.
    pub fn set_privacy(&mut self, privacy: Privacy, now: Instant) {
        self.privacy = privacy;
        self.show_online(now);
    }

    /// What others see of it.
    #[must_use]
    pub const fn view(&self) -> &View {
        &self.view
    }

    /// Whether this person sees it online; none when one of the two hides, for who hides sees of others as little.
    #[must_use]
    pub fn seen_online_by(&self, person: &Person) -> Option<bool> {
        let hidden = self.privacy.hides_online() || person.profile.hides_presence;
        (!hidden).then_some(self.online == Some(true))
    }

    /// When its owner's software last did something that looks like a person.
    #[must_use]
    pub const fn acted_at(&self) -> Option<Instant> {
        self.acted_at
    }

    /// Whether WhatsApp tells it about this chat.
    #[must_use]
    pub fn watches(&self, chat: &Jid, now: Instant) -> bool {
        self.watches.covers(&self.world.watched_as(chat), now)
    }

    /// The chats that WhatsApp tells it about.
    pub fn watched(&self, now: Instant) -> impl Iterator<Item = &Jid> {
        self.watches.chats(now)
    }

    /// Subscribes to a chat, for `unless_set` where the account has no lease of its own. WhatsApp answers with what the person
    /// shows, a moment later.
    pub fn subscribe(&mut self, chat: &Jid, unless_set: Lease, now: Instant) {
        let chat = self.world.watched_as(chat);
        self.world.handle_watched(&chat, now);
        self.greetings.put(chat.clone(), now + Duration::from_millis(self.chance.between(40, 250)));
        self.watches.subscribe(chat, unless_set, &mut self.chance, now);
    }

    /// Shows the account online, and lets it go offline by itself when nothing follows.
    pub fn act(&mut self, now: Instant) {
        self.online = Some(true);
        self.acted_at = Some(now);
        self.offline_at = Some(now + AUTO_ONLINE);
        self.show_online(now);
    }

    /// Shows the account online or offline because its owner said so, until they say otherwise.
    pub fn set_online(&mut self, online: bool, now: Instant) {
        self.online = Some(online);
        self.show_online(now);
    }

    /// Shows it doing something in a chat, or nothing more. Where nobody is, nobody sees it.
    pub fn show(&mut self, chat: &Jid, activity: Option<Activity>, now: Instant) {
        let chat = self.world.watched_as(chat);
        match activity {
            Some(activity) if self.world.has_chat(&chat) => self.view.start(&chat, activity, now),
            Some(_) => {}
            None => self.view.stop(&chat, now),
        }
    }

    /// Lets others see what it says of being online, as far as it lets anybody see that.
    fn show_online(&mut self, now: Instant) {
        let shown = self.online == Some(true) && !self.privacy.hides_online();
        self.view.show_online(shown, now);
    }

    /// Changes the connection. Subscriptions, the own presence and what it did in its chats do not outlive it.
    pub fn connect(&mut self, connection: Connection, now: Instant) {
        if self.connection == connection {
            return;
        }
        self.watches.handle_disconnected();
        self.greetings.retain(|_| false);
        self.offline_at = None;
        self.online = (connection == Connection::Working && self.marks_online).then_some(true);
        self.view.handle_disconnected(now);
        self.show_online(now);
        self.connection = connection;
        self.history.push_back((connection, now));
        while self.history.len() > HISTORY {
            self.history.pop_front();
        }
        self.news.push_back(News::Connection(connection));
    }

    /// Lets the connection change later.
    pub fn connect_later(&mut self, connection: Connection, at: Instant) {
        self.changes.put(connection, at);
    }

    /// When something will happen by itself.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let own = earlier(self.greetings.next(), self.changes.next());
        let shown = earlier(self.view.poll_timeout(), self.offline_at);
        earlier(earlier(own, shown), self.world.poll_timeout())
    }

    /// Lets everything happen that was due by now.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some(connection) = self.changes.take(now) {
            self.connect(connection, now);
        }
        self.view.handle_timeout(now);
        if self.offline_at.is_some_and(|at| at <= now) {
            self.offline_at = None;
            self.set_online(false, now);
        }
        while let Some(chat) = self.greetings.take(now) {
            let greeting = self.world.greeting(&chat, now).and_then(|greeting| self.veiled(greeting));
            self.news.extend(greeting.map(News::Heard));
        }
        self.world.handle_timeout(now);
        self.listen(now);
    }

    /// Takes over what the world has to tell, as far as the account may know it.
    pub fn listen(&mut self, now: Instant) {
        while let Some(heard) = self.world.poll_happening() {
            // A message ends what its sender was seen doing, whichever of their devices it came from.
            if matches!(&heard.what, What::Message(message) if message.from_me) {
                self.view.stop(&heard.watched_as, now);
            }
            let allowed = !heard.what.needs_watching() || self.watches.covers(&heard.watched_as, now);
            if allowed && self.connection == Connection::Working {
                let heard = self.veiled(heard);
                self.news.extend(heard.map(News::Heard));
            }
        }
    }

    /// What is left of a happening for an account that hides something itself.
    fn veiled(&self, mut heard: Happening) -> Option<Happening> {
        match &mut heard.what {
            What::Online | What::Offline(_) if self.privacy.hides_online() => return None,
            What::Offline(last_seen) if self.privacy.hides_last_seen() => *last_seen = None,
            What::Online | What::Offline(_) | What::Started(_) | What::Paused | What::Message(_) => {}
        }
        Some(heard)
    }

    /// The next piece of news.
    pub fn poll_news(&mut self) -> Option<News> {
        self.news.pop_front()
    }
}

/// How long an account stays online after its last act: `WAHA_PRESENCE_AUTO_ONLINE_DURATION_SECONDS`, which is 25.
const AUTO_ONLINE: Duration = Duration::from_secs(25);

/// How many states of the connection are remembered.
const HISTORY: usize = 3;
