//! What a `rest` call gives its caller.

use crate::gateway::{Answer, Call, ChatReports};
use crate::machine::SessionState;
use crate::machine::error::Error;
use crate::machine::id::{Address, Id};
use crate::machine::observation::Word;
use crate::machine::time::UnixMs;

/// One person's state in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatEntry {
    /// Who.
    pub participant: Id,
    /// What.
    pub word: Word,
    /// When they were last online.
    pub last_seen: Option<UnixMs>,
}

/// One chat's state in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatState {
    /// The chat.
    pub chat: Id,
    /// Everybody in the answer.
    pub presences: Vec<ChatEntry>,
}

/// What a `rest` call gives its caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It was done.
    Done,
    /// One chat.
    Chat(ChatState),
    /// Many chats.
    Chats(Vec<ChatState>),
    /// The session.
    Session {
        /// Whether it works.
        state: SessionState,
        /// The gateway's own word.
        status: String,
        /// What we last said of ourselves.
        own_presence: Option<bool>,
        /// The engine, as the gateway names it.
        engine: Option<String>,
    },
    /// What we share with at least some people; nothing where the gateway does not say so.
    Privacy {
        /// Whether anybody sees when we were last online.
        shares_last_seen: Option<bool>,
        /// Whether anybody sees that we are online.
        shares_online: Option<bool>,
        /// Whether anybody sees that we read what they wrote.
        shares_reads: Option<bool>,
    },
    /// Both ids of a person.
    Ids {
        /// The hidden id.
        lid: Option<Id>,
        /// The number.
        contact: Option<Id>,
    },
}

pub(super) fn reply(call: &Call, answer: Answer<'_>) -> Result<Reply, Error> {
    let owned = |address: Address<'_>| address.to_id();
    Ok(match (call, answer) {
        (Call::Subscribe(_) | Call::Set(_) | Call::StartTyping(_) | Call::StopTyping(_), _) => Reply::Done,
        (_, Answer::Done) => Reply::Done,
        (_, Answer::Privacy { shares_last_seen, shares_online, shares_reads }) => {
            Reply::Privacy { shares_last_seen, shares_online, shares_reads }
        }
        (_, Answer::Chat(chat)) => Reply::Chat(state(chat)),
        // Nothing is known, whoever's fault that is; `knowledge` in the snapshot tells the cases apart.
        (Call::Get(chat) | Call::Snapshot(chat), Answer::Hidden { .. } | Answer::NotSubscribed) => {
            Reply::Chat(ChatState { chat: chat.clone(), presences: Vec::new() })
        }
        (_, Answer::Hidden { .. } | Answer::NotSubscribed) => Reply::Done,
        (_, Answer::Chats(chats)) => Reply::Chats(chats.into_iter().map(state).collect()),
        (_, Answer::Session(info)) => Reply::Session {
            state: info.state,
            status: info.status.to_owned(),
            own_presence: info.own_presence,
            engine: info.engine.map(str::to_owned),
        },
        (_, Answer::Alias { lid, contact }) => Reply::Ids { lid: lid.map(owned), contact: contact.map(owned) },
    })
}

fn state(chat: ChatReports<'_>) -> ChatState {
    let presences = chat
        .reports
        .iter()
        .map(|report| ChatEntry {
            participant: report.participant.to_id(),
            word: report.word,
            last_seen: report.last_seen,
        })
        .collect();
    ChatState { chat: chat.chat.to_id(), presences }
}
