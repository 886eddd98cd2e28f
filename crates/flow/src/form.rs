//! Files that an operator writes: strict JSON of a fixed form.

use realname_terms::explain;
use serde::de::DeserializeOwned;

use crate::jose::{JoseError, Json};

/// Longest file that is read, in bytes: 31 provinces and some hundred batches fit many times.
const MOST_BYTES: usize = 1 << 20;

/// A file isn't of its form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormError {
    /// Not JSON as it is read here: a member twice, too deep, too long.
    #[error("the file isn't JSON: {0}")]
    Json(#[from] JoseError),
    /// A member is missing, unknown or of the wrong form. Such files name nobody, so what is wrong is quoted.
    #[error("the file isn't of its form: {0}")]
    Member(String),
    /// Each member is well formed, and together they make no sense.
    #[error("the file contradicts itself: {0}")]
    Sense(&'static str),
}

explain! {
    FormError {
        Self::Json(_) => "form_json", Input,
            "Give the file as docs/operator-formats.md says: JSON, each member once.", "请按格式说明提供文件：JSON，每个成员一次。", "文件不是 JSON";
        Self::Member(_) => "form_member", Input,
            "Correct the member that the message names (docs/operator-formats.md).", "请按格式说明修正所指出的成员。", "文件的某个成员有误";
        Self::Sense(_) => "form_sense", Input,
            "Correct what the message names (docs/operator-formats.md).", "请按格式说明修正所指出的矛盾。", "文件内容自相矛盾";
    }
}

/// Reads a value, and nothing that its type doesn't know.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, FormError> {
    // The strict reader comes first: serde would take a member that stands twice.
    let json = Json::parse(bytes, MOST_BYTES)?;
    serde_json::from_slice(&json.to_bytes()).map_err(|error| FormError::Member(error.to_string()))
}

/// Whether the text may stand in the journal as an id.
pub(crate) fn is_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

/// The block of the pages that stands behind this comment: what is published is what is read.
#[cfg(test)]
#[allow(clippy::disallowed_methods)]
pub(crate) fn page(name: &str) -> String {
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/");
    let pages = ["operator-formats.md", "campaign.md", "report.md", "lease.md"];
    let read = |page| std::fs::read_to_string(format!("{docs}{page}")).expect("the page");
    let text: String = pages.map(read).concat();
    let (_, rest) = text.split_once(&format!("<!-- {name} -->\n```json\n")).expect("the block");
    rest.split_once("```").expect("its end").0.to_owned()
}
