//! Rows: what a code means, and where that comes from.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use super::code::CodeType;
use super::source::Source;
use super::{CodeMapError, ErrorMeaning, Facts, Hint, Meaning, OuterMeaning, Pattern};
use crate::http::template::Template;
use realname_terms::Explain;

use crate::words::{Word, error_from_word};
use crate::{Attribute, Face, Liveness, QueryField};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMeaning {
    source: Option<String>,
    error: Option<String>,
    fault: Option<String>,
    retry_after: Option<u64>,
    hint: Option<Hint>,
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

/// Reads rows against the request that they answer, and collects their sources.
pub(super) struct Rows<'a> {
    body: &'a Template,
    pub(super) sources: Vec<Source>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(body: &'a Template) -> Self {
        Self { body, sources: Vec::new() }
    }

    /// Where something comes from. Nothing comes from nowhere.
    pub(super) fn sourced(
        &mut self,
        at: &str,
        code: &str,
        written: Option<&str>,
    ) -> Result<(), CodeMapError> {
        self.sources.push(Source::read(at, code, written.unwrap_or_default())?);
        Ok(())
    }

    /// A row that may state facts. `source` is its table's, for rows without their own.
    pub(super) fn meaning(
        &mut self,
        raw: RawMeaning,
        at: &str,
        code: &str,
        source: Option<&str>,
    ) -> Result<Meaning, CodeMapError> {
        self.sourced(at, code, raw.source.as_deref().or(source))?;
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
        let states_nothing = facts == Facts { billed: raw.billed, ..Facts::default() };
        if let Some(error) = raw.error {
            let retry_after = raw.retry_after.map(Duration::from_secs);
            let Some(known) = error_from_word(&error, retry_after).filter(|_| !raw.proceed && states_nothing)
            else {
                return Err(CodeMapError::Word { part: "error", word: error });
            };
            let (said, expected) = (raw.fault.unwrap_or_default(), known.fault().as_str());
            if said != expected {
                let (at, code) = (at.to_owned(), code.to_owned());
                return Err(CodeMapError::Fault { at, code, said, word: error, expected });
            }
            return Ok(Meaning::Error(ErrorMeaning {
                word: error,
                retry_after,
                billed: raw.billed,
                hint: raw.hint,
            }));
        }
        if states_nothing != raw.proceed
            || raw.retry_after.is_some()
            || raw.fault.is_some()
            || raw.hint.is_some()
        {
            return Err(CodeMapError::Empty { at: at.to_owned(), code: code.to_owned() });
        }
        let unsent = spoken_of(&facts).into_iter().flatten().find(|field| !self.body.asks(*field));
        match unsent {
            Some(field) => Err(CodeMapError::NotSent { at: at.to_owned(), code: code.to_owned(), field }),
            None if states_nothing && facts.billed.is_none() => Ok(Meaning::Proceed),
            None => Ok(Meaning::Facts(facts)),
        }
    }

    /// A row that can only refuse.
    pub(super) fn error(
        &mut self,
        raw: RawMeaning,
        at: &str,
        code: &str,
        source: Option<&str>,
    ) -> Result<ErrorMeaning, CodeMapError> {
        match self.meaning(raw, at, code, source)? {
            Meaning::Error(error) => Ok(error),
            Meaning::Proceed | Meaning::Facts(_) => {
                Err(CodeMapError::OuterStates { at: at.to_owned(), code: code.to_owned() })
            }
        }
    }

    /// The rows of an outer table. Only errors come in families.
    pub(super) fn outer(
        &mut self,
        raw: BTreeMap<String, RawMeaning>,
        kind: CodeType,
        at: &str,
        source: Option<&str>,
    ) -> Result<Vec<(Pattern, OuterMeaning)>, CodeMapError> {
        let mut codes: Vec<(Pattern, OuterMeaning)> = Vec::new();
        for (written, raw) in raw {
            let wrong = || CodeMapError::CodeType { at: at.to_owned(), code: written.clone() };
            let pattern = kind.pattern(&written).ok_or_else(wrong)?;
            let meaning = match self.meaning(raw, at, &written, source)? {
                Meaning::Error(error) => OuterMeaning::Error(error),
                Meaning::Proceed if matches!(pattern, Pattern::Code(_)) => OuterMeaning::Proceed,
                Meaning::Proceed => return Err(wrong()),
                Meaning::Facts(_) => {
                    return Err(CodeMapError::OuterStates { at: at.to_owned(), code: written });
                }
            };
            codes.push((pattern, meaning));
        }
        Ok(codes)
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
