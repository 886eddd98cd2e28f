//! The other way to issue: the terminal *collects*, the operator *issues*.
//!
//! ```text
//!  terminal                                              operator
//!  Verified ─▶ Collector::collect ──signed bundle───────▶ Attestor::issue   (enrolled terminal, its limits, its policies)
//!              Session (key stays)  ◀──issued SD-JWT────── with the operator's key
//!              Session::accept ─▶ Attestation ─▶ present
//! ```
//!
//! The bundle holds the person's facts in the clear and no picture: it belongs on an encrypted connection, and the operator
//! relies on the terminal's appraisal, within what the terminal is enrolled for. The session's key never leaves the terminal.

use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use super::attestation::{Attestation, Issued};
use super::attestor::{fits, may_say};
use super::conclusion::{conclusion, read_conclusion};
use super::{AttestError, Attestor, Terminal};
use crate::appraisal::{PolicyRef, Verified};
use crate::demand::VerifiedDemand;
use crate::jose::{
    Algorithm, JoseError, Json, Jwk, Randomness, Signer, SigningKey, Unverified, VerifyingKey, random_id,
    sign,
};
use crate::profile::{ATTESTATION_TYP, Env};
use crate::sd_jwt::{Combined, Disclosure};
use crate::trust::Constraints;

/// `typ` of a bundle.
const COLLECTION_TYP: &str = "realname-collection+jwt";
/// Seconds in which an operator takes a bundle: the terminal sends it at once.
const COLLECTION_LIFE: i64 = 300;

/// A terminal that gathers evidence and can't issue.
pub struct Collector {
    signer: Box<dyn Signer>,
    terminal: Terminal,
    operator: String,
    algorithm: Algorithm,
}

/// The terminal's half of a collection: the key that will present what the operator issues.
pub struct Session {
    key: SigningKey,
    demand_hash: String,
}

/// A terminal as its operator knows it.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "the operator writes it down")]
pub struct Enrolled {
    /// What attestations state of it.
    pub terminal: Terminal,
    /// The key that signs its bundles.
    pub key: VerifyingKey,
    /// What it may say. Production needs `sam_ids`: the readers enrolled for it.
    pub constraints: Constraints,
    /// The appraisal policies that it may decide by.
    pub policies: Vec<PolicyRef>,
}

impl Collector {
    /// A terminal that signs its bundles for the operator with that issuer URL.
    pub fn new(operator: impl Into<String>, signer: impl Signer + 'static, terminal: Terminal) -> Self {
        let algorithm = signer.algorithm();
        Self { signer: Box::new(signer), terminal, operator: operator.into(), algorithm }
    }

    /// The algorithm of the operator's key, which the session's key has as well, unless the demand wants another: that of the
    /// terminal's own key unless said.
    #[must_use]
    pub fn with_issuer_algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Signs what was found about one person for one demand, and uses the proof up. The text goes to the operator.
    pub fn collect(
        &self,
        verified: Verified,
        demand: &VerifiedDemand,
        now: Timestamp,
    ) -> Result<(String, Session), AttestError> {
        let now = now.as_second();
        fits(&verified, demand, &self.terminal, now)?;
        let key = SigningKey::generate(demand.algorithms().session_for(self.algorithm))?;
        let payload = Json::object([
            ("iss", self.terminal.id().into()),
            ("aud", self.operator.as_str().into()),
            ("iat", now.into()),
            ("exp", now.saturating_add(COLLECTION_LIFE).into()),
            ("jti", random_id()?.into()),
            ("demand_hash", demand.demand_hash().into()),
            ("cnf", Json::object([("jwk", key.verifying_key().to_jwk())])),
            ("conclusion", conclusion(&verified)),
        ]);
        let bundle = sign(&*self.signer, COLLECTION_TYP, [], &payload)?;
        Ok((bundle, Session { key, demand_hash: demand.demand_hash().to_owned() }))
    }
}

impl Attestor {
    /// Issues on what an enrolled terminal collected, for a demand that the operator verified as well. The text goes back
    /// to the terminal, which alone can present it.
    pub fn issue(
        &self,
        bundle: &str,
        enrolled: &Enrolled,
        demand: &VerifiedDemand,
        now: Timestamp,
    ) -> Result<String, AttestError> {
        let payload = Unverified::parse(bundle)?.verify(&enrolled.key, COLLECTION_TYP)?.into_payload();
        let (iat, exp) = (payload.seconds("iat")?, payload.seconds("exp")?);
        let seconds = now.as_second();
        let skew = crate::profile::DEFAULT_SKEW.as_secs();
        let in_time = iat <= seconds.saturating_add(skew)
            && seconds < exp
            && exp.saturating_sub(iat) <= COLLECTION_LIFE;
        if payload.text("aud")? != self.iss() || payload.text("iss")? != enrolled.terminal.id() || !in_time {
            return Err(AttestError::Collection);
        }
        if payload.text("demand_hash")? != demand.demand_hash() {
            return Err(AttestError::OtherDemand);
        }
        let jwk = payload.member("cnf").and_then(|cnf| cnf.member("jwk")).ok_or(JoseError::Member("cnf"))?;
        let session = Jwk::from_json(jwk)?;
        // The session's key has the algorithm that the demand names, else the operator's own.
        let (asked, got) = (demand.algorithms(), session.key().algorithm());
        let expected = asked.session_for(self.algorithm());
        if got != expected && (asked.session().is_empty() || !asked.take_session(got)) {
            return Err(AttestError::SessionAlgorithm { expected, got });
        }
        let conclusion = payload.member("conclusion").ok_or(JoseError::Member("conclusion"))?;
        let verified = read_conclusion(conclusion)?;
        if !enrolled.policies.contains(verified.policy()) {
            return Err(AttestError::Policy);
        }
        // What the terminal's own case would have refused: test evidence and unknown readers never count in production.
        let enrolled_reader = |chip: &crate::appraisal::ChipEvidence| {
            chip.origin.is_physical() && enrolled.constraints.sam_ids.is_some()
        };
        if verified.env() == Env::Production && !verified.chip().is_none_or(enrolled_reader) {
            return Err(AttestError::Env { expected: Env::Production, got: Env::Test });
        }
        may_say(&verified, &enrolled.terminal, SignedDuration::ZERO, [(true, &enrolled.constraints)])?;
        let randomness = &mut Randomness::new();
        let mut issued =
            self.sign_facts(&verified, demand, session.key(), &enrolled.terminal, randomness, now)?;
        Ok(std::mem::take(&mut *issued.bound_part))
    }
}

impl Session {
    /// Takes what the operator issued, if it is for this session and this demand, and discloses what was asked.
    pub fn accept(self, issued: &str, demand: &VerifiedDemand) -> Result<Attestation, AttestError> {
        if demand.demand_hash() != self.demand_hash {
            return Err(AttestError::OtherDemand);
        }
        let combined = Combined::parse(issued)?;
        let jws = Unverified::parse(combined.issuer_jwt())?;
        if jws.typ() != Some(ATTESTATION_TYP) || combined.key_binding().is_some() {
            return Err(AttestError::Collection);
        }
        let payload = jws.peek()?;
        let jwk = payload.member("cnf").and_then(|cnf| cnf.member("jwk")).ok_or(JoseError::Member("cnf"))?;
        if Jwk::from_json(jwk)?.key() != self.key.verifying_key() {
            return Err(AttestError::Collection);
        }
        let disclosed = combined.disclosures().map(Disclosure::parse).collect::<Result<Vec<_>, _>>()?;
        let names: Vec<_> = disclosed.iter().filter_map(Disclosure::name).collect();
        if names.len() != disclosed.len()
            || !names.iter().copied().eq(demand.claims().iter().map(|claim| claim.as_str()))
        {
            return Err(AttestError::Collection);
        }
        let exp = payload.seconds("exp")?;
        let bound_part = Zeroizing::new(combined.bound_part().to_owned());
        let issued = Issued { bound_part, demand_hash: self.demand_hash, exp };
        Ok(Attestation { issued, session: self.key })
    }
}

impl std::fmt::Debug for Collector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Collector").field("terminal", &self.terminal).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}
