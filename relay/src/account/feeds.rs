//! Feeds: opened, changed, left. A ticket is compared with the chats here, where both ids of a person are known.

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};
use tokio::sync::watch;
use wa_presence::machine::Priority;
use wa_presence::machine::error::ErrorCode;
use wa_presence::machine::id::Id;
use wa_presence::machine::time::UnixMs;

use super::actor::Actor;
use super::{Change, Followed, Join, Joined, draw};
use crate::error::Refusal;
use crate::exchange::{Event, FeedId, Told, frames};
use crate::ticket::{Coverage, Scope, Ticket};
use crate::wire::{Hello, json, own, session};

/// What was missed is forgotten.
pub(crate) const RESET: Bytes = Bytes::from_static(b"event: reset\ndata: {}\n\n");

/// The open feeds of an account.
#[derive(Debug, Default)]
pub(crate) struct Feeds {
    open: BTreeMap<FeedId, Open>,
    by_subject: BTreeMap<String, usize>,
}

#[derive(Debug)]
struct Open {
    subject: String,
    expires: watch::Sender<UnixMs>,
}

impl Feeds {
    /// Refuses one more of a subject that has as many as may be.
    pub(crate) fn admit(&self, ticket: &Ticket, most: usize) -> Result<(), Refusal> {
        if self.by_subject.get(&ticket.subject).is_some_and(|open| *open >= most) {
            let message = format!("feeds: expected at most {most} at once with tickets of one subject");
            return Err(Refusal::new(ErrorCode::RateLimited, message).with_retry(5_000));
        }
        Ok(())
    }

    /// One more; gives back when its ticket ends, which a newer one moves.
    pub(crate) fn open(&mut self, feed: FeedId, ticket: &Ticket) -> watch::Receiver<UnixMs> {
        let (sender, expires) = watch::channel(ticket.expires);
        self.open.insert(feed, Open { subject: ticket.subject.clone(), expires: sender });
        *self.by_subject.entry(ticket.subject.clone()).or_default() += 1;
        expires
    }

    /// Refuses whoever has no such feed.
    pub(crate) fn find(&self, feed: FeedId, ticket: &Ticket) -> Result<(), Refusal> {
        let open = self.open.get(&feed).filter(|open| open.subject == ticket.subject);
        open.map(drop).ok_or_else(|| Refusal::new(ErrorCode::NotFound, "no such feed, or another subject's"))
    }

    /// A newer ticket prolongs the feed; an older one does not shorten it below what was shown already.
    pub(crate) fn prolong(&self, feed: FeedId, ticket: &Ticket) -> Result<UnixMs, Refusal> {
        self.find(feed, ticket)?;
        let Some(open) = self.open.get(&feed) else { return Ok(ticket.expires) };
        open.expires.send_if_modified(|expires| {
            let later = ticket.expires > *expires;
            *expires = ticket.expires.max(*expires);
            later
        });
        let expires = *open.expires.borrow();
        Ok(expires)
    }

    /// Whether it is open.
    pub(crate) fn holds(&self, feed: FeedId) -> bool {
        self.open.contains_key(&feed)
    }

    /// One less.
    pub(crate) fn close(&mut self, feed: FeedId) {
        let Some(gone) = self.open.remove(&feed) else { return };
        if let Some(open) = self.by_subject.get_mut(&gone.subject) {
            *open -= 1;
            if *open == 0 {
                self.by_subject.remove(&gone.subject);
            }
        }
    }
}

impl Actor {
    pub(super) fn join(&mut self, join: Join) {
        let Join { ticket, chats, after, answer } = join;
        let joined = self.open_feed(&ticket, &chats, after);
        let feed = joined.as_ref().ok().map(|joined| joined.feed);
        if answer.send(joined).is_err()
            && let Some(feed) = feed
        {
            // Whoever asked is gone.
            self.leave(feed);
        }
    }

    fn open_feed(
        &mut self,
        ticket: &Ticket,
        chats: &[Followed],
        after: Option<Option<crate::exchange::Position>>,
    ) -> Result<Joined, Refusal> {
        self.learn_aliases(&ticket.aliases);
        self.permit(ticket, chats)?;
        self.feeds.admit(ticket, self.shared.limits.feeds_per_subject)?;
        let feed = draw_feed()?;
        let now = self.shared.clock.now();
        self.note_inbound(chats);
        let opened = self.exchange.open(feed, &wishes(chats), after.flatten(), now);
        let opened = opened.map_err(|_| Refusal::full())?;
        self.follow_changes();
        let expires = self.feeds.open(feed, ticket);
        let lost = after.is_some() && !opened.resumed;
        let mut first = BytesMut::new();
        first.extend_from_slice(&self.hello(feed, ticket, opened.resumed));
        if lost {
            first.extend_from_slice(&RESET);
            self.lose(&opened.fresh);
        }
        for frame in &opened.missed {
            first.extend_from_slice(frame);
        }
        let snapshots = self.snapshots(&wanted(opened.fresh, chats));
        first.extend_from_slice(&frames(&snapshots, self.exchange.position()));
        self.told.note_call(now);
        Ok(Joined { feed, first: first.freeze(), frames: opened.frames, expires })
    }

    pub(super) fn change(&mut self, change: Change) {
        let Change { feed, ticket, chats, answer } = change;
        // Whoever asked may be gone; what they asked for is done.
        let _ = answer.send(self.change_feed(feed, &ticket, &chats));
    }

    fn change_feed(&mut self, feed: FeedId, ticket: &Ticket, chats: &[Followed]) -> Result<UnixMs, Refusal> {
        self.learn_aliases(&ticket.aliases);
        self.feeds.find(feed, ticket)?;
        self.permit(ticket, chats)?;
        let expires = self.feeds.prolong(feed, ticket)?;
        self.note_inbound(chats);
        let fresh = self.exchange.follow(feed, &wishes(chats)).unwrap_or_default();
        self.follow_changes();
        let snapshots = self.snapshots(&wanted(fresh, chats));
        if !snapshots.is_empty() {
            let now = self.shared.clock.now();
            self.exchange.tell(feed, &snapshots, now);
        }
        Ok(expires)
    }

    pub(super) fn leave(&mut self, feed: FeedId) {
        let now = self.shared.clock.now();
        self.exchange.leave(feed, now);
        self.told.note_call(now);
        self.feeds.close(feed);
    }

    /// Who has which two ids, as the owner's backend says: not every gateway does.
    pub(super) fn learn_aliases(&mut self, aliases: &[(Id, Id)]) {
        let (wall, now) = (self.shared.clock.wall(), self.shared.clock.now());
        for (lid, contact) in aliases {
            self.session.add_alias(lid, contact, wall, now);
            self.note_alias([lid.as_str(), contact.as_str()]);
        }
    }

    /// Refuses chats that the ticket does not cover, by whichever id.
    fn permit(&self, ticket: &Ticket, chats: &[Followed]) -> Result<(), Refusal> {
        permit(ticket, chats, self.shared.limits.chats_per_feed, &self.coverage(ticket))
    }

    pub(super) fn coverage(&self, ticket: &Ticket) -> Coverage<impl Fn(&Id) -> Id> {
        ticket.coverage(|id| self.session.machine().canonical_id(id))
    }

    fn note_inbound(&mut self, chats: &[Followed]) {
        let (wall, now) = (self.shared.clock.wall(), self.shared.clock.now());
        for followed in chats {
            if let Some(at) = followed.last_inbound {
                self.session.note_inbound(&followed.chat, at, wall, now);
            }
        }
    }

    fn hello(&mut self, feed: FeedId, ticket: &Ticket, resumed: bool) -> Bytes {
        let moment = self.moment();
        let budget = self.budget();
        let hello = Hello {
            feed: feed.to_string(),
            account: &self.name,
            gateway: self.session.gateway_kind(),
            now_ms: moment.wall.as_ms(),
            expires_at_ms: ticket.expires.as_ms(),
            resumed,
            typing_ttl_ms: self.session.machine().config().typing_ttl_ms,
            session: session(self.session.connection(), &self.capabilities(), moment),
            own: own(&self.session.patterns().own.state(moment.now)),
            budget,
        };
        Event { name: "hello", data: &json(&hello), once: None }.frame(None)
    }

    /// What is known of these chats now, each to be placed where events after it are newer.
    pub(super) fn snapshots(&mut self, chats: &[Id]) -> Vec<Told> {
        let mut told = Vec::new();
        for id in chats {
            if let Some(data) = self.alias(id) {
                told.push(Told { name: "alias", data, placed: false });
            }
            let Some(data) = self.followed(id.as_str()).and_then(|key| self.snapshot(key)) else { continue };
            told.push(Told { name: "snapshot", data, placed: true });
        }
        told
    }
}

pub(super) fn not_covered(place: &str) -> Refusal {
    Refusal::new(ErrorCode::Forbidden, format!("{place}: expected a chat that the ticket names"))
}

/// Refuses chats that the ticket does not cover, and more than there may be.
pub(crate) fn permit<F: Fn(&Id) -> Id>(
    ticket: &Ticket,
    chats: &[Followed],
    most: usize,
    coverage: &Coverage<F>,
) -> Result<(), Refusal> {
    ticket.require(Scope::Read)?;
    if chats.len() > most {
        let message = format!("chats: expected at most {most}, found {}", chats.len());
        return Err(Refusal::new(ErrorCode::InvalidOption, message));
    }
    let uncovered = chats.iter().enumerate().filter(|(_, followed)| !coverage.holds(&followed.chat));
    let places: Vec<_> = uncovered.map(|(place, _)| place).collect();
    match places.first() {
        Some(first) => Err(not_covered(&format!("chats[{first}]")).at(places)),
        None => Ok(()),
    }
}

/// A name that nobody can guess.
pub(crate) fn draw_feed() -> Result<FeedId, Refusal> {
    let drawn = || draw().map_err(|why| Refusal::new(ErrorCode::Engine, why));
    Ok(FeedId(u128::from(drawn()?) << 64 | u128::from(drawn()?)))
}

/// The chats to tell all of: those that are new here, and those of which nothing is known there.
pub(crate) fn wanted(fresh: Vec<Id>, chats: &[Followed]) -> Vec<Id> {
    let asked = chats.iter().filter(|followed| followed.fresh && !fresh.contains(&followed.chat));
    let asked: Vec<_> = asked.map(|followed| followed.chat.clone()).collect();
    fresh.into_iter().chain(asked).collect()
}

/// The highest priority where a chat is named twice.
pub(crate) fn wishes(chats: &[Followed]) -> Vec<(Id, Priority)> {
    let mut wishes = BTreeMap::new();
    for followed in chats {
        let priority = wishes.entry(followed.chat.clone()).or_insert(followed.priority);
        *priority = followed.priority.min(*priority);
    }
    wishes.into_iter().collect()
}
