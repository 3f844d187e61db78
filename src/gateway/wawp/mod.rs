//! Wawp: a hosted gateway, by all signs a proxy over WAHA. It has no feed: events come by webhook alone.
//!
//! Bodies are WAHA's and are read by WAHA's readers. Paths, credentials and refusals are its own: a refusal may come as
//! 200, as XML and as plain text, and an event in shapes that only its documentation has.

mod calls;
mod refusal;

use std::fmt;

use super::http::Response;
use super::{Answer, Call, Capabilities, Capability, waha};
use crate::machine::config::LeaseTerms;
use crate::machine::error::Error;

/// What Wawp can do, in either version. Which engine is behind an instance is the vendor's business, and may change.
pub const CAPABILITIES: Capabilities = Capabilities::of(None, &[Capability::Recording, Capability::WatchMarksOnline]);

/// How long a subscription lives: "typically 20-60 seconds".
pub const LEASE: LeaseTerms = LeaseTerms { sure_ms: 20_000, max_ms: 60_000 };

/// Where version 1 is.
pub const V1_BASE_URL: &str = "https://wawp.net/wp-json/awp/v1";
/// Where version 2 is.
pub const V2_BASE_URL: &str = "https://api.wawp.net/v2";

/// The version of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Part of a WordPress site. Has no call to subscribe: reading a chat does.
    V1,
    /// The one of today.
    V2,
}

impl Version {
    /// Where the vendor serves it.
    #[must_use]
    pub const fn base_url(self) -> &'static str {
        match self {
            Self::V1 => V1_BASE_URL,
            Self::V2 => V2_BASE_URL,
        }
    }
}

/// What the field that sets our presence is called: the vendor's code and its prose disagree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PresenceField {
    /// As its node for n8n calls it, and WAHA.
    #[default]
    Presence,
    /// As its page *Presence & Availability* calls it.
    Status,
}

/// An instance at Wawp.
#[derive(Clone, PartialEq, Eq)]
pub struct Wawp {
    /// Which API.
    pub version: Version,
    /// `http://` or `https://`, with its path, without a trailing slash: [`Version::base_url`], or a relay of one's own.
    pub base_url: String,
    /// The instance, as the vendor names it.
    pub instance_id: String,
    /// What the field that sets our presence is called.
    pub presence_field: PresenceField,
    /// Whether reads carry the credentials in the query, where proxies and histories keep them, in place of headers.
    pub credentials_in_query: bool,
}

impl Wawp {
    /// Reads the answer to a call.
    ///
    /// # Errors
    /// The gateway's refusal as a typed error, whatever its status; `malformed` where a 2xx body is not what a read promises.
    pub fn answer<'a>(&self, call: &Call, response: &'a Response) -> Result<Answer<'a>, Error> {
        if let Some(error) = refusal::refusal(response) {
            return Err(error);
        }
        match (call, self.version) {
            // The subscription stands even where the answer tells nothing.
            (Call::Subscribe(chat), Version::V1) => {
                Ok(waha::answer(&Call::Get(chat.clone()), response).unwrap_or(Answer::Done))
            }
            _ => waha::answer(call, response),
        }
    }
}

impl fmt::Debug for Wawp {
    /// Hides the address and the instance, which is half of the credential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wawp")
            .field("version", &self.version)
            .field("presence_field", &self.presence_field)
            .field("credentials_in_query", &self.credentials_in_query)
            .finish_non_exhaustive()
    }
}
