//! A document as plain data: the `document` object of the command line, and a card description for the emulator.

use super::{Document, DocumentKind, Personal, Sex};
use serde::{Deserialize, Serialize};

/// The facts of a card in the open, as JSON shows them. A field that the kind doesn't have, or that is blank, is `None`.
///
/// There is no way from here back to a [`Document`]. `Debug` shows the kind only.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs)] // Each field is the accessor of the same name on `Document`.
pub struct PlainDocument {
    pub kind: DocumentKind,
    pub name: Option<Personal>,
    pub english_name: Option<Personal>,
    pub sex: Sex,
    pub ethnic_group: Option<PlainEthnicGroup>,
    /// `YYYY-MM-DD`.
    #[cfg_attr(feature = "schema", schemars(schema_with = "date"))]
    pub birth_date: Option<Personal>,
    pub address: Option<Personal>,
    pub number: Option<Personal>,
    pub authority: Option<Personal>,
    /// `YYYY-MM-DD`.
    #[cfg_attr(feature = "schema", schemars(schema_with = "date"))]
    pub valid_from: Option<Personal>,
    /// `YYYY-MM-DD` or `long_term`.
    #[cfg_attr(feature = "schema", schemars(schema_with = "until"))]
    pub valid_until: Option<Personal>,
    pub nationality: Option<Personal>,
    pub travel_permit_number: Option<Personal>,
    pub issue_count: Option<u8>,
    pub former_number: Option<Personal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority_code: Option<Personal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_version: Option<Personal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renewals: Option<u8>,
}

/// Code and name of an ethnic group; the name is `None` where the standard has none.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct PlainEthnicGroup {
    pub code: Personal,
    #[serde(default)]
    pub name: Option<Personal>,
}

impl From<&Document> for PlainDocument {
    fn from(document: &Document) -> Self {
        let text = |field: Option<&super::CardText>| {
            field.filter(|text| !text.is_empty()).map(|text| Personal::from(text.as_str()))
        };
        let number =
            |number: &super::IdNumber| (!number.as_str().is_empty()).then(|| Personal::from(number.as_str()));
        Self {
            kind: document.kind(),
            name: text(Some(document.name())),
            english_name: text(document.english_name()),
            sex: document.sex(),
            ethnic_group: document.ethnic_group().map(|group| PlainEthnicGroup {
                code: group.code().into(),
                name: group.name().map(Personal::from),
            }),
            birth_date: document.birth_date().map(|date| date.to_string().into()),
            address: text(document.address()),
            number: number(document.number()),
            authority: text(document.authority()),
            valid_from: document.valid_from().map(|date| date.to_string().into()),
            valid_until: document.valid_until().map(|until| until.to_text().into()),
            nationality: text(document.nationality()),
            travel_permit_number: text(document.travel_permit_number()),
            issue_count: document.issue_count(),
            former_number: document.former_number().and_then(number),
            authority_code: text(document.authority_code()),
            card_version: text(document.card_version()),
            renewals: document.renewals(),
        }
    }
}

impl std::fmt::Debug for PlainDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlainDocument").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for PlainEthnicGroup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PlainEthnicGroup([redacted])")
    }
}

#[cfg(feature = "schema")]
fn date(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({"type": ["string", "null"], "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
}

#[cfg(feature = "schema")]
fn until(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({"type": ["string", "null"], "pattern": "^([0-9]{4}-[0-9]{2}-[0-9]{2}|long_term)$"})
}
