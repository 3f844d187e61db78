//! Everything a body says, as a text: what two readings are compared by, since `Debug` of most of it hides what it holds.

use std::fmt::Write;

use wa_presence::gateway::{Answer, ChatReports, Decoded};
use wa_presence::machine::error::Error;
use wa_presence::machine::id::Address;
use wa_presence::machine::observation::{Envelope, Observation, Report};

pub(crate) fn decoded(decoded: &Result<Decoded<'_>, Error>) -> String {
    match decoded {
        Ok(decoded) => {
            let counts = format!("{} invalid, {} elsewhere", decoded.invalid_ids, decoded.other_sessions);
            decoded.envelopes.iter().fold(counts, |text, one| text + "\n" + &envelope(one))
        }
        Err(error) => format!("{error:?}"),
    }
}

pub(crate) fn envelope(envelope: &Envelope<'_>) -> String {
    let Envelope { id, stamp, own, aliases, observation } = envelope;
    let mut text = format!("{id:?} {stamp:?} own");
    add(&mut text, own.iter().flatten());
    for (lid, contact) in aliases {
        add(&mut text, [lid, contact]);
    }
    write!(text, " {observation:?}").expect("a string takes all");
    match observation {
        Observation::Presence { chat, reports, complete } => add_chat(&mut text, chat, reports, *complete),
        Observation::Message { chat, sender, from_me, id, sent_at } => {
            add(&mut text, [chat, sender]);
            write!(text, " {from_me} {id:?} {sent_at:?}").expect("a string takes all");
        }
        Observation::Receipt { chat, id, read } => {
            add(&mut text, [chat]);
            write!(text, " {id:?} {read}").expect("a string takes all");
        }
        Observation::Hidden { chat, hiding } => {
            add(&mut text, [chat]);
            write!(text, " {hiding:?}").expect("a string takes all");
        }
        Observation::Session(state) => text.push_str(state.as_str()),
        Observation::Unknown => {}
    }
    text
}

pub(crate) fn answer(answer: &Result<Answer<'_>, Error>) -> String {
    let mut text = String::new();
    match answer {
        Err(error) => return format!("{error:?}"),
        Ok(Answer::Chat(chat)) => add_reports(&mut text, chat),
        Ok(Answer::Chats(chats)) => chats.iter().for_each(|chat| add_reports(&mut text, chat)),
        Ok(Answer::Session(info)) => {
            add(&mut text, &info.own);
            write!(text, " {:?} {:?} {:?}", info.state, info.status, info.own_presence).expect("a string takes all");
            write!(text, " {:?}", info.engine).expect("a string takes all");
        }
        Ok(Answer::Alias { lid, contact }) => {
            write!(text, "{} {}", lid.is_some(), contact.is_some()).expect("a string takes all");
            add(&mut text, lid.iter().chain(contact));
        }
        Ok(Answer::Hidden { chat, hiding }) => {
            add(&mut text, [chat]);
            write!(text, " {hiding:?}").expect("a string takes all");
        }
        // Their `Debug` hides nothing.
        Ok(other) => write!(text, "{other:?}").expect("a string takes all"),
    }
    text
}

/// Every id in what was decoded.
pub(crate) fn ids<'d, 'a>(decoded: &'d Decoded<'a>) -> Vec<&'d Address<'a>> {
    let mut ids = Vec::new();
    for envelope in decoded.envelopes.iter() {
        ids.extend(envelope.own.iter().flatten());
        ids.extend(envelope.aliases.iter().flat_map(|(lid, contact)| [lid, contact]));
        match &envelope.observation {
            Observation::Presence { chat, reports, .. } => {
                ids.push(chat);
                ids.extend(reports.iter().map(|report| &report.participant));
            }
            Observation::Message { chat, sender, .. } => ids.extend([chat, sender]),
            Observation::Receipt { chat, .. } | Observation::Hidden { chat, .. } => ids.push(chat),
            Observation::Session(_) | Observation::Unknown => {}
        }
    }
    ids
}

/// Every id in an answer.
pub(crate) fn answered_ids<'d, 'a>(answer: &'d Answer<'a>) -> Vec<&'d Address<'a>> {
    let of_chat = |chat: &'d ChatReports<'a>| {
        std::iter::once(&chat.chat).chain(chat.reports.iter().map(|report| &report.participant))
    };
    match answer {
        Answer::Chat(chat) => of_chat(chat).collect(),
        Answer::Chats(chats) => chats.iter().flat_map(of_chat).collect(),
        Answer::Hidden { chat, .. } => vec![chat],
        Answer::Session(info) => info.own.iter().collect(),
        Answer::Alias { lid, contact } => lid.iter().chain(contact).collect(),
        Answer::Done | Answer::NotSubscribed | Answer::Privacy { .. } => Vec::new(),
        other => panic!("an answer nobody knows the ids of: {other:?}"),
    }
}

fn add<'i, 'a: 'i>(text: &mut String, ids: impl IntoIterator<Item = &'i Address<'a>>) {
    for id in ids {
        text.push(' ');
        text.push_str(id.as_str());
    }
}

fn add_reports(text: &mut String, chat: &ChatReports<'_>) {
    add_chat(text, &chat.chat, &chat.reports, chat.complete);
    text.push('\n');
}

fn add_chat(text: &mut String, chat: &Address<'_>, reports: &[Report<'_>], complete: bool) {
    add(text, [chat]);
    write!(text, " {complete}").expect("a string takes all");
    for Report { participant, word, last_seen, began } in reports {
        add(text, [participant]);
        write!(text, " {word:?} {last_seen:?} {began:?}").expect("a string takes all");
    }
}
