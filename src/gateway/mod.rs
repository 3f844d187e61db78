//! Gateway dialects: pure codecs between a vendor's wire and the machine's words.
//!
//! A dialect turns a [`Call`] into an HTTP [`Request`], an HTTP answer into an [`Answer`] or a typed
//! [`Error`], and a webhook body or feed frame into
//! [`Envelope`]s. It performs no I/O, keeps no state and knows no clock. Wire words stay here.

#![cfg_attr(
    all(target_arch = "wasm32", not(feature = "hosted")),
    expect(dead_code, unused_imports, reason = "what the hosted dialects share with WAHA")
)]

mod capabilities;
pub mod http;
mod json;
mod lenient;
mod redact;

#[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
pub mod relay;
#[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
pub mod waapi;
pub mod waha;
#[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
pub mod wawp;
pub mod webhook;
mod words;

use std::borrow::Cow;
use std::fmt;

pub use capabilities::{Capabilities, Capability};

use crate::machine::SessionState;
use crate::machine::config::LeaseTerms;
use crate::machine::error::Error;
use crate::machine::few::Few;
use crate::machine::id::{Address, Id};
use crate::machine::knowledge::Hiding;
use crate::machine::observation::{Envelope, Report};
use http::{Request, Secret};

/// Everything a client may ask of a gateway. Each is one typed call under `presence.rest`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Call {
    /// Ask to be told of a chat's presence.
    Subscribe(Id),
    /// Read one chat's presence. On WAHA it subscribes too.
    Get(Id),
    /// Read what the gateway remembers of one chat, without subscribing.
    Snapshot(Id),
    /// Read the presence of every chat the gateway remembers, without subscribing.
    GetAll,
    /// Say how we are: to everybody, or in one chat.
    Set(OwnPresence),
    /// Show "typing…" in a chat.
    StartTyping(Id),
    /// Stop showing it.
    StopTyping(Id),
    /// How the session is, and who we are.
    Session,
    /// The other id of a person: the `@lid` of a contact, the number behind a `@lid`.
    LookUp(Id),
    /// Our own privacy settings, which explain why others' presence is hidden from us.
    Privacy,
    /// Change one of them.
    SetPrivacy(Privacy),
}

impl Call {
    /// Whether it subscribes, meant or not: such calls share one budget.
    #[must_use]
    pub const fn subscribes(&self) -> bool {
        matches!(self, Self::Subscribe(_) | Self::Get(_))
    }
}

/// A privacy setting of our own account, with its new value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// Who sees when we were last online.
    LastSeen(Audience),
    /// Whether those who see that see that we are online, and nobody else; or everybody does.
    Online {
        /// As `LastSeen` has it.
        follows_last_seen: bool,
    },
    /// Whether people see that we read what they wrote.
    ReadReceipts(bool),
}

/// Who sees something of us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    All,
    /// Our contacts.
    Contacts,
    /// Nobody.
    None,
}

/// What we can say of ourselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnPresence {
    /// Online, to everybody.
    Online,
    /// Offline, to everybody. Lets the owner's phone show notifications again.
    Offline,
    /// Typing in a chat.
    Typing(Id),
    /// Recording in a chat.
    Recording(Id),
    /// Neither any more.
    Paused(Id),
}

/// One chat's presence as a gateway answered it.
#[derive(Clone, Debug)]
pub struct ChatReports<'a> {
    /// The chat.
    pub chat: Address<'a>,
    /// Its participants.
    pub reports: Few<Report<'a>>,
    /// Whether whoever is not listed does nothing.
    pub complete: bool,
}

/// How a session is.
#[derive(Clone, Debug)]
pub struct SessionInfo<'a> {
    /// Whether it works.
    pub state: SessionState,
    /// The gateway's own word for it.
    pub status: &'a str,
    /// `online`, `offline`, or nothing said yet.
    pub own_presence: Option<bool>,
    /// The engine behind the gateway, as it names it.
    pub engine: Option<&'a str>,
    /// Ids of the account itself.
    pub own: Vec<Address<'a>>,
}

/// What a successful call told us.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Answer<'a> {
    /// Done; nothing more was said.
    Done,
    /// Presence of one chat.
    Chat(ChatReports<'a>),
    /// Presence of many chats.
    Chats(Vec<ChatReports<'a>>),
    /// The chat's presence is hidden from us.
    Hidden {
        /// The chat.
        chat: Address<'a>,
        /// By whose settings.
        hiding: Hiding,
    },
    /// The gateway never subscribed to the chat, and so knows nothing of it.
    NotSubscribed,
    /// The session.
    Session(SessionInfo<'a>),
    /// Two ids of one person, where the gateway knows both.
    Alias {
        /// The hidden id.
        lid: Option<Address<'a>>,
        /// The number.
        contact: Option<Address<'a>>,
    },
    /// What we share with at least some people; nothing where the gateway does not say so.
    Privacy {
        /// Whether anybody sees when we were last online. Whoever shows it to nobody is shown nobody's.
        shares_last_seen: Option<bool>,
        /// Whether anybody sees that we are online.
        shares_online: Option<bool>,
        /// Whether anybody sees that we read what they wrote.
        shares_reads: Option<bool>,
    },
}

/// What a webhook body or feed frame holds.
#[derive(Default)]
pub struct Decoded<'a> {
    /// Envelopes for this session, in order.
    pub envelopes: Few<Envelope<'a>>,
    /// Ids in them that are none, dropped.
    pub invalid_ids: u64,
    /// Envelopes of other sessions on the same socket, dropped.
    pub other_sessions: u64,
}

impl fmt::Debug for Decoded<'_> {
    /// Counts alone: ids of messages hold numbers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoded")
            .field("envelopes", &self.envelopes.len())
            .field("invalid_ids", &self.invalid_ids)
            .field("other_sessions", &self.other_sessions)
            .finish()
    }
}

/// The gateway behind a client. One variant per dialect, so that a build carries what it uses and nothing is boxed.
#[derive(Clone, Debug)]
pub enum Gateway {
    /// WAHA.
    Waha(waha::Waha),
    /// WaAPI.
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    Waapi(waapi::Waapi),
    /// A relay of one's own, whatever is behind it.
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    Relay(relay::Relay),
    /// Wawp, of either version.
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    Wawp(wawp::Wawp),
    /// None: bodies come in by `ingest`, in any dialect we know, and nothing is called.
    Ingest,
}

impl Gateway {
    /// The name of the dialect in options, errors and logs.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Waha(_) => "waha",
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Self::Waapi(_) => "waapi",
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Self::Relay(_) => "relay",
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Self::Wawp(_) => "wawp",
            Self::Ingest => "ingest",
        }
    }

    /// What it can do with this engine behind it, by the gateway's own name for it.
    #[must_use]
    pub fn capabilities(&self, engine: Option<&str>) -> &'static Capabilities {
        match self {
            Self::Waha(_) => waha::capabilities(engine),
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Self::Waapi(_) => &waapi::CAPABILITIES,
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Self::Relay(_) => &relay::CAPABILITIES,
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Self::Wawp(_) => &wawp::CAPABILITIES,
            Self::Ingest => const { &Capabilities::of(None, &[]) },
        }
    }

    /// How long it keeps telling of a chat after one subscribe call.
    #[must_use]
    pub const fn lease(&self) -> LeaseTerms {
        match self {
            // "Until reconnect", yet WhatsApp drops subscriptions silently.
            Self::Waha(_) | Self::Ingest => LeaseTerms { sure_ms: 300_000, max_ms: 300_000 },
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Self::Waapi(_) => LeaseTerms { sure_ms: 300_000, max_ms: 300_000 },
            // Nothing is leased here: the relay tells how long its own leases last.
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Self::Relay(_) => LeaseTerms { sure_ms: 300_000, max_ms: 300_000 },
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Self::Wawp(_) => wawp::LEASE,
        }
    }

    /// The request that makes a call.
    ///
    /// # Errors
    /// `unsupported` where the gateway has no such call.
    pub fn request(&self, call: &Call, key: Option<&Secret>) -> Result<Request, Error> {
        match self {
            Self::Waha(waha) => waha.request(call, key),
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Self::Waapi(waapi) => waapi.request(call, key),
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Self::Relay(relay) => relay.request(call, key),
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Self::Wawp(wawp) => wawp.request(call, key),
            Self::Ingest => Err(Error::new(
                crate::machine::error::ErrorCode::Unsupported,
                "gateway.kind \"ingest\" calls nothing: bodies come in by presence.ingest()",
            )),
        }
    }

    /// Reads the answer to a call.
    ///
    /// # Errors
    /// The gateway's refusal as a typed error, its own words kept, secrets and numbers removed.
    pub fn answer<'a>(&self, call: &Call, response: &'a http::Response) -> Result<Answer<'a>, Error> {
        match self {
            Self::Waha(_) | Self::Ingest => waha::answer(call, response),
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Self::Waapi(_) => waapi::answer(call, response),
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Self::Relay(relay) => relay.answer(call, response),
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Self::Wawp(wawp) => wawp.answer(call, response),
        }
    }

    /// Reads a webhook body or a feed frame.
    ///
    /// # Errors
    /// `malformed` when it is not JSON, or not an envelope.
    pub fn decode<'a>(&self, body: &'a [u8]) -> Result<Decoded<'a>, Error> {
        let mut decoded = Decoded::default();
        self.decode_into(body, &mut decoded)?;
        Ok(decoded)
    }

    /// The same into a place of the caller's: an envelope is large, and on the hot path each move of it shows. What is there
    /// after an error is worth nothing.
    ///
    /// # Errors
    /// As [`Self::decode`].
    #[inline]
    pub fn decode_into<'a>(&self, body: &'a [u8], decoded: &mut Decoded<'a>) -> Result<(), Error> {
        match self {
            Self::Waha(waha) => {
                waha::decode(body, Some(waha.session.as_str()).filter(|session| *session != "*"), decoded)
            }
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Self::Waapi(waapi) => waapi::decode(body, Some(waapi.instance_id.as_str()), decoded),
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Self::Relay(_) => Err(Error::new(
                crate::machine::error::ErrorCode::Unsupported,
                "gateway.kind \"relay\" takes in no bodies: gateways post them to the relay",
            )),
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Self::Wawp(wawp) => waha::decode_instance(body, &wawp.instance_id, decoded),
            Self::Ingest => webhook::decode_into(body, decoded),
        }
    }
}

/// The body to decode: the one within where it is JSON as a text, and else the body itself. What is decoded borrows from it.
#[must_use]
#[inline]
pub fn unquoted(body: &[u8]) -> Cow<'_, [u8]> {
    json::unquoted(body)
}
