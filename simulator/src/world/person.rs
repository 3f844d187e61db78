//! A person: who they are, what they let others see, and what they are about to do.

use std::collections::VecDeque;
use std::time::Duration;

use crate::chance::Chance;
use crate::time::{Instant, UnixMs};
use crate::world::habits::{self, Habits, Step};
use crate::world::id::Jid;

/// What others may know of a person, and under which id they meet them.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Their phone identity; unique in a world.
    pub id: Jid,
    /// What people call them.
    pub name: String,
    /// Their hidden id, if WhatsApp has given them one.
    pub lid: Option<Jid>,
    /// Events about them carry the hidden id, whatever id was subscribed.
    pub shown_as_lid: bool,
    /// The gateway cannot tell the phone number behind the hidden id.
    pub hides_phone: bool,
    /// They never report being online or offline. Typing still shows, as it does on WhatsApp.
    pub hides_presence: bool,
    /// They report being offline without saying since when.
    pub hides_last_seen: bool,
}

impl Profile {
    /// Someone with nothing to hide.
    #[must_use]
    pub fn new(id: Jid, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            lid: None,
            shown_as_lid: false,
            hides_phone: false,
            hides_presence: false,
            hides_last_seen: false,
        }
    }

    /// The id that events carry.
    #[must_use]
    pub fn shown(&self) -> &Jid {
        match &self.lid {
            Some(lid) if self.shown_as_lid => lid,
            Some(_) | None => &self.id,
        }
    }

    /// Whether `id` names them, under any of their ids.
    #[must_use]
    pub fn is(&self, id: &Jid) -> bool {
        &self.id == id || self.lid.as_ref() == Some(id)
    }
}

/// A person with a life of their own, or a puppet that only acts when told to.
#[derive(Clone, Debug)]
pub struct Person {
    /// What others may know.
    pub profile: Profile,
    /// Whether their app is open.
    pub online: bool,
    /// When it last closed, if it ever did.
    pub last_seen: Option<UnixMs>,
    habits: Option<Habits>,
    plan: VecDeque<(Instant, Step)>,
    typed_at: Option<Instant>,
    chance: Chance,
}

impl Person {
    /// Lets someone into the world. Without habits they are a puppet.
    #[must_use]
    pub fn new(profile: Profile, habits: Option<Habits>, chance: Chance) -> Self {
        let online = habits.as_ref().is_some_and(Habits::stays_online);
        Self { profile, online, last_seen: None, habits, plan: VecDeque::new(), typed_at: None, chance }
    }

    /// When they will next do something.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.plan.front().map(|(at, _)| *at)
    }

    /// Takes their next step, if its time has come.
    pub fn poll_step(&mut self, now: Instant) -> Option<(Instant, Step)> {
        let (at, step) = self.plan.pop_front_if(|(at, _)| *at <= now)?;
        if matches!(step, Step::Start(..)) {
            self.typed_at = Some(at);
        }
        Some((at, step))
    }

    /// Gives them something to look forward to, unless they have a plan or live only when told to.
    pub fn make_plans(&mut self, groups: &[Jid], now: Instant) {
        if let (Some(habits), true) = (&self.habits, self.plan.is_empty())
            && (habits.when_watched.is_none() || self.typed_at.is_some())
        {
            self.plan = habits::plan_episode(habits, groups, self.online, &mut self.chance, now);
        }
    }

    /// They learn that somebody watches them. Whoever acts when watched acts soon, but is not driven by repeated asking.
    pub fn handle_watched(&mut self, now: Instant) {
        let Some(delay) = self.habits.as_ref().and_then(|habits| habits.when_watched) else {
            return;
        };
        let soon = now + self.chance.within(delay);
        let typed_lately = self.typed_at.is_some_and(|at| now.since(at) < CALM);
        let acts_soon = self.poll_timeout().is_some_and(|at| at <= soon);
        if let (Some(habits), false, false) = (&self.habits, typed_lately, acts_soon) {
            self.plan = habits::plan_burst(habits, &mut self.chance, soon);
        }
    }

    /// A short random delay of their own.
    pub fn delay(&mut self, low_ms: u64, high_ms: u64) -> Duration {
        Duration::from_millis(self.chance.between(low_ms, high_ms))
    }

    /// Words for a message.
    pub fn words(&mut self) -> String {
        self.chance.pick(&SAYINGS).copied().unwrap_or_default().to_owned()
    }

    /// An id for a message, in the upper-case hexadecimal of the real ones.
    pub fn message_id(&mut self) -> String {
        format!("3EB0{:016X}", self.chance.bits() >> 64)
    }
}

/// How long someone who acts when watched ignores further watching. Longer than the 15 s after which clients must end
/// a typing that was never paused, so that polling them cannot keep it alive.
const CALM: Duration = Duration::from_secs(20);

const SAYINGS: [&str; 12] = [
    "Is the blue one still in stock?",
    "On my way, ten minutes.",
    "Could you send me the invoice again?",
    "Perfect, thank you!",
    "I will ask my sister and tell you.",
    "What time do you close today?",
    "The parcel came, all fine.",
    "Let me look for a photo of it.",
    "Sorry, I was in a meeting.",
    "Does that price include delivery?",
    "See you on Thursday then.",
    "One more question about the order.",
];
