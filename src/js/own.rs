//! Our own presence as callers see it: its state, the policy they give, the ghost and its price.

use std::rc::Rc;

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AbortSignal;

use super::client::Client;
use super::object::{object, or_null, word};
use super::options::{Options, refuse};
use crate::patterns::own::OwnState;
use crate::patterns::policy::{Policy, WEEK_MINUTES};
use crate::text::whole_number;

/// Days as callers name them, from the first of the week.
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const DAY_MINUTES: u32 = 24 * 60;

/// What answers a policy's questions.
#[derive(Default)]
pub(super) struct Platform {
    /// An `Intl.DateTimeFormat` of where support is.
    clock: Option<JsValue>,
    healthy: Option<Healthy>,
}

enum Healthy {
    Asked(Function),
    Signalled(AbortSignal),
}

impl Platform {
    /// The minute of the week where support is.
    pub(super) fn minute(&self) -> Option<u32> {
        let parts = call(self.clock.as_ref()?, "formatToParts", &[js_sys::Date::new_0().into()])?;
        let mut minute = None;
        let mut day = None;
        for part in Array::from(&parts).iter() {
            let get = |key: &str| Reflect::get(&part, &JsValue::from_str(key)).ok().and_then(|value| value.as_string());
            let (Some(kind), Some(value)) = (get("type"), get("value")) else { continue };
            let number = whole_number(&value).and_then(|number| u32::try_from(number).ok());
            match kind.as_str() {
                "weekday" => day = DAYS.iter().position(|name| value.eq_ignore_ascii_case(name)),
                // Midnight is 24 in some locales.
                "hour" => minute = number.map(|hour| minute.unwrap_or(0) + hour % 24 * 60),
                "minute" => minute = number.map(|number| minute.unwrap_or(0) + number),
                _ => {}
            }
        }
        Some(u32::try_from(day?).ok()? * DAY_MINUTES + minute?)
    }

    /// Asks whether we are well; `told` may be called later.
    pub(super) fn ask_health(&self, told: impl FnOnce(bool) + 'static) {
        match &self.healthy {
            None => {}
            Some(Healthy::Signalled(signal)) => told(!signal.aborted()),
            Some(Healthy::Asked(ask)) => {
                let asked = ask.call0(&JsValue::UNDEFINED);
                spawn_local(async move {
                    let answer = match asked {
                        // A promise or a plain value alike.
                        Ok(answer) => JsFuture::from(Promise::resolve(&answer)).await,
                        Err(thrown) => Err(thrown),
                    };
                    told(answer.is_ok_and(|answer| answer == JsValue::TRUE));
                });
            }
        }
    }
}

/// A policy, and what answers its questions.
pub(super) fn read_policy(value: &JsValue) -> Result<(Policy, Platform), JsValue> {
    let mut options = Options::new("policy", value)?;
    let hours = options.get("hours")?;
    let healthy = options.get("healthy")?;
    let pulse_ms = u64::from(options.number("pulseEveryMs", 900_000, 86_400_000, 0)?);
    options.finish()?;
    let (clock, spans) = hours.map(|hours| read_hours(&hours)).transpose()?.unzip();
    let healthy = healthy.map(|value| read_healthy(&value)).transpose()?;
    let policy = Policy::new(spans, healthy.is_some(), (pulse_ms > 0).then_some(pulse_ms));
    Ok((policy, Platform { clock, healthy }))
}

fn read_healthy(value: &JsValue) -> Result<Healthy, JsValue> {
    if let Some(ask) = value.dyn_ref::<Function>() {
        return Ok(Healthy::Asked(ask.clone()));
    }
    // Duck-typed: a signal of another frame is no instance of ours.
    if value.is_object() && Reflect::has(value, &JsValue::from_str("aborted")).unwrap_or(false) {
        return Ok(Healthy::Signalled(value.clone().unchecked_into()));
    }
    Err(refuse("policy.healthy", "a function or an AbortSignal", value))
}

/// The clock of a place, and the spans of minutes of its week in which support is open.
fn read_hours(value: &JsValue) -> Result<(JsValue, Vec<(u32, u32)>), JsValue> {
    let mut options = Options::new("policy.hours", value)?;
    let zone = options.get("timeZone")?.unwrap_or(JsValue::UNDEFINED);
    let open = options.get("open")?.unwrap_or(JsValue::UNDEFINED);
    options.finish()?;
    let clock = clock_of(&zone).ok_or_else(|| refuse("policy.hours.timeZone", "a time zone that Intl knows", &zone))?;
    if !Array::is_array(&open) {
        return Err(refuse("policy.hours.open", "an array of { days, from, to }", &open));
    }
    let mut spans = Vec::new();
    for (n, span) in Array::from(&open).iter().enumerate() {
        let mut path = String::from("policy.hours.open[");
        crate::text::push_u64(n as u64, &mut path);
        path.push(']');
        let mut span = Options::new(&path, &span)?;
        let days = span.get("days")?.unwrap_or(JsValue::UNDEFINED);
        let (from, to) = (span.get("from")?, span.get("to")?);
        let (Some(from), Some(to)) = (minute_of_day(from), minute_of_day(to)) else {
            return Err(refuse(&path, "from and to such as \"09:00\"", &JsValue::UNDEFINED));
        };
        if !Array::is_array(&days) {
            return Err(refuse(&span.at("days"), "an array of days", &days));
        }
        for day in Array::from(&days).iter() {
            let named = day.as_string().and_then(|day| DAYS.iter().position(|name| *name == day));
            let named = named.and_then(|day| u32::try_from(day).ok());
            let Some(day) = named else {
                return Err(refuse(&span.at("days"), "days from \"monday\" to \"sunday\"", &day));
            };
            let begins = day * DAY_MINUTES + from;
            let ends = day * DAY_MINUTES + if to > from { to } else { to + DAY_MINUTES };
            spans.push((begins, if ends > WEEK_MINUTES { ends - WEEK_MINUTES } else { ends }));
        }
        span.finish()?;
    }
    Ok((clock, spans))
}

/// `"09:30"` as minutes; `"24:00"` is the end of a day.
fn minute_of_day(time: Option<JsValue>) -> Option<u32> {
    let time = time?.as_string()?;
    let [h, hh, b':', m, mm] = *time.as_bytes() else { return None };
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    let (hours, minutes) = (digit(h)? * 10 + digit(hh)?, digit(m)? * 10 + digit(mm)?);
    (minutes < 60 && hours * 60 + minutes <= DAY_MINUTES).then_some(hours * 60 + minutes)
}

/// A formatter that tells day, hour and minute of a place. Summer time is its business.
fn clock_of(zone: &JsValue) -> Option<JsValue> {
    zone.as_string()?;
    let settings = object(&[
        ("timeZone", zone.clone()),
        ("weekday", word("long")),
        ("hour", word("2-digit")),
        ("minute", word("2-digit")),
        ("hourCycle", word("h23")),
    ]);
    let intl = Reflect::get(&js_sys::global(), &JsValue::from_str("Intl")).ok()?;
    let class: Function = Reflect::get(&intl, &JsValue::from_str("DateTimeFormat")).ok()?.dyn_into().ok()?;
    Reflect::construct(&class, &Array::of2(&JsValue::from_str("en-US"), &settings)).ok()
}

fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let method: Function = Reflect::get(object, &JsValue::from_str(method)).ok()?.dyn_into().ok()?;
    method.apply(object, &arguments.iter().collect()).ok()
}

/// What our account says of itself, frozen.
pub(super) fn to_js(own: OwnState) -> JsValue {
    let flag = |flag: bool| JsValue::from_bool(flag);
    let availability = match own.online {
        Some(true) => "online",
        Some(false) => "offline",
        None => "unknown",
    };
    let policy = own.policy.map(|(leads, open, healthy)| {
        object(&[("runsHere", flag(leads)), ("open", or_null(open.map(flag))), ("healthy", or_null(healthy.map(flag)))])
    });
    object(&[
        ("availability", word(availability)),
        ("claimed", flag(own.claimed)),
        ("claimedElsewhere", flag(own.claimed_elsewhere)),
        ("ghost", flag(own.ghost)),
        ("ghostElsewhere", flag(own.ghost_elsewhere)),
        ("policy", or_null(policy)),
    ])
}

/// Sets a policy, or ends it.
pub(super) fn set_policy(client: &Rc<Client>, value: &JsValue) -> Result<(), JsValue> {
    let policy = if value.is_null() {
        *client.platform.borrow_mut() = Platform::default();
        None
    } else {
        let (policy, platform) = read_policy(value)?;
        *client.platform.borrow_mut() = platform;
        Some(policy)
    };
    client.driver.set_policy(policy);
    Ok(())
}
