//! The data-driven adapter: any register that answers in JSON or XML, as a code map describes it.

use std::borrow::Cow;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::code_map::{
    Code, Column, ErrorMeaning, Facts, Format, Meaning, NotJson, Outer, OuterMeaning, Place, ReferenceAt,
    ReplyForm, Row, closest,
};
use super::dialect::wire_key;
use super::json::Json;
use super::{CodeMap, Dialect, Hint, Method, Request, Response};
use super::{status, xml};
use crate::clock::later;
use crate::reference::kept;
use crate::words::error_from_word;
use crate::{Attribute, AuthorityError, Face, Finding, Liveness, Meta, Query, QueryField, Reconciled};

/// A [`Dialect`] made of a [`CodeMap`].
#[derive(Clone, Debug)]
pub struct MappedJson {
    id: String,
    is_test: bool,
    map: CodeMap,
}

impl MappedJson {
    /// With the id that findings state as their authority.
    pub fn new(id: impl Into<String>, map: CodeMap) -> Self {
        Self { id: id.into(), is_test: true, map }
    }

    /// Says that the register is a real one. A reply that calls itself a test is one all the same, and so is a register
    /// whose map has rows [without a first-hand source](CodeMap::is_sourced): production doesn't take it.
    pub fn for_real_register(mut self) -> Self {
        self.is_test = !self.map.is_sourced();
        self
    }

    /// What the reply says, and whether the register itself says it (and not a server or proxy on the way).
    fn read(
        &self,
        query: &Query,
        reply: &Response,
        now: Timestamp,
    ) -> (bool, Result<Finding, AuthorityError>) {
        if let Some(refused) = self.refusal(reply) {
            query.charge().note(refused.billed);
            let wait = status::retry_after(reply, now).or(refused.retry_after);
            return (true, Err(error(&refused.word, wait, now)));
        }
        if !self.map.reply.statuses.contains(&reply.status) {
            return (false, Err(status::error_of(reply, now)));
        }
        let body = match self.body(query, reply) {
            Ok(body) => body,
            Err(error) => return (false, Err(error)),
        };
        // The charge is noted even where the rest of the reply isn't understood.
        query.charge().note(self.billed(&body));
        let facts = self.facts(query, &body, reply, now);
        (true, facts.and_then(|facts| self.conclude(query, reply, &body, facts, now)))
    }

    /// What the map says of this status: by a code of its body, else by the status alone.
    fn refusal(&self, reply: &Response) -> Option<&ErrorMeaning> {
        let tables = self.map.refusals.iter().filter(|table| table.statuses.contains(&reply.status));
        let mut by_code = tables.filter_map(|table| {
            let body = self.parsed(reply)?;
            let code = table.at.find(&body).ok()??;
            closest(&table.codes, &code)
        });
        let by_status = || self.map.statuses.iter().find(|(status, _)| *status == reply.status);
        by_code.next().or_else(|| by_status().map(|(_, error)| error))
    }

    /// The body, if it is what the map says that it is.
    fn parsed(&self, reply: &Response) -> Option<Json> {
        if reply.body.len() > Response::MAX_BODY {
            return None;
        }
        match &self.map.reply.form {
            ReplyForm::Json => Json::parse(&reply.body),
            // Two that disagree on what the octets mean: a name might be another one.
            ReplyForm::Xml { charset, .. } if charset_of(reply).is_some_and(|label| !charset.is(label)) => {
                None
            }
            ReplyForm::Xml { charset, within } => xml::read(&reply.body, *charset, within.as_deref()),
        }
    }

    /// The body, if it can be read and answers this query.
    fn body(&self, query: &Query, reply: &Response) -> Result<Json, AuthorityError> {
        let body = self.parsed(reply).ok_or(AuthorityError::Protocol)?;
        if let Some(at) = &self.map.reply.key {
            let key = body.at(at).and_then(Json::as_text);
            if key != Some(wire_key(query).as_str()) {
                return Err(AuthorityError::Protocol);
            }
        }
        Ok(body)
    }

    /// What the codes state together, layer by layer. The first error ends it; a code or a place that the map doesn't know
    /// makes the whole reply not understood.
    fn facts(
        &self,
        query: &Query,
        body: &Json,
        reply: &Response,
        now: Timestamp,
    ) -> Result<Facts, AuthorityError> {
        let fails = |meaning: &ErrorMeaning| {
            query.charge().note(meaning.billed);
            let at = self.map.reply.retry_after.as_ref();
            let seconds = match at.and_then(|at| body.at(at)) {
                Some(Json::Integer(seconds)) => u64::try_from(*seconds).ok(),
                _ => None,
            };
            let said = seconds.map(std::time::Duration::from_secs);
            let wait = said.or_else(|| status::retry_after(reply, now)).or(meaning.retry_after);
            Err(error(&meaning.word, wait, now))
        };
        for outer in &self.map.outer {
            match outer {
                Outer::Absent(at) if find(at, body)?.is_some() => return Err(AuthorityError::Protocol),
                Outer::Absent(_) => {}
                Outer::Codes { at, optional, codes } => match find(at, body)? {
                    None if *optional => {}
                    None => return Err(AuthorityError::Protocol),
                    Some(code) => match closest(codes, &code).ok_or(AuthorityError::Protocol)? {
                        OuterMeaning::Proceed => {}
                        OuterMeaning::Error(error) => return fails(error),
                    },
                },
            }
        }
        let mut facts = Facts::default();
        let parts = self.map.parts.iter().map(|part| {
            let code = match find(&part.at, body)? {
                None if part.optional => return Ok(None),
                found => found.ok_or(AuthorityError::Protocol)?,
            };
            let known = part.codes.iter().find(|(known, _)| known.is(&code));
            known.map(|(_, meaning)| Some(meaning)).ok_or(AuthorityError::Protocol)
        });
        for meaning in std::iter::once_with(|| self.answer(body).map(Some)).chain(parts) {
            match meaning? {
                None | Some(Meaning::Proceed) => {}
                Some(Meaning::Error(error)) => return fails(error),
                Some(Meaning::Facts(more)) if facts.merge(more) => {}
                Some(Meaning::Facts(_)) => return Err(AuthorityError::Protocol),
            }
        }
        Ok(facts)
    }

    /// What verdict and reason mean together: one row has both, or there is no answer.
    fn answer(&self, body: &Json) -> Result<&Meaning, AuthorityError> {
        let answer = &self.map.answer;
        let verdict = code(&answer.verdict, body)?.ok_or(AuthorityError::Protocol)?;
        let reason = match &answer.reason {
            None => None,
            Some(column) => {
                let reason = code(&column.column, body)?;
                let beside = column.beside.as_ref();
                let stands = beside.is_none_or(|beside| beside.iter().any(|code| code.is(&verdict)));
                if !stands && reason.is_some() {
                    return Err(AuthorityError::Protocol);
                }
                reason
            }
        };
        let fits = |row: &&Row| {
            let reasons = match (&row.reasons, &reason) {
                (None, None) => true,
                (Some(codes), Some(reason)) => codes.iter().any(|code| code.is(reason)),
                (None, Some(_)) | (Some(_), None) => false,
            };
            reasons && row.verdicts.iter().any(|code| code.is(&verdict))
        };
        answer.rows.iter().find(fits).map(|row| &row.meaning).ok_or(AuthorityError::Protocol)
    }

    fn conclude(
        &self,
        query: &Query,
        reply: &Response,
        body: &Json,
        facts: Facts,
        now: Timestamp,
    ) -> Result<Finding, AuthorityError> {
        let subject = facts.subject.ok_or(AuthorityError::Protocol)?;
        let mut meta = Meta::new(&self.id, query, now);
        meta.response_sha256 = Some(Sha256::digest(&reply.body[..]).into());
        meta.reference = self.reference(reply, body).and_then(|text| kept(query, text));
        meta.billed = facts.billed.or_else(|| self.billed(body));
        meta.is_test = match &self.map.reply.is_test {
            Some(at) => self.is_test || body.at(at) != Some(&Json::Bool(false)),
            None => self.is_test,
        };
        let mut finding = Finding::new(subject, meta);
        let attribute = |field: QueryField, in_query: bool, said: Option<Attribute>| {
            match (in_query, self.map.request.body.asks(field)) {
                // What the reply says of something that wasn't asked isn't taken.
                (false, _) => Attribute::NotAsked,
                (true, false) => Attribute::NotAvailable,
                (true, true) => said.unwrap_or(Attribute::NotAvailable),
            }
        };
        let attributes = &mut finding.attributes;
        attributes.name = attribute(QueryField::Name, true, facts.name);
        attributes.id_number = attribute(QueryField::IdNumber, true, facts.id_number);
        attributes.valid_from =
            attribute(QueryField::ValidFrom, query.valid_from().is_some(), facts.valid_from);
        attributes.valid_until =
            attribute(QueryField::ValidUntil, query.valid_until().is_some(), facts.valid_until);
        // A register that can't be asked without a phone number was told the one at hand.
        let told =
            self.map.request.body.needs(QueryField::PhoneNumber) && query.phone_number_at_hand().is_some();
        attributes.phone_number =
            attribute(QueryField::PhoneNumber, told || query.phone_number().is_some(), facts.phone_number);
        finding.document = facts.document.unwrap_or(finding.document);
        if query.probe().is_some() {
            finding.face = facts.face.unwrap_or(Face::NotRun);
            finding.liveness = facts.liveness.unwrap_or(Liveness::NotRun);
        }
        Ok(finding)
    }

    fn reference(&self, reply: &Response, body: &Json) -> Option<String> {
        match self.map.reply.reference.as_ref()? {
            ReferenceAt::Header(name) => reply.header(name).map(str::to_owned),
            ReferenceAt::Body(at) => match body.at(at)? {
                Json::Text(text) => Some(text.clone()),
                Json::Integer(number) => Some(number.to_string()),
                Json::Null | Json::Bool(_) | Json::Fraction(_) | Json::Array(_) | Json::Object(_) => None,
            },
        }
    }

    fn billed(&self, body: &Json) -> Option<bool> {
        let billed = self.map.reply.billed.as_ref()?;
        let value = body.at(&billed.at)?;
        match (billed.yes.is(value), billed.no.is(value)) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        }
    }
}

impl Dialect for MappedJson {
    fn id(&self) -> &str {
        &self.id
    }

    fn is_test(&self) -> bool {
        self.is_test
    }

    fn asks_for(&self, field: QueryField) -> bool {
        self.map.request.body.needs(field)
    }

    fn request(&self, query: &Query, now: Timestamp) -> Result<Request, AuthorityError> {
        let shape = &self.map.request;
        let request = Request::new(Method::Post, shape.path.as_str());
        let mut request = match shape.format {
            Format::Json => request.with_body("application/json", shape.body.json(query, now)?),
            Format::Form => {
                request.with_body("application/x-www-form-urlencoded", shape.body.form(query, now)?)
            }
            Format::Xml => {
                let body = shape.body.xml(shape.charset, query, now)?;
                request.with_body(&format!("text/xml; charset={}", shape.charset.name()), body)
            }
            Format::Query => {
                let parameters = shape.body.parameters(query, now)?;
                parameters.iter().fold(request, |request, (name, value)| request.with_parameter(name, value))
            }
        };
        for (name, value) in &shape.parameters {
            request = request.with_parameter(name, value);
        }
        request.headers.extend(shape.headers.iter().cloned());
        if let Some(name) = &shape.key_header {
            request = request.with_header(name, wire_key(query));
        }
        Ok(request)
    }

    fn finding(&self, query: &Query, reply: &Response, now: Timestamp) -> Result<Finding, AuthorityError> {
        self.read(query, reply, now).1
    }

    fn hint(&self, reply: &Response) -> Option<Hint> {
        if let Some(refused) = self.refusal(reply) {
            return refused.hint;
        }
        let body = self.parsed(reply)?;
        self.map.outer.iter().find_map(|outer| {
            let Outer::Codes { at, codes, .. } = outer else { return None };
            let code = at.find(&body).ok()??;
            match closest(codes, &code)? {
                OuterMeaning::Error(error) => error.hint,
                OuterMeaning::Proceed => None,
            }
        })
    }

    fn inquiry(&self, query: &Query, _: Timestamp) -> Result<Request, AuthorityError> {
        let inquiry = self.map.inquiry.as_ref().ok_or(AuthorityError::Unsupported)?;
        Ok(Request::new(Method::Get, format!("{}/{}", inquiry.path, wire_key(query))))
    }

    fn outcome(&self, query: &Query, reply: &Response, now: Timestamp) -> Result<Reconciled, AuthorityError> {
        let inquiry = self.map.inquiry.as_ref().ok_or(AuthorityError::Unsupported)?;
        if self.map.reply.statuses.contains(&reply.status) {
            let body = self.body(query, reply)?;
            let code = body.at(&inquiry.at);
            let says = |known: &Code| code.is_some_and(|code| known.is(code));
            if says(&inquiry.never_arrived) {
                return Ok(Reconciled::NeverArrived);
            }
            if inquiry.pending.as_ref().is_some_and(says) {
                return Ok(Reconciled::Pending);
            }
        }
        match self.read(query, reply, now) {
            (_, Ok(finding)) => Ok(Reconciled::Answered(Ok(finding))),
            // Such an error may be about the look-up or about the question: the outcome stays unknown.
            (_, Err(error @ (AuthorityError::Protocol | AuthorityError::Indeterminate))) => Err(error),
            (true, Err(error)) => Ok(Reconciled::Answered(Err(error))),
            (false, Err(error)) => Err(error),
        }
    }
}

/// The encoding that a reply's header names.
fn charset_of(reply: &Response) -> Option<&str> {
    let parameters = reply.header("content-type")?.split(';').skip(1);
    parameters.filter_map(|one| one.split_once('=')).find_map(|(name, value)| {
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    })
}

/// The code of a column: what stands at its place, or whether the number there reaches the threshold.
fn code<'a>(column: &Column, body: &'a Json) -> Result<Option<Cow<'a, Json>>, AuthorityError> {
    let found = find(&column.at, body)?;
    let Some((compare, found)) = column.compare.zip(found.as_deref()) else { return Ok(found) };
    let number = found.as_number().filter(|number| (0.0..=compare.most).contains(number));
    let reaches = number.ok_or(AuthorityError::Protocol)? >= compare.at_least;
    Ok(Some(Cow::Owned(Json::Bool(reaches))))
}

/// What stands at a place; a text there that should hold JSON and doesn't isn't understood.
fn find<'a>(at: &Place, body: &'a Json) -> Result<Option<Cow<'a, Json>>, AuthorityError> {
    at.find(body).map_err(|NotJson| AuthorityError::Protocol)
}

/// The error of a word of the map, which was checked when the map was read.
fn error(word: &str, wait: Option<std::time::Duration>, now: Timestamp) -> AuthorityError {
    match error_from_word(word, wait) {
        Some(AuthorityError::Quota { scope, .. }) => {
            AuthorityError::Quota { scope, reset: wait.map(|wait| later(now, wait)) }
        }
        Some(error) => error,
        None => AuthorityError::Protocol,
    }
}

#[cfg(test)]
mod tests;
