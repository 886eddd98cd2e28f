//! The terminal's own chain: a signed statement of each attestation and refusal, where the configuration names an outbox.

use std::time::Duration;

use jiff::Timestamp;
use realname::appraisal::Refusal;
use realname::demand::VerifiedDemand;
use realname::journal::terminal::{Outbox, StatementDraft, TerminalError};
use realname::journal::tree::Hash;

use crate::commands::key;
use crate::config::Config;
use crate::failure::Failure;

/// How often another attestation of this terminal is waited for, and how long each time.
const TURNS: u32 = 100;
const TURN: Duration = Duration::from_millis(100);

/// What this terminal states about the demand at hand.
pub(super) struct Statements<'a> {
    config: &'a Config,
    demand: &'a VerifiedDemand,
    chain: Vec<String>,
}

impl<'a> Statements<'a> {
    pub(super) fn of(config: &'a Config, demand: &'a VerifiedDemand) -> Result<Self, Failure> {
        Ok(Self { config, demand, chain: super::chain(config)? })
    }

    /// The record that an operator keeps holds the same issuer-signed JWT, so the two can be joined.
    pub(super) fn attested(&self, presentation: &str) -> Result<(), Failure> {
        let issued = presentation.split('~').next().unwrap_or_default();
        self.state("attested", Some(Hash::of(issued.as_bytes())), Vec::new())
    }

    pub(super) fn refused(&self, refusal: &Refusal) -> Result<(), Failure> {
        let reasons = refusal.reasons();
        self.state("refused", None, reasons.iter().map(|reason| reason.code()).collect())
    }

    /// Before a register was asked: photos of another card are a refusal, too.
    pub(super) fn refused_for(&self, code: &str) -> Result<(), Failure> {
        self.state("refused", None, vec![code])
    }

    fn state(&self, event: &str, record: Option<Hash>, reasons: Vec<&str>) -> Result<(), Failure> {
        let Some(directory) = &self.config.outbox else { return Ok(()) };
        let draft = StatementDraft {
            iss: &self.config.iss,
            terminal: &self.config.terminal,
            agent: self.config.agent.as_deref(),
            region: self.config.region.as_deref(),
            event,
            purpose: self.demand.purpose().as_str(),
            env: self.demand.env().as_str(),
            nonce: self.demand.nonce(),
            record,
            reasons,
        };
        let signer = key::load(&self.config.key)?;
        let mut opened = Outbox::open(directory);
        for _ in 0..TURNS {
            if !matches!(opened, Err(TerminalError::InUse)) {
                break;
            }
            std::thread::sleep(TURN);
            opened = Outbox::open(directory);
        }
        opened?.push(&draft, &signer, &self.chain, Timestamp::now())?;
        Ok(())
    }
}
