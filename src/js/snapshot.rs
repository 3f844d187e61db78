//! Snapshots as frozen plain objects, in the shape of `types.d.ts`.

use wasm_bindgen::JsValue;

use super::convert::{Wall, number};
use super::object::{extend, list, object, open_object, or_null, word};
use crate::machine::knowledge::{Hiding, Knowledge, Lapse, Refusal, Wait};
use crate::machine::presence::{Availability, Basis, LastSeenBasis, PersonView};
use crate::machine::snapshot::{Active, Participant};
use crate::machine::typing::{ActivityKind, EndedBy};
use crate::machine::{Cause, Snapshot};

/// A snapshot, frozen.
pub(super) fn to_js(snapshot: &Snapshot, wall: Wall) -> JsValue {
    let contact = snapshot.contact().map(|contact| contact.view).unwrap_or_default();
    let result = open_object(&[
        ("chat", JsValue::from_str(snapshot.chat.as_str())),
        ("kind", word(if snapshot.group { "group" } else { "contact" })),
        ("knowledge", knowledge(snapshot)),
        ("availability", word(availability(snapshot.availability))),
        ("basis", word(basis(snapshot.basis))),
        ("certain", JsValue::from_bool(snapshot.certain)),
        ("activity", word(snapshot.activity.map_or("none", activity))),
        ("activitySinceAtMs", or_null(snapshot.active.first().map(|oldest| wall.of(oldest.activity.since)))),
        ("active", list(snapshot.active.iter().map(|active| self::active(active, wall)))),
    ]);
    extend(&result, &past(&contact, wall));
    extend(&result, &[("participants", list(snapshot.participants.iter().map(|person| participant(person, wall))))]);
    super::object::freeze(&result);
    result
}

fn active(active: &Active, wall: Wall) -> JsValue {
    object(&[
        ("participant", JsValue::from_str(active.id.as_str())),
        ("kind", word(activity(active.activity.kind))),
        ("sinceAtMs", wall.of(active.activity.since)),
    ])
}

fn participant(person: &Participant, wall: Wall) -> JsValue {
    let view = &person.view;
    let result = open_object(&[
        ("id", JsValue::from_str(person.id.as_str())),
        ("availability", word(availability(view.availability))),
        ("basis", word(basis(view.basis))),
        ("certain", JsValue::from_bool(view.certain)),
        ("activity", word(view.activity.map_or("none", |current| activity(current.kind)))),
        ("activitySinceAtMs", or_null(view.activity.map(|current| wall.of(current.since)))),
        ("activityExpiresAtMs", or_null(view.activity.and(person.expires_at).map(|at| wall.of(at)))),
        ("lagMs", number(person.lag_ms)),
    ]);
    extend(&result, &past(view, wall));
    super::object::freeze(&result);
    result
}

/// The three fields that tell of the past.
fn past(view: &PersonView, wall: Wall) -> [(&'static str, JsValue); 3] {
    let last_activity = view.last_activity.map(|last| {
        object(&[
            ("kind", word(activity(last.kind))),
            ("endedAtMs", wall.of(last.ended_at)),
            ("endedBy", word(ended_by(last.ended_by))),
        ])
    });
    let last_seen = view.last_seen.map(|seen| {
        let basis = match seen.basis {
            LastSeenBasis::Reported => "reported",
            LastSeenBasis::Observed => "observed",
        };
        object(&[("atMs", number(seen.at.as_ms())), ("basis", word(basis))])
    });
    let last_known = view
        .last_known
        .map(|known| object(&[("availability", word(availability(known.availability))), ("atMs", wall.of(known.at))]));
    [("lastActivity", or_null(last_activity)), ("lastSeen", or_null(last_seen)), ("lastKnown", or_null(last_known))]
}

/// What may be behind a silence, as far as we can tell the cases apart; the first only where the chat is a `@lid`.
const SILENCES: [&str; 4] = ["unmapped-lid", "privacy", "engine-events", "other-device"];

fn knowledge(snapshot: &Snapshot) -> JsValue {
    let (state, reason) = match snapshot.knowledge {
        Knowledge::Unwatched => return object(&[("state", word("unwatched"))]),
        Knowledge::Live { vouched } => {
            return object(&[("state", word("live")), ("vouched", JsValue::from_bool(vouched))]);
        }
        Knowledge::Waiting(wait) => {
            let silences = match wait {
                Wait::Silent if snapshot.chat.as_str().ends_with("@lid") => SILENCES.iter(),
                Wait::Silent => SILENCES.get(1..).unwrap_or_default().iter(),
                Wait::Queued | Wait::Asked => [].iter(),
            };
            let causes = list(silences.map(|cause| word(cause)));
            return object(&[("state", word("waiting")), ("reason", word(wait_name(wait))), ("causes", causes)]);
        }
        Knowledge::Refused(refusal) => {
            let detail = or_null(snapshot.refusal.as_deref().map(JsValue::from_str));
            let reason = word(refusal_name(refusal));
            return object(&[("state", word("refused")), ("reason", reason), ("detail", detail)]);
        }
        Knowledge::Lapsed(lapse) => ("lapsed", lapse_name(lapse)),
        Knowledge::Hidden(hiding) => ("hidden", hiding_name(hiding)),
    };
    object(&[("state", word(state)), ("reason", word(reason))])
}

const fn wait_name(wait: Wait) -> &'static str {
    match wait {
        Wait::Queued => "queued",
        Wait::Asked => "asked",
        Wait::Silent => "silent",
    }
}

const fn lapse_name(lapse: Lapse) -> &'static str {
    match lapse {
        Lapse::Lease => "lease",
        Lapse::Session => "session",
        Lapse::Feed => "feed",
    }
}

const fn hiding_name(hiding: Hiding) -> &'static str {
    match hiding {
        Hiding::Deny => "deny",
        Hiding::Reciprocity => "reciprocity",
    }
}

const fn refusal_name(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::TooMany => "too-many",
        Refusal::OutsideWindow => "outside-24h",
        Refusal::NotFound => "not-found",
        Refusal::Forbidden => "forbidden",
        Refusal::BadRequest => "bad-request",
        Refusal::Unsupported => "unsupported",
        Refusal::Engine => "engine",
    }
}

const fn ended_by(ended_by: EndedBy) -> &'static str {
    match ended_by {
        EndedBy::Paused => "paused",
        EndedBy::Ttl => "ttl",
        EndedBy::Message => "message",
        EndedBy::Offline => "offline",
    }
}

const fn availability(availability: Availability) -> &'static str {
    match availability {
        Availability::Online => "online",
        Availability::Offline => "offline",
        Availability::Unknown => "unknown",
    }
}

const fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Reported => "reported",
        Basis::Inferred => "inferred",
    }
}

const fn activity(kind: ActivityKind) -> &'static str {
    match kind {
        ActivityKind::Typing => "typing",
        ActivityKind::Recording => "recording",
    }
}

/// The name of a cause, as a change carries it.
pub(super) fn cause_to_js(cause: Cause) -> JsValue {
    word(match cause {
        Cause::Push => "push",
        Cause::Read => "read",
        Cause::Message => "message",
        Cause::Expiry => "expiry",
        Cause::Watch => "watch",
        Cause::Lease => "lease",
        Cause::Connection => "connection",
        Cause::Alias => "alias",
    })
}
