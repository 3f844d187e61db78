//! What must hold of calls and their order in every random story: see `schedule/mod.rs` for what may happen in one.
#![cfg(not(target_arch = "wasm32"))]

#[path = "schedule/mod.rs"]
mod schedule;

use proptest::prelude::*;
use schedule::Stage;
use schedule::op::story;

proptest! {
    #![proptest_config(cases(2_000))]

    /// Budget, calls in flight, pauses, order, and no call for whom nobody watches: judged at every step of the stage. In the end
    /// the gateway allows, and everybody is served.
    #[test]
    fn every_call_keeps_the_rules_and_nobody_is_forgotten(story in story(30), seed: u64) {
        let mut stage = Stage::new(seed);
        stage.tell(&story);
        stage.all_are_granted_in_time();
    }
}

proptest! {
    #![proptest_config(cases(250))]

    #[test]
    fn the_same_seed_gives_the_same_trace(story in story(30), seed: u64) {
        let trace = || {
            let mut stage = Stage::new(seed);
            stage.tell(&story);
            (stage.calls, format!("{:?}", stage.machine))
        };
        prop_assert_eq!(trace(), trace());
    }

    #[test]
    fn whom_nobody_watches_is_never_asked_for_again(story in story(30), seed: u64) {
        let mut stage = Stage::new(seed);
        stage.tell(&story);
        stage.nobody_watches();
        let calls = stage.calls.len();
        stage.gateway_allows();
        stage.pass(3_600_000, true);
        prop_assert_eq!((stage.calls.len(), stage.machine.watched(), stage.machine.calls()), (calls, 0, (0, 0)));
    }
}

/// `PROPTEST_CASES` overrides the number, for a quick look or a long night.
fn cases(cases: u32) -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_some() { default } else { ProptestConfig { cases, ..default } }
}
