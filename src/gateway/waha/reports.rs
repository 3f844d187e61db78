//! The list of participants and their states, the same in events and in answers.

use super::shapes::Field;
use crate::gateway::lenient::Fields;
use crate::gateway::words::{address_of, stamp_of, word_of};
use crate::machine::few::Few;
use crate::machine::observation::{Report, Word};

/// `presences`, read straight into reports.
#[derive(Default)]
pub(super) struct Reports<'a> {
    /// Nothing where no list stands.
    pub(super) list: Option<Few<Report<'a>>>,
    /// Elements whose participant is no id.
    pub(super) invalid: u64,
}

impl<'a> Reports<'a> {
    /// The list begins.
    pub(super) fn begin(&mut self) {
        self.list = Some(Few::default());
    }

    /// An element of it ends, of whatever type: its fields become a report.
    pub(super) fn add(&mut self, fields: &mut Fields<'a>) {
        let participant = address_of(Field::Participant.take(fields));
        let last_known = Field::LastKnown.take(fields);
        let last_seen = Field::LastSeen.take(fields);
        match (participant, &mut self.list) {
            (Some(participant), Some(list)) => list.push(Report {
                participant,
                word: last_known.text().map_or(Word::Unknown, word_of),
                last_seen: stamp_of(last_seen),
                began: None,
            }),
            (None, _) | (_, None) => self.invalid += 1,
        }
    }
}
