//! What may happen in a random story of somebody who types, and how it is drawn.

use crate::gateway::{Answer, Vendor};
use proptest::prelude::*;

/// So many chats occur in a story.
pub(crate) const CHATS: usize = 6;

#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// Somebody may compose in a chat from here on.
    Open(usize),
    /// One of those who may will not any more.
    Close(usize),
    Keystroke(usize),
    Record(usize),
    Work(usize),
    Stop(usize),
    /// All of them press a key and send it, again and again.
    Flurry {
        times: usize,
        every_ms: u64,
    },
    /// The gateway's session begins to work, or stops, and says so or does not.
    Session {
        works: bool,
        told: bool,
    },
    /// The page goes, and comes back.
    Leave,
    /// Time passes; timers are honoured, or frozen as in a tab nobody looks at.
    Pass {
        ms: u64,
        awake: bool,
    },
}

/// What becomes of one call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mood {
    pub(crate) answer: Answer,
    pub(crate) delay_ms: u64,
    pub(crate) lands: Lands,
}

/// When a call takes effect that is not refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lands {
    /// As it arrives.
    Early,
    /// As it is answered: gateways hold calls while their session does not work.
    Late,
    /// Not at all, where it is not answered.
    Never,
}

pub(crate) fn story(steps: usize) -> impl Strategy<Value = Vec<Op>> {
    prop::collection::vec(op(), 1..=steps)
}

pub(crate) fn moods(calls: usize) -> impl Strategy<Value = Vec<Mood>> {
    prop::collection::vec(mood(), 0..=calls)
}

pub(crate) fn vendor() -> impl Strategy<Value = Vendor> {
    prop::sample::select(vec![Vendor::Waha, Vendor::Wawp, Vendor::Waapi])
}

fn op() -> impl Strategy<Value = Op> {
    let who = 0..usize::MAX;
    prop_oneof![
        4 => (0..CHATS).prop_map(Op::Open),
        2 => who.clone().prop_map(Op::Close),
        8 => who.clone().prop_map(Op::Keystroke),
        3 => who.clone().prop_map(Op::Record),
        3 => who.clone().prop_map(Op::Work),
        5 => who.prop_map(Op::Stop),
        1 => (1_usize..20, 200_u64..2_000).prop_map(|(times, every_ms)| Op::Flurry { times, every_ms }),
        2 => any::<(bool, bool)>().prop_map(|(works, told)| Op::Session { works, told }),
        1 => Just(Op::Leave),
        12 => (pause(), prop::bool::weighted(0.85)).prop_map(|(ms, awake)| Op::Pass { ms, awake }),
    ]
}

fn mood() -> impl Strategy<Value = Mood> {
    let lands = prop_oneof![3 => Just(Lands::Early), 2 => Just(Lands::Late), 1 => Just(Lands::Never)];
    let delay_ms = prop_oneof![4 => 1_u64..400, 2 => 400_u64..6_000, 1 => 6_000_u64..20_000];
    (answer(), delay_ms, lands).prop_map(|(answer, delay_ms, lands)| Mood { answer, delay_ms, lands })
}

fn answer() -> impl Strategy<Value = Answer> {
    let wait = prop_oneof![Just(None), (0_u64..120_000).prop_map(Some)];
    prop_oneof![
        20 => Just(Answer::Done),
        5 => Just(Answer::Network),
        3 => Just(Answer::Timeout),
        3 => Just(Answer::Broken),
        2 => wait.prop_map(Answer::TooMany),
        2 => Just(Answer::NotWorking),
        1 => Just(Answer::NotFound),
        1 => Just(Answer::Unsupported),
        2 => Just(Answer::Unauthorized),
        1 => Just(Answer::Forbidden),
    ]
}

/// From one tick to a long sleep.
fn pause() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 1_u64..1_200, 4 => 1_200_u64..9_000, 2 => 9_000_u64..70_000, 1 => 70_000_u64..400_000]
}
