//! Why a code map can't be used.

use crate::QueryField;

/// Why a code map can't be used. Its author corrects it.
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
        /// The place.
        at: String,
        /// The code.
        code: String,
        /// The value.
        field: QueryField,
    },
    /// A code says nothing and doesn't say that this is right.
    #[error("code {code:?} at {at} says nothing: give it facts, an error, or proceed = true")]
    Empty {
        /// The place.
        at: String,
        /// The code.
        code: String,
    },
    /// A code of another type than its place's, or written twice.
    #[error("code {code:?} at {at} isn't of the place's type, or is there twice")]
    CodeType {
        /// The place.
        at: String,
        /// The code.
        code: String,
    },
    /// No row says whether the person was found, so that no reply could be an answer.
    #[error("no row of the map says whether the person was found")]
    NoSubject,
    /// Nothing says how a call that succeeded looks: a failed one with an old answer in it would pass.
    #[error(
        "the map has no outer layer: say in [[outer]] which code means that the call succeeded, or what must be absent"
    )]
    NoOuter,
    /// The outer layer says nothing about a person.
    #[error(
        "code {code:?} at {at} is of the outer layer: it proceeds or is an error, and states nothing of the person"
    )]
    OuterStates {
        /// The place.
        at: String,
        /// The code.
        code: String,
    },
    /// A match that doesn't rest on every field that the vendor sends for it.
    #[error(
        "the row of {codes} could make a match, but {missing} isn't a pass there: one field alone makes no match"
    )]
    OneField {
        /// The row's codes.
        codes: String,
        /// Which column doesn't say pass.
        missing: &'static str,
    },
    /// The vendor is known to send this member together with another one, which the map doesn't read.
    #[error("the map reads {has:?} and not {lacks:?}, which the vendor sends with it: read both")]
    HalfOfAPair {
        /// What it reads.
        has: String,
        /// What belongs to it.
        lacks: String,
    },
    /// A row names a reason where none stands, or none where one stands.
    #[error("the row of {codes} and the reason's column don't fit together: {why}")]
    Reason {
        /// The row's codes.
        codes: String,
        /// In which way.
        why: &'static str,
    },
    /// Two rows for one pair of codes.
    #[error("two rows say what {codes} means")]
    TwoRows {
        /// The pair.
        codes: String,
    },
    /// A row doesn't say where it comes from, or not in a known way.
    #[error(
        "code {code:?} at {at} has no source: expected \"sdk: …\", \"docs: …\", \"contract: …\", \"own: …\" or \"second-hand: …\""
    )]
    Source {
        /// The place.
        at: String,
        /// The code.
        code: String,
    },
    /// An error's row says whose fault it is, and the word means somebody else's.
    #[error("code {code:?} at {at} says that it is the fault of {said:?}, but {word} is {expected:?}'s")]
    Fault {
        /// The place.
        at: String,
        /// The code.
        code: String,
        /// What stands there.
        said: String,
        /// The error.
        word: String,
        /// Whose fault that error is.
        expected: &'static str,
    },
}
