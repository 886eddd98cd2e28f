//! The terminal that this service is in an online sale: what signs, which policies decide, whom it asks.

use std::path::Path;
use std::sync::Arc;

use realname::appraisal::{CaseError, Policy};
use realname::attest::{Attestor, Terminal};
use realname::authority::{Authority, DirectoryAuthority, http as register_over_http};
use realname::capture::plugin::LivenessChecker;
use realname::jose::Signer;
use realname::profile::{Env, Purpose};

use crate::config::{Check, Consent};
use crate::files::read_text;
use crate::sessions::LiveOffer;
use crate::{Refusal, SetupError, checker};

/// The terminal that this service is in an online sale.
pub(crate) struct Desk {
    pub(crate) attestor: Attestor,
    pub(crate) terminal: String,
    /// The first one that covers a purpose decides on it.
    policies: Vec<Policy>,
    pub(crate) register: Box<dyn Authority>,
    /// Who judges a live capture; without one there is none.
    pub(crate) checker: Option<Box<dyn LivenessChecker>>,
    pub(crate) consent: Consent,
}

impl Desk {
    /// What the configuration names, opened.
    pub(crate) fn open(check: Check, key: Arc<dyn Signer>, env: Env) -> Result<Self, SetupError> {
        let checker = check.live.as_ref().map(|live| checker::load(live, env)).transpose()?;
        let mut terminal = Terminal::new(check.terminal.as_str());
        if let Some(agent) = &check.agent {
            terminal = terminal.with_agent(agent.as_str());
        }
        if let Some(region) = &check.region {
            terminal = terminal.with_region(region.as_str());
        }
        let mut attestor = Attestor::new(check.iss.as_str(), key, terminal)?;
        let chain: Vec<String> = check
            .delegation
            .iter()
            .map(|path| Ok(read_text(path)?.trim().to_owned()))
            .collect::<Result<_, SetupError>>()?;
        if !chain.is_empty() {
            attestor = attestor.with_delegation(chain)?;
        }
        let policies = match &check.policy {
            Some(path) => vec![Policy::from_toml(&read_text(path)?)?],
            // Without a live capture the second could only refuse.
            None if checker.is_some() => vec![Policy::online(), Policy::cancel_online()],
            None => vec![Policy::online()],
        };
        let register: Box<dyn Authority> = match check.register.split_once(':') {
            Some(("dir", file)) => Box::new(DirectoryAuthority::open(Path::new(file))?),
            Some(("config", file)) => register_over_http::connect(None, Some(Path::new(file)))?,
            _ => {
                return Err(SetupError::Value {
                    key: "check.register",
                    problem: "it is dir:FILE or config:FILE",
                });
            }
        };
        Ok(Self { attestor, terminal: check.terminal, policies, register, checker, consent: check.consent })
    }

    /// The policy that decides on that purpose.
    pub(crate) fn policy(&self, purpose: &Purpose) -> Result<&Policy, Refusal> {
        let covers = |policy: &&Policy| policy.rule(purpose).is_some();
        let not_covered = || CaseError::PurposeNotCovered { purpose: purpose.clone() }.into();
        self.policies.iter().find(covers).ok_or_else(not_covered)
    }

    /// Whether there is a live capture for that purpose, and whether its policy takes nothing else.
    pub(crate) fn live_offer(&self, purpose: &Purpose) -> LiveOffer {
        let needs = |policy: &Policy| policy.rules_for(purpose).any(|rule| rule.live_capture);
        match (&self.checker, self.policy(purpose)) {
            (Some(_), Ok(policy)) if needs(policy) => LiveOffer::Required,
            (Some(_), _) => LiveOffer::Optional,
            (None, _) => LiveOffer::None,
        }
    }
}
