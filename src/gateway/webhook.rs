//! Whether a webhook body is the gateway's, recent, and not a copy.
//!
//! Three questions, each for itself, in this order; whoever receives the body decides what an answer means:
//!
//! 1. [`verify`]: was it written by somebody who holds the secret? Over the bytes as they came, before anything reads
//!    them: JSON that was parsed and written again has another digest.
//! 2. [`fresh`]: does its own stamp say that it is recent? A gateway's headers are not covered by its signature, so a
//!    time in them proves nothing.
//! 3. [`ReplayGuard::first_seen`]: is it the first with this id? Asked last, or a stranger could use up ids. To a
//!    repeat answer as to the first, since most are honest: a gateway that heard no answer tries again.
//!
//! WaAPI's envelopes have neither an id nor a time. Their signature can be checked and nothing else: a body that
//! somebody recorded stays good for as long as the secret does.
//!
//! ```
//! use wa_presence::gateway::Gateway;
//! use wa_presence::gateway::webhook::{Fresh, ReplayGuard, TOLERANCE_MS, fresh, verify};
//! use wa_presence::machine::error::Error;
//! use wa_presence::machine::time::{Instant, UnixMs};
//!
//! /// Whether a body of WAHA's is to be passed on.
//! fn accept(
//!     body: &[u8], signature: &str, secret: &[u8], guard: &mut ReplayGuard, wall: UnixMs, now: Instant,
//! ) -> Result<bool, Error> {
//!     verify(body, signature, secret, None)?;
//!     let decoded = Gateway::Ingest.decode(body)?;
//!     // One that can be neither dated nor told apart is not passed on either.
//!     Ok(decoded.envelopes.iter().all(|envelope| {
//!         fresh(envelope.stamp, wall, TOLERANCE_MS) == Fresh::Yes
//!             && envelope.id.is_some_and(|id| guard.first_seen(id, now))
//!     }))
//! }
//! ```

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha512};

use super::{Decoded, waha};
use crate::machine::digest_table::IdSpace;
use crate::machine::error::{Error, ErrorCode};
use crate::machine::recent::Recent;
use crate::machine::time::{Instant, UnixMs};

/// Reads a body of any dialect we know, told apart by the body alone: WAHA's envelope is Wawp's as well, WaAPI's names an
/// `instanceId` and has no payload.
///
/// # Errors
/// `malformed` when the body is not JSON, or neither an object nor a list.
pub fn decode(body: &[u8]) -> Result<Decoded<'_>, Error> {
    let mut decoded = Decoded::default();
    decode_into(body, &mut decoded)?;
    Ok(decoded)
}

/// The same into a place of the caller's.
#[inline]
pub(super) fn decode_into<'a>(body: &'a [u8], decoded: &mut Decoded<'a>) -> Result<(), Error> {
    waha::decode(body, None, decoded)?;
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    {
        use super::waapi;
        use crate::machine::observation::Observation;

        // Asked only where WAHA's reader made nothing of it: that is the hot path.
        let is_unclear = decoded.envelopes.iter().any(|envelope| matches!(envelope.observation, Observation::Unknown));
        if is_unclear && waapi::is_envelope(body) {
            *decoded = Decoded::default();
            return waapi::decode(body, None, decoded);
        }
    }
    Ok(())
}

/// How far a stamp may be from our wall clock, either way, unless the caller knows better.
pub const TOLERANCE_MS: u64 = 900_000;

/// The hash under an HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC-SHA256: 64 hex digits. Wawp's SDK, WaAPI.
    Sha256,
    /// HMAC-SHA512: 128 hex digits. WAHA.
    Sha512,
}

impl Algorithm {
    const ALL: [Self; 2] = [Self::Sha256, Self::Sha512];

    /// The name on the wire, in `X-Webhook-Hmac-Algorithm` and before the `=` of a prefix.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    /// How many hex digits its digest has.
    const fn digits(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }
}

/// How a gateway signs unless it was told otherwise. Where a gateway or a proxy differs, make another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signing {
    /// The header that holds the signature; names of headers are the same in any case.
    pub header: &'static str,
    /// The algorithm.
    pub algorithm: Algorithm,
}

impl Signing {
    /// WAHA, as documented.
    pub const WAHA: Self = Self { header: "X-Webhook-Hmac", algorithm: Algorithm::Sha512 };
    /// WaAPI, as its users have it. Whether the secret is the API token or one of its own, they do not agree.
    pub const WAAPI: Self = Self { header: "X-WaAPI-HMAC", algorithm: Algorithm::Sha256 };
    /// Wawp documents no header: this is the name that its upstream WAHA uses. The algorithm is that of its Python SDK,
    /// while upstream signs with SHA-512; to take either, let the digest's length tell.
    pub const WAWP: Self = Self { header: "X-Webhook-Hmac", algorithm: Algorithm::Sha256 };
}

/// Checks the signature of a body, as it came: hex in any case, white space around it or not, with `sha256=` or
/// `sha512=` before it or not. The digest's length tells the algorithm; one that is given must be the same. Digests are
/// compared in constant time.
///
/// # Errors
/// `malformed` when the signature is no hex digest of a length we know, or of another algorithm than its prefix or the
/// caller says. `unauthorized` when it is not the signature of this body under this secret. `invalid-option` when the
/// secret is empty: with that, anybody could sign. No message repeats the secret, the signature or the body.
pub fn verify(body: &[u8], signature: &str, secret: &[u8], algorithm: Option<Algorithm>) -> Result<(), Error> {
    if secret.is_empty() {
        let message = "secret: expected at least one byte, found none: anybody can sign with an empty secret";
        return Err(Error::new(ErrorCode::InvalidOption, message));
    }
    let (found, digest) = parse(signature, algorithm).ok_or_else(|| malformed(signature, algorithm))?;
    let signed = match found {
        Algorithm::Sha256 => is_signed::<Hmac<Sha256>>(body, &digest, secret),
        Algorithm::Sha512 => is_signed::<Hmac<Sha512>>(body, &digest, secret),
    };
    if signed {
        return Ok(());
    }
    let name = found.as_str();
    let message = format!(
        "signature: expected the HMAC ({name}) of the body's bytes as they came, under this secret; found another"
    );
    Err(Error::new(ErrorCode::Unauthorized, message))
}

fn is_signed<M: Mac + KeyInit>(body: &[u8], digest: &[u8], secret: &[u8]) -> bool {
    // An HMAC takes keys of any length; where it would not, nothing is signed.
    <M as KeyInit>::new_from_slice(secret).is_ok_and(|mac| mac.chain_update(body).verify_slice(digest).is_ok())
}

/// The algorithm and the digest of a signature that keeps to its own prefix and to what is `wanted`.
fn parse(signature: &str, wanted: Option<Algorithm>) -> Option<(Algorithm, Vec<u8>)> {
    let signature = signature.trim_ascii();
    let (prefix, digits) = match signature.split_once('=') {
        Some((name, digits)) => {
            let prefix = Algorithm::ALL.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(name))?;
            (Some(prefix), digits)
        }
        None => (None, signature),
    };
    let found = Algorithm::ALL.into_iter().find(|known| known.digits() == digits.len())?;
    let agrees = |said: Option<Algorithm>| said.is_none_or(|said| said == found);
    if !agrees(prefix) || !agrees(wanted) {
        return None;
    }
    let (pairs, _) = digits.as_bytes().as_chunks::<2>();
    let digest: Option<Vec<u8>> = pairs.iter().map(|[high, low]| Some(nibble(*high)? << 4 | nibble(*low)?)).collect();
    Some((found, digest?))
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

fn malformed(signature: &str, wanted: Option<Algorithm>) -> Error {
    let expected = match wanted {
        Some(Algorithm::Sha256) => "64 hex digits (sha256)",
        Some(Algorithm::Sha512) => "128 hex digits (sha512)",
        None => "64 hex digits (sha256) or 128 (sha512)",
    };
    let length = signature.len();
    let message = format!(
        "signature: expected {expected}, bare or after their own prefix; found something else, {length} bytes long"
    );
    Error::new(ErrorCode::Malformed, message)
}

/// Whether a body is recent, by its own stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fresh {
    /// The stamp is within the tolerance.
    Yes,
    /// The stamp is too old, or too far ahead.
    No,
    /// There is no stamp: WaAPI sends none, nor does WAHA before 2025.3.
    Unknown,
}

/// Compares an envelope's own stamp with our wall clock. Headers with a time are not asked: no signature covers them.
#[must_use]
pub const fn fresh(stamp: Option<UnixMs>, wall: UnixMs, tolerance_ms: u64) -> Fresh {
    match stamp {
        Some(stamp) if stamp.as_ms().abs_diff(wall.as_ms()) <= tolerance_ms => Fresh::Yes,
        Some(_) => Fresh::No,
        None => Fresh::Unknown,
    }
}

/// Remembers the ids of envelopes, to know a copy: 4 096 ids or 15 minutes, whichever is less. Kept by the caller, in
/// memory, so a restart forgets them and two processes do not share them.
///
/// Together with [`fresh`] it stops a recorded body for good, as long as fewer than 4 096 come in 15 minutes: by the time
/// an id is forgotten, its stamp is too old. Where the gateway's clock is ahead of ours, there is a gap as long as it is
/// ahead; a tolerance of 450 000 ms or less leaves none.
///
/// WaAPI's envelopes have no id and no time: a replay cannot be detected there.
pub struct ReplayGuard(Recent);

impl ReplayGuard {
    /// A guard that has seen nothing. The seed keeps senders from crafting two ids that look the same: draw it at random.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Recent::new(seed))
    }

    /// Remembers an envelope's id; false when it was known already. Only for bodies that are verified and fresh. `now`
    /// never goes back.
    #[must_use]
    pub fn first_seen(&mut self, id: &str, now: Instant) -> bool {
        self.0.insert(IdSpace::Envelope, id, now)
    }
}

impl fmt::Debug for ReplayGuard {
    /// Nothing of it: the seed is not to be known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplayGuard").finish_non_exhaustive()
    }
}
