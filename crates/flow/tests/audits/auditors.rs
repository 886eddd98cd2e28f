//! Who looks: a witness that cosigns each month, an auditor who keeps checkpoints, and the other side of an inspection. They have what is
//! published, and nothing else.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use realname_flow::inspection::{Inspection, Role, Sample, Secret, Terms, judge};
use realname_flow::inspection::{Outcome, Produced};
use realname_journal::entry::Event;
use realname_journal::note::{KeyKind, SignedCheckpoint, VerifierKey};
use realname_journal::{Audit, Reader, Witness};
use realname_terms::Explain;
use realname_token::jose::SigningKey;

/// What was found, and in which month first.
pub type Found = BTreeMap<&'static str, i64>;

pub struct Auditors {
    log: VerifierKey,
    key: SigningKey,
    /// The newest checkpoint that was cosigned.
    seen: Option<SignedCheckpoint>,
    secret: Secret,
    pub found: Found,
}

impl Auditors {
    pub fn new(log: VerifierKey, secret: [u8; 32]) -> Self {
        let key = SigningKey::from_ed25519_seed(&[9; 32]);
        Self { log, key, seen: None, secret: Secret::from_bytes(secret), found: Found::new() }
    }

    fn finds(&mut self, what: &'static str, month: i64) {
        self.found.entry(what).or_insert(month);
    }

    /// Reads the whole journal, as it is now.
    pub fn look(&mut self, journal: &Path, month: i64, now: Timestamp) {
        let reader = Reader::open(journal).unwrap();
        let witness = Witness::new("witness.example", &self.key).unwrap();
        match witness.cosign(&reader, std::slice::from_ref(&self.log), self.seen.as_ref(), now) {
            Ok(witnessed) => self.seen = Some(witnessed.checkpoint().clone()),
            Err(error) => self.finds(error.code(), month),
        }
        let audit = Audit::new(vec![self.log.clone()]);
        let audit = match &self.seen {
            Some(seen) => audit.since(seen.clone()),
            None => audit,
        };
        let mut charges = Vec::new();
        let audited = audit.run_with(&reader, |_, entry, _| match entry.event() {
            "terminal_gap" => charges.push("terminal_gap"),
            "terminal_forked" => charges.push("terminal_forked"),
            _ => {}
        });
        if let Err(error) = audited {
            self.finds(error.code(), month);
        }
        for charge in charges {
            self.finds(charge, month);
        }
    }

    /// The witness' commitment.
    pub fn commit(&self, terms: &Terms) -> Event {
        terms.commit(Role::Witness, &self.secret, Some(&self.key)).unwrap()
    }

    pub fn reveal(&self, inspection: &str) -> Event {
        self.secret.reveal(Role::Witness, inspection)
    }

    /// Draws, as anybody would.
    pub fn draw(&mut self, journal: &Path, inspection: &str, month: i64) -> Vec<Sample> {
        let reader = Reader::open(journal).unwrap();
        let witness =
            VerifierKey::new("witness.example", KeyKind::Witness, self.key.verifying_key()).unwrap();
        let audit = Audit::new(vec![self.log.clone()]);
        match Inspection::find(&reader, &audit, inspection, &witness) {
            Ok(found) => found.draw(&reader).unwrap().0,
            Err(error) => {
                self.finds(error.code(), month);
                Vec::new()
            }
        }
    }

    /// Compares what was handed in.
    pub fn judge(&mut self, drawn: &[Sample], lines: &str, deadline: Timestamp, month: i64) {
        let judged = judge(drawn, &Produced::parse_all(lines).unwrap(), deadline);
        for (_, outcome) in judged.entries {
            match outcome {
                Outcome::Produced => {}
                Outcome::Missing => self.finds("missing", month),
                Outcome::Differs => self.finds("differs", month),
                Outcome::Late => self.finds("late", month),
            }
        }
    }
}
