//! The simulated gateway as a test sees it: a session of its own, people who do what they are told, and a log.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::cell::Cell;

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::browser_support::{ANA, ANA_LID, BEN, Client, TEAM, at, exchange, js, number, sleep, text};

thread_local! {
    static NEXT_SESSION: Cell<u32> = const { Cell::new(0) };
}

/// One session on the gateway, forgotten by [`Gateway::forget`].
pub(crate) struct Gateway {
    pub(crate) url: &'static str,
    pub(crate) admin_key: &'static str,
    pub(crate) session: String,
}

impl Gateway {
    /// A session with Ana (who has a hidden id), Ben, and their group. `None` where no gateway runs.
    pub(crate) async fn open() -> Option<Self> {
        Self::with("").await
    }

    /// The same, with more said of the session, such as `"engine":"GOWS",`.
    pub(crate) async fn with(more: &str) -> Option<Self> {
        let (url, admin_key) = (option_env!("SIMULATOR_URL")?, option_env!("SIMULATOR_API_KEY")?);
        let n = NEXT_SESSION.replace(NEXT_SESSION.get() + 1);
        // A page that is loaded again begins anew.
        let session = format!("wire{n}-{}", js_sys::Date::now());
        let gateway = Self { url, admin_key, session };
        let (key, reader) = (gateway.key(), gateway.reader_key());
        let keys = format!(r#"[{{"key":"{key}"}},{{"key":"{reader}","scopes":["read"]}}]"#);
        let body = format!(r#"{{{more}"name":"{}","scopedKeys":{keys}}}"#, gateway.session);
        gateway.send("POST", "sessions", &body).await;
        // Seen under their number unless a test says otherwise.
        let ana = format!(r#"{{"name":"Ana","id":"{ANA}","lid":"{ANA_LID}","shownAsLid":false}}"#);
        gateway.control("people", &ana).await;
        gateway.control("people", &format!(r#"{{"name":"Ben","id":"{BEN}"}}"#)).await;
        gateway.control("groups", &format!(r#"{{"name":"Team","id":"{TEAM}","members":["Ana","Ben"]}}"#)).await;
        Some(gateway)
    }

    /// A key that may do everything in this session.
    pub(crate) fn key(&self) -> String {
        format!("key_{}_all", self.session)
    }

    /// A key that may only read.
    pub(crate) fn reader_key(&self) -> String {
        format!("key_{}_read", self.session)
    }

    // ---- Clients --------------------------------------------------------------------------------------------------------

    /// A client with the full key. Typing lives for 600 ms, so that tests are quick.
    pub(crate) fn connect(&self) -> Client {
        self.connect_with("", "")
    }

    /// A client without a feed or look-ups: it calls what it is told to call.
    pub(crate) fn caller(&self) -> Client {
        self.connect_with("feed: false, lookUpIds: false,", "")
    }

    /// A client with more options, of the gateway and of all; what is said twice, the later wins.
    pub(crate) fn connect_with(&self, of_gateway: &str, options: &str) -> Client {
        connect_object(&self.options(of_gateway, options))
    }

    /// The options of such a client.
    pub(crate) fn options(&self, of_gateway: &str, options: &str) -> JsValue {
        let (url, session, key) = (self.url, &self.session, self.key());
        js(&format!(
            "{{ gateway: {{ kind: 'waha', baseUrl: '{url}', session: '{session}', apiKey: '{key}', {of_gateway} }},
                typingTtlMs: 600, {options} }}"
        ))
    }

    // ---- Control --------------------------------------------------------------------------------------------------------

    async fn send(&self, method: &str, path: &str, body: &str) -> JsValue {
        let body = (!body.is_empty()).then(|| body.to_owned());
        let answer = JsFuture::from(exchange(method, &format!("{}/_control/{path}", self.url), body)).await;
        answer.unwrap_or_else(|error| panic!("{}", text(&error, "message")))
    }

    /// `POST /_control/sessions/{session}/{what}`.
    pub(crate) async fn control(&self, what: &str, body: &str) -> JsValue {
        self.send("POST", &format!("sessions/{}/{what}", self.session), body).await
    }

    /// Somebody does something in their own chat.
    pub(crate) async fn act(&self, person: &str, does: &str) {
        self.control("act", &format!(r#"{{"person":"{person}","does":"{does}"}}"#)).await;
    }

    /// The next calls whose `METHOD /path` contains `route` are answered so.
    pub(crate) async fn fail(&self, route: &str, status: u16, body: &str, more: &str) {
        let body = if body.is_empty() { String::new() } else { format!(r#""body":{body},"#) };
        self.control("fail", &format!(r#"{{{more}{body}"status":{status},"route":"{route}"}}"#)).await;
    }

    pub(crate) async fn set_status(&self, status: &str) {
        self.control("status", &format!(r#"{{"status":"{status}"}}"#)).await;
    }

    /// What the gateway noted of this session.
    pub(crate) async fn log(&self) -> JsValue {
        self.send("GET", &format!("sessions/{}/log", self.session), "").await
    }

    /// What somebody sees of us.
    pub(crate) async fn view(&self, person: &str) -> JsValue {
        self.send("GET", &format!("sessions/{}/view?person={person}", self.session), "").await
    }

    /// How many calls there were of a route.
    pub(crate) async fn calls(&self, route: &str) -> u32 {
        let count = number(&self.log().await, &format!("counts.{route}"));
        js_sys::Number::from(count).value_of().max(0.0) as u32
    }

    /// How many calls there were of any.
    pub(crate) async fn all_calls(&self) -> u32 {
        let counts = js_sys::Object::values(&at(&self.log().await, "counts").into());
        counts.iter().filter_map(|count| count.as_f64()).sum::<f64>() as u32
    }

    pub(crate) async fn sockets(&self) -> u32 {
        number(&self.log().await, "openSockets") as u32
    }

    /// What would have been posted since the post of that number, where a hook keeps it.
    pub(crate) async fn posts(&self, after: f64) -> JsValue {
        self.send("GET", &format!("sessions/{}/posts?after={after}", self.session), "").await
    }

    /// Waits until the gateway tells us of a chat, and has told how its people are: WhatsApp greets whoever subscribes.
    pub(crate) async fn subscribed(&self, chat: &str) {
        let mut log = JsValue::UNDEFINED;
        for _ in 0..300 {
            log = self.log().await;
            let watching = at(&log, "watching").unchecked_into::<Array>();
            if watching.iter().any(|id| id.as_string().as_deref() == Some(chat)) {
                return sleep(GREETING_MS).await;
            }
            sleep(20).await;
        }
        panic!("not subscribed within 6 s: {}", String::from(js_sys::JSON::stringify(&log).unwrap_or_default()));
    }

    /// Ends the session on the gateway.
    pub(crate) async fn forget(self, client: Client) {
        client.end();
        self.delete().await;
    }

    pub(crate) async fn delete(&self) {
        self.send("DELETE", &format!("sessions/{}", self.session), "").await;
    }
}

/// `connect` with options that hold what no text can: functions and signals.
pub(crate) fn connect_object(options: &JsValue) -> Client {
    let client = wa_presence::js::connect(options).unwrap_or_else(|error| panic!("{}", text(&error, "message")));
    JsValue::from(client).unchecked_into()
}

/// The longest a greeting takes, and a little for its way here, in ms.
const GREETING_MS: u32 = 300;

/// Waits until events reach the client, which is a second before it believes so itself.
pub(crate) async fn listening(gateway: &Gateway) {
    for _ in 0..200 {
        if gateway.sockets().await > 0 {
            return;
        }
        sleep(10).await;
    }
    panic!("no socket within 2 s");
}

/// Waits until the feed is open and the session is known to work.
pub(crate) async fn open(client: &Client) {
    let so = || text(&client.connection(), "state") == "open" && text(&client.connection(), "session") == "working";
    crate::browser_support::eventually("open and working", 6_000, so).await;
}
