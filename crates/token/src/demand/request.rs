//! Making a demand.

use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use super::transaction::{MAX_WORD, is_e164};
use super::{Algorithms, AnswerError, AskError, PendingDemand, Requirements, Resource, Transaction, dcql};
use crate::document::Personal;
use crate::jose::{Algorithm, Json, Signer, encode, random, random_id, sign};
use crate::profile::{
    Check, ClaimName, DEMAND_LIFE, DEMAND_TYP, Env, Expectation, HIGH_RISK_MAX_AGE, Locality, MAX_LIFE,
    MAX_SHOWN, OutsideText, Purpose, SaltedExpectation, VCT, is_id, is_safe,
};
use crate::store::{Put, Putting, Store};

/// What to ask for. A high-risk purpose defaults to: on site, at most 300 seconds old, checked after the demand; and it
/// needs an [`expectation`](Self::expectation).
#[derive(Clone, Debug)]
#[must_use]
pub struct DemandRequest {
    purpose: Purpose,
    number: Option<Personal>,
    order: Option<String>,
    action: Option<String>,
    region: Option<String>,
    text: Option<String>,
    snapshot: Option<String>,
    claims: Vec<ClaimName>,
    checks: Vec<Check>,
    expectation: Option<Expectation>,
    locality: Option<Locality>,
    max_age: Option<SignedDuration>,
    after_demand: Option<bool>,
    terminal: Option<String>,
    life: SignedDuration,
    longest: SignedDuration,
    env: Env,
    vct: String,
    algorithms: Algorithms,
    nonce: Option<[u8; 16]>,
    kept_until: Option<Timestamp>,
    kept: Option<SaltedExpectation>,
    supersedes: Option<String>,
    lease: Option<(Resource, Personal, String, Timestamp)>,
}

/// A signed demand, to be sent to a terminal.
#[derive(Clone)]
pub struct Demand {
    compact: String,
    nonce: String,
}

/// A demand that is signed and that no store remembers yet: for whoever keeps it in one step with more
/// ([`Store::put_all`](crate::store::Store::put_all)). Without that it can't be answered.
#[must_use]
pub struct PreparedDemand {
    demand: Demand,
    value: Zeroizing<Vec<u8>>,
    until: Timestamp,
}

impl DemandRequest {
    /// A demand for that purpose, ten minutes long, about nothing, asking for nothing yet.
    pub fn new(purpose: Purpose) -> Self {
        Self {
            purpose,
            number: None,
            order: None,
            action: None,
            region: None,
            text: None,
            snapshot: None,
            claims: Vec::new(),
            checks: Vec::new(),
            expectation: None,
            locality: None,
            max_age: None,
            after_demand: None,
            terminal: None,
            life: DEMAND_LIFE,
            longest: DEMAND_LIFE,
            env: Env::Production,
            vct: VCT.to_owned(),
            algorithms: Algorithms::default(),
            nonce: None,
            kept_until: None,
            kept: None,
            supersedes: None,
            lease: None,
        }
    }

    /// The phone number it is about (E.164). The action is the purpose's, unless [`action`](Self::action) says another.
    pub fn number(mut self, number: impl Into<Personal>) -> Self {
        self.number = Some(number.into());
        self
    }

    /// The shop's order that it is about: 1 to 64 of `A-Z a-z 0-9 . _ : -`. The number that is sold may be named beside it; a
    /// text, a region, an action, a snapshot or a lease may not.
    pub fn order(mut self, id: impl Into<String>) -> Self {
        self.order = Some(id.into());
        self
    }

    /// Keeps the demand in the store until then, though nobody can answer it after its life: for an answer that is judged in
    /// time and recorded later, together with others ([`Store::answer_all`]).
    pub fn kept_until(mut self, until: Timestamp) -> Self {
        self.kept_until = Some(until);
        self
    }

    /// What is done with the number.
    pub fn action(mut self, action: impl Into<String>) -> Self {
        self.action = Some(action.into());
        self
    }

    /// The number's home.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// What the person is shown.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// The digest (SHA-256) of what the asker knows of the number, so that the answer is bound to it. What was known can be
    /// shown afterwards and checked against the digest; it mustn't be guessable from it.
    pub fn snapshot(mut self, digest: [u8; 32]) -> Self {
        self.snapshot = Some(encode(&digest));
        self
    }

    /// A claim that must be disclosed.
    pub fn claim(mut self, claim: ClaimName) -> Self {
        if !self.claims.contains(&claim) {
            self.claims.push(claim);
        }
        self
    }

    /// A check that must have passed.
    pub fn check(mut self, check: Check) -> Self {
        if !self.checks.contains(&check) {
            self.checks.push(check);
        }
        self
    }

    /// Who it must be. Never sent; asks for name and number.
    pub fn expectation(mut self, expectation: Expectation) -> Self {
        self.expectation = Some(expectation);
        self.claim(ClaimName::Name).claim(ClaimName::IdNumber)
    }

    /// As [`expectation`](Self::expectation), where only its digests were kept.
    pub fn kept_expectation(mut self, kept: SaltedExpectation) -> Self {
        self.kept = Some(kept);
        self.claim(ClaimName::Name).claim(ClaimName::IdNumber)
    }

    /// What is to be leased, which one, for what, and until when (to the second). Instead of a number.
    pub fn lease(
        mut self,
        resource: Resource,
        id: impl Into<Personal>,
        scenario: &str,
        until: Timestamp,
    ) -> Self {
        let until = Timestamp::from_second(until.as_second()).unwrap_or(until);
        self.lease = Some((resource, id.into(), scenario.to_owned(), until));
        self
    }

    /// The digest (SHA-256 of the issuer-signed JWT) of the record that the answer supersedes. Answering claims it in the same step:
    /// a second answer that supersedes the same is refused (`already_superseded`).
    pub fn supersedes(mut self, record: [u8; 32]) -> Self {
        self.supersedes = Some(encode(&record));
        self
    }

    /// Where the person must be checked. `Remote` allows both.
    pub fn locality(mut self, locality: Locality) -> Self {
        self.locality = Some(locality);
        self
    }

    /// The longest time between check and answer, in whole seconds.
    pub fn max_age(mut self, age: SignedDuration) -> Self {
        self.max_age = Some(age);
        self
    }

    /// Whether the person must be checked after the demand was made.
    pub fn after_demand(mut self, after: bool) -> Self {
        self.after_demand = Some(after);
        self
    }

    /// Only this terminal may answer.
    pub fn terminal(mut self, terminal: impl Into<String>) -> Self {
        self.terminal = Some(terminal.into());
        self
    }

    /// How long it may be answered, in whole seconds; ten minutes unless said. More is refused, because terminals refuse it.
    pub fn life(mut self, life: SignedDuration) -> Self {
        self.life = life;
        self
    }

    /// The longest life that the terminals meant answer, where they were told to answer more than ten minutes
    /// ([`AnswerLimits`](super::AnswerLimits)); at most a day.
    pub fn terminals_answer(mut self, longest: SignedDuration) -> Self {
        self.longest = longest.min(MAX_LIFE);
        self
    }

    /// For which environment; `production` unless said.
    pub fn env(mut self, env: Env) -> Self {
        self.env = env;
        self
    }

    /// The kind of attestation; the profile's unless said.
    pub fn vct(mut self, vct: impl Into<String>) -> Self {
        self.vct = vct.into();
        self
    }

    /// Only issuers that sign so may answer; several may be named. Any unless said: a terminal with another key can't answer.
    pub fn issuer_algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithms.add_issuer(algorithm);
        self
    }

    /// The key binding is signed so, for whoever has a library without the issuers' algorithm; several may be named. The
    /// issuer's own unless said.
    pub fn session_algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithms.add_session(algorithm);
        self
    }

    /// The demand's nonce, where it has to be known before the demand is made: a caller that was cut off makes the demand of
    /// the same nonce again and hears [`AskError::NonceTaken`] when it was made. 128 random bits, used once.
    pub fn nonce(mut self, nonce: [u8; 16]) -> Self {
        self.nonce = Some(nonce);
        self
    }

    /// Signs the demand and remembers it in the store until it is answered. `iss` is the relying party's URL, for which
    /// the terminals' trust list must know the signer's key.
    pub fn issue(
        &self,
        iss: &str,
        signer: &dyn Signer,
        store: &dyn Store,
        now: Timestamp,
    ) -> Result<Demand, AskError> {
        let prepared = self.prepare(iss, signer, now)?;
        let Putting { space, key, value, expires_at } = prepared.putting();
        match store.put(space, key, value, expires_at)? {
            Put::Stored => Ok(prepared.into_demand()),
            Put::Exists => Err(AskError::NonceTaken),
        }
    }

    /// Signs the demand as [`issue`](Self::issue) does, and leaves remembering it to the caller.
    pub fn prepare(
        &self,
        iss: &str,
        signer: &dyn Signer,
        now: Timestamp,
    ) -> Result<PreparedDemand, AskError> {
        let iss_ok = (1..=255).contains(&iss.len()) && iss.bytes().all(|b| b.is_ascii_graphic());
        if !iss_ok {
            return Err(AskError::Issuer);
        }
        if !(SignedDuration::from_secs(1)..=self.longest).contains(&self.life) {
            return Err(AskError::Life { limit: self.longest, got: self.life });
        }
        self.expect_possible()?;
        if self.purpose.is_high_risk() && self.expectation.is_none() && self.kept.is_none() {
            return Err(AskError::ExpectationMissing);
        }
        let transaction = self.transaction()?;
        let require = self.requirements();
        let nonce = self.nonce.map_or_else(random_id, |nonce| Ok(encode(&nonce)))?;
        let iat = now.as_second();
        let exp = iat.saturating_add(self.life.as_secs());
        let mut members = vec![
            ("iss", Json::from(iss)),
            ("jti", random_id()?.into()),
            ("nonce", nonce.as_str().into()),
            ("iat", iat.into()),
            ("exp", exp.into()),
            ("purpose", self.purpose.as_str().into()),
            ("env", self.env.as_str().into()),
            ("dcql_query", dcql::query(&self.vct, &self.claims)),
            ("require", require.to_json()),
        ];
        members.extend(self.algorithms.to_member());
        members.extend(transaction.map(|transaction| ("transaction", transaction.to_json())));
        members.extend(self.supersedes.as_deref().map(|digest| ("supersedes", digest.into())));
        let payload = Json::object(members);
        let compact = sign(signer, DEMAND_TYP, [], &payload)?;
        let salt = random()?;
        let expectation = self.expectation.as_ref().map(|expectation| expectation.salted(salt)).or(self.kept);
        // Read as terminals will.
        let pending = PendingDemand::new(&compact, &payload, expectation).map_err(|error| match error {
            AnswerError::Jose(error) => AskError::Jose(error),
            error => AskError::Jose(crate::jose::JoseError::Member(error.member().unwrap_or("demand"))),
        })?;
        let (value, until) = (pending.to_bytes(), pending.until(self.kept_until));
        Ok(PreparedDemand { demand: Demand { compact, nonce }, value, until })
    }

    fn transaction(&self) -> Result<Option<Transaction>, AskError> {
        if let Some(id) = &self.order {
            return self.about_order(id).map(Some);
        }
        if let Some((resource, id, scenario, until)) = &self.lease {
            for (member, text) in [("id", id.as_str()), ("scenario", scenario)] {
                if self.number.is_some() || !is_safe(text, MAX_WORD) {
                    let problem =
                        "it is empty, too long, beside a number, or holds controls or marks of direction";
                    return Err(AskError::Value { member, value: "the text (not shown)".into(), problem });
                }
            }
            let scenario = scenario.as_str().into();
            return Ok(Some(Transaction::Lease {
                resource: *resource,
                id: id.clone(),
                scenario,
                until: *until,
            }));
        }
        let Some(number) = &self.number else {
            let about_nothing = [&self.text, &self.region, &self.action, &self.snapshot]
                .iter()
                .all(|member| member.is_none());
            return if about_nothing { Ok(None) } else { Err(AskError::NumberMissing) };
        };
        if !is_e164(number.as_str()) {
            return Err(AskError::Number);
        }
        let action = self.action.clone().unwrap_or_else(|| {
            let name = self.purpose.as_str();
            name.rsplit_once(['.', ':', '/']).map_or(name, |(_, last)| last).to_owned()
        });
        let texts = [("action", Some(&action), MAX_WORD), ("region", self.region.as_ref(), MAX_WORD)];
        for (member, text, most) in texts.into_iter().chain([("text", self.text.as_ref(), MAX_SHOWN)]) {
            if text.is_some_and(|text| !is_safe(text, most)) {
                return Err(AskError::Value {
                    member,
                    value: "the text (not shown)".into(),
                    problem: "it is empty, too long, or holds controls or marks of direction",
                });
            }
        }
        let text = |text: &Option<String>| text.as_deref().map(OutsideText::from);
        Ok(Some(Transaction::Number {
            number: number.clone(),
            action: action.into(),
            region: text(&self.region),
            text: text(&self.text),
            snapshot: self.snapshot.clone(),
        }))
    }

    fn about_order(&self, id: &str) -> Result<Transaction, AskError> {
        let value = |member, value: &str, problem| AskError::Value { member, value: value.into(), problem };
        if !is_id(id) {
            let shown = format!("{} bytes (not shown)", id.len());
            return Err(value("order", &shown, "expected an id: 1 to 64 of A-Z a-z 0-9 . _ : -"));
        }
        if self.number.as_ref().is_some_and(|number| !is_e164(number.as_str())) {
            return Err(AskError::Number);
        }
        let beside = [("action", &self.action), ("region", &self.region), ("text", &self.text)];
        if self.lease.is_some() {
            return Err(value("lease", "it (not shown)", "an order has none"));
        }
        let snapshot = ("snapshot", &self.snapshot);
        match beside.into_iter().chain([snapshot]).find(|(_, said)| said.is_some()) {
            Some((member, _)) => Err(value(member, "it (not shown)", "an order has none")),
            None => Ok(Transaction::Order { id: id.to_owned(), number: self.number.clone() }),
        }
    }

    /// Refuses what no terminal could answer, before it is signed and sent.
    fn expect_possible(&self) -> Result<(), AskError> {
        let high = self.purpose.is_high_risk();
        if let Some(locality) = self.locality.or(high.then_some(Locality::Onsite)) {
            let elsewhere = |check: &&Check| check.only_at().is_some_and(|only| only != locality);
            if let Some(check) = self.checks.iter().find(elsewhere) {
                return Err(AskError::Impossible { check: *check, locality });
            }
        } else if let Some(check) = self.checks.iter().find(|check| check.only_at() == Some(Locality::Remote))
            && self.checks.iter().any(|check| check.only_at() == Some(Locality::Onsite))
        {
            return Err(AskError::Impossible { check: *check, locality: Locality::Onsite });
        }
        if let Some(age) = self.max_age.filter(|age| age.as_secs() < 1) {
            let (value, problem) = (age.as_secs().to_string().into(), "expected at least a second");
            return Err(AskError::Value { member: "max_age", value, problem });
        }
        if let Some(id) = self.terminal.as_deref().filter(|id| !is_id(id)) {
            let problem = "expected an id: 1 to 64 of A-Z a-z 0-9 . _ : -";
            // Of any length, and whatever it is: a name that stands in the wrong place isn't repeated.
            let value = format!("{} bytes (not shown)", id.len()).as_str().into();
            return Err(AskError::Value { member: "terminal", value, problem });
        }
        Ok(())
    }

    fn requirements(&self) -> Requirements {
        let high = self.purpose.is_high_risk();
        Requirements {
            checks: self.checks.clone(),
            onsite: self.locality.map_or(high, |locality| locality == Locality::Onsite),
            max_age: self.max_age.or(high.then_some(HIGH_RISK_MAX_AGE)),
            after_demand: self.after_demand.unwrap_or(high),
            terminal: self.terminal.clone(),
        }
    }
}

impl PreparedDemand {
    /// The demand. It is sent once it is remembered.
    pub fn demand(&self) -> &Demand {
        &self.demand
    }

    /// What a store is to remember of it. `Exists` says that the nonce is taken.
    pub fn putting(&self) -> Putting<'_> {
        let key = self.demand.nonce.as_bytes();
        Putting { space: super::SPACE, key, value: &self.value, expires_at: self.until }
    }

    /// The demand, now that it is remembered.
    pub fn into_demand(self) -> Demand {
        self.demand
    }
}

impl std::fmt::Debug for PreparedDemand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PreparedDemand").field("demand", &self.demand).finish_non_exhaustive()
    }
}

impl Demand {
    /// A demand that was made before, as its store remembers it; `None` once its text was erased.
    pub fn remembered(pending: &PendingDemand) -> Option<Self> {
        let compact = pending.text()?.as_str().to_owned();
        Some(Self { compact, nonce: pending.nonce().to_owned() })
    }

    /// What is sent.
    pub fn as_str(&self) -> &str {
        &self.compact
    }

    /// What an answer names it by.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }
}

impl std::fmt::Debug for Demand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The compact form holds the phone number.
        f.debug_struct("Demand").field("nonce", &self.nonce).finish_non_exhaustive()
    }
}
