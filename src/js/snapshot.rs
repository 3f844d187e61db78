//! Snapshots as frozen plain objects, in the shape of `types/state.d.ts`.

use wasm_bindgen::JsValue;

use super::convert::{Wall, number};
use super::object::{extend, list, object, open_object, or_null, word};
use crate::machine::Snapshot;
use crate::machine::knowledge::{Knowledge, Wait};
use crate::machine::presence::PersonView;
use crate::machine::snapshot::{Active, Participant};
use crate::machine::typing::ActivityKind;

/// A snapshot, frozen.
pub(super) fn to_js(snapshot: &Snapshot, wall: Wall) -> JsValue {
    let contact = snapshot.contact().map(|contact| contact.view).unwrap_or_default();
    let result = open_object(&[
        ("chat", JsValue::from_str(snapshot.chat.as_str())),
        ("kind", word(if snapshot.group { "group" } else { "contact" })),
        ("knowledge", knowledge(snapshot)),
        ("availability", word(snapshot.availability.as_str())),
        ("basis", word(snapshot.basis.as_str())),
        ("certain", JsValue::from_bool(snapshot.certain)),
        ("activity", word(snapshot.activity.map_or("none", ActivityKind::as_str))),
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
        ("kind", word(active.activity.kind.as_str())),
        ("sinceAtMs", wall.of(active.activity.since)),
    ])
}

fn participant(person: &Participant, wall: Wall) -> JsValue {
    let view = &person.view;
    let result = open_object(&[
        ("id", JsValue::from_str(person.id.as_str())),
        ("availability", word(view.availability.as_str())),
        ("basis", word(view.basis.as_str())),
        ("certain", JsValue::from_bool(view.certain)),
        ("activity", word(view.activity.map_or("none", |current| current.kind.as_str()))),
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
            ("kind", word(last.kind.as_str())),
            ("endedAtMs", wall.of(last.ended_at)),
            ("endedBy", word(last.ended_by.as_str())),
        ])
    });
    let last_seen =
        view.last_seen.map(|seen| object(&[("atMs", number(seen.at.as_ms())), ("basis", word(seen.basis.as_str()))]));
    let last_known = view
        .last_known
        .map(|known| object(&[("availability", word(known.availability.as_str())), ("atMs", wall.of(known.at))]));
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
            return object(&[("state", word("waiting")), ("reason", word(wait.as_str())), ("causes", causes)]);
        }
        Knowledge::Refused(refusal) => {
            let detail = or_null(snapshot.refusal.as_deref().map(JsValue::from_str));
            let reason = word(refusal.as_str());
            return object(&[("state", word("refused")), ("reason", reason), ("detail", detail)]);
        }
        Knowledge::Lapsed(lapse) => ("lapsed", lapse.as_str()),
        Knowledge::Hidden(hiding) => ("hidden", hiding.as_str()),
    };
    object(&[("state", word(state)), ("reason", word(reason))])
}
