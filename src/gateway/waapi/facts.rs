//! WaAPI's presence object as reports: all it says at once, where other gateways say what changed.

use super::shapes::{Field, RECORDING, TYPING};
use crate::gateway::lenient::{Fields, Scalar};
use crate::gateway::words::{address_of, stamp_of, word_of};
use crate::machine::few::Few;
use crate::machine::id::{Address, IdKind};
use crate::machine::observation::{Report, Word};
use crate::machine::time::UnixMs;

/// Collects the fields of a body.
pub(super) struct Facts<'a> {
    pub(super) fields: Fields<'a>,
    /// Who types, and who records; nothing where no list stands.
    typing: Option<Few<Address<'a>>>,
    recording: Option<Few<Address<'a>>>,
    /// Items of the lists that are no ids.
    pub(super) invalid: u64,
    /// Whether anything of a presence was there.
    pub(super) found: bool,
    /// Whether null stood in its place.
    pub(super) null: bool,
}

impl Facts<'_> {
    pub(super) const EMPTY: Self =
        Self { fields: Fields::EMPTY, typing: None, recording: None, invalid: 0, found: false, null: false };
}

/// How a presence came: by an event, or by an answer whose age nobody knows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    Pushed,
    Read,
}

/// What a presence says.
pub(super) struct Told<'a> {
    /// Whether they hide it from us.
    pub(super) denied: bool,
    pub(super) reports: Few<Report<'a>>,
    pub(super) complete: bool,
}

impl<'a> Facts<'a> {
    pub(super) fn keep(&mut self, field: u8, scalar: Scalar<'a>) {
        self.found |= Field::is_of_presence(field);
        self.null |= field == Field::Nothing as u8 && matches!(scalar, Scalar::Absent);
        self.fields.keep(field, scalar);
    }

    pub(super) fn list_begins(&mut self, list: u8) {
        if let Some(people) = self.list(list) {
            *people = Some(Few::default());
            self.found = true;
        }
    }

    pub(super) fn item_ends(&mut self, list: u8) {
        let person = address_of(self.fields.take(Field::Participant as u8));
        match (person, self.list(list)) {
            (Some(person), Some(Some(people))) => people.push(person),
            (None, Some(_)) => self.invalid += 1,
            (Some(_), Some(None)) | (_, None) => {}
        }
    }

    const fn list(&mut self, list: u8) -> Option<&mut Option<Few<Address<'a>>>> {
        match list {
            TYPING => Some(&mut self.typing),
            RECORDING => Some(&mut self.recording),
            _ => None,
        }
    }

    fn get(&self, field: Field) -> Scalar<'a> {
        field.of(&self.fields)
    }

    fn is(&self, field: Field) -> bool {
        self.get(field).flag() == Some(true)
    }

    /// What is said of a chat.
    pub(super) fn of_chat(&self, chat: &Address<'a>, came: Came) -> Told<'a> {
        let denied = self.is(Field::Deny) || self.is(Field::StateDeny);
        // Nothing is known, which is not "offline".
        let mut told = Told { denied, reports: Few::default(), complete: false };
        if self.get(Field::HasData).flag() != Some(false) {
            if self.is(Field::IsGroup) || chat.kind() == IdKind::Group {
                self.of_group(chat, &mut told);
            } else {
                self.of_person(chat, came, &mut told);
            }
        }
        told
    }

    /// The lists are complete, and `isOnline` is that of at least one member: it is told of the group itself.
    fn of_group(&self, chat: &Address<'a>, told: &mut Told<'a>) {
        if let Some(word) = self.online().filter(|_| !told.denied) {
            told.reports.push(report(chat, word));
        }
        for (people, word) in [(&self.typing, Word::Typing), (&self.recording, Word::Recording)] {
            for person in people.iter().flat_map(|people| people.iter()) {
                told.reports.push(report(person, word));
            }
        }
        told.complete = self.typing.is_some() && self.recording.is_some();
    }

    fn of_person(&self, chat: &Address<'a>, came: Came, told: &mut Told<'a>) {
        let state = self.state();
        let since = stamp_of(self.get(Field::StateSince));
        // WhatsApp Web dates the leaving of somebody who left.
        let left = since.filter(|_| state == Some(Word::Offline));
        let last_seen = stamp_of(self.get(Field::LastSeen)).or(left).filter(|_| !told.denied);
        let availability = self.online().or(state).filter(|_| !told.denied);
        let Some((word, began)) = self.activity(state, since) else {
            if let Some(word) = availability {
                told.reports.push(Report { last_seen, ..report(chat, word) });
            }
            return;
        };
        // "Online" ends typing. Pushed, it may come before what they do, which makes good for it. In an answer that would be
        // a change from online to typing, hence a beginning, in each answer anew; it stays unsaid there. "Offline" is what
        // those are said to be who hide themselves and type all the same: it stays unsaid always.
        if availability == Some(Word::Online) && came == Came::Pushed {
            told.reports.push(report(chat, Word::Online));
        }
        told.reports.push(Report { last_seen, began, ..report(chat, word) });
    }

    fn online(&self) -> Option<Word> {
        self.get(Field::IsOnline).flag().map(|online| if online { Word::Online } else { Word::Offline })
    }

    fn state(&self) -> Option<Word> {
        let word = self.get(Field::State).text().map(word_of)?;
        let audio = self.get(Field::Media).text() == Some("audio");
        Some(if word == Word::Typing && audio { Word::Recording } else { word })
    }

    /// What they do and since when, by the word for it; by the lists, which are for groups, where there is no such word.
    fn activity(&self, state: Option<Word>, since: Option<UnixMs>) -> Option<(Word, Option<UnixMs>)> {
        let listed = |people: &Option<Few<Address<'a>>>| people.as_ref().is_some_and(|people| !people.is_empty());
        match state {
            Some(word @ (Word::Typing | Word::Recording)) => Some((word, since)),
            Some(Word::Online | Word::Offline | Word::Paused | Word::Unknown) => None,
            None if listed(&self.recording) => Some((Word::Recording, None)),
            None => listed(&self.typing).then_some((Word::Typing, None)),
        }
    }
}

fn report<'a>(participant: &Address<'a>, word: Word) -> Report<'a> {
    Report { participant: participant.clone(), word, last_seen: None, began: None }
}

#[cfg(test)]
mod tests {
    use crate::gateway::waapi::{answer, decode};
    use crate::gateway::{Answer, Call, Decoded, http::Response};
    use crate::machine::id::Id;
    use crate::machine::presence::{Availability, Basis};
    use crate::machine::time::{Instant, UnixMs};
    use crate::machine::{Config, Machine, Priority};

    const TYPES: &[u8] = br#"{"event":"presence_update","data":{"presence":{"chatId":"15550001111@c.us","isOnline":true,"chatstate":{"type":"typing"}}}}"#;
    const WALL: UnixMs = UnixMs::from_ms(1_785_000_000_000);

    #[test]
    fn online_told_with_typing_neither_ends_nor_restarts_it() {
        let ana = Id::parse("15550001111@c.us").expect("an id");
        let mut machine = Machine::new(Config::default());
        machine.watch(&ana, Priority::Visible, Instant::ZERO);
        let key = machine.find(ana.as_str()).expect("it is watched");
        let asked = Call::Get(ana);
        let mut since = None;
        for ms in [1_000, 6_000, 11_000, 16_000] {
            let now = Instant::from_ms(ms);
            let mut decoded = Decoded::default();
            decode(TYPES, None, &mut decoded).expect("a body");
            for envelope in decoded.envelopes.iter() {
                machine.handle_envelope(envelope, WALL, now);
            }
            let response = Response { status: 200, body: TYPES.to_vec(), ..Response::default() };
            let Ok(Answer::Chat(chat)) = answer(&asked, &response) else { panic!("a chat") };
            machine.handle_read(&chat.chat, &chat.reports, chat.complete, now, WALL, now);
            // Longer than a pause is shown for.
            machine.handle_timeout(now + 4_500);
            let view = machine.snapshot(key).and_then(|snapshot| Some(snapshot.contact()?.view)).expect("she is known");
            assert_eq!((view.availability, view.basis), (Availability::Online, Basis::Reported));
            let activity = view.activity.expect("she types");
            assert_eq!(*since.get_or_insert(activity.since), activity.since);
        }
        // Answers that say the same once it has expired do not bring it back.
        let response = Response { status: 200, body: TYPES.to_vec(), ..Response::default() };
        for ms in [40_000, 50_000] {
            let now = Instant::from_ms(ms);
            let Ok(Answer::Chat(chat)) = answer(&asked, &response) else { panic!("a chat") };
            machine.handle_read(&chat.chat, &chat.reports, chat.complete, now, WALL, now);
            assert_eq!(machine.raw_activity(key, "15550001111@c.us"), None);
        }
    }
}
