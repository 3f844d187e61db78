//! What people do with presence, on `Presence`: composing, our own presence, waiting, routing, momentum, the log.

use std::rc::Rc;

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;

use super::client::{Client, Presence};
use super::composer::Composer;
use super::convert::{Wall, number};
use super::error::misuse;
use super::ghost::Ghost;
use super::log::ActivityLog;
use super::object::{object, or_null};
use super::options::{self, Options};
use super::watch::Watching;
use super::{own, wait};
use crate::browser::listeners::{self, Listeners};
use crate::machine::error::ErrorCode;
use crate::machine::id::{Id, IdKind};
use crate::machine::{ChatKey, PersonKey};
use crate::patterns::cohort::MOST_PEOPLE;
use crate::patterns::momentum::Momentum;

#[wasm_bindgen]
impl Presence {
    /// Shows a chat that we type or record.
    #[wasm_bindgen(skip_typescript)]
    pub fn composer(&self, chat: &JsValue, options: &JsValue) -> Result<Composer, JsValue> {
        self.client.open()?;
        let chat = options::chat(chat)?;
        let mut options = Options::new("options", options)?;
        let signal = options.signal()?;
        options.finish()?;
        Composer::open(&self.client, &chat, signal.as_ref())
    }

    /// Claims that we are online.
    #[wasm_bindgen(js_name = setOnline, skip_typescript)]
    pub fn set_online(&self) -> Result<(), JsValue> {
        self.claim(true)
    }

    /// Ends the claim.
    #[wasm_bindgen(js_name = setOffline, skip_typescript)]
    pub fn set_offline(&self) -> Result<(), JsValue> {
        self.claim(false)
    }

    /// When to be online by itself.
    #[wasm_bindgen(js_name = setPolicy, skip_typescript)]
    pub fn set_policy(&self, policy: &JsValue) -> Result<(), JsValue> {
        self.seen()?;
        own::set_policy(&self.client, policy)
    }

    /// What our account says of itself.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn own(&self) -> JsValue {
        self.client.own.borrow().clone()
    }

    /// Hears of that.
    #[wasm_bindgen(js_name = listenOwn, skip_typescript)]
    pub fn listen_own(&self, callback: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
        super::client::listen_with(&self.client, callback, options, |client| &client.of_own)
    }

    /// Keeps our account unseen.
    #[wasm_bindgen(skip_typescript)]
    pub fn ghost(&self, options: &JsValue) -> Result<Ghost, JsValue> {
        self.seen()?;
        let mut options = Options::new("options", options)?;
        let hides_reads = options.one_of("readReceipts", &["leave", "off"])? == 1;
        options.finish()?;
        Ok(Ghost::begin(&self.client, hides_reads))
    }

    /// Waits until nobody else types.
    #[wasm_bindgen(js_name = whenQuiet, skip_typescript)]
    pub fn when_quiet(&self, chat: &JsValue, options: &JsValue) -> Promise {
        wait::quiet(&self.client, chat, options)
    }

    /// Waits until they write.
    #[wasm_bindgen(js_name = whenMessage, skip_typescript)]
    pub fn when_message(&self, chat: &JsValue, options: &JsValue) -> Promise {
        wait::message(&self.client, chat, options)
    }

    /// Waits until they are online.
    #[wasm_bindgen(js_name = whenOnline, skip_typescript)]
    pub fn when_online(&self, chat: &JsValue, options: &JsValue) -> Promise {
        wait::online(&self.client, chat, options)
    }

    /// Where to send a conversation.
    #[wasm_bindgen(skip_typescript)]
    pub fn routing(&self, chat: &JsValue, options: &JsValue) -> Promise {
        wait::routing(&self.client, chat, options)
    }

    /// Hears when one of a few people comes online.
    #[wasm_bindgen(js_name = onAvailable, skip_typescript)]
    pub fn on_available(&self, people: &JsValue, callback: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
        self.client.open()?;
        let people = read_people(people)?;
        let callback = options::callback(callback)?;
        let mut options = Options::new("options", options)?;
        let cool_down_ms = u64::from(options.number("coolDownMs", 0, 604_800_000, 3_600_000)?);
        let priority = match options.get("priority")? {
            Some(priority) => options::priority("options.priority", &priority)?,
            None => crate::machine::Priority::Background,
        };
        let signal = options.signal()?;
        options.finish()?;
        let client = &self.client;
        let watches: Vec<_> = people.iter().map(|person| Watching::begin(client, person, priority)).collect();
        let mut listening = None;
        client.driver.begin(
            |session, now| session.await_people(&people, cool_down_ms, now),
            |cohort| {
                listening = cohort.map(|cohort| {
                    let end = {
                        let client = Rc::downgrade(client);
                        move || {
                            watches.iter().for_each(|watch| watch.finish());
                            if let Some(client) = client.upgrade() {
                                client.driver.with(|session, _, _| session.patterns_mut().forget_people(cohort));
                            }
                        }
                    };
                    let list: fn(&Client) -> &Listeners = |client| &client.of_people;
                    listeners::listen_until(client, list, cohort.number(), callback, signal.as_ref(), end)
                });
            },
        );
        listening.ok_or_else(|| misuse(ErrorCode::InvalidOption, "people: expected at most 64 cohorts at once"))
    }

    /// How somebody's side of a conversation moves.
    #[wasm_bindgen(skip_typescript)]
    pub fn momentum(&self, chat: &JsValue, participant: &JsValue) -> Result<JsValue, JsValue> {
        self.client.intact()?;
        let chat = options::chat(chat)?;
        let participant = if participant.is_undefined() { None } else { Some(options::chat(participant)?) };
        let (now, wall) = self.client.driver.time();
        let momentum = self
            .client
            .driver
            .read(|session| session.patterns().momentum(&chat, participant.as_ref(), session.machine(), now));
        Ok(or_null(momentum.map(|momentum| momentum_to_js(momentum, Wall { wall, now }))))
    }

    /// Hears when somebody turns out to struggle.
    #[wasm_bindgen(js_name = onStruggling, skip_typescript)]
    pub fn on_struggling(&self, callback: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
        super::client::listen_with(&self.client, callback, options, |client| &client.of_struggling)
    }

    /// What happened lately.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn log(&self) -> ActivityLog {
        ActivityLog::new(Rc::clone(&self.client))
    }

    /// Refuses where the client is closed, or others can be shown nothing of us.
    fn seen(&self) -> Result<(), JsValue> {
        self.client.open()?;
        self.client.driver.read(|session| session.can_be_seen()).map_err(|error| self.client.error(&error))
    }

    fn claim(&self, online: bool) -> Result<(), JsValue> {
        self.seen()?;
        self.client.driver.with(|session, _, now| session.patterns_mut().own.claim(online, now));
        Ok(())
    }
}

/// What is told of somebody who turned out to struggle; nothing of a chat that was forgotten meanwhile.
pub(super) fn struggling(client: &Client, chat: ChatKey, person: PersonKey) -> Option<JsValue> {
    let (now, wall) = client.driver.time();
    client.driver.read(|session| {
        let machine = session.machine();
        let (id, participant) = (machine.id_of(chat)?, machine.participant_id(chat, person)?);
        let momentum = session.patterns().momentum(id, Some(participant), machine, now)?;
        Some(object(&[
            ("chat", JsValue::from_str(id.as_str())),
            ("participant", JsValue::from_str(participant.as_str())),
            ("momentum", momentum_to_js(momentum, Wall { wall, now })),
        ]))
    })
}

fn momentum_to_js(momentum: Momentum, wall: Wall) -> JsValue {
    let reply = momentum.reply.map(|reply| {
        object(&[
            ("atMs", wall.of(reply.at)),
            ("afterMs", or_null(reply.after_ms.map(number))),
            ("composingMs", number(reply.composing_ms)),
            ("bursts", number(reply.bursts.into())),
        ])
    });
    object(&[
        ("firstComposingAtMs", or_null(momentum.first_composing_at.map(|at| wall.of(at)))),
        ("bursts", number(momentum.bursts.into())),
        ("composingMs", number(momentum.composing_ms)),
        ("struggling", JsValue::from_bool(momentum.struggling)),
        ("lastReply", or_null(reply)),
        ("lastReadAtMs", or_null(momentum.last_read_at.map(|at| wall.of(at)))),
    ])
}

/// A few people, no groups.
fn read_people(value: &JsValue) -> Result<Vec<Id>, JsValue> {
    if !Array::is_array(value) {
        return Err(options::refuse("people", "an array of chat ids", value));
    }
    let mut people = Vec::new();
    for person in Array::from(value).iter() {
        let id = options::chat(&person)?;
        if !matches!(id.kind(), IdKind::Contact | IdKind::Lid) {
            return Err(misuse(ErrorCode::InvalidChat, "people: expected @c.us and @lid ids"));
        }
        people.push(id);
    }
    if people.len() > MOST_PEOPLE {
        let message = "people: expected at most 50, found more: scanning many gets accounts banned";
        return Err(misuse(ErrorCode::InvalidOption, message));
    }
    Ok(people)
}
