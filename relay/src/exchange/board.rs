//! The feeds of one relay: who reads, what they follow, and the latest events of the account's stream for whoever resumes.
//!
//! Where events get their numbers is not its affair: within the process they are counted, between processes the stream of all
//! relays numbers them, with those of other accounts in between.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bytes::{Bytes, BytesMut};
use tokio::sync::mpsc;
use wa_presence::machine::Priority;
use wa_presence::machine::id::Id;
use wa_presence::machine::time::Instant;

use super::{FeedId, Full, Opened, Position};
use crate::config::Limits;

/// See the [module documentation](self).
#[derive(Debug)]
pub(crate) struct Board {
    position: Position,
    /// The last event that is not kept any more, or that never was.
    forgotten: u64,
    ring: VecDeque<Kept>,
    feeds: BTreeMap<FeedId, Feed>,
    /// Feeds without a reader, by when they are forgotten.
    unread: BTreeSet<(Instant, FeedId)>,
    topics: BTreeMap<Id, Topic>,
    changed: BTreeSet<Id>,
    cut_off: u64,
    most_feeds: usize,
    backlog: usize,
    buffer: usize,
    resume_ms: u64,
}

/// One event that may be asked for again.
#[derive(Debug)]
struct Kept {
    number: u64,
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

/// A chat that is followed here without a gap since an event.
#[derive(Debug)]
struct Topic {
    since: u64,
    feeds: BTreeMap<FeedId, Priority>,
}

impl Board {
    /// Nobody follows anything, in a stream of this name.
    pub(crate) fn new(stream: u64, limits: &Limits) -> Self {
        Self {
            position: Position { stream, number: 0 },
            forgotten: 0,
            ring: VecDeque::new(),
            feeds: BTreeMap::new(),
            unread: BTreeSet::new(),
            topics: BTreeMap::new(),
            changed: BTreeSet::new(),
            cut_off: 0,
            most_feeds: limits.feeds,
            backlog: limits.backlog,
            buffer: limits.buffer,
            resume_ms: limits.resume_ms,
        }
    }

    /// The stream begins anew, or with a gap: nothing up to here can be resumed after.
    pub(crate) fn restart(&mut self, at: Position) {
        self.position = at;
        self.forgotten = at.number;
        self.ring.clear();
    }

    /// Where the stream stands.
    pub(crate) const fn position(&self) -> Position {
        self.position
    }

    /// Opens a feed. `followed` says since which events chats are followed by whoever asks the gateway; none where that is
    /// decided by the feeds of this board alone.
    pub(crate) fn open(
        &mut self,
        feed: FeedId,
        chats: &[(Id, Priority)],
        after: Option<Position>,
        followed: Option<&BTreeMap<Id, u64>>,
        now: Instant,
    ) -> Result<Opened, Full> {
        self.handle_timeout(now);
        self.make_room()?;
        let number = after.filter(|after| self.is_kept_after(*after)).map(|after| after.number);
        let since = |id: &Id| match followed {
            Some(followed) => followed.get(id).copied(),
            None => self.topics.get(id).map(|topic| topic.since),
        };
        let continuous = |id: &Id| number.is_some_and(|number| since(id).is_some_and(|since| since <= number));
        let (known, fresh): (Vec<_>, Vec<_>) = chats.iter().map(|(id, _)| id.clone()).partition(continuous);
        let known: BTreeSet<_> = known.into_iter().collect();
        let place = number.map_or(self.ring.len(), |number| self.ring.partition_point(|kept| kept.number <= number));
        let concerns = |kept: &&Kept| kept.chats.is_empty() || kept.chats.iter().any(|chat| known.contains(chat));
        let missed = self.ring.iter().skip(place).filter(concerns).map(|kept| kept.frame.clone()).collect();
        let (reader, frames) = mpsc::channel(self.backlog);
        self.feeds.insert(feed, Feed { reader: Some(reader), chats: BTreeSet::new(), until: None });
        self.follow(feed, chats);
        Ok(Opened { frames, resumed: number.is_some(), missed, fresh })
    }

    fn is_kept_after(&self, after: Position) -> bool {
        after.stream == self.position.stream && (self.forgotten..=self.position.number).contains(&after.number)
    }

    /// See [`super::Exchange::follow`].
    pub(crate) fn follow(&mut self, feed: FeedId, chats: &[(Id, Priority)]) -> Option<Vec<Id>> {
        let open = self.feeds.get_mut(&feed)?;
        let wanted = chats.iter().map(|(id, _)| id.clone()).collect();
        let before = std::mem::replace(&mut open.chats, wanted);
        let mut fresh = Vec::new();
        for (id, priority) in chats {
            let since = self.position.number;
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

    /// See [`super::Exchange::leave`].
    pub(crate) fn leave(&mut self, feed: FeedId, now: Instant) {
        self.lose(feed, now);
        self.handle_timeout(now);
    }

    /// See [`super::Exchange::take_changes`].
    pub(crate) fn take_changes(&mut self) -> Vec<(Id, Option<Priority>)> {
        let changed = std::mem::take(&mut self.changed);
        changed.into_iter().map(|id| (id.clone(), self.priority(&id))).collect()
    }

    /// The highest priority with which a chat is followed here.
    pub(crate) fn priority(&self, id: &Id) -> Option<Priority> {
        self.topics.get(id).and_then(|topic| topic.feeds.values().min().copied())
    }

    /// The chats that are followed here.
    pub(crate) fn followed(&self) -> impl Iterator<Item = &Id> {
        self.topics.keys()
    }

    /// An event of this number came: those who follow one of its chats hear it, or all where it is of none.
    pub(crate) fn place(&mut self, number: u64, chats: &[Id], frame: &Bytes, now: Instant) {
        self.position.number = number;
        let readers: BTreeSet<FeedId> = if chats.is_empty() {
            self.feeds.keys().copied().collect()
        } else {
            let topics = chats.iter().filter_map(|chat| self.topics.get(chat));
            topics.flat_map(|topic| topic.feeds.keys().copied()).collect()
        };
        for feed in readers {
            self.tell(feed, frame, now);
        }
        if self.ring.len() >= self.buffer
            && let Some(oldest) = self.ring.pop_front()
        {
            self.forgotten = oldest.number;
        }
        self.ring.push_back(Kept { number, chats: chats.into(), frame: frame.clone() });
    }

    /// The stream went on with what concerns nobody here, or one feed alone.
    pub(crate) const fn pass(&mut self, number: u64) {
        self.position.number = number;
    }

    /// Tells one feed.
    pub(crate) fn tell(&mut self, feed: FeedId, frame: &Bytes, now: Instant) {
        let Some(open) = self.feeds.get_mut(&feed) else { return };
        let Some(reader) = &open.reader else { return };
        if let Err(why) = reader.try_send(frame.clone()) {
            // Its stream ends once it has read what waits; it may resume behind that.
            self.cut_off += u64::from(matches!(why, mpsc::error::TrySendError::Full(_)));
            self.lose(feed, now);
        }
    }

    /// Tells every feed, and of each of its chats, in one piece: a feed of many chats must not be cut off by it.
    pub(crate) fn tell_all(&mut self, first: &Bytes, of_chat: &dyn Fn(&Id) -> Bytes, now: Instant) {
        let pieces = self.feeds.iter().filter(|(_, open)| open.reader.is_some()).map(|(feed, open)| {
            let mut piece = BytesMut::from(&first[..]);
            open.chats.iter().for_each(|chat| piece.extend_from_slice(&of_chat(chat)));
            (*feed, piece.freeze())
        });
        let pieces: Vec<_> = pieces.collect();
        for (feed, piece) in pieces {
            self.tell(feed, &piece, now);
        }
    }

    /// Time passed.
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        while let Some((_, feed)) = self.unread.first().copied().filter(|(until, _)| *until <= now) {
            self.forget(feed);
        }
    }

    /// When it next matters that time passes.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.unread.first().map(|(until, _)| *until)
    }

    /// How many feeds are read from.
    pub(crate) fn readers(&self) -> usize {
        self.feeds.len() - self.unread.len()
    }

    /// How many readers were cut off because they were too slow.
    pub(crate) const fn cut_off(&self) -> u64 {
        self.cut_off
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
