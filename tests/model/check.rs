//! What must hold after every step.

use wa_presence::machine::Snapshot;
use wa_presence::machine::knowledge::Knowledge;
use wa_presence::machine::presence::{Availability, Basis, PersonView};
use wa_presence::machine::typing::Activity;

use super::person::{SETTLE_MS, TTL_MS};
use super::run::{NOTIFY_MS, Run};
use super::{ANA, ANA_LID, BEN, Name, Picture, TEAM};

/// Everybody whom a question can be about.
const PEOPLE: [(Name, Name); 6] =
    [(ANA, ANA), (ANA_LID, ANA_LID), (BEN, BEN), (TEAM, ANA), (TEAM, ANA_LID), (TEAM, BEN)];
const CHATS: [Name; 4] = [ANA, ANA_LID, BEN, TEAM];
/// After this long without news every change has been heard, in ms.
const QUIET_MS: u64 = SETTLE_MS + 2 * NOTIFY_MS;

impl Run {
    pub(crate) fn check(&mut self) {
        let picture = self.model.picture(self.now);
        self.everybody_is_as_the_model_says(&picture);
        self.watchers_know_what_they_were_last_told();
        self.nothing_visible_outlives_its_ttl();
        self.waking_twice_changes_nothing();
        if self.is_quiet() {
            self.what_is_visible_is_what_is_true(&picture);
        }
    }

    fn everybody_is_as_the_model_says(&self, picture: &Picture) {
        for (chat, who) in PEOPLE {
            let expected = picture
                .person(chat, who)
                .map_or((None, Availability::Unknown), |person| (person.activity(), person.availability().0));
            let found = self.machine.find(chat).map_or((None, Availability::Unknown), |key| {
                (self.machine.raw_activity(key, who), self.machine.raw_availability(key, who))
            });
            assert_eq!(found, expected, "{who} in {chat} at {:?}, machine and model", self.now);
        }
    }

    /// The last state is always delivered: what listeners saw last is what there is to see.
    fn watchers_know_what_they_were_last_told(&self) {
        if self.aliased_at.is_some_and(|at| at.max(self.awake_since) + NOTIFY_MS > self.now) {
            return;
        }
        for key in self.machine.watched_chats() {
            let snapshot = self.machine.snapshot(key).expect("it is watched");
            assert_ne!(snapshot.knowledge, Knowledge::Unwatched, "at {:?}", self.now);
            assert_eq!(self.seen.get(&key).map(visible), Some(visible(&snapshot)), "at {:?}", self.now);
        }
    }

    /// Only the rate of changes may hold an end back, for one interval.
    fn nothing_visible_outlives_its_ttl(&self) {
        if self.awake_since + NOTIFY_MS > self.now {
            return;
        }
        for name in [ANA, BEN, TEAM] {
            let Some(key) = self.machine.find(name) else { continue };
            let active = self.machine.snapshot(key).expect("it was found").active;
            let fresh = self.last_deed.get(name).is_some_and(|at| *at + TTL_MS + NOTIFY_MS > self.now);
            assert!(fresh || active.is_empty(), "{active:?} at {:?}", self.now);
        }
    }

    fn waking_twice_changes_nothing(&mut self) {
        if let Some((next, reason)) = self.machine.poll_timeout(self.now) {
            assert!(next > self.now, "{reason:?} is overdue since {next:?} at {:?}", self.now);
        }
        let before = (self.machine.poll_timeout(self.now), *self.machine.counters());
        self.machine.handle_timeout(self.now);
        assert_eq!((self.machine.poll_notice(), self.machine.poll_intent(self.now)), (None, None));
        assert_eq!((self.machine.poll_timeout(self.now), *self.machine.counters()), before);
    }

    /// Nothing was heard for so long, no timer missed and nothing ended by itself, that no change can be held back.
    fn is_quiet(&self) -> bool {
        let since = self.model.last_heard().max(Some(self.awake_since));
        since.is_some_and(|since| since + QUIET_MS <= self.now)
            && essence(&self.model.picture(self.now - NOTIFY_MS)) == essence(&self.model.picture(self.now))
    }

    fn what_is_visible_is_what_is_true(&self, picture: &Picture) {
        for name in CHATS {
            let Some(key) = self.machine.find(name) else { continue };
            let snapshot = self.machine.snapshot(key).expect("it was found");
            let chat = picture.chat(name).expect("the model was told of it");
            let live = matches!(snapshot.knowledge, Knowledge::Live { .. });
            assert_eq!(snapshot.knowledge == Knowledge::Unwatched, !chat.is_watched(), "{name} at {:?}", self.now);
            assert_eq!(live, chat.is_watched() && chat.believed, "{name} at {:?}", self.now);
            for (_, who) in PEOPLE.iter().filter(|(other, _)| picture.name(other) == picture.name(name)) {
                let found = view(&snapshot, picture.name(who));
                let expected = picture.person(name, who).cloned().unwrap_or_default();
                assert_eq!((found.availability, found.basis), expected.availability(), "{who} in {name}");
                assert_eq!(found.activity, expected.activity(), "{who} in {name} at {:?}", self.now);
            }
        }
    }
}

type Standing = (bool, bool);
type Seen = (Option<Activity>, (Availability, Basis));

/// What listeners can see of a picture: who is watched and believed, and what everybody does.
fn essence(picture: &Picture) -> (Vec<Option<Standing>>, Vec<Option<Seen>>) {
    let chats = CHATS.map(|name| picture.chat(name).map(|chat| (chat.is_watched(), chat.believed)));
    let people =
        PEOPLE.map(|(chat, who)| picture.person(chat, who).map(|person| (person.activity(), person.availability())));
    (chats.to_vec(), people.to_vec())
}

fn view(snapshot: &Snapshot, who: Name) -> PersonView {
    let participant = snapshot.participants.iter().find(|participant| participant.id.as_str() == who);
    participant.map_or_else(PersonView::default, |participant| participant.view)
}

/// A snapshot without what moves on without a change.
pub(super) fn visible(snapshot: &Snapshot) -> Snapshot {
    let mut snapshot = snapshot.clone();
    for participant in &mut snapshot.participants {
        participant.expires_at = None;
        participant.lag_ms = 0;
    }
    snapshot
}
