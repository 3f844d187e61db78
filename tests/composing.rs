//! What must hold of typing in every random story: see `composing/run.rs` for what is judged as it happens.
#![cfg(not(target_arch = "wasm32"))]

mod support;

#[path = "patterns/gateway.rs"]
mod gateway;
#[path = "composing/op.rs"]
mod op;
#[path = "composing/run.rs"]
mod run;

use op::{moods, story, vendor};
use proptest::prelude::*;
use run::Run;

proptest! {
    #![proptest_config(cases(1_500))]

    /// Pace, budget, pauses and one call a chat: judged as every call leaves. In the end nobody is shown anything, whether somebody
    /// said that they stopped or not, and nothing is left to do.
    #[test]
    fn whatever_was_shown_is_ended(story in story(40), moods in moods(60), vendor in vendor()) {
        let mut run = Run::new(vendor, moods);
        run.tell(&story);
        run.all_is_ended();
    }
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn the_same_story_gives_the_same_calls(story in story(40), moods in moods(60), vendor in vendor()) {
        let calls = || {
            let mut run = Run::new(vendor, moods.clone());
            run.tell(&story);
            run.calls
        };
        prop_assert_eq!(calls(), calls());
    }
}

/// `PROPTEST_CASES` overrides the number, for a quick look or a long night.
fn cases(cases: u32) -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_some() { default } else { ProptestConfig { cases, ..default } }
}
