//! The papers of a cancellation: refund, invoice, settlement, work order. Receipts and the journal hold digests of them, the papers
//! themselves stay with whoever wrote them. `docs/operator-formats.md`.

use std::collections::BTreeMap;

use realname_journal::tree::Hash;

use crate::form::FormError;
use crate::jose::{Json, decode};
use crate::journal::entry::{Entry, Event, Stated};

/// Longest paper that is read, in bytes.
const MOST_BYTES: usize = 1 << 20;

/// Kinds of papers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums, reason = "these four are all that there is")]
pub enum Paper {
    /// What was paid back.
    Refund,
    /// The last invoice.
    Invoice,
    /// What the two provinces owe each other for it.
    Settlement,
    /// The order to take the number out of the network.
    WorkOrder,
}

realname_terms::names! {
    Paper { Refund = "refund", Invoice = "invoice", Settlement = "settlement", WorkOrder = "work_order" }
}

/// Digests of papers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Papers {
    digests: BTreeMap<Paper, Hash>,
}

impl Papers {
    /// Adds a paper: a JSON object that says with `paper` what it is, and has 128 random bits in `salt`, because an amount is guessed.
    /// Its digest is SHA-256 over its canonical form.
    pub fn add(&mut self, paper: Paper, bytes: &[u8]) -> Result<Hash, FormError> {
        let json = Json::parse(bytes, MOST_BYTES)?;
        let text = |name: &str| json.member(name).and_then(Json::as_str);
        if text("paper") != Some(paper.as_str()) {
            return Err(FormError::Sense("`paper` doesn't say which paper it is"));
        }
        if text("salt").and_then(|salt| decode(salt).ok()).is_none_or(|salt| salt.len() < 16) {
            return Err(FormError::Sense("`salt` isn't 16 random bytes or more in base64url"));
        }
        let digest = Hash::of(&json.to_bytes());
        self.digests.insert(paper, digest);
        Ok(digest)
    }

    /// The digest of a paper.
    pub fn digest(&self, paper: Paper) -> Option<Hash> {
        self.digests.get(&paper).copied()
    }

    /// Which are missing.
    pub fn missing(&self) -> Vec<Paper> {
        Paper::ALL.into_iter().filter(|paper| !self.digests.contains_key(paper)).collect()
    }

    pub(super) fn to_json(&self) -> Option<Json> {
        let members =
            self.digests.iter().map(|(paper, digest)| (paper.as_str(), digest.to_base64url().into()));
        (!self.digests.is_empty()).then(|| Json::object(members))
    }

    pub(super) fn from_json(json: &Json) -> Option<Self> {
        let mut digests = BTreeMap::new();
        for (name, value) in json.as_object()?.iter() {
            let digest = decode(value.as_str()?).ok()?.try_into().ok().map(Hash::from_bytes)?;
            digests.insert(Paper::from_name(name.as_ref())?, digest);
        }
        Some(Self { digests })
    }

    /// The event `cancelled`, or `cancellation_closed` for papers that came later. `receipt` is the receipt's JWS without its disclosure.
    pub fn to_event(&self, event: Brings, receipt: &str) -> Event {
        let event = Event::new(event.as_str()).with("record", Stated::Digest(Hash::of(receipt.as_bytes())));
        self.digests
            .iter()
            .fold(event, |event, (paper, digest)| event.with(paper.as_str(), Stated::Digest(*digest)))
    }
}

/// Which event brings papers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "these two are all that there is")]
pub enum Brings {
    /// The number was cancelled.
    Cancelled,
    /// Papers that were missing then.
    Closed,
}

realname_terms::names! { Brings { Cancelled = "cancelled", Closed = "cancellation_closed" } }

/// Finds receipts without their papers, in the order of the journal.
#[derive(Clone, Debug, Default)]
pub struct Unclosed {
    open: BTreeMap<u64, (Hash, Vec<Paper>)>,
}

impl Unclosed {
    /// Takes the next entry.
    pub fn hear(&mut self, index: u64, entry: &Entry<'_>) {
        let Some(record) = entry.digest("record") else { return };
        let lacks = |paper: &Paper| entry.digest(paper.as_str()).is_none();
        match Brings::from_name(entry.event()) {
            Some(Brings::Cancelled) => {
                let missing: Vec<Paper> = Paper::ALL.into_iter().filter(lacks).collect();
                if !missing.is_empty() {
                    self.open.insert(index, (record, missing));
                }
            }
            Some(Brings::Closed) => {
                let of_it = self.open.values_mut().filter(|(receipt, _)| *receipt == record);
                of_it.for_each(|(_, missing)| missing.retain(lacks));
                self.open.retain(|_, (_, missing)| !missing.is_empty());
            }
            None => {}
        }
    }

    /// The receipts that lack papers: the event's place, the receipt's digest, which papers.
    pub fn iter(&self) -> impl Iterator<Item = (u64, Hash, &[Paper])> {
        self.open.iter().map(|(index, (record, missing))| (*index, *record, missing.as_slice()))
    }
}

#[cfg(test)]
#[path = "closing_tests.rs"]
mod tests;
