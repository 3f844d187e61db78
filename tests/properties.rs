//! The machine against its definition ([`model`]) in random stories, and what must hold in every story.
#![cfg(not(target_arch = "wasm32"))]

mod model;

use model::op::{Deed, Op, Place, quiet_story, story};
use model::person::TTL_MS;
use model::run::{Run, config};
use model::{ANA, TEAM};
use proptest::prelude::*;
use wa_presence::machine::Config;
use wa_presence::machine::knowledge::{Knowledge, Lapse, Wait};
use wa_presence::machine::observation::Word;
use wa_presence::machine::typing::ActivityKind;

proptest! {
    #![proptest_config(cases(10_000))]

    /// The one that matters: after every step, what everybody does and whether they are there is what the model says,
    /// listeners know it, nothing visible outlives its TTL, and waking twice changes nothing. See `model/check.rs`.
    #[test]
    fn the_machine_says_what_the_model_says(story in story(24), skew_ms in skew()) {
        Run::new(config(), skew_ms).tell_and_compare(&story);
    }
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn the_same_story_told_twice_gives_the_same_outputs(story in story(40), seed: u64) {
        let outputs = || {
            let mut run = Run::new(Config { seed, ..config() }, 0);
            run.tell(&story);
            format!("{:?} {:?} {:?}", run.heard, run.calls, run.machine)
        };
        prop_assert_eq!(outputs(), outputs());
    }

    #[test]
    fn a_gateway_clock_minutes_off_changes_no_outcome(story in quiet_story(24), skew_ms in skew()) {
        let outputs = |skew_ms| {
            let mut run = Run::new(config(), skew_ms);
            run.tell(&story);
            (run.heard, run.calls)
        };
        prop_assert_eq!(outputs(skew_ms), outputs(0));
    }

    /// Where nothing can be called, waking late or in time makes no difference to what is known in the end.
    #[test]
    fn a_frozen_tab_ends_up_knowing_what_an_awake_one_knows(story in story(24)) {
        let known = |awake: bool| {
            let mut run = Run::new(Config { subscribes: false, ..config() }, 0);
            for op in &story {
                let pass = if let Op::Pass { ms, .. } = *op { Some(Op::Pass { ms, awake }) } else { None };
                run.step(pass.as_ref().unwrap_or(op));
            }
            // Whatever is held back, and what comes while it is, is heard now; nothing else is due in between, or is in both.
            run.step(&Op::Pass { ms: 500, awake: true });
            [ANA, TEAM].map(|name| run.machine.find(name).and_then(|key| run.machine.snapshot(key)))
        };
        prop_assert_eq!(known(false), known(true));
    }

    #[test]
    fn whoever_goes_on_typing_never_flickers(
        gaps in prop::collection::vec((0_u64..TTL_MS - 100, 0_u64..100), 1..40),
        recording: bool,
    ) {
        let mut run = Run::new(config(), 0);
        run.step(&Op::Watch(ANA));
        run.step(&Op::Pass { ms: 1_000, awake: true });
        let word = if recording { Word::Recording } else { Word::Typing };
        for (gap_ms, lag_ms) in gaps {
            let place = Place { chat: ANA, who: ANA };
            run.step(&Op::Happens { place, deed: Deed::Says(word), fate: model::op::Fate::Late(lag_ms) });
            run.step(&Op::Pass { ms: gap_ms.max(lag_ms), awake: true });
        }
        let kind = if recording { ActivityKind::Recording } else { ActivityKind::Typing };
        let shown: Vec<_> = run.heard.iter().map(|(_, _, snapshot)| snapshot.activity).collect();
        let first = shown.iter().position(|activity| activity.is_some());
        let ever_since = first.is_some_and(|first| shown[first..].iter().all(|activity| *activity == Some(kind)));
        prop_assert!(ever_since, "{:?}", shown);
    }

    #[test]
    fn no_watched_chat_is_forgotten(story in story(40)) {
        let mut run = Run::new(config(), 0);
        run.tell(&story);
        run.tell(&[Op::Session(true), Op::Feed(true), Op::Grants(true), Op::Pass { ms: 120_000, awake: true }]);
        for key in run.machine.watched_chats() {
            prop_assert!(run.machine.lease(key).is_some_and(|lease| lease.max_until > run.now), "no lease");
            let knowledge = run.machine.snapshot(key).expect("it is watched").knowledge;
            let served = matches!(knowledge, Knowledge::Live { .. } | Knowledge::Waiting(Wait::Asked | Wait::Silent));
            prop_assert!(served && knowledge != Knowledge::Lapsed(Lapse::Lease), "{:?}", knowledge);
        }
    }
}

/// How far the gateway's clock is ahead of ours, in ms.
fn skew() -> impl Strategy<Value = i64> {
    prop_oneof![Just(0), Just(600_000), Just(-600_000), -600_000_i64..=600_000]
}

/// `PROPTEST_CASES` overrides the number, for a quick look or a long night.
fn cases(cases: u32) -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_some() { default } else { ProptestConfig { cases, ..default } }
}
