//! The data-driven adapter: any register that answers in JSON, as a code map describes it.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::code_map::{Code, Facts, Meaning, Place};
use super::dialect::wire_key;
use super::json::Json;
use super::status;
use super::{CodeMap, Dialect, Method, Reply, Request};
use crate::clock::later;
use crate::words::error_from_word;
use crate::{Attribute, AuthorityError, Face, Finding, Liveness, Meta, Query, QueryField, Reconciled};

/// The longest reference number that is kept, in characters; a longer one is left out, as is one that isn't plain ASCII.
const MAX_REFERENCE: usize = 128;

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

    /// Says that the register is a real one. A reply that calls itself a test is one all the same.
    pub fn for_real_register(mut self) -> Self {
        self.is_test = false;
        self
    }

    /// What the reply says, and whether the register itself says it (and not a server or proxy on the way).
    fn read(&self, query: &Query, reply: &Reply, now: Timestamp) -> (bool, Result<Finding, AuthorityError>) {
        let by_status = self.map.statuses.iter().find(|(status, _)| *status == reply.status);
        if let Some((_, meaning)) = by_status {
            let facts = match meaning {
                Meaning::Error { word, retry_after } => {
                    let wait = status::retry_after(reply, now).or(*retry_after);
                    return (true, Err(error(word, wait, now)));
                }
                Meaning::Facts(facts) => facts.clone(),
            };
            return (true, self.conclude(query, reply, None, facts, now));
        }
        if !self.map.reply.statuses.contains(&reply.status) {
            return (false, Err(status::error_of(reply, now)));
        }
        let body = match self.body(query, reply) {
            Ok(body) => body,
            Err(error) => return (false, Err(error)),
        };
        let facts = self.facts(&body, reply, now);
        (true, facts.and_then(|facts| self.conclude(query, reply, Some(&body), facts, now)))
    }

    /// The body, if it is JSON and answers this query.
    fn body(&self, query: &Query, reply: &Reply) -> Result<Json, AuthorityError> {
        if reply.body.len() > Reply::MAX_BODY {
            return Err(AuthorityError::Protocol);
        }
        let body = Json::parse(&reply.body).ok_or(AuthorityError::Protocol)?;
        if let Some(at) = &self.map.reply.key {
            let key = body.at(at).and_then(Json::as_text);
            if key != Some(wire_key(query).as_str()) {
                return Err(AuthorityError::Protocol);
            }
        }
        Ok(body)
    }

    /// What the codes state together. The first error ends it; a code or a place that the map doesn't know makes the whole
    /// reply not understood.
    fn facts(&self, body: &Json, reply: &Reply, now: Timestamp) -> Result<Facts, AuthorityError> {
        let mut facts = Facts::default();
        for table in &self.map.tables {
            let code = match body.at(&table.at) {
                None | Some(Json::Null) if table.optional => continue,
                found => found.ok_or(AuthorityError::Protocol)?,
            };
            let known = table.codes.iter().find(|(known, _)| known.is(code));
            match known.map(|(_, meaning)| meaning).ok_or(AuthorityError::Protocol)? {
                Meaning::Error { word, retry_after } => {
                    let at = self.map.reply.retry_after.as_ref();
                    let seconds = match at.and_then(|at| body.at(at)) {
                        Some(Json::Integer(seconds)) => u64::try_from(*seconds).ok(),
                        _ => None,
                    };
                    let said = seconds.map(std::time::Duration::from_secs);
                    let wait = said.or_else(|| status::retry_after(reply, now)).or(*retry_after);
                    return Err(error(word, wait, now));
                }
                Meaning::Facts(more) if facts.merge(more) => {}
                Meaning::Facts(_) => return Err(AuthorityError::Protocol),
            }
        }
        Ok(facts)
    }

    fn conclude(
        &self,
        query: &Query,
        reply: &Reply,
        body: Option<&Json>,
        facts: Facts,
        now: Timestamp,
    ) -> Result<Finding, AuthorityError> {
        let subject = facts.subject.ok_or(AuthorityError::Protocol)?;
        let mut meta = Meta::new(&self.id, query, now);
        meta.response_sha256 = Some(Sha256::digest(&reply.body[..]).into());
        meta.reference = self.reference(reply, body);
        meta.billed = facts.billed.or_else(|| self.billed(body));
        meta.is_test = match (&self.map.reply.is_test, body) {
            (Some(at), Some(body)) => self.is_test || body.at(at) != Some(&Json::Bool(false)),
            _ => self.is_test,
        };
        let mut finding = Finding::new(subject, meta);
        let attribute = |field: QueryField, in_query: bool, said: Option<Attribute>| {
            match (in_query, self.map.request.body.asks(field)) {
                // An answer to what wasn't asked is none.
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
        attributes.phone_number =
            attribute(QueryField::PhoneNumber, query.phone_number().is_some(), facts.phone_number);
        finding.document = facts.document.unwrap_or(finding.document);
        if query.probe().is_some() {
            finding.face = facts.face.unwrap_or(Face::NotRun);
            finding.liveness = facts.liveness.unwrap_or(Liveness::NotRun);
        }
        Ok(finding)
    }

    fn reference(&self, reply: &Reply, body: Option<&Json>) -> Option<String> {
        let text = match self.map.reply.reference.as_ref()? {
            Place::Header(name) => reply.header(name)?.to_owned(),
            Place::Body(at) => match body?.at(at)? {
                Json::Text(text) => text.clone(),
                Json::Integer(number) => number.to_string(),
                _ => return None,
            },
        };
        let plain =
            !text.is_empty() && text.len() <= MAX_REFERENCE && text.bytes().all(|b| b.is_ascii_graphic());
        plain.then_some(text)
    }

    fn billed(&self, body: Option<&Json>) -> Option<bool> {
        let billed = self.map.reply.billed.as_ref()?;
        let value = body?.at(&billed.at)?;
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

    fn request(&self, query: &Query, now: Timestamp) -> Result<Request, AuthorityError> {
        let shape = &self.map.request;
        let (media_type, body) = if shape.is_form {
            ("application/x-www-form-urlencoded", shape.body.form(query, now)?)
        } else {
            ("application/json", shape.body.json(query, now)?)
        };
        let mut request = Request::new(Method::Post, shape.path.as_str()).with_body(media_type, body);
        request.headers.extend(shape.headers.iter().cloned());
        if let Some(name) = &shape.key_header {
            request = request.with_header(name, wire_key(query));
        }
        Ok(request)
    }

    fn finding(&self, query: &Query, reply: &Reply, now: Timestamp) -> Result<Finding, AuthorityError> {
        self.read(query, reply, now).1
    }

    fn inquiry(&self, query: &Query, _: Timestamp) -> Result<Request, AuthorityError> {
        let inquiry = self.map.inquiry.as_ref().ok_or(AuthorityError::Unsupported)?;
        Ok(Request::new(Method::Get, format!("{}/{}", inquiry.path, wire_key(query))))
    }

    fn outcome(&self, query: &Query, reply: &Reply, now: Timestamp) -> Result<Reconciled, AuthorityError> {
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
            // Whether it is about the look-up or the question can't be told: the outcome stays unknown.
            (_, Err(error @ (AuthorityError::Protocol | AuthorityError::Indeterminate))) => Err(error),
            (true, Err(error)) => Ok(Reconciled::Answered(Err(error))),
            (false, Err(error)) => Err(error),
        }
    }
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
