//! What all relays of one account would share: its stream of events, who follows what, who claims to be online, and what was
//! spent of its budget.
//!
//! One small interface, so that something between processes can stand behind it. Here is the one within the process
//! ([`Embedded`]); it is owned by the account's task, which alone calls it.

mod board;
mod embedded;
mod state;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use tokio::sync::mpsc;
use wa_presence::machine::Priority;
use wa_presence::machine::id::Id;
use wa_presence::machine::time::{Instant, UnixMs};

pub(crate) use board::Board;
pub use embedded::Embedded;
pub(crate) use embedded::MOST_CLAIMS;

use crate::nats::Gate;

/// See the [module documentation](self).
pub trait Exchange: fmt::Debug + Send {
    /// Opens a feed that follows these chats, and says what it missed after `after`.
    ///
    /// # Errors
    /// There are as many as may be.
    fn open(
        &mut self,
        feed: FeedId,
        chats: &[(Id, Priority)],
        after: Option<Position>,
        now: Instant,
    ) -> Result<Opened, Full>;
    /// What a feed follows from here on; gives back what it did not follow before. Nothing for a feed that is gone.
    fn follow(&mut self, feed: FeedId, chats: &[(Id, Priority)]) -> Option<Vec<Id>>;
    /// A feed's reader is gone. What it followed is followed for a while, so that whoever resumes misses nothing.
    fn leave(&mut self, feed: FeedId, now: Instant);
    /// The chats whose followers changed since this was last asked, each with the highest priority; none for nobody.
    fn take_changes(&mut self) -> Vec<(Id, Option<Priority>)>;

    /// Tells all feeds that follow one of `chats`; of no chat, all feeds.
    fn publish(&mut self, chats: &[Id], event: &Event<'_>, now: Instant);
    /// Tells one feed, of what nobody else need hear and nobody resumes.
    fn tell(&mut self, feed: FeedId, events: &[Told], now: Instant);
    /// Where the stream stands.
    fn position(&self) -> Position;

    /// Somebody claims that the account is online until then, or does not any more.
    fn claim(&mut self, holder: &str, until: Option<Instant>);
    /// Whether anybody does.
    fn is_claimed(&self) -> bool;

    /// Notes what was spent of the budget, as a line of the session's ledger.
    fn spend(&mut self, line: &str);
    /// The lines of others, and of whoever did this before.
    fn spent(&self) -> Vec<String>;

    /// Time passed.
    fn handle_timeout(&mut self, now: Instant);
    /// When it next matters that time passes.
    fn poll_timeout(&self) -> Option<Instant>;
    /// How many feeds are read from, and how many readers were cut off because they were too slow; nothing where others count
    /// them.
    fn audience(&self) -> Option<(usize, u64)>;

    // What only matters where feeds and whoever asks the gateway for them are not in one process.

    /// When people last wrote, as far as those know who follow them elsewhere.
    fn take_inbound(&mut self) -> Vec<(Id, UnixMs)> {
        Vec::new()
    }
    /// The chats that somebody elsewhere began to follow; with each, whether what was known of it there is void.
    fn take_begun(&mut self) -> Vec<(Id, bool)> {
        Vec::new()
    }
    /// What a call that subscribes has to pass before it leaves, where the budget is enforced elsewhere.
    fn gate(&self) -> Option<Gate> {
        None
    }
    /// Whether [`Exchange::keep`] is of use.
    fn keeps(&self) -> bool {
        false
    }
    /// Keeps what is known, for whoever asks the gateway next; all webhooks up to this number are in it.
    fn keep(&mut self, _records: Vec<String>, _taken: Option<u64>) {}
}

/// What a feed is called, by whoever opened it and nobody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FeedId(pub u128);

impl fmt::Display for FeedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for FeedId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let fits = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        fits.then(|| u128::from_str_radix(text, 16).ok()).flatten().map(Self).ok_or(())
    }
}

/// A place in an account's stream. One of another stream is nowhere in this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Which stream.
    pub stream: u64,
    /// Which event of it.
    pub number: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{}", self.stream, self.number)
    }
}

impl FromStr for Position {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (stream, number) = text.split_once('-').ok_or(())?;
        let stream = u64::from_str_radix(stream, 16).map_err(drop)?;
        Ok(Self { stream, number: number.parse().map_err(drop)? })
    }
}

/// One event, not yet in the stream.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// Its name.
    pub name: &'static str,
    /// JSON, on one line.
    pub data: &'a str,
    /// What tells it from every other, where it could be told twice: by whoever drove the account before.
    pub once: Option<&'a str>,
}

impl Event<'_> {
    /// The event as it goes to readers. Positions are given to what can be resumed after.
    #[must_use]
    pub fn frame(&self, position: Option<Position>) -> Bytes {
        let id = position.map(|position| format!("id: {position}\n")).unwrap_or_default();
        Bytes::from(format!("{id}event: {}\ndata: {}\n\n", self.name, self.data))
    }
}

/// One event for one feed.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its name.
    pub name: &'static str,
    /// JSON, on one line.
    pub data: String,
    /// Whether it can be resumed after.
    pub placed: bool,
}

/// Events as they go to one reader, in one piece.
#[must_use]
pub fn frames(events: &[Told], position: Position) -> Bytes {
    let frame = |told: &Told| {
        let event = Event { name: told.name, data: &told.data, once: None };
        event.frame(Some(position).filter(|_| told.placed))
    };
    events.iter().flat_map(frame).collect()
}

/// There are as many feeds as may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// A feed that was opened.
#[derive(Debug)]
pub struct Opened {
    /// What is published from here on. It ends when its reader is too slow.
    pub frames: mpsc::Receiver<Bytes>,
    /// Whether nothing after the given position was forgotten.
    pub resumed: bool,
    /// What was missed, of the chats that were followed all the time.
    pub missed: Vec<Bytes>,
    /// The others: what became of them is not in the stream.
    pub fresh: Vec<Id>,
}
