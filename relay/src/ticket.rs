//! Tickets: what a page may do, signed by the owner's backend, for a short time.
//!
//! A ticket names one account, its chats and its scopes. Exactly one algorithm is accepted, the configured one, whatever a
//! ticket says of itself; so `none`, and a public key used as a shared secret, are refused alike.

use std::collections::{BTreeMap, BTreeSet};

use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use wa_presence::machine::error::ErrorCode;
use wa_presence::machine::id::{Id, IdKind};
use wa_presence::machine::time::UnixMs;

use crate::error::Refusal;

/// How tickets are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC-SHA256, with a secret that the backend shares.
    Hs256,
    /// Ed25519: the relay holds the public key alone.
    EdDsa,
}

impl Algorithm {
    const fn name(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::Hs256 => jsonwebtoken::Algorithm::HS256,
            Self::EdDsa => jsonwebtoken::Algorithm::EdDSA,
        }
    }
}

/// One thing a ticket may allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// To be told of others' presence.
    Read,
    /// To show ours.
    Send,
}

/// The chats of a ticket, as it writes them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Chats {
    /// `"*"`.
    Word(String),
    /// A list of ids.
    List(Vec<String>),
}

/// What is in a ticket.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// Whose it is: an agent's id, of the backend's choosing.
    pub sub: String,
    /// Until when it is good, in Unix seconds.
    pub exp: u64,
    /// Which account.
    pub account: String,
    /// Which chats, or `"*"`.
    pub chats: Chats,
    /// `read`, `send`.
    pub scopes: Vec<Scope>,
    /// Pairs of ids that name one person: `@lid` to `@c.us`. Not every gateway tells them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub aliases: BTreeMap<String, String>,
    /// For whom it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aud: Option<String>,
}

/// A ticket that was checked.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// Whose it is.
    pub subject: String,
    /// Which account.
    pub account: String,
    /// Its chats; none for all.
    pub chats: Option<BTreeSet<Id>>,
    /// Two ids of one person each: the hidden one and the number.
    pub aliases: Vec<(Id, Id)>,
    /// When it ends.
    pub expires: UnixMs,
    scopes: Vec<Scope>,
}

impl Ticket {
    /// Refuses whoever may not do this.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn require(&self, scope: Scope) -> Result<(), Refusal> {
        if self.scopes.contains(&scope) {
            return Ok(());
        }
        let word = match scope {
            Scope::Read => "read",
            Scope::Send => "send",
        };
        Err(Refusal::new(ErrorCode::Forbidden, format!("ticket: expected the scope `{word}`")))
    }

    /// The chats it covers. `canonical` gives the id under which a person is known, so that either id does.
    #[must_use]
    pub fn coverage<F: Fn(&Id) -> Id>(&self, canonical: F) -> Coverage<F> {
        let known = |chats: &BTreeSet<Id>| chats.iter().flat_map(|chat| [chat.clone(), canonical(chat)]).collect();
        Coverage { chats: self.chats.as_ref().map(known), canonical }
    }
}

/// A ticket that was checked, as it goes from one relay to another.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Carried {
    subject: String,
    account: String,
    chats: Option<Vec<String>>,
    scopes: Vec<Scope>,
    aliases: Vec<(String, String)>,
    expires_at_ms: u64,
}

impl Ticket {
    pub(crate) fn carried(&self) -> Carried {
        let text = |id: &Id| id.as_str().to_owned();
        Carried {
            subject: self.subject.clone(),
            account: self.account.clone(),
            chats: self.chats.as_ref().map(|chats| chats.iter().map(text).collect()),
            scopes: self.scopes.clone(),
            aliases: self.aliases.iter().map(|(lid, contact)| (text(lid), text(contact))).collect(),
            expires_at_ms: self.expires.as_ms(),
        }
    }

    pub(crate) fn from_carried(of: &Carried) -> Option<Self> {
        let chats = of.chats.as_ref().map(|chats| chats.iter().map(|id| Id::parse(id)).collect::<Result<_, _>>());
        Some(Self {
            subject: of.subject.clone(),
            account: of.account.clone(),
            chats: chats.transpose().ok()?,
            aliases: of.aliases.iter().map(|(lid, contact)| alias(lid, contact)).collect::<Option<_>>()?,
            expires: UnixMs::from_ms(of.expires_at_ms),
            scopes: of.scopes.clone(),
        })
    }
}

/// The chats of a ticket, by all their ids.
#[derive(Debug)]
pub struct Coverage<F> {
    chats: Option<BTreeSet<Id>>,
    canonical: F,
}

impl<F: Fn(&Id) -> Id> Coverage<F> {
    /// Whether a chat is one of them.
    #[must_use]
    pub fn holds(&self, chat: &Id) -> bool {
        let holds = |chats: &BTreeSet<Id>| chats.contains(chat) || chats.contains(&(self.canonical)(chat));
        self.chats.as_ref().is_none_or(holds)
    }
}

/// Longest ticket, in bytes: a few hundred chats.
const LONGEST: usize = 32 << 10;
/// Most chats of one ticket, and most pairs of ids.
const MOST_CHATS: usize = 2_000;
/// How far two clocks may be apart, in seconds.
const LEEWAY_S: u64 = 5;
/// Shortest shared secret, in bytes: as long as the digest it makes.
const SHORTEST_SECRET: usize = 32;

/// How tickets are checked.
#[derive(Clone)]
pub struct Keys {
    key: DecodingKey,
    validation: Validation,
    max_life_s: u64,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("algorithms", &self.validation.algorithms).finish_non_exhaustive()
    }
}

impl Keys {
    /// From a shared secret, or a public key in PEM.
    ///
    /// # Errors
    /// What the key is not.
    pub fn new(algorithm: Algorithm, key: &[u8], audience: Option<String>, max_life_s: u64) -> Result<Self, String> {
        let key = match algorithm {
            Algorithm::Hs256 if key.len() < SHORTEST_SECRET => {
                return Err(format!("key: expected at least {SHORTEST_SECRET} bytes for HS256"));
            }
            Algorithm::Hs256 => DecodingKey::from_secret(key),
            Algorithm::EdDsa => {
                DecodingKey::from_ed_pem(key).map_err(|_| "key: expected an Ed25519 public key in PEM".to_owned())?
            }
        };
        let mut validation = Validation::new(algorithm.name());
        // Expiry is compared below, with the clock that everything here is given.
        validation.validate_exp = false;
        validation.validate_aud = audience.is_some();
        if let Some(audience) = audience {
            validation.set_audience(&[audience]);
            validation.set_required_spec_claims(&["exp", "sub", "aud"]);
        } else {
            validation.set_required_spec_claims(&["exp", "sub"]);
        }
        Ok(Self { key, validation, max_life_s })
    }

    /// Checks a ticket.
    ///
    /// # Errors
    /// `unauthorized`, whatever is wrong with it; the message never repeats any of it.
    pub fn check(&self, ticket: &str, wall: UnixMs) -> Result<Ticket, Refusal> {
        let refuse = |why: &str| Refusal::new(ErrorCode::Unauthorized, format!("ticket: {why}"));
        if ticket.len() > LONGEST {
            return Err(refuse("expected at most 32 KiB"));
        }
        let claims = decode::<Claims>(ticket, &self.key, &self.validation)
            .map_err(|_| refuse("expected a JWT, signed for this relay, with sub, exp, account, chats and scopes"))?;
        let claims = claims.claims;
        let now_s = wall.as_ms() / 1_000;
        if claims.exp.saturating_add(LEEWAY_S) <= now_s {
            return Err(refuse("expired"));
        }
        if claims.exp > now_s + self.max_life_s + LEEWAY_S {
            return Err(refuse("expected one that ends sooner"));
        }
        if claims.sub.is_empty() || claims.sub.len() > 256 {
            return Err(refuse("expected `sub` of 1 to 256 bytes"));
        }
        let chats = match claims.chats {
            Chats::Word(word) if word == "*" => None,
            Chats::Word(_) => return Err(refuse("expected `chats` to be a list or \"*\"")),
            Chats::List(list) if list.len() > MOST_CHATS => return Err(refuse("expected at most 2000 chats")),
            Chats::List(list) => {
                let ids: Result<_, _> = list.iter().map(|id| Id::parse(id)).collect();
                Some(ids.map_err(|_| refuse("expected `chats` to be ids of chats"))?)
            }
        };
        if claims.aliases.len() > MOST_CHATS {
            return Err(refuse("expected at most 2000 aliases"));
        }
        let aliases: Option<_> = claims.aliases.iter().map(|(lid, contact)| alias(lid, contact)).collect();
        let aliases = aliases.ok_or_else(|| refuse("expected `aliases` to be pairs of a @lid and a @c.us id"))?;
        Ok(Ticket {
            aliases,
            subject: claims.sub,
            account: claims.account,
            chats,
            expires: UnixMs::from_ms(claims.exp.saturating_mul(1_000)),
            scopes: claims.scopes,
        })
    }
}

fn alias(lid: &str, contact: &str) -> Option<(Id, Id)> {
    let (lid, contact) = (Id::parse(lid).ok()?, Id::parse(contact).ok()?);
    (lid.kind() == IdKind::Lid && contact.kind() == IdKind::Contact).then_some((lid, contact))
}

/// Signs a ticket, as a backend would: for try-outs and tests.
///
/// # Errors
/// What the key is not.
pub fn mint(algorithm: Algorithm, key: &[u8], claims: &Claims) -> Result<String, String> {
    let key = match algorithm {
        Algorithm::Hs256 => EncodingKey::from_secret(key),
        Algorithm::EdDsa => {
            EncodingKey::from_ed_pem(key).map_err(|_| "key: expected an Ed25519 private key in PEM".to_owned())?
        }
    };
    encode(&Header::new(algorithm.name()), claims, &key).map_err(|_| "the ticket could not be signed".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
    const NOW: UnixMs = UnixMs::from_ms(1_785_000_000_000);

    fn keys() -> Keys {
        Keys::new(Algorithm::Hs256, SECRET, None, 3_600).expect("a key")
    }

    fn claims() -> Claims {
        Claims {
            sub: "agent-1".to_owned(),
            exp: NOW.as_ms() / 1_000 + 600,
            account: "support".to_owned(),
            chats: Chats::List(vec!["15550001111@s.whatsapp.net".to_owned()]),
            scopes: vec![Scope::Read],
            aliases: BTreeMap::new(),
            aud: None,
        }
    }

    fn refusal(claims: &Claims) -> String {
        let ticket = mint(Algorithm::Hs256, SECRET, claims).expect("a ticket");
        let refusal = keys().check(&ticket, NOW).expect_err("it is refused");
        assert_eq!(refusal.http(), 401);
        refusal.message
    }

    #[test]
    fn a_good_one_says_what_it_allows() {
        let ticket = mint(Algorithm::Hs256, SECRET, &claims()).expect("a ticket");
        let ticket = keys().check(&ticket, NOW).expect("it is good");
        let id = |text: &str| Id::parse(text).expect("an id");
        assert!(ticket.coverage(Id::clone).holds(&id("15550001111@c.us")), "in its normal form");
        assert!(!ticket.coverage(Id::clone).holds(&id("15550002222@c.us")));
        let lid = |asked: &Id| if asked.as_str() == "77@lid" { id("15550001111@c.us") } else { asked.clone() };
        assert!(ticket.coverage(lid).holds(&id("77@lid")), "both ids of a person");
        assert!(ticket.require(Scope::Read).is_ok());
        assert_eq!(ticket.require(Scope::Send).expect_err("not that").http(), 403);
    }

    #[test]
    fn expired_or_too_long_lived_it_is_refused() {
        let now = NOW.as_ms() / 1_000;
        assert_eq!(refusal(&Claims { exp: now - 6, ..claims() }), "ticket: expired");
        assert!(refusal(&Claims { exp: now + 4_000, ..claims() }).contains("sooner"));
    }

    #[test]
    fn another_key_another_algorithm_or_none_is_refused() {
        let other = mint(Algorithm::Hs256, b"another secret, as long as the first", &claims()).expect("a ticket");
        assert!(keys().check(&other, NOW).is_err());
        let encode = |text: &str| {
            use std::fmt::Write;
            // base64url, by hand: the crate that signs offers none.
            let mut out = String::new();
            for chunk in text.as_bytes().chunks(3) {
                let bits =
                    chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
                for place in 0..=chunk.len() {
                    let six = (bits >> (18 - 6 * place)) & 63;
                    let letter = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[six as usize];
                    let _ = write!(out, "{}", char::from(letter));
                }
            }
            out
        };
        let payload = encode(&serde_json::to_string(&claims()).expect("JSON"));
        for header in [r#"{"alg":"none"}"#, r#"{"alg":"None","typ":"JWT"}"#, r#"{"alg":"HS512"}"#, r#"{"alg":"RS256"}"#]
        {
            for signature in ["", "AAAA"] {
                let ticket = format!("{}.{payload}.{signature}", encode(header));
                assert!(keys().check(&ticket, NOW).is_err(), "{header}");
            }
        }
    }

    #[test]
    fn with_a_public_key_nobody_signs() {
        let private = b"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIGzlU8uUiAlO5an4lJphqzIpKVvQFohZozUS9uxnNTZl\n-----END PRIVATE KEY-----";
        let public = b"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAyDpcbIVCY776z8CI9DoAp3iIWQZhHCxG1w30Df13Cwc=\n-----END PUBLIC KEY-----";
        let keys = Keys::new(Algorithm::EdDsa, public, None, 3_600).expect("a key");
        let ticket = mint(Algorithm::EdDsa, private, &claims()).expect("a ticket");
        assert!(keys.check(&ticket, NOW).is_ok());
        // Whoever knows the public key might use it as a shared secret.
        let forged = mint(Algorithm::Hs256, public, &claims()).expect("a ticket");
        assert!(keys.check(&forged, NOW).is_err());
    }

    #[test]
    fn aliases_are_pairs_of_the_two_ids_of_a_person() {
        let pairs = |lid: &str, contact: &str| BTreeMap::from([(lid.to_owned(), contact.to_owned())]);
        let good = Claims { aliases: pairs("77@lid", "15550001111@s.whatsapp.net"), ..claims() };
        let ticket = mint(Algorithm::Hs256, SECRET, &good).expect("a ticket");
        let told = keys().check(&ticket, NOW).expect("it is good").aliases;
        assert_eq!(
            told.iter().map(|(lid, contact)| (lid.as_str(), contact.as_str())).collect::<Vec<_>>(),
            [("77@lid", "15550001111@c.us")]
        );
        for (lid, contact) in [("15550001111@c.us", "77@lid"), ("77@lid", "78@lid"), ("77@lid", "../me")] {
            assert!(refusal(&Claims { aliases: pairs(lid, contact), ..claims() }).contains("aliases"));
        }
    }

    #[test]
    fn what_is_no_list_of_chats_is_refused() {
        for chats in [Chats::Word("all".to_owned()), Chats::List(vec!["../me".to_owned()])] {
            assert!(refusal(&Claims { chats, ..claims() }).contains("chats"));
        }
    }
}
