//! What is committed to, and the commitment.

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::jose::{Json, Signer, random};
use crate::journal::JournalError;
use crate::journal::entry::{Event, Stated};
use crate::journal::note::Checkpoint;
use crate::journal::tree::Hash;

use super::{InspectionError, Role};

/// What every message of an inspection begins with.
const DOMAIN: &[u8] = b"realname-inspection/v1\n";
/// The whole, in millionths.
pub(super) const MILLION: u64 = 1_000_000;

/// What an inspection is about: fixed before anybody knows what will be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    journal: String,
    inspection: String,
    first: u64,
    to: Timestamp,
    agents: Vec<String>,
    rate_ppm: u64,
}

impl Terms {
    /// The terms of an inspection: entries from the index `first` on, until it is closed, which isn't before `to`; of these agents, or
    /// of all when none is named; each with a chance of `rate_ppm` millionths.
    pub fn new(
        journal: &str,
        inspection: &str,
        first: u64,
        to: Timestamp,
        agents: impl IntoIterator<Item = String>,
        rate_ppm: u64,
    ) -> Result<Self, InspectionError> {
        let mut agents: Vec<String> = agents.into_iter().collect();
        agents.sort_unstable();
        agents.dedup();
        if rate_ppm == 0 || rate_ppm > MILLION {
            return Err(InspectionError::Rate);
        }
        Ok(Self {
            journal: journal.to_owned(),
            inspection: inspection.to_owned(),
            first,
            to,
            agents,
            rate_ppm,
        })
    }

    /// The inspection's id.
    pub fn inspection(&self) -> &str {
        &self.inspection
    }

    /// The index from which on entries belong to it.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// When it is closed at the earliest.
    pub fn to(&self) -> Timestamp {
        self.to
    }

    /// The chance of an entry, in millionths.
    pub fn rate_ppm(&self) -> u64 {
        self.rate_ppm
    }

    /// Whether an agent is inspected.
    pub fn covers(&self, agent: &str) -> bool {
        self.agents.is_empty() || self.agents.binary_search_by(|other| other.as_str().cmp(agent)).is_ok()
    }

    /// Their one text: canonical JSON.
    pub fn to_text(&self) -> String {
        let count = |count: u64| Json::Number(count.into());
        let json = Json::object([
            ("agents", Json::array(self.agents.iter().map(String::as_str))),
            ("first", count(self.first)),
            ("inspection", self.inspection.as_str().into()),
            ("journal", self.journal.as_str().into()),
            ("rate_ppm", count(self.rate_ppm)),
            ("to", self.to.to_string().into()),
            ("v", 1.into()),
        ]);
        String::from_utf8_lossy(&json.to_bytes()).into_owned()
    }

    /// The event that commits to a secret. A witness signs its commitment, or the operator could commit in its name.
    pub fn commit(
        &self,
        role: Role,
        secret: &Secret,
        signer: Option<&dyn Signer>,
    ) -> Result<Event, InspectionError> {
        // What no journal takes is refused here, and not when the period is over and the event is to be appended.
        Checkpoint::new(&self.journal, 0, Hash::of_nothing()).map_err(JournalError::from)?;
        let event = self.event(role, secret, signer)?;
        event.check().map_err(|error| JournalError::Event { number: 1, error })?;
        Ok(event)
    }

    fn event(
        &self,
        role: Role,
        secret: &Secret,
        signer: Option<&dyn Signer>,
    ) -> Result<Event, InspectionError> {
        let commitment = secret.commitment(role, self);
        let agents: Vec<&str> = self.agents.iter().map(String::as_str).collect();
        let event = Event::new("inspection_committed")
            .with("inspection", Stated::Text(&self.inspection))
            .with("role", Stated::Text(role.as_str()))
            .with("first", Stated::Count(self.first))
            .with("to", Stated::Time(self.to))
            .with("agents", Stated::Ids(&agents))
            .with("rate_ppm", Stated::Count(self.rate_ppm))
            .with("commitment", Stated::Digest(commitment));
        let signature = match (role, signer) {
            (Role::Operator, _) => return Ok(event),
            (Role::Witness, None) => return Err(InspectionError::Unsigned),
            (Role::Witness, Some(signer)) => {
                signer.sign(&signed(&commitment)).map_err(InspectionError::Signer)?
            }
        };
        Ok(event.with("signature", Stated::Text(&crate::jose::encode(&signature))))
    }
}

/// What a witness signs of its commitment.
pub(super) fn signed(commitment: &Hash) -> Vec<u8> {
    [DOMAIN, b"commitment\n", commitment.as_bytes().as_slice()].concat()
}

/// 32 random bytes, kept until the period is closed. Wiped when dropped, and not shown.
pub struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    /// New ones, from the operating system.
    pub fn random() -> Result<Self, InspectionError> {
        random().map(|bytes| Self(Zeroizing::new(bytes))).map_err(|_| InspectionError::Random)
    }

    /// Those that were kept.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// To keep them.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What is committed to: SHA-256 of domain, role, terms and the bytes.
    pub fn commitment(&self, role: Role, terms: &Terms) -> Hash {
        let hash = Sha256::new()
            .chain_update(DOMAIN)
            .chain_update(role.as_str())
            .chain_update(b"\n")
            .chain_update(terms.to_text())
            .chain_update(b"\n")
            .chain_update(self.0.as_slice());
        Hash::from_bytes(hash.finalize().into())
    }

    /// The event that reveals them.
    pub fn reveal(&self, role: Role, inspection: &str) -> Event {
        Event::new("inspection_revealed")
            .with("inspection", Stated::Text(inspection))
            .with("role", Stated::Text(role.as_str()))
            .with("reveal", Stated::Digest(Hash::from_bytes(*self.0)))
    }

    /// Whether they are those of a commitment.
    pub(super) fn opens(&self, role: Role, terms: &Terms, commitment: &Hash) -> bool {
        self.commitment(role, terms).as_bytes().ct_eq(commitment.as_bytes()).into()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret([redacted])")
    }
}
