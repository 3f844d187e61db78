//! The account's privacy in the words of `WaAPI`, which are those of WhatsApp's page.

use serde_json::{Value, json};

use crate::world::privacy::{Audience, OnlineAudience, Privacy, Receipts};

/// What cannot be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// There is no such category.
    Category,
    /// The category has no such value, but these.
    Value(Vec<&'static str>),
}

/// All of it.
#[must_use]
pub fn settings(privacy: Privacy) -> Value {
    json!({ "settings": {
        "lastSeen": audience(privacy.last_seen),
        "online": online(privacy.online),
        "profilePicture": audience(privacy.profile_picture),
        "readReceipts": receipts(privacy.read_receipts),
    } })
}

/// The same privacy but for one category.
///
/// # Errors
///
/// There is no such category, or it has no such value.
pub fn changed(privacy: Privacy, category: &str, value: &str) -> Result<Privacy, Unfit> {
    Ok(match category {
        "lastSeen" => Privacy { last_seen: named(&AUDIENCES, audience, value)?, ..privacy },
        "online" => Privacy { online: named(&ONLINE_AUDIENCES, online, value)?, ..privacy },
        "profilePicture" => Privacy { profile_picture: named(&AUDIENCES, audience, value)?, ..privacy },
        "readReceipts" => Privacy { read_receipts: named(&RECEIPTS, receipts, value)?, ..privacy },
        _ => return Err(Unfit::Category),
    })
}

fn named<T: Copy>(all: &[T], word: fn(T) -> &'static str, value: &str) -> Result<T, Unfit> {
    let found = all.iter().copied().find(|one| word(*one) == value);
    found.ok_or_else(|| Unfit::Value(all.iter().copied().map(word).collect()))
}

const fn audience(audience: Audience) -> &'static str {
    match audience {
        Audience::All => "all",
        Audience::Contacts => "contacts",
        Audience::ContactsExcept => "contact_blacklist",
        Audience::None => "none",
    }
}

const fn online(audience: OnlineAudience) -> &'static str {
    match audience {
        OnlineAudience::All => "all",
        OnlineAudience::MatchLastSeen => "match_last_seen",
    }
}

const fn receipts(receipts: Receipts) -> &'static str {
    match receipts {
        Receipts::All => "all",
        Receipts::None => "none",
    }
}

const AUDIENCES: [Audience; 4] = [Audience::All, Audience::Contacts, Audience::ContactsExcept, Audience::None];

const ONLINE_AUDIENCES: [OnlineAudience; 2] = [OnlineAudience::All, OnlineAudience::MatchLastSeen];

const RECEIPTS: [Receipts; 2] = [Receipts::All, Receipts::None];
