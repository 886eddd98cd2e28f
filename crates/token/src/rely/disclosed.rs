//! The personal facts of an accepted presentation.

use std::collections::BTreeMap;

use crate::jose::Json;
use crate::profile::{ClaimName, Outside};

/// The claims that the demand asked for. `Debug` shows their names only, and texts are wiped when dropped; it serialises
/// as the plain facts.
#[derive(Clone, PartialEq, serde::Serialize)]
#[serde(transparent)]
pub struct Disclosed(pub(super) BTreeMap<ClaimName, Json>);

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Disclosed {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Disclosed".into()
    }

    /// Exhaustive: a new claim without its form doesn't compile.
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let members = ClaimName::ALL.map(|name| {
            let form = match name {
                ClaimName::Address => serde_json::json!({
                    "type": "object", "properties": {"formatted": {"type": "string"}}, "required": ["formatted"],
                    "additionalProperties": false,
                }),
                ClaimName::Nationalities => serde_json::json!({"type": "array", "items": {"type": "string"}}),
                ClaimName::Name
                | ClaimName::Birthdate
                | ClaimName::Gender
                | ClaimName::IdNumber
                | ClaimName::IdType
                | ClaimName::DocumentExpiry => serde_json::json!({"type": "string"}),
            };
            (name.as_str().to_owned(), form)
        });
        let members: serde_json::Map<_, _> = members.into_iter().collect();
        schemars::json_schema!({"type": "object", "properties": members, "additionalProperties": false})
    }
}

impl Disclosed {
    pub(super) fn claim(&self, name: ClaimName) -> Option<&Json> {
        self.0.get(&name)
    }

    /// A claim that is one text; of an address the whole of it. Nationalities are [`texts`](Self::texts).
    pub fn text(&self, name: ClaimName) -> Option<Outside<'_>> {
        let claim = self.claim(name)?;
        let text = if name == ClaimName::Address { claim.member("formatted")? } else { claim };
        text.as_str().map(Outside::new)
    }

    /// All texts of a claim: several of nationalities, one of every other.
    pub fn texts(&self, name: ClaimName) -> impl Iterator<Item = Outside<'_>> {
        let list = self.claim(name).and_then(Json::as_array).unwrap_or_default();
        self.text(name).into_iter().chain(list.iter().filter_map(Json::as_str).map(Outside::new))
    }

    /// Which claims there are.
    pub fn names(&self) -> impl Iterator<Item = ClaimName> {
        self.0.keys().copied()
    }
}

impl std::fmt::Debug for Disclosed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}
