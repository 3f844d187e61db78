//! JSON read leniently: a value of the wrong type reads as absent and never spoils the body around it.
//!
//! One walker reads every body of every dialect: it goes through the text once, along a static shape that names what is
//! wanted, and hands that to a [`Sink`]. Another body is another shape, data and no code, where derived structs would
//! each compile to a parser of their own.
//!
//! What still fails a whole body: text that is not JSON, a number beyond all range, and a key given twice in an object we
//! read (two readers could take two meanings from it).

use std::fmt;
use std::str::Utf8Error;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::text::{push_number, whole_number};
use crate::machine::error::{Error, ErrorCode};

/// A key of an object, and what is done with the value. An object has 32 keys of interest at most.
pub(super) struct Key {
    name: &'static str,
    then: Then,
}

/// What is done with a value. Anything else than described is read to its end and told to nobody.
pub(super) enum Then {
    /// Read to its end.
    Skip,
    /// A text, a number or a flag, kept as this field; anything else there is [`Scalar::Odd`].
    Keep(u8),
    /// An object with these keys.
    Into(&'static [Key]),
    /// A list by this number, and what is done with each item.
    Each(u8, &'static Self),
    /// Sentences for people: a text, or the texts of a list, told one by one as this field.
    Texts(u8),
}

/// Pairs a key with what is done with its value.
pub(super) const fn key(name: &'static str, then: Then) -> Key {
    Key { name, then }
}

/// Takes what the walker finds, in the order of the text.
pub(super) trait Sink<'a> {
    /// A field.
    fn keep(&mut self, _field: u8, _scalar: Scalar<'a>) {}

    /// A sentence. It may hold escapes, hence is not of the body.
    fn text(&mut self, _field: u8, _text: &str) {}

    /// A list stands there.
    fn list_begins(&mut self, _list: u8) {}

    /// An item of it has been read, of whatever type.
    fn item_ends(&mut self, _list: u8) {}
}

/// What stands where a text, a number or a flag is expected.
#[derive(Clone, Copy, Default)]
pub(super) enum Scalar<'a> {
    /// Nothing, or null.
    #[default]
    Absent,
    Text(&'a str),
    Number(i64),
    Flag(bool),
    /// A list, an object, or a text with escapes: that cannot be borrowed, and no id, word or stamp is ever written so.
    Odd,
}

impl<'a> Scalar<'a> {
    pub(super) const fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Absent | Self::Number(_) | Self::Flag(_) | Self::Odd => None,
        }
    }

    /// The number, whole; one in quotes too.
    pub(super) fn number(self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Text(text) => whole_number(text),
            Self::Absent | Self::Flag(_) | Self::Odd => None,
        }
    }

    pub(super) const fn flag(self) -> Option<bool> {
        match self {
            Self::Flag(flag) => Some(flag),
            Self::Absent | Self::Text(_) | Self::Number(_) | Self::Odd => None,
        }
    }
}

/// How many fields a sink can hold; a power of two, which spares the check of bounds.
pub(super) const FIELDS: usize = 32;

/// The scalars a sink keeps, by the number of their field.
pub(super) struct Fields<'a>([Scalar<'a>; FIELDS]);

impl<'a> Fields<'a> {
    pub(super) const EMPTY: Self = Self([Scalar::Absent; FIELDS]);

    pub(super) fn keep(&mut self, field: u8, scalar: Scalar<'a>) {
        if let Some(kept) = self.0.get_mut(usize::from(field) % FIELDS) {
            *kept = scalar;
        }
    }

    pub(super) fn get(&self, field: u8) -> Scalar<'a> {
        self.0.get(usize::from(field) % FIELDS).copied().unwrap_or_default()
    }

    /// The field, which is empty from now on: for those of an item, which the next one may lack.
    pub(super) fn take(&mut self, field: u8) -> Scalar<'a> {
        self.0.get_mut(usize::from(field) % FIELDS).map(std::mem::take).unwrap_or_default()
    }
}

/// What one reading shares from its first value to its last.
struct Reading<'s, 'a> {
    sink: &'s mut dyn Sink<'a>,
    /// A key was given twice: the reading stops. A flag beside the errors of serde, which would carry it as a sentence and
    /// bring the code that composes and searches sentences.
    twice: bool,
}

/// Reads one value as the shape says.
struct Walk<'r, 's, 'a> {
    then: &'static Then,
    reading: &'r mut Reading<'s, 'a>,
}

impl<'a> Walk<'_, '_, 'a> {
    /// What is no object and no list.
    fn scalar(self, scalar: Scalar<'a>) -> bool {
        match self.then {
            Then::Keep(field) => self.reading.sink.keep(*field, scalar),
            Then::Texts(field) => {
                if let Scalar::Text(text) = scalar {
                    self.reading.sink.text(*field, text);
                }
            }
            Then::Skip | Then::Into(_) | Then::Each(..) => {}
        }
        false
    }
}

impl<'a> DeserializeSeed<'a> for Walk<'_, '_, 'a> {
    /// Whether the object or the list of the shape stands there.
    type Value = bool;

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<bool, D::Error> {
        if matches!(self.then, Then::Skip) {
            // Skipped without a look at what it is: media and message bodies pass here.
            json.deserialize_ignored_any(IgnoredAny).map(|_| false)
        } else {
            json.deserialize_any(self)
        }
    }
}

impl<'a> Visitor<'a> for Walk<'_, '_, 'a> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(self.scalar(Scalar::Absent))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<bool, E> {
        Ok(self.scalar(Scalar::Flag(flag)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<bool, E> {
        Ok(self.scalar(Scalar::Number(number)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<bool, E> {
        Ok(self.scalar(i64::try_from(number).map_or(Scalar::Odd, Scalar::Number)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<bool, E> {
        // Truncates; beyond the range of whole numbers it saturates.
        Ok(self.scalar(Scalar::Number(number as i64)))
    }

    fn visit_borrowed_str<E>(self, text: &'a str) -> Result<bool, E> {
        Ok(self.scalar(Scalar::Text(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<bool, E> {
        if let Then::Texts(field) = self.then {
            self.reading.sink.text(*field, text);
            return Ok(false);
        }
        Ok(self.scalar(Scalar::Odd))
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<bool, A::Error> {
        let Self { then, reading } = self;
        let (list, then) = match then {
            Then::Each(list, item) => (Some(*list), *item),
            // Lists within the list too.
            Then::Texts(_) => (None, then),
            Then::Keep(field) => {
                reading.sink.keep(*field, Scalar::Odd);
                (None, &Then::Skip)
            }
            Then::Skip | Then::Into(_) => (None, &Then::Skip),
        };
        if let Some(list) = list {
            reading.sink.list_begins(list);
        }
        while !reading.twice && items.next_element_seed(Walk { then, reading })?.is_some() {
            if let Some(list) = list {
                reading.sink.item_ends(list);
            }
        }
        Ok(list.is_some())
    }

    fn visit_map<A: MapAccess<'a>>(self, mut object: A) -> Result<bool, A::Error> {
        let Self { then, reading } = self;
        let (wanted, keys) = match then {
            Then::Into(keys) => (true, *keys),
            Then::Keep(field) => {
                reading.sink.keep(*field, Scalar::Odd);
                (false, [].as_slice())
            }
            Then::Skip | Then::Each(..) | Then::Texts(_) => (false, [].as_slice()),
        };
        let mut seen = 0_u32;
        while !reading.twice
            && let Some(place) = object.next_key_seed(Among(keys))?
        {
            let mut then = &Then::Skip;
            if let Some(place) = place
                && let Some(key) = keys.get(place)
            {
                let bit = 1 << (place % 32);
                if seen & bit != 0 {
                    reading.twice = true;
                    break;
                }
                seen |= bit;
                then = &key.then;
            }
            object.next_value_seed(Walk { then, reading })?;
        }
        Ok(wanted)
    }
}

/// Reads a key as its place among these.
struct Among(&'static [Key]);

impl<'a> DeserializeSeed<'a> for Among {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<Option<usize>, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for Among {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, name: &str) -> Result<Option<usize>, E> {
        Ok(self.0.iter().position(|key| key.name == name))
    }
}

/// Reads a whole body. Says whether the object or the list of the shape stands there; what an unreadable body told the
/// sink before it failed is worth nothing.
pub(super) fn read<'a>(body: &'a [u8], then: &'static Then, sink: &mut dyn Sink<'a>) -> Result<bool, Error> {
    // Checked as a whole, which is quicker than text by text.
    let text = str::from_utf8(body).map_err(|error| not_text(&error))?;
    let mut json = serde_json::Deserializer::from_str(text);
    let mut reading = Reading { sink, twice: false };
    let shaped = Walk { then, reading: &mut reading }.deserialize(&mut json);
    if reading.twice {
        let consumed = json.into_iter::<IgnoredAny>().byte_offset();
        return Err(given_twice(body.get(..consumed).unwrap_or(body)));
    }
    shaped.and_then(|shaped| json.end().map(|()| shaped)).map_err(|error| not_json(&error))
}

/// The error for a body that could not be read: where and why, never what it holds.
fn not_json(error: &serde_json::Error) -> Error {
    let found = if error.is_eof() { ", found the end of the body" } else { ", found something else" };
    malformed("JSON", found, error.line(), error.column())
}

/// The error for a key given twice, the second time where this ends.
fn given_twice(read: &[u8]) -> Error {
    let column = read.iter().rev().take_while(|byte| **byte != b'\n').count();
    let line = 1 + read.iter().filter(|byte| **byte == b'\n').count();
    malformed("every key once", ", found one twice", line, column)
}

/// The error for bytes that are no text.
fn not_text(error: &Utf8Error) -> Error {
    let mut message = "expected UTF-8, found something else at byte ".to_owned();
    push_number(error.valid_up_to(), &mut message);
    Error::new(ErrorCode::Malformed, message)
}

/// The error for JSON of another shape than expected.
pub(super) fn wrong_shape(expected: &str, body: &[u8]) -> Error {
    let found = match body.trim_ascii_start().first() {
        Some(b'{') => ", found an object",
        Some(b'[') => ", found a list",
        Some(b'"') => ", found a text",
        Some(b't' | b'f') => ", found true or false",
        Some(b'n') => ", found null",
        Some(_) => ", found a number",
        None => ", found nothing",
    };
    malformed(expected, found, 1, 1)
}

fn malformed(expected: &str, found: &str, line: usize, column: usize) -> Error {
    let mut message = "expected ".to_owned();
    message.push_str(expected);
    message.push_str(found);
    message.push_str(" at line ");
    push_number(line, &mut message);
    message.push_str(" column ");
    push_number(column, &mut message);
    Error::new(ErrorCode::Malformed, message)
}
