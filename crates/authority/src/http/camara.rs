//! CAMARA Know Your Customer Match (`POST {root}/match`), as published in `kyc-match.yaml`: an operator compares values
//! with what it holds for a phone number.

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::dialect::wire_key;
use super::json::Json;
use super::status;
use super::{Dialect, Method, Request, Response};
use crate::clock::later;
use crate::document::{DocumentKind, ValidUntil};
use crate::{Attribute, AuthorityError, Finding, Meta, NotFoundHint, Query, QueryField, QuotaScope, Subject};

/// The dialect of CAMARA Know Your Customer Match.
///
/// It asks with `name`, `idDocument`, `idDocumentType`, `idDocumentExpiryDate` and `phoneNumber`. The answer is about one
/// subscription: the operator holds no register of documents, so [`Finding::document`] and the first day of validity stay
/// [`NotAvailable`](Attribute::NotAvailable), and no face is compared. Match scores are checked for form and dropped: a
/// score never turns `false` into a match. The phone number counts as the person's when the identity number that the
/// operator holds for it is the one asked about.
///
/// The interface has no idempotency key and no look-up, so a lost reply stays
/// [`Indeterminate`](AuthorityError::Indeterminate).
#[derive(Clone, Debug)]
pub struct Camara {
    id: String,
    is_test: bool,
    path: String,
    version: Option<CamaraVersion>,
    country_code: Option<String>,
}

/// Which version of the interface an operator speaks. They differ in what they refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[non_exhaustive]
pub enum CamaraVersion {
    /// 0.4.0 (release r1.2): a second-level check may refuse the document with 403.
    #[serde(rename = "0.4")]
    V0_4,
    /// 0.5.0 (release r2.1): no such refusals.
    #[serde(rename = "0.5")]
    V0_5,
}

impl Camara {
    /// With the id that findings state as their authority, and the path before `/match`, such as `/kyc-match/v0.4`.
    pub fn new(id: impl Into<String>, root: impl AsRef<str>) -> Self {
        let path = format!("{}/match", root.as_ref().trim_end_matches('/'));
        Self { id: id.into(), is_test: true, path, version: None, country_code: None }
    }

    /// Says that the operator's register is a real one.
    pub fn for_real_register(mut self) -> Self {
        self.is_test = false;
        self
    }

    /// Takes only what this version says; without it what any of them says.
    pub fn for_version(mut self, version: CamaraVersion) -> Self {
        self.version = Some(version);
        self
    }

    /// Writes this before phone numbers that don't begin with a plus sign: `+86`.
    pub fn with_country_code(mut self, code: impl Into<String>) -> Self {
        self.country_code = Some(code.into());
        self
    }

    /// The phone number as the interface wants it (E.164 with a plus sign).
    fn phone_number(&self, query: &Query) -> Result<Option<Zeroizing<String>>, AuthorityError> {
        let Some(number) = query.phone_number_at_hand() else { return Ok(None) };
        let prefix =
            if number.starts_with('+') { "" } else { self.country_code.as_deref().unwrap_or_default() };
        let number = Zeroizing::new(format!("{prefix}{number}"));
        let digits = number.strip_prefix('+').unwrap_or_default();
        let right = (5..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        if right {
            Ok(Some(number))
        } else {
            Err(AuthorityError::InvalidInput { field: QueryField::PhoneNumber })
        }
    }
}

/// `KYC_MatchRequestBody`, as far as a query fills it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<&'a str>,
    id_document: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_document_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_document_expiry_date: Option<&'a str>,
    name: &'a str,
}

fn document_type(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Resident => "national_id_card",
        DocumentKind::ResidencePermit
        | DocumentKind::PermanentResident2017
        | DocumentKind::PermanentResident2023 => "residence_permit",
    }
}

impl Dialect for Camara {
    fn id(&self) -> &str {
        &self.id
    }

    fn is_test(&self) -> bool {
        self.is_test
    }

    fn asks_for(&self, field: QueryField) -> bool {
        field == QueryField::PhoneNumber
    }

    fn request(&self, query: &Query, _: Timestamp) -> Result<Request, AuthorityError> {
        let invalid = |field| Err(AuthorityError::InvalidInput { field });
        if !(1..=256).contains(&query.name().chars().count()) {
            return invalid(QueryField::Name);
        }
        if !(1..=50).contains(&query.id_number().as_str().chars().count()) {
            return invalid(QueryField::IdNumber);
        }
        let phone_number = self.phone_number(query)?;
        let expiry = expiry(query);
        let body = Body {
            phone_number: phone_number.as_ref().map(|number| number.as_str()),
            id_document: query.id_number().as_str(),
            id_document_type: query.document_kind().map(document_type),
            id_document_expiry_date: expiry.as_ref().map(|date| date.as_str()),
            name: query.name(),
        };
        let mut json = Zeroizing::new(Vec::with_capacity(2048));
        serde_json::to_writer(&mut *json, &body).map_err(|_| AuthorityError::Unsupported)?;
        Ok(Request::new(Method::Post, self.path.as_str())
            .with_body("application/json", json)
            .with_header("x-correlator", wire_key(query)))
    }

    fn finding(&self, query: &Query, reply: &Response, now: Timestamp) -> Result<Finding, AuthorityError> {
        // "The response header x-correlator has same value as the request header": another value answers another request.
        let correlator = reply.header("x-correlator");
        if correlator.is_some_and(|correlator| correlator != wire_key(query))
            || reply.body.len() > Response::MAX_BODY
        {
            return Err(AuthorityError::Protocol);
        }
        let mut meta = Meta::new(&self.id, query, now);
        meta.is_test = self.is_test;
        meta.reference = correlator.map(str::to_owned);
        meta.response_sha256 = Some(Sha256::digest(&reply.body[..]).into());
        if reply.status != 200 {
            return Ok(match refused(reply, self.version, now)? {
                No::Such(hint) => Finding::new(Subject::NotFound { hint: Some(hint) }, meta),
                No::OtherDocument => other_document(query, meta),
            });
        }
        let body = Json::parse(&reply.body).ok_or(AuthorityError::Protocol)?;
        let Json::Object(members) = &body else { return Err(AuthorityError::Protocol) };
        if !members.iter().all(|(name, value)| follows_schema(&body, name, value)) {
            return Err(AuthorityError::Protocol);
        }
        let asked = |name: &str| body.at(name).and_then(result).ok_or(AuthorityError::Protocol);
        let mut finding = Finding::new(Subject::Found, meta);
        let attributes = &mut finding.attributes;
        attributes.name = asked("/nameMatch")?;
        attributes.id_number = asked("/idDocumentMatch")?;
        if query.document_kind().is_some() && asked("/idDocumentTypeMatch")? == Attribute::Mismatch {
            // The same number on another kind of document is another document.
            attributes.id_number = Attribute::Mismatch;
        }
        if query.valid_from().is_some() {
            attributes.valid_from = Attribute::NotAvailable;
        }
        if query.valid_until().is_some() {
            attributes.valid_until = match expiry(query) {
                Some(_) => asked("/idDocumentExpiryDateMatch")?,
                None => Attribute::NotAvailable,
            };
        }
        if query.phone_number_at_hand().is_some() {
            attributes.phone_number = attributes.id_number;
        }
        Ok(finding)
    }
}

/// A "no" that doesn't come as a reply of the schema.
enum No {
    /// The operator has no such number.
    Such(NotFoundHint),
    /// The document isn't the one that the operator holds for the number.
    OtherDocument,
}

/// The operator's second-level check refused the document (0.4.0): whose name it is it doesn't say then.
fn other_document(query: &Query, meta: Meta) -> Finding {
    let mut finding = Finding::new(Subject::Found, meta);
    let attributes = &mut finding.attributes;
    attributes.name = Attribute::Withheld;
    attributes.id_number = Attribute::Mismatch;
    if query.phone_number_at_hand().is_some() {
        attributes.phone_number = Attribute::Mismatch;
    }
    for (asked, attribute) in [
        (query.valid_from().is_some(), &mut attributes.valid_from),
        (query.valid_until().is_some(), &mut attributes.valid_until),
    ] {
        if asked {
            *attribute = Attribute::NotAvailable;
        }
    }
    finding
}

/// The last day of validity. The interface has no word for "no end".
fn expiry(query: &Query) -> Option<Zeroizing<String>> {
    match query.valid_until()? {
        ValidUntil::Day(day) => Some(Zeroizing::new(day.to_date().to_string())),
        ValidUntil::LongTerm => None,
    }
}

/// `MatchResult`. Anything else has no meaning.
fn result(value: &Json) -> Option<Attribute> {
    match value.as_text()? {
        "true" => Some(Attribute::Match),
        "false" => Some(Attribute::Mismatch),
        "not_available" => Some(Attribute::NotAvailable),
        _ => None,
    }
}

/// Whether a member of the response is as the schema has it. Members that the schema doesn't have are let be.
fn follows_schema(body: &Json, name: &str, value: &Json) -> bool {
    if name.ends_with("Match") {
        return result(value).is_some();
    }
    let Some(matched) = name.strip_suffix("Score") else { return true };
    // "This property shall only be returned when the value of the corresponding match field is `false`."
    let is_false = body.at(&format!("/{matched}")).and_then(Json::as_text) == Some("false");
    is_false && matches!(value, Json::Integer(0..=99))
}

/// `ErrorInfo`: why there is no answer. A phone number that the operator doesn't have, and a document that isn't the
/// holder's, are answers. A code that this crate doesn't know is never taken for trouble with our access: it may be a "no".
fn refused(reply: &Response, version: Option<CamaraVersion>, now: Timestamp) -> Result<No, AuthorityError> {
    let body = Json::parse(&reply.body);
    let body = body.as_ref();
    let stated = body.and_then(|body| body.at("/status"));
    let code = body.and_then(|body| body.at("/code")).and_then(Json::as_text);
    if stated.is_some_and(|stated| *stated != Json::Integer(i64::from(reply.status))) {
        return Err(AuthorityError::Protocol);
    }
    let retry_after = status::retry_after(reply, now);
    let quota = |scope| AuthorityError::Quota { scope, reset: retry_after.map(|wait| later(now, wait)) };
    let phone_number = AuthorityError::InvalidInput { field: QueryField::PhoneNumber };
    Err(match (reply.status, code) {
        (404, Some("IDENTIFIER_NOT_FOUND")) => return Ok(No::Such(NotFoundHint::NumberUnknown)),
        // A word that this version doesn't have.
        (
            403,
            Some("KNOW_YOUR_CUSTOMER.ID_DOCUMENT_MISMATCH" | "KNOW_YOUR_CUSTOMER.ID_DOCUMENT_REQUIRED"),
        ) if version == Some(CamaraVersion::V0_5) => AuthorityError::Protocol,
        (403, Some("KNOW_YOUR_CUSTOMER.ID_DOCUMENT_MISMATCH")) => return Ok(No::OtherDocument),
        // We always send one.
        (403, Some("KNOW_YOUR_CUSTOMER.ID_DOCUMENT_REQUIRED")) => AuthorityError::BadRequest,
        (400, Some("KNOW_YOUR_CUSTOMER.INVALID_PARAM_COMBINATION")) => AuthorityError::Unsupported,
        (401, _) | (403, Some("PERMISSION_DENIED")) => AuthorityError::Denied,
        // The token stands for another phone number than the one asked about.
        (403, Some("INVALID_TOKEN_CONTEXT")) | (422, Some("MISSING_IDENTIFIER")) => phone_number,
        // The token names the subscription already: the configuration is wrong.
        (422, Some("UNNECESSARY_IDENTIFIER")) => AuthorityError::BadRequest,
        (422, Some("SERVICE_NOT_APPLICABLE")) => AuthorityError::Unsupported,
        (429, Some("QUOTA_EXCEEDED")) => quota(QuotaScope::Contract),
        (429, Some("TOO_MANY_REQUESTS")) => quota(QuotaScope::Rate),
        _ => status::error_of(reply, now),
    })
}

#[cfg(test)]
mod tests;
