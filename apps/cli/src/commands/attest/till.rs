//! A terminal that stays open: what `attest` does on site, for the bridge.

use std::path::PathBuf;

use jiff::Timestamp;
use realname::appraisal::{DecideError, Evidence, OnSite, Policy};
use realname::attest::Attestor;
use realname::authority::Authority;
use realname::capture::{Intake, Slot};
use realname::demand::VerifiedDemand;
use realname::document::CardRead;
use realname::profile::Locality;
use realname::store::SqliteStore;
use realname::trust::{Anchor, TrustList};
use realname_bridge::{Refused, Terminal};
use serde_json::{Value, json};

use super::{fit, outbox, quota};
use crate::commands::{authority, stores, trusted};
use crate::config::Config;
use crate::failure::{Exit, Failure};
use crate::plugins::Installed;
use crate::shapes::ShownTransaction;
use crate::{files, policies};

/// Opened once: its key, its trust, its policy, its register, its store.
pub(crate) struct Till {
    config: Config,
    attestor: Attestor,
    policy: Policy,
    store: SqliteStore,
    /// Read again for each demand, because the list is renewed while the till is open.
    trust: PathBuf,
    anchors: Vec<Anchor>,
    register: Box<dyn Authority>,
    plugins: Installed,
}

impl Till {
    pub(crate) fn open(
        config: Config,
        trust: PathBuf,
        anchor: &std::path::Path,
        authority: Option<&str>,
    ) -> Result<Self, Failure> {
        let store = stores::open(config.store())?;
        // A list that isn't to be trusted is told now, not when a customer waits.
        trusted::list(&trust, anchor, &store, Timestamp::now())?;
        Ok(Self {
            attestor: super::attestor(&config)?,
            policy: policies::of_terminal(&config, Locality::Onsite)?,
            register: authority::connect(authority, &config)?,
            plugins: config.plugins()?,
            anchors: trusted::anchors(anchor)?,
            trust,
            store,
            config,
        })
    }

    fn verified(&self, demand: &str) -> Result<VerifiedDemand, Refused> {
        let now = Timestamp::now();
        let compact = files::read_text(&self.trust).map_err(told)?;
        let list = TrustList::verify(&compact, &self.anchors, now, &self.store);
        let list = list.map_err(|error| Refused::of(&error))?;
        let demand = VerifiedDemand::verify(demand, &list, now).map_err(|error| Refused::of(&error))?;
        fit::check(&demand, &self.config, Locality::Onsite, &self.policy).map_err(told)?;
        self.attestor.may_answer(&demand, &list, now).map_err(|error| Refused::of(&error))?;
        Ok(demand)
    }
}

impl Terminal for Till {
    fn ask(&self, demand: &str, live: &[u8]) -> Result<Value, Refused> {
        let demand = self.verified(demand)?;
        let photo = Intake::default().take(Slot::Live, live.to_vec(), Timestamp::now());
        photo.map_err(|error| Refused::of(&error))?;
        let require = demand.requirements();
        Ok(json!({
            "iss": demand.iss(),
            "display_name": demand.display_name(),
            "purpose": demand.purpose(),
            "transaction": ShownTransaction::of(demand.transaction()),
            "claims": demand.claims(),
            "checks": require.checks,
            "env": demand.env(),
            "nonce": demand.nonce(),
            "expires_at": demand.expires_at().as_second(),
            "consent_text": self.config.consent_text,
        }))
    }

    fn attest(&self, demand: &str, live: Vec<u8>, card: CardRead) -> Result<String, Refused> {
        let demand = self.verified(demand)?;
        let photo = Intake::default().take(Slot::Live, live, Timestamp::now());
        let photo = photo.map_err(|error| Refused::of(&error))?;
        let consent = self.config.consent_to(demand.purpose());
        let on_site = OnSite::new(card, photo, consent).map_err(|error| Refused::of(&error))?;
        let mut statements = outbox::Statements::of(&self.config, &demand).map_err(told)?;
        statements.saw_on_site(&on_site).map_err(told)?;
        let evidence: Evidence = on_site.into();
        let signals =
            quota::count(&self.store, &self.policy, &evidence, &self.config.terminal).map_err(told)?;
        let case = super::case(evidence, &self.policy, &demand, &self.config, &self.plugins, signals);
        let verified = case.map_err(told)?.decide(self.register.as_ref()).map_err(|error| {
            let mut refused = Refused::of(&error);
            if let DecideError::Refused(refusal) = &error {
                if let Err(failure) = statements.refused(refusal) {
                    return told(failure);
                }
                refused.refusal = serde_json::to_value(refusal).ok().map(Box::new);
            }
            refused
        })?;
        let now = Timestamp::now();
        let attestation =
            self.attestor.attest(verified, &demand, now).map_err(|error| Refused::of(&error))?;
        let presentation = attestation.present(&demand, now).map_err(|error| Refused::of(&error))?;
        // The statement is written before the presentation is handed out, so that nothing leaves the terminal without standing
        // in its chain.
        statements.attested(&presentation).map_err(told)?;
        stores::keep_house(&self.store, now);
        Ok(presentation)
    }
}

/// What this program says itself is in the language of its run alone.
fn told(failure: Failure) -> Refused {
    let status = match failure.exit {
        Exit::Refused => 422,
        Exit::Usage | Exit::Damaged => 400,
        Exit::Trouble => 503,
    };
    Refused {
        status: status.try_into().unwrap_or_default(),
        code: failure.code.into(),
        message: failure.message.into(),
        action_en: failure.action.as_str().into(),
        action_zh: failure.action.into(),
        refusal: None,
    }
}
