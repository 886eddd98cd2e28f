//! The file's own shape, and how it becomes a map.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::code::CodeType;
use super::place::{RawPlace, path};
use super::rows::{RawMeaning, Rows};
use super::{
    Answer, Billed, Code, CodeMap, CodeMapError, Column, Compare, Format, InquiryShape, Meaning, Outer, Part,
    Place, ReasonColumn, ReferenceAt, Refusals, ReplyForm, ReplyShape, RequestShape, Row, grants,
};
use crate::http::template::Template;
use crate::http::xml::{self, Charset};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMap {
    interface: String,
    request: RawRequest,
    inquiry: Option<RawInquiry>,
    #[serde(default)]
    reply: RawReply,
    #[serde(default)]
    outer: Vec<RawOuter>,
    answer: RawAnswer,
    #[serde(default)]
    part: Vec<RawTable>,
    #[serde(default)]
    refusal: Vec<RawRefusals>,
    #[serde(default)]
    status: BTreeMap<String, RawMeaning>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRequest {
    source: Option<String>,
    path: String,
    #[serde(default)]
    format: Format,
    encoding: Option<Charset>,
    key_header: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    parameters: BTreeMap<String, String>,
    body: toml::Table,
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
    form: Option<String>,
    encoding: Option<Charset>,
    within: Option<String>,
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

/// Codes at a place, or a place at which nothing may stand.
#[derive(Deserialize)]
#[serde(untagged)]
enum RawOuter {
    Absent(RawAbsent),
    Codes(RawTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAbsent {
    absent: RawPlace,
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTable {
    at: RawPlace,
    #[serde(rename = "type")]
    kind: CodeType,
    #[serde(default)]
    optional: bool,
    source: Option<String>,
    codes: BTreeMap<String, RawMeaning>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRefusals {
    statuses: Vec<u16>,
    at: RawPlace,
    #[serde(rename = "type")]
    kind: CodeType,
    source: Option<String>,
    codes: BTreeMap<String, RawMeaning>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAnswer {
    source: Option<String>,
    verdict: RawColumn,
    reason: RawReason,
    row: Vec<RawRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawColumn {
    at: RawPlace,
    #[serde(rename = "type")]
    kind: CodeType,
    pass: Vec<toml::Value>,
    compare: Option<Compare>,
    beside: Option<Vec<toml::Value>>,
}

/// `"none"`, said aloud, or where it stands.
#[derive(Deserialize)]
#[serde(untagged)]
enum RawReason {
    Word(String),
    Column(RawColumn),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRow {
    verdict: OneOrMore,
    reason: Option<OneOrMore>,
    #[serde(default)]
    no_reason: bool,
    means: RawMeaning,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    More(Vec<toml::Value>),
    One(toml::Value),
}

pub(super) fn parse(text: &str) -> Result<CodeMap, CodeMapError> {
    let raw: RawMap =
        toml::from_str(text).map_err(|error| CodeMapError::Syntax(error.message().to_owned()))?;
    let request_source = raw.request.source.clone();
    let request = request(raw.request)?;
    let mut rows = Rows::new(&request.body);
    rows.sourced("request", "path", request_source.as_deref())?;
    let outer = raw.outer.into_iter().map(|raw| outer(raw, &mut rows)).collect::<Result<Vec<_>, _>>()?;
    let answer = answer(raw.answer, &mut rows)?;
    let parts = raw.part.into_iter().map(|raw| part(raw, &mut rows)).collect::<Result<Vec<_>, _>>()?;
    let refusals = raw.refusal.into_iter().map(|raw| refusals(raw, &mut rows)).collect::<Result<_, _>>()?;
    let mut statuses = Vec::new();
    for (code, raw) in raw.status {
        let status: u16 =
            code.parse().map_err(|_| CodeMapError::CodeType { at: "status".into(), code: code.clone() })?;
        statuses.push((status, rows.error(raw, "status", &code, None)?));
    }
    let sources = rows.sources;
    grants::check(&outer, &answer, &parts)?;
    Ok(CodeMap {
        interface: raw.interface,
        inquiry: raw.inquiry.map(inquiry).transpose()?,
        reply: reply(raw.reply)?,
        request,
        outer,
        answer,
        parts,
        refusals,
        statuses,
        sources,
    })
}

fn request(raw: RawRequest) -> Result<RequestShape, CodeMapError> {
    let body = object(raw.body)?;
    if let (Format::Form | Format::Query, Template::Object(members)) = (raw.format, &body) {
        let flat = |member: &Template| !matches!(member, Template::Array(_) | Template::Object(_));
        if let Some((name, _)) = members.iter().find(|(_, member)| !flat(member)) {
            return Err(CodeMapError::Slot(name.clone()));
        }
    }
    match (raw.format, &body) {
        (Format::Xml, Template::Object(members)) => match &members[..] {
            [(root, content)] => is_element(root, content)?,
            _ => return Err(CodeMapError::Slot("the root of a document".into())),
        },
        _ if raw.encoding.is_some() => {
            return Err(CodeMapError::Word { part: "encoding", word: "of what isn't XML".into() });
        }
        _ => {}
    }
    Ok(RequestShape {
        path: path("request path", raw.path)?,
        format: raw.format,
        charset: raw.encoding.unwrap_or_default(),
        body,
        key_header: raw.key_header,
        headers: raw.headers.into_iter().collect(),
        parameters: raw.parameters.into_iter().collect(),
    })
}

/// Whether that can stand in a document: names that are ones, attributes and texts without anything inside.
fn is_element(name: &str, content: &Template) -> Result<(), CodeMapError> {
    let wrong = || Err(CodeMapError::Slot(name.to_owned()));
    if !xml::is_name(name) {
        return wrong();
    }
    match content {
        Template::Object(members) => members.iter().try_for_each(|(inner, member)| {
            let scalar = !matches!(member, Template::Object(_) | Template::Array(_));
            match inner.strip_prefix('@') {
                Some(attribute) if scalar && xml::is_name(attribute) => Ok(()),
                None if inner == "#text" && scalar => Ok(()),
                None => is_element(inner, member),
                Some(_) => Err(CodeMapError::Slot(inner.clone())),
            }
        }),
        Template::Array(items) if items.iter().any(|item| matches!(item, Template::Array(_))) => wrong(),
        Template::Array(items) => items.iter().try_for_each(|item| is_element(name, item)),
        _ => Ok(()),
    }
}

/// What a reply's body is.
fn form(raw: &mut RawReply) -> Result<ReplyForm, CodeMapError> {
    let (form, charset, within) = (raw.form.take(), raw.encoding.take(), raw.within.take());
    match form.as_deref() {
        Some("xml") => Ok(ReplyForm::Xml {
            charset: charset.unwrap_or_default(),
            within: within.map(|at| path("reply within", at)).transpose()?,
        }),
        None | Some("json") if charset.is_none() && within.is_none() => Ok(ReplyForm::Json),
        None | Some("json") => Err(CodeMapError::Word { part: "reply", word: "encoding or within".into() }),
        Some(word) => Err(CodeMapError::Word { part: "reply form", word: word.to_owned() }),
    }
}

fn inquiry(raw: RawInquiry) -> Result<InquiryShape, CodeMapError> {
    Ok(InquiryShape {
        path: path("inquiry path", raw.path)?,
        at: path("inquiry", raw.at)?,
        never_arrived: scalar(raw.never_arrived)?,
        pending: raw.pending.map(scalar).transpose()?,
    })
}

fn reply(mut raw: RawReply) -> Result<ReplyShape, CodeMapError> {
    let form = form(&mut raw)?;
    let reference = raw.reference.map(|place| match place.strip_prefix("header:") {
        Some(header) => Ok(ReferenceAt::Header(header.to_owned())),
        None => path("reply reference", place).map(ReferenceAt::Body),
    });
    let billed = raw.billed.map(|raw| -> Result<Billed, CodeMapError> {
        Ok(Billed { at: path("reply billed", raw.at)?, yes: scalar(raw.yes)?, no: scalar(raw.no)? })
    });
    Ok(ReplyShape {
        form,
        statuses: raw.statuses.unwrap_or_else(|| vec![200]),
        reference: reference.transpose()?,
        key: raw.key.map(|at| path("reply key", at)).transpose()?,
        is_test: raw.is_test.map(|at| path("reply is_test", at)).transpose()?,
        billed: billed.transpose()?,
        retry_after: raw.retry_after.map(|at| path("reply retry_after", at)).transpose()?,
    })
}

fn outer(raw: RawOuter, rows: &mut Rows<'_>) -> Result<Outer, CodeMapError> {
    let table = match raw {
        RawOuter::Absent(raw) => {
            let place = Place::read("outer", raw.absent)?;
            rows.sourced(&place.shown(), "absent", raw.source.as_deref())?;
            return Ok(Outer::Absent(place));
        }
        RawOuter::Codes(table) => table,
    };
    let at = Place::read("outer", table.at)?;
    let codes = rows.outer(table.codes, table.kind, &at.shown(), table.source.as_deref())?;
    Ok(Outer::Codes { at, optional: table.optional, codes })
}

fn part(raw: RawTable, rows: &mut Rows<'_>) -> Result<Part, CodeMapError> {
    let at = Place::read("part", raw.at)?;
    let mut codes: Vec<(Code, Meaning)> = Vec::new();
    for (written, meaning) in raw.codes {
        let wrong = || CodeMapError::CodeType { at: at.shown(), code: written.clone() };
        let code = raw.kind.read(&written).ok_or_else(wrong)?;
        codes.push((code, rows.meaning(meaning, &at.shown(), &written, raw.source.as_deref())?));
    }
    Ok(Part { at, optional: raw.optional, codes })
}

fn refusals(raw: RawRefusals, rows: &mut Rows<'_>) -> Result<Refusals, CodeMapError> {
    let at = Place::read("refusal", raw.at)?;
    let mut codes = Vec::new();
    for (written, meaning) in raw.codes {
        let wrong = || CodeMapError::CodeType { at: at.shown(), code: written.clone() };
        let code = raw.kind.pattern(&written).ok_or_else(wrong)?;
        codes.push((code, rows.error(meaning, &at.shown(), &written, raw.source.as_deref())?));
    }
    Ok(Refusals { statuses: raw.statuses, at, codes })
}

fn answer(raw: RawAnswer, rows: &mut Rows<'_>) -> Result<Answer, CodeMapError> {
    let (verdict_kind, verdict) = column("verdict", raw.verdict, None)?;
    let none = CodeMapError::Reason { codes: "every code".into(), why: "a verdict stands beside no verdict" };
    let (verdict, None) = verdict else { return Err(none) };
    let reason = match raw.reason {
        RawReason::Word(word) if word == "none" => None,
        RawReason::Word(word) => return Err(CodeMapError::Word { part: "reason", word }),
        RawReason::Column(raw) => Some(column("reason", raw, Some(verdict_kind))?),
    };
    let (reason_kind, reason) = match reason {
        Some((kind, (column, beside))) => (Some(kind), Some(ReasonColumn { column, beside })),
        None => (None, None),
    };
    let mut read = Vec::new();
    for row in raw.row {
        let at = verdict.at.shown();
        let verdicts = codes(&at, verdict_kind, row.verdict.clone())?;
        let reasons = match (row.reason, reason_kind, &reason) {
            (Some(written), Some(kind), Some(reason)) if !row.no_reason => {
                Some(codes(&reason.column.at.shown(), kind, written)?)
            }
            (None, ..) => None,
            _ => return Err(grants::misplaced(&verdicts, "it names a reason where none stands")),
        };
        grants::check_reason(&verdicts, reasons.is_some(), row.no_reason, reason.as_ref())?;
        let shown = grants::shown(&verdicts, reasons.as_deref());
        let meaning = rows.meaning(row.means, &at, &shown, raw.source.as_deref())?;
        read.push(Row { verdicts, reasons, meaning });
    }
    Ok(Answer { verdict, reason, rows: read })
}

type Columns = (CodeType, (Column, Option<Vec<Code>>));

/// A column, and beside which codes of the column before it stands.
fn column(what: &'static str, raw: RawColumn, before: Option<CodeType>) -> Result<Columns, CodeMapError> {
    let at = Place::read(what, raw.at)?;
    let apart = |compare: Compare| 0.0 < compare.at_least && compare.at_least <= compare.most;
    if raw.compare.is_some_and(|compare| raw.kind != CodeType::Boolean || !apart(compare)) {
        return Err(CodeMapError::Word { part: what, word: "compare".into() });
    }
    let pass = codes(&at.shown(), raw.kind, OneOrMore::More(raw.pass))?;
    let beside = match (raw.beside, before) {
        (Some(beside), Some(kind)) => Some(codes("beside", kind, OneOrMore::More(beside))?),
        (Some(_), None) => Some(Vec::new()),
        (None, _) => None,
    };
    Ok((raw.kind, (Column { at, compare: raw.compare, pass }, beside)))
}

/// A value as an error message shows it.
fn written_as(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Boolean(is) => is.to_string(),
        other => other.type_str().to_owned(),
    }
}

fn codes(at: &str, kind: CodeType, written: OneOrMore) -> Result<Vec<Code>, CodeMapError> {
    let values = match written {
        OneOrMore::More(values) => values,
        OneOrMore::One(value) => vec![value],
    };
    let one = |value: toml::Value| {
        let wrong = || CodeMapError::CodeType { at: at.to_owned(), code: written_as(&value) };
        kind.value(&value).ok_or_else(wrong)
    };
    values.into_iter().map(one).collect()
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

#[cfg(test)]
mod tests;
