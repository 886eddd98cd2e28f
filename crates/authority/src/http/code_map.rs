//! A register's interface as data: what it is asked, where its reply carries codes, and what each code means.

mod raw;

use std::time::Duration;

use super::json::Json;
use super::template::Template;
use crate::{Attribute, DocumentStatus, Face, Liveness, QueryField, Subject};

/// How a register's requests and replies look, and what its codes mean. Read from TOML; `docs/authorities.md` explains
/// every key.
///
/// A map that couldn't be right is refused when it is read: an unknown word, a code that states something about a value
/// that the request never sends, a map of which no code finds a person.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeMap {
    pub(super) interface: String,
    pub(super) request: RequestShape,
    pub(super) inquiry: Option<InquiryShape>,
    pub(super) reply: ReplyShape,
    pub(super) tables: Vec<Table>,
    pub(super) statuses: Vec<(u16, Meaning)>,
}

/// Why a code map can't be used. The one who wrote it is to look.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodeMapError {
    /// The file isn't TOML, or has keys that a map doesn't have.
    #[error("the code map isn't understood: {0}")]
    Syntax(String),
    /// A word that the vocabulary doesn't have.
    #[error("the code map says {word:?} for {part}, which is no word of the vocabulary")]
    Word {
        /// What it was to be.
        part: &'static str,
        /// What stands there.
        word: String,
    },
    /// A text of the request is neither a literal nor one known slot.
    #[error("the code map's request has {0:?}, expected a literal or one slot such as \"{{name}}\"")]
    Slot(String),
    /// A path or pointer that doesn't begin with a slash, or has what can't be in one.
    #[error("the code map's {what} is {got:?}, expected a path such as \"/result/code\"")]
    Path {
        /// Of what.
        what: &'static str,
        /// What stands there.
        got: String,
    },
    /// A code says something about a value that the request doesn't send: it would be believed without being asked.
    #[error("code {code:?} at {at} speaks of the {field}, which the request doesn't send")]
    NotSent {
        /// The table's pointer.
        at: String,
        /// The code.
        code: String,
        /// The value.
        field: QueryField,
    },
    /// A code says nothing and doesn't say that this is right.
    #[error("code {code:?} at {at} says nothing: give it facts, an error, or proceed = true")]
    Empty {
        /// The table's pointer.
        at: String,
        /// The code.
        code: String,
    },
    /// A code of another type than its table's.
    #[error("code {code:?} at {at} isn't of the table's type")]
    CodeType {
        /// The table's pointer.
        at: String,
        /// The code.
        code: String,
    },
    /// No code says whether the person was found, so that no reply could be an answer.
    #[error("no code of the map says whether the person was found")]
    NoSubject,
}

/// How a question is sent.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RequestShape {
    pub(super) path: String,
    pub(super) is_form: bool,
    pub(super) body: Template,
    pub(super) key_header: Option<String>,
    pub(super) headers: Vec<(String, String)>,
}

/// How a question's outcome is looked up: `path`, a slash and the key. That it never arrived is a code of the reply's body
/// and no status: any proxy can say 404.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct InquiryShape {
    pub(super) path: String,
    pub(super) at: String,
    pub(super) never_arrived: Code,
    pub(super) pending: Option<Code>,
}

/// Where a reply carries what isn't a code.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ReplyShape {
    /// The statuses of which the body is read for codes.
    pub(super) statuses: Vec<u16>,
    pub(super) reference: Option<Place>,
    /// Where the key of the query is repeated; another key there is no answer.
    pub(super) key: Option<String>,
    /// Where it says that it is a test register.
    pub(super) is_test: Option<String>,
    pub(super) billed: Option<Billed>,
    /// Where it says how many seconds to wait.
    pub(super) retry_after: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Place {
    Body(String),
    Header(String),
}

/// Which values at a pointer mean "charged" and "not charged".
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Billed {
    pub(super) at: String,
    pub(super) yes: Code,
    pub(super) no: Code,
}

/// One place of the reply that carries a code.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Table {
    pub(super) at: String,
    pub(super) optional: bool,
    pub(super) codes: Vec<(Code, Meaning)>,
}

/// A code, with its type: `0` and `"0"` are two codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Code {
    Text(String),
    Integer(i64),
    Bool(bool),
}

/// What a code means.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Meaning {
    Error { word: String, retry_after: Option<Duration> },
    Facts(Facts),
}

/// What a code states. Everything that it doesn't state is left open.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Facts {
    pub(super) subject: Option<Subject>,
    pub(super) name: Option<Attribute>,
    pub(super) id_number: Option<Attribute>,
    pub(super) valid_from: Option<Attribute>,
    pub(super) valid_until: Option<Attribute>,
    pub(super) phone_number: Option<Attribute>,
    pub(super) document: Option<DocumentStatus>,
    pub(super) face: Option<Face>,
    pub(super) liveness: Option<Liveness>,
    pub(super) billed: Option<bool>,
}

impl CodeMap {
    /// Reads a map.
    ///
    /// # Errors
    /// [`CodeMapError`] names what can't be right.
    pub fn parse(toml: &str) -> Result<Self, CodeMapError> {
        raw::parse(toml)
    }

    /// The map of this crate's own register, as `authority::serve` speaks it.
    #[allow(clippy::expect_used)] // A constant of this crate; a test reads it.
    pub fn register() -> Self {
        Self::parse(include_str!("code_map/realname-register.toml")).expect("the built-in map is right")
    }

    /// Which interface it describes.
    pub fn interface(&self) -> &str {
        &self.interface
    }

    /// Every place and every code of the map, for tests and listings, as `(pointer, code)`.
    pub fn codes(&self) -> impl Iterator<Item = (&str, serde_json::Value)> {
        self.tables.iter().flat_map(|table| {
            table.codes.iter().map(|(code, _)| {
                let code = match code {
                    Code::Text(text) => text.as_str().into(),
                    Code::Integer(number) => (*number).into(),
                    Code::Bool(is) => (*is).into(),
                };
                (table.at.as_str(), code)
            })
        })
    }
}

impl Code {
    /// Whether the reply has this code, in this type.
    pub(super) fn is(&self, value: &Json) -> bool {
        match (self, value) {
            (Self::Text(code), Json::Text(text)) => code == text,
            (Self::Integer(code), Json::Integer(number)) => code == number,
            (Self::Bool(code), Json::Bool(is)) => code == is,
            _ => false,
        }
    }
}

impl Facts {
    /// Adds what another place of the reply states. `false` when the two contradict each other.
    pub(super) fn merge(&mut self, other: &Self) -> bool {
        fn one<T: Copy + PartialEq>(mine: &mut Option<T>, other: Option<T>) -> bool {
            let agrees = other.is_none() || mine.is_none() || *mine == other;
            *mine = mine.or(other);
            agrees
        }
        // Every part is merged, also after the first contradiction: `&`, not `&&`.
        one(&mut self.subject, other.subject)
            & one(&mut self.name, other.name)
            & one(&mut self.id_number, other.id_number)
            & one(&mut self.valid_from, other.valid_from)
            & one(&mut self.valid_until, other.valid_until)
            & one(&mut self.phone_number, other.phone_number)
            & one(&mut self.document, other.document)
            & one(&mut self.face, other.face)
            & one(&mut self.liveness, other.liveness)
            & one(&mut self.billed, other.billed)
    }
}
