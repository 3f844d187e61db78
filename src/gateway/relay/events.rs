//! A relay's events in the machine's words. Its times are by its own clock: whoever knows how that stands to ours maps them.

use super::facts::Facts;
use super::observation::observation;
use super::shapes::{ALIAS, ANSWER, BUDGET, Fact, HELLO, OWN, SESSION};
use super::snapshot::{knowledge, snapshot};
use super::stream::Event;
use super::words::stamp_of;
use crate::gateway::Capabilities;
use crate::gateway::lenient::wrong_shape;
use crate::gateway::words::address_of;
use crate::machine::error::Error;
use crate::machine::few::Few;
use crate::machine::id::Address;
use crate::machine::observation::{Envelope, SessionState};
use crate::machine::time::{Instant, UnixMs};
use crate::machine::{Budget, Memory, RelayedWord};

/// One event.
#[derive(Debug)]
pub enum Told<'a> {
    /// The stream begins.
    Hello(Box<Hello>),
    /// What was told before is void.
    Reset,
    /// All that is known of a chat.
    Snapshot {
        /// The chat.
        chat: Address<'a>,
        /// Its people.
        memories: Few<Memory<'a>>,
        /// When they last wrote.
        last_inbound: Option<UnixMs>,
        /// What may be claimed of it.
        word: Option<RelayedWord>,
    },
    /// What a gateway told, and when that reached the relay.
    Observation(Box<Envelope<'a>>, Option<UnixMs>),
    /// What may be claimed of a chat.
    Knowledge(Address<'a>, RelayedWord),
    /// Two ids of one person.
    Alias(Address<'a>, Address<'a>),
    /// How the relay stands to the gateway, and the gateway to WhatsApp.
    Session(Standing),
    /// What our account says of itself, where that is known.
    Own(Option<bool>),
    /// How the account's budget stands: with it the calls of the day and the chats watched by all.
    Budget(Budget, u64, usize),
    /// A refusal that no answer carries.
    Error(Error),
    /// The ticket ended, and the stream with it.
    Expired,
    /// Something that comes after us.
    Unknown,
}

/// How a stream begins.
#[derive(Debug)]
pub struct Hello {
    /// What to call the feed.
    pub feed: String,
    /// Whose gateway is behind the relay, where it is one that we know.
    pub vendor: Option<&'static str>,
    /// The relay's clock as it said so.
    pub now: UnixMs,
    /// When the ticket ends, by that clock.
    pub expires: UnixMs,
    /// Whether nothing was missed.
    pub resumed: bool,
    /// How the relay stands.
    pub standing: Standing,
    /// What our account says of itself, where that is known.
    pub own: Option<bool>,
    /// How the account's budget stands: with it the calls of the day and the chats watched by all.
    pub budget: (Budget, u64, usize),
}

/// What brings the relay news of the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All is well.
    Open,
    /// The gateway's own stream broke.
    Dropped,
    /// It cannot be opened.
    Unreachable,
    /// The gateway refuses the owner's credential.
    Refused,
}

/// How the relay stands to the gateway, and the gateway to WhatsApp.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// The relay's connection to the gateway.
    pub reach: Reach,
    /// The gateway's session.
    pub session: SessionState,
    /// What the relay and what is behind it can do together, and the engine where it is one that we know.
    pub capabilities: Capabilities,
}

/// Whose gateways there are.
const VENDORS: [&str; 3] = ["waha", "wawp", "waapi"];

/// Reads an event. `instant` maps the relay's clock to ours.
///
/// # Errors
/// `malformed` where the event is one that we know and its data is not what it promises.
pub fn read<'a>(event: &'a Event, instant: &dyn Fn(UnixMs) -> Instant) -> Result<Told<'a>, Error> {
    Ok(match event.name.as_str() {
        "hello" => Told::Hello(Box::new(hello(&event.data, instant)?)),
        "reset" => Told::Reset,
        "snapshot" => snapshot(&event.data, instant)?,
        "observation" => observation(&event.data)?,
        "knowledge" => knowledge(&event.data, instant)?,
        "alias" => {
            let facts = Facts::read(&event.data, &ALIAS)?;
            match (address_of(facts.get(Fact::Lid)), address_of(facts.get(Fact::Contact))) {
                (Some(lid), Some(contact)) => Told::Alias(lid, contact),
                _ => return Err(wrong_shape("two ids", &event.data)),
            }
        }
        "session" => Told::Session(Facts::read(&event.data, &SESSION)?.standing()),
        "own" => Told::Own(Facts::read(&event.data, &OWN)?.get(Fact::Online).flag()),
        "budget" => {
            let (budget, calls_today, watched) = Facts::read(&event.data, &BUDGET)?.budget(instant);
            Told::Budget(budget, calls_today, watched)
        }
        "error" => Told::Error(Facts::read(&event.data, &ANSWER)?.error(None)),
        "expired" => Told::Expired,
        _ => Told::Unknown,
    })
}

fn hello(data: &[u8], instant: &dyn Fn(UnixMs) -> Instant) -> Result<Hello, Error> {
    let facts = Facts::read(data, &HELLO)?;
    let feed = facts.get(Fact::Feed).text();
    let (Some(feed), Some(now), Some(expires)) = (feed, stamp_of(facts.get(Fact::Now)), facts.expires()) else {
        return Err(wrong_shape("a feed and two times", data));
    };
    Ok(Hello {
        feed: feed.to_owned(),
        vendor: VENDORS.into_iter().find(|vendor| facts.get(Fact::Gateway).text() == Some(vendor)),
        now,
        expires,
        resumed: facts.get(Fact::Resumed).flag() == Some(true),
        standing: facts.standing(),
        own: facts.get(Fact::Online).flag(),
        budget: facts.budget(instant),
    })
}
