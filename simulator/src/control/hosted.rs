//! What the hosted gateways have and WAHA has not: limits, the account's privacy, and manners that nobody is sure of.

use serde::Deserialize;
use serde_json::{Value, json};

use super::sessions::{waapi as reach_waapi, wawp as reach_wawp};
use super::{Refusal, Reply};
use crate::face::session::Session;
use crate::face::waapi::settings::{self as words, Unfit};
use crate::face::waapi::{Envelope, NotReady};
use crate::face::wawp::Missing;
use crate::simulator::Simulator;
use crate::time::Instant;
use crate::traffic::limit::Rule;
use crate::world::privacy::Privacy;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewLimit {
    #[serde(default)]
    subscribes_per_minute: Option<u32>,
    #[serde(default)]
    retry_after: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewPrivacy {
    #[serde(default)]
    last_seen: Option<String>,
    #[serde(default)]
    online: Option<String>,
    #[serde(default)]
    read_receipts: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WawpManners {
    #[serde(default)]
    errors_under_200: Option<bool>,
    #[serde(default)]
    missing: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WaapiManners {
    #[serde(default)]
    envelope: Option<String>,
    #[serde(default)]
    not_ready: Option<String>,
}

/// A new limit forgets the attempts so far.
pub(super) fn limit(simulator: &mut Simulator, name: &str, body: &NewLimit) -> Reply {
    let session = find(simulator, name)?;
    let retry_after = body.retry_after.unwrap_or(true);
    session.limit.rule = Rule { per_minute: body.subscribes_per_minute, retry_after };
    session.limit.clear();
    Ok(json!({ "subscribesPerMinute": body.subscribes_per_minute, "retryAfter": retry_after }))
}

pub(super) fn privacy(simulator: &mut Simulator, name: &str, body: NewPrivacy, now: Instant) -> Reply {
    let session = find(simulator, name)?;
    let mut privacy = session.account.privacy();
    let wanted = [("lastSeen", body.last_seen), ("online", body.online), ("readReceipts", body.read_receipts)];
    for (category, value) in wanted {
        if let Some(value) = value {
            privacy =
                words::changed(privacy, category, &value).map_err(|unfit| unfit_setting(category, &value, &unfit))?;
        }
    }
    session.account.set_privacy(privacy, now);
    Ok(settings(privacy))
}

pub(super) fn wawp(simulator: &mut Simulator, name: &str, body: &WawpManners) -> Reply {
    let session = find(simulator, name)?;
    let bodies = [("json", Missing::Json), ("xml", Missing::Xml), ("text", Missing::Text)];
    let manners = &mut session.wawp.manners;
    manners.missing = choose("missing", body.missing.as_deref(), manners.missing, &bodies)?;
    manners.errors_under_200 = body.errors_under_200.unwrap_or(manners.errors_under_200);
    Ok(reach_wawp(session))
}

pub(super) fn waapi(simulator: &mut Simulator, name: &str, body: &WaapiManners) -> Reply {
    let session = find(simulator, name)?;
    let envelopes = [
        ("documented", Envelope::Documented),
        ("nested", Envelope::Nested),
        ("single", Envelope::Single),
        ("flat", Envelope::Flat),
    ];
    let ways = [("outer", NotReady::Outer), ("inner", NotReady::Inner), ("conflict", NotReady::Conflict)];
    let manners = &mut session.waapi.manners;
    manners.envelope = choose("envelope", body.envelope.as_deref(), manners.envelope, &envelopes)?;
    manners.not_ready = choose("notReady", body.not_ready.as_deref(), manners.not_ready, &ways)?;
    Ok(reach_waapi(session))
}

/// The account's privacy in the words that set it.
pub(super) fn settings(privacy: Privacy) -> Value {
    let mut settings = words::settings(privacy);
    let settings = settings["settings"].take();
    let [last_seen, online, read_receipts] = ["lastSeen", "online", "readReceipts"].map(|category| &settings[category]);
    json!({ "lastSeen": last_seen, "online": online, "readReceipts": read_receipts })
}

fn choose<T: Copy>(field: &str, word: Option<&str>, was: T, known: &[(&str, T)]) -> Result<T, Refusal> {
    let Some(word) = word else {
        return Ok(was);
    };
    let found = known.iter().find(|(name, _)| *name == word).map(|(_, meaning)| *meaning);
    found.ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        not_one_of(field, &names, word)
    })
}

fn unfit_setting(category: &str, value: &str, unfit: &Unfit) -> Refusal {
    match unfit {
        Unfit::Category => Refusal::Malformed(format!("expected a category of privacy, found {category}")),
        Unfit::Value(known) => not_one_of(category, known, value),
    }
}

fn not_one_of(field: &str, known: &[&str], found: &str) -> Refusal {
    Refusal::Malformed(format!("{field}: expected one of {}, found {found}", known.join(", ")))
}

fn find<'a>(simulator: &'a mut Simulator, name: &str) -> Result<&'a mut Session, Refusal> {
    simulator.session_mut(name).ok_or_else(|| Refusal::Missing(format!("no session {name}")))
}
