//! How people behave: habits, and the short plans that chance makes of them.

use std::collections::VecDeque;
use std::time::Duration;

use crate::chance::{Chance, Span};
use crate::time::Instant;
use crate::world::id::Jid;

/// What a person can be seen doing in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// Writing.
    Typing,
    /// Speaking a voice message.
    Recording,
}

/// Where they do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the chat with the account's owner.
    Direct,
    /// In a group.
    Group(Jid),
}

/// One thing a person does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To open the app.
    Appear,
    /// To close it.
    Leave,
    /// To begin an activity, or to keep it up.
    Start(Activity, Place),
    /// To pause.
    Stop(Place),
    /// To send a message; spoken ones come as audio.
    Say(Activity, Place),
    /// To be answered by the account's owner, from their phone.
    Answered(Place),
    /// To do nothing for a while.
    Rest,
}

/// A way to live. Percentages are per occasion.
#[derive(Clone, Debug)]
pub struct Habits {
    /// How long the app stays closed between episodes; none for those who never close it.
    pub away: Option<Span>,
    /// How long they look at the app before and after doing something.
    pub idle: Span,
    /// How many bursts of typing make an episode.
    pub bursts: (u64, u64),
    /// How long a burst lasts.
    pub typing: Span,
    /// How long they think between bursts.
    pub thinking: Span,
    /// How often they speak instead of writing.
    pub records: u8,
    /// How often they stop without pausing, which leaves everybody looking at "typing".
    pub forgets: u8,
    /// How often an episode ends in a message.
    pub sends: u8,
    /// How often an episode happens in a group.
    pub in_groups: u8,
    /// How often the account's owner answers their message.
    pub answered: u8,
    /// They do nothing until they are watched, and then begin after this delay.
    pub when_watched: Option<Span>,
}

impl Habits {
    /// Someone ordinary: comes and goes, types in bursts, mostly sends what they typed.
    #[must_use]
    pub const fn ordinary() -> Self {
        Self {
            away: Some(Span(15_000, 60_000)),
            idle: Span(2_000, 10_000),
            bursts: (1, 3),
            typing: Span(2_000, 9_000),
            thinking: Span(800, 3_500),
            records: 8,
            forgets: 8,
            sends: 70,
            in_groups: 25,
            answered: 25,
            when_watched: None,
        }
    }

    /// Someone who is always there and nearly always writing.
    #[must_use]
    pub const fn chatty() -> Self {
        Self { away: None, idle: Span(1_000, 6_000), bursts: (2, 5), in_groups: 40, ..Self::ordinary() }
    }

    /// Someone who reads and goes.
    #[must_use]
    pub const fn quiet() -> Self {
        Self { idle: Span(5_000, 20_000), bursts: (0, 0), sends: 0, ..Self::ordinary() }
    }

    /// Someone who rather speaks.
    #[must_use]
    pub const fn speaker() -> Self {
        Self { records: 85, typing: Span(4_000, 14_000), ..Self::ordinary() }
    }

    /// Someone who starts typing as soon as they are watched, never pauses, never sends, and starts again later.
    #[must_use]
    pub const fn forgetful() -> Self {
        Self {
            away: None,
            idle: Span(15_000, 17_000),
            bursts: (1, 1),
            // With the idling before and after, one start follows another after 32 to 40 s.
            typing: Span(2_000, 4_000),
            thinking: Span(500, 1_500),
            records: 0,
            forgets: 100,
            sends: 0,
            in_groups: 0,
            // Late enough for a client to finish subscribing: the answer to a second subscription would end the typing.
            when_watched: Some(Span(1_800, 2_800)),
            ..Self::ordinary()
        }
    }

    /// Whether they never close the app.
    #[must_use]
    pub const fn stays_online(&self) -> bool {
        self.away.is_none()
    }
}

/// A whole episode: appear, look around, write, perhaps send, look around, leave.
pub(super) fn plan_episode(
    habits: &Habits,
    groups: &[Jid],
    online: bool,
    chance: &mut Chance,
    now: Instant,
) -> VecDeque<(Instant, Step)> {
    let mut plan = Plan { at: now, steps: VecDeque::new() };
    if let (Some(away), false) = (habits.away, online) {
        plan.wait(chance.within(away));
        plan.add(Step::Appear);
    }
    plan.wait(chance.within(habits.idle));
    let place = match chance.pick(groups) {
        Some(group) if chance.percent(habits.in_groups) => Place::Group(group.clone()),
        Some(_) | None => Place::Direct,
    };
    plan.write(habits, &place, chance);
    plan.wait(chance.within(habits.idle));
    plan.add(if habits.away.is_some() { Step::Leave } else { Step::Rest });
    plan.steps
}

/// Writing and nothing around it, from `now` on.
pub(super) fn plan_burst(habits: &Habits, chance: &mut Chance, now: Instant) -> VecDeque<(Instant, Step)> {
    let mut plan = Plan { at: now, steps: VecDeque::new() };
    plan.write(habits, &Place::Direct, chance);
    plan.wait(chance.within(habits.idle));
    plan.add(Step::Rest);
    plan.steps
}

struct Plan {
    at: Instant,
    steps: VecDeque<(Instant, Step)>,
}

impl Plan {
    fn wait(&mut self, span: Duration) {
        self.at = self.at + span;
    }

    fn add(&mut self, step: Step) {
        self.steps.push_back((self.at, step));
    }

    fn write(&mut self, habits: &Habits, place: &Place, chance: &mut Chance) {
        let bursts = chance.between(habits.bursts.0, habits.bursts.1);
        let activity = if chance.percent(habits.records) { Activity::Recording } else { Activity::Typing };
        for burst in 1..=bursts {
            let ends = self.at + chance.within(habits.typing);
            self.add(Step::Start(activity, place.clone()));
            while self.at + REPEAT < ends {
                self.wait(REPEAT);
                self.add(Step::Start(activity, place.clone()));
            }
            self.at = ends;
            let forgets = chance.percent(habits.forgets);
            if burst == bursts && chance.percent(habits.sends) {
                self.say(activity, habits, place, chance);
            } else if !forgets {
                self.add(Step::Stop(place.clone()));
            }
            self.wait(chance.within(habits.thinking));
        }
    }

    /// A written message ends the typing by itself; after a spoken one the apps say that the recording is over.
    fn say(&mut self, activity: Activity, habits: &Habits, place: &Place, chance: &mut Chance) {
        self.add(Step::Say(activity, place.clone()));
        if activity == Activity::Recording && !chance.percent(habits.forgets) {
            self.wait(Duration::from_millis(300));
            self.add(Step::Stop(place.clone()));
        }
        if chance.percent(habits.answered) {
            self.wait(Duration::from_millis(chance.between(2_000, 6_000)));
            self.add(Step::Answered(place.clone()));
        }
    }
}

/// How often WhatsApp's own apps repeat "typing" while somebody keeps typing.
const REPEAT: Duration = Duration::from_secs(10);
