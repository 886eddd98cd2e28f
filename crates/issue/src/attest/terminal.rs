//! What an attestation states of the terminal.

use super::AttestError;
use crate::appraisal::Verified;
use crate::jose::Json;
use crate::profile::is_id;

/// What an attestation states of the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Terminal {
    pub(super) id: String,
    agent: Option<String>,
    pub(super) region: Option<String>,
    pub(super) states_reader: bool,
}

impl Terminal {
    /// A terminal with that id, which also states its reader and the reader's SAM.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), agent: None, region: None, states_reader: true }
    }

    /// Whose shop it stands in.
    pub fn with_agent(mut self, agent: impl Into<String>) -> Self {
        self.agent = Some(agent.into());
        self
    }

    /// Where it stands.
    pub fn with_region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether its names are ids: they go to screens and into comparisons.
    pub(super) fn check(&self) -> Result<(), AttestError> {
        let names =
            [("terminal", Some(&self.id)), ("agent", self.agent.as_ref()), ("region", self.region.as_ref())];
        match names
            .into_iter()
            .find_map(|(member, name)| name.filter(|name| !is_id(name)).map(|name| (member, name)))
        {
            None => Ok(()),
            Some((member, name)) => Err(AttestError::Id { member, value: name.as_str().into() }),
        }
    }

    /// States neither reader nor SAM.
    pub fn without_reader(mut self) -> Self {
        self.states_reader = false;
        self
    }

    pub(super) fn to_json(&self, verified: &Verified) -> Json {
        let mut members = vec![("id", Json::from(self.id.as_str()))];
        members.extend(self.agent.as_deref().map(|agent| ("agent", agent.into())));
        members.extend(self.region.as_deref().map(|region| ("region", region.into())));
        if let Some(chip) = verified.chip().filter(|_| self.states_reader) {
            members.push(("sam_id", chip.sam_id.to_string().into()));
            members.push(("reader", reader(chip.origin).into()));
        }
        Json::object(members)
    }
}

/// The profile has no word for a recording; it is a reader in software, and just as much a test.
fn reader(origin: crate::document::Origin) -> &'static str {
    if origin.is_physical() { origin.as_str() } else { "emulated" }
}
