//! The parameters of an action, in a JSON body or in a form, checked as the framework checks them.

use serde_json::{Map, Value};

use crate::face::waapi::errors;
use crate::traffic::call::{Answer, Request};

/// The parameters of an action.
#[derive(Clone, Debug, Default)]
pub struct Params(Map<String, Value>);

impl Params {
    /// Those of this call. What is neither an object nor a form has none.
    #[must_use]
    pub fn read(request: &Request) -> Self {
        if request.is_form() {
            let text = |text: std::borrow::Cow<'_, str>| text.into_owned();
            let pairs = form_urlencoded::parse(&request.body);
            return Self(pairs.map(|(name, value)| (text(name), Value::String(text(value)))).collect());
        }
        Self(serde_json::from_slice(&request.body).unwrap_or_default())
    }

    /// The chat as the client spelled it, if it is a text at all.
    #[must_use]
    pub fn chat_id(&self) -> Option<&str> {
        self.0.get("chatId")?.as_str().filter(|chat| !chat.is_empty())
    }

    /// The chat.
    ///
    /// # Errors
    ///
    /// It is missing, or no text.
    pub fn required_chat(&self) -> Result<&str, Answer> {
        self.required("chatId", "chat id")
    }

    /// The privacy setting to change, and what it is to be.
    ///
    /// # Errors
    ///
    /// One of them is missing or no text, or there are exceptions that are no list.
    pub fn required_setting(&self) -> Result<(&str, &str), Answer> {
        let setting = (self.required("category", "category")?, self.required("value", "value")?);
        match self.0.get("disallowedList") {
            None | Some(Value::Null | Value::Array(_)) => Ok(setting),
            Some(_) => Err(errors::invalid("disallowedList", "The disallowed list field must be an array.")),
        }
    }

    /// A text, under the name that it has in sentences.
    fn required(&self, field: &str, called: &str) -> Result<&str, Answer> {
        match self.0.get(field) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text),
            None | Some(Value::Null | Value::String(_)) => {
                Err(errors::invalid(field, &format!("The {called} field is required.")))
            }
            Some(_) => Err(errors::invalid(field, &format!("The {called} field must be a string."))),
        }
    }

    /// Whether to wait for data; yes unless told otherwise.
    ///
    /// # Errors
    ///
    /// It is neither true nor false.
    pub fn waits(&self) -> Result<bool, Answer> {
        let text = match self.0.get("waitForData") {
            None | Some(Value::Null) => return Ok(true),
            Some(Value::Bool(flag)) => return Ok(*flag),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        match text.as_str() {
            "1" => Ok(true),
            "0" => Ok(false),
            _ => Err(errors::invalid("waitForData", "The wait for data field must be true or false.")),
        }
    }

    /// How long to wait, in milliseconds.
    ///
    /// # Errors
    ///
    /// It is no whole number.
    pub fn timeout_ms(&self) -> Result<u64, Answer> {
        let wanted = match self.0.get("timeoutMs") {
            None | Some(Value::Null) => Some(DEFAULT_TIMEOUT_MS),
            Some(Value::String(text)) => text.parse().ok(),
            Some(other) => other.as_u64(),
        };
        wanted
            .map(|ms| ms.min(LONGEST_TIMEOUT_MS))
            .ok_or_else(|| errors::invalid("timeoutMs", "The timeout ms field must be an integer."))
    }
}

const DEFAULT_TIMEOUT_MS: u64 = 1_500;

/// A server in front of the real one would not wait longer.
const LONGEST_TIMEOUT_MS: u64 = 60_000;
