//! What the relay's words come to: its knowledge is taken for ours, its snapshots for what we saw ourselves.

use serde_json::{Value, json};
use wa_presence::machine::Knowledge;
use wa_presence::machine::error::ErrorCode;
use wa_presence::machine::knowledge::{Hiding, Lapse, Refusal, Wait};
use wa_presence::machine::presence::{Availability, Basis, LastSeenBasis};
use wa_presence::machine::typing::{ActivityKind, EndedBy};
use wa_presence::session::{ConnectionReason, ConnectionState};

use super::stage::{SKEW_MS, Stage};
use super::support::{ANA, ANA_LID, EPOCH_MS, START_MS, TEAM};

#[test]
fn typing_appears_and_ends_by_itself() {
    let mut stage = Stage::following(&[ANA]);
    stage.live(ANA);
    stage.observe(ANA, "typing");
    assert_eq!(stage.snapshot(ANA).activity, Some(ActivityKind::Typing));
    stage.until(15_900);
    assert_eq!(stage.snapshot(ANA).activity, Some(ActivityKind::Typing));
    stage.until(16_100);
    assert_eq!(stage.snapshot(ANA).activity, None);
}

#[test]
fn a_chat_waits_until_the_relay_says_what_may_be_claimed() {
    let mut stage = Stage::following(&[ANA]);
    assert_eq!(stage.snapshot(ANA).knowledge, Knowledge::Waiting(Wait::Queued));
    stage.alive_until(60_000);
    assert_eq!(stage.snapshot(ANA).knowledge, Knowledge::Waiting(Wait::Queued), "silence is the relay's to judge");
}

#[test]
fn every_word_of_knowledge_is_taken_as_it_is() {
    let words = [
        (json!({ "state": "waiting", "reason": "asked" }), Knowledge::Waiting(Wait::Asked)),
        (json!({ "state": "waiting", "reason": "silent" }), Knowledge::Waiting(Wait::Silent)),
        (json!({ "state": "lapsed", "reason": "lease" }), Knowledge::Lapsed(Lapse::Lease)),
        (json!({ "state": "lapsed", "reason": "session" }), Knowledge::Lapsed(Lapse::Session)),
        (json!({ "state": "lapsed", "reason": "feed" }), Knowledge::Lapsed(Lapse::Feed)),
        (json!({ "state": "hidden", "reason": "deny" }), Knowledge::Hidden(Hiding::Deny)),
        (json!({ "state": "hidden", "reason": "reciprocity" }), Knowledge::Hidden(Hiding::Reciprocity)),
        (json!({ "state": "refused", "reason": "too-many" }), Knowledge::Refused(Refusal::TooMany)),
        (json!({ "state": "refused", "reason": "outside-24h" }), Knowledge::Refused(Refusal::OutsideWindow)),
        (json!({ "state": "refused", "reason": "not-found" }), Knowledge::Refused(Refusal::NotFound)),
        (json!({ "state": "live", "vouched": false }), Knowledge::Live { vouched: false }),
        (json!({ "state": "unwatched" }), Knowledge::Waiting(Wait::Queued)),
        (json!({ "state": "of-another-day" }), Knowledge::Waiting(Wait::Silent)),
    ];
    for (word, expected) in words {
        let mut stage = Stage::following(&[ANA]);
        let mut told = word.clone();
        told["chat"] = json!(ANA);
        told["lease"] = Value::Null;
        stage.tell("knowledge", told);
        stage.until(1_200);
        assert_eq!(stage.snapshot(ANA).knowledge, expected, "{word}");
    }
}

#[test]
fn the_gateways_words_for_a_refusal_are_kept_without_numbers() {
    let mut stage = Stage::following(&[ANA]);
    let detail = "chat 15550001111@c.us is not on WhatsApp";
    stage.tell("knowledge", json!({ "chat": ANA, "state": "refused", "reason": "not-found", "detail": detail }));
    assert_eq!(stage.snapshot(ANA).refusal.as_deref(), Some("chat ***@c.us is not on WhatsApp"));
}

#[test]
fn a_lease_wears_off_when_the_relay_says_nothing_more() {
    let mut stage = Stage::following(&[ANA]);
    stage.live(ANA);
    stage.observe(ANA, "online");
    let lease = stage.session.machine().find(ANA).and_then(|key| stage.session.machine().lease(key));
    assert_eq!(lease.map(|lease| lease.max_until.since(lease.sent_at)), Some(60_000));
    for (ms, knowledge, availability) in [
        (20_900, Knowledge::Live { vouched: true }, Availability::Online),
        (21_200, Knowledge::Live { vouched: false }, Availability::Online),
        (61_200, Knowledge::Lapsed(Lapse::Lease), Availability::Unknown),
    ] {
        stage.alive_until(ms);
        let snapshot = stage.snapshot(ANA);
        assert_eq!((snapshot.knowledge, snapshot.availability), (knowledge, availability), "at {ms} ms");
    }
}

#[test]
fn what_somebody_does_is_believed_a_moment_before_the_relay_says_so() {
    let mut stage = Stage::following(&[ANA]);
    stage.tell("knowledge", json!({ "chat": ANA, "state": "lapsed", "reason": "lease", "lease": null }));
    stage.until(1_200);
    stage.observe(ANA, "online");
    let snapshot = stage.snapshot(ANA);
    assert_eq!((snapshot.knowledge, snapshot.availability), (Knowledge::Live { vouched: false }, Availability::Online));
}

#[test]
fn availability_goes_when_the_relay_lost_what_it_rests_on() {
    let mut stage = Stage::following(&[ANA]);
    stage.live(ANA);
    stage.observe(ANA, "online");
    stage.until(1_200);
    stage.tell("knowledge", json!({ "chat": ANA, "state": "lapsed", "reason": "session", "lease": null }));
    stage.until(1_400);
    let snapshot = stage.snapshot(ANA);
    assert_eq!(snapshot.availability, Availability::Unknown);
    let known = snapshot.contact().expect("Ana").view.last_known.expect("she was there");
    assert_eq!(known.availability, Availability::Online);
}

fn snapshot(stage: &Stage, participants: Value) -> Value {
    let sent = stage.at(500);
    let lease = json!({ "sentAtMs": sent, "sureUntilMs": sent + 20_000, "maxUntilMs": sent + 60_000 });
    json!({
        "chat": ANA, "kind": "contact", "atMs": stage.at(stage.ms()), "availability": "online", "basis": "reported",
        "certain": true, "lastInboundAtMs": 1_700_000_000_000_u64, "participants": participants,
        "knowledge": { "chat": ANA, "state": "live", "vouched": true, "lease": lease },
    })
}

#[test]
fn whoever_comes_late_sees_what_the_relay_sees() {
    let mut stage = Stage::following(&[ANA]);
    let ana = json!({
        "id": ANA, "availability": "online", "basis": "inferred", "certain": false,
        "activity": "recording", "activitySinceAtMs": stage.at(0) - 30_000, "activityExpiresAtMs": stage.at(6_000),
        "lastActivity": { "kind": "typing", "endedAtMs": stage.at(0) - 60_000, "endedBy": "message" },
        "lastSeen": { "atMs": 1_700_000_000_123_u64, "basis": "observed" }, "lastKnown": null, "lagMs": 40,
        "observedAtMs": stage.at(0) - 9_000, "availabilityAtMs": stage.at(0) - 9_000,
    });
    let told = snapshot(&stage, json!([ana]));
    stage.tell("snapshot", told);
    let seen = stage.snapshot(ANA);
    assert_eq!((seen.knowledge, seen.availability), (Knowledge::Live { vouched: true }, Availability::Online));
    let view = seen.contact().expect("Ana").view;
    assert_eq!((view.basis, view.certain), (Basis::Inferred, false));
    assert_eq!(view.activity.map(|activity| activity.kind), Some(ActivityKind::Recording));
    assert_eq!(view.last_activity.map(|last| last.ended_by), Some(EndedBy::Message));
    assert_eq!(
        view.last_seen.map(|seen| (seen.at.as_ms(), seen.basis)),
        Some((1_700_000_000_123, LastSeenBasis::Observed))
    );
    let key = stage.session.machine().find(ANA).expect("Ana");
    assert_eq!(stage.session.machine().last_inbound(key).map(|at| at.as_ms()), Some(1_700_000_000_000));
    stage.until(5_900);
    assert_eq!(stage.snapshot(ANA).activity, Some(ActivityKind::Recording));
    stage.until(6_100);
    assert_eq!(stage.snapshot(ANA).activity, None, "it ends when it ends there");
}

#[test]
fn a_later_snapshot_ends_what_the_relay_saw_end() {
    let mut stage = Stage::following(&[ANA]);
    stage.live(ANA);
    stage.observe(ANA, "typing");
    stage.until(2_000);
    let ana = json!({
        "id": ANA, "availability": "offline", "basis": "reported", "certain": true, "activity": "none",
        "activitySinceAtMs": null, "activityExpiresAtMs": null, "lastActivity": null, "lastSeen": null,
        "lastKnown": null, "lagMs": 0, "observedAtMs": stage.at(1_900), "availabilityAtMs": stage.at(1_900),
    });
    let told = snapshot(&stage, json!([ana]));
    stage.tell("snapshot", told);
    stage.until(2_200);
    let seen = stage.snapshot(ANA);
    assert_eq!((seen.activity, seen.availability), (None, Availability::Offline));
}

#[test]
fn an_observation_that_was_on_its_way_counts_after_the_snapshot() {
    let mut stage = Stage::following(&[ANA]);
    stage.observe(ANA, "online");
    let ana = json!({
        "id": ANA, "availability": "online", "basis": "reported", "certain": true, "activity": "none",
        "observedAtMs": stage.at(900), "availabilityAtMs": stage.at(900), "lagMs": 0,
    });
    let told = snapshot(&stage, json!([ana]));
    stage.tell("snapshot", told);
    let at = stage.at(950);
    stage.observe_at(ANA, "typing", at);
    assert_eq!(stage.session.machine().counters().stale, 0);
    stage.until(1_200);
    assert_eq!(stage.snapshot(ANA).activity, Some(ActivityKind::Typing));
}

#[test]
fn in_a_group_whoever_is_in_no_snapshot_does_nothing() {
    let mut stage = Stage::following(&[TEAM]);
    stage.live(TEAM);
    let at = stage.at(1_000);
    let presences = json!([{ "participant": ANA, "word": "typing" }]);
    stage.tell(
        "observation",
        json!({ "id": "e", "atMs": at, "receivedAtMs": at, "chat": TEAM, "presences": presences }),
    );
    assert_eq!(stage.snapshot(TEAM).active.len(), 1);
    let mut told = snapshot(&stage, json!([]));
    told["chat"] = json!(TEAM);
    stage.tell("snapshot", told);
    stage.until(1_300);
    assert_eq!(stage.snapshot(TEAM).active.len(), 0);
}

#[test]
fn clocks_that_stand_apart_make_nobody_late() {
    // The relay's calendar is ahead of ours, and our own is nobody's business.
    const { assert!(SKEW_MS > 60_000) };
    let mut stage = Stage::following(&[ANA]);
    stage.live(ANA);
    stage.observe(ANA, "typing");
    assert_eq!(stage.session.machine().counters().late, 0);
    let since = stage.snapshot(ANA).contact().expect("Ana").view.activity.expect("she types").since;
    assert_eq!(since.as_ms(), START_MS + 1_000);
}

#[test]
fn what_waited_at_the_relay_is_as_old_as_it_is() {
    let mut stage = Stage::following(&[ANA]);
    stage.live(ANA);
    // As from WaAPI, which dates nothing: the relay's own arrival does.
    let at = stage.at(0) - 20_000;
    let presences = json!([{ "participant": ANA, "word": "typing" }]);
    stage.tell(
        "observation",
        json!({ "id": null, "atMs": null, "receivedAtMs": at, "chat": ANA, "presences": presences }),
    );
    assert_eq!(stage.snapshot(ANA).activity, None, "it began 21 s ago, and nothing repeated it");
}

#[test]
fn a_copy_of_an_observation_changes_nothing() {
    let mut stage = Stage::following(&[ANA]);
    stage.live(ANA);
    let at = stage.at(1_000);
    for _ in 0..2 {
        let presences = json!([{ "participant": ANA, "word": "online" }]);
        stage.tell(
            "observation",
            json!({ "id": "evt", "atMs": at, "receivedAtMs": at, "chat": ANA, "presences": presences }),
        );
    }
    assert_eq!(stage.session.machine().counters().duplicates, 1);
}

#[test]
fn a_message_ends_typing_and_receipts_and_denials_are_understood() {
    let mut stage = Stage::following(&[ANA]);
    stage.live(ANA);
    stage.observe(ANA, "typing");
    let at = stage.at(1_000);
    let message = json!({ "participant": ANA, "fromMe": false, "id": "m-1", "sentAtMs": EPOCH_MS + START_MS + 1_000 });
    stage.tell("observation", json!({ "id": "e1", "atMs": at, "receivedAtMs": at, "chat": ANA, "message": message }));
    stage.until(1_200);
    let view = stage.snapshot(ANA).contact().expect("Ana").view;
    assert_eq!((view.activity, view.last_activity.map(|last| last.ended_by)), (None, Some(EndedBy::Message)));
    let receipt = json!({ "id": "m-0", "read": true });
    stage.tell("observation", json!({ "id": "e2", "atMs": at, "receivedAtMs": at, "chat": ANA, "receipt": receipt }));
    stage.tell("observation", json!({ "id": "e3", "atMs": at, "receivedAtMs": at, "chat": ANA, "hidden": "deny" }));
    assert_eq!(stage.session.machine().counters().unknown_events, 0);
}

#[test]
fn two_ids_of_one_person_are_one_chat() {
    let mut stage = Stage::following(&[ANA_LID]);
    stage.tell("alias", json!({ "lid": ANA_LID, "contact": ANA }));
    stage.live(ANA);
    stage.observe(ANA, "typing");
    assert_eq!(stage.snapshot(ANA_LID).activity, Some(ActivityKind::Typing));
    assert_eq!(stage.snapshot(ANA_LID).chat.as_str(), ANA);
}

#[test]
fn the_gateway_behind_it_is_told_of() {
    let mut stage = Stage::following(&[ANA]);
    let able = stage.session.capabilities();
    let names: Vec<_> = wa_presence::gateway::Capabilities::NAMES.iter().enumerate().collect();
    let has: Vec<_> = names.iter().filter(|(place, _)| able.holds(*place)).map(|(_, name)| **name).collect();
    assert_eq!(stage.session.vendor_kind(), "waha");
    assert_eq!((able.engine, has), (Some("GOWS"), vec!["feed", "recording", "watchMarksOnline"]));
    let (wall, now) = (stage.wall(), stage.now);
    let (budget, watched, calls_today) = stage.session.budget(wall, now);
    assert_eq!((budget.spent, budget.limit, budget.waiting, watched, calls_today), (3, 45, 1, 9, 17));
    stage.tell(
        "budget",
        json!({ "spent": 9, "limit": 22, "waiting": 0, "inFlight": 0, "callsToday": 18, "watched": 1 }),
    );
    assert_eq!(stage.session.budget(wall, now).0.limit, 22);
    stage.tell("own", json!({ "online": true, "claimed": true }));
    assert_eq!(stage.session.patterns().own.state(now).online, Some(true), "whoever said so");
}

#[test]
fn a_relay_that_lost_its_gateway_is_no_open_connection() {
    let mut stage = Stage::following(&[ANA]);
    stage.live(ANA);
    stage.observe(ANA, "online");
    stage.until(1_200);
    let mut standing = stage.standing("reconnecting", "working");
    standing["reason"] = json!("unreachable");
    stage.tell("session", standing);
    let connection = stage.session.connection();
    assert_eq!(
        (connection.state, connection.reason),
        (ConnectionState::Reconnecting, Some(ConnectionReason::Unreachable))
    );
    stage.tell("session", stage.standing("unauthorized", "working"));
    let connection = stage.session.connection();
    assert_eq!((connection.state, connection.reason), (ConnectionState::Open, Some(ConnectionReason::Refused)));
    assert_eq!(stage.errors, [(1_200, ErrorCode::Unauthorized)]);
    stage.tell("session", stage.standing("open", "working"));
    assert_eq!(stage.session.connection().state, ConnectionState::Open);
    assert_eq!(stage.sent.len(), 1, "none of it is a reason to ask for a ticket or a stream");
    stage.tell("session", stage.standing("open", "stopped"));
    stage.until(1_400);
    let snapshot = stage.snapshot(ANA);
    assert_eq!((snapshot.knowledge, snapshot.availability), (Knowledge::Lapsed(Lapse::Session), Availability::Unknown));
}

#[test]
fn that_the_gateway_refuses_the_owners_credential_is_no_word_against_our_ticket() {
    let mut stage = Stage::following(&[ANA]);
    let body = json!({ "code": "unauthorized", "message": "Unauthorized", "status": 401 });
    stage.answers = vec![(502, body.clone())];
    stage.session.call(wa_presence::gateway::Call::Get(super::stage::id(ANA)));
    stage.drain();
    stage.tell("error", body);
    assert_eq!(stage.replies, [Err(ErrorCode::Unauthorized)]);
    assert_eq!((stage.asked.len(), stage.session.connection().state), (1, ConnectionState::Open));
}

#[test]
fn what_cannot_be_read_is_told_of_once_and_the_stream_goes_on() {
    let mut stage = Stage::following(&[ANA]);
    for data in
        ["{", "[]", "null", r#"{"chat":7}"#, r#"{"chat":"a b","state":"live"}"#, r#"{"chat":"15550001111@c.us"}"#]
    {
        for name in ["knowledge", "snapshot", "observation", "alias", "hello"] {
            stage.tell_bytes(format!("event: {name}\ndata: {data}\n\n").as_bytes());
        }
    }
    stage.tell_bytes(b"event: of-another-day\ndata: {\n\nevent: observation\n\n\xff\xfe\n\n");
    assert_eq!(stage.errors, [(1_000, ErrorCode::Malformed)]);
    stage.live(ANA);
    stage.observe(ANA, "typing");
    stage.until(1_200);
    assert_eq!(stage.snapshot(ANA).activity, Some(ActivityKind::Typing));
}

#[test]
fn a_stream_that_holds_no_end_of_an_event_is_dropped() {
    let mut stage = Stage::following(&[ANA]);
    stage.tell_bytes(&[b'x'; 5_000]);
    assert_eq!(stage.errors, [(1_000, ErrorCode::TooLarge)]);
    stage.until(4_000);
    assert_eq!(stage.streams().len(), 2);
}
