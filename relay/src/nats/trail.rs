//! What a relay knows from the stream alone: where it stands, which chats are followed since when, what was last said of the
//! account, and who has which two ids.

use std::collections::BTreeMap;

use serde_json::Value;
use wa_presence::machine::id::Id;

use super::message::{MARK, Message, ROLL};

/// Events whose last word stands until the next.
const STANDING: [&str; 3] = ["session", "own", "budget"];

/// See the [module documentation](self).
#[derive(Clone, Debug, Default)]
pub(super) struct Trail {
    /// Which stream; none before the first message.
    pub(super) epoch: Option<u64>,
    /// The last message.
    pub(super) number: u64,
    /// The chats that whoever drives follows, each since which message.
    pub(super) since: BTreeMap<Id, u64>,
    /// `session`, `own` and `budget`, as last told.
    pub(super) standing: BTreeMap<&'static str, String>,
    /// From each of the ids of a person to the one by which they are known.
    pub(super) aliases: BTreeMap<Id, Id>,
}

impl Trail {
    /// The stream begins anew.
    pub(super) fn restart(&mut self) {
        *self = Self { aliases: std::mem::take(&mut self.aliases), ..Self::default() };
    }

    /// Goes on by a message. True where the stream is another than before.
    pub(super) fn hear(&mut self, number: u64, message: &Message<'_>) -> bool {
        let anew = self.epoch != Some(message.epoch);
        if anew {
            self.since.clear();
            self.epoch = Some(message.epoch);
        }
        self.number = number;
        for (_, name, data) in &message.events {
            match *name {
                MARK => self.mark(number, data),
                ROLL => self.roll(data),
                "alias" => self.alias(data),
                name => {
                    let known = STANDING.into_iter().find(|known| *known == name.trim_start_matches('_'));
                    if let Some(known) = known {
                        self.standing.insert(known, (*data).to_owned());
                    }
                }
            }
        }
        anew
    }

    /// The id by which a person is known.
    pub(super) fn canonical(&self, id: &Id) -> Id {
        self.aliases.get(id).unwrap_or(id).clone()
    }

    fn mark(&mut self, number: u64, data: &str) {
        let Ok(data) = serde_json::from_str::<Value>(data) else { return };
        for id in ids(&data["end"]) {
            self.since.remove(&id);
        }
        for id in ids(&data["begin"]) {
            self.since.insert(id, number);
        }
    }

    fn roll(&mut self, data: &str) {
        let Ok(Value::Array(rows)) = serde_json::from_str(data) else { return };
        for row in rows {
            let id = row[0].as_str().and_then(|id| Id::parse(id).ok());
            if let Some((id, since)) = id.zip(row[1].as_u64()) {
                self.since.insert(id, since);
            }
        }
    }

    fn alias(&mut self, data: &str) {
        let Ok(data) = serde_json::from_str::<Value>(data) else { return };
        let id = |name: &str| data[name].as_str().and_then(|id| Id::parse(id).ok());
        if let Some((lid, contact)) = id("lid").zip(id("contact")) {
            self.aliases.insert(lid, contact);
        }
    }
}

fn ids(of: &Value) -> impl Iterator<Item = Id> {
    of.as_array().into_iter().flatten().filter_map(|id| Id::parse(id.as_str()?).ok())
}
