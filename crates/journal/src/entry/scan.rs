//! Reading an entry in one pass over its bytes. It takes one writing of each value only, so what it takes is canonical.

use jiff::Timestamp;
use realname_terms::MAX_ID;
use realname_token::jose;

use super::form::{Form, MEMBERS};
use super::{EntryError, MOST_BYTES, MOST_COUNT};
use crate::tree::Hash;

/// Longest id: twice the profile's, because a purpose may be a URN.
const MOST_ID: usize = 2 * MAX_ID;
/// Digits in a row that no id has: telephone numbers have eleven.
const MOST_DIGITS: usize = 10;
/// Most values of a list.
const MOST_VALUES: usize = 4096;

/// A member's value, in place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Flag(bool),
    /// An integer.
    Count(u64),
    /// A text of visible ASCII.
    Text(&'a str),
    /// A list of integers.
    Counts(Vec<u64>),
    /// A list of texts.
    Texts(Vec<&'a str>),
}

/// An entry that was read: each member has its form, and `v`, `event` and `time` are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    members: Vec<(usize, Value<'a>)>,
}

impl<'a> Entry<'a> {
    /// Reads an entry.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, EntryError> {
        let entry = Self::parse_draft(bytes)?;
        for member in ["v", "event", "time"] {
            entry.value(member).ok_or(EntryError::Missing { member })?;
        }
        for member in ["agent_seq", "agent_prev"] {
            match (entry.value("agent"), entry.value(member)) {
                (Some(_), None) => return Err(EntryError::Missing { member }),
                (None, Some(_)) => return Err(EntryError::Lone { member }),
                _ => {}
            }
        }
        Ok(entry)
    }

    /// Reads what may lack members that the journal fills in.
    pub(super) fn parse_draft(bytes: &'a [u8]) -> Result<Self, EntryError> {
        if bytes.len() > MOST_BYTES {
            return Err(EntryError::TooLong { got: bytes.len() });
        }
        let mut text = Text { bytes, at: 0 };
        let mut members = Vec::with_capacity(16);
        text.expect(b'{')?;
        let mut place = 0;
        loop {
            let name = text.text()?;
            // Names rise, so each is looked for behind the one before it.
            let rest = MEMBERS.get(place..).unwrap_or_default();
            let found = match rest.iter().position(|(known, _)| known.as_bytes() == name) {
                Some(found) => place + found,
                None if MEMBERS.iter().any(|(known, _)| known.as_bytes() == name) => {
                    return Err(EntryError::NotCanonical);
                }
                None => return Err(EntryError::UnknownMember),
            };
            let Some((member, form)) = MEMBERS.get(found) else { return Err(EntryError::UnknownMember) };
            place = found + 1;
            text.expect(b':')?;
            let value = text.value()?;
            check(member, *form, &value)?;
            members.push((found, value));
            match text.next() {
                Some(b',') => {}
                Some(b'}') if text.at == bytes.len() => return Ok(Self { members }),
                _ => return Err(EntryError::NotCanonical),
            }
        }
    }

    /// The value of a member.
    pub fn value(&self, name: &str) -> Option<&Value<'a>> {
        self.members
            .iter()
            .find(|(place, _)| MEMBERS.get(*place).is_some_and(|(known, _)| *known == name))
            .map(|(_, value)| value)
    }

    /// A text.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        if let Some(Value::Text(text)) = self.value(name) { Some(text) } else { None }
    }

    /// A count.
    pub fn count(&self, name: &str) -> Option<u64> {
        if let Some(Value::Count(count)) = self.value(name) { Some(*count) } else { None }
    }

    /// A truth value.
    pub fn flag(&self, name: &str) -> Option<bool> {
        if let Some(Value::Flag(flag)) = self.value(name) { Some(*flag) } else { None }
    }

    /// A list of counts.
    pub fn counts(&self, name: &str) -> Option<&[u64]> {
        if let Some(Value::Counts(counts)) = self.value(name) { Some(counts) } else { None }
    }

    /// A list of texts.
    pub fn texts(&self, name: &str) -> Option<&[&'a str]> {
        if let Some(Value::Texts(texts)) = self.value(name) { Some(texts) } else { None }
    }

    /// A digest.
    pub fn digest(&self, name: &str) -> Option<Hash> {
        self.text(name).and_then(Hash::from_base64url)
    }

    /// A time.
    pub fn instant(&self, name: &str) -> Option<Timestamp> {
        self.text(name).and_then(|text| text.parse().ok())
    }

    /// What happened.
    pub fn event(&self) -> &'a str {
        self.text("event").unwrap_or_default()
    }

    /// When.
    pub fn time(&self) -> Timestamp {
        self.instant("time").unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Whose it is.
    pub fn agent(&self) -> Option<&'a str> {
        self.text("agent")
    }
}

/// Whether the value has its member's form.
fn check(member: &'static str, form: Form, value: &Value<'_>) -> Result<(), EntryError> {
    let wrong = EntryError::Form { member, form };
    let good = match (form, value) {
        (Form::Version, Value::Count(1)) | (Form::Flag, Value::Flag(_)) | (Form::Link, Value::Null) => true,
        (Form::Id, Value::Text(text)) => return id(member, text, wrong),
        (Form::Ids, Value::Texts(texts)) => return texts.iter().try_for_each(|text| id(member, text, wrong)),
        (Form::Ids, Value::Counts(counts)) => counts.is_empty(),
        (Form::Digest | Form::Link, Value::Text(text)) => text.len() == 43 && is_base64url(text),
        (Form::Signature, Value::Text(text)) => text.len() == 86 && is_base64url(text),
        (Form::Nonce, Value::Text(text)) => (22..=43).contains(&text.len()) && is_base64url(text),
        (Form::Time, Value::Text(text)) => is_time(text),
        (Form::Count, Value::Count(count)) => return counted(member, *count),
        (Form::Counts, Value::Counts(counts)) => {
            return counts.iter().try_for_each(|count| counted(member, *count));
        }
        _ => false,
    };
    if good { Ok(()) } else { Err(wrong) }
}

fn id(member: &'static str, text: &str, wrong: EntryError) -> Result<(), EntryError> {
    let mut digits = 0;
    for byte in text.bytes() {
        digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
        if digits > MOST_DIGITS {
            return Err(EntryError::Personal { member });
        }
        if !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'-')) {
            return Err(wrong);
        }
    }
    if (1..=MOST_ID).contains(&text.len()) { Ok(()) } else { Err(wrong) }
}

fn counted(member: &'static str, count: u64) -> Result<(), EntryError> {
    if count > MOST_COUNT { Err(EntryError::Personal { member }) } else { Ok(()) }
}

fn is_base64url(text: &str) -> bool {
    jose::decode(text).is_ok()
}

/// One writing of each time: `T` and `Z`, no fraction that ends in a zero.
fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let shape = bytes.get(4) == Some(&b'-')
        && bytes.get(7) == Some(&b'-')
        && bytes.get(10) == Some(&b'T')
        && bytes.get(13) == Some(&b':')
        && bytes.get(16) == Some(&b':')
        && bytes.last() == Some(&b'Z')
        && (bytes.len() == 20 || (bytes.get(19) == Some(&b'.') && (22..=30).contains(&bytes.len())))
        && !(bytes.len() > 20 && bytes.get(bytes.len() - 2) == Some(&b'0'))
        // A leap second would be read as the second before it.
        && bytes.get(17..19) != Some(b"60");
    shape && text.parse::<Timestamp>().is_ok()
}

/// The bytes, and how far they were read.
struct Text<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Text<'a> {
    fn next(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied();
        self.at += 1;
        byte
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Result<(), EntryError> {
        if self.next() == Some(byte) { Ok(()) } else { Err(EntryError::NotCanonical) }
    }

    /// A text without escapes: visible ASCII and spaces, which no form takes, are all that can stand there.
    fn text(&mut self) -> Result<&'a [u8], EntryError> {
        self.expect(b'"')?;
        let begin = self.at;
        while let Some(byte) = self.next() {
            match byte {
                b'"' => return self.bytes.get(begin..self.at - 1).ok_or(EntryError::NotCanonical),
                b'\\' | 0..0x20 | 0x7F.. => return Err(EntryError::NotCanonical),
                _ => {}
            }
        }
        Err(EntryError::NotCanonical)
    }

    fn str(&mut self) -> Result<&'a str, EntryError> {
        std::str::from_utf8(self.text()?).map_err(|_| EntryError::NotCanonical)
    }

    fn word(&mut self, word: &[u8]) -> Result<(), EntryError> {
        word.iter().try_for_each(|byte| self.expect(*byte))
    }

    fn count(&mut self) -> Result<u64, EntryError> {
        let begin = self.at;
        let mut count = 0u64;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            count = count
                .checked_mul(10)
                .and_then(|count| count.checked_add(u64::from(digit - b'0')))
                .ok_or(EntryError::NotCanonical)?;
            self.at += 1;
        }
        let length = self.at - begin;
        let leading = length > 1 && self.bytes.get(begin) == Some(&b'0');
        if length == 0 || leading { Err(EntryError::NotCanonical) } else { Ok(count) }
    }

    fn value(&mut self) -> Result<Value<'a>, EntryError> {
        match self.peek() {
            Some(b'"') => self.str().map(Value::Text),
            Some(b'0'..=b'9') => self.count().map(Value::Count),
            Some(b'n') => self.word(b"null").map(|()| Value::Null),
            Some(b't') => self.word(b"true").map(|()| Value::Flag(true)),
            Some(b'f') => self.word(b"false").map(|()| Value::Flag(false)),
            Some(b'[') => self.list(),
            _ => Err(EntryError::NotCanonical),
        }
    }

    fn list(&mut self) -> Result<Value<'a>, EntryError> {
        self.expect(b'[')?;
        match self.peek() {
            Some(b']') => {
                self.at += 1;
                Ok(Value::Counts(Vec::new()))
            }
            Some(b'"') => self.values(Self::str).map(Value::Texts),
            _ => self.values(Self::count).map(Value::Counts),
        }
    }

    fn values<T>(&mut self, read: impl Fn(&mut Self) -> Result<T, EntryError>) -> Result<Vec<T>, EntryError> {
        let mut values = Vec::new();
        while values.len() < MOST_VALUES {
            values.push(read(self)?);
            match self.next() {
                Some(b',') => {}
                Some(b']') => return Ok(values),
                _ => break,
            }
        }
        Err(EntryError::NotCanonical)
    }
}
