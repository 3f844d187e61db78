//! The exchange within one process: a ring of events, and an index from chats to the feeds that follow them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;

use bytes::Bytes;
use tokio::sync::mpsc;
use wa_presence::machine::Priority;
use wa_presence::machine::id::Id;
use wa_presence::machine::time::Instant;

use super::{Event, Exchange, FeedId, Full, Opened, Position, state};
use crate::config::Limits;

/// Most claims at once; whoever comes later is heard when one ends.
const MOST_CLAIMS: usize = 4_096;

/// One account's exchange, within its process.
#[derive(Debug)]
pub struct Embedded {
    stream: u64,
    number: u64,
    ring: VecDeque<Kept>,
    feeds: BTreeMap<FeedId, Feed>,
    /// Feeds without a reader, by when they are forgotten.
    unread: BTreeSet<(Instant, FeedId)>,
    topics: BTreeMap<Id, Topic>,
    changed: BTreeSet<Id>,
    claims: BTreeMap<String, Instant>,
    cut_off: u64,
    ledger: Option<PathBuf>,
    most_feeds: usize,
    backlog: usize,
    buffer: usize,
    resume_ms: u64,
}

/// One event that may be asked for again.
#[derive(Debug)]
struct Kept {
    chats: Box<[Id]>,
    frame: Bytes,
}

#[derive(Debug)]
struct Feed {
    /// The reader, if it is there.
    reader: Option<mpsc::Sender<Bytes>>,
    chats: BTreeSet<Id>,
    /// When a feed without a reader is forgotten.
    until: Option<Instant>,
}

/// A chat that is followed without a gap since an event.
#[derive(Debug)]
struct Topic {
    since: u64,
    feeds: BTreeMap<FeedId, Priority>,
}

impl Embedded {
    /// An exchange whose stream has this name. Spent budgets are kept in `ledger`, if given.
    #[must_use]
    pub fn new(stream: u64, limits: &Limits, ledger: Option<PathBuf>) -> Self {
        Self {
            stream,
            number: 0,
            ring: VecDeque::new(),
            feeds: BTreeMap::new(),
            unread: BTreeSet::new(),
            topics: BTreeMap::new(),
            changed: BTreeSet::new(),
            claims: BTreeMap::new(),
            cut_off: 0,
            ledger,
            most_feeds: limits.feeds,
            backlog: limits.backlog,
            buffer: limits.buffer,
            resume_ms: limits.resume_ms,
        }
    }

    /// Where in the ring the first event after `number` is; nothing where it was forgotten.
    fn place_after(&self, number: u64) -> Option<usize> {
        let oldest = self.number - self.ring.len() as u64;
        let place = number.checked_sub(oldest).filter(|_| number <= self.number)?;
        usize::try_from(place).ok()
    }

    /// Makes room for one more, of those that nobody reads.
    fn make_room(&mut self) -> Result<(), Full> {
        if self.feeds.len() < self.most_feeds {
            return Ok(());
        }
        let (_, first) = *self.unread.first().ok_or(Full)?;
        self.forget(first);
        Ok(())
    }

    fn forget(&mut self, feed: FeedId) {
        let Some(gone) = self.feeds.remove(&feed) else { return };
        if let Some(until) = gone.until {
            self.unread.remove(&(until, feed));
        }
        for chat in gone.chats {
            self.unfollow(feed, &chat);
        }
    }

    fn unfollow(&mut self, feed: FeedId, chat: &Id) {
        if let Some(topic) = self.topics.get_mut(chat) {
            topic.feeds.remove(&feed);
            if topic.feeds.is_empty() {
                self.topics.remove(chat);
            }
            self.changed.insert(chat.clone());
        }
    }

    fn send(&mut self, feed: FeedId, frame: &Bytes, now: Instant) {
        let Some(open) = self.feeds.get_mut(&feed) else { return };
        let Some(reader) = &open.reader else { return };
        match reader.try_send(frame.clone()) {
            Ok(()) => {}
            Err(why) => {
                // Its stream ends once it has read what waits; it may resume behind that.
                self.cut_off += u64::from(matches!(why, mpsc::error::TrySendError::Full(_)));
                self.lose(feed, now);
            }
        }
    }

    /// A feed's reader is gone.
    fn lose(&mut self, feed: FeedId, now: Instant) {
        let Some(open) = self.feeds.get_mut(&feed) else { return };
        if open.reader.take().is_some() {
            let until = now + self.resume_ms;
            open.until = Some(until);
            self.unread.insert((until, feed));
        }
    }
}

impl Exchange for Embedded {
    fn open(
        &mut self,
        feed: FeedId,
        chats: &[(Id, Priority)],
        after: Option<Position>,
        now: Instant,
    ) -> Result<Opened, Full> {
        self.handle_timeout(now);
        self.make_room()?;
        let place = after.filter(|after| after.stream == self.stream).and_then(|after| self.place_after(after.number));
        let number = place.and(after).map(|after| after.number);
        let continuous = |id: &Id| {
            let since = self.topics.get(id).map(|topic| topic.since);
            number.is_some_and(|number| since.is_some_and(|since| since <= number))
        };
        let (known, fresh): (BTreeSet<_>, Vec<_>) = {
            let (known, fresh): (Vec<_>, Vec<_>) = chats.iter().map(|(id, _)| id.clone()).partition(continuous);
            (known.into_iter().collect(), fresh)
        };
        let missed = self.ring.iter().skip(place.unwrap_or(self.ring.len()));
        let concerns = |kept: &&Kept| kept.chats.is_empty() || kept.chats.iter().any(|chat| known.contains(chat));
        let missed = missed.filter(concerns).map(|kept| kept.frame.clone()).collect();
        let (reader, frames) = mpsc::channel(self.backlog);
        self.feeds.insert(feed, Feed { reader: Some(reader), chats: BTreeSet::new(), until: None });
        self.follow(feed, chats);
        Ok(Opened { frames, resumed: number.is_some(), missed, fresh })
    }

    fn follow(&mut self, feed: FeedId, chats: &[(Id, Priority)]) -> Option<Vec<Id>> {
        let open = self.feeds.get_mut(&feed)?;
        let wanted = chats.iter().map(|(id, _)| id.clone()).collect();
        let before = std::mem::replace(&mut open.chats, wanted);
        let mut fresh = Vec::new();
        for (id, priority) in chats {
            let since = self.number;
            let topic = self.topics.entry(id.clone()).or_insert_with(|| Topic { since, feeds: BTreeMap::new() });
            if topic.feeds.insert(feed, *priority) != Some(*priority) {
                self.changed.insert(id.clone());
            }
            if !before.contains(id) {
                fresh.push(id.clone());
            }
        }
        let open = self.feeds.get(&feed)?;
        let gone: Vec<Id> = before.difference(&open.chats).cloned().collect();
        for chat in gone {
            self.unfollow(feed, &chat);
        }
        Some(fresh)
    }

    fn leave(&mut self, feed: FeedId, now: Instant) {
        self.lose(feed, now);
        self.handle_timeout(now);
    }

    fn take_changes(&mut self) -> Vec<(Id, Option<Priority>)> {
        let changed = std::mem::take(&mut self.changed);
        let priority = |id: &Id| self.topics.get(id).and_then(|topic| topic.feeds.values().min().copied());
        changed.into_iter().map(|id| (id.clone(), priority(&id))).collect()
    }

    fn publish(&mut self, chats: &[Id], event: &Event<'_>, now: Instant) {
        self.number += 1;
        let frame = event.frame(Some(self.position()));
        let readers: BTreeSet<FeedId> = if chats.is_empty() {
            self.feeds.keys().copied().collect()
        } else {
            let topics = chats.iter().filter_map(|chat| self.topics.get(chat));
            topics.flat_map(|topic| topic.feeds.keys().copied()).collect()
        };
        for feed in readers {
            self.send(feed, &frame, now);
        }
        if self.ring.len() >= self.buffer {
            self.ring.pop_front();
        }
        self.ring.push_back(Kept { chats: chats.into(), frame });
    }

    fn tell(&mut self, feed: FeedId, frame: Bytes, now: Instant) {
        self.send(feed, &frame, now);
    }

    fn position(&self) -> Position {
        Position { stream: self.stream, number: self.number }
    }

    fn claim(&mut self, holder: &str, until: Option<Instant>) {
        match until {
            Some(until) if self.claims.len() < MOST_CLAIMS || self.claims.contains_key(holder) => {
                self.claims.insert(holder.to_owned(), until);
            }
            Some(_) => {}
            None => {
                self.claims.remove(holder);
            }
        }
    }

    fn is_claimed(&self) -> bool {
        !self.claims.is_empty()
    }

    fn spend(&mut self, line: &str) {
        if let Some(path) = &self.ledger {
            state::write(path, line);
        }
    }

    fn spent(&self) -> Vec<String> {
        self.ledger.iter().filter_map(|path| state::read(path)).collect()
    }

    fn handle_timeout(&mut self, now: Instant) {
        while let Some((_, feed)) = self.unread.first().copied().filter(|(until, _)| *until <= now) {
            self.forget(feed);
        }
        self.claims.retain(|_, until| *until > now);
    }

    fn poll_timeout(&self) -> Option<Instant> {
        let feeds = self.unread.first().map(|(until, _)| *until);
        feeds.into_iter().chain(self.claims.values().copied()).min()
    }

    fn readers(&self) -> usize {
        self.feeds.len() - self.unread.len()
    }

    fn cut_off(&self) -> u64 {
        self.cut_off
    }
}
