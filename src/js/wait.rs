//! Questions about a chat as promises, and what they resolve with.

use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::client::Client;
use super::convert::number;
use super::object::{object, or_null, word};
use super::options::{self, Options};
use super::promises::Promises;
use crate::machine::id::Id;
use crate::patterns::question::{Answered, Question, QuestionId, Reason};

/// How an answer looks to whoever asked.
pub(super) type Shape = fn(Answered) -> JsValue;

/// In ms: a day.
const LONGEST_WAIT_MS: u32 = 86_400_000;

/// Is it quiet?
pub(super) fn quiet(client: &Rc<Client>, chat: &JsValue, options: &JsValue) -> Promise {
    ask(client, chat, options, 60_000, LONGEST_WAIT_MS, show_quiet, |options| {
        let quiet_ms = u64::from(options.number("quietMs", 0, 600_000, 10_000)?);
        Ok(Question::Quiet { participant: participant(options)?, quiet_ms })
    })
}

/// Did they write?
pub(super) fn message(client: &Rc<Client>, chat: &JsValue, options: &JsValue) -> Promise {
    let shape: Shape = |answer| JsValue::from_bool(answer.reason == Reason::Message);
    ask(client, chat, options, 60_000, LONGEST_WAIT_MS, shape, |options| {
        Ok(Question::Message { participant: participant(options)? })
    })
}

/// Are they there?
pub(super) fn online(client: &Rc<Client>, chat: &JsValue, options: &JsValue) -> Promise {
    ask(client, chat, options, 3_600_000, LONGEST_WAIT_MS, show_arrival, |_| Ok(Question::Online))
}

/// Where to send them?
pub(super) fn routing(client: &Rc<Client>, chat: &JsValue, options: &JsValue) -> Promise {
    ask(client, chat, options, 3_000, 60_000, show_routing, |options| {
        Ok(Question::Routing { max_age_ms: u64::from(options.number("maxAgeMs", 0, 3_600_000, 30_000)?) })
    })
}

fn ask(
    client: &Rc<Client>,
    chat: &JsValue,
    options: &JsValue,
    usual_wait_ms: u32,
    longest_wait_ms: u32,
    shape: Shape,
    read: fn(&mut Options) -> Result<Question, JsValue>,
) -> Promise {
    let asked = || {
        client.open()?;
        let chat = options::chat(chat)?;
        let mut options = Options::new("options", options)?;
        let signal = options.signal()?;
        let max_wait_ms = u64::from(options.number("maxWaitMs", 0, longest_wait_ms, usual_wait_ms)?);
        let question = read(&mut options)?;
        options.finish()?;
        let mut begin = |client: &Rc<Client>, noted: &dyn Fn(u64)| {
            client.driver.begin(|session, now| session.ask(&chat, question.clone(), max_wait_ms, now).number(), noted);
        };
        let list: fn(&Client) -> &Promises = |client| &client.asked;
        Ok(Promises::promise(client, list, Some(shape), signal.as_ref(), &mut begin, |client, number| {
            client.driver.with(|session, _, now| session.withdraw(QuestionId::numbered(number), now));
        }))
    };
    asked().unwrap_or_else(|error: JsValue| Promise::reject(&error))
}

fn participant(options: &mut Options) -> Result<Option<Id>, JsValue> {
    options.get("participant")?.map(|id| options::chat(&id)).transpose()
}

fn show_quiet(answer: Answered) -> JsValue {
    let reason = match answer.reason {
        Reason::Quiet => "quiet",
        Reason::Message => "message",
        Reason::MaxWait => "max-wait",
        Reason::Online | Reason::Offline | Reason::NoData | Reason::Withheld => "no-data",
    };
    object(&[("reason", word(reason)), ("waitedMs", number(answer.waited_ms))])
}

fn show_arrival(answer: Answered) -> JsValue {
    let reason = match answer.reason {
        Reason::Online => "online",
        Reason::MaxWait => "max-wait",
        Reason::Quiet | Reason::Message | Reason::Offline | Reason::NoData | Reason::Withheld => "no-data",
    };
    object(&[("reason", word(reason)), ("waitedMs", number(answer.waited_ms))])
}

fn show_routing(answer: Answered) -> JsValue {
    let (route, reason) = match answer.reason {
        Reason::Online => ("priority", "online"),
        Reason::Offline => ("standard", "offline"),
        Reason::Withheld => ("unknown", "withheld"),
        Reason::Quiet | Reason::Message | Reason::MaxWait | Reason::NoData => ("unknown", "no-data"),
    };
    object(&[("route", word(route)), ("reason", word(reason)), ("ageMs", or_null(answer.age_ms.map(number)))])
}
