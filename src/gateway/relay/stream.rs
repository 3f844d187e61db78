//! Server-sent events, cut out of a stream of bytes as it comes.

use crate::machine::error::{Error, ErrorCode};

/// What was read and is no whole event yet.
#[derive(Debug, Default)]
pub struct EventStream {
    held: Vec<u8>,
    /// How much of it was searched for its end.
    searched: usize,
}

/// One event. The data of an event without any is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// What it is called.
    pub name: String,
    /// Its position in the stream, where it has one.
    pub id: Option<String>,
    /// Its lines of data.
    pub data: Vec<u8>,
}

impl EventStream {
    /// More bytes came.
    ///
    /// # Errors
    /// `too-large` where an event does not end within `most` bytes: the stream is worth nothing any more.
    pub fn push(&mut self, bytes: &[u8], most: usize) -> Result<(), Error> {
        self.held.extend_from_slice(bytes);
        let open = self.held.rsplitn(2, |byte| *byte == b'\n').next().map_or(0, <[u8]>::len);
        if open > most || self.held.len() > most.saturating_mul(2).max(bytes.len().saturating_add(most)) {
            return Err(Error::new(ErrorCode::TooLarge, "the relay's stream: expected an event to end, found no end"));
        }
        Ok(())
    }

    /// Forgets what is no whole event: the stream it was part of is gone.
    pub fn clear(&mut self) {
        self.held.clear();
        self.searched = 0;
    }

    /// The next whole event.
    pub fn next_event(&mut self) -> Option<Event> {
        loop {
            let end = self.end_of_first()?;
            let block: Vec<u8> = self.held.drain(..end).collect();
            self.searched = 0;
            let event = parse(&block);
            // A block of comments alone is a heartbeat.
            if event.is_some() {
                return event;
            }
        }
    }

    /// Behind the empty line that ends the first block.
    fn end_of_first(&mut self) -> Option<usize> {
        let mut line_began = self.searched;
        while let Some(length) = self.held.get(line_began..)?.iter().position(|byte| *byte == b'\n') {
            let line = self.held.get(line_began..line_began + length)?;
            let next = line_began + length + 1;
            if matches!(line, [] | [b'\r']) {
                return Some(next);
            }
            line_began = next;
        }
        self.searched = line_began;
        None
    }
}

fn parse(block: &[u8]) -> Option<Event> {
    let mut event = Event::default();
    let mut found = false;
    for line in block.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (field, value) = line.split_at_checked(colon)?;
        let value = value.get(1..).unwrap_or_default();
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"event" => event.name = String::from_utf8_lossy(value).into_owned(),
            b"id" => event.id = Some(String::from_utf8_lossy(value).into_owned()),
            b"data" => {
                if !event.data.is_empty() {
                    event.data.push(b'\n');
                }
                event.data.extend_from_slice(value);
            }
            // Comments, and fields that are not for us.
            _ => continue,
        }
        found = true;
    }
    found.then_some(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(stream: &mut EventStream) -> Vec<(String, Option<String>, String)> {
        let next = || stream.next_event();
        std::iter::from_fn(next)
            .map(|event| (event.name, event.id, String::from_utf8(event.data).expect("text")))
            .collect()
    }

    #[test]
    fn events_are_the_same_however_the_bytes_are_cut() {
        let text =
            b"id: a-1\nevent: one\ndata: {}\n\n:\n\nevent: two\r\ndata: x\r\ndata:  y\r\n\r\nevent:three\n\n:c\n\n";
        let one = |name: &str, id: Option<&str>, data: &str| (name.to_owned(), id.map(str::to_owned), data.to_owned());
        let expected = [one("one", Some("a-1"), "{}"), one("two", None, "x\n y"), one("three", None, "")];
        for size in 1..=text.len() {
            let mut stream = EventStream::default();
            let mut found = Vec::new();
            for part in text.chunks(size) {
                stream.push(part, 1_024).expect("short");
                found.extend(all(&mut stream));
            }
            assert_eq!(found, expected, "in parts of {size}");
        }
    }

    #[test]
    fn what_does_not_end_is_given_up_and_what_is_left_of_a_stream_is_no_part_of_the_next() {
        let mut stream = EventStream::default();
        stream.push(b"event: one\ndata: half", 64).expect("short");
        assert_eq!(stream.next_event(), None);
        stream.clear();
        stream.push(b"event: two\n\n", 64).expect("short");
        assert_eq!(all(&mut stream).len(), 1);
        assert!(stream.push(&[b'x'; 65], 64).is_err());
    }

    #[test]
    fn many_events_may_come_at_once_but_lines_that_never_end_a_block_may_not() {
        let mut stream = EventStream::default();
        stream.push(&b"data: 1234567890\n\n".repeat(100), 64).expect("each is short");
        assert_eq!(all(&mut stream).len(), 100);
        let endless = std::iter::repeat_n(b"data: 1\n", 100).try_for_each(|line| stream.push(line, 64));
        assert!(endless.is_err());
    }
}
