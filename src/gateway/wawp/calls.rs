//! Calls as requests.

use super::{PresenceField, Version, Wawp};
use crate::gateway::http::{Method, Request, Secret, push_encoded};
use crate::gateway::waha::object;
use crate::gateway::{Call, OwnPresence};
use crate::machine::error::{Error, ErrorCode};
use crate::machine::id::Id;

/// When to give up, in ms: as for WAHA, which is behind it, holds calls while its session does not work, and sleeps
/// up to 3 s over a read.
const TIMEOUT_MS: u32 = 20_000;

const INSTANCE: &str = "instance_id";
const TOKEN: &str = "access_token";

impl Wawp {
    /// The request that makes a call.
    ///
    /// # Errors
    /// `unsupported` for what WAHA can and Wawp does not pass on.
    pub fn request(&self, call: &Call, key: Option<&Secret>) -> Result<Request, Error> {
        match (call, self.version) {
            (Call::Subscribe(chat), Version::V2) => Ok(self.act(&of_chat(chat, "/subscribe"), &[of(chat)], key)),
            // Version 1 subscribes by reading.
            (Call::Subscribe(chat), Version::V1) | (Call::Get(chat), _) => Ok(self.read(&of_chat(chat, ""), key)),
            (Call::Set(presence), _) => Ok(self.act("/presence", &self.presence(presence), key)),
            (Call::StartTyping(chat), Version::V1) => Ok(self.act("/startTyping", &[of(chat)], key)),
            (Call::StopTyping(chat), Version::V1) => Ok(self.act("/stopTyping", &[of(chat)], key)),
            (Call::StartTyping(chat), Version::V2) => Ok(self.act("/send/start-typing", &[of(chat)], key)),
            (Call::StopTyping(chat), Version::V2) => Ok(self.act("/send/stop-typing", &[of(chat)], key)),
            (Call::Session, Version::V1) => Ok(self.read("/session/info", key)),
            (Call::Session, Version::V2) => Ok(self.act("/session/info", &[], key)),
            (Call::Snapshot(_), _) => {
                unsupported("Wawp reads one chat only by subscribing to it: rest.get() does both")
            }
            (Call::GetAll, _) => unsupported("Wawp has no list of all presences: rest.get() reads one chat"),
            (Call::LookUp(_), _) => unsupported("Wawp tells nobody's other id"),
            (Call::Privacy, _) => unsupported("Wawp does not say what our own account shares"),
            (Call::SetPrivacy(_), _) => unsupported("Wawp changes no privacy settings: they are on the phone"),
        }
    }

    /// A call that acts: a JSON body with the credentials, as a form is refused and a query is written to logs.
    fn act(&self, path: &str, fields: &[(&str, &str)], key: Option<&Secret>) -> Request {
        let mut entries = vec![(INSTANCE, self.instance_id.as_str())];
        entries.extend(key.map(|key| (TOKEN, key.reveal())));
        entries.extend(fields);
        Request {
            method: Method::Post,
            url: self.url(path),
            headers: Vec::new(),
            body: Some(object(&entries)),
            timeout_ms: TIMEOUT_MS,
        }
    }

    /// A call that reads: it has no body, so the credentials travel in headers, or in the query for servers that want that.
    fn read(&self, path: &str, key: Option<&Secret>) -> Request {
        let mut url = self.url(path);
        let mut headers = Vec::new();
        if self.credentials_in_query {
            let token = key.map(|key| ("&access_token=", key.reveal()));
            for (name, value) in [("?instance_id=", self.instance_id.as_str())].into_iter().chain(token) {
                url.push_str(name);
                push_encoded(value, &mut url);
            }
        } else {
            if let Some(key) = key {
                let mut bearer = "Bearer ".to_owned();
                bearer.push_str(key.reveal());
                headers.push(("Authorization", Secret::new(bearer)));
            }
            headers.push(("X-Instance-ID", Secret::new(self.instance_id.clone())));
        }
        Request { method: Method::Get, url, headers, body: None, timeout_ms: TIMEOUT_MS }
    }

    fn url(&self, path: &str) -> String {
        let mut url = self.base_url.clone();
        url.push_str(path);
        url
    }

    /// The words of its node for n8n. A chat goes with those that mean one; WAHA refuses it with the others.
    fn presence<'a>(&self, presence: &'a OwnPresence) -> Vec<(&'static str, &'a str)> {
        let (word, chat) = match presence {
            OwnPresence::Online => ("online", None),
            OwnPresence::Offline => ("unavailable", None),
            OwnPresence::Typing(chat) => ("composing", Some(chat)),
            OwnPresence::Recording(chat) => ("recording", Some(chat)),
            OwnPresence::Paused(chat) => ("paused", Some(chat)),
        };
        let field = match self.presence_field {
            PresenceField::Presence => "presence",
            PresenceField::Status => "status",
        };
        let mut fields = vec![(field, word)];
        fields.extend(chat.map(of));
        fields
    }
}

fn of(chat: &Id) -> (&'static str, &str) {
    ("chatId", chat.as_str())
}

fn of_chat(chat: &Id, then: &str) -> String {
    let mut path = "/presence/".to_owned();
    push_encoded(chat.as_str(), &mut path);
    path.push_str(then);
    path
}

fn unsupported(message: &str) -> Result<Request, Error> {
    Err(Error::new(ErrorCode::Unsupported, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wawp(version: Version) -> Wawp {
        Wawp {
            version,
            base_url: version.base_url().to_owned(),
            instance_id: "a b&c".to_owned(),
            presence_field: PresenceField::default(),
            credentials_in_query: false,
        }
    }

    fn chat() -> Id {
        Id::parse("15550001111@c.us").expect("an id")
    }

    #[test]
    fn each_version_is_where_its_vendor_serves_it() {
        for (version, subscribe, typing) in [
            (
                Version::V1,
                "https://wawp.net/wp-json/awp/v1/presence/15550001111%40c.us",
                "https://wawp.net/wp-json/awp/v1/startTyping",
            ),
            (
                Version::V2,
                "https://api.wawp.net/v2/presence/15550001111%40c.us/subscribe",
                "https://api.wawp.net/v2/send/start-typing",
            ),
        ] {
            let url = |call: &Call| wawp(version).request(call, None).expect("a call of Wawp").url;
            assert_eq!(url(&Call::Subscribe(chat())), subscribe);
            assert_eq!(url(&Call::StartTyping(chat())), typing);
        }
    }

    #[test]
    fn the_credentials_are_in_a_url_only_of_reads_that_asked_for_it() {
        let key = Secret::new("s3cr=t".to_owned());
        let calls = [Call::Subscribe(chat()), Call::Get(chat()), Call::Set(OwnPresence::Typing(chat())), Call::Session];
        for version in [Version::V1, Version::V2] {
            let in_query = Wawp { credentials_in_query: true, ..wawp(version) };
            for call in &calls {
                let request = wawp(version).request(call, Some(&key)).expect("a call of Wawp");
                assert!(!request.url.contains("s3cr") && !request.url.contains('?'), "{}", request.url);
                let request = in_query.request(call, Some(&key)).expect("a call of Wawp");
                let reads = request.method == Method::Get;
                assert_eq!(request.url.ends_with("?instance_id=a%20b%26c&access_token=s3cr%3Dt"), reads);
                assert_eq!(request.headers.len(), 0, "not in both places");
                let open = in_query.request(call, None).expect("a call of Wawp");
                assert_eq!(open.url.ends_with("?instance_id=a%20b%26c"), reads, "no key, no token");
                assert!(!open.body.unwrap_or_default().contains(TOKEN), "no key, no token");
            }
        }
    }

    #[test]
    fn the_field_of_our_presence_is_called_as_asked() {
        let wawp = Wawp { presence_field: PresenceField::Status, ..wawp(Version::V2) };
        let request = wawp.request(&Call::Set(OwnPresence::Offline), None).expect("a call of Wawp");
        assert_eq!(request.body.as_deref(), Some(r#"{"instance_id":"a b&c","status":"unavailable"}"#));
    }
}
