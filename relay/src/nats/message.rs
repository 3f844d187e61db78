//! What stands in the stream of events. The first line says whose stream it is, for which feed, if for one alone, and of which
//! chats; each line after it is an event's name and its JSON.
//!
//! Names that begin with an underscore are words among relays, and go to no page.

use bytes::Bytes;
use wa_presence::machine::id::Id;

use crate::exchange::{FeedId, Position};

/// Chats that are followed from here on, and such as are not any more.
pub(super) const MARK: &str = "_mark";
/// Which chats are followed since when: for relays that were not there.
pub(super) const ROLL: &str = "_roll";

/// Nothing stands here.
const NONE: &str = "-";

/// Writes a message.
pub(super) fn encode<'a>(
    epoch: u64,
    to: Option<FeedId>,
    chats: &[Id],
    events: impl IntoIterator<Item = (bool, &'a str, &'a str)>,
) -> Bytes {
    let mut text = format!("{epoch:016x} {}", to.map_or_else(|| NONE.to_owned(), |to| to.to_string()));
    for chat in chats {
        text.push(' ');
        text.push_str(chat.as_str());
    }
    for (placed, name, data) in events {
        text.push('\n');
        text.push(if placed { '+' } else { '-' });
        text.push_str(name);
        text.push(' ');
        text.push_str(data);
    }
    text.into()
}

/// A message that was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message<'a> {
    pub(super) epoch: u64,
    pub(super) to: Option<FeedId>,
    pub(super) chats: Vec<Id>,
    /// Whether it can be resumed after, its name, its JSON.
    pub(super) events: Vec<(bool, &'a str, &'a str)>,
}

/// Reads a message; nothing where it is none of ours.
pub(super) fn decode(body: &[u8]) -> Option<Message<'_>> {
    let mut lines = str::from_utf8(body).ok()?.split('\n');
    let mut words = lines.next()?.split(' ');
    let epoch = u64::from_str_radix(words.next()?, 16).ok()?;
    let to = match words.next()? {
        NONE => None,
        feed => Some(feed.parse().ok()?),
    };
    let chats = words.map(Id::parse).collect::<Result<_, _>>().ok()?;
    let events = lines.map(event_of).collect::<Option<_>>()?;
    Some(Message { epoch, to, chats, events })
}

fn event_of(line: &str) -> Option<(bool, &str, &str)> {
    let (placed, rest) = match line.as_bytes().first()? {
        b'+' => (true, line.get(1..)?),
        b'-' => (false, line.get(1..)?),
        _ => return None,
    };
    let (name, data) = rest.split_once(' ')?;
    Some((placed, name, data))
}

impl Message<'_> {
    /// Whether it is for relays alone.
    pub(super) fn is_internal(&self) -> bool {
        self.events.iter().any(|(_, name, _)| name.starts_with('_'))
    }

    /// What pages hear of it.
    pub(super) fn frame(&self, number: u64) -> Bytes {
        let position = Position { stream: self.epoch, number };
        let mut text = String::new();
        for (placed, name, data) in &self.events {
            if *placed {
                text.push_str("id: ");
                text.push_str(&position.to_string());
                text.push('\n');
            }
            text.push_str("event: ");
            text.push_str(name);
            text.push_str("\ndata: ");
            text.push_str(data);
            text.push_str("\n\n");
        }
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_numbered_for_pages() {
        let chat = Id::parse("15550001111@c.us").expect("an id");
        let events = [(false, "alias", "{}"), (true, "snapshot", r#"{"chat":"x y"}"#)];
        let body = encode(7, Some(FeedId(5)), std::slice::from_ref(&chat), events);
        let message = decode(&body).expect("it is ours");
        assert_eq!((message.epoch, message.to, &message.chats[..]), (7, Some(FeedId(5)), &[chat][..]));
        assert_eq!(message.events, events);
        let frame = "event: alias\ndata: {}\n\nid: 0000000000000007-9\nevent: snapshot\ndata: {\"chat\":\"x y\"}\n\n";
        assert_eq!(message.frame(9), frame);
    }

    #[test]
    fn what_is_none_of_ours_is_not_read() {
        for body in ["", "x - \n", "7 -\n?x y", "7 - not an id\n+x {}", "7"] {
            assert_eq!(decode(body.as_bytes()), None, "{body}");
        }
    }
}
