//! Options, read strictly: an unknown key, a wrong type or a value out of range is refused with its path, what was expected
//! and what was found. The value itself is never repeated when it may be a secret.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::error::misuse;
use crate::gateway::{Audience, Privacy};
use crate::machine::Priority;
use crate::machine::error::ErrorCode;
use crate::machine::id::Id;
use crate::machine::time::UnixMs;

/// One options object and the keys of it that were asked for.
pub(super) struct Options {
    path: String,
    object: JsValue,
    known: Vec<&'static str>,
}

impl Options {
    /// Reads `value` as an options object that stands at `path`; `undefined` is an empty one.
    #[inline(never)]
    pub(super) fn new(path: &str, value: &JsValue) -> Result<Self, JsValue> {
        let object = if value.is_undefined() { Object::new().into() } else { value.clone() };
        if !object.is_object() || Array::is_array(&object) {
            return Err(refuse(path, "an object", &object));
        }
        Ok(Self { path: path.to_owned(), object, known: Vec::new() })
    }

    /// The value under `key`; `None` when absent.
    #[inline(never)]
    pub(super) fn get(&mut self, key: &'static str) -> Result<Option<JsValue>, JsValue> {
        self.known.push(key);
        let value = Reflect::get(&self.object, &JsValue::from_str(key))?;
        Ok((!value.is_undefined()).then_some(value))
    }

    /// A text.
    #[inline(never)]
    pub(super) fn text(&mut self, key: &'static str) -> Result<Option<String>, JsValue> {
        let Some(value) = self.get(key)? else { return Ok(None) };
        value.as_string().map(Some).ok_or_else(|| refuse(&self.at(key), "a string", &value))
    }

    /// A switch.
    #[inline(never)]
    pub(super) fn switch(&mut self, key: &'static str, default: bool) -> Result<bool, JsValue> {
        Ok(self.said(key)?.unwrap_or(default))
    }

    /// The same, and whether anything was said.
    pub(super) fn said(&mut self, key: &'static str) -> Result<Option<bool>, JsValue> {
        let Some(value) = self.get(key)? else { return Ok(None) };
        value.as_bool().map(Some).ok_or_else(|| refuse(&self.at(key), "true or false", &value))
    }

    /// An instant in Unix milliseconds.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be in range")]
    #[inline(never)]
    pub(super) fn instant(&mut self, key: &'static str) -> Result<Option<UnixMs>, JsValue> {
        let Some(value) = self.get(key)? else { return Ok(None) };
        match value.as_f64() {
            // Seconds would be a day in January 1970.
            Some(at) if (1e11..=9e15).contains(&at) => Ok(Some(UnixMs::from_ms(at as u64))),
            Some(_) | None => Err(refuse(&self.at(key), "Unix milliseconds", &value)),
        }
    }

    /// Which of a few words; the first when absent.
    #[inline(never)]
    pub(super) fn one_of(&mut self, key: &'static str, words: &[&'static str]) -> Result<usize, JsValue> {
        let Some(word) = self.text(key)? else { return Ok(0) };
        words.iter().position(|known| *known == word).ok_or_else(|| {
            let message = format!("{}: expected \"{}\", found another value", self.at(key), words.join("\" or \""));
            misuse(ErrorCode::InvalidOption, message)
        })
    }

    /// A whole number within a range, both ends included.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be whole and in range")]
    #[inline(never)]
    pub(super) fn number(&mut self, key: &'static str, low: u32, high: u32, default: u32) -> Result<u32, JsValue> {
        let Some(value) = self.get(key)? else { return Ok(default) };
        let number = value.as_f64().filter(|n| n.trunc() == *n && *n >= f64::from(low) && *n <= f64::from(high));
        number.map(|n| n as u32).ok_or_else(|| {
            let mut found = kind_of(&value);
            if let Some(n) = value.as_f64() {
                found = String::from(
                    js_sys::Number::from(n).to_string_with_radix(10).unwrap_or_else(|_| "a number".into()),
                );
            }
            misuse(
                ErrorCode::InvalidOption,
                format!("{}: expected a whole number from {low} to {high}, found {found}", self.at(key)),
            )
        })
    }

    /// A function.
    #[inline(never)]
    pub(super) fn function(&mut self, key: &'static str) -> Result<Option<Function>, JsValue> {
        let Some(value) = self.get(key)? else { return Ok(None) };
        value.dyn_into().map(Some).map_err(|value| refuse(&self.at(key), "a function", &value))
    }

    /// An `AbortSignal`.
    #[inline(never)]
    pub(super) fn signal(&mut self) -> Result<Option<web_sys::AbortSignal>, JsValue> {
        let Some(value) = self.get("signal")? else { return Ok(None) };
        let aborted = Reflect::has(&value, &JsValue::from_str("aborted")).unwrap_or(false);
        // Duck-typed: a signal of another frame is no instance of ours.
        if aborted {
            Ok(Some(value.unchecked_into()))
        } else {
            Err(refuse(&self.at("signal"), "an AbortSignal", &value))
        }
    }

    /// A priority.
    #[inline(never)]
    pub(super) fn priority(&mut self) -> Result<Priority, JsValue> {
        let Some(value) = self.get("priority")? else { return Ok(Priority::Visible) };
        priority(&self.at("priority"), &value)
    }

    /// Refuses whatever was not asked for.
    #[inline(never)]
    pub(super) fn finish(self) -> Result<(), JsValue> {
        for key in Object::keys(self.object.unchecked_ref::<Object>()).iter().filter_map(|key| key.as_string()) {
            if !self.known.contains(&key.as_str()) {
                let known = self.known.join(", ");
                let message = format!("{}: expected one of {known}, found an unknown option", self.at(&key));
                return Err(misuse(ErrorCode::InvalidOption, message));
            }
        }
        Ok(())
    }

    /// The path of a key.
    #[inline(never)]
    pub(super) fn at(&self, key: &str) -> String {
        format!("{}.{key}", self.path)
    }
}

/// A priority by its name.
#[inline(never)]
pub(super) fn priority(path: &str, value: &JsValue) -> Result<Priority, JsValue> {
    match value.as_string().as_deref() {
        Some("focused") => Ok(Priority::Focused),
        Some("visible") => Ok(Priority::Visible),
        Some("background") => Ok(Priority::Background),
        Some(_) | None => Err(refuse(path, "\"focused\", \"visible\" or \"background\"", value)),
    }
}

/// A chat id.
#[inline(never)]
pub(super) fn chat(value: &JsValue) -> Result<Id, JsValue> {
    let Some(text) = value.as_string() else {
        return Err(misuse(ErrorCode::InvalidChat, format!("chat: expected a chat id, found {}", kind_of(value))));
    };
    Id::parse(&text).map_err(|error| misuse(ErrorCode::InvalidChat, format!("chat: {error}")))
}

/// A privacy setting and its new value.
#[inline(never)]
pub(super) fn privacy(setting: &JsValue, value: &JsValue) -> Result<Privacy, JsValue> {
    let word = value.as_string().unwrap_or_default();
    match (setting.as_string().unwrap_or_default().as_str(), word.as_str()) {
        ("lastSeen", "all") => Ok(Privacy::LastSeen(Audience::All)),
        ("lastSeen", "contacts") => Ok(Privacy::LastSeen(Audience::Contacts)),
        ("lastSeen", "none") => Ok(Privacy::LastSeen(Audience::None)),
        ("online", "all") => Ok(Privacy::Online { follows_last_seen: false }),
        ("online", "match-last-seen") => Ok(Privacy::Online { follows_last_seen: true }),
        ("readReceipts", "all") => Ok(Privacy::ReadReceipts(true)),
        ("readReceipts", "none") => Ok(Privacy::ReadReceipts(false)),
        ("lastSeen", _) => Err(refuse("value", "\"all\", \"contacts\" or \"none\"", value)),
        ("online", _) => Err(refuse("value", "\"all\" or \"match-last-seen\"", value)),
        ("readReceipts", _) => Err(refuse("value", "\"all\" or \"none\"", value)),
        _ => Err(refuse("setting", "\"lastSeen\", \"online\" or \"readReceipts\"", setting)),
    }
}

/// A callback.
#[inline(never)]
pub(super) fn callback(value: &JsValue) -> Result<Function, JsValue> {
    value.clone().dyn_into().map_err(|value| refuse("callback", "a function", &value))
}

/// A refusal that names what was expected and what kind of thing was found.
#[inline(never)]
pub(super) fn refuse(path: &str, expected: &str, found: &JsValue) -> JsValue {
    misuse(ErrorCode::InvalidOption, format!("{path}: expected {expected}, found {}", kind_of(found)))
}

fn kind_of(value: &JsValue) -> String {
    if value.is_null() {
        "null".to_owned()
    } else if Array::is_array(value) {
        "an array".to_owned()
    } else {
        value.js_typeof().as_string().unwrap_or_default()
    }
}
