//! An inspection out of the journal. What counts first counts for good, so nothing can be chosen by saying it again.

use crate::journal::entry::Entry;
use crate::journal::note::{KeyKind, NoteError, VerifierKey};
use crate::journal::tree::Hash;
use crate::journal::{Audit, JournalError, Reader};

use super::terms::signed;
use super::{InspectionError, Role, Sample, Secret, Terms, is_drawn, seed};

/// A closed inspection of which both sides revealed.
#[derive(Debug)]
pub struct Inspection {
    terms: Terms,
    size: u64,
    seed: [u8; 32],
}

/// What the journal says of one inspection, in its order.
#[derive(Default)]
struct Said {
    operator: Option<(u64, Terms, Hash)>,
    witness: Option<(u64, Terms, Hash)>,
    closed: Option<(u64, u64, jiff::Timestamp)>,
    revealed: Vec<(u64, Role, Secret)>,
}

impl Inspection {
    /// Audits the whole journal and finds the inspection in it. `witness` is the key that must have signed the witness' commitment.
    pub fn find(
        reader: &Reader,
        audit: &Audit,
        inspection: &str,
        witness: &VerifierKey,
    ) -> Result<Self, InspectionError> {
        if witness.kind() != KeyKind::Witness {
            return Err(JournalError::from(NoteError::Key).into());
        }
        let origin = reader.checkpoint().unverified().origin().as_str_raw();
        let mut said = Said::default();
        audit.run_with(reader, |index, entry, _| {
            if entry.text("inspection") == Some(inspection) {
                said.hear(index, entry, origin, witness);
            }
        })?;
        said.judge(reader)
    }

    /// What was agreed.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// How many entries the tree had at the close.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The seed.
    pub fn seed(&self) -> &[u8; 32] {
        &self.seed
    }

    /// What is drawn: of the entries from the terms' first to the close those of an inspected agent that name a record, as the seed has
    /// it. Gives how many could have been drawn, too.
    pub fn draw(&self, reader: &Reader) -> Result<(Vec<Sample>, u64), InspectionError> {
        let (mut drawn, mut of) = (Vec::new(), 0);
        reader.each(self.terms.first(), |index, entry, _| {
            let (Some(agent), Some(record)) = (entry.agent(), entry.digest("record")) else { return };
            if index >= self.size || !self.terms.covers(agent) {
                return;
            }
            of += 1;
            if is_drawn(&self.seed, index, self.terms.rate_ppm()) {
                drawn.push(Sample {
                    index,
                    agent: agent.to_owned(),
                    record,
                    evidence: entry.digest("evidence"),
                });
            }
        })?;
        Ok((drawn, of))
    }
}

impl Said {
    fn hear(&mut self, index: u64, entry: &Entry<'_>, origin: &str, witness: &VerifierKey) {
        let role = entry.text("role").and_then(Role::from_name);
        match (entry.event(), role) {
            ("inspection_committed", Some(role)) => {
                let Some((terms, commitment)) = commitment(entry, origin) else { return };
                let place = match role {
                    Role::Operator => &mut self.operator,
                    Role::Witness if is_signed(entry, &commitment, witness) => &mut self.witness,
                    // The operator writes the journal: what isn't signed by the witness isn't the witness'.
                    Role::Witness => return,
                };
                place.get_or_insert((index, terms, commitment));
            }
            ("inspection_closed", _) => {
                if let Some(size) = entry.count("size") {
                    self.closed.get_or_insert((index, size, entry.time()));
                }
            }
            ("inspection_revealed", Some(role)) => {
                if let Some(bytes) = entry.digest("reveal") {
                    self.revealed.push((index, role, Secret::from_bytes(*bytes.as_bytes())));
                }
            }
            _ => {}
        }
    }

    fn judge(self, reader: &Reader) -> Result<Inspection, InspectionError> {
        let operator = self.operator.ok_or(InspectionError::NotCommitted(Role::Operator))?;
        let witness = self.witness.ok_or(InspectionError::NotCommitted(Role::Witness))?;
        if operator.1 != witness.1 {
            return Err(InspectionError::TermsDiffer);
        }
        let (closing, size, at) = self.closed.ok_or(InspectionError::NotClosed)?;
        for (role, index) in [(Role::Operator, operator.0), (Role::Witness, witness.0)] {
            if index >= size {
                return Err(InspectionError::NotCommitted(role));
            }
        }
        if size > closing || at < operator.1.to() {
            return Err(InspectionError::NotClosed);
        }
        let reveal = |role: Role, (_, terms, commitment): &(u64, Terms, Hash)| {
            let opens = |(index, of, secret): &&(u64, Role, Secret)| {
                *index > closing && *of == role && secret.opens(role, terms, commitment)
            };
            self.revealed
                .iter()
                .find(opens)
                .map(|(.., secret)| secret)
                .ok_or(InspectionError::NotRevealed(role))
        };
        let seed = seed(
            reveal(Role::Operator, &operator)?,
            reveal(Role::Witness, &witness)?,
            &reader.root_at(size)?,
        );
        Ok(Inspection { terms: operator.1, size, seed })
    }
}

fn commitment(entry: &Entry<'_>, origin: &str) -> Option<(Terms, Hash)> {
    // An empty list has no kind of values.
    let agents = entry.texts("agents").unwrap_or_default().iter().map(|agent| (*agent).to_owned());
    let (inspection, first, to) = (entry.text("inspection")?, entry.count("first")?, entry.instant("to")?);
    let terms = Terms::new(origin, inspection, first, to, agents, entry.count("rate_ppm")?).ok()?;
    Some((terms, entry.digest("commitment")?))
}

fn is_signed(entry: &Entry<'_>, commitment: &Hash, witness: &VerifierKey) -> bool {
    let signature = entry.text("signature").and_then(|text| crate::jose::decode(text).ok());
    signature.is_some_and(|signature| witness.key().verify(&signed(commitment), &signature).is_ok())
}
