//! Calls as requests: nearly all are actions of an instance.

use super::Waapi;
use crate::gateway::http::{Method, Request, Secret, push_encoded};
use crate::gateway::{Audience, Call, OwnPresence, Privacy};
use crate::machine::error::{Error, ErrorCode};
use crate::machine::id::Id;
use crate::text::{push_json, push_number};

/// Shortest time to wait for an answer, in ms: an action travels through an instance that may be busy.
const PATIENCE_MS: u32 = 20_000;
/// What an answer may take beyond the wait that was asked for, in ms.
const BEYOND_WAIT_MS: u32 = 10_000;

impl Waapi {
    /// The request that makes a call.
    ///
    /// # Errors
    /// `unsupported` where WaAPI has no such action: a list of all chats, the other id of a person, recording.
    pub fn request(&self, call: &Call, key: Option<&Secret>) -> Result<Request, Error> {
        let (action, chat) = match call {
            Call::Get(chat) | Call::Subscribe(chat) => ("get-chat-presence", Some(chat)),
            Call::Snapshot(chat) => ("get-chat-presence-snapshot", Some(chat)),
            Call::StartTyping(chat) | Call::Set(OwnPresence::Typing(chat)) => ("send-typing", Some(chat)),
            Call::StopTyping(chat) | Call::Set(OwnPresence::Paused(chat)) => ("send-stop-typing", Some(chat)),
            Call::Set(OwnPresence::Online) => ("send-presence-available", None),
            Call::Set(OwnPresence::Offline) => ("send-presence-unavailable", None),
            Call::Privacy => ("get-privacy-settings", None),
            Call::SetPrivacy(_) => ("set-privacy-setting", None),
            Call::Session => return Ok(self.send(Method::Get, "status", "", None, key)),
            Call::Set(OwnPresence::Recording(_)) => {
                return Err(unsupported("WaAPI cannot show that we are recording, only that we are typing"));
            }
            Call::GetAll => {
                return Err(unsupported("WaAPI has no list of all chats: read them one by one with rest.get()"));
            }
            Call::LookUp(_) => return Err(unsupported("WaAPI has no call for the other id of a person")),
        };
        let body = self.body(call, chat);
        Ok(self.send(Method::Post, "action/", action, Some(body), key))
    }

    fn send(&self, method: Method, path: &str, action: &str, body: Option<String>, key: Option<&Secret>) -> Request {
        let mut url = self.base_url.clone();
        url.push_str("/instances/");
        push_encoded(&self.instance_id, &mut url);
        url.push_str("/client/");
        url.push_str(path);
        url.push_str(action);
        // Without it the framework behind WaAPI redirects whom it refuses to a page for people.
        let mut headers = vec![("Accept", Secret::new("application/json".to_owned()))];
        if let Some(key) = key {
            let mut bearer = "Bearer ".to_owned();
            bearer.push_str(key.reveal());
            headers.push(("Authorization", Secret::new(bearer)));
        }
        let timeout_ms = self.timeout_ms.saturating_add(BEYOND_WAIT_MS).max(PATIENCE_MS);
        Request { method, url, headers, body, timeout_ms }
    }

    fn body(&self, call: &Call, chat: Option<&Id>) -> String {
        let mut json = "{".to_owned();
        if let Some(chat) = chat {
            json.push_str("\"chatId\":");
            push_json(chat.as_str(), &mut json);
        }
        if matches!(call, Call::Get(_)) {
            json.push_str(if self.wait_for_data { ",\"waitForData\":true" } else { ",\"waitForData\":false" });
            json.push_str(",\"timeoutMs\":");
            push_number(self.timeout_ms as usize, &mut json);
        } else if matches!(call, Call::Subscribe(_)) {
            // Whatever WhatsApp says later comes by webhook: nobody waits for it here.
            json.push_str(",\"waitForData\":false");
        } else if let Call::SetPrivacy(privacy) = call {
            let (category, value) = setting(*privacy);
            for (key, text) in [("\"category\":", category), (",\"value\":", value)] {
                json.push_str(key);
                push_json(text, &mut json);
            }
        }
        json.push('}');
        json
    }
}

/// A privacy setting in WaAPI's words.
const fn setting(privacy: Privacy) -> (&'static str, &'static str) {
    match privacy {
        Privacy::LastSeen(Audience::All) => ("lastSeen", "all"),
        Privacy::LastSeen(Audience::Contacts) => ("lastSeen", "contacts"),
        Privacy::LastSeen(Audience::None) => ("lastSeen", "none"),
        Privacy::Online { follows_last_seen: false } => ("online", "all"),
        Privacy::Online { follows_last_seen: true } => ("online", "match_last_seen"),
        Privacy::ReadReceipts(true) => ("readReceipts", "all"),
        Privacy::ReadReceipts(false) => ("readReceipts", "none"),
    }
}

fn unsupported(message: &str) -> Error {
    Error::new(ErrorCode::Unsupported, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waapi(instance_id: &str, timeout_ms: u32) -> Waapi {
        let base_url = super::super::BASE_URL.to_owned();
        Waapi { base_url, instance_id: instance_id.to_owned(), wait_for_data: true, timeout_ms }
    }

    #[test]
    fn no_instance_breaks_out_of_its_place_in_a_url() {
        let request = waapi("../é?x=1#", 0).request(&Call::Session, None).expect("a call of WaAPI");
        assert_eq!(request.url, "https://waapi.app/api/v1/instances/..%2F%C3%A9%3Fx%3D1%23/client/status");
    }

    #[test]
    fn patience_outlasts_the_wait_that_is_asked_for() {
        for (timeout_ms, patience) in [(0, 20_000), (1_500, 20_000), (10_001, 20_001), (u32::MAX, u32::MAX)] {
            let request = waapi("1", timeout_ms).request(&Call::Session, None).expect("a call of WaAPI");
            assert_eq!(request.timeout_ms, patience);
        }
    }
}
