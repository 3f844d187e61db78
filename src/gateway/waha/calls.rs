//! Calls as requests, and the address of the feed.

use super::Waha;
use crate::gateway::http::{Method, Request, Secret, push_encoded};
use crate::gateway::{Call, OwnPresence};
use crate::machine::error::{Error, ErrorCode};
use crate::machine::id::{Id, IdKind};
use crate::text::push_json;

/// When to give up, in ms. WAHA holds every call while its session is not working: 5 s for it to run, then 10 s for it to
/// work, and only then says 422. Whoever gives up earlier never learns why.
const TIMEOUT_MS: u32 = 20_000;

const KEY_HEADER: &str = "X-Api-Key";

/// Names are sent in full: wildcards are understood by the newest servers only, and an unknown name is silence, no error.
const EVENTS: [&str; 2] = ["presence.update", "session.status"];
const MESSAGE_EVENTS: [&str; 3] = ["message", "message.any", "message.ack"];

impl Waha {
    /// The request that makes a call.
    ///
    /// # Errors
    /// `unsupported` for a snapshot of one chat, every route to which subscribes, and for privacy settings.
    pub fn request(&self, call: &Call, key: Option<&Secret>) -> Result<Request, Error> {
        let (method, url, body) = match call {
            Call::Subscribe(chat) => (Method::Post, self.of_chat(chat, "/subscribe"), None),
            Call::Get(chat) => (Method::Get, self.of_chat(chat, ""), None),
            Call::Snapshot(_) => {
                let message = "WAHA reads one chat only by subscribing to it: rest.get() does both";
                return Err(Error::new(ErrorCode::Unsupported, message));
            }
            Call::GetAll => (Method::Get, self.of_session("/presence"), None),
            Call::Set(presence) => (Method::Post, self.of_session("/presence"), Some(presence_body(presence))),
            Call::StartTyping(chat) => (Method::Post, self.api("startTyping"), Some(self.typing_body(chat))),
            Call::StopTyping(chat) => (Method::Post, self.api("stopTyping"), Some(self.typing_body(chat))),
            Call::Session => {
                let mut url = self.api("sessions/");
                push_encoded(&self.session, &mut url);
                (Method::Get, url, None)
            }
            Call::LookUp(id) => (Method::Get, self.look_up(id), None),
            Call::Privacy | Call::SetPrivacy(_) => {
                let message = "WAHA has no call for our own privacy settings: they are on the phone";
                return Err(Error::new(ErrorCode::Unsupported, message));
            }
        };
        let headers = key.map(|key| (KEY_HEADER, key.clone())).into_iter().collect();
        Ok(Request { method, url, headers, body, timeout_ms: TIMEOUT_MS })
    }

    /// Where the feed is. WAHA takes the key of a WebSocket from the query alone, hence a [`Secret`] as a whole.
    #[must_use]
    pub fn feed_url(&self, key: Option<&Secret>) -> Secret {
        let mut url = String::new();
        let after_scheme = if let Some(rest) = self.base_url.strip_prefix("https://") {
            url.push_str("wss://");
            rest
        } else if let Some(rest) = self.base_url.strip_prefix("http://") {
            url.push_str("ws://");
            rest
        } else {
            &self.base_url
        };
        url.push_str(after_scheme);
        url.push_str("/ws?session=");
        push_encoded(&self.session, &mut url);
        let messages: &[&str] = if self.message_events { &MESSAGE_EVENTS } else { &[] };
        for event in EVENTS.iter().chain(messages) {
            url.push_str("&events=");
            push_encoded(event, &mut url);
        }
        if let Some(key) = key {
            url.push_str("&x-api-key=");
            push_encoded(key.reveal(), &mut url);
        }
        Secret::new(url)
    }

    fn api(&self, path: &str) -> String {
        let mut url = self.base_url.clone();
        url.push_str("/api/");
        url.push_str(path);
        url
    }

    fn of_session(&self, path: &str) -> String {
        let mut url = self.api("");
        push_encoded(&self.session, &mut url);
        url.push_str(path);
        url
    }

    fn of_chat(&self, chat: &Id, path: &str) -> String {
        let mut url = self.of_session("/presence/");
        push_encoded(chat.as_str(), &mut url);
        url.push_str(path);
        url
    }

    fn look_up(&self, id: &Id) -> String {
        let (path, id) = match id.kind() {
            IdKind::Contact => ("/lids/pn/", id.user()),
            IdKind::Lid | IdKind::Group | IdKind::Other => ("/lids/", id.as_str()),
        };
        let mut url = self.of_session(path);
        push_encoded(id, &mut url);
        url
    }

    /// Unlike the other routes these name the session in the body, and have no default for it.
    fn typing_body(&self, chat: &Id) -> String {
        object(&[("chatId", chat.as_str()), ("session", &self.session)])
    }
}

/// The chat is required where one is meant, and refused by WAHA where everybody is.
fn presence_body(presence: &OwnPresence) -> String {
    let (presence, chat) = match presence {
        OwnPresence::Online => ("online", None),
        OwnPresence::Offline => ("offline", None),
        OwnPresence::Typing(chat) => ("typing", Some(chat)),
        OwnPresence::Recording(chat) => ("recording", Some(chat)),
        OwnPresence::Paused(chat) => ("paused", Some(chat)),
    };
    let presence = ("presence", presence);
    match chat {
        Some(chat) => object(&[presence, ("chatId", chat.as_str())]),
        None => object(&[presence]),
    }
}

/// An object of texts as JSON.
pub(in crate::gateway) fn object(entries: &[(&str, &str)]) -> String {
    let mut json = String::new();
    for (key, text) in entries {
        json.push(if json.is_empty() { '{' } else { ',' });
        push_json(key, &mut json);
        json.push(':');
        push_json(text, &mut json);
    }
    json.push('}');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waha(base_url: &str, session: &str, message_events: bool) -> Waha {
        Waha { base_url: base_url.to_owned(), session: session.to_owned(), message_events }
    }

    #[test]
    fn the_feed_is_beside_the_api_and_names_its_events_in_full() {
        assert_eq!(
            waha("https://waha.example/sub", "default", false).feed_url(None).reveal(),
            "wss://waha.example/sub/ws?session=default&events=presence.update&events=session.status"
        );
        assert_eq!(
            waha("http://localhost:3000", "*", true).feed_url(Some(&Secret::new("a&b=c/d".to_owned()))).reveal(),
            "ws://localhost:3000/ws?session=*&events=presence.update&events=session.status&events=message\
             &events=message.any&events=message.ack&x-api-key=a%26b%3Dc%2Fd"
        );
    }

    #[test]
    fn no_name_breaks_out_of_its_place_in_a_url() {
        let waha = waha("http://localhost:3000", "../é?x=1#", false);
        let url = waha.request(&Call::GetAll, None).expect("a call of WAHA").url;
        assert_eq!(url, "http://localhost:3000/api/..%2F%C3%A9%3Fx%3D1%23/presence");
        let url = waha.request(&Call::Session, None).expect("a call of WAHA").url;
        assert_eq!(url, "http://localhost:3000/api/sessions/..%2F%C3%A9%3Fx%3D1%23");
    }
}
