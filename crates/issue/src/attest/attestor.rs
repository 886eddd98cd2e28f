//! Who signs facts.

use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use super::attestation::{Attestation, Issued};
use super::payload::{Frame, disclosures, payload};
use super::{AttestError, Terminal};
use crate::appraisal::Verified;
use crate::capture::Chain;
use crate::demand::VerifiedDemand;
use crate::jose::{Algorithm, Randomness, Signer, SigningKey, VerifyingKey, sign_as};
use crate::profile::{ATTESTATION_TYP, Check, DEFAULT_LIFE, DEFAULT_SKEW, Locality, MAX_LIFE, Outcome, VCT};
use crate::trust::{Constraints, Delegation, Scope, TrustError, TrustList, is_key_uri};

/// An issuer, or a terminal with a delegated key.
pub struct Attestor {
    iss: String,
    signer: Box<dyn Signer>,
    delegation: Vec<String>,
    links: Vec<Delegation>,
    terminal: Terminal,
    life: SignedDuration,
    vct: String,
}

impl Attestor {
    /// An issuer that signs with a key of its own. `iss` is the URL for which trust lists know the key, or the one whose
    /// key delegated to this one.
    pub fn new(
        iss: impl Into<String>,
        signer: impl Signer + 'static,
        terminal: Terminal,
    ) -> Result<Self, AttestError> {
        let iss = iss.into();
        let iss_ok = (1..=255).contains(&iss.len()) && iss.bytes().all(|b| b.is_ascii_graphic());
        if !iss_ok {
            return Err(AttestError::Issuer);
        }
        terminal.check()?;
        Ok(Self {
            iss,
            signer: Box::new(signer),
            delegation: Vec::new(),
            links: Vec::new(),
            terminal,
            life: DEFAULT_LIFE,
            vct: VCT.to_owned(),
        })
    }

    /// Signs with a delegated key: the chain of statements, from the listed key's down to this one's.
    pub fn with_delegation(mut self, chain: Vec<String>) -> Result<Self, AttestError> {
        self.links = Delegation::read_chain(&chain, self.signer.verifying_key())?;
        // A statement may name its delegator by key instead; for whom that key signs, only the trust list says.
        if self
            .links
            .first()
            .is_some_and(|link| link.iss() != self.iss.as_str() && !is_key_uri(link.iss().as_str_raw()))
        {
            return Err(TrustError::KeyOtherIssuer.into());
        }
        self.delegation = chain;
        Ok(self)
    }

    /// How long an attestation lives, in whole seconds: 15 minutes unless said, at most a day. Never beyond a delegation's end.
    pub fn with_life(mut self, life: SignedDuration) -> Result<Self, AttestError> {
        if !(SignedDuration::from_secs(1)..=MAX_LIFE).contains(&life) {
            return Err(AttestError::Life { limit: MAX_LIFE, got: life });
        }
        self.life = life;
        Ok(self)
    }

    /// Another `vct` than the profile's, which relying parties then have to know.
    #[must_use]
    pub fn with_vct(mut self, vct: impl Into<String>) -> Self {
        self.vct = vct.into();
        self
    }

    /// Whether this attestor could answer the demand at all, as far as that is certain before anybody is checked: the kind of
    /// attestation, the terminal, that a relying party with this trust list takes its signatures now
    /// ([`is_trusted`](Self::is_trusted)), and what every delegation allows to say. To be asked before a card is read and a register is
    /// paid; the reader's SAM is known only later.
    pub fn may_answer(
        &self,
        demand: &VerifiedDemand,
        list: &TrustList,
        now: Timestamp,
    ) -> Result<(), AttestError> {
        let iat = now.as_second();
        self.is_trusted(list, now)?;
        self.suits(demand, &self.terminal, iat)?;
        let exp = self.exp(iat);
        let scope = Scope {
            purposes: std::slice::from_ref(demand.purpose()),
            region: self.terminal.region.as_deref(),
            passed: &demand.requirements().checks,
            lifetime: SignedDuration::from_secs(exp.saturating_sub(iat)),
            env: demand.env(),
            terminal: Some(&self.terminal.id),
            sam_id: None,
        };
        for link in &self.links {
            let any_reader = Constraints { sam_ids: None, ..link.constraints().clone() };
            allows(link.covers(now), &any_reader, &scope)?;
        }
        Ok(())
    }

    /// Whether a relying party with this trust list takes a signature that is made now: the key is listed for this issuer, or
    /// a listed one delegated to it, inside its window, and no key on the way is revoked.
    pub fn is_trusted(&self, list: &TrustList, now: Timestamp) -> Result<(), AttestError> {
        let chain: Vec<&str> = self.delegation.iter().map(String::as_str).collect();
        let chain = Some(chain).filter(|chain| !chain.is_empty());
        let kid = self.signer.kid();
        list.resolve_signer(kid.as_str(), chain.as_deref())?.judge(&self.iss, now, now)?;
        Ok(())
    }

    /// Signs the facts of one person for one demand, and uses the proof up. The key that will present them is made here
    /// and lives as long as the [`Attestation`].
    pub fn attest(
        &self,
        verified: Verified,
        demand: &VerifiedDemand,
        now: Timestamp,
    ) -> Result<Attestation, AttestError> {
        let mut randomness = Randomness::new();
        // A relying party that can verify the issuer can verify the session, unless it says otherwise.
        let session = match demand.algorithms().session_for(self.signer.algorithm()) {
            Algorithm::EdDsa => SigningKey::from_ed25519_seed(&Zeroizing::new(randomness.take()?)),
            other => SigningKey::generate(other)?,
        };
        let key = session.verifying_key();
        let issued = self.sign_facts(&verified, demand, key, &self.terminal, &mut randomness, now)?;
        Ok(Attestation { issued, session })
    }

    pub(super) fn sign_facts(
        &self,
        verified: &Verified,
        demand: &VerifiedDemand,
        session: &VerifyingKey,
        terminal: &Terminal,
        randomness: &mut Randomness,
        now: Timestamp,
    ) -> Result<Issued, AttestError> {
        let iat = now.as_second();
        self.suits(demand, terminal, iat)?;
        fits(verified, demand, terminal, iat)?;
        let exp = self.exp(iat);
        let limits = self.links.iter().map(|link| (link.covers(now), link.constraints()));
        may_say(verified, terminal, SignedDuration::from_secs(exp.saturating_sub(iat)), limits)?;
        let frame = Frame { iss: &self.iss, vct: &self.vct, iat, exp, session, terminal };
        let disclosures = disclosures(randomness, verified, demand.claims())?;
        let payload = payload(&frame, randomness, verified, &disclosures)?;
        let header = Delegation::header(&self.delegation);
        let mut bound_part = Zeroizing::new(sign_as(&*self.signer, ATTESTATION_TYP, header, &payload)?);
        bound_part.push('~');
        for disclosure in &disclosures {
            bound_part.push_str(disclosure.encoded());
            bound_part.push('~');
        }
        Ok(Issued { bound_part, demand_hash: demand.demand_hash().to_owned(), exp })
    }

    /// When an attestation that is signed now ends.
    fn exp(&self, iat: i64) -> i64 {
        let ends = self.links.iter().map(|link| link.expires_at().as_second());
        ends.fold(iat.saturating_add(self.life.as_secs()), i64::min)
    }

    /// Whether the demand takes this kind of attestation, from this terminal, now.
    fn suits(&self, demand: &VerifiedDemand, terminal: &Terminal, now: i64) -> Result<(), AttestError> {
        // An operator's own kind lists the profile's in `aka_vcts`.
        if !demand.vcts().iter().any(|vct| *vct == self.vct || vct == VCT) {
            return Err(AttestError::Vct);
        }
        let got = self.signer.algorithm();
        if !demand.algorithms().take_issuer(got) {
            return Err(AttestError::IssuerAlgorithm { got });
        }
        still_asks(demand, terminal, now)
    }

    pub(super) fn iss(&self) -> &str {
        &self.iss
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.signer.algorithm()
    }
}

/// Whether the demand is for this terminal, and not over.
fn still_asks(demand: &VerifiedDemand, terminal: &Terminal, now: i64) -> Result<(), AttestError> {
    if demand.expires_at().as_second() <= now {
        return Err(AttestError::DemandExpired);
    }
    if demand.requirements().terminal.as_ref().is_some_and(|id| *id != terminal.id) {
        return Err(AttestError::Terminal);
    }
    Ok(())
}

/// What the relying party would refuse isn't signed in the first place.
pub(super) fn fits(
    verified: &Verified,
    demand: &VerifiedDemand,
    terminal: &Terminal,
    now: i64,
) -> Result<(), AttestError> {
    if verified.env() != demand.env() {
        return Err(AttestError::Env { expected: demand.env(), got: verified.env() });
    }
    if verified.purpose() != demand.purpose() {
        return Err(AttestError::Purpose);
    }
    still_asks(demand, terminal, now)?;
    terminal.check()?;
    let require = demand.requirements();
    if let Some(check) = require.checks.iter().find(|check| !passed(verified).contains(check)) {
        return Err(AttestError::Check(*check));
    }
    if require.onsite && verified.locality() != Locality::Onsite {
        return Err(AttestError::NotOnsite);
    }
    // Photos are taken for one demand: the chain is computed again from its nonce, and photos of another one end here.
    let own = |chain: &Chain| chain.belongs_to(demand.nonce());
    if !verified.captured().map_or(verified.locality() == Locality::Onsite, own) {
        return Err(AttestError::OtherCapture);
    }
    let checked_at = verified.verified_at().as_second();
    let checks = verified.checks().iter().filter_map(|result| result.time);
    let latest = checks.chain([verified.consent().time]).map(|time| time.as_second()).max();
    if checked_at > now || latest > Some(now) {
        return Err(AttestError::Clock);
    }
    let age = SignedDuration::from_secs(now.saturating_sub(checked_at));
    if let Some(limit) = require.max_age.filter(|limit| age > *limit) {
        return Err(AttestError::TooOld { limit, got: age });
    }
    // Two machines' clocks: this one may be behind the asker's, as far as the asker allows.
    if require.after_demand
        && checked_at < demand.issued_at().as_second().saturating_sub(DEFAULT_SKEW.as_secs())
    {
        return Err(AttestError::BeforeDemand);
    }
    Ok(())
}

/// Whether every delegation holds now and allows what would be said.
pub(super) fn may_say<'a>(
    verified: &Verified,
    terminal: &Terminal,
    lifetime: SignedDuration,
    limits: impl IntoIterator<Item = (bool, &'a Constraints)>,
) -> Result<(), AttestError> {
    let sam_id = verified.chip().filter(|_| terminal.states_reader).map(|chip| chip.sam_id.to_string());
    let scope = Scope {
        purposes: std::slice::from_ref(verified.purpose()),
        region: terminal.region.as_deref(),
        passed: &passed(verified),
        lifetime,
        env: verified.env(),
        terminal: Some(&terminal.id),
        sam_id: sam_id.as_deref(),
    };
    limits.into_iter().try_for_each(|(holds, constraints)| allows(holds, constraints, &scope))
}

fn allows(holds: bool, constraints: &Constraints, scope: &Scope<'_>) -> Result<(), AttestError> {
    if !holds {
        return Err(TrustError::DelegationExpired.into());
    }
    if constraints.allow(scope) { Ok(()) } else { Err(TrustError::DelegationExceeded.into()) }
}

fn passed(verified: &Verified) -> Vec<Check> {
    let results = verified.checks().iter().filter(|result| result.outcome == Outcome::Pass);
    results.map(|result| result.check).collect()
}

impl std::fmt::Debug for Attestor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attestor")
            .field("iss", &self.iss)
            .field("kid", &self.signer.kid())
            .field("terminal", &self.terminal)
            .finish_non_exhaustive()
    }
}
