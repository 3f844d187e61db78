//! A few people of whom somebody wants to hear when they come online, each at most once in a while.

use crate::machine::happening::Evidence;
use crate::machine::id::Id;
use crate::machine::presence::Availability;
use crate::machine::sorted_map::Key;
use crate::machine::time::Instant;
use crate::machine::{ChatKey, Machine};

/// Most people of one cohort: more would be scanning, which gets accounts banned.
pub const MOST_PEOPLE: usize = 50;

/// A cohort's number within one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CohortId(pub(super) u32);

impl CohortId {
    /// The number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0 as u64
    }
}

impl Key for CohortId {}

#[derive(Debug)]
struct Person {
    id: Id,
    present: bool,
    told_at: Option<Instant>,
}

/// One cohort.
#[derive(Debug)]
pub(super) struct Cohort {
    people: Vec<Person>,
    cool_down_ms: u64,
}

impl Cohort {
    pub(super) fn new(people: &[Id], cool_down_ms: u64) -> Self {
        let people = people.iter().take(MOST_PEOPLE);
        Self {
            people: people.map(|id| Person { id: id.clone(), present: false, told_at: None }).collect(),
            cool_down_ms,
        }
    }

    /// Looks at one person again, by the chat's id, or at all: who came online since, and was not told of lately.
    pub(super) fn look(&mut self, chat: Option<&Id>, machine: &Machine, now: Instant) -> Vec<Id> {
        let mut came: Vec<(Option<ChatKey>, Id)> = Vec::new();
        for person in &mut self.people {
            let key = machine.find(person.id.as_str());
            if chat.is_some_and(|chat| key.and_then(|key| machine.id_of(key)) != Some(chat)) {
                continue;
            }
            let Evidence { availability, .. } = key.map(|key| machine.evidence(key)).unwrap_or_default();
            let present = availability == Availability::Online;
            let was_present = std::mem::replace(&mut person.present, present);
            let came_online = present && !was_present;
            let rested = person.told_at.is_none_or(|at| at + self.cool_down_ms <= now);
            if came_online && rested {
                person.told_at = Some(now);
                // One person may be named by two ids.
                if !came.iter().any(|(other, _)| *other == key) {
                    came.push((key, person.id.clone()));
                }
            }
        }
        came.into_iter().map(|(_, id)| id).collect()
    }
}
