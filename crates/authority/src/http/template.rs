//! What goes into a request: a tree of literals and slots, filled from a query.

use base64ct::{Base64, Encoding as _};
use jiff::Timestamp;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use zeroize::Zeroizing;

use super::dialect::wire_key;
use super::seal::hex;
use super::xml::{Charset, Unwritable, Writer};
use crate::document::{CardDate, ValidUntil};
use crate::{AuthorityError, Query, QueryField};

/// A body to be filled in. A member whose optional slot is empty is left out, and so is an object that becomes empty.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Template {
    Text(String),
    Integer(i64),
    Bool(bool),
    Slot { value: Slot, optional: bool },
    Array(Vec<Template>),
    Object(Vec<(String, Template)>),
}

/// A value of the query, as it is written in a template between braces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Name,
    IdNumber,
    DocumentKind,
    ValidFrom,
    ValidFromCompact,
    ValidUntil,
    ValidUntilCompact,
    ValidUntilZeros,
    ValidUntilDay,
    PhoneNumber,
    PhoneNumberNational,
    ProbeBase64,
    ProbeMediaType,
    ProbeSha256,
    Liveness,
    Purpose,
    ConsentSha256,
    Key,
    Seconds,
    Milliseconds,
}

realname_terms::names! {
    Slot {
        Name = "name",
        IdNumber = "id_number",
        DocumentKind = "document_kind",
        ValidFrom = "valid_from",
        ValidFromCompact = "valid_from.compact",
        ValidUntil = "valid_until",
        ValidUntilCompact = "valid_until.compact",
        ValidUntilZeros = "valid_until.zeros",
        ValidUntilDay = "valid_until.day",
        PhoneNumber = "phone_number",
        PhoneNumberNational = "phone_number.national",
        ProbeBase64 = "probe.base64",
        ProbeMediaType = "probe.media_type",
        ProbeSha256 = "probe.sha256",
        Liveness = "liveness",
        Purpose = "purpose",
        ConsentSha256 = "consent_sha256",
        Key = "key",
        Seconds = "time.seconds",
        Milliseconds = "time.milliseconds",
    }
}

impl Slot {
    /// The field of the query that an empty slot lacks. `None` for what isn't the person's.
    fn field(self) -> Option<QueryField> {
        match self {
            Self::Name => Some(QueryField::Name),
            Self::IdNumber => Some(QueryField::IdNumber),
            Self::DocumentKind => Some(QueryField::DocumentKind),
            Self::ValidFrom | Self::ValidFromCompact => Some(QueryField::ValidFrom),
            Self::ValidUntil | Self::ValidUntilCompact | Self::ValidUntilZeros | Self::ValidUntilDay => {
                Some(QueryField::ValidUntil)
            }
            Self::PhoneNumber | Self::PhoneNumberNational => Some(QueryField::PhoneNumber),
            Self::ProbeBase64 => Some(QueryField::Probe),
            // A photo's type or digest alone can't be compared with anything.
            Self::ProbeMediaType | Self::ProbeSha256 => None,
            Self::Liveness
            | Self::Purpose
            | Self::ConsentSha256
            | Self::Key
            | Self::Seconds
            | Self::Milliseconds => None,
        }
    }

    fn missing(self) -> AuthorityError {
        match (self, self.field()) {
            // A document without an end is a document; this register can't be asked about it.
            (Self::ValidUntilDay, _) => AuthorityError::Unsupported,
            (_, Some(field)) => AuthorityError::InvalidInput { field },
            (Self::ProbeMediaType | Self::ProbeSha256, None) => {
                AuthorityError::InvalidInput { field: QueryField::Probe }
            }
            _ => AuthorityError::Unsupported,
        }
    }

    /// What goes there. `optional` is a register that does without: it isn't told a phone number that is only at hand.
    fn value(self, optional: bool, query: &Query, key: &str, now: Timestamp) -> Option<Value> {
        let phone = if optional { query.phone_number() } else { query.phone_number_at_hand() };
        let bytes = || query.probe()?.bytes();
        Some(match self {
            Self::Name => text(query.name()),
            Self::IdNumber => text(query.id_number().as_str()),
            Self::DocumentKind => text(query.document_kind()?.as_str()),
            Self::ValidFrom => text(&iso(query.valid_from()?)),
            Self::ValidFromCompact => text(&compact(query.valid_from()?)),
            Self::ValidUntil => text(&query.valid_until()?.to_text()),
            Self::ValidUntilCompact => match query.valid_until()? {
                ValidUntil::Day(day) => text(&compact(day)),
                ValidUntil::LongTerm => text("长期"),
            },
            Self::ValidUntilZeros => match query.valid_until()? {
                ValidUntil::Day(day) => text(&compact(day)),
                ValidUntil::LongTerm => text("00000000"),
            },
            Self::ValidUntilDay => match query.valid_until()? {
                ValidUntil::Day(day) => text(&compact(day)),
                ValidUntil::LongTerm => return None,
            },
            Self::PhoneNumber => text(phone?),
            Self::PhoneNumberNational => text(national(phone?)?),
            Self::ProbeBase64 => Value::Text(Zeroizing::new(Base64::encode_string(bytes()?))),
            Self::ProbeMediaType => text(query.probe()?.format().media_type()),
            Self::ProbeSha256 => text(&hex(&query.probe()?.sha256())),
            Self::Liveness => Value::Bool(query.wants_liveness()),
            Self::Purpose => text(query.purpose()?.as_str()),
            Self::ConsentSha256 => text(&hex(&query.consent_sha256()?)),
            Self::Key => text(key),
            Self::Seconds => Value::Integer(now.as_second()),
            Self::Milliseconds => Value::Integer(now.as_millisecond()),
        })
    }
}

impl Template {
    /// Reads a text of a template: a literal, or one slot in braces (`{name}`, or `{phone_number?}` when it may be
    /// empty). `None` when it is neither: braces inside a literal, or a slot of an unknown name.
    pub(super) fn text(written: &str) -> Option<Self> {
        if !written.contains(['{', '}']) {
            return Some(Self::Text(written.to_owned()));
        }
        let name = written.strip_prefix('{')?.strip_suffix('}')?;
        let (name, optional) = name.strip_suffix('?').map_or((name, false), |name| (name, true));
        let value = Slot::from_name(name)?;
        Some(Self::Slot { value, optional })
    }

    /// Whether the register is told this field at all, so that it can answer about it.
    pub(super) fn asks(&self, field: QueryField) -> bool {
        match self {
            Self::Slot { value, .. } => value.field() == Some(field),
            Self::Array(items) => items.iter().any(|item| item.asks(field)),
            Self::Object(members) => members.iter().any(|(_, member)| member.asks(field)),
            Self::Text(_) | Self::Integer(_) | Self::Bool(_) => false,
        }
    }

    /// Whether it can't be filled without this field.
    pub(super) fn needs(&self, field: QueryField) -> bool {
        match self {
            Self::Slot { value, optional } => !optional && value.field() == Some(field),
            Self::Array(items) => items.iter().any(|item| item.needs(field)),
            Self::Object(members) => members.iter().any(|(_, member)| member.needs(field)),
            Self::Text(_) | Self::Integer(_) | Self::Bool(_) => false,
        }
    }

    /// The body as JSON.
    pub(super) fn json(&self, query: &Query, now: Timestamp) -> Result<Zeroizing<Vec<u8>>, AuthorityError> {
        let filled = self.filled(query, &wire_key(query), now)?.unwrap_or(Filled::Object(Vec::new()));
        let mut body = Zeroizing::new(Vec::with_capacity(capacity(query)));
        serde_json::to_writer(&mut *body, &filled).map_err(|_| AuthorityError::Unsupported)?;
        Ok(body)
    }

    /// The body as `application/x-www-form-urlencoded`: one level of members.
    pub(super) fn form(&self, query: &Query, now: Timestamp) -> Result<Zeroizing<Vec<u8>>, AuthorityError> {
        let mut form = form_urlencoded::Serializer::new(String::with_capacity(capacity(query)));
        for (name, value) in self.parameters(query, now)? {
            form.append_pair(name, &value);
        }
        Ok(Zeroizing::new(form.finish().into_bytes()))
    }

    /// The body as a document.
    pub(super) fn xml(
        &self,
        charset: Charset,
        query: &Query,
        now: Timestamp,
    ) -> Result<Zeroizing<Vec<u8>>, AuthorityError> {
        let filled = self.filled(query, &wire_key(query), now)?;
        let mut writer = Writer::new(charset, capacity(query));
        // Of all values only a name has more than digits and letters.
        let unwritable = |_: Unwritable| AuthorityError::InvalidInput { field: QueryField::Name };
        if let Some(Filled::Object(members)) = &filled {
            members
                .iter()
                .try_for_each(|(name, member)| member.element(name, &mut writer))
                .map_err(unwritable)?;
        }
        writer.finish().map_err(unwritable)
    }

    /// The members as names and values: one level of them.
    pub(super) fn parameters(
        &self,
        query: &Query,
        now: Timestamp,
    ) -> Result<Vec<(&str, Zeroizing<String>)>, AuthorityError> {
        let Some(Filled::Object(members)) = self.filled(query, &wire_key(query), now)? else {
            return Ok(Vec::new());
        };
        let value = |member| {
            Ok(match member {
                Filled::Value(Value::Text(text)) => text,
                Filled::Value(Value::Integer(number)) => Zeroizing::new(number.to_string()),
                Filled::Value(Value::Bool(is)) => Zeroizing::new(is.to_string()),
                Filled::Array(_) | Filled::Object(_) => return Err(AuthorityError::Unsupported),
            })
        };
        members.into_iter().map(|(name, member)| Ok((name, value(member)?))).collect()
    }

    fn filled<'a>(
        &'a self,
        query: &Query,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<Filled<'a>>, AuthorityError> {
        Ok(Some(match self {
            Self::Text(literal) => Filled::Value(text(literal)),
            Self::Integer(number) => Filled::Value(Value::Integer(*number)),
            Self::Bool(is) => Filled::Value(Value::Bool(*is)),
            Self::Slot { value: slot, optional } => match slot.value(*optional, query, key, now) {
                Some(value) => Filled::Value(value),
                None if *optional => return Ok(None),
                None => return Err(slot.missing()),
            },
            Self::Array(items) => {
                let filled: Result<Vec<_>, _> =
                    items.iter().map(|item| item.filled(query, key, now)).collect();
                Filled::Array(filled?.into_iter().flatten().collect())
            }
            Self::Object(members) => {
                let mut filled = Vec::new();
                for (name, member) in members {
                    if let Some(member) = member.filled(query, key, now)? {
                        filled.push((name.as_str(), member));
                    }
                }
                if filled.is_empty() && !members.is_empty() {
                    return Ok(None);
                }
                Filled::Object(filled)
            }
        }))
    }
}

/// A template with its values. Texts are wiped when it is dropped.
enum Filled<'a> {
    Value(Value),
    Array(Vec<Filled<'a>>),
    Object(Vec<(&'a str, Filled<'a>)>),
}

impl Filled<'_> {
    /// As an element of that name, or several of a list. A map's names are names of XML.
    fn element(&self, name: &str, writer: &mut Writer) -> Result<(), Unwritable> {
        if let Self::Array(items) = self {
            return items.iter().try_for_each(|item| item.element(name, writer));
        }
        writer.raw("<");
        writer.raw(name);
        let members = match self {
            Self::Object(members) => &members[..],
            _ => &[],
        };
        for (name, member) in members {
            if let Some(name) = name.strip_prefix('@') {
                writer.raw(" ");
                writer.raw(name);
                writer.raw("=\"");
                member.text(writer)?;
                writer.raw("\"");
            }
        }
        writer.raw(">");
        self.text(writer)?;
        for (name, member) in members {
            match *name {
                "#text" => member.text(writer)?,
                name if name.starts_with('@') => {}
                name => member.element(name, writer)?,
            }
        }
        writer.raw("</");
        writer.raw(name);
        writer.raw(">");
        Ok(())
    }

    /// Its text, if it is a value.
    fn text(&self, writer: &mut Writer) -> Result<(), Unwritable> {
        match self {
            Self::Value(Value::Text(text)) => writer.escaped(text),
            Self::Value(Value::Integer(number)) => writer.escaped(&number.to_string()),
            Self::Value(Value::Bool(is)) => writer.escaped(if *is { "true" } else { "false" }),
            Self::Array(_) | Self::Object(_) => Ok(()),
        }
    }
}

enum Value {
    Text(Zeroizing<String>),
    Integer(i64),
    Bool(bool),
}

impl Serialize for Filled<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(Value::Text(text)) => serializer.serialize_str(text),
            Self::Value(Value::Integer(number)) => serializer.serialize_i64(*number),
            Self::Value(Value::Bool(is)) => serializer.serialize_bool(*is),
            Self::Array(items) => {
                let mut seq = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| seq.serialize_element(item))?;
                seq.end()
            }
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                members.iter().try_for_each(|(name, member)| map.serialize_entry(name, member))?;
                map.end()
            }
        }
    }
}

/// Room enough that the body isn't moved while it is written: a moved buffer leaves a copy behind.
fn capacity(query: &Query) -> usize {
    query.probe().and_then(|probe| probe.bytes()).map_or(0, |bytes| bytes.len() * 3 / 2) + 4096
}

fn text(value: &str) -> Value {
    Value::Text(Zeroizing::new(value.to_owned()))
}

/// The eleven digits of a mobile number in China, without the country's code.
fn national(number: &str) -> Option<&str> {
    let digits = number.strip_prefix("+86").unwrap_or(number);
    (digits.len() == 11 && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

fn iso(date: CardDate) -> Zeroizing<String> {
    Zeroizing::new(date.to_date().to_string())
}

fn compact(date: CardDate) -> Zeroizing<String> {
    Zeroizing::new(date.to_date().strftime("%Y%m%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::IdNumber;

    fn query() -> Query {
        Query::new("测试甲", IdNumber::new("119999199001010004"), Timestamp::UNIX_EPOCH, "q1")
    }

    fn template(members: &[(&str, &str)]) -> Template {
        let member = |(name, text): &(&str, &str)| ((*name).to_owned(), Template::text(text).unwrap());
        Template::Object(members.iter().map(member).collect())
    }

    #[test]
    fn optional_slots_vanish_and_needed_ones_are_missed() {
        let body = template(&[("n", "{name}"), ("p", "{phone_number?}"), ("v", "1"), ("k", "{key}")]);
        let json = body.json(&query(), Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(std::str::from_utf8(&json).unwrap(), r#"{"n":"测试甲","v":"1","k":"q1"}"#);
        assert!(body.asks(QueryField::PhoneNumber) && !body.asks(QueryField::Probe));
        let needs = template(&[("p", "{phone_number}")]);
        assert_eq!(
            needs.json(&query(), Timestamp::UNIX_EPOCH),
            Err(AuthorityError::InvalidInput { field: QueryField::PhoneNumber })
        );
    }

    #[test]
    fn dates_in_both_ways() {
        let from = CardDate::parse("20200101").unwrap();
        let long = query().with_validity(from, ValidUntil::LongTerm);
        let short = query().with_validity(from, ValidUntil::Day(CardDate::parse("20300101").unwrap()));
        let body = template(&[("a", "{valid_from}"), ("b", "{valid_until}"), ("c", "{valid_until.compact}")]);
        let shown = |query: &Query| body.json(query, Timestamp::UNIX_EPOCH).unwrap().to_vec();
        assert_eq!(shown(&long), r#"{"a":"2020-01-01","b":"long_term","c":"长期"}"#.as_bytes());
        assert_eq!(shown(&short), br#"{"a":"2020-01-01","b":"2030-01-01","c":"20300101"}"#);
    }

    #[test]
    fn a_phone_number_at_hand_goes_where_one_is_needed_and_nowhere_else() {
        let offered = query().offering_phone_number("+8619900000001");
        let body =
            |slot: &str| template(&[("p", slot)]).json(&offered, Timestamp::UNIX_EPOCH).map(|b| b.to_vec());
        assert_eq!(body("{phone_number}"), Ok(br#"{"p":"+8619900000001"}"#.to_vec()));
        assert_eq!(body("{phone_number.national}"), Ok(br#"{"p":"19900000001"}"#.to_vec()));
        assert_eq!(body("{phone_number?}"), Ok(b"{}".to_vec()));
        let abroad = query().offering_phone_number("+447700900123");
        let template = template(&[("p", "{phone_number.national}")]);
        assert!(template.needs(QueryField::PhoneNumber) && template.asks(QueryField::PhoneNumber));
        assert_eq!(
            template.json(&abroad, Timestamp::UNIX_EPOCH),
            Err(AuthorityError::InvalidInput { field: QueryField::PhoneNumber })
        );
    }

    #[test]
    fn a_name_cannot_break_out_of_its_place() {
        let nasty = Query::new(r#"","admin":"1&x=y"#, IdNumber::new("1"), Timestamp::UNIX_EPOCH, "q1");
        let body = template(&[("n", "{name}")]);
        let json = body.json(&nasty, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(&json[..], br#"{"n":"\",\"admin\":\"1&x=y"}"#);
        let form = body.form(&nasty, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(&form[..], b"n=%22%2C%22admin%22%3A%221%26x%3Dy");
    }

    #[test]
    fn only_literals_and_known_slots() {
        for wrong in ["{nam}", "x{name}", "{name", "{}", "{name??}", "{name}{key}"] {
            assert!(Template::text(wrong).is_none(), "{wrong}");
        }
    }
}
