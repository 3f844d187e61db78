//! The people of a session: who they are for a dashboard, and how new ones come.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refusal, Reply};
use crate::simulator::Simulator;
use crate::time::{Instant, UnixMs};
use crate::world::Group;
use crate::world::habits::Habits;
use crate::world::id::Jid;
use crate::world::person::Profile;
use crate::world::population::any_phone;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewPerson {
    name: String,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    lid: Option<String>,
    #[serde(default)]
    shown_as_lid: Option<bool>,
    #[serde(default)]
    hides_phone: bool,
    #[serde(default)]
    hides_presence: bool,
    #[serde(default)]
    hides_last_seen: bool,
    #[serde(default)]
    online: Option<bool>,
    /// Unix seconds.
    #[serde(default)]
    last_seen: Option<u64>,
    #[serde(default)]
    habits: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewGroup {
    name: String,
    #[serde(default)]
    id: Option<String>,
    members: Vec<String>,
}

pub(super) fn list(simulator: &Simulator, session: &str) -> Reply {
    let session = simulator.session(session).ok_or_else(|| Refusal::Missing(format!("no session {session}")))?;
    let world = &session.account.world;
    let people = world.people().iter().map(|person| {
        let profile = &person.profile;
        let mut entry = describe(&profile.id, &profile.name);
        if let (Some(lid), Some(entry)) = (&profile.lid, entry.as_object_mut()) {
            entry.insert("lid".to_owned(), json!(lid));
        }
        entry
    });
    let groups = world.groups().iter().map(|group| {
        let mut entry = describe(&group.id, &group.name);
        if let Some(entry) = entry.as_object_mut() {
            entry.insert("members".to_owned(), json!(group.members));
        }
        entry
    });
    Ok(people.chain(groups).collect())
}

pub(super) fn add_person(simulator: &mut Simulator, session: &str, body: NewPerson, now: Instant) -> Reply {
    let habits = match body.habits.as_deref() {
        None | Some("puppet") => None,
        Some("ordinary") => Some(Habits::ordinary()),
        Some("chatty") => Some(Habits::chatty()),
        Some("quiet") => Some(Habits::quiet()),
        Some("speaker") => Some(Habits::speaker()),
        Some("forgetful") => Some(Habits::forgetful()),
        Some(other) => {
            let known = "puppet, ordinary, chatty, quiet, speaker or forgetful";
            return Err(Refusal::Malformed(format!("habits: expected {known}, found {other}")));
        }
    };
    let session = simulator.session_mut(session).ok_or_else(|| Refusal::Missing("no such session".to_owned()))?;
    let id = body.id.map_or_else(|| any_phone(&mut session.chance), |id| Jid::new(&id));
    let lid = body.lid.map(|lid| Jid::new(&lid));
    let profile = Profile {
        id: id.clone(),
        name: body.name,
        shown_as_lid: body.shown_as_lid.unwrap_or(lid.is_some()),
        lid: lid.clone(),
        hides_phone: body.hides_phone,
        hides_presence: body.hides_presence,
        hides_last_seen: body.hides_last_seen,
    };
    let world = &mut session.account.world;
    if !world.add_person(profile, habits, now) {
        return Err(Refusal::Malformed("too many people".to_owned()));
    }
    if let Some(person) = world.find_mut(id.as_str()) {
        person.online = body.online.unwrap_or(person.online);
        person.last_seen = body.last_seen.map(|seconds| UnixMs::from_ms(seconds.saturating_mul(1_000)));
    }
    Ok(json!({ "id": id, "lid": lid }))
}

pub(super) fn add_group(simulator: &mut Simulator, session: &str, body: NewGroup) -> Reply {
    let session = simulator.session_mut(session).ok_or_else(|| Refusal::Missing("no such session".to_owned()))?;
    let number = session.chance.between(1_000, 9_999);
    let world = &mut session.account.world;
    let id = Jid::new(&body.id.unwrap_or_else(|| format!("12036300000000{number}@g.us")));
    let member = |who: &String| {
        let person = world.find(who).ok_or_else(|| Refusal::Missing(format!("no person {who}")))?;
        Ok(person.profile.id.clone())
    };
    let members = body.members.iter().map(member).collect::<Result<Vec<_>, Refusal>>()?;
    let fits = world.add_group(Group { id: id.clone(), name: body.name, members });
    if fits { Ok(json!({ "id": id })) } else { Err(Refusal::Malformed("too many groups or members".to_owned())) }
}

fn describe(id: &Jid, name: &str) -> Value {
    json!({ "id": id, "name": name, "avatar": avatar(name, id) })
}

/// A picture without a request: initials on a colour that belongs to the id.
fn avatar(name: &str, id: &Jid) -> String {
    let initials: String = name.split_whitespace().filter_map(|word| word.chars().next()).take(2).collect();
    let hue = id.as_str().bytes().fold(0_u32, |hue, byte| (hue * 31 + u32::from(byte)) % 360);
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64'><rect width='64' height='64' fill='hsl({hue} 45% 42%)'/>\
         <text x='32' y='41' font-family='system-ui,sans-serif' font-size='26' fill='white' text-anchor='middle'>{initials}</text></svg>"
    );
    format!("data:image/svg+xml,{}", utf8_percent_encode(&svg, NON_ALPHANUMERIC))
}
