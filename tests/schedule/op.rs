//! What may happen in a random story of the scheduler, and how it is drawn.

use proptest::prelude::*;
use wa_presence::machine::Priority;

/// So many chats occur in a story.
pub(crate) const CHATS: usize = 24;

#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// Somebody begins to watch these chats, in one tick.
    Watch { from: usize, chats: usize, priority: Priority },
    /// The oldest watch of a chat ends.
    Unwatch(usize),
    /// A watch of a chat changes.
    SetPriority(usize, Priority),
    /// What the gateway answers from here on.
    Answer(Answer),
    /// How long answers take from here on, in ms.
    Delay(u64),
    /// The gateway tells that its session works, or does not.
    Session(bool),
    /// Time passes; timers are honoured, or frozen as in a tab nobody looks at.
    Pass { ms: u64, awake: bool },
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    Granted,
    /// One too many, and how long to wait where it says so, in ms.
    TooMany(Option<u64>),
    /// Its session does not work.
    NotReady,
    /// None comes.
    Lost,
}

pub(crate) fn story(steps: usize) -> impl Strategy<Value = Vec<Op>> {
    prop::collection::vec(op(), 1..=steps)
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        5 => (0..CHATS, 1..CHATS, priority())
            .prop_map(|(from, chats, priority)| Op::Watch { from, chats, priority }),
        3 => (0..CHATS).prop_map(Op::Unwatch),
        3 => (0..CHATS, priority()).prop_map(|(chat, priority)| Op::SetPriority(chat, priority)),
        5 => answer().prop_map(Op::Answer),
        2 => prop_oneof![2 => Just(0), 2 => 50_u64..400, 1 => 400_u64..15_000].prop_map(Op::Delay),
        3 => any::<bool>().prop_map(Op::Session),
        12 => (pause(), prop::bool::weighted(0.75)).prop_map(|(ms, awake)| Op::Pass { ms, awake }),
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    let wait = prop_oneof![Just(None), (0_u64..120_000).prop_map(Some)];
    prop_oneof![
        4 => Just(Answer::Granted),
        1 => wait.prop_map(Answer::TooMany),
        1 => Just(Answer::NotReady),
        1 => Just(Answer::Lost),
    ]
}

fn priority() -> impl Strategy<Value = Priority> {
    prop::sample::select(vec![Priority::Focused, Priority::Visible, Priority::Visible, Priority::Background])
}

/// From one tick to a long sleep.
fn pause() -> impl Strategy<Value = u64> {
    prop_oneof![3 => 0_u64..2_000, 4 => 2_000_u64..20_000, 2 => 20_000_u64..120_000, 1 => 120_000_u64..900_000]
}
