//! Any bytes as what a relay sends, cut in any way, with time passing between the parts.
//!
//! The first byte says how the rest is cut; a NUL in it lets ten seconds pass. Whatever comes, the session goes on to say what it
//! wants, nothing of the ticket or of a number is in its words, and a stream that was not cut off comes to the same in one piece.

use wa_presence::gateway::Gateway;
use wa_presence::gateway::http::Secret;
use wa_presence::gateway::relay::Relay;
use wa_presence::machine::id::Id;
use wa_presence::machine::time::{Instant, UnixMs};
use wa_presence::machine::{Config, Priority, Snapshot};
use wa_presence::session::{FeedCommand, Session, Setup};

use super::echo::{self, PHONE};

const START: Instant = Instant::from_ms(1_000_000);
const WALL_MS: u64 = 1_785_000_000_000;
/// What passes at a NUL, in ms.
const PAUSE_MS: u64 = 10_000;
/// More rounds than a session that comes to rest needs.
const ROUNDS: usize = 1_000;
/// Without a digit in a row, as those of real relays.
const TICKET: &str = "c4nary-K3y";
/// So small that streams are given up here as well.
const MOST_BYTES: usize = 2_048;

pub(crate) fn run(input: &[u8]) {
    let [how, text @ ..] = input else { return };
    let size = usize::from(*how).max(1);
    let cut = follow(text, size);
    let whole = follow(text, usize::MAX);
    // One that is cut off loses more or less of what was behind, by where it was cut.
    if let (Some(cut), Some(whole)) = (cut, whole) {
        assert_eq!(cut, whole, "in parts of {size} it comes to something else");
    }
}

/// What is known in the end; nothing where the stream was given up.
fn follow(text: &[u8], size: usize) -> Option<Vec<Option<Snapshot>>> {
    let relay = Relay { url: "https://relay.example".to_owned(), account: "support".to_owned() };
    let machine = Config { relayed: true, subscribes: false, looks_up_aliases: false, ..Config::default() };
    let setup = Setup {
        gateway: Gateway::Relay(relay),
        machine,
        feed: true,
        credential: true,
        log_entries: 10,
        max_body_bytes: MOST_BYTES,
    };
    let mut page = Page { session: Session::new(setup, START), now: START, streams: 0 };
    let chats = ["15550001111@c.us", "900000001@lid", "120363000000000001@g.us"];
    for chat in chats {
        page.session.watch(&Id::parse(chat).expect("an id"), Priority::Visible, page.now);
    }
    page.pass(1_000);
    page.session.handle_stream_open(page.now);
    for (place, part) in text.split(|byte| *byte == 0).enumerate() {
        if place > 0 {
            page.pass(PAUSE_MS);
        }
        for bytes in part.chunks(size) {
            page.session.handle_stream_bytes(bytes, page.wall(), page.now);
            page.drain();
        }
    }
    let machine = page.session.machine();
    (page.streams == 1).then(|| chats.map(|chat| machine.find(chat).and_then(|key| machine.snapshot(key))).to_vec())
}

struct Page {
    session: Session,
    now: Instant,
    streams: usize,
}

impl Page {
    fn wall(&self) -> UnixMs {
        UnixMs::from_ms(WALL_MS + self.now.as_ms())
    }

    fn pass(&mut self, ms: u64) {
        let end = self.now + ms;
        for _ in 0..ROUNDS {
            let Some(at) = self.session.poll_timeout(self.now).filter(|at| *at <= end) else { break };
            self.now = at.max(self.now);
            self.session.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
        self.session.handle_timeout(end);
        self.drain();
    }

    fn drain(&mut self) {
        for _ in 0..ROUNDS {
            let mut busy = self.session.poll_credential();
            if busy {
                self.session.handle_credential(Some(Secret::new(TICKET.to_owned())), self.now);
            }
            while let Some(command) = self.session.poll_feed(self.now) {
                busy = true;
                if let FeedCommand::Stream(request) = command {
                    self.streams += 1;
                    assert!(!request.url.contains(TICKET) && !request.url.contains(PHONE), "in an address");
                    for (name, value) in &request.headers {
                        let plain = value.reveal().bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
                        assert!(plain, "{name} would be more than one header");
                    }
                }
            }
            while let Some((_, request)) = self.session.poll_request(self.now) {
                busy = true;
                assert!(!request.url.contains(TICKET) && !request.url.contains(PHONE), "in an address");
            }
            while let Some(error) = self.session.poll_error() {
                busy = true;
                echo::assert_silent(&error.message);
            }
            while self.session.poll_notice().is_some() || self.session.poll_connection().is_some() {
                busy = true;
            }
            while self.session.poll_told(self.now).is_some() || self.session.poll_claim(self.now).is_some() {
                busy = true;
            }
            if !busy {
                return;
            }
        }
        panic!("it never comes to rest");
    }
}
