//! The register file and how a query is looked up in it.
#![allow(clippy::disallowed_methods)] // Reading the register file and its portraits is this module's work.

use std::path::{Component, Path, PathBuf};

use serde::Deserialize;
use zeroize::Zeroizing;

use super::DirectoryAuthority;
use super::matcher::{Figure, TestPortraitMatcher};
use crate::capture::{Capture, CaptureError, Intake, Slot};
use crate::document::{CardDate, IdNumber, NumberCheck, Personal, ValidUntil, fold_name};
use crate::{
    Attribute, AuthorityError, DocumentStatus, Face, Finding, InactiveReason, Liveness, Meta, NotFoundHint,
    Query, QueryField, Subject,
};

/// The register can't be used. Half a register is none: it fails as a whole.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// The register file can't be read.
    #[error("the register file can't be read: {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The register file isn't JSON of the expected form.
    #[error("the register file isn't a register (line {line}, column {column})")]
    Form {
        /// Where, from 1.
        line: usize,
        /// Where, from 1.
        column: usize,
    },
    /// The file doesn't say that its people are synthetic.
    #[error("the register file doesn't state \"synthetic\": true; real people don't belong in it")]
    NotSynthetic,
    /// Two people have the same number.
    #[error("entries {first} and {second} of the register have the same number")]
    DoubleNumber {
        /// From 1.
        first: usize,
        /// From 1.
        second: usize,
    },
    /// A number or a date of an entry can't be right.
    #[error("entry {entry} of the register has a bad {field}")]
    Value {
        /// From 1.
        entry: usize,
        /// Which value.
        field: QueryField,
    },
    /// A portrait's path leaves the register's directory.
    #[error("the portrait of entry {entry} lies outside the register's directory")]
    PortraitOutside {
        /// From 1.
        entry: usize,
    },
    /// A portrait can't be read.
    #[error("the portrait of entry {entry} can't be read")]
    PortraitFile {
        /// From 1.
        entry: usize,
        /// Why.
        source: std::io::Error,
    },
    /// A portrait isn't a usable picture.
    #[error("the portrait of entry {entry} isn't a usable picture")]
    PortraitPicture {
        /// From 1.
        entry: usize,
        /// Why.
        source: CaptureError,
    },
    /// A portrait isn't one of the rendered test portraits.
    #[error("the portrait of entry {entry} isn't a rendered test portrait")]
    PortraitKind {
        /// From 1.
        entry: usize,
    },
}

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegisterFile {
    #[serde(rename = "notice")]
    _notice: String,
    #[serde(default)]
    synthetic: bool,
    people: Vec<EntryFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryFile {
    name: Personal,
    id_number: Personal,
    valid_from: Personal,
    /// `YYYY-MM-DD` or `long_term`.
    valid_until: Personal,
    #[serde(default)]
    phone_numbers: Vec<Personal>,
    #[serde(default)]
    status: Status,
    #[serde(default)]
    document: DocumentState,
    /// Relative to the register file.
    portrait: Option<PathBuf>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    #[default]
    Active,
    Deceased,
    Cancelled,
    Suspended,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DocumentState {
    #[default]
    Valid,
    LostOrRevoked,
    Superseded,
}

pub(super) struct Register {
    entries: Vec<Entry>,
}

struct Entry {
    name: Personal,
    number: IdNumber,
    valid_from: CardDate,
    valid_until: ValidUntil,
    phone_numbers: Vec<Personal>,
    status: Status,
    document: DocumentState,
    portrait: Option<Figure>,
}

impl Register {
    pub(super) fn open(path: &Path) -> Result<Self, RegisterError> {
        let text = std::fs::read_to_string(path)
            .map(Zeroizing::new)
            .map_err(|source| RegisterError::File { path: path.to_owned(), source })?;
        // The error of the JSON parser may quote a value: its place is enough.
        let file: RegisterFile = serde_json::from_str(&text)
            .map_err(|error| RegisterError::Form { line: error.line(), column: error.column() })?;
        if !file.synthetic {
            return Err(RegisterError::NotSynthetic);
        }
        let directory = path.parent().unwrap_or(Path::new("."));
        let mut entries: Vec<Entry> = Vec::with_capacity(file.people.len());
        for (at, person) in file.people.iter().enumerate() {
            let entry = Entry::from_file(person, at + 1, directory)?;
            if let Some(first) = entries.iter().position(|known| known.number == entry.number) {
                return Err(RegisterError::DoubleNumber { first: first + 1, second: at + 1 });
            }
            entries.push(entry);
        }
        Ok(Self { entries })
    }

    pub(super) fn look_up(
        &self,
        query: &Query,
        matcher: &TestPortraitMatcher,
    ) -> Result<Finding, AuthorityError> {
        if query.name().trim().is_empty() {
            return Err(AuthorityError::InvalidInput { field: QueryField::Name });
        }
        if query.id_number().check() == NumberCheck::Unknown {
            return Err(AuthorityError::InvalidInput { field: QueryField::IdNumber });
        }
        // The moment of asking stands in for a clock.
        let mut meta = Meta::new(DirectoryAuthority::ID, query, query.now());
        meta.billed = Some(false);
        meta.reference = Some(format!("TEST-{}", query.idempotency_key().get(..12).unwrap_or("query")));
        let Some(entry) = self.entries.iter().find(|entry| entry.number == *query.id_number()) else {
            let hint = Some(NotFoundHint::NumberUnknown);
            return Ok(Finding::new(Subject::NotFound { hint }, meta));
        };
        let mut finding = Finding::new(entry.subject(), meta);
        finding.attributes.id_number = Attribute::Match;
        finding.attributes.name = same(*folded(query.name()) == *folded(entry.name.as_str()));
        if let (Some(from), Some(until)) = (query.valid_from(), query.valid_until()) {
            finding.attributes.valid_from = same(from == entry.valid_from);
            finding.attributes.valid_until = same(until == entry.valid_until);
        }
        if let Some(number) = query.phone_number() {
            finding.attributes.phone_number = match entry.phone_numbers.as_slice() {
                [] => Attribute::NotAvailable,
                known => same(known.iter().any(|known| known.as_str() == number)),
            };
        }
        finding.document = match entry.document {
            DocumentState::Valid => DocumentStatus::Valid,
            DocumentState::LostOrRevoked => DocumentStatus::LostOrRevoked,
            DocumentState::Superseded => DocumentStatus::Superseded,
        };
        if let Some(probe) = query.probe() {
            // Whose face it is, is said of the person asked about, and only when name and number belong together.
            let asked = finding.subject == Subject::Found && finding.attributes.name == Attribute::Match;
            finding.face = if asked { entry.face(probe, matcher) } else { Face::NotRun };
        }
        if query.wants_liveness() {
            finding.liveness = query.probe().map_or(Liveness::NotRun, test_liveness);
        }
        Ok(finding)
    }
}

impl Entry {
    fn from_file(file: &EntryFile, entry: usize, directory: &Path) -> Result<Self, RegisterError> {
        let bad = |field| RegisterError::Value { entry, field };
        let number = IdNumber::new(file.id_number.as_str());
        if number.check() != NumberCheck::Valid {
            return Err(bad(QueryField::IdNumber));
        }
        if file.name.as_str().trim().is_empty() {
            return Err(bad(QueryField::Name));
        }
        let date = |text: &str| text.parse::<jiff::civil::Date>().ok().map(CardDate::from);
        let valid_until = match file.valid_until.as_str() {
            "long_term" => ValidUntil::LongTerm,
            text => ValidUntil::Day(date(text).ok_or(bad(QueryField::ValidUntil))?),
        };
        let portrait =
            file.portrait.as_deref().map(|path| load_portrait(directory, path, entry)).transpose()?;
        Ok(Self {
            name: file.name.clone(),
            number,
            valid_from: date(file.valid_from.as_str()).ok_or(bad(QueryField::ValidFrom))?,
            valid_until,
            phone_numbers: file.phone_numbers.clone(),
            status: file.status,
            document: file.document,
            portrait,
        })
    }

    fn subject(&self) -> Subject {
        match self.status {
            Status::Active => Subject::Found,
            Status::Deceased => Subject::Inactive(InactiveReason::Deceased),
            Status::Cancelled => Subject::Inactive(InactiveReason::Cancelled),
            Status::Suspended => Subject::Inactive(InactiveReason::Suspended),
        }
    }

    fn face(&self, probe: &Capture, matcher: &TestPortraitMatcher) -> Face {
        let Some(reference) = &self.portrait else { return Face::NoReference };
        match probe.picture() {
            Some(picture) => matcher.compare(picture, reference),
            None => Face::NotRun,
        }
    }
}

fn load_portrait(directory: &Path, path: &Path, entry: usize) -> Result<Figure, RegisterError> {
    if !path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(RegisterError::PortraitOutside { entry });
    }
    let bytes = std::fs::read(directory.join(path))
        .map_err(|source| RegisterError::PortraitFile { entry, source })?;
    let capture = Intake::default()
        .take(Slot::PortraitSide, bytes, jiff::Timestamp::UNIX_EPOCH)
        .map_err(|source| RegisterError::PortraitPicture { entry, source })?;
    capture.picture().and_then(Figure::find).ok_or(RegisterError::PortraitKind { entry })
}

/// TEST ONLY: a drawn figure counts as alive, so that what comes after can be run; about anything else nothing is said.
fn test_liveness(probe: &Capture) -> Liveness {
    match probe.picture().map(Figure::find) {
        Some(Some(_)) => Liveness::Live,
        Some(None) => Liveness::Inconclusive,
        None => Liveness::NotRun,
    }
}

fn folded(name: &str) -> Zeroizing<String> {
    Zeroizing::new(fold_name(name))
}

fn same(same: bool) -> Attribute {
    if same { Attribute::Match } else { Attribute::Mismatch }
}

impl std::fmt::Debug for Register {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Register({} people)", self.entries.len())
    }
}
