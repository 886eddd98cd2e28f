//! An examination as JSON.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Examination, Note, Slot, Triplet};

/// A file that was examined, as JSON shows it.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlainFile {
    /// Which photo.
    pub slot: Slot,
    /// The format's name.
    pub format: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// What is remarkable about the file.
    pub notes: Vec<Note>,
}

impl Examination {
    /// As `capture check --json` prints it, without what is known of the files. Through text, so that a measured 0.9 is
    /// 0.9 and not the digits that its type makes up.
    pub fn to_json(&self) -> Value {
        let text = serde_json::to_string(self).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// With the files that were examined.
    pub fn to_json_with(&self, triplet: &Triplet) -> Value {
        let mut value = self.to_json();
        let files = triplet.photos().iter().map(|photo| PlainFile {
            slot: photo.slot(),
            format: photo.format().to_string(),
            width: photo.width(),
            height: photo.height(),
            notes: photo.notes().to_vec(),
        });
        value["files"] = json!(files.collect::<Vec<_>>());
        value
    }
}
