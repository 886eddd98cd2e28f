//! What a text reader read on a card, against what was declared.

use serde::Serialize;

use super::Picture;
use super::measure::Card;
use super::plugin::{TextField, TextReader, TextVerdict};
use crate::document::{Personal, fold_name};

/// What one field was read as. It says nothing of the score: scores stay inside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ReadText {
    /// Which field.
    pub field: TextField,
    /// How the reading compares with what was declared.
    pub outcome: ReadOutcome,
    /// Who read.
    pub reader: TextReaderRef,
}

/// Names a text reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TextReaderRef {
    /// Its id.
    pub id: String,
    /// Whether it is a stand-in.
    pub is_test: bool,
}

/// How a reading compares with what was declared. It supports or it doesn't; it never contradicts, because recognisers lack characters
/// that people have in their names and are sure of what they read instead (`findings/ocr-names.sh`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadOutcome {
    /// As declared.
    Same,
    /// As something else: for a person to look at.
    ReadsOtherwise,
    /// There is something that can't be read.
    Illegible,
    /// Nothing was read.
    NotRun,
}

realname_terms::names! {
    ReadOutcome {
        Same = "same",
        ReadsOtherwise = "reads_otherwise",
        Illegible = "illegible",
        NotRun = "not_run",
    }
}

/// Reads `field` on a side of the card and compares it with what was declared.
pub(crate) fn read(reader: &dyn TextReader, card: &Card, field: TextField, declared: &Personal) -> ReadText {
    let side = Picture::from_luma(card.flat.luma().clone());
    let outcome = match reader.read(&side, field) {
        TextVerdict::Read(text, _) if folded(text.as_str()) == folded(declared.as_str()) => ReadOutcome::Same,
        TextVerdict::Read(..) => ReadOutcome::ReadsOtherwise,
        TextVerdict::Illegible => ReadOutcome::Illegible,
        TextVerdict::NotRun => ReadOutcome::NotRun,
    };
    let reader = TextReaderRef { id: reader.id().to_owned(), is_test: reader.is_test() };
    ReadText { field, outcome, reader }
}

/// Recognisers don't keep spaces.
fn folded(text: &str) -> String {
    fold_name(text).chars().filter(|letter| !letter.is_whitespace()).collect()
}
