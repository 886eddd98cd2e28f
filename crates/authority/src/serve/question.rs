//! A question as it comes over the wire, read strictly.

use base64ct::{Base64, Encoding};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use std::sync::Arc;

use crate::capture::{Intake, Slot};
use crate::document::{CardDate, DocumentKind, IdNumber, ValidUntil};
use crate::http::{Json, Request};
use crate::{Query, QueryField};

/// Every member that a question can have.
const MEMBERS: [&str; 11] = [
    "key",
    "name",
    "id_number",
    "document_kind",
    "valid_from",
    "valid_until",
    "phone_number",
    "probe",
    "liveness",
    "purpose",
    "consent_sha256",
];

/// Why a question isn't asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unasked {
    /// It isn't a question of this interface.
    NotAQuestion,
    /// One value can't be one.
    Invalid(QueryField),
}

/// The key, and the query when its values can be asked about.
pub(super) fn read(
    request: &Request,
    now: Timestamp,
) -> Result<(String, Result<Query, QueryField>), Unasked> {
    let body = Json::parse(&request.body).ok_or(Unasked::NotAQuestion)?;
    let Json::Object(members) = &body else { return Err(Unasked::NotAQuestion) };
    if !members.iter().all(|(name, _)| MEMBERS.contains(&name.as_str())) {
        return Err(Unasked::NotAQuestion);
    }
    let key = body.at("/key").and_then(Json::as_text).unwrap_or_default();
    if !is_key(key) {
        return Err(Unasked::NotAQuestion);
    }
    match query(&body, key, now) {
        Ok(query) => Ok((key.to_owned(), Ok(query))),
        Err(Unasked::Invalid(field)) => Ok((key.to_owned(), Err(field))),
        Err(Unasked::NotAQuestion) => Err(Unasked::NotAQuestion),
    }
}

/// Whether it can be a key: what [`wire_key`](crate::http::wire_key) makes.
pub(super) fn is_key(key: &str) -> bool {
    (1..=64).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
}

fn query(body: &Json, key: &str, now: Timestamp) -> Result<Query, Unasked> {
    let needed = |at, field| match text(body, at)? {
        Some(text) if !text.trim().is_empty() && text.len() <= 256 => Ok(text),
        _ => Err(Unasked::Invalid(field)),
    };
    let name = needed("/name", QueryField::Name)?;
    let number = IdNumber::new(needed("/id_number", QueryField::IdNumber)?);
    // The caller keeps the deadline; this only bounds the work.
    let deadline = now.checked_add(10.seconds()).unwrap_or(Timestamp::MAX);
    let mut query = Query::new(name, number, now, key).with_deadline(deadline);
    if let Some(kind) = text(body, "/document_kind")? {
        query = query.with_document_kind(
            DocumentKind::from_name(kind).ok_or(Unasked::Invalid(QueryField::DocumentKind))?,
        );
    }
    match (text(body, "/valid_from")?, text(body, "/valid_until")?) {
        (Some(from), Some(until)) => {
            let from = date(from).ok_or(Unasked::Invalid(QueryField::ValidFrom))?;
            let until = match until {
                "long_term" => ValidUntil::LongTerm,
                day => ValidUntil::Day(date(day).ok_or(Unasked::Invalid(QueryField::ValidUntil))?),
            };
            query = query.with_validity(from, until);
        }
        (None, None) => {}
        (Some(_), None) => return Err(Unasked::Invalid(QueryField::ValidUntil)),
        (None, Some(_)) => return Err(Unasked::Invalid(QueryField::ValidFrom)),
    }
    if let Some(number) = text(body, "/phone_number")? {
        query = query.with_phone_number(number);
    }
    if let Some(photo) = text(body, "/probe/base64")? {
        let invalid = Unasked::Invalid(QueryField::Probe);
        let bytes = Base64::decode_vec(photo).map_err(|_| invalid)?;
        let capture = Intake::default().take(Slot::Live, bytes, now).map_err(|_| invalid)?;
        query = query.with_probe(Arc::new(capture));
    }
    match body.at("/liveness") {
        None | Some(Json::Bool(false)) => {}
        Some(Json::Bool(true)) => query = query.with_liveness(),
        Some(_) => return Err(Unasked::NotAQuestion),
    }
    if let Some(purpose) = text(body, "/purpose")? {
        let purpose = purpose.parse().map_err(|_| Unasked::NotAQuestion)?;
        let digest = text(body, "/consent_sha256")?.and_then(digest).ok_or(Unasked::NotAQuestion)?;
        query = query.with_consent(purpose, digest);
    }
    Ok(query)
}

/// The text of a member; a member of another type makes it no question.
fn text<'a>(body: &'a Json, at: &str) -> Result<Option<&'a str>, Unasked> {
    match body.at(at) {
        None => Ok(None),
        Some(Json::Text(text)) => Ok(Some(text)),
        Some(_) => Err(Unasked::NotAQuestion),
    }
}

fn date(iso: &str) -> Option<CardDate> {
    (iso.len() == 10).then(|| iso.parse::<Date>().ok().map(CardDate::from)).flatten()
}

fn digest(text: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (index, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(digest)
}
