//! The terminal's own chain: a signed statement of each attestation and refusal, where the configuration names an outbox.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use realname::appraisal::{OnSite, Refusal, Remote};
use realname::capture::Capture;
use realname::demand::VerifiedDemand;
use realname::document::{DocumentKind, IdNumber, SamId};
use realname::jose::{Json, Jwk};
use realname::journal::terminal::{Outbox, SealTo, Sealed, Seen, StatementDraft, TerminalError};
use realname::journal::tree::Hash;
use zeroize::Zeroizing;

use crate::commands::key;
use crate::config::Config;
use crate::failure::Failure;
use crate::{files, lang, outside};

/// How often another attestation of this terminal is waited for, and how long each time.
const TURNS: u32 = 100;
const TURN: Duration = Duration::from_millis(100);

/// What this terminal states about the demand at hand.
pub(super) struct Statements<'a> {
    config: &'a Config,
    demand: &'a VerifiedDemand,
    chain: Vec<String>,
    to: Option<SealTo>,
    sight: Sight,
}

/// What was seen of the person at hand.
#[derive(Default)]
struct Sight {
    sam_id: Option<String>,
    confirmed: Option<bool>,
    sealed: Option<String>,
}

impl<'a> Statements<'a> {
    pub(super) fn of(config: &'a Config, demand: &'a VerifiedDemand) -> Result<Self, Failure> {
        let to = config.outbox.as_ref().and(config.seal_to.as_deref()).map(seal_to).transpose()?;
        Ok(Self { config, demand, chain: super::chain(config)?, to, sight: Sight::default() })
    }

    /// Card and photo, for what is stated from here on.
    pub(super) fn saw_on_site(&mut self, seen: &OnSite) -> Result<(), Failure> {
        let card = seen.card();
        self.sight.sam_id = Some(card.sam_id()).map(|sam: SamId| sam.to_string());
        self.sight.confirmed = Some(card.link().confirmed);
        self.saw((card.document().kind(), card.document().number()), seen.live())
    }

    /// What was declared, and the photo of the holder.
    pub(super) fn saw_remote(&mut self, seen: &Remote) -> Result<(), Failure> {
        self.saw((seen.declared().kind(), seen.declared().number()), seen.triplet().holder())
    }

    fn saw(&mut self, (kind, number): (DocumentKind, &IdNumber), photo: &Capture) -> Result<(), Failure> {
        let Some(to) = &self.to else { return Ok(()) };
        let sealed = Sealed {
            kind: kind.as_str().to_owned(),
            number: Zeroizing::new(number.canonical()),
            photo: Some(Hash::from_bytes(photo.sha256())),
        };
        self.sight.sealed = Some(to.seal(&sealed).map_err(TerminalError::from)?);
        Ok(())
    }

    /// The record that an operator keeps holds the same issuer-signed JWT, so the two can be joined.
    pub(super) fn attested(&self, presentation: &str) -> Result<(), Failure> {
        let issued = presentation.split('~').next().unwrap_or_default();
        let said = (Some("pass"), Some(false));
        self.state(("attested", said), Some(Hash::of(issued.as_bytes())), Vec::new())
    }

    pub(super) fn refused(&self, refusal: &Refusal) -> Result<(), Failure> {
        let reasons = refusal.reasons();
        let said = (Some(refusal.overall().as_str()), Some(refusal.is_referred()));
        self.state(("refused", said), None, reasons.iter().map(|reason| reason.code()).collect())
    }

    /// Before a register was asked: photos of another card are a refusal, too.
    pub(super) fn refused_for(&self, code: &str) -> Result<(), Failure> {
        self.state(("refused", (None, None)), None, vec![code])
    }

    /// States an event with its outcome, and whether a person has to decide.
    fn state(
        &self,
        (event, (outcome, human_route)): (&str, (Option<&str>, Option<bool>)),
        record: Option<Hash>,
        reasons: Vec<&str>,
    ) -> Result<(), Failure> {
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
            seen: Seen {
                sam_id: self.sight.sam_id.as_deref(),
                confirmed: self.sight.confirmed,
                human_route,
                outcome,
                sealed: self.sight.sealed.clone(),
            },
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

/// The operator's key, as `key show` prints it.
fn seal_to(path: &Path) -> Result<SealTo, Failure> {
    let text = files::read_text(path)?;
    let key = Json::parse(text.as_bytes(), text.len()).and_then(|json| Jwk::from_json(&json));
    key.and_then(|jwk| SealTo::new(jwk.key())).map_err(|error| {
        Failure::damaged(
            "config",
            format!("seal_to: {}: {error}", outside::path(path)),
            lang::pick(
                "give the operator's public P-256 key as `realname key show` prints it",
                "请提供运营方的 P-256 公钥（realname key show 的输出）",
            ),
        )
    })
}
