//! What goes wrong in well-known presence code, one story each, named after who does it.

mod support;

use support::{ANA, ANA_LID, BEN, TEAM, World};
use wa_presence::machine::error::{Error, ErrorCode};
use wa_presence::machine::knowledge::{Knowledge, Lapse, Refusal, Wait};
use wa_presence::machine::observation::Word;
use wa_presence::machine::presence::Availability;
use wa_presence::machine::time::Instant;
use wa_presence::machine::typing::ActivityKind;
use wa_presence::machine::{Config, Intent, SessionState};

const TYPING: Option<ActivityKind> = Some(ActivityKind::Typing);

/// Chatwoot keeps one timer per conversation: Ben's typing clears Ana's, and Ana types for ever.
#[test]
fn chatwoot_timer_keyed_by_conversation_only() {
    let mut world = World::watching(TEAM);
    world.says(TEAM, ANA, Word::Typing);
    world.until(5_000);
    world.says(TEAM, BEN, Word::Typing);
    world.until(14_999);
    assert_eq!(world.active(TEAM), [ANA, BEN]);
    world.until(15_000);
    assert_eq!(world.active(TEAM), [BEN]);
    world.until(20_000);
    assert!(world.active(TEAM).is_empty());
}

/// Chatwoot takes a typing for one of a fixed length: whoever types for longer is gone half-way.
#[test]
fn chatwoot_start_is_never_renewed() {
    let mut world = World::watching(ANA);
    for second in (0..=120).step_by(10) {
        world.until(second * 1_000);
        assert!(second == 0 || world.activity(ANA) == TYPING, "at {second} s");
        world.says(ANA, ANA, Word::Typing);
    }
    assert_eq!(world.snapshot(ANA).active[0].activity.since, world.at(0), "one typing of two minutes");
}

/// Converse.js returns early for somebody listed already: whoever types steadily in a group vanishes at the first timer.
#[test]
fn converse_js_never_rearms() {
    let mut world = World::watching(TEAM);
    for second in (0..=56).step_by(14) {
        world.until(second * 1_000);
        world.says(TEAM, ANA, Word::Typing);
    }
    world.until(70_999);
    assert_eq!(world.active(TEAM), [ANA]);
    world.until(71_000);
    assert!(world.active(TEAM).is_empty());
    assert_eq!(world.heard.iter().filter(|(_, _, s)| s.activity == TYPING).count(), 1);
}

/// Converse.js has no limit at all in a chat of two: a "paused" that is lost leaves them typing for ever.
#[test]
fn converse_js_one_to_one_has_no_ttl() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Typing);
    world.until(3_600_000);
    assert_eq!(world.activity(ANA), None);
}

/// Matrix waits for the server to say that nobody types any more: when the sync stalls, typing stays.
#[test]
fn matrix_stalled_sync_freezes_typing() {
    let mut world = World::watching(ANA);
    world.machine.handle_feed_open(world.now, world.now);
    world.says(ANA, ANA, Word::Typing);
    world.until(1_000);
    world.machine.handle_feed_down(world.now);
    world.until(14_999);
    assert_eq!(world.activity(ANA), TYPING, "a stall is no proof that she stopped");
    world.until(15_000);
    assert_eq!(world.activity(ANA), None);
}

/// In Stream the comment says 5 s and the code 7 s: here the setting is the behaviour, to the millisecond.
#[test]
fn stream_comment_and_code_disagree() {
    for ttl in [200, 5_000, 7_000, 15_000, 120_000] {
        let mut world = World::with(Config { typing_ttl_ms: ttl, looks_up_aliases: false, ..Config::default() });
        world.watch(ANA);
        world.until(1_000);
        world.begin();
        world.says(ANA, ANA, Word::Typing);
        world.until(ttl - 1);
        assert_eq!(world.activity(ANA), TYPING, "{ttl} ms");
        world.until(ttl);
        assert_eq!(world.activity(ANA), None, "{ttl} ms");
    }
}

/// Loro sweeps every half TTL, so that what began just after a sweep is shown half as long again.
#[test]
fn loro_sweep_shows_up_to_one_and_a_half_ttl() {
    let mut world = World::new();
    let people: Vec<_> = (0..50_u64).map(|n| format!("1555001{n:04}@c.us")).collect();
    world.watch(TEAM);
    world.until(1_000);
    world.begin();
    for (n, who) in (0_u64..).zip(&people) {
        world.until(n * 137);
        world.says(TEAM, who, Word::Typing);
    }
    for (n, who) in (0_u64..).zip(&people) {
        let key = world.key(TEAM);
        world.until(n * 137 + 14_999);
        assert!(world.machine.raw_activity(key, who).is_some(), "{n}");
        world.until(n * 137 + 15_000);
        assert!(world.machine.raw_activity(key, who).is_none(), "{n}");
    }
    world.until(60_000);
    assert!(world.active(TEAM).is_empty());
}

/// Loro drops whatever a sender dates further back than the TTL: an hour of clock skew, and nobody is ever there.
#[test]
fn loro_sender_clock_skew_kills_presence() {
    for skew_ms in [-3_600_000, -600_000, -15_001, 15_001, 600_000, 3_600_000] {
        let mut world = World::watching(ANA);
        world.skew_ms = skew_ms;
        world.says(ANA, ANA, Word::Online);
        world.until(1_000);
        world.says(ANA, ANA, Word::Typing);
        assert_eq!((world.availability(ANA), world.activity(ANA)), (Availability::Online, TYPING), "{skew_ms}");
        world.until(15_999);
        assert_eq!(world.activity(ANA), TYPING, "{skew_ms}");
        world.until(16_000);
        assert_eq!(world.activity(ANA), None, "{skew_ms}");
    }
}

/// Whatever keeps a peer from knowing (nobody asked, no answer yet, a lost lease, session or feed, a refusal), it says
/// "offline". Here each has its own name, and none of them is an availability.
#[test]
fn five_silences_all_become_offline() {
    let silence = |happens: &dyn Fn(&mut World)| {
        let mut world = World::watching(ANA);
        world.says(ANA, ANA, Word::Online);
        world.until(1_000);
        happens(&mut world);
        world.until(world.ms() + 1_000);
        assert_eq!(world.availability(ANA), Availability::Unknown, "{:?}", world.knowledge(ANA));
        let known = world.snapshot(ANA).contact().and_then(|ana| ana.view.last_known).expect("the past is kept");
        assert_eq!(known.availability, Availability::Online);
        world.knowledge(ANA)
    };
    let lease = silence(&|world| {
        world.grants = false;
        world.until(300_000);
    });
    let session = silence(&|world| {
        world.grants = false;
        world.session(SessionState::NeedsPairing);
    });
    let feed = silence(&|world| {
        world.machine.handle_feed_down(world.now);
        world.until(4_000);
    });
    let asked_again = silence(&|world| world.session(SessionState::Working));
    let silent = silence(&|world| {
        world.session(SessionState::Working);
        world.until(40_000);
    });
    assert_eq!(lease, Knowledge::Lapsed(Lapse::Lease));
    assert_eq!(session, Knowledge::Lapsed(Lapse::Session));
    assert_eq!(feed, Knowledge::Lapsed(Lapse::Feed));
    assert_eq!(asked_again, Knowledge::Waiting(Wait::Asked));
    assert_eq!(silent, Knowledge::Waiting(Wait::Silent));

    let mut world = World::new();
    world.says(ANA, ANA, Word::Online);
    world.until(16_000);
    assert_eq!((world.knowledge(ANA), world.availability(ANA)), (Knowledge::Unwatched, Availability::Unknown));
}

/// The fifth silence: the gateway will not serve this chat, and says so.
#[test]
fn five_silences_include_a_refusal() {
    for (code, refusal) in [
        (ErrorCode::NotFound, Refusal::NotFound),
        (ErrorCode::Forbidden, Refusal::Forbidden),
        (ErrorCode::BadRequest, Refusal::BadRequest),
        (ErrorCode::InvalidChat, Refusal::BadRequest),
        (ErrorCode::Unsupported, Refusal::Unsupported),
    ] {
        let mut world = World::new();
        world.grants = false;
        world.watch(ANA);
        let key = world.key(ANA);
        world.machine.handle_subscribe_failed(key, &Error::new(code, "no"), world.now);
        world.drain();
        world.until(3_600_000);
        assert_eq!(
            (world.knowledge(ANA), world.availability(ANA)),
            (Knowledge::Refused(refusal), Availability::Unknown)
        );
        assert_eq!(world.subscribe_calls(), 1, "never asked again");
    }
}

/// In a Node client of WhatsApp one `@lid` without a number was everybody's: all contacts appeared online.
#[test]
fn purple_gowhatsapp_unmapped_lid_is_everybody() {
    let mut world = World::watching(ANA);
    world.watch(BEN);
    world.until(3_000);
    world.says(ANA_LID, ANA_LID, Word::Online);
    world.says(ANA, ANA_LID, Word::Online);
    assert_eq!((world.availability(ANA), world.availability(BEN)), (Availability::Unknown, Availability::Unknown));
    assert_eq!(world.availability(ANA_LID), Availability::Online);
}

/// Hidden tabs run their timers once a minute or not at all, and clients flap or keep what is long over.
#[test]
fn supabase_hidden_tab_keeps_what_is_over() {
    let mut world = World::watching(ANA);
    world.says(ANA, ANA, Word::Typing);
    world.sleep_until(60_000);
    assert_eq!(world.activity(ANA), None);
    assert_eq!(world.heard.iter().filter(|(_, _, s)| s.activity.is_none()).count(), 1, "one change, no flapping");
}

/// Clients that must re-subscribe do so in one burst, and are banned for it.
#[test]
fn baileys_resubscribes_in_a_burst() {
    let mut world = World::new();
    for n in 0..80 {
        world.watch(&format!("1555000{n:04}@c.us"));
    }
    world.until(150_000);
    world.calls.clear();
    world.session(SessionState::Starting);
    world.session(SessionState::Working);
    world.until(300_000);
    let times: Vec<_> = world
        .calls
        .iter()
        .filter(|(_, intent)| matches!(intent, Intent::Subscribe { .. }))
        .map(|(at, _)| Instant::from_ms(*at))
        .collect();
    assert_eq!(times.len(), 80);
    let burst = times.windows(46).any(|calls| calls[45].since(calls[0]) < 60_000);
    assert!(!burst, "never over 45 in a minute");
}
