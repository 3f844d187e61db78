//! What the people of a session see of the account.

use serde_json::{Value, json};

use super::{Refusal, Reply};
use crate::simulator::Simulator;
use crate::world::account::Account;
use crate::world::habits::Activity;
use crate::world::id::Jid;
use crate::world::person::Person;
use crate::world::view::{Change, Doing, Shows};

/// What one of them sees at the moment, in one chat or in all that they share with the account.
pub(super) fn view(simulator: &Simulator, name: &str, who: Option<&str>, chat: Option<&str>) -> Reply {
    let account = account(simulator, name)?;
    let who = who.ok_or_else(|| Refusal::Malformed("person: expected an id or a name, found none".to_owned()))?;
    let person = account.world.find(who).ok_or_else(|| Refusal::Missing(format!("no person {who}")))?;
    let chats = match chat {
        None => shared(account, person),
        Some(chat) => vec![one_of(account, person, chat)?],
    };
    let describe = |chat: &Jid| {
        let doing = account.view().doing(chat);
        let of_doing = |of: fn(&Doing) -> u64| doing.as_ref().map(of);
        json!({
            "chat": chat,
            "activity": word(doing.map(|doing| doing.activity)),
            "sinceMs": of_doing(|doing| doing.since.as_ms()),
            "untilMs": of_doing(|doing| doing.until.as_ms()),
            "repeats": of_doing(|doing| doing.repeats),
        })
    };
    Ok(json!({
        "person": person.profile.id,
        "online": account.seen_online_by(person),
        "chats": chats.iter().map(describe).collect::<Vec<_>>(),
    }))
}

/// How what they see changed. Without a chat it is what everybody sees who may.
pub(super) fn changes(simulator: &Simulator, name: &str, after: u64) -> Reply {
    let describe = |change: &Change| {
        let (chat, shows) = match &change.shows {
            Shows::Online(true) => (None, "online"),
            Shows::Online(false) => (None, "offline"),
            Shows::Doing(chat, activity) => (Some(chat), word(*activity)),
        };
        json!({ "number": change.number, "atMs": change.at.as_ms(), "chat": chat, "shows": shows })
    };
    Ok(account(simulator, name)?.view().changes(after).map(describe).collect::<Vec<Value>>().into())
}

/// The direct chat, and then the groups.
fn shared(account: &Account, person: &Person) -> Vec<Jid> {
    let id = &person.profile.id;
    [id.clone()].into_iter().chain(account.world.groups_of(id)).collect()
}

fn one_of(account: &Account, person: &Person, chat: &str) -> Result<Jid, Refusal> {
    if person.profile.is(&Jid::new(chat)) || person.profile.name == chat {
        return Ok(person.profile.id.clone());
    }
    let group = account.world.find_group(chat).ok_or_else(|| Refusal::Missing(format!("no group {chat}")))?;
    let member = group.members.contains(&person.profile.id);
    let missing = || Refusal::Missing(format!("no member {} in group {chat}", person.profile.name));
    member.then(|| group.id.clone()).ok_or_else(missing)
}

fn account<'a>(simulator: &'a Simulator, name: &str) -> Result<&'a Account, Refusal> {
    let session = simulator.session(name).ok_or_else(|| Refusal::Missing(format!("no session {name}")))?;
    Ok(&session.account)
}

const fn word(activity: Option<Activity>) -> &'static str {
    match activity {
        Some(Activity::Typing) => "typing",
        Some(Activity::Recording) => "recording",
        None => "none",
    }
}
