//! What happened lately, looked back at: bounded, in order, and without phone numbers unless they are asked for.

use crate::gateway::Vendor;
use crate::stage::Stage;
use crate::support::{ANA, ANA_LID, BEN, EPOCH_MS, TEAM};
use serde_json::Value;
use wa_presence::machine::Config;
use wa_presence::machine::time::{Instant, UnixMs};
use wa_presence::patterns::log::Log;
use wa_presence::session::{Session, Setup};

fn log(stage: &Stage) -> &Log {
    &stage.session.patterns().log
}

/// The entries of a chat: when, what, why.
fn entries(stage: &Stage, chat: Option<&str>) -> Vec<(u64, &'static str, Option<&'static str>)> {
    let since = |at: Instant| at.since(stage.at_ms(0));
    log(stage).entries(chat).map(|entry| (since(entry.at), entry.event, entry.reason)).collect()
}

fn exported(stage: &mut Stage, chat: Option<&str>, ids: bool) -> String {
    let (wall, now) = (stage.wall(), stage.now);
    stage.session.patterns_mut().log.to_ndjson(chat, ids, wall, now)
}

/// The exported lines, each read by another reader of JSON than ours.
fn lines(stage: &mut Stage, chat: Option<&str>, ids: bool) -> Vec<Value> {
    let text = exported(stage, chat, ids);
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

/// A stage whose log is empty.
fn stage() -> Stage {
    let mut stage = Stage::new();
    stage.session.patterns_mut().log.clear();
    stage
}

// ---- What is in it --------------------------------------------------------------------------------------------------------

#[test]
fn everything_that_happens_is_there_as_it_happened_and_in_order() {
    let mut stage = stage();
    for (at, word) in [(1_000, "online"), (2_000, "typing"), (4_000, "paused"), (4_100, "recording")] {
        stage.until(at);
        stage.says(ANA, ANA, word);
    }
    stage.until(5_000);
    stage.writes(ANA, ANA, 0);
    stage.until(6_000);
    stage.acknowledges(ANA, 3);
    stage.until(7_000);
    stage.says(ANA, ANA, "typing");
    stage.until(8_000);
    stage.says(ANA, ANA, "offline");
    let expected = [
        (1_000, "online", Some("reported")),
        (2_000, "typing-began", None),
        // Neither settled nor held back.
        (4_000, "typing-ended", Some("paused")),
        (4_100, "recording-began", None),
        (5_000, "recording-ended", Some("message")),
        (5_000, "message", None),
        (6_000, "read", None),
        (7_000, "typing-began", None),
        (8_000, "typing-ended", Some("offline")),
        (8_000, "offline", Some("reported")),
    ];
    assert_eq!(entries(&stage, Some(ANA)), expected);
}

#[test]
fn typing_that_nobody_ended_ends_when_it_is_no_longer_believed() {
    let mut stage = stage();
    stage.says(ANA, ANA, "typing");
    stage.sleep_until(40_000);
    let ended = entries(&stage, Some(ANA)).into_iter().find(|(_, event, _)| *event == "typing-ended");
    assert_eq!(ended, Some((15_000, "typing-ended", Some("ttl"))), "dated when it did, whenever that was noticed");
}

/// WaAPI says "online" with every repetition of typing, which ends typing elsewhere.
#[test]
fn typing_that_goes_on_is_one_entry_however_often_it_is_repeated() {
    for vendor in [Vendor::Waha, Vendor::Wawp, Vendor::Waapi] {
        let mut stage = Stage::following(vendor, ANA);
        for at in [1_000, 6_000, 11_000, 16_000] {
            stage.until(at);
            stage.says(ANA, ANA, "typing");
        }
        let began: Vec<_> = log(&stage).entries(Some(ANA)).filter(|entry| entry.event.starts_with("typing")).collect();
        assert_eq!(began.len(), 1, "{vendor:?}: {began:?}");
    }
}

#[test]
fn what_is_known_of_a_chat_is_told_of_the_chat_itself() {
    let mut stage = Stage::at(Vendor::Waapi);
    stage.watch(ANA, wa_presence::machine::Priority::Visible);
    stage.until(1_000);
    stage.says(ANA, ANA, "online");
    stage.until(2_000);
    stage.denies(ANA);
    stage.until(3_000);
    stage.session_works(false);
    let known: Vec<_> = log(&stage).entries(Some(ANA)).filter(|entry| entry.participant.is_none()).collect();
    let words: Vec<_> = known.iter().map(|entry| (entry.event, entry.reason)).collect();
    let expected =
        [("waiting", Some("asked")), ("live", Some("vouched")), ("hidden", Some("deny")), ("lapsed", Some("session"))];
    assert_eq!(words[words.len() - 4..], expected, "{words:?}");
}

#[test]
fn one_chat_or_all_of_them() {
    let mut stage = stage();
    stage.says(BEN, BEN, "online");
    stage.until(1_000);
    stage.says(ANA, ANA, "online");
    stage.until(2_000);
    stage.says(BEN, BEN, "offline");
    let mut chats: Vec<_> = log(&stage).entries(None).map(|entry| entry.chat.as_str().to_owned()).collect();
    assert_eq!(chats.len(), 3);
    chats.dedup();
    assert_eq!(chats.len(), 2, "chat by chat");
    assert_eq!((entries(&stage, Some(ANA)).len(), entries(&stage, Some(BEN)).len()), (1, 2));
    assert_eq!((entries(&stage, Some(TEAM)), lines(&mut stage, Some(TEAM), true)), (vec![], vec![]));
}

#[test]
fn in_a_group_it_says_who() {
    let mut stage = stage();
    stage.says(TEAM, ANA, "typing");
    stage.says(TEAM, BEN, "typing");
    let began = log(&stage).entries(Some(TEAM)).filter(|entry| entry.event == "typing-began");
    let who = began.filter_map(|entry| entry.participant.as_ref().map(|id| id.as_str().to_owned()));
    assert_eq!(who.collect::<Vec<_>>(), [ANA, BEN]);
}

#[test]
fn what_was_kept_under_a_hidden_id_goes_on_under_the_number() {
    for heard_of_both in [false, true] {
        let mut stage = stage();
        stage.says(ANA_LID, ANA_LID, "typing");
        stage.until(1_000);
        if heard_of_both {
            stage.says(ANA, ANA, "online");
        }
        stage.until(2_000);
        stage.alias(ANA_LID, ANA);
        stage.until(3_000);
        stage.says(ANA, ANA, "offline");
        let kept = entries(&stage, Some(ANA));
        let times: Vec<_> = kept.iter().map(|(at, ..)| *at).collect();
        assert!(times.is_sorted() && times.first() == Some(&0) && times.last() == Some(&3_000), "{kept:?}");
        assert_eq!(log(&stage).entries(None).count(), kept.len(), "heard of both: {heard_of_both}");
        let names =
            |line: &Value| (line["chat"] == ANA) && (line["participant"].is_null() || line["participant"] == ANA);
        assert!(lines(&mut stage, None, true).iter().all(names), "heard of both: {heard_of_both}");
    }
}

// ---- How much of it -------------------------------------------------------------------------------------------------------

#[test]
fn a_chat_keeps_its_last_200_entries() {
    let mut stage = stage();
    for n in 0..250 {
        stage.pass(1_000);
        stage.says(ANA, ANA, if n % 2 == 0 { "online" } else { "offline" });
    }
    stage.says(BEN, BEN, "online");
    let kept = entries(&stage, Some(ANA));
    assert_eq!((kept.len(), log(&stage).dropped()), (200, 50));
    assert_eq!((kept.first().map(|(at, ..)| *at), kept.last().map(|(at, ..)| *at)), (Some(51_000), Some(250_000)));
}

#[test]
fn all_chats_together_keep_20_000_entries_and_the_quietest_chats_go_first() {
    let mut stage = stage();
    for n in (0..101).rev() {
        let chat = format!("1555000{n:04}@c.us");
        stage.pass(1);
        for word in ["online", "offline"].repeat(100) {
            stage.says(&chat, &chat, word);
        }
    }
    // A sixteenth, 1 250 entries, makes room at once: seven chats.
    assert_eq!((log(&stage).entries(None).count(), log(&stage).dropped()), (18_800, 1_400));
    let of = |n: u32| entries(&stage, Some(&format!("1555000{n:04}@c.us"))).len();
    assert!((94..=100).all(|n| of(n) == 0), "they were quiet longest");
    assert!((0..94).all(|n| of(n) == 200));
}

#[test]
fn a_log_of_nothing_keeps_nothing() {
    let vendor = Vendor::Waha;
    let (gateway, machine) = (vendor.gateway(), Config::default());
    let setup = Setup { gateway, machine, feed: false, credential: false, log_entries: 0, max_body_bytes: 1 << 20 };
    let (now, wall) = (Instant::from_ms(1_000), UnixMs::from_ms(EPOCH_MS));
    let mut session = Session::new(setup, now);
    let body = vendor.presence("evt_1", wall, ANA, ANA, "online");
    session.ingest(body.as_bytes(), wall, now).expect("a body");
    while session.poll_request(now).is_some() {}
    assert_eq!((session.patterns().log.entries(None).count(), session.patterns().log.dropped()), (0, 0));
}

#[test]
fn what_is_cleared_is_gone() {
    let mut stage = stage();
    stage.says(ANA, ANA, "online");
    stage.session.patterns_mut().log.clear();
    assert_eq!(entries(&stage, None), []);
    stage.says(ANA, ANA, "offline");
    assert_eq!(entries(&stage, None).len(), 1);
}

// ---- Exported -------------------------------------------------------------------------------------------------------------

#[test]
fn each_exported_line_is_an_object_with_the_same_six_keys() {
    let mut stage = stage();
    stage.until(1_000);
    stage.says(ANA, ANA, "typing");
    stage.until(2_500);
    stage.writes(ANA, ANA, 0);
    let lines = lines(&mut stage, None, true);
    let keys = |line: &Value| line.as_object().map(|line| line.keys().cloned().collect::<Vec<_>>());
    let expected = ["atMs", "chat", "event", "lagMs", "participant", "reason"].map(str::to_owned);
    assert!(lines.len() >= 3 && lines.iter().all(|line| keys(line).as_deref() == Some(&expected[..])), "{lines:?}");
    let ended = lines.iter().find(|line| line["event"] == "typing-ended").expect("it ended");
    assert_eq!(
        (&ended["chat"], &ended["participant"], &ended["reason"]),
        (&ANA.into(), &ANA.into(), &"message".into())
    );
    assert_eq!(ended["atMs"].as_u64(), Some(stage.wall().as_ms()), "Unix milliseconds");
    let began = lines.iter().find(|line| line["event"] == "typing-began").expect("it began");
    assert_eq!(began["atMs"].as_u64(), Some(stage.wall().as_ms() - 1_500), "of then, whenever it is exported");
}

#[test]
fn an_export_names_nobody_unless_asked_to() {
    let mut stage = stage();
    stage.says(ANA, ANA, "typing");
    stage.says(TEAM, ANA, "typing");
    stage.says(TEAM, BEN, "recording");
    stage.says(ANA_LID, ANA_LID, "online");
    stage.writes(BEN, BEN, 0);
    stage.acknowledges(BEN, 3);
    let [named, numbered] = [true, false].map(|ids| exported(&mut stage, None, ids));
    let users = [ANA, BEN, TEAM, ANA_LID].map(|id| id.split('@').next().unwrap_or_default());
    assert!(users.iter().all(|user| named.contains(user)), "{named}");
    assert!(users.iter().all(|user| !numbered.contains(user)) && !numbered.contains('@'), "{numbered}");
}

#[test]
fn chats_and_people_are_numbered_as_they_were_first_heard_of_in_every_export_alike() {
    let mut stage = stage();
    stage.says(BEN, BEN, "online");
    stage.says(TEAM, ANA, "typing");
    let named = |stage: &mut Stage, chat| {
        let first = lines(stage, Some(chat), false).into_iter().rfind(|line| !line["participant"].is_null());
        first.map(|line| (line["chat"].clone(), line["participant"].clone()))
    };
    let before = [BEN, TEAM].map(|chat| named(&mut stage, chat));
    let pair = |chat: &str, person: &str| Some((Value::from(chat), Value::from(person)));
    assert_eq!(before, [pair("chat-1", "person-1"), pair("chat-2", "person-3")], "one number, whatever it is");
    stage.says(ANA, ANA, "online");
    assert_eq!(named(&mut stage, ANA), pair("chat-3", "person-3"), "the same person in their own chat");
    for n in 0..300 {
        stage.pass(100);
        stage.says(BEN, BEN, if n % 2 == 0 { "offline" } else { "online" });
    }
    assert_eq!([BEN, TEAM].map(|chat| named(&mut stage, chat)), before);
}

// ---- How late it was ------------------------------------------------------------------------------------------------------

#[test]
fn an_entry_says_by_how_much_it_was_told_late() {
    let mut stage = stage();
    stage.says(ANA, ANA, "online");
    stage.until(10_000);
    stage.says_late(ANA, ANA, "typing", 1_700);
    let line = lines(&mut stage, None, false).pop().expect("it was told");
    assert_eq!((line["event"].as_str(), line["lagMs"].as_u64()), (Some("typing-began"), Some(1_700)));
    assert_eq!(line["atMs"].as_u64(), Some(stage.wall().as_ms() - 1_700), "dated when it happened");
}

/// `004_…`: a presence signal loses 90 % of its value if it is delayed by more than 2 s.
#[test]
fn what_comes_more_than_2_s_late_is_counted() {
    let mut stage = stage();
    stage.says(ANA, ANA, "online");
    let late = |stage: &Stage| stage.session.machine().counters().late;
    let before = late(&stage);
    for (lag_ms, counted) in [(0, 0), (1_999, 0), (2_000, 0), (2_001, 1), (4_500, 2)] {
        stage.pass(10_000);
        stage.says_late(BEN, BEN, "typing", lag_ms);
        assert_eq!(late(&stage) - before, counted, "{lag_ms}");
    }
}

// ---- Two ids of one person ----------------------------------------------------------------------------------------------

#[test]
fn what_was_kept_under_the_hidden_id_is_read_under_the_number() {
    let mut stage = stage();
    stage.says(ANA_LID, ANA_LID, "typing");
    stage.until(1_000);
    stage.says(ANA, ANA, "online");
    stage.until(2_000);
    stage.alias(ANA_LID, ANA);
    let events =
        |stage: &Stage, chat| entries(stage, chat).into_iter().map(|(at, event, _)| (at, event)).collect::<Vec<_>>();
    let all = [(0, "typing-began"), (0, "online"), (1_000, "online"), (2_000, "typing-ended")];
    assert_eq!(events(&stage, Some(ANA))[..4], all, "in order of time");
    assert_eq!(events(&stage, None), events(&stage, Some(ANA)), "there is no other chat");
    let chats: Vec<_> = lines(&mut stage, None, false).iter().map(|line| line["chat"].clone()).collect();
    assert!(chats.iter().all(|chat| *chat == chats[0]), "one number for one person: {chats:?}");
}

#[test]
fn a_member_of_a_group_who_goes_on_under_the_number_has_stopped_under_the_hidden_id() {
    let mut stage = stage();
    stage.says(TEAM, ANA, "paused");
    stage.says(TEAM, ANA_LID, "typing");
    stage.until(1_000);
    stage.alias(ANA_LID, ANA);
    stage.until(60_000);
    let mut going_on = std::collections::BTreeMap::<&str, i32>::new();
    for entry in log(&stage).entries(Some(TEAM)) {
        let who = entry.participant.map_or("", |id| id.as_str());
        *going_on.entry(who).or_default() +=
            i32::from(entry.event == "typing-began") - i32::from(entry.event == "typing-ended");
    }
    assert!(going_on.values().all(|count| *count == 0), "whoever began has stopped: {going_on:?}");
}

#[test]
fn a_chat_that_is_forgotten_as_something_happens_in_it_leaves_nothing() {
    let mut stage = stage();
    let most = stage.session.machine().config().max_unwatched;
    let bodies: Vec<_> = (0..most + 200)
        .map(|n| {
            let id = format!("1555{n:07}@c.us");
            stage.vendor.presence(&format!("evt_many_{n}"), stage.wall(), &id, &id, "typing")
        })
        .collect();
    // All in one delivery: nothing is taken in between.
    stage.hears(&format!("[{}]", bodies.join(",")));
    assert!(log(&stage).entries(None).count() >= most);
}
