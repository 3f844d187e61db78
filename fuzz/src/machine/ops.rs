//! The language of stories: bytes that a fuzzer can mutate and a person can write.
//!
//! The first two characters are the [`Setting`]: one of [`gateway`](Setting::read) and one of caps. Each letter after them is
//! a sentence; the characters that follow it are its operands, read as digits of base 64 from `0` on (`0`…`9`, `:`, `;`, …).
//! Spaces and line ends between sentences mean nothing, `#` starts a comment, and what is no letter of the language stands
//! for one of it. A story that ends in the middle of a sentence ends before it.
//!
//! | Sentence | Operands |
//! |---|---|
//! | `p` presence pushed | chat, who, word, stamp, last seen, id |
//! | `l` several at once, perhaps a full list | chat, count, (who, word)…, complete |
//! | `r` an answer to a read | chat, who, word, age of the request, when the state began |
//! | `m` a message | chat, who, age, flags |
//! | `x` a delivery that says nothing of presence | kind |
//! | `w` watch, `u` unwatch, `y` priority | chat or watch, priority |
//! | `a` two ids are one person | lid, contact |
//! | `o` an id is our own | who |
//! | `s` the session | state, pushed |
//! | `f` the feed | down, open, gone for good |
//! | `g` a subscribe call succeeded, `e` failed | which call, error |
//! | `h` calls halt or resume | which |
//! | `k` the gateway's clock is set | skew |
//! | `t` time passes, timers on time | how long, how often |
//! | `z` time passes, timers frozen | how long |
//! | `n` time passes up to the next deadline | |

use wa_presence::machine::error::ErrorCode;
use wa_presence::machine::observation::Word;
use wa_presence::machine::{Priority, SessionState};

/// What is decided before a story begins.
pub(crate) struct Setting {
    /// Whether the gateway can be called at all.
    pub(crate) subscribes: bool,
    pub(crate) looks_up: bool,
    /// Whether events come by a feed, which is down at first.
    pub(crate) feed: bool,
    pub(crate) max_watched: usize,
    pub(crate) max_unwatched: usize,
    pub(crate) max_members: usize,
    pub(crate) max_people: usize,
}

/// The gateway's stamp on a delivery.
#[derive(Clone, Copy)]
pub(crate) enum Stamp {
    /// None.
    Absent,
    /// The event happened so long ago by the gateway's clock, in ms.
    Aged(u64),
    /// The gateway is that far ahead of itself, in ms.
    Ahead(u64),
    /// Nonsense.
    Raw(i64),
}

pub(crate) enum Op {
    Push { chat: usize, who: usize, word: Word, stamp: Stamp, last_seen: Stamp, id: u8 },
    List { chat: usize, reports: Vec<(usize, Word)>, complete: bool },
    Read { chat: usize, who: usize, word: Word, age_ms: u64, began: Stamp },
    Message { chat: usize, who: usize, sent: Stamp, from_me: bool, id: u8 },
    Noise { kind: u8 },
    Watch { chat: usize, priority: Priority },
    Unwatch { which: usize },
    SetPriority { which: usize, priority: Priority },
    Alias { lid: usize, contact: usize },
    Own { who: usize },
    Session { state: SessionState, pushed: bool },
    FeedDown,
    FeedOpen,
    NoFeed,
    Granted { which: usize },
    Failed { which: usize, code: ErrorCode },
    Redirected { which: usize },
    SideSubscription { chat: usize },
    Halt(bool),
    Skew(i64),
    Pass { ms: u64 },
    Freeze { ms: u64 },
    Next,
}

const LETTERS: &[u8] = b"plrmxwuyaosfgehktzn";
/// Around every edge of the machine: intervals, settling, TTLs, graces, leases, in ms.
const DURATIONS_MS: [u64; 24] = [
    0, 1, 50, 99, 100, 101, 299, 300, 1_000, 1_350, 2_000, 5_000, 9_999, 14_999, 15_000, 15_001, 29_999, 30_000,
    60_000, 61_000, 299_999, 300_000, 900_001, 3_600_000,
];
const NONSENSE: [i64; 8] = [0, -5, 1, 1_785_000_000, i64::MAX, i64::MIN, 99_999_999_999, 100_000_000_000_001];
/// Gateways whose clocks are wrong by this much, in ms.
const SKEWS_MS: [i64; 6] = [0, 600_000, -600_000, 1_500, -86_400_000, 31_536_000_000];
const WORDS: [Word; 6] = [Word::Typing, Word::Recording, Word::Paused, Word::Online, Word::Offline, Word::Unknown];
const PRIORITIES: [Priority; 3] = [Priority::Focused, Priority::Visible, Priority::Background];
const STATES: [SessionState; 6] = [
    SessionState::Working,
    SessionState::Starting,
    SessionState::NeedsPairing,
    SessionState::Stopped,
    SessionState::Failed,
    SessionState::Unknown,
];
const ERRORS: [ErrorCode; 14] = [
    ErrorCode::Engine,
    ErrorCode::RateLimited,
    ErrorCode::Network,
    ErrorCode::Timeout,
    ErrorCode::NotReady,
    ErrorCode::Unauthorized,
    ErrorCode::NotFound,
    ErrorCode::BadRequest,
    ErrorCode::Unsupported,
    ErrorCode::Forbidden,
    ErrorCode::Malformed,
    ErrorCode::TooLarge,
    ErrorCode::Aborted,
    ErrorCode::InvalidChat,
];

/// Sentences out of bytes; nothing any more at their end.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Self {
        Self { rest: input }
    }

    /// The first two characters, or what stands for missing ones.
    pub(crate) fn setting(&mut self) -> Setting {
        let gateway = self.digit().unwrap_or(0);
        let caps = self.digit().unwrap_or(0);
        let tight = caps & 1 == 1;
        Setting {
            subscribes: gateway & 1 == 0,
            looks_up: gateway & 2 == 2,
            feed: gateway & 4 == 4,
            max_watched: if tight { 2 } else { 8 },
            max_unwatched: if caps & 2 == 2 { 2 } else { 16 },
            max_members: if caps & 4 == 4 { 2 } else { 16 },
            max_people: if caps & 8 == 8 { 3 } else { 64 },
        }
    }

    fn op(&mut self) -> Option<Op> {
        let letter = self.letter()?;
        Some(match letter {
            b'p' => Op::Push {
                chat: self.id()?,
                who: self.id()?,
                word: self.one_of(&WORDS)?,
                stamp: self.stamp()?,
                last_seen: self.stamp()?,
                id: self.digit()?,
            },
            b'l' => {
                let chat = self.id()?;
                let count = self.digit()? % 4;
                let mut reports = Vec::new();
                for _ in 0..count {
                    reports.push((self.id()?, self.one_of(&WORDS)?));
                }
                Op::List { chat, reports, complete: self.flag()? }
            }
            b'r' => Op::Read {
                chat: self.id()?,
                who: self.id()?,
                word: self.one_of(&WORDS)?,
                age_ms: self.duration()?,
                began: self.stamp()?,
            },
            b'm' => {
                let (chat, who, sent) = (self.id()?, self.id()?, self.stamp()?);
                let flags = self.digit()?;
                Op::Message { chat, who, sent, from_me: flags & 1 == 1, id: flags >> 1 }
            }
            b'x' => Op::Noise { kind: self.digit()? },
            b'w' => Op::Watch { chat: self.id()?, priority: self.one_of(&PRIORITIES)? },
            b'u' => Op::Unwatch { which: self.id()? },
            b'y' => Op::SetPriority { which: self.id()?, priority: self.one_of(&PRIORITIES)? },
            b'a' => Op::Alias { lid: self.id()?, contact: self.id()? },
            b'o' => Op::Own { who: self.id()? },
            b's' => Op::Session { state: self.one_of(&STATES)?, pushed: self.flag()? },
            b'f' => match self.digit()? % 3 {
                0 => Op::FeedDown,
                1 => Op::FeedOpen,
                _ => Op::NoFeed,
            },
            b'g' => match (self.id()?, self.digit()? % 4) {
                (which, 3) => Op::Redirected { which },
                (chat, 2) => Op::SideSubscription { chat },
                (which, _) => Op::Granted { which },
            },
            b'e' => Op::Failed { which: self.id()?, code: self.one_of(&ERRORS)? },
            b'h' => Op::Halt(self.flag()?),
            b'k' => Op::Skew(self.one_of(&SKEWS_MS)?),
            b't' => Op::Pass { ms: self.duration()? },
            b'z' => Op::Freeze { ms: self.duration()? },
            _ => Op::Next,
        })
    }

    /// The letter of the next sentence.
    fn letter(&mut self) -> Option<u8> {
        loop {
            let byte = self.byte()?;
            if byte == b'#' {
                while self.byte()? != b'\n' {}
            } else if LETTERS.contains(&byte) {
                return Some(byte);
            } else if !byte.is_ascii_whitespace() {
                return LETTERS.get(usize::from(byte) % LETTERS.len()).copied();
            }
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn digit(&mut self) -> Option<u8> {
        self.byte().map(|byte| byte.wrapping_sub(b'0') & 63)
    }

    /// Whom or what: the world takes it modulo what there is.
    fn id(&mut self) -> Option<usize> {
        self.digit().map(usize::from)
    }

    fn flag(&mut self) -> Option<bool> {
        self.digit().map(|digit| digit & 1 == 1)
    }

    fn one_of<T: Copy>(&mut self, list: &[T]) -> Option<T> {
        let digit = usize::from(self.digit()?);
        list.get(digit % list.len()).copied()
    }

    fn duration(&mut self) -> Option<u64> {
        self.one_of(&DURATIONS_MS)
    }

    fn stamp(&mut self) -> Option<Stamp> {
        Some(match self.digit()? {
            // The usual cases are short, so that stories are.
            0 => Stamp::Absent,
            1 => Stamp::Aged(0),
            digit if digit & 3 == 2 => Stamp::Ahead(self.duration()?),
            digit if digit & 3 == 3 => Stamp::Raw(self.one_of(&NONSENSE)?),
            _ => Stamp::Aged(self.duration()?),
        })
    }
}

impl Iterator for Reader<'_> {
    type Item = Op;

    fn next(&mut self) -> Option<Op> {
        self.op()
    }
}
