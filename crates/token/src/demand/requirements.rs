//! What must have been checked, where, and when.

use jiff::SignedDuration;

use super::AnswerError;
use crate::jose::Json;
use crate::profile::{Check, Locality, is_id};

/// The demand's `require`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Requirements {
    /// These must have passed.
    pub checks: Vec<Check>,
    /// Person and card in front of a terminal.
    pub onsite: bool,
    /// The longest time since the check, in whole seconds.
    pub max_age: Option<SignedDuration>,
    /// Checked after the demand was made.
    pub after_demand: bool,
    /// Only this terminal may answer.
    pub terminal: Option<String>,
}

impl Requirements {
    pub(super) fn to_json(&self) -> Json {
        let mut members = Vec::new();
        if !self.checks.is_empty() {
            members.push(("checks", Json::array(self.checks.iter().map(|check| check.as_str()))));
        }
        if self.onsite {
            members.push(("locality", Locality::Onsite.as_str().into()));
        }
        members.extend(self.max_age.map(|age| ("max_age", age.as_secs().into())));
        if self.after_demand {
            members.push(("after_demand", true.into()));
        }
        members.extend(self.terminal.as_deref().map(|terminal| ("terminal", terminal.into())));
        Json::object(members)
    }

    /// A member that isn't known refuses the demand: the asker relies on it.
    pub(super) fn from_json(json: Option<&Json>) -> Result<Self, AnswerError> {
        const KNOWN: [&str; 5] = ["checks", "locality", "max_age", "after_demand", "terminal"];
        let Some(json) = json else { return Ok(Self::default()) };
        let members = json.as_object().ok_or(AnswerError::Member("require"))?;
        if members.keys().any(|name| !KNOWN.contains(&name.as_str())) {
            return Err(AnswerError::Member("require"));
        }
        let terminal = json.optional_text("terminal")?.map(str::to_owned);
        if terminal.as_deref().is_some_and(|terminal| !is_id(terminal)) {
            return Err(AnswerError::Text("terminal"));
        }
        Ok(Self {
            checks: json.optional_list("checks", Check::from_name)?.unwrap_or_default(),
            onsite: match json.optional_text("locality")?.map(Locality::from_name) {
                None => false,
                Some(Some(Locality::Onsite)) => true,
                // Only `onsite` can be demanded: nobody has a reason to demand that a person be away.
                Some(Some(Locality::Remote) | None) => return Err(AnswerError::Member("locality")),
            },
            max_age: json.optional_seconds("max_age")?.map(SignedDuration::from_secs),
            after_demand: json.optional_bool("after_demand")?.unwrap_or_default(),
            terminal,
        })
    }
}
