//! WhatsApp ids: one spelling for each person or chat, however a gateway writes it.
//!
//! [`Address`] is an id as read from the wire, normalised and borrowed where the wire already had the normal form;
//! [`Id`] is the same, owned and cheap to clone. `Debug` of both hides the number.

use std::borrow::Borrow;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::sorted_map::Key;

/// Longest id accepted, in bytes. Real ones stay below 40; the cap bounds memory against hostile input.
pub const MAX_ID_LEN: usize = 128;

/// What an id names, by its part after the `@`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdKind {
    /// A person by phone number: `@c.us`.
    Contact,
    /// A person by hidden id: `@lid`.
    Lid,
    /// A group: `@g.us`.
    Group,
    /// Newsletters, broadcasts and whatever comes next.
    Other,
}

/// Why a text is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdError {
    /// Nothing before or after the `@`.
    Empty,
    /// Longer than [`MAX_ID_LEN`].
    TooLong,
    /// A character that no id has.
    Character,
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "expected digits or `name@server`, found nothing",
            Self::TooLong => "expected at most 128 characters",
            Self::Character => "expected letters, digits, `.`, `_` and `-` around one `@`",
        })
    }
}

/// A normalised id, borrowed from the wire where it can be.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address<'a>(Cow<'a, str>);

impl<'a> Address<'a> {
    /// Reads an id as gateways write it: `@s.whatsapp.net` becomes `@c.us`, a device suffix (`:12`) goes, bare digits are
    /// a contact.
    ///
    /// # Errors
    /// [`IdError`] when the text is no id; the text itself is never repeated in the error.
    pub fn parse(text: &'a str) -> Result<Self, IdError> {
        if text.len() > MAX_ID_LEN {
            return Err(IdError::TooLong);
        }
        if is_plain(text.as_bytes()) {
            return Ok(Self(Cow::Borrowed(text)));
        }
        let (mut at, mut device) = (None, None);
        let digits = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
        for (n, byte) in text.bytes().enumerate().skip(digits) {
            match byte {
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'.' | b'_' | b'-' => {}
                b'@' if at.is_none() => at = Some(n),
                b':' if at.is_none() => device = device.or(Some(n)),
                _ => return Err(IdError::Character),
            }
        }
        let Some((user, server)) = at.and_then(|at| text.split_at_checked(at)) else {
            if text.is_empty() {
                return Err(IdError::Empty);
            }
            if digits < text.len() {
                return Err(IdError::Character);
            }
            // The normal form is held to the cap as well, or it would not be its own normal form.
            if text.len() + "@c.us".len() > MAX_ID_LEN {
                return Err(IdError::TooLong);
            }
            return Ok(Self(Cow::Owned(joined(text, "@c.us"))));
        };
        let person = device.and_then(|device| user.get(..device)).unwrap_or(user);
        if person.is_empty() || server == "@" {
            return Err(IdError::Empty);
        }
        let normal = if server == "@s.whatsapp.net" { "@c.us" } else { server };
        if person.len() == user.len() && normal.len() == server.len() {
            return Ok(Self(Cow::Borrowed(text)));
        }
        Ok(Self(Cow::Owned(joined(person, normal))))
    }

    /// The normal form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the id names.
    #[must_use]
    pub fn kind(&self) -> IdKind {
        kind_of(&self.0)
    }

    /// The owned form.
    #[must_use]
    pub fn to_id(&self) -> Id {
        Id(Arc::from(self.as_str()))
    }

    /// The same id, borrowed from nobody.
    #[must_use]
    pub fn into_owned(self) -> Address<'static> {
        Address(Cow::Owned(self.0.into_owned()))
    }
}

impl<'a> From<&'a Id> for Address<'a> {
    fn from(id: &'a Id) -> Self {
        Self(Cow::Borrowed(&id.0))
    }
}

impl fmt::Debug for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        redact(&self.0, f)
    }
}

/// A normalised id, owned. Cloning counts a reference.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id(Arc<str>);

impl Id {
    /// See [`Address::parse`].
    ///
    /// # Errors
    /// [`IdError`] when the text is no id.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        Address::parse(text).map(|address| address.to_id())
    }

    /// The normal form, number included: for requests and for the application, never for logs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the id names.
    #[must_use]
    pub fn kind(&self) -> IdKind {
        kind_of(&self.0)
    }

    /// The part before the `@`: a phone number in international form for a contact.
    #[must_use]
    pub fn user(&self) -> &str {
        self.0.split_once('@').map_or(&*self.0, |(user, _)| user)
    }
}

impl Key for Id {}

impl Borrow<str> for Id {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        redact(&self.0, f)
    }
}

/// Whether an id is digits and one of the usual servers: nearly every one is, and ids are most of what a webhook says.
#[inline]
fn is_plain(id: &[u8]) -> bool {
    let user = match id {
        [user @ .., b'@', b'c' | b'g', b'.', b'u', b's'] | [user @ .., b'@', b'l', b'i', b'd'] => user,
        _ => return false,
    };
    let (eights, rest) = user.as_chunks::<8>();
    !user.is_empty()
        && rest.iter().all(u8::is_ascii_digit)
        && eights.iter().all(|eight| are_digits(u64::from_le_bytes(*eight)))
}

/// Whether eight bytes are digits: 0x30 to 0x39, which six more does not carry out of the thirties.
const fn are_digits(eight: u64) -> bool {
    const ONES: u64 = u64::MAX / 0xff;
    eight & (ONES * 0xf0) == ONES * 0x30 && eight.wrapping_add(ONES * 6) & (ONES * 0xf0) == ONES * 0x30
}

fn joined(user: &str, server: &str) -> String {
    let mut id = String::with_capacity(user.len() + server.len());
    id.push_str(user);
    id.push_str(server);
    id
}

fn kind_of(id: &str) -> IdKind {
    // Ends are compared as bytes of one length: cheaper than searching for the `@` again.
    if id.ends_with("@c.us") {
        IdKind::Contact
    } else if id.ends_with("@lid") {
        IdKind::Lid
    } else if id.ends_with("@g.us") {
        IdKind::Group
    } else {
        IdKind::Other
    }
}

/// `***@c.us`: enough to tell kinds apart, nothing to call.
fn redact(id: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("***@")?;
    f.write_str(id.split_once('@').map_or("", |(_, server)| server))
}

/// Digits of a phone number as people write it (`+1 (555) 000-1111`), as a contact id.
///
/// # Errors
/// [`IdError`] when anything but digits and the usual separators occurs.
pub fn contact_of_phone(text: &str) -> Result<Id, IdError> {
    let mut digits = String::new();
    for c in text.trim().chars() {
        match c {
            '0'..='9' => digits.push(c),
            '+' | ' ' | '-' | '(' | ')' | '.' | '\u{a0}' => {}
            _ => return Err(IdError::Character),
        }
    }
    Id::parse(&digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_one_person_is_one_id() {
        for text in ["15550001111", "15550001111@c.us", "15550001111@s.whatsapp.net", "15550001111:12@s.whatsapp.net"] {
            assert_eq!(Id::parse(text).expect("an id").as_str(), "15550001111@c.us", "{text}");
        }
        assert_eq!(Id::parse("999:3@lid").expect("an id").as_str(), "999@lid");
        assert_eq!(contact_of_phone("+1 (555) 000-1111").expect("a phone").as_str(), "15550001111@c.us");
    }

    #[test]
    fn eight_digits_are_told_from_anything_else() {
        for byte in 0..=u8::MAX {
            for place in 0..8 {
                let mut eight = *b"01895724";
                if let Some(slot) = eight.get_mut(place) {
                    *slot = byte;
                }
                assert_eq!(are_digits(u64::from_le_bytes(eight)), byte.is_ascii_digit(), "{eight:?}");
            }
        }
    }

    #[test]
    fn hostile_ids_are_refused_with_a_reason() {
        assert_eq!(Id::parse(""), Err(IdError::Empty));
        assert_eq!(Id::parse("@c.us"), Err(IdError::Empty));
        assert_eq!(Id::parse(":1@c.us"), Err(IdError::Empty));
        assert_eq!(Id::parse("1@"), Err(IdError::Empty));
        assert_eq!(Id::parse("a@b@c"), Err(IdError::Character));
        assert_eq!(Id::parse("../../etc@c.us"), Err(IdError::Character));
        assert_eq!(Id::parse("1\u{202e}@c.us"), Err(IdError::Character));
        assert_eq!(Id::parse("hello"), Err(IdError::Character));
        assert_eq!(Id::parse(&"9".repeat(129)), Err(IdError::TooLong));
    }

    #[test]
    fn debug_never_shows_the_number() {
        let id = Id::parse("15550001111@c.us").expect("an id");
        assert_eq!(format!("{id:?}"), "***@c.us");
        assert_eq!(format!("{:?}", Address::from(&id)), "***@c.us");
    }
}
