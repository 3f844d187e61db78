//! What the conformance suite knows of each dialect: bodies as they are on the wire, and what they must be read as.
//!
//! A new gateway is one more file here, one more entry in [`all`], and a folder of fixtures.

pub(crate) mod damage;
mod waapi;
mod waha;
mod wawp;

use std::fmt::Write;
use std::path::PathBuf;

use wa_presence::gateway::{Answer, Call, ChatReports, Decoded, Gateway};
use wa_presence::machine::error::ErrorCode;
use wa_presence::machine::id::{Address, Id};
use wa_presence::machine::observation::{Envelope, Observation, Report, Word};

/// One gateway, as the suite sees it.
pub(crate) struct Dialect {
    /// Its name.
    pub(crate) name: &'static str,
    /// The folder of its fixtures, which versions of one gateway share.
    pub(crate) folder: &'static str,
    /// A gateway whose address, session and key hold nothing secret.
    pub(crate) gateway: Gateway,
    /// Ids of the account in the fixtures, all of them.
    pub(crate) account: &'static str,
    /// A webhook body or feed frame, and what it says (see [`Dialect::told`]).
    pub(crate) events: &'static [(&'static str, &'static str)],
    /// The body of a successful answer, the call it answers, and what it says (see [`answered`]).
    pub(crate) answers: Vec<(&'static str, Call, &'static str)>,
    /// Status and body of a refusal, its code and its message.
    pub(crate) refusals: &'static [(u16, &'static str, ErrorCode, &'static str)],
    /// Method and URL of every call, and the fixture with its body.
    pub(crate) requests: Vec<(Call, &'static str, Option<&'static str>)>,
    /// The headers of a call made with the key `key_fake`.
    pub(crate) headers: fn(&Call) -> Vec<(&'static str, &'static str)>,
    /// Calls that the gateway has no request for.
    pub(crate) unsupported: Vec<Call>,
    /// The statuses of which a refusal in plain text is the gateway's own, not a proxy's.
    pub(crate) plain_refusals: &'static [u16],
    /// How long the gateway may hold a call before it answers, in ms.
    pub(crate) holds_calls_ms: u32,
    /// A body in which somebody is said to be what the wire calls by this word.
    pub(crate) body_with_word: fn(&str) -> String,
    /// Every word of the wire.
    pub(crate) words: &'static [(&'static str, Word)],
    /// The same gateway, everything nameable named by these.
    pub(crate) secretive: fn(host: &str, session: &str) -> Gateway,
}

/// Every dialect.
pub(crate) fn all() -> Vec<Dialect> {
    vec![waha::dialect(), waapi::dialect(), wawp::v1(), wawp::v2()]
}

impl Dialect {
    /// Whether the gateway has a request for some call of this kind.
    pub(crate) fn makes(&self, call: &Call) -> bool {
        let same = |(made, ..): &(Call, _, _)| std::mem::discriminant(made) == std::mem::discriminant(call);
        self.requests.iter().any(same)
    }

    fn path(&self) -> PathBuf {
        [env!("CARGO_MANIFEST_DIR"), "tests", "fixtures", self.folder].iter().collect()
    }

    pub(crate) fn fixture(&self, file: &str) -> Vec<u8> {
        std::fs::read(self.path().join(file)).unwrap_or_else(|error| panic!("{}/{file}: {error}", self.folder))
    }

    /// Names of all fixtures that exist.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path()).expect("a dialect has a folder");
        let names = entries.map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.filter(|name| name.ends_with(".json")).collect();
        names.sort();
        names
    }

    /// Names of all fixtures that some table expects something of.
    pub(crate) fn expected(&self) -> Vec<&'static str> {
        let events = self.events.iter().map(|(file, _)| *file);
        let answers = self.answers.iter().map(|(file, _, _)| *file);
        let refusals = self.refusals.iter().map(|(_, file, _, _)| *file);
        let requests = self.requests.iter().filter_map(|(_, _, file)| *file);
        let mut names: Vec<&str> = events.chain(answers).chain(refusals).chain(requests).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Everything a body told: `#` the end of its id, `@` its stamp, `us` where it names the whole account, aliases, and
    /// the observation, in a line for each envelope.
    pub(crate) fn told(&self, decoded: &Decoded<'_>) -> String {
        let mut lines: Vec<String> = decoded.envelopes.iter().map(|one| envelope(one, self.account)).collect();
        if decoded.invalid_ids > 0 {
            lines.push(format!("{} invalid", decoded.invalid_ids));
        }
        if decoded.other_sessions > 0 {
            lines.push(format!("{} elsewhere", decoded.other_sessions));
        }
        lines.join("\n")
    }
}

pub(crate) fn id(text: &str) -> Id {
    Id::parse(text).expect("an id")
}

/// What an answer says, in a line for each chat.
pub(crate) fn answered(answer: &Answer<'_>) -> String {
    match answer {
        Answer::Done => "done".to_owned(),
        Answer::Chat(chat) => chat_line(chat),
        Answer::Chats(chats) => chats.iter().map(chat_line).collect::<Vec<_>>().join("\n"),
        Answer::Hidden { chat, hiding } => format!("{} hidden {hiding:?}", chat.as_str()),
        Answer::NotSubscribed => "not subscribed".to_owned(),
        Answer::Session(session) => format!(
            "{:?} {} own {:?} engine {} ids{}",
            session.state,
            session.status,
            session.own_presence,
            session.engine.unwrap_or("-"),
            ids(&session.own)
        ),
        Answer::Alias { lid, contact } => {
            let text = |id: &Option<Address<'_>>| id.as_ref().map_or("-".to_owned(), |id| id.as_str().to_owned());
            format!("{} = {}", text(lid), text(contact))
        }
        Answer::Privacy { shares_last_seen, shares_online, shares_reads } => {
            format!("shares last seen {shares_last_seen:?} online {shares_online:?} reads {shares_reads:?}")
        }
        other => panic!("an answer the suite does not know: {other:?}"),
    }
}

fn chat_line(chat: &ChatReports<'_>) -> String {
    format!("{}{}:{}", if chat.complete { "complete " } else { "" }, chat.chat.as_str(), reports(&chat.reports))
}

fn envelope(envelope: &Envelope<'_>, account: &str) -> String {
    let mut line = String::new();
    if let Some(id) = envelope.id {
        write!(line, "#{} ", id.get(id.len().saturating_sub(2)..).unwrap_or(id)).expect("a string takes all");
    }
    if let Some(stamp) = envelope.stamp {
        write!(line, "@{} ", stamp.as_ms()).expect("a string takes all");
    }
    match ids(envelope.own.iter().flatten()).trim_start() {
        "" => {}
        own if own == account => line.push_str("us "),
        own => write!(line, "own {own} ").expect("a string takes all"),
    }
    for (lid, contact) in &envelope.aliases {
        write!(line, "{} = {} ", lid.as_str(), contact.as_str()).expect("a string takes all");
    }
    line + &observation(&envelope.observation)
}

fn observation(observation: &Observation<'_>) -> String {
    match observation {
        Observation::Presence { chat, reports: list, complete } => {
            format!("{}{}:{}", if *complete { "complete " } else { "" }, chat.as_str(), reports(list))
        }
        Observation::Message { chat, sender, from_me, id, sent_at } => {
            let who = if *from_me { "us" } else { sender.as_str() };
            let sent_at = sent_at.map_or_else(|| "-".to_owned(), |at| at.as_ms().to_string());
            format!("message {id} in {} of {who} at {sent_at}", chat.as_str())
        }
        Observation::Receipt { chat, id, read } => {
            format!("{} {id} in {}", if *read { "read" } else { "not read" }, chat.as_str())
        }
        Observation::Hidden { chat, hiding } => format!("{} hidden {hiding:?}", chat.as_str()),
        Observation::Session(state) => format!("session {state:?}"),
        Observation::Unknown => "unknown".to_owned(),
    }
}

fn reports(reports: &[Report<'_>]) -> String {
    reports.iter().fold(String::new(), |mut line, report| {
        write!(line, " {} {:?}", report.participant.as_str(), report.word).expect("a string takes all");
        if let Some(seen) = report.last_seen {
            write!(line, " seen {}", seen.as_ms()).expect("a string takes all");
        }
        if let Some(began) = report.began {
            write!(line, " since {}", began.as_ms()).expect("a string takes all");
        }
        line
    })
}

fn ids<'a>(ids: impl IntoIterator<Item = &'a Address<'a>>) -> String {
    ids.into_iter().fold(String::new(), |line, id| line + " " + id.as_str())
}
