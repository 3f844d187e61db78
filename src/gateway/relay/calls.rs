//! Calls as requests, and what they are answered. Following chats is no call of the application's: its requests are here too.

use super::Relay;
use super::facts::Facts;
use super::shapes::{ANSWER, Fact};
use crate::gateway::http::{Method, Request, Response, Secret};
use crate::gateway::lenient::wrong_shape;
use crate::gateway::{Answer, Call, ChatReports, OwnPresence};
use crate::machine::Followed;
use crate::machine::error::{Error, ErrorCode};
use crate::machine::id::Address;
use crate::machine::time::UnixMs;
use crate::text::{push_json, push_u64};

/// A call waits for its turn in the account's budget, 75 s unless the relay is configured otherwise; in ms.
const CALL_MS: u32 = 90_000;
/// Changing what is followed waits for nobody, in ms.
const FOLLOW_MS: u32 = 20_000;

/// What a change of what is followed was answered.
#[derive(Debug)]
pub enum Answered {
    /// It is done; the ticket ends then, by the relay's clock.
    Done(Option<UnixMs>),
    /// The ticket does not cover the chats at these places of the list; nowhere in particular where it covers too little at all.
    NotCovered(Vec<usize>, Error),
    /// Anything else.
    Refused(Error),
}

impl Relay {
    /// The request that makes a call.
    ///
    /// # Errors
    /// `unsupported` for what no relay passes on.
    pub fn request(&self, call: &Call, ticket: Option<&Secret>) -> Result<Request, Error> {
        let (name, chat) = match call {
            Call::Subscribe(chat) => ("subscribe", Some(chat)),
            Call::Get(chat) => ("get", Some(chat)),
            Call::Snapshot(chat) => ("snapshot", Some(chat)),
            Call::StartTyping(chat) | Call::Set(OwnPresence::Typing(chat)) => ("startTyping", Some(chat)),
            Call::StopTyping(chat) | Call::Set(OwnPresence::Paused(chat)) => ("stopTyping", Some(chat)),
            Call::Set(OwnPresence::Recording(chat)) => ("recording", Some(chat)),
            Call::Set(OwnPresence::Online) => ("online", None),
            Call::Set(OwnPresence::Offline) => ("offline", None),
            Call::Privacy => ("privacy", None),
            Call::GetAll | Call::Session | Call::LookUp(_) | Call::SetPrivacy(_) => {
                let message = "a relay passes on what concerns single chats and our own presence, and nothing else";
                return Err(Error::new(ErrorCode::Unsupported, message));
            }
        };
        let mut body = self.body();
        body.push_str(",\"call\":");
        push_json(name, &mut body);
        if let Some(chat) = chat {
            body.push_str(",\"chat\":");
            push_json(chat.as_str(), &mut body);
        }
        body.push('}');
        Ok(self.post(Method::Post, "/call", ticket, body, CALL_MS))
    }

    /// The request whose answer is the stream, from behind `position` on where there is one.
    #[must_use]
    pub fn open(&self, chats: &[Followed], position: Option<&str>, ticket: Option<&Secret>) -> Request {
        let mut request = self.post(Method::Post, "/feed", ticket, self.list(chats), FOLLOW_MS);
        if let Some(position) = position {
            request.headers.push(("last-event-id", Secret::new(position.to_owned())));
        }
        request
    }

    /// The request that changes what a feed follows and, with a newer ticket, prolongs it.
    #[must_use]
    pub fn change(&self, feed: &str, chats: &[Followed], ticket: Option<&Secret>) -> Request {
        let mut path = "/feed/".to_owned();
        // What a feed is called is the relay's choice, and goes back to nobody else.
        path.extend(feed.chars().filter(char::is_ascii_alphanumeric));
        self.post(Method::Put, &path, ticket, self.list(chats), FOLLOW_MS)
    }

    /// Reads the answer to a call.
    ///
    /// # Errors
    /// The refusal, the relay's own or one of the gateway's passed on.
    pub fn answer<'a>(&self, call: &Call, response: &'a Response) -> Result<Answer<'a>, Error> {
        let facts = accepted(response)?;
        match call {
            Call::Get(_) | Call::Snapshot(_) if !facts.listed => {
                Err(wrong_shape("the presence of a chat", &response.body))
            }
            Call::Get(chat) | Call::Snapshot(chat) => {
                let told = crate::gateway::words::address_of(facts.get(Fact::Chat));
                let chat = told.unwrap_or_else(|| Address::from(chat).into_owned());
                Ok(Answer::Chat(ChatReports { chat, reports: facts.reports, complete: false }))
            }
            Call::Privacy => {
                let [shares_last_seen, shares_online, shares_reads] =
                    [Fact::SharesLastSeen, Fact::SharesOnline, Fact::SharesReads].map(|fact| facts.get(fact).flag());
                Ok(Answer::Privacy { shares_last_seen, shares_online, shares_reads })
            }
            Call::Subscribe(_)
            | Call::GetAll
            | Call::Set(_)
            | Call::StartTyping(_)
            | Call::StopTyping(_)
            | Call::Session
            | Call::LookUp(_)
            | Call::SetPrivacy(_) => Ok(Answer::Done),
        }
    }

    /// Reads the answer to a change of what is followed, or to a feed that could not be opened.
    #[must_use]
    pub fn answer_of_feed(&self, response: &Response) -> Answered {
        match accepted(response) {
            Ok(facts) => Answered::Done(facts.expires()),
            Err(error) if error.code == ErrorCode::Forbidden => {
                let facts = Facts::read(&response.body, &ANSWER).unwrap_or(Facts::EMPTY);
                Answered::NotCovered(facts.places, error)
            }
            Err(error) => Answered::Refused(error),
        }
    }

    fn body(&self) -> String {
        let mut body = "{\"account\":".to_owned();
        push_json(&self.account, &mut body);
        body
    }

    fn list(&self, chats: &[Followed]) -> String {
        let mut body = self.body();
        body.push_str(",\"chats\":[");
        for (place, followed) in chats.iter().enumerate() {
            body.push_str(if place == 0 { "{\"chat\":" } else { ",{\"chat\":" });
            push_json(followed.chat.as_str(), &mut body);
            body.push_str(",\"priority\":");
            push_json(followed.priority.as_str(), &mut body);
            if let Some(at) = followed.last_inbound {
                body.push_str(",\"lastInboundAtMs\":");
                push_u64(at.as_ms(), &mut body);
            }
            if followed.fresh {
                body.push_str(",\"fresh\":true");
            }
            body.push('}');
        }
        body.push_str("]}");
        body
    }

    fn post(&self, method: Method, path: &str, ticket: Option<&Secret>, body: String, timeout_ms: u32) -> Request {
        let mut url = self.url.clone();
        url.push_str(path);
        let mut bearer = "Bearer ".to_owned();
        bearer.push_str(ticket.map_or("", Secret::reveal));
        let headers = vec![("authorization", Secret::new(bearer))];
        Request { method, url, headers, body: Some(body), timeout_ms }
    }
}

/// What an answer holds, or the refusal it is.
fn accepted(response: &Response) -> Result<Facts<'_>, Error> {
    let facts = Facts::read(&response.body, &ANSWER);
    if (200..300).contains(&response.status) {
        return facts.map_err(|error| Error { status: Some(response.status), ..error });
    }
    // What stands before the relay answers in words of its own.
    let error = facts.unwrap_or(Facts::EMPTY).error(Some(response.status));
    let retry_after_ms = error.retry_after_ms.or(response.retry_after_ms);
    let mut message = error.message;
    if message.is_empty() {
        message.push_str("HTTP ");
        push_u64(u64::from(response.status), &mut message);
    }
    Err(Error { retry_after_ms, message, ..error })
}
