//! What may happen in a random story, and how it is drawn.

use proptest::prelude::*;
use wa_presence::machine::observation::Word;

use super::{ANA, ANA_LID, BEN, Name, TEAM};

#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// Somebody does something in a chat.
    Happens { place: Place, deed: Deed, fate: Fate },
    /// The answer to a question asked a while ago.
    Read { place: Place, word: Word, asked_ago_ms: u64 },
    /// Time passes; timers are honoured, or frozen as in a tab nobody looks at.
    Pass { ms: u64, awake: bool },
    /// Somebody begins to watch.
    Watch(Name),
    /// The last who began to watch stops.
    Unwatch(Name),
    /// From here on the gateway takes subscribe calls, or fails them.
    Grants(bool),
    /// The session works or stops.
    Session(bool),
    /// The feed opens or is lost.
    Feed(bool),
    /// Ana's two ids turn out to be one person.
    Alias,
}

/// A chat and somebody in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) chat: Name,
    pub(crate) who: Name,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Deed {
    Says(Word),
    /// Writes a message, so long ago by WhatsApp's clock.
    Writes {
        age_ms: u64,
    },
}

/// What becomes of a delivery.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fate {
    /// Arrives after some ms. Two with different delays may arrive in the wrong order.
    Late(u64),
    /// Arrives, and again later.
    Twice(u64),
    /// Arrives without a stamp.
    Undated,
    /// Never arrives.
    Lost,
}

const PLACES: [Place; 8] = [
    Place { chat: ANA, who: ANA },
    Place { chat: ANA, who: ANA },
    Place { chat: ANA, who: ANA_LID },
    Place { chat: ANA_LID, who: ANA_LID },
    Place { chat: TEAM, who: ANA },
    Place { chat: TEAM, who: ANA_LID },
    Place { chat: TEAM, who: BEN },
    Place { chat: BEN, who: BEN },
];

const WORDS: [Word; 8] = [
    Word::Typing,
    Word::Typing,
    Word::Typing,
    Word::Recording,
    Word::Paused,
    Word::Online,
    Word::Offline,
    Word::Unknown,
];

/// Any story of at most `steps` steps.
pub(crate) fn story(steps: usize) -> impl Strategy<Value = Vec<Op>> {
    prop::collection::vec(op(), 1..=steps)
}

/// A story without messages whose age is close to the limit of freshness: which of two clocks judges them is a matter
/// of taste, see `Machine::age_ms`.
pub(crate) fn quiet_story(steps: usize) -> impl Strategy<Value = Vec<Op>> {
    story(steps).prop_map(|mut story| {
        story.retain(|op| !matches!(op, Op::Happens { deed: Deed::Writes { age_ms: 20_000..60_000 }, .. }));
        story
    })
}

fn op() -> impl Strategy<Value = Op> {
    let name = || prop::sample::select(vec![ANA, ANA_LID, TEAM]);
    prop_oneof![
        12 => (place(), deed(), fate()).prop_map(|(place, deed, fate)| Op::Happens { place, deed, fate }),
        2 => (place(), word(), 0_u64..20_000)
            .prop_map(|(place, word, asked_ago_ms)| Op::Read { place, word, asked_ago_ms }),
        10 => (pause(), any::<bool>()).prop_map(|(ms, awake)| Op::Pass { ms, awake }),
        3 => name().prop_map(Op::Watch),
        2 => name().prop_map(Op::Unwatch),
        1 => any::<bool>().prop_map(Op::Grants),
        1 => any::<bool>().prop_map(Op::Session),
        1 => any::<bool>().prop_map(Op::Feed),
        1 => Just(Op::Alias),
    ]
}

fn place() -> impl Strategy<Value = Place> {
    prop::sample::select(PLACES.to_vec())
}

fn word() -> impl Strategy<Value = Word> {
    prop::sample::select(WORDS.to_vec())
}

fn deed() -> impl Strategy<Value = Deed> {
    let age_ms = prop_oneof![0_u64..2_000, 28_000_u64..34_000, Just(3_600_000)];
    prop_oneof![6 => word().prop_map(Deed::Says), 1 => age_ms.prop_map(|age_ms| Deed::Writes { age_ms })]
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        6 => (0_u64..60).prop_map(Fate::Late),
        3 => (0_u64..4_000).prop_map(Fate::Late),
        1 => (1_u64..20_000).prop_map(Fate::Twice),
        1 => Just(Fate::Undated),
        1 => Just(Fate::Lost),
    ]
}

/// Times around every duration that matters, and others.
fn pause() -> impl Strategy<Value = u64> {
    let edges =
        prop::sample::select(vec![1, 99, 100, 101, 299, 300, 1_350, 3_000, 5_000, 14_999, 15_000, 59_999, 60_000]);
    prop_oneof![3 => 0_u64..2_000, 3 => 2_000_u64..20_000, 1 => 20_000_u64..400_000, 3 => edges]
}
