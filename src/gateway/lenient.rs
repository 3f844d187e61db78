//! JSON read leniently: a value of the wrong type reads as absent and never spoils the body around it.
//!
//! What still fails a whole body: text that is not JSON, a number beyond all range, and a key given twice (two readers
//! could take two meanings from it).

use std::fmt;
use std::marker::PhantomData;
use std::str::Utf8Error;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

use crate::machine::error::{Error, ErrorCode};

/// Visitor methods for values of other types than the hoped for: each is read to its end and taken for `$value`.
macro_rules! read_past {
    ($value:expr; scalars $($rest:ident)*) => {
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> { Ok($value) }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> { Ok($value) }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> { Ok($value) }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> { Ok($value) }
        fn visit_unit<E>(self) -> Result<Self::Value, E> { Ok($value) }
        read_past!($value; $($rest)*);
    };
    ($value:expr; text $($rest:ident)*) => {
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> { Ok($value) }
        read_past!($value; $($rest)*);
    };
    ($value:expr; list $($rest:ident)*) => {
        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            while list.next_element::<serde::de::IgnoredAny>()?.is_some() {}
            Ok($value)
        }
        read_past!($value; $($rest)*);
    };
    ($value:expr; object $($rest:ident)*) => {
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
            while object.next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?.is_some() {}
            Ok($value)
        }
        read_past!($value; $($rest)*);
    };
    ($value:expr;) => {};
}
pub(super) use read_past;

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
            Self::Text(text) => text.trim().parse().ok(),
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

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(text))
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Scalar::Odd)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Scalar::Number(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(number).map_or(Scalar::Odd, Scalar::Number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        // Truncates; beyond the range of whole numbers it saturates.
        Ok(Scalar::Number(number as i64))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Scalar::Flag(flag))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Scalar::Absent)
    }

    read_past!(Scalar::Odd; list object);
}

/// An object, or nothing where something else stands.
pub(super) struct Object<T>(pub(super) Option<T>);

impl<T> Default for Object<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ObjectVisitor(PhantomData)).map(Self)
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(Some)
    }

    read_past!(None; scalars text list);
}

/// A list, or nothing where something else stands.
pub(super) struct List<T>(pub(super) Option<Vec<T>>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData)).map(Self)
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = Option<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Some(items))
    }

    read_past!(None; scalars text object);
}

/// Sentences for people, owned since they may hold escapes: a text, or the texts of a list joined.
#[derive(Default)]
pub(super) struct Sentence(pub(super) Option<String>);

impl<'de> Deserialize<'de> for Sentence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SentenceVisitor).map(Self)
    }
}

struct SentenceVisitor;

impl<'de> Visitor<'de> for SentenceVisitor {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        let text = text.trim();
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut joined: Option<String> = None;
        while let Some(Sentence(part)) = list.next_element()? {
            let Some(part) = part else { continue };
            if let Some(joined) = &mut joined {
                joined.push_str("; ");
                joined.push_str(&part);
            } else {
                joined = Some(part);
            }
        }
        Ok(joined)
    }

    read_past!(None; scalars object);
}

/// The error for a body that could not be read: where and why, never what it holds.
pub(super) fn not_json(error: &serde_json::Error) -> Error {
    let found = match error.classify() {
        Category::Eof => "expected JSON, found the end of the body",
        Category::Data => "expected every key once, found one twice",
        Category::Syntax | Category::Io => "expected JSON, found something else",
    };
    let message = format!("{found} at line {} column {}", error.line(), error.column());
    Error::new(ErrorCode::Malformed, message)
}

/// The error for bytes that are no text.
pub(super) fn not_text(error: &Utf8Error) -> Error {
    Error::new(ErrorCode::Malformed, format!("expected UTF-8, found something else at byte {}", error.valid_up_to()))
}

/// The error for JSON of another shape than expected.
pub(super) fn wrong_shape(expected: &str, body: &[u8]) -> Error {
    let found = match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'"') => "a text",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        Some(_) => "a number",
        None => "nothing",
    };
    Error::new(ErrorCode::Malformed, format!("expected {expected}, found {found} at line 1 column 1"))
}

/// Reads a whole body, leniently inside.
pub(super) fn read<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, Error> {
    let text = str::from_utf8(body).map_err(|error| not_text(&error))?;
    serde_json::from_str(text).map_err(|error| not_json(&error))
}
