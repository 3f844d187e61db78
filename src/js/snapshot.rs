//! Snapshots as frozen plain objects, in the shape of `types.d.ts`.

use serde::Serialize;
use wasm_bindgen::JsValue;

use super::convert::{Name, Wall, frozen, number};
use crate::machine::knowledge::{Hiding, Knowledge, Lapse, Refusal, Wait};
use crate::machine::presence::{Availability, Basis, LastSeenBasis, PersonView};
use crate::machine::snapshot;
use crate::machine::typing::{ActivityKind, EndedBy};
use crate::machine::{Cause, Snapshot};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsSnapshot<'a> {
    chat: &'a str,
    kind: Name,
    knowledge: JsKnowledge<'a>,
    availability: Name,
    basis: Name,
    certain: bool,
    activity: Name,
    activity_since_at_ms: Option<f64>,
    active: Vec<JsActive<'a>>,
    last_activity: Option<JsLastActivity>,
    last_seen: Option<JsLastSeen>,
    last_known: Option<JsLastKnown>,
    participants: Vec<JsParticipant<'a>>,
}

#[derive(Serialize)]
struct JsKnowledge<'a> {
    state: Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    causes: Option<Vec<Name>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vouched: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Option<&'a str>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsActive<'a> {
    participant: &'a str,
    kind: Name,
    since_at_ms: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsLastActivity {
    kind: Name,
    ended_at_ms: f64,
    ended_by: Name,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsLastSeen {
    at_ms: f64,
    basis: Name,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsLastKnown {
    availability: Name,
    at_ms: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsParticipant<'a> {
    id: &'a str,
    availability: Name,
    basis: Name,
    certain: bool,
    activity: Name,
    activity_since_at_ms: Option<f64>,
    activity_expires_at_ms: Option<f64>,
    last_activity: Option<JsLastActivity>,
    last_seen: Option<JsLastSeen>,
    last_known: Option<JsLastKnown>,
    lag_ms: f64,
}

/// A snapshot, frozen.
pub(super) fn to_js(snapshot: &Snapshot, wall: Wall) -> JsValue {
    let contact = snapshot.contact().map(|contact| contact.view).unwrap_or_default();
    let (last_activity, last_seen, last_known) = past(&contact, wall);
    frozen(&JsSnapshot {
        chat: snapshot.chat.as_str(),
        kind: Name(if snapshot.group { "group" } else { "contact" }),
        knowledge: knowledge(snapshot),
        availability: availability(snapshot.availability),
        basis: basis(snapshot.basis),
        certain: snapshot.certain,
        activity: snapshot.activity.map_or(Name("none"), activity),
        activity_since_at_ms: snapshot.active.first().map(|oldest| wall.of(oldest.activity.since)),
        active: snapshot.active.iter().map(|active| self::active(active, wall)).collect(),
        last_activity,
        last_seen,
        last_known,
        participants: snapshot.participants.iter().map(|person| participant(person, wall)).collect(),
    })
}

fn active(active: &snapshot::Active, wall: Wall) -> JsActive<'_> {
    JsActive {
        participant: active.id.as_str(),
        kind: activity(active.activity.kind),
        since_at_ms: wall.of(active.activity.since),
    }
}

fn participant(person: &snapshot::Participant, wall: Wall) -> JsParticipant<'_> {
    let (last_activity, last_seen, last_known) = past(&person.view, wall);
    JsParticipant {
        id: person.id.as_str(),
        availability: availability(person.view.availability),
        basis: basis(person.view.basis),
        certain: person.view.certain,
        activity: person.view.activity.map_or(Name("none"), |current| activity(current.kind)),
        activity_since_at_ms: person.view.activity.map(|current| wall.of(current.since)),
        activity_expires_at_ms: person.view.activity.and(person.expires_at).map(|at| wall.of(at)),
        last_activity,
        last_seen,
        last_known,
        lag_ms: number(person.lag_ms),
    }
}

type Past = (Option<JsLastActivity>, Option<JsLastSeen>, Option<JsLastKnown>);

fn past(view: &PersonView, wall: Wall) -> Past {
    let last_activity = view.last_activity.map(|last| JsLastActivity {
        kind: activity(last.kind),
        ended_at_ms: wall.of(last.ended_at),
        ended_by: match last.ended_by {
            EndedBy::Paused => Name("paused"),
            EndedBy::Ttl => Name("ttl"),
            EndedBy::Message => Name("message"),
            EndedBy::Offline => Name("offline"),
        },
    });
    let last_seen = view.last_seen.map(|seen| JsLastSeen {
        at_ms: number(seen.at.as_ms()),
        basis: match seen.basis {
            LastSeenBasis::Reported => Name("reported"),
            LastSeenBasis::Observed => Name("observed"),
        },
    });
    let last_known = view
        .last_known
        .map(|known| JsLastKnown { availability: availability(known.availability), at_ms: wall.of(known.at) });
    (last_activity, last_seen, last_known)
}

/// What may be behind a silence, as far as we can tell the cases apart.
const SILENCES: [&str; 3] = ["privacy", "engine-events", "other-device"];
const SILENCES_OF_A_LID: [&str; 4] = ["unmapped-lid", "privacy", "engine-events", "other-device"];

fn knowledge(snapshot: &Snapshot) -> JsKnowledge<'_> {
    let plain = |state, reason| JsKnowledge { state: Name(state), reason, causes: None, vouched: None, detail: None };
    match snapshot.knowledge {
        Knowledge::Unwatched => plain("unwatched", None),
        Knowledge::Waiting(wait) => {
            let (reason, causes): (_, &[_]) = match wait {
                Wait::Queued => ("queued", &[]),
                Wait::Asked => ("asked", &[]),
                Wait::Silent if snapshot.chat.as_str().ends_with("@lid") => ("silent", &SILENCES_OF_A_LID),
                Wait::Silent => ("silent", &SILENCES),
            };
            JsKnowledge {
                causes: Some(causes.iter().copied().map(Name).collect()),
                ..plain("waiting", Some(Name(reason)))
            }
        }
        Knowledge::Live { vouched } => JsKnowledge { vouched: Some(vouched), ..plain("live", None) },
        Knowledge::Lapsed(lapse) => plain(
            "lapsed",
            Some(match lapse {
                Lapse::Lease => Name("lease"),
                Lapse::Session => Name("session"),
                Lapse::Feed => Name("feed"),
            }),
        ),
        Knowledge::Hidden(hiding) => plain(
            "hidden",
            Some(match hiding {
                Hiding::Deny => Name("deny"),
                Hiding::Reciprocity => Name("reciprocity"),
            }),
        ),
        Knowledge::Refused(refusal) => {
            JsKnowledge { detail: Some(snapshot.refusal.as_deref()), ..plain("refused", Some(refusal_name(refusal))) }
        }
    }
}

const fn refusal_name(refusal: Refusal) -> Name {
    match refusal {
        Refusal::TooMany => Name("too-many"),
        Refusal::NotFound => Name("not-found"),
        Refusal::Forbidden => Name("forbidden"),
        Refusal::BadRequest => Name("bad-request"),
        Refusal::Unsupported => Name("unsupported"),
        Refusal::Engine => Name("engine"),
    }
}

const fn availability(availability: Availability) -> Name {
    match availability {
        Availability::Online => Name("online"),
        Availability::Offline => Name("offline"),
        Availability::Unknown => Name("unknown"),
    }
}

const fn basis(basis: Basis) -> Name {
    match basis {
        Basis::Reported => Name("reported"),
        Basis::Inferred => Name("inferred"),
    }
}

const fn activity(kind: ActivityKind) -> Name {
    match kind {
        ActivityKind::Typing => Name("typing"),
        ActivityKind::Recording => Name("recording"),
    }
}

/// The name of a cause, as a change carries it.
pub(super) fn cause_to_js(cause: Cause) -> JsValue {
    frozen(&Name(match cause {
        Cause::Push => "push",
        Cause::Read => "read",
        Cause::Message => "message",
        Cause::Expiry => "expiry",
        Cause::Watch => "watch",
        Cause::Lease => "lease",
        Cause::Connection => "connection",
        Cause::Alias => "alias",
    }))
}
