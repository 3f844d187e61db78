//! What the people of a world see of the account: whether it is online, and what it does in their chats.
//!
//! Availability is the same for everybody who may see it. Every change has a number, so that nobody has to look at the right
//! moment.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::time::Instant;
use crate::world::habits::Activity;
use crate::world::id::Jid;

/// What is seen at the moment, and how it came to be so.
#[derive(Debug)]
pub struct View {
    online: bool,
    doing: BTreeMap<Jid, Doing>,
    changes: VecDeque<Change>,
    made: u64,
}

/// What the account is seen doing in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doing {
    /// What.
    pub activity: Activity,
    /// When it began.
    pub since: Instant,
    /// When it ends by itself, unless it is repeated.
    pub until: Instant,
    /// How often it was repeated since it began.
    pub repeats: u64,
}

/// A change of what is seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its number in this session, from 1.
    pub number: u64,
    /// When.
    pub at: Instant,
    /// What is seen from then on.
    pub shows: Shows,
}

/// What a change brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shows {
    /// Being online or not, to whoever may see it.
    Online(bool),
    /// An activity or its end, to who is in this chat.
    Doing(Jid, Option<Activity>),
}

impl View {
    /// The view of an account that is seen online, or is not. Where it begins is no change.
    #[must_use]
    pub const fn new(online: bool) -> Self {
        Self { online, doing: BTreeMap::new(), changes: VecDeque::new(), made: 0 }
    }

    /// What the account is seen doing in a chat.
    #[must_use]
    pub fn doing(&self, chat: &Jid) -> Option<Doing> {
        self.doing.get(chat).copied()
    }

    /// The last changes that are newer than the one with this number, oldest first.
    pub fn changes(&self, after: u64) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.number > after)
    }

    /// The account is seen online, or is not.
    pub fn show_online(&mut self, online: bool, now: Instant) {
        if self.online != online {
            self.online = online;
            self.note(Shows::Online(online), now);
        }
    }

    /// The account begins something in a chat, or keeps it up.
    pub fn start(&mut self, chat: &Jid, activity: Activity, now: Instant) {
        let until = now + FADES;
        if let Some(doing) = self.doing.get_mut(chat).filter(|doing| doing.activity == activity) {
            doing.until = until;
            doing.repeats += 1;
            return;
        }
        self.doing.insert(chat.clone(), Doing { activity, since: now, until, repeats: 0 });
        self.note(Shows::Doing(chat.clone(), Some(activity)), now);
    }

    /// The account does nothing more in a chat.
    pub fn stop(&mut self, chat: &Jid, now: Instant) {
        if self.doing.remove(chat).is_some() {
            self.note(Shows::Doing(chat.clone(), None), now);
        }
    }

    /// The account lost its connection, and everybody sees it do nothing.
    pub fn handle_disconnected(&mut self, now: Instant) {
        self.stop_where(|_| true, now);
    }

    /// When something will end by itself.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.doing.values().map(|doing| doing.until).min()
    }

    /// Ends what was not repeated in time.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.stop_where(|doing| doing.until <= now, now);
    }

    fn stop_where(&mut self, ends: impl Fn(&Doing) -> bool, now: Instant) {
        let over = self.doing.iter().filter(|(_, doing)| ends(doing));
        let chats: Vec<Jid> = over.map(|(chat, _)| chat.clone()).collect();
        for chat in chats {
            self.stop(&chat, now);
        }
    }

    fn note(&mut self, shows: Shows, at: Instant) {
        self.made += 1;
        self.changes.push_back(Change { number: self.made, at, shows });
        if self.changes.len() > MOST_CHANGES {
            self.changes.pop_front();
        }
    }
}

/// How long WhatsApp's apps show an activity that nobody repeats: the longest that was ever seen.
const FADES: Duration = Duration::from_secs(25);

/// How many changes are remembered.
const MOST_CHANGES: usize = 256;
