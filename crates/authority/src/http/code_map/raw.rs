//! The file's own shape, and the checks that turn it into a map.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use super::{
    Billed, Code, CodeMap, CodeMapError, Facts, InquiryShape, Meaning, Place, ReplyShape, RequestShape, Table,
};
use crate::http::template::Template;
use crate::words::{Word, error_from_word};
use crate::{Attribute, Face, Liveness, QueryField};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMap {
    interface: String,
    request: RawRequest,
    inquiry: Option<RawInquiry>,
    #[serde(default)]
    reply: RawReply,
    table: Vec<RawTable>,
    #[serde(default)]
    status: BTreeMap<String, RawMeaning>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRequest {
    path: String,
    #[serde(default)]
    format: Format,
    key_header: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: toml::Table,
}

#[derive(Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Format {
    #[default]
    Json,
    Form,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInquiry {
    path: String,
    at: String,
    never_arrived: toml::Value,
    pending: Option<toml::Value>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawReply {
    statuses: Option<Vec<u16>>,
    reference: Option<String>,
    key: Option<String>,
    is_test: Option<String>,
    billed: Option<RawBilled>,
    retry_after: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBilled {
    at: String,
    yes: toml::Value,
    no: toml::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTable {
    at: String,
    #[serde(rename = "type")]
    kind: CodeType,
    #[serde(default)]
    optional: bool,
    codes: BTreeMap<String, RawMeaning>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CodeType {
    String,
    Integer,
    Boolean,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMeaning {
    error: Option<String>,
    retry_after: Option<u64>,
    #[serde(default)]
    proceed: bool,
    subject: Option<String>,
    name: Option<String>,
    id_number: Option<String>,
    valid_from: Option<String>,
    valid_until: Option<String>,
    phone_number: Option<String>,
    document: Option<String>,
    face: Option<String>,
    liveness: Option<String>,
    billed: Option<bool>,
}

pub(super) fn parse(text: &str) -> Result<CodeMap, CodeMapError> {
    let raw: RawMap =
        toml::from_str(text).map_err(|error| CodeMapError::Syntax(error.message().to_owned()))?;
    let request = request(raw.request)?;
    let inquiry = raw.inquiry.map(inquiry).transpose()?;
    let tables: Result<Vec<Table>, _> = raw.table.into_iter().map(|raw| table(raw, &request.body)).collect();
    let tables = tables?;
    let mut statuses = Vec::new();
    for (code, raw) in raw.status {
        let status: u16 =
            code.parse().map_err(|_| CodeMapError::CodeType { at: "status".into(), code: code.clone() })?;
        statuses.push((status, meaning(raw, "status", &code, &request.body)?));
    }
    let meanings = tables.iter().flat_map(|table| table.codes.iter().map(|(_, meaning)| meaning));
    let finds = |meaning: &Meaning| matches!(meaning, Meaning::Facts(facts) if facts.subject.is_some());
    if !meanings.into_iter().any(finds) {
        return Err(CodeMapError::NoSubject);
    }
    Ok(CodeMap { interface: raw.interface, request, inquiry, reply: reply(raw.reply)?, tables, statuses })
}

fn request(raw: RawRequest) -> Result<RequestShape, CodeMapError> {
    let is_form = raw.format == Format::Form;
    let body = object(raw.body)?;
    if let (true, Template::Object(members)) = (is_form, &body) {
        let flat = |member: &Template| !matches!(member, Template::Array(_) | Template::Object(_));
        if let Some((name, _)) = members.iter().find(|(_, member)| !flat(member)) {
            return Err(CodeMapError::Slot(name.clone()));
        }
    }
    Ok(RequestShape {
        path: path("request path", raw.path)?,
        is_form,
        body,
        key_header: raw.key_header,
        headers: raw.headers.into_iter().collect(),
    })
}

fn inquiry(raw: RawInquiry) -> Result<InquiryShape, CodeMapError> {
    Ok(InquiryShape {
        path: path("inquiry path", raw.path)?,
        at: path("inquiry", raw.at)?,
        never_arrived: scalar(raw.never_arrived)?,
        pending: raw.pending.map(scalar).transpose()?,
    })
}

fn reply(raw: RawReply) -> Result<ReplyShape, CodeMapError> {
    let reference = raw.reference.map(|place| match place.strip_prefix("header:") {
        Some(header) => Ok(Place::Header(header.to_owned())),
        None => path("reply reference", place).map(Place::Body),
    });
    let billed = raw.billed.map(|raw| -> Result<Billed, CodeMapError> {
        Ok(Billed { at: path("reply billed", raw.at)?, yes: scalar(raw.yes)?, no: scalar(raw.no)? })
    });
    Ok(ReplyShape {
        statuses: raw.statuses.unwrap_or_else(|| vec![200]),
        reference: reference.transpose()?,
        key: raw.key.map(|at| path("reply key", at)).transpose()?,
        is_test: raw.is_test.map(|at| path("reply is_test", at)).transpose()?,
        billed: billed.transpose()?,
        retry_after: raw.retry_after.map(|at| path("reply retry_after", at)).transpose()?,
    })
}

fn table(raw: RawTable, body: &Template) -> Result<Table, CodeMapError> {
    let at = path("table", raw.at)?;
    let mut codes = Vec::new();
    for (written, raw_meaning) in raw.codes {
        let wrong = || CodeMapError::CodeType { at: at.clone(), code: written.clone() };
        let code = match (raw.kind, written.as_str()) {
            (CodeType::String, text) => Code::Text(text.to_owned()),
            (CodeType::Integer, number) => Code::Integer(number.parse().map_err(|_| wrong())?),
            (CodeType::Boolean, "true") => Code::Bool(true),
            (CodeType::Boolean, "false") => Code::Bool(false),
            (CodeType::Boolean, _) => return Err(wrong()),
        };
        if codes.iter().any(|(known, _)| *known == code) {
            return Err(wrong());
        }
        codes.push((code, meaning(raw_meaning, &at, &written, body)?));
    }
    Ok(Table { at, optional: raw.optional, codes })
}

fn meaning(raw: RawMeaning, at: &str, code: &str, body: &Template) -> Result<Meaning, CodeMapError> {
    let facts = Facts {
        subject: word("subject", raw.subject)?,
        name: word("name", raw.name)?,
        id_number: word("id_number", raw.id_number)?,
        valid_from: word("valid_from", raw.valid_from)?,
        valid_until: word("valid_until", raw.valid_until)?,
        phone_number: word("phone_number", raw.phone_number)?,
        document: word("document", raw.document)?,
        face: word("face", raw.face)?,
        liveness: word("liveness", raw.liveness)?,
        billed: raw.billed,
    };
    if let Some(error) = raw.error {
        let retry_after = raw.retry_after.map(Duration::from_secs);
        let known = error_from_word(&error, retry_after).is_some();
        if !known || raw.proceed || facts != (Facts { billed: raw.billed, ..Facts::default() }) {
            return Err(CodeMapError::Word { part: "error", word: error });
        }
        return Ok(Meaning::Error { word: error, retry_after });
    }
    let says_nothing = facts == Facts::default();
    if says_nothing != raw.proceed || raw.retry_after.is_some() {
        return Err(CodeMapError::Empty { at: at.to_owned(), code: code.to_owned() });
    }
    let unsent = spoken_of(&facts).into_iter().flatten().find(|field| !body.asks(*field));
    match unsent {
        Some(field) => Err(CodeMapError::NotSent { at: at.to_owned(), code: code.to_owned(), field }),
        None => Ok(Meaning::Facts(facts)),
    }
}

/// The values of the query that the facts say something about.
fn spoken_of(facts: &Facts) -> [Option<QueryField>; 6] {
    let says = |attribute: Option<Attribute>| {
        attribute.is_some_and(|said| !matches!(said, Attribute::NotAsked | Attribute::NotAvailable))
    };
    let compares = facts.face.is_some_and(|said| said != Face::NotRun)
        || facts.liveness.is_some_and(|said| said != Liveness::NotRun);
    [
        (says(facts.name), QueryField::Name),
        (says(facts.id_number), QueryField::IdNumber),
        (says(facts.valid_from), QueryField::ValidFrom),
        (says(facts.valid_until), QueryField::ValidUntil),
        (says(facts.phone_number), QueryField::PhoneNumber),
        (compares, QueryField::Probe),
    ]
    .map(|(spoken, field)| spoken.then_some(field))
}

fn word<W: Word>(part: &'static str, written: Option<String>) -> Result<Option<W>, CodeMapError> {
    written.map(|word| W::from_word(&word).ok_or(CodeMapError::Word { part, word })).transpose()
}

fn object(table: toml::Table) -> Result<Template, CodeMapError> {
    let members: Result<Vec<_>, _> =
        table.into_iter().map(|(name, value)| Ok((name, template(value)?))).collect();
    members.map(Template::Object)
}

fn template(value: toml::Value) -> Result<Template, CodeMapError> {
    match value {
        toml::Value::String(text) => Template::text(&text).ok_or(CodeMapError::Slot(text)),
        toml::Value::Integer(number) => Ok(Template::Integer(number)),
        toml::Value::Boolean(is) => Ok(Template::Bool(is)),
        toml::Value::Array(items) => {
            let items: Result<Vec<_>, _> = items.into_iter().map(template).collect();
            items.map(Template::Array)
        }
        toml::Value::Table(table) => object(table),
        other => Err(CodeMapError::Slot(other.type_str().to_owned())),
    }
}

fn scalar(value: toml::Value) -> Result<Code, CodeMapError> {
    match value {
        toml::Value::String(text) => Ok(Code::Text(text)),
        toml::Value::Integer(number) => Ok(Code::Integer(number)),
        toml::Value::Boolean(is) => Ok(Code::Bool(is)),
        other => Err(CodeMapError::CodeType { at: "billed".into(), code: other.type_str().to_owned() }),
    }
}

fn path(what: &'static str, text: String) -> Result<String, CodeMapError> {
    let right =
        text.starts_with('/') && !text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '~');
    if right { Ok(text) } else { Err(CodeMapError::Path { what, got: text }) }
}

#[cfg(test)]
mod tests;
