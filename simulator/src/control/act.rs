//! Making people do things. Whether anybody hears of it is up to their subscriptions, as in life.

use serde::Deserialize;
use serde_json::json;

use super::{Refusal, Reply};
use crate::face::waha::perform::activity_of;
use crate::simulator::Simulator;
use crate::time::{Instant, UnixMs};
use crate::world::Deed;
use crate::world::habits::Place;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Act {
    person: String,
    does: String,
    /// A group by id or name; without it, the direct chat.
    #[serde(default)]
    chat: Option<String>,
    /// Unix seconds.
    #[serde(default)]
    last_seen: Option<u64>,
    #[serde(default)]
    hides_last_seen: Option<bool>,
    /// Under which id they appear from now on.
    #[serde(default)]
    shown_as_lid: Option<bool>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    voice: bool,
    #[serde(default)]
    from_me: bool,
}

pub(super) fn act(simulator: &mut Simulator, session: &str, body: Act, now: Instant) -> Reply {
    let session = simulator.session_mut(session).ok_or_else(|| Refusal::Missing("no such session".to_owned()))?;
    let world = &mut session.account.world;
    let deed = match (body.does.as_str(), activity_of(&body.does)) {
        (_, Some(activity)) => Deed::Start(activity),
        ("online", None) => Deed::Online,
        ("offline", None) => {
            let last_seen = body.last_seen.map(|seconds| UnixMs::from_ms(seconds.saturating_mul(1_000)));
            Deed::Offline(last_seen)
        }
        ("paused", None) => Deed::Pause,
        ("message", None) => Deed::Message { text: body.text, voice: body.voice, from_me: body.from_me },
        (other, None) => {
            let known = "online, offline, typing, recording, paused or message";
            return Err(Refusal::Malformed(format!("does: expected {known}, found {other}")));
        }
    };
    let missing = || Refusal::Missing(format!("no person {}", body.person));
    let person = world.find_mut(&body.person).ok_or_else(missing)?;
    let profile = &mut person.profile;
    profile.hides_last_seen = body.hides_last_seen.unwrap_or(profile.hides_last_seen);
    profile.shown_as_lid = body.shown_as_lid.unwrap_or(profile.shown_as_lid);
    let id = profile.id.clone();
    let place = match body.chat {
        None => Place::Direct,
        Some(chat) if person.profile.name == chat || person.profile.is(&crate::world::id::Jid::new(&chat)) => {
            Place::Direct
        }
        Some(chat) => {
            let group = world.find_group(&chat).ok_or_else(|| Refusal::Missing(format!("no group {chat}")))?;
            Place::Group(group.id.clone())
        }
    };
    let watched_as = match &place {
        Place::Direct => id.clone(),
        Place::Group(group) => group.clone(),
    };
    world.act(id.as_str(), deed, &place, now);
    session.account.listen(now);
    Ok(json!({ "person": id, "watched": session.account.watches(&watched_as, now) }))
}
