//! JSON read leniently: a value of the wrong type reads as absent and never spoils the body around it.
//!
//! One walker reads every body of every dialect: it goes through the text once, along a static shape that names what is
//! wanted, and hands that to a [`Sink`]. Another body is another shape, data and no code, where derived structs would
//! each compile to a parser of their own.
//!
//! What still fails a whole body: text that is not JSON, nesting too deep, and a key given twice in an object we read (two
//! readers could take two meanings from it).

use std::str::Utf8Error;

use super::json::{Literal, Quoted, literal, peek};
use crate::machine::error::{Error, ErrorCode};
use crate::text::{push_number, whole_number};

/// A key of an object, and what is done with the value. An object has 32 keys of interest at most.
pub(super) struct Key {
    /// Its name, zeros behind it: kept in place, its first eight bytes are at hand as one number.
    name: [u8; LONGEST],
    length: u8,
    then: Then,
}

/// The longest name of a key, in bytes.
const LONGEST: usize = 23;
/// How many bytes of a name are compared at once, which tells nearly all apart.
const HEAD: usize = 8;

/// What is done with a value. Anything else than described is read to its end and told to nobody.
pub(super) enum Then {
    /// Read to its end.
    Skip,
    /// A text, a number or a flag, kept as this field; anything else there is [`Scalar::Odd`].
    Keep(u8),
    /// An object with these keys.
    Into(&'static [Key]),
    /// An object with these keys; anything else there is kept as this field. For what some gateways say in a word and
    /// others in an object, and where null has a meaning of its own.
    Either(u8, &'static [Key]),
    /// A list by this number, and what is done with each item.
    Each(u8, &'static Self),
    /// Sentences for people: a text, or the texts of a list, told one by one as this field.
    Texts(u8),
}

/// Pairs a key with what is done with its value.
pub(super) const fn key(name: &'static str, then: Then) -> Key {
    let mut kept = [0; LONGEST];
    let (beginning, _) = kept.split_at_mut(name.len());
    beginning.copy_from_slice(name.as_bytes());
    Key { name: kept, length: name.len() as u8, then }
}

impl Key {
    #[inline(always)]
    fn is(&self, head: u64, name: &[u8]) -> bool {
        head_of(&self.name) == head
            && usize::from(self.length) == name.len()
            && (name.len() <= HEAD || self.name.get(HEAD..name.len()) == name.get(HEAD..))
    }
}

/// The first eight bytes of a name as a number, zeros where it is shorter.
#[inline(always)]
fn head_of(name: &[u8]) -> u64 {
    name.first_chunk().map_or_else(
        || name.iter().rev().fold(0, |head, byte| head << 8 | u64::from(*byte)),
        |eight| u64::from_le_bytes(*eight),
    )
}

/// The same of a name in a body, where eight bytes can nearly always be read at once.
#[inline(always)]
fn head_at(bytes: &[u8], name: Quoted) -> u64 {
    let length = name.end - name.start;
    match bytes.get(name.start..).and_then(<[u8]>::first_chunk) {
        Some(eight) if length >= HEAD => u64::from_le_bytes(*eight),
        Some(eight) => u64::from_le_bytes(*eight) & ((1 << (length * 8)) - 1),
        None => head_of(bytes.get(name.start..name.end).unwrap_or_default()),
    }
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

impl From<Literal> for Scalar<'_> {
    fn from(literal: Literal) -> Self {
        match literal {
            Literal::Null => Self::Absent,
            Literal::Flag(flag) => Self::Flag(flag),
            Literal::Number(number) => Self::Number(number),
        }
    }
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

/// Lists and objects within each other; more is an attack on the stack.
const MAX_DEPTH: u32 = 128;

/// Why a body cannot be read, and where.
#[derive(Clone, Copy)]
enum Fault {
    Json(usize),
    Twice(usize),
}

/// What one reading shares from its first value to its last. Every step takes the place where it begins and gives the one
/// behind it, or nothing at a fault.
struct Reading<'s, 'a> {
    text: &'a str,
    sink: &'s mut dyn Sink<'a>,
    fault: Option<Fault>,
}

impl<'a> Reading<'_, 'a> {
    fn value(&mut self, bytes: &'a [u8], at: usize, then: &'static Then, depth: u32) -> Option<usize> {
        let (at, first) = peek(bytes, at);
        match first {
            b'"' => {
                let quoted = self.quoted(bytes, at)?;
                match then {
                    Then::Keep(field) | Then::Either(field, _) => {
                        let text = if quoted.escaped { Scalar::Odd } else { Scalar::Text(quoted.raw(self.text)) };
                        self.sink.keep(*field, text);
                    }
                    Then::Texts(field) => self.sink.text(*field, &quoted.decoded(self.text)),
                    Then::Skip | Then::Into(_) | Then::Each(..) => {}
                }
                Some(quoted.end + 1)
            }
            b'{' | b'[' => {
                let Some(depth) = depth.checked_sub(1) else { return self.fail(at) };
                if first == b'{' { self.object(bytes, at, then, depth) } else { self.list(bytes, at, then, depth) }
            }
            _ => {
                let (literal, end) = literal(bytes, at, first).or_else(|| self.fail(at))?;
                if let Then::Keep(field) | Then::Either(field, _) = then {
                    self.sink.keep(*field, literal.into());
                }
                Some(end)
            }
        }
    }

    fn list(&mut self, bytes: &'a [u8], at: usize, then: &'static Then, depth: u32) -> Option<usize> {
        let (list, item) = match then {
            Then::Each(list, item) => (Some(*list), *item),
            // Lists within the list too.
            Then::Texts(_) => (None, then),
            Then::Skip | Then::Into(_) | Then::Either(..) | Then::Keep(_) => (None, &Then::Skip),
        };
        self.odd(then);
        if let Some(list) = list {
            self.sink.list_begins(list);
        }
        let (mut at, next) = peek(bytes, at + 1);
        if next == b']' {
            return Some(at + 1);
        }
        loop {
            at = self.value(bytes, at, item, depth)?;
            if let Some(list) = list {
                self.sink.item_ends(list);
            }
            match peek(bytes, at) {
                (comma, b',') => at = comma + 1,
                (end, b']') => return Some(end + 1),
                (other, _) => return self.fail(other),
            }
        }
    }

    fn object(&mut self, bytes: &'a [u8], at: usize, then: &'static Then, depth: u32) -> Option<usize> {
        let keys = if let Then::Into(keys) | Then::Either(_, keys) = then {
            *keys
        } else {
            self.odd(then);
            &[]
        };
        let mut seen = 0_u32;
        let mut likely = 0;
        let (mut at, mut next) = peek(bytes, at + 1);
        if next == b'}' {
            return Some(at + 1);
        }
        loop {
            if next != b'"' {
                return self.fail(at);
            }
            let name = self.quoted(bytes, at)?;
            let mut then = &Then::Skip;
            if let Some(place) = self.place_of(bytes, name, keys, likely)
                && let Some(key) = keys.get(place)
            {
                let bit = 1 << (place % 32);
                if seen & bit != 0 {
                    self.fault = Some(Fault::Twice(name.end + 1));
                    return None;
                }
                seen |= bit;
                likely = place + 1;
                then = &key.then;
            }
            let (colon, next_byte) = peek(bytes, name.end + 1);
            if next_byte != b':' {
                return self.fail(colon);
            }
            at = self.value(bytes, colon + 1, then, depth)?;
            match peek(bytes, at) {
                (comma, b',') => (at, next) = peek(bytes, comma + 1),
                (end, b'}') => return Some(end + 1),
                (other, _) => return self.fail(other),
            }
        }
    }

    /// A list or an object stands where a scalar is kept.
    fn odd(&mut self, then: &Then) {
        if let Then::Keep(field) | Then::Either(field, _) = then {
            self.sink.keep(*field, Scalar::Odd);
        }
    }

    /// Which key this is. They mostly come in the order of the shape: the `likely` one is looked at first.
    fn place_of(&self, bytes: &[u8], name: Quoted, keys: &[Key], likely: usize) -> Option<usize> {
        if keys.is_empty() {
            return None;
        }
        let decoded;
        let (head, name) = if name.escaped {
            decoded = name.decoded(self.text);
            (head_of(decoded.as_bytes()), decoded.as_bytes())
        } else {
            (head_at(bytes, name), bytes.get(name.start..name.end)?)
        };
        if keys.get(likely).is_some_and(|key| key.is(head, name)) {
            return Some(likely);
        }
        keys.iter().position(|key| key.is(head, name))
    }

    #[inline(always)]
    fn quoted(&mut self, bytes: &'a [u8], at: usize) -> Option<Quoted> {
        match Quoted::read(bytes, at) {
            Ok(quoted) => Some(quoted),
            Err(at) => self.fail(at),
        }
    }

    fn fail<T>(&mut self, at: usize) -> Option<T> {
        self.fault = Some(Fault::Json(at));
        None
    }
}

/// Reads a whole body. Says whether the object or the list of the shape stands there; what an unreadable body told the
/// sink before it failed is worth nothing.
pub(super) fn read<'a>(body: &'a [u8], then: &'static Then, sink: &mut dyn Sink<'a>) -> Result<bool, Error> {
    // Checked as a whole, which is quicker than text by text.
    let text = str::from_utf8(body).map_err(|error| not_text(&error))?;
    let mut reading = Reading { text, sink, fault: None };
    let (begin, first) = peek(body, 0);
    let shaped = matches!((first, then), (b'{', Then::Into(_) | Then::Either(..)) | (b'[', Then::Each(..)));
    let (rest, last) = reading.value(body, begin, then, MAX_DEPTH).map_or((begin, b'?'), |end| peek(body, end));
    match reading.fault {
        None if last == 0 && rest == body.len() => Ok(shaped),
        fault => Err(unreadable(fault.unwrap_or(Fault::Json(rest)), body)),
    }
}

/// The error for a body that could not be read to its end: where and why, never what it holds.
fn unreadable(fault: Fault, body: &[u8]) -> Error {
    let (expected, found, read) = match fault {
        Fault::Twice(at) => ("every key once", ", found one twice", at),
        Fault::Json(at) if at >= body.len() => ("JSON", ", found the end of the body", body.len()),
        Fault::Json(at) => ("JSON", ", found something else", at + 1),
    };
    let read = body.get(..read).unwrap_or(body);
    let column = read.iter().rev().take_while(|byte| **byte != b'\n').count();
    let line = 1 + read.iter().filter(|byte| **byte == b'\n').count();
    malformed(expected, found, line, column)
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
