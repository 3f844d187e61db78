//! Following chats by way of a relay: one stream and its successors, the list of chats it follows, the ticket that allows it.
//!
//! The relay subscribes, renews and counts the budget; here a list is sent and what comes is taken at its word. A stream that
//! ends is resumed where it ended. The list goes with the request that opens a stream, and by itself whenever it changes.

mod list;
mod sharing;
mod ticket;

use super::calls::RequestId;
use super::feed::{REFUSED, VANISHED};
use super::{ConnectionReason, ConnectionState, FeedCommand, Session};
use crate::gateway::Gateway;
use crate::gateway::http::Response;
use crate::gateway::relay::{Answered, Event, EventStream, Hello, Reach, Relay, Standing, Told, read};
use crate::machine::error::{Error, ErrorCode};
use crate::machine::time::{Instant, UnixMs};
use crate::machine::{Budget, Followed};
use ticket::Ticket;

/// Chats that begin to be followed within so long are asked for together, in ms: a list is drawn chat by chat.
const GATHER_MS: u64 = 25;
/// A stream without a sign of life for so long is dead, in ms: the relay gives one every 15 s.
const SILENT_MS: u64 = 40_000;
/// First and longest wait before something that failed is tried again, in ms.
const RETRY_MS: (u64, u64) = (1_000, 30_000);
/// Longest position that is kept, in bytes: the relay's are half as long.
const POSITION_BYTES: usize = 96;

/// What is kept of the relay.
#[derive(Debug, Default)]
pub(super) struct Relayed {
    events: EventStream,
    /// What the relay calls the stream that is open.
    feed: Option<String>,
    /// Behind which event a stream is resumed.
    position: Option<String>,
    /// By how much our monotonic clock is ahead of the relay's calendar, in ms.
    offset: Option<i64>,
    /// When the stream last gave a sign of life.
    heard_at: Option<Instant>,
    /// When the list first differed from what the relay was told.
    changed_at: Option<Instant>,
    /// The list on its way, with the ticket's number.
    change: Option<(RequestId, Vec<Followed>, u32)>,
    /// The list with which a stream is opened, and whether that asks for everything anew.
    opening: (Vec<Followed>, bool),
    not_before: Instant,
    failures: u32,
    ticket: Ticket,
    budget: Option<(Budget, u64, usize)>,
    /// Whose gateway is behind it.
    vendor: Option<&'static str>,
    /// The last word on each thing that concerns all chats, for tabs that come later.
    standing: Vec<sharing::Heard>,
}

impl Relayed {
    pub(super) fn new(now: Instant) -> Self {
        Self { ticket: Ticket::wanted_at(now + GATHER_MS), ..Self::default() }
    }

    fn instant(&self, at: UnixMs, now: Instant) -> Instant {
        let at = i64::try_from(at.as_ms()).unwrap_or(i64::MAX);
        let mapped = self.offset.map(|offset| at.saturating_add(offset));
        mapped.map_or(now, |at| Instant::from_ms(u64::try_from(at).unwrap_or(0)))
    }

    /// Our clock is at `now` as something arrives that left the relay at `left`: the quickest arrival says best how the clocks
    /// stand.
    fn learn(&mut self, left: UnixMs, now: Instant) {
        let ahead = i64::try_from(now.as_ms()).unwrap_or(i64::MAX).saturating_sub_unsigned(left.as_ms());
        self.offset = Some(self.offset.map_or(ahead, |offset| offset.min(ahead)));
    }
}

impl Session {
    fn relay(&self) -> Option<&Relay> {
        if let Gateway::Relay(relay) = &self.gateway { Some(relay) } else { None }
    }

    /// The request that opens a stream.
    pub(super) fn open_stream(&mut self, now: Instant) -> FeedCommand {
        let chats = self.chats_allowed();
        self.machine.take_list_change();
        let lapsed = self.machine.has_lapsed();
        let Gateway::Relay(relay) = &self.gateway else { return FeedCommand::Close };
        let Some(relayed) = &mut self.relayed else { return FeedCommand::Close };
        relayed.events.clear();
        relayed.feed = None;
        relayed.changed_at = None;
        relayed.heard_at = Some(now);
        let request = relay.open(&chats, relayed.position.as_deref(), self.credential.secret());
        relayed.opening = (chats, lapsed);
        FeedCommand::Stream(request)
    }

    /// Whether a stream may be opened: not while a ticket is on its way that covers more.
    pub(super) fn may_open_stream(&self) -> bool {
        self.relayed.as_ref().is_none_or(|relayed| !relayed.ticket.too_narrow)
    }

    /// A stream answered, and may begin.
    pub fn handle_stream_open(&mut self, now: Instant) {
        self.feed.handle_open(now);
    }

    /// Bytes of the stream.
    pub fn handle_stream_bytes(&mut self, bytes: &[u8], wall: UnixMs, now: Instant) {
        let most = self.max_body_bytes;
        let Some(relayed) = &mut self.relayed else { return };
        relayed.heard_at = Some(now);
        let pushed = relayed.events.push(bytes, most);
        while let Some(event) = self.relayed.as_mut().and_then(|relayed| relayed.events.next_event()) {
            self.hear(&event, now, wall, now);
            self.tell_event(&event, wall);
            self.note_position(event.id.as_deref());
        }
        if let Err(error) = pushed {
            self.tell(error);
            self.drop_stream(now);
        }
    }

    /// Behind this event a stream is resumed.
    fn note_position(&mut self, position: Option<&str>) {
        if let Some(relayed) = &mut self.relayed
            && let Some(position) = position.filter(|position| is_position(position))
        {
            relayed.position = Some(position.to_owned());
        }
    }

    /// The stream ended, or was refused with an answer.
    pub fn handle_stream_ended(&mut self, answer: Option<&Response>, now: Instant) {
        let Some(relayed) = &mut self.relayed else { return };
        relayed.heard_at = None;
        relayed.feed = None;
        let (opening, _) = std::mem::take(&mut relayed.opening);
        let answered = match (answer, &self.gateway) {
            (Some(answer), Gateway::Relay(relay)) => relay.answer_of_feed(answer),
            (Some(_) | None, _) => return self.handle_socket_closed(VANISHED, now),
        };
        match answered {
            Answered::Refused(error) if error.status == Some(401) => self.handle_socket_closed(REFUSED, now),
            Answered::NotCovered(places, error) => {
                self.handle_socket_closed(VANISHED, now);
                self.not_covered(&places, &opening, error, now);
                self.feed.hurry(now);
            }
            Answered::Refused(error) => {
                self.handle_socket_closed(VANISHED, now);
                self.feed.leave_alone(now + error.retry_after_ms.unwrap_or(0));
                self.tell(error);
            }
            Answered::Done(_) => {
                self.handle_socket_closed(VANISHED, now);
                self.tell(Error::new(ErrorCode::Malformed, "the relay: expected a stream, found something else"));
            }
        }
    }

    /// Time passed.
    pub(super) fn relay_timeout(&mut self, now: Instant) {
        let Some(relayed) = &mut self.relayed else { return };
        let ticket = &mut relayed.ticket;
        if ticket.ask_at.take_if(|at| *at <= now).is_some() {
            self.credential.want();
        }
        if ticket.renew_at.take_if(|at| *at <= now).is_some() {
            self.credential.renew();
        }
        if relayed.heard_at.is_some_and(|at| at + SILENT_MS <= now) {
            self.drop_stream(now);
        }
    }

    /// When that matters next.
    pub(super) fn relay_timeout_at(&self) -> Option<Instant> {
        let relayed = self.relayed.as_ref()?;
        let calls = self.credential.is_usable();
        let silent = relayed.heard_at.map(|at| at + SILENT_MS);
        let change = relayed.change_due().filter(|_| calls);
        [relayed.ticket.ask_at, relayed.ticket.renew_at, silent, change].into_iter().flatten().min()
    }

    /// How the account's budget stands, as the relay told it, with the calls of the day and the chats watched by all.
    pub(super) fn relayed_budget(&self) -> Option<(Budget, usize, u64)> {
        let (budget, calls_today, watched) = self.relayed.as_ref()?.budget?;
        Some((budget, watched, calls_today))
    }

    /// Whose gateway is behind the relay, once it said so.
    pub(super) fn vendor(&self) -> Option<&'static str> {
        self.relayed.as_ref()?.vendor
    }

    /// An event that reached this browser at `heard_at`.
    fn hear(&mut self, event: &Event, heard_at: Instant, wall: UnixMs, now: Instant) {
        let Some(relayed) = &mut self.relayed else { return };
        let told = match read(event, &|at| relayed.instant(at, now)) {
            Ok(told) => told,
            // One that cannot be read is told of, and the stream goes on.
            Err(error) => return self.tell(error),
        };
        match told {
            Told::Hello(hello) => self.greeted(&hello, heard_at, now),
            Told::Reset => self.machine.handle_reset(now),
            Told::Snapshot { chat, memories, last_inbound, word } => {
                if let Some(word) = word {
                    self.machine.handle_word(&chat, word, now);
                }
                self.machine.handle_memories(&chat, &memories, last_inbound, wall, now);
            }
            Told::Observation(envelope, received) => {
                let arrived = received.map_or(now, |received| {
                    relayed.learn(received, heard_at);
                    relayed.instant(received, now)
                });
                self.machine.handle_relayed(&envelope, arrived, wall, now);
            }
            Told::Knowledge(chat, word) => self.machine.handle_word(&chat, word, now),
            Told::Alias(lid, contact) => self.machine.add_alias(&lid, &contact, wall, now),
            Told::Session(standing) => self.stand(standing, now),
            Told::Own(online) => self.patterns.own.handle_told(online),
            Told::Budget(budget, calls_today, watched) => relayed.budget = Some((budget, calls_today, watched)),
            Told::Error(error) => self.tell(error),
            Told::Expired if self.follows() => {}
            Told::Expired => self.handle_socket_closed(REFUSED, now),
            Told::Unknown => {}
        }
    }

    fn greeted(&mut self, hello: &Hello, heard_at: Instant, now: Instant) {
        let lapsed = self.machine.has_lapsed();
        let ours = self.feed.is_there();
        let Some(relayed) = &mut self.relayed else { return };
        // Its clock may have been set meanwhile.
        relayed.offset = None;
        relayed.learn(hello.now, heard_at);
        relayed.feed = ours.then(|| hello.feed.clone());
        relayed.vendor = hello.vendor.or(relayed.vendor);
        relayed.budget = Some(hello.budget);
        relayed.failures = 0;
        if lapsed && !relayed.opening.1 {
            // It lapsed while the stream was being opened: what is void by now is to be told again.
            relayed.changed_at = Some(now);
        }
        if let Some(since) = self.feed.handle_frame(now) {
            self.feed_opened(since, now);
        }
        self.stand(hello.standing, now);
        self.patterns.own.handle_told(hello.own);
        if ours {
            self.ticket_ends(Some(hello.expires), now);
        }
    }

    /// How the relay stands to the gateway: without it, no more is known here than there.
    fn stand(&mut self, standing: Standing, now: Instant) {
        let (state, reason) = match standing.reach {
            Reach::Open => (ConnectionState::Open, None),
            Reach::Dropped => (ConnectionState::Reconnecting, Some(ConnectionReason::Dropped)),
            Reach::Unreachable => (ConnectionState::Reconnecting, Some(ConnectionReason::Unreachable)),
            // Our own stream is open; what is refused is the owner's credential, and not our ticket.
            Reach::Refused => (ConnectionState::Open, Some(ConnectionReason::Refused)),
        };
        self.connect(state, reason, now);
        if standing.reach == Reach::Refused {
            let error = Error::new(ErrorCode::Unauthorized, "the gateway refuses the relay's credential");
            self.tell(Error { status: Some(502), ..error });
        }
        self.capabilities = standing.capabilities;
        if standing.session != self.machine.session_state() {
            self.machine.handle_session(standing.session, false, now);
        }
        self.note_session(standing.session, now);
    }

    /// The stream is worth nothing any more: another is opened.
    fn drop_stream(&mut self, now: Instant) {
        if let Some(relayed) = &mut self.relayed {
            relayed.heard_at = None;
            relayed.feed = None;
        }
        self.feed.give_up(&mut self.jitter, now);
        self.lose_feed(ConnectionReason::Dropped, now);
    }
}

/// Whether a text can be one of the relay's positions: it goes into a header.
fn is_position(text: &str) -> bool {
    text.len() <= POSITION_BYTES && is_word(text)
}

/// Whether a text stands on a line without being taken for two words.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}
