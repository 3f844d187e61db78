//! People and groups, living in virtual time.
//!
//! A world knows nothing of gateways, subscriptions or JSON. One input, then drain: after every call that takes `now`, poll
//! [`World::poll_happening`] until it is empty and come back at [`World::poll_timeout`]. Waking early or twice is harmless.

pub mod account;
pub mod habits;
pub mod happening;
pub mod id;
pub mod person;
pub mod population;
pub mod privacy;
pub mod view;
pub mod watch;

use std::collections::VecDeque;

use crate::chance::Chance;
use crate::time::{Epoch, Instant, UnixMs};
use habits::{Activity, Habits, Place, Step};
use happening::{Happening, Message, What};
use id::{Jid, Kind};
use person::{Person, Profile};

/// A group and its members.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its id.
    pub id: Jid,
    /// Its subject.
    pub name: String,
    /// The phone ids of its members.
    pub members: Vec<Jid>,
}

/// Everybody an account can meet.
#[derive(Debug)]
pub struct World {
    seed: u64,
    name: String,
    epoch: Epoch,
    people: Vec<Person>,
    groups: Vec<Group>,
    heard: VecDeque<Happening>,
}

impl World {
    /// An empty world. Its name and the seed decide every story told in it.
    #[must_use]
    pub fn new(name: &str, seed: u64, epoch: Epoch) -> Self {
        Self { seed, name: name.to_owned(), epoch, people: Vec::new(), groups: Vec::new(), heard: VecDeque::new() }
    }

    /// The people in it.
    #[must_use]
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// The groups in it.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The calendar of this world.
    #[must_use]
    pub const fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Lets somebody in; who has the same phone id is replaced. False when the world is full.
    pub fn add_person(&mut self, profile: Profile, habits: Option<Habits>, now: Instant) -> bool {
        self.people.retain(|person| person.profile.id != profile.id);
        if self.people.len() >= MOST_PEOPLE {
            return false;
        }
        let chance = Chance::new(self.seed, &[&self.name, profile.id.as_str()]);
        let groups = self.groups_of(&profile.id);
        let mut person = Person::new(profile, habits, chance);
        person.make_plans(&groups, now);
        self.people.push(person);
        true
    }

    /// Founds a group; one with the same id is replaced. False when the world is full.
    pub fn add_group(&mut self, group: Group) -> bool {
        self.groups.retain(|other| other.id != group.id);
        let fits = self.groups.len() < MOST_PEOPLE && group.members.len() <= MOST_PEOPLE;
        if fits {
            self.groups.push(group);
        }
        fits
    }

    /// The person with this id, phone or hidden, or with this name.
    #[must_use]
    pub fn find(&self, who: &str) -> Option<&Person> {
        let id = Jid::new(who);
        self.people.iter().find(|person| person.profile.is(&id) || person.profile.name == who)
    }

    /// As [`World::find`], to change them.
    pub fn find_mut(&mut self, who: &str) -> Option<&mut Person> {
        let id = Jid::new(who);
        self.people.iter_mut().find(|person| person.profile.is(&id) || person.profile.name == who)
    }

    /// The group with this id or name.
    #[must_use]
    pub fn find_group(&self, which: &str) -> Option<&Group> {
        let id = Jid::new(which);
        self.groups.iter().find(|group| group.id == id || group.name == which)
    }

    /// The groups that somebody is a member of, by their phone id.
    #[must_use]
    pub fn groups_of(&self, who: &Jid) -> Vec<Jid> {
        let member = |group: &&Group| group.members.contains(who);
        self.groups.iter().filter(member).map(|group| group.id.clone()).collect()
    }

    /// Whether this is a chat with somebody in it; people go by any of their ids.
    #[must_use]
    pub fn has_chat(&self, chat: &Jid) -> bool {
        self.people.iter().any(|person| person.profile.is(chat)) || self.groups.iter().any(|group| group.id == *chat)
    }

    /// The identity under which a chat is watched: hidden ids and phones of one person are the same.
    #[must_use]
    pub fn watched_as(&self, chat: &Jid) -> Jid {
        match chat.kind() {
            Kind::Phone | Kind::Lid => self
                .people
                .iter()
                .find(|person| person.profile.is(chat))
                .map_or_else(|| chat.clone(), |person| person.profile.id.clone()),
            Kind::Group | Kind::Other => chat.clone(),
        }
    }

    /// Somebody watches a chat; the person in it may react.
    pub fn handle_watched(&mut self, chat: &Jid, now: Instant) {
        if let Some(person) = self.people.iter_mut().find(|person| person.profile.is(chat)) {
            person.handle_watched(now);
        }
    }

    /// What WhatsApp answers a fresh subscription with: the availability of the person, if they show it.
    #[must_use]
    pub fn greeting(&self, chat: &Jid, at: Instant) -> Option<Happening> {
        let person = self.people.iter().find(|person| person.profile.is(chat))?;
        let what = if person.online { What::Online } else { What::Offline(visible_last_seen(person)) };
        let hidden = person.profile.hides_presence;
        (!hidden).then(|| happening(&person.profile, &Place::Direct, what, at))
    }

    /// Makes somebody do something at once, whatever they had planned. False when there is no such person.
    pub fn act(&mut self, who: &str, does: Deed, place: &Place, now: Instant) -> bool {
        let epoch = self.epoch;
        let Some(person) = self.find_mut(who) else {
            return false;
        };
        let what = match does {
            Deed::Online => {
                person.online = true;
                What::Online
            }
            Deed::Offline(last_seen) => {
                person.online = false;
                person.last_seen = Some(last_seen.unwrap_or_else(|| epoch.wall(now)));
                What::Offline(visible_last_seen(person))
            }
            Deed::Start(activity) => What::Started(activity),
            Deed::Pause => What::Paused,
            Deed::Message { text, voice, from_me } => {
                let text = text.unwrap_or_else(|| if voice { String::new() } else { person.words() });
                What::Message(Message { id: person.message_id(), from_me, text, voice })
            }
        };
        let availability = matches!(what, What::Online | What::Offline(_));
        let hidden = availability && person.profile.hides_presence;
        // WhatsApp tells availability of people, never of people in groups.
        let place = if availability { &Place::Direct } else { place };
        if !hidden {
            let happening = happening(&person.profile, place, what, now);
            self.heard.push_back(happening);
        }
        true
    }

    /// When somebody will next do something.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.people.iter().filter_map(Person::poll_timeout).min()
    }

    /// Lets everybody do what they planned to do by now, in the order of their plans.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some(next) = self.poll_timeout().filter(|next| *next <= now) {
            let due = self.people.iter_mut().find(|person| person.poll_timeout() == Some(next));
            let Some((who, (at, step))) =
                due.and_then(|person| Some((person.profile.id.clone(), person.poll_step(next)?)))
            else {
                return;
            };
            self.perform(&who, step, at);
            let groups = self.groups_of(&who);
            if let Some(person) = self.find_mut(who.as_str()) {
                person.make_plans(&groups, at);
            }
        }
    }

    /// The next thing that happened.
    pub fn poll_happening(&mut self) -> Option<Happening> {
        self.heard.pop_front()
    }

    fn perform(&mut self, who: &Jid, step: Step, at: Instant) {
        let message = |voice, from_me| Deed::Message { text: None, voice, from_me };
        let (deed, place) = match step {
            Step::Appear => (Deed::Online, Place::Direct),
            Step::Leave => (Deed::Offline(None), Place::Direct),
            Step::Start(activity, place) => (Deed::Start(activity), place),
            Step::Stop(place) => (Deed::Pause, place),
            Step::Say(activity, place) => (message(activity == Activity::Recording, false), place),
            Step::Answered(place) => (message(false, true), place),
            Step::Rest => return,
        };
        self.act(who.as_str(), deed, &place, at);
    }
}

/// Something a person can be made to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Open the app.
    Online,
    /// Close it, with this last seen instead of the present time.
    Offline(Option<UnixMs>),
    /// Begin an activity.
    Start(Activity),
    /// Pause it.
    Pause,
    /// Write to the account, or be written to by its owner.
    Message {
        /// The words; without them they find their own.
        text: Option<String>,
        /// It is a voice message.
        voice: bool,
        /// The owner wrote it, from another device.
        from_me: bool,
    },
}

fn visible_last_seen(person: &Person) -> Option<UnixMs> {
    person.last_seen.filter(|_| !person.profile.hides_last_seen)
}

fn happening(profile: &Profile, place: &Place, what: What, at: Instant) -> Happening {
    let who = profile.shown().clone();
    let (watched_as, chat) = match place {
        Place::Direct => (profile.id.clone(), who.clone()),
        Place::Group(group) => (group.clone(), group.clone()),
    };
    Happening { at, watched_as, chat, who, name: profile.name.clone(), what }
}

/// How many people or groups a world may hold.
const MOST_PEOPLE: usize = 2_000;
