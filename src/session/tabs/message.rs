//! What tabs say to each other: a text, its first line in words, the rest as it is.

use crate::machine::Priority;
use crate::machine::id::Id;
use crate::text::{push_u64, whole_number};

/// One thing that a tab says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::session) enum Message<'a> {
    /// A tab follows these chats, and no others; whether it is on anybody's screen.
    Follows { tab: u64, visible: bool, chats: Vec<(Id, Priority)> },
    /// A tab is gone.
    Gone { tab: u64 },
    /// Somebody leads from here on.
    Leads { epoch: u64 },
    /// The leader is hidden, and would have this tab lead.
    Yields { epoch: u64, tab: u64 },
    /// How the leader stands: whether the feed is open, and since when; then the connection and the session, by their places.
    Stands { epoch: u64, open_at: Option<u64>, connection: [u64; 3] },
    /// A frame of the feed, and when it arrived.
    Frame { epoch: u64, at: u64, text: &'a str },
    /// An event of a relay's stream, by its name and position, and when it arrived.
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    Event { epoch: u64, at: u64, name: &'a str, position: &'a str, text: &'a str },
    /// A chat is being asked for since then.
    Asks { epoch: u64, at: u64, chat: &'a str },
    /// What a call of the leader's was answered.
    Answer { epoch: u64, at: u64, call: u64, about: &'a str, status: u64, text: &'a str },
    /// All that is known of what a tab follows, as a record.
    Record { epoch: u64, tab: u64, text: &'a str },
}

const PRIORITIES: [Priority; 3] = [Priority::Focused, Priority::Visible, Priority::Background];

impl<'a> Message<'a> {
    /// Of the leader that says it.
    pub(in crate::session) const fn epoch(&self) -> Option<u64> {
        match self {
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Self::Event { epoch, .. } => Some(*epoch),
            Self::Follows { .. } | Self::Gone { .. } => None,
            Self::Leads { epoch }
            | Self::Yields { epoch, .. }
            | Self::Stands { epoch, .. }
            | Self::Frame { epoch, .. }
            | Self::Asks { epoch, .. }
            | Self::Answer { epoch, .. }
            | Self::Record { epoch, .. } => Some(*epoch),
        }
    }

    #[inline(never)]
    pub(super) fn to_text(&self) -> String {
        let mut out = String::new();
        match self {
            Self::Follows { tab, visible, chats } => {
                line(&mut out, "follows", &[*tab, u64::from(*visible)]);
                for (chat, priority) in chats {
                    out.push(' ');
                    out.push_str(chat.as_str());
                    out.push(' ');
                    push_u64(*priority as u64, &mut out);
                }
            }
            Self::Gone { tab } => line(&mut out, "gone", &[*tab]),
            Self::Leads { epoch } => line(&mut out, "leads", &[*epoch]),
            Self::Yields { epoch, tab } => line(&mut out, "yields", &[*epoch, *tab]),
            Self::Stands { epoch, open_at, connection: [state, reason, session] } => {
                line(&mut out, "stands", &[*epoch, open_at.unwrap_or(0), *state, *reason, *session]);
            }
            Self::Frame { epoch, at, text } => {
                line(&mut out, "frame", &[*epoch, *at]);
                rest(&mut out, text);
            }
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Self::Event { epoch, at, name, position, text } => {
                line(&mut out, "event", &[*epoch, *at]);
                for word in [name, position] {
                    out.push(' ');
                    out.push_str(word);
                }
                rest(&mut out, text);
            }
            Self::Asks { epoch, at, chat } => {
                line(&mut out, "asks", &[*epoch, *at]);
                rest(&mut out, chat);
            }
            Self::Answer { epoch, at, call, about, status, text } => {
                line(&mut out, "answer", &[*epoch, *at, *call, *status]);
                out.push(' ');
                out.push_str(about);
                rest(&mut out, text);
            }
            Self::Record { epoch, tab, text } => {
                line(&mut out, "record", &[*epoch, *tab]);
                rest(&mut out, text);
            }
        }
        out
    }

    /// Nothing where it is none of these.
    #[inline(never)]
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let (first, text) = text.split_once('\n').unwrap_or((text, ""));
        let mut words = first.split(' ');
        let name = words.next()?;
        let mut number = || number_of(&mut words);
        Some(match name {
            "follows" => Self::Follows { tab: number()?, visible: number()? > 0, chats: chats(words)? },
            "gone" => Self::Gone { tab: number()? },
            "leads" => Self::Leads { epoch: number()? },
            "yields" => Self::Yields { epoch: number()?, tab: number()? },
            "stands" => {
                let (epoch, open_at) = (number()?, number()?);
                let connection = [number()?, number()?, number()?];
                Self::Stands { epoch, open_at: (open_at > 0).then_some(open_at), connection }
            }
            "frame" => Self::Frame { epoch: number()?, at: number()?, text },
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            "event" => {
                let (epoch, at) = (number()?, number()?);
                Self::Event { epoch, at, name: words.next()?, position: words.next()?, text }
            }
            "asks" => Self::Asks { epoch: number()?, at: number()?, chat: text },
            "answer" => {
                let (epoch, at, call, status) = (number()?, number()?, number()?, number()?);
                Self::Answer { epoch, at, call, about: words.next()?, status, text }
            }
            "record" => Self::Record { epoch: number()?, tab: number()?, text },
            _ => return None,
        })
    }
}

#[inline(never)]
fn number_of(words: &mut std::str::Split<'_, char>) -> Option<u64> {
    whole_number(words.next()?).and_then(|number| u64::try_from(number).ok())
}

fn chats<'a>(mut words: std::str::Split<'a, char>) -> Option<Vec<(Id, Priority)>> {
    let mut chats = Vec::new();
    while let Some(chat) = words.next() {
        let place = whole_number(words.next()?).and_then(|place| usize::try_from(place).ok())?;
        chats.push((Id::parse(chat).ok()?, *PRIORITIES.get(place)?));
    }
    Some(chats)
}

#[inline(never)]
fn line(out: &mut String, name: &str, numbers: &[u64]) {
    out.push_str(name);
    for number in numbers {
        out.push(' ');
        push_u64(*number, out);
    }
}

fn rest(out: &mut String, text: &str) {
    out.push('\n');
    out.push_str(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_is_read_as_it_was_written() {
        let id = |text| Id::parse(text).expect("an id");
        let chats = vec![(id("15550001111@c.us"), Priority::Focused), (id("900000001@lid"), Priority::Background)];
        for message in [
            Message::Follows { tab: 7, visible: true, chats },
            Message::Follows { tab: 7, visible: false, chats: Vec::new() },
            Message::Gone { tab: 7 },
            Message::Leads { epoch: 1_785_000_000_000 },
            Message::Yields { epoch: 1, tab: 7 },
            Message::Stands { epoch: 1, open_at: None, connection: [1, 0, 2] },
            Message::Stands { epoch: 1, open_at: Some(9), connection: [1, 0, 2] },
            Message::Frame { epoch: 1, at: 2, text: "{\n \"a\": 1 }\n" },
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Message::Event { epoch: 1, at: 2, name: "observation", position: "a-1", text: "{}" },
            Message::Asks { epoch: 1, at: 2, chat: "15550001111@c.us" },
            Message::Answer { epoch: 1, at: 2, call: 3, about: "15550001111@c.us", status: 200, text: "{}\n" },
            Message::Record { epoch: 1, tab: 7, text: "1 2\nc x" },
        ] {
            assert_eq!(Message::read(&message.to_text()), Some(message));
        }
    }

    #[test]
    fn anything_else_is_no_message() {
        for text in [
            "",
            "hello",
            "follows",
            "follows x",
            "follows 1",
            "follows 1 1 a b",
            "follows 1 1 15550001111@c.us 3",
            "stands 1 2",
            "frame 1\n{}",
        ] {
            assert_eq!(Message::read(text), None, "{text}");
        }
    }
}
