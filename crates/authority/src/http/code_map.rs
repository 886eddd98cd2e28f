//! A register's interface as data: what it is asked, where its reply carries codes, and what each code means.

mod code;
mod error;
mod grants;
mod hint;
mod place;
mod raw;
mod rows;
mod source;

use super::template::Template;
use super::xml::Charset;
use crate::{Attribute, DocumentStatus, Face, Liveness, Subject};

pub(super) use code::{Code, Pattern, closest};
pub use error::CodeMapError;
pub use hint::Hint;
pub(super) use place::{NotJson, Place};
pub(in crate::http) use source::Source;

/// How a register's requests and replies look, and what its codes mean. Read from TOML; `docs/authorities.md` explains
/// every key.
///
/// A reply is read in layers. First the *outer* one: did the call succeed at all? Then the *answer*: a table of which
/// verdict with which reason means what, each pair spelled out, so that neither of the two makes a match alone. Then the
/// *parts*: what stands at a place of its own. What no row has is no answer.
///
/// A map that couldn't be right is refused when it is read: no outer layer, an unknown word, a code that states something
/// about a value that the request never sends, a match that one field could make alone, a row without its source.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeMap {
    pub(super) interface: String,
    pub(super) request: RequestShape,
    pub(super) inquiry: Option<InquiryShape>,
    pub(super) reply: ReplyShape,
    /// What must hold before the answer is looked at, in this order.
    pub(super) outer: Vec<Outer>,
    pub(super) answer: Answer,
    pub(super) parts: Vec<Part>,
    /// Codes beside other statuses than those of an answer. They only refuse.
    pub(super) refusals: Vec<Refusals>,
    pub(super) statuses: Vec<(u16, ErrorMeaning)>,
    sources: Vec<Source>,
}

/// How a question is sent.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RequestShape {
    pub(super) path: String,
    pub(super) format: Format,
    /// XML only.
    pub(super) charset: Charset,
    pub(super) body: Template,
    pub(super) key_header: Option<String>,
    pub(super) headers: Vec<(String, String)>,
    /// Fixed ones in the address, beside a body.
    pub(super) parameters: Vec<(String, String)>,
}

/// How the values of a question go over the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Format {
    #[default]
    Json,
    Form,
    /// In the address, where logs keep them: only for a register that takes them no other way.
    Query,
    /// A document whose root is the body's one member.
    Xml,
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

/// What a reply's body is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ReplyForm {
    Json,
    /// A document, or the one that stands as a text at `within` of it.
    Xml {
        charset: Charset,
        within: Option<String>,
    },
}

/// Where a reply carries what isn't a code.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ReplyShape {
    pub(super) form: ReplyForm,
    /// The statuses of which the body is read for an answer.
    pub(super) statuses: Vec<u16>,
    pub(super) reference: Option<ReferenceAt>,
    /// Where the key of the query is repeated; another key there is no answer.
    pub(super) key: Option<String>,
    /// Where it says that it is a test register.
    pub(super) is_test: Option<String>,
    pub(super) billed: Option<Billed>,
    /// Where it says how many seconds to wait.
    pub(super) retry_after: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum ReferenceAt {
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

/// One condition of the outer layer.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outer {
    /// The code at this place lets the reading go on or ends it.
    Codes { at: Place, optional: bool, codes: Vec<(Pattern, OuterMeaning)> },
    /// Nothing may stand at this place.
    Absent(Place),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum OuterMeaning {
    Proceed,
    Error(ErrorMeaning),
}

/// What verdict and reason mean together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer {
    pub(super) verdict: Column,
    pub(super) reason: Option<ReasonColumn>,
    pub(super) rows: Vec<Row>,
}

/// A place that carries a code, and which of its codes are passes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    pub(super) at: Place,
    /// The place has a number, and the code is whether it reaches a threshold.
    pub(super) compare: Option<Compare>,
    pub(super) pass: Vec<Code>,
}

/// A number from 0 to `most` that passes from `at_least` on. Anything else isn't one of its numbers.
#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compare {
    pub(super) at_least: f64,
    pub(super) most: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct ReasonColumn {
    pub(super) column: Column,
    /// The verdicts beside which a reason stands; beside any other there must be none. `None`: beside every verdict.
    pub(super) beside: Option<Vec<Code>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) verdicts: Vec<Code>,
    /// `None`: no reason stands there.
    pub(super) reasons: Option<Vec<Code>>,
    pub(super) meaning: Meaning,
}

/// One more place of the reply that carries a code.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) at: Place,
    pub(super) optional: bool,
    pub(super) codes: Vec<(Code, Meaning)>,
}

/// Codes beside a status that isn't an answer's.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refusals {
    pub(super) statuses: Vec<u16>,
    pub(super) at: Place,
    pub(super) codes: Vec<(Pattern, ErrorMeaning)>,
}

/// What a code means.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Meaning {
    /// Nothing by itself.
    Proceed,
    Error(ErrorMeaning),
    Facts(Facts),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ErrorMeaning {
    pub(super) word: String,
    pub(super) retry_after: Option<std::time::Duration>,
    pub(super) billed: Option<bool>,
    pub(super) hint: Option<Hint>,
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

    /// Whether each row and the request come from the vendor's own client or page, from a contract, or are this crate's
    /// own. A map with anything second-hand in it is for trying out: no real register is asked with it.
    pub fn is_sourced(&self) -> bool {
        self.sources.iter().all(|source| source.is_first_hand())
    }

    /// Every place and every code of the answer's layers, for tests and listings, as `(pointer, code)`. A code that is
    /// taken as a number and as a text is listed as both, a family with its final `.*`.
    pub fn codes(&self) -> impl Iterator<Item = (&str, serde_json::Value)> {
        let outer = self.outer.iter().flat_map(|outer| match outer {
            Outer::Codes { at, codes, .. } => codes
                .iter()
                .flat_map(|(code, _)| code.values().into_iter().map(|code| (at.first(), code)))
                .collect(),
            Outer::Absent(_) => Vec::new(),
        });
        let verdicts = self.answer.rows.iter().flat_map(|row| &row.verdicts);
        let verdicts = verdicts.flat_map(|code| listed(&self.answer.verdict.at, code));
        let reasons = self.answer.reason.iter().flat_map(|reason| {
            let codes = self.answer.rows.iter().filter_map(|row| row.reasons.as_ref()).flatten();
            codes.flat_map(|code| listed(&reason.column.at, code))
        });
        let parts = self.parts.iter();
        let parts = parts.flat_map(|part| part.codes.iter().flat_map(|(code, _)| listed(&part.at, code)));
        outer.chain(verdicts).chain(reasons).chain(parts)
    }

    /// Which codes of the verdict and of the reason are passes, as `(pointer, code)`. For tests.
    pub fn passes(&self) -> impl Iterator<Item = (&str, serde_json::Value)> {
        let reason = self.answer.reason.iter().map(|reason| &reason.column);
        let columns = std::iter::once(&self.answer.verdict).chain(reason);
        columns.flat_map(|column| column.pass.iter().flat_map(|code| listed(&column.at, code)))
    }

    /// The places without which no reply is a match: those of the outer layer, of the verdict, of the reason where every
    /// verdict has one, and of the parts that can't be missing. For tests.
    pub fn needed(&self) -> impl Iterator<Item = &str> {
        let outer = self.outer.iter().filter_map(|outer| match outer {
            Outer::Codes { at, optional: false, .. } => Some(at.first()),
            Outer::Codes { .. } | Outer::Absent(_) => None,
        });
        let reason = self.answer.reason.iter().filter(|reason| reason.beside.is_none());
        let reason = reason.map(|reason| reason.column.at.first());
        let parts = self.parts.iter().filter(|part| !part.optional).map(|part| part.at.first());
        outer.chain([self.answer.verdict.at.first()]).chain(reason).chain(parts)
    }
}

fn listed<'a>(at: &'a Place, code: &Code) -> impl Iterator<Item = (&'a str, serde_json::Value)> + use<'a> {
    code.values().into_iter().map(|code| (at.first(), code))
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
