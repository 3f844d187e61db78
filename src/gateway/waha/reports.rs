//! The list of participants and their states, the same in events and in answers.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::{address_of, stamp_of, word_of};
use crate::gateway::lenient::{Object, Scalar, read_past};
use crate::machine::observation::{Report, Word};

/// `presences`, read straight into reports.
#[derive(Default)]
pub(super) struct Reports<'a> {
    /// Nothing where no list stands.
    pub(super) list: Option<Vec<Report<'a>>>,
    /// Elements whose participant is no id.
    pub(super) invalid: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Presence<'a> {
    #[serde(borrow)]
    participant: Scalar<'a>,
    #[serde(borrow, rename = "lastKnownPresence")]
    last_known: Scalar<'a>,
    /// Seconds; null from most engines most of the time.
    #[serde(borrow, rename = "lastSeen")]
    last_seen: Scalar<'a>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Reports<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReportsVisitor)
    }
}

struct ReportsVisitor;

impl<'de> Visitor<'de> for ReportsVisitor {
    type Value = Reports<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of presences")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut reports = Vec::new();
        let mut invalid = 0;
        while let Some(Object(presence)) = list.next_element::<Object<Presence<'de>>>()? {
            let Presence { participant, last_known, last_seen } = presence.unwrap_or_default();
            match address_of(participant) {
                Some(participant) => reports.push(Report {
                    participant,
                    word: last_known.text().map_or(Word::Unknown, word_of),
                    last_seen: stamp_of(last_seen),
                    began: None,
                }),
                None => invalid += 1,
            }
        }
        Ok(Reports { list: Some(reports), invalid })
    }

    read_past!(Reports::default(); scalars text object);
}
