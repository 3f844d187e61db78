//! Watching through a gateway that leases and rations, in virtual time: how much of what is watched is truly told.
//!
//! The gateway here is Wawp as its documents describe it, with the lease model of the simulator. Round trips are lognormal
//! between 50 and 400 ms; a lease begins as the server receives the call and is drawn afresh by every renewal.
#![allow(dead_code, reason = "the tests and the benchmark use their own parts")]

pub(crate) mod clients;
pub(crate) mod server;
pub(crate) mod story;

use clients::{Client, Naive, Omniscient, Ours};
use story::{Outcome, Story};
use wa_presence::machine::Priority;

pub(crate) const MINUTE: u64 = 60_000;
pub(crate) const HOUR: u64 = 60 * MINUTE;

/// What is watched, for how long, and what the gateway does meanwhile.
#[derive(Clone)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// How many chats of each priority.
    pub(crate) focused: usize,
    pub(crate) visible: usize,
    pub(crate) background: usize,
    pub(crate) lasts_ms: u64,
    /// Answers in a hundred that get lost.
    pub(crate) lost_percent: u8,
    /// Leases last from … to …, in ms.
    pub(crate) lease_ms: (u64, u64),
    /// The cap on watched chats.
    pub(crate) max_watched: usize,
    /// What happens when, in ms.
    pub(crate) script: Vec<(u64, Act)>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    /// The session is lost.
    Lose,
    /// It works again.
    Ready,
    /// So many subscriptions in a minute from now on.
    Limit(u32),
}

impl Scenario {
    const fn new(name: &'static str, focused: usize, visible: usize, background: usize) -> Self {
        Self {
            name,
            focused,
            visible,
            background,
            lasts_ms: 2 * HOUR,
            lost_percent: 1,
            lease_ms: (20_000, 60_000),
            max_watched: 10_000,
            script: Vec::new(),
        }
    }

    pub(crate) fn few_focused() -> Self {
        Self { lost_percent: 0, ..Self::new("12 focused, no losses", 12, 0, 0) }
    }

    pub(crate) fn support_desk() -> Self {
        Self::new("1 focused, 19 visible, 180 background", 1, 19, 180)
    }

    pub(crate) fn reconnecting() -> Self {
        let script =
            (1..24).flat_map(|n| [(n * 5 * MINUTE, Act::Lose), (n * 5 * MINUTE + 2_300, Act::Ready)]).collect();
        Self { name: "the same, reconnects every 5 min", script, ..Self::support_desk() }
    }

    pub(crate) fn crowd() -> Self {
        Self { lasts_ms: 30 * MINUTE, ..Self::new("500 in one tick", 1, 99, 400) }
    }

    pub(crate) fn halved() -> Self {
        let script = vec![(30 * MINUTE, Act::Limit(25)), (HOUR, Act::Limit(50))];
        Self { name: "limit halved from minute 30 to 60", script, ..Self::support_desk() }
    }

    pub(crate) fn flapping() -> Self {
        let flaps = (0..100)
            .flat_map(|n| [(10 * MINUTE + n * 6_000, Act::Lose), (10 * MINUTE + n * 6_000 + 3_000, Act::Ready)]);
        Self { lasts_ms: 30 * MINUTE, script: flaps.collect(), ..Self::new("flaps every 3 s for 10 min", 12, 19, 0) }
    }

    pub(crate) fn all() -> [Self; 6] {
        [
            Self::few_focused(),
            Self::support_desk(),
            Self::reconnecting(),
            Self::crowd(),
            Self::halved(),
            Self::flapping(),
        ]
    }

    /// How the chat of this number is watched.
    pub(crate) const fn priority(&self, chat: usize) -> Priority {
        if chat < self.focused {
            Priority::Focused
        } else if chat < self.focused + self.visible {
            Priority::Visible
        } else {
            Priority::Background
        }
    }

    pub(crate) const fn chats(&self) -> usize {
        self.focused + self.visible + self.background
    }

    pub(crate) fn ours(&self, seed: u64) -> Outcome {
        self.run(seed, &mut Ours::new(self, seed))
    }

    pub(crate) fn naive(&self, seed: u64) -> Outcome {
        self.run(seed, &mut Naive::new(self))
    }

    pub(crate) fn omniscient(&self, seed: u64) -> Outcome {
        self.run(seed, &mut Omniscient::new(self))
    }

    fn run(&self, seed: u64, client: &mut dyn Client) -> Outcome {
        Story::new(self, seed).run(client)
    }
}

/// The id of the chat of this number.
pub(crate) fn id_of(chat: usize) -> String {
    format!("1555{chat:07}@c.us")
}
