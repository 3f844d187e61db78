//! What all tests share: a simulated gateway with puppets, a relay that has it as an account, tickets, readers.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use wa_presence_relay::clock::Clock;
use wa_presence_relay::ticket::{Algorithm, Chats, Claims, Scope, mint};
use wa_presence_simulator::face::waha::Engine;
use wa_presence_simulator::http;
use wa_presence_simulator::simulator::{Config, Instances, NewSession, Simulator};
use wa_presence_simulator::time::Instant;
use wa_presence_simulator::traffic::webhook::Retries;

use super::process::Relay;
use super::reader::Reader;

/// How long anything is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const TICKET_KEY: &str = "a-ticket-key-of-the-tests-32-bytes";
pub(crate) const HOOK_SECRET: &str = "a-hook-secret-of-the-tests";
pub(crate) const ADMIN_KEY: &str = "admin-key-of-the-tests";
pub(crate) const WAWP: (&str, &str) = ("ABCDEF123456", "wawp-token-of-the-tests");
pub(crate) const WAAPI: (u64, &str) = (417, "waapi-token-of-the-tests");
pub(crate) const ANA: &str = "15550200001@c.us";
pub(crate) const BEN: &str = "15550200002@c.us";
pub(crate) const LIA: &str = "15550200003@c.us";
pub(crate) const LIAS_LID: &str = "99000000200003@lid";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    Waha,
    Wawp,
    Waapi,
}

impl Face {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Waha => "waha",
            Self::Wawp => "wawp",
            Self::Waapi => "waapi",
        }
    }

    /// The call that subscribes, in the simulator's words.
    pub(crate) const fn subscribes_by(self) -> &'static str {
        match self {
            Self::Waha | Self::Wawp => "subscribe",
            Self::Waapi => "chatPresence",
        }
    }
}

pub(crate) struct Stage {
    pub(crate) gateway: String,
    pub(crate) relay: Relay,
    pub(crate) client: reqwest::Client,
    face: Face,
    config: String,
    secrets: Vec<(String, String)>,
}

impl Stage {
    /// A gateway with Ana and Ben, and a relay to which it posts.
    pub(crate) async fn new(face: Face) -> Self {
        Self::with(face, "", "").await
    }

    /// The same with more options of the account, and more at the end of the configuration.
    pub(crate) async fn with(face: Face, account: &str, more: &str) -> Self {
        Self::sharing(face, account, more, &[]).await
    }

    /// The same with more in the relay's environment.
    pub(crate) async fn sharing(face: Face, account: &str, more: &str, environment: &[(&str, &str)]) -> Self {
        let gateway = gateway().await;
        let place = match face {
            Face::Waha => format!("base_url = \"{gateway}\"\ntoken_env = \"WAHA_KEY\""),
            Face::Wawp => {
                let id = WAWP.0;
                format!("base_url = \"{gateway}/v2\"\ninstance_id = \"{id}\"\ntoken_env = \"WAWP_TOKEN\"")
            }
            Face::Waapi => {
                let id = WAAPI.0;
                format!("base_url = \"{gateway}/api/v1\"\ninstance_id = \"{id}\"\ntoken_env = \"WAAPI_TOKEN\"")
            }
        };
        let signed = if account.contains("feed = true") { "" } else { "webhook_secret_env = \"HOOK_SECRET\"" };
        let config = format!(
            "origins = [\"https://crm.example\"]\nstate_dir = \"state\"\n[tickets]\nkey_env = \"TICKET_KEY\"\n\
             [accounts.support]\ngateway = \"{}\"\n{place}\n{signed}\n{account}\n\
             [accounts.other]\ngateway = \"waapi\"\nbase_url = \"{gateway}/api/v1\"\ninstance_id = \"1\"\n\
             token_env = \"WAAPI_TOKEN\"\nunsigned = true\n{more}\n",
            face.name(),
        );
        let secrets =
            [("WAHA_KEY", ADMIN_KEY), ("WAWP_TOKEN", WAWP.1), ("WAAPI_TOKEN", WAAPI.1), ("HOOK_SECRET", HOOK_SECRET)];
        let secrets = [&secrets[..], environment].concat();
        let relay = Relay::start(&config, &secrets);
        let secrets = secrets.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let stage = Self { gateway, relay, client: reqwest::Client::new(), face, config, secrets };
        stage.control("people", json!({ "name": "Ana", "id": ANA })).await;
        stage.control("people", json!({ "name": "Ben", "id": BEN })).await;
        // Whatever is told of Lia is told of her hidden id.
        stage.control("people", json!({ "name": "Lia", "id": LIA, "lid": LIAS_LID })).await;
        stage.post_to(&stage.relay).await;
        stage
    }

    /// Has the gateway post its webhooks to a relay, besides those it posts to already.
    pub(crate) async fn post_to(&self, relay: &Relay) {
        let url = format!("{}/hooks/support", relay.url);
        self.control("webhooks", json!({ "url": url, "secret": HOOK_SECRET, "face": self.face.name() })).await;
    }

    /// Another relay with the same accounts and the same environment.
    pub(crate) fn another(&self) -> Relay {
        let secrets: Vec<_> = self.secrets.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Relay::start(&self.config, &secrets)
    }

    pub(crate) async fn control(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/_control/sessions/default/{path}", self.gateway);
        let answer = self.client.post(url).body(body.to_string()).send().await.expect("the gateway answers");
        assert!(answer.status().is_success(), "{path}: {:?}", answer.text().await);
        serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON")
    }

    pub(crate) async fn act(&self, person: &str, does: &str) {
        self.control("act", json!({ "person": person, "does": does })).await;
    }

    /// How often the gateway was called so.
    pub(crate) async fn count(&self, route: &str) -> u64 {
        let url = format!("{}/_control/sessions/default/log", self.gateway);
        let text = self.client.get(url).send().await.expect("an answer").text().await.expect("a body");
        let log: Value = serde_json::from_str(&text).expect("JSON");
        log["counts"][route].as_u64().unwrap_or_default()
    }

    /// Waits until the gateway was called so often, at least.
    pub(crate) async fn until_count(&self, route: &str, least: u64) {
        tokio::time::timeout(PATIENCE, self.until_count_in_time(route, least)).await.expect("the gateway is called");
    }

    /// The same, however long it takes.
    pub(crate) async fn until_count_in_time(&self, route: &str, least: u64) {
        while self.count(route).await < least {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) async fn post(&self, path: &str, headers: &[(&str, &str)], body: impl Into<reqwest::Body>) -> Answer {
        self.send(reqwest::Method::POST, path, headers, body).await
    }

    pub(crate) async fn send(
        &self,
        method: reqwest::Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let mut request = self.client.request(method, format!("{}{path}", self.relay.url)).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.expect("the relay answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a body");
        Answer { status, headers, json: serde_json::from_str(&text).unwrap_or_default(), text }
    }

    /// Opens a feed.
    pub(crate) async fn feed(&self, ticket: &str, chats: &[&str], after: Option<&str>) -> Reader {
        self.feed_at(&self.relay, ticket, chats, after).await
    }

    /// Opens a feed at a relay.
    pub(crate) async fn feed_at(&self, relay: &Relay, ticket: &str, chats: &[&str], after: Option<&str>) -> Reader {
        let chats: Vec<_> = chats.iter().map(|chat| json!({ "chat": chat, "priority": "focused" })).collect();
        let mut request = self.client.post(format!("{}/feed", relay.url)).bearer_auth(ticket);
        if let Some(after) = after {
            request = request.header("last-event-id", after);
        }
        let response = request.body(json!({ "chats": chats }).to_string()).send().await.expect("an answer");
        assert_eq!(response.status(), 200, "{:?}", response.text().await);
        Reader::new(response)
    }

    pub(crate) async fn call(&self, ticket: &str, call: &str, chat: Option<&str>) -> Answer {
        let bearer = format!("Bearer {ticket}");
        let body = json!({ "call": call, "chat": chat }).to_string();
        self.post("/call", &[("authorization", &bearer)], body).await
    }
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) json: Value,
    pub(crate) text: String,
}

/// What a good ticket holds, to be changed.
pub(crate) fn claims() -> Claims {
    Claims {
        sub: "agent-1".to_owned(),
        exp: Clock::new().wall().as_ms() / 1_000 + 600,
        account: "support".to_owned(),
        chats: Chats::Word("*".to_owned()),
        scopes: vec![Scope::Read, Scope::Send],
        aliases: BTreeMap::new(),
        aud: None,
    }
}

pub(crate) fn signed(claims: &Claims) -> String {
    mint(Algorithm::Hs256, TICKET_KEY.as_bytes(), claims).expect("a ticket")
}

pub(crate) fn ticket() -> String {
    signed(&claims())
}

pub(crate) fn ticket_of(subject: &str) -> String {
    signed(&Claims { sub: subject.to_owned(), ..claims() })
}

pub(crate) fn ticket_for(chats: &[&str]) -> String {
    let chats = Chats::List(chats.iter().map(|chat| (*chat).to_owned()).collect());
    signed(&Claims { chats, ..claims() })
}

async fn gateway() -> String {
    let retries = Retries { delay: Duration::from_millis(50), attempts: 100 };
    let config = Config { seed: 7, epoch: http::epoch(), api_key: ADMIN_KEY.to_owned(), query_key: false, retries };
    let mut simulator = Simulator::new(config);
    let instances = Instances {
        wawp_id: Some(WAWP.0.to_owned()),
        wawp_token: Some(WAWP.1.to_owned()),
        waapi_id: Some(WAAPI.0),
        waapi_token: Some(WAAPI.1.to_owned()),
    };
    let engine = Engine::Noweb;
    let new = NewSession { name: "default".to_owned(), engine, instances, ..NewSession::default() };
    simulator.create_session(&new, Instant::ZERO).expect("the name is good");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(http::serve(simulator, listener, std::future::pending()));
    format!("http://{address}")
}
