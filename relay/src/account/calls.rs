//! What pages may ask for besides being told: a closed list of presence calls, made with the owner's credential and from the
//! account's one budget. Nothing else has a name here, so nothing else can be asked.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokio::sync::oneshot;
use wa_presence::gateway::{Call, OwnPresence};
use wa_presence::machine::error::{Error, ErrorCode};
use wa_presence::machine::id::Id;
use wa_presence::machine::knowledge::Knowledge;
use wa_presence::machine::time::Instant;
use wa_presence::session::{Reply, RequestId};

use super::actor::Actor;
use super::feeds::not_covered;
use crate::error::Refusal;
use crate::ticket::{Scope, Ticket};
use crate::wire;

/// Most calls that may wait for their turn or their answer.
const MOST_WAITING: usize = 1_024;

/// What may be asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wish {
    Subscribe(Id),
    Get(Id),
    Snapshot(Id),
    Privacy,
    StartTyping(Id),
    StopTyping(Id),
    Recording(Id),
    Online,
    Offline,
}

impl Wish {
    /// By the name of the call; nothing for any other.
    pub(crate) fn named(name: &str, chat: Option<&str>) -> Result<Self, Refusal> {
        let chat = || {
            let text = chat.ok_or_else(|| Refusal::new(ErrorCode::InvalidChat, "chat: expected an id, found none"))?;
            Id::parse(text).map_err(|why| Refusal::new(ErrorCode::InvalidChat, format!("chat: {why}")))
        };
        Ok(match name {
            "subscribe" => Self::Subscribe(chat()?),
            "get" => Self::Get(chat()?),
            "snapshot" => Self::Snapshot(chat()?),
            "privacy" => Self::Privacy,
            "startTyping" => Self::StartTyping(chat()?),
            "stopTyping" => Self::StopTyping(chat()?),
            "recording" => Self::Recording(chat()?),
            "online" => Self::Online,
            "offline" => Self::Offline,
            _ => return Err(Refusal::not_found()),
        })
    }

    /// The name of the call.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Subscribe(_) => "subscribe",
            Self::Get(_) => "get",
            Self::Snapshot(_) => "snapshot",
            Self::Privacy => "privacy",
            Self::StartTyping(_) => "startTyping",
            Self::StopTyping(_) => "stopTyping",
            Self::Recording(_) => "recording",
            Self::Online => "online",
            Self::Offline => "offline",
        }
    }

    const fn scope(&self) -> Scope {
        match self {
            Self::Subscribe(_) | Self::Get(_) | Self::Snapshot(_) | Self::Privacy => Scope::Read,
            Self::StartTyping(_) | Self::StopTyping(_) | Self::Recording(_) | Self::Online | Self::Offline => {
                Scope::Send
            }
        }
    }

    pub(crate) const fn chat(&self) -> Option<&Id> {
        match self {
            Self::Subscribe(chat)
            | Self::Get(chat)
            | Self::Snapshot(chat)
            | Self::StartTyping(chat)
            | Self::StopTyping(chat)
            | Self::Recording(chat) => Some(chat),
            Self::Privacy | Self::Online | Self::Offline => None,
        }
    }
}

/// Answers that pages wait for.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    calls: BTreeMap<RequestId, Asked>,
    /// Questions under way, which whoever asks the same joins.
    questions: BTreeMap<Wish, RequestId>,
    online: bool,
}

#[derive(Debug)]
struct Asked {
    wish: Wish,
    until: Instant,
    answers: Vec<oneshot::Sender<Result<Value, Refusal>>>,
}

impl Waiting {
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.calls.values().map(|asked| asked.until).min()
    }

    fn take(&mut self, id: RequestId) -> Option<Asked> {
        let asked = self.calls.remove(&id)?;
        self.questions.remove(&asked.wish);
        Some(asked)
    }
}

impl Asked {
    fn answer(self, with: &Result<Value, Refusal>) {
        for answer in self.answers {
            // Whoever asked may be gone.
            let _ = answer.send(with.clone());
        }
    }
}

impl Actor {
    pub(super) fn call(&mut self, ticket: &Ticket, wish: Wish, answer: oneshot::Sender<Result<Value, Refusal>>) {
        if let Some(reply) = self.answer_at_once(ticket, &wish).transpose() {
            // Whoever asked may be gone.
            let _ = answer.send(reply);
            return;
        }
        if let Some(asked) = self.calls.questions.get(&wish).and_then(|id| self.calls.calls.get_mut(id)) {
            asked.answers.push(answer);
            return;
        }
        if self.calls.calls.len() >= MOST_WAITING {
            let refusal = Refusal::new(ErrorCode::RateLimited, "calls: too many wait for their turn");
            let _ = answer.send(Err(refusal.with_status(503).with_retry(5_000)));
            return;
        }
        let until = self.shared.clock.now() + self.shared.limits.call_ms;
        let call = match wish.clone() {
            Wish::Subscribe(chat) => Call::Subscribe(chat),
            Wish::Get(chat) => Call::Get(chat),
            Wish::Snapshot(chat) => Call::Snapshot(chat),
            Wish::Privacy => Call::Privacy,
            Wish::StartTyping(chat) => Call::StartTyping(chat),
            Wish::StopTyping(chat) => Call::StopTyping(chat),
            Wish::Recording(chat) => Call::Set(OwnPresence::Recording(chat)),
            // Answered above.
            Wish::Online | Wish::Offline => return,
        };
        let id = self.session.call(call);
        if wish.scope() == Scope::Read {
            self.calls.questions.insert(wish.clone(), id);
        }
        self.calls.calls.insert(id, Asked { wish, until, answers: vec![answer] });
    }

    /// Refuses, or answers what need not be asked; nothing where the gateway has to be.
    fn answer_at_once(&mut self, ticket: &Ticket, wish: &Wish) -> Result<Option<Value>, Refusal> {
        ticket.require(wish.scope())?;
        self.learn_aliases(&ticket.aliases);
        if wish.chat().is_some_and(|chat| !self.coverage(ticket).holds(chat)) {
            return Err(not_covered("chat"));
        }
        match wish {
            Wish::Online | Wish::Offline => Ok(Some(self.claim(&ticket.subject, *wish == Wish::Online))),
            // Many agents, one lease: what it tells us is known already.
            Wish::Subscribe(chat) | Wish::Get(chat) if self.is_vouched(chat) => {
                let get = matches!(wish, Wish::Get(_));
                Ok(Some(if get { self.known_of(chat) } else { json!({ "done": true }) }))
            }
            Wish::Subscribe(_)
            | Wish::Get(_)
            | Wish::Snapshot(_)
            | Wish::Privacy
            | Wish::StartTyping(_)
            | Wish::StopTyping(_)
            | Wish::Recording(_) => Ok(None),
        }
    }

    pub(super) fn reply(&mut self, id: RequestId, reply: Result<Reply, Error>) {
        let Some(asked) = self.calls.take(id) else { return };
        let answer = reply.map_err(Refusal::from).map(|reply| match reply {
            Reply::Chat(chat) => json!(wire::chat(&chat)),
            Reply::Privacy { shares_last_seen, shares_online, shares_reads } => json!({
                "sharesLastSeen": shares_last_seen,
                "sharesOnline": shares_online,
                "sharesReads": shares_reads,
            }),
            Reply::Done | Reply::Chats(_) | Reply::Session { .. } | Reply::Ids { .. } => json!({ "done": true }),
        });
        asked.answer(&answer);
    }

    pub(super) fn expire_calls(&mut self, now: Instant) {
        let late: Vec<_> = self.calls.calls.iter().filter(|(_, asked)| asked.until <= now).map(|(id, _)| *id).collect();
        for id in late {
            self.session.abort(id);
            if let Some(asked) = self.calls.take(id) {
                let refusal = Refusal::new(ErrorCode::Timeout, "the call's turn or its answer did not come in time");
                asked.answer(&Err(refusal));
            }
        }
    }

    /// Makes of all claims together what the account says of itself.
    pub(super) fn review_claims(&mut self, now: Instant) {
        let online = self.exchange.is_claimed();
        if std::mem::replace(&mut self.calls.online, online) != online {
            self.session.patterns_mut().own.claim(online, now);
        }
    }

    fn claim(&mut self, subject: &str, online: bool) -> Value {
        let moment = self.moment();
        let until = online.then(|| moment.now + self.shared.limits.claim_ms);
        self.exchange.claim(subject, until);
        self.review_claims(moment.now);
        if !online && !self.exchange.is_claimed() {
            // Said also where nobody had claimed anything: the account may be shown online by other means.
            self.session.patterns_mut().own.claim(false, moment.now);
        }
        json!({ "done": true, "untilAtMs": until.map(|until| moment.of(until)), "claimed": self.exchange.is_claimed() })
    }

    fn is_vouched(&self, chat: &Id) -> bool {
        let machine = self.session.machine();
        let known = machine.find(chat.as_str()).map(|key| machine.knowledge(key));
        known == Some(Knowledge::Live { vouched: true })
    }

    fn known_of(&self, chat: &Id) -> Value {
        let machine = self.session.machine();
        let Some(snapshot) = machine.find(chat.as_str()).and_then(|key| machine.snapshot(key)) else {
            return json!({ "chat": chat.as_str(), "presences": [] });
        };
        let presences: Vec<_> = snapshot
            .participants
            .iter()
            .map(|person| wire::PresenceJson {
                participant: person.id.as_str(),
                word: person.view.activity.map_or(person.view.availability.as_str(), |activity| activity.kind.as_str()),
                last_seen_at_ms: person.view.last_seen.map(|seen| seen.at.as_ms()),
                began_at_ms: None,
            })
            .collect();
        json!({ "chat": snapshot.chat.as_str(), "presences": presences })
    }
}
