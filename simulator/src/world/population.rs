//! The cast of the demonstration. Every number is a +1 555 number, which belongs to nobody.

use crate::chance::{Chance, Span};
use crate::time::{Instant, UnixMs};
use crate::world::habits::Habits;
use crate::world::id::Jid;
use crate::world::person::Profile;
use crate::world::{Group, World};

/// Who lives in a world from its beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Population {
    /// Nobody; people come when a test calls them.
    Empty,
    /// Twelve contacts and two groups.
    #[default]
    Demo,
}

/// Lets the population in.
pub fn settle(world: &mut World, population: Population, now: Instant) {
    match population {
        Population::Empty => {}
        Population::Demo => settle_demo(world, now),
    }
}

fn settle_demo(world: &mut World, now: Instant) {
    for group in groups() {
        world.add_group(group);
    }
    for (profile, habits) in cast() {
        let id = profile.id.clone();
        world.add_person(profile, Some(habits), now);
        let epoch = world.epoch();
        if let Some(person) = world.find_mut(id.as_str()).filter(|person| !person.online) {
            let ago = i64::try_from(person.delay(60_000, 20_000_000).as_millis()).unwrap_or_default();
            person.last_seen = Some(UnixMs::from_ms(epoch.wall(now).skewed(-ago).as_ms()));
        }
    }
}

fn cast() -> Vec<(Profile, Habits)> {
    let brief = Habits { bursts: (1, 1), typing: Span(1_000, 2_500), sends: 90, ..Habits::ordinary() };
    let hesitant = Habits { bursts: (3, 6), sends: 15, forgets: 0, ..Habits::ordinary() };
    let vanishing = Habits { forgets: 70, sends: 20, ..Habits::ordinary() };
    vec![
        (someone(1, "Forgetful Fiona"), Habits::forgetful()),
        (someone(2, "Charlie Okafor"), Habits::chatty()),
        (someone(3, "Quentin Moreau"), Habits::quiet()),
        (Profile { hides_presence: true, ..someone(4, "Hidden Hana") }, Habits { away: None, ..Habits::ordinary() }),
        (behind_lid(5, "Lidia Lindqvist"), Habits::ordinary()),
        (someone(6, "Rosa Recorder"), Habits::speaker()),
        (someone(7, "Bruno Castellan"), brief),
        (someone(8, "Hesitant Henrik"), hesitant),
        (someone(9, "Tamara Vell"), Habits::ordinary()),
        (Profile { hides_last_seen: true, ..someone(10, "Aiko Morita") }, Habits::ordinary()),
        (behind_lid(11, "Vanishing Viktor"), vanishing),
        (someone(12, "Grace Mensah"), Habits::chatty()),
    ]
}

fn groups() -> Vec<Group> {
    let group = |number: u32, name: &str, members: &[u32]| Group {
        id: Jid::new(&format!("12036300000000{number:04}@g.us")),
        name: name.to_owned(),
        members: members.iter().map(|member| phone(*member)).collect(),
    };
    vec![group(1, "Harbour Crew", &[2, 3, 5, 6, 8, 12]), group(2, "Spring Launch", &[2, 4, 7, 9, 10, 11, 12])]
}

fn someone(number: u32, name: &str) -> Profile {
    Profile::new(phone(number), name)
}

fn behind_lid(number: u32, name: &str) -> Profile {
    let lid = Some(Jid::new(&format!("9900000000{number:04}@lid")));
    Profile { lid, shown_as_lid: true, ..someone(number, name) }
}

fn phone(number: u32) -> Jid {
    Jid::new(&format!("1555010{number:04}@c.us"))
}

/// A phone number for a person who was given none.
pub fn any_phone(chance: &mut Chance) -> Jid {
    Jid::new(&format!("1555{:07}@c.us", chance.between(200_000, 9_999_999)))
}
