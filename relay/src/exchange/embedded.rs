//! The exchange within one process: a board of feeds, and events that are counted here.

use std::collections::BTreeMap;
use std::path::PathBuf;

use wa_presence::machine::Priority;
use wa_presence::machine::id::Id;
use wa_presence::machine::time::Instant;

use super::board::Board;
use super::{Event, Exchange, FeedId, Full, Opened, Position, Told, frames, state};
use crate::config::Limits;

/// Most claims at once; whoever comes later is heard when one ends.
pub(crate) const MOST_CLAIMS: usize = 4_096;

/// One account's exchange, within its process.
#[derive(Debug)]
pub struct Embedded {
    board: Board,
    claims: BTreeMap<String, Instant>,
    ledger: Option<PathBuf>,
}

impl Embedded {
    /// An exchange whose stream has this name. Spent budgets are kept in `ledger`, if given.
    #[must_use]
    pub fn new(stream: u64, limits: &Limits, ledger: Option<PathBuf>) -> Self {
        Self { board: Board::new(stream, limits), claims: BTreeMap::new(), ledger }
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
        self.board.open(feed, chats, after, None, now)
    }

    fn follow(&mut self, feed: FeedId, chats: &[(Id, Priority)]) -> Option<Vec<Id>> {
        self.board.follow(feed, chats)
    }

    fn leave(&mut self, feed: FeedId, now: Instant) {
        self.board.leave(feed, now);
        self.handle_timeout(now);
    }

    fn take_changes(&mut self) -> Vec<(Id, Option<Priority>)> {
        self.board.take_changes()
    }

    fn publish(&mut self, chats: &[Id], event: &Event<'_>, now: Instant) {
        let Position { stream, number } = self.board.position();
        let position = Position { stream, number: number + 1 };
        self.board.place(position.number, chats, &event.frame(Some(position)), now);
    }

    fn tell(&mut self, feed: FeedId, events: &[Told], now: Instant) {
        let frame = frames(events, self.position());
        self.board.tell(feed, &frame, now);
    }

    fn position(&self) -> Position {
        self.board.position()
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
        self.board.handle_timeout(now);
        self.claims.retain(|_, until| *until > now);
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.board.poll_timeout().into_iter().chain(self.claims.values().copied()).min()
    }

    fn audience(&self) -> Option<(usize, u64)> {
        Some((self.board.readers(), self.board.cut_off()))
    }
}
