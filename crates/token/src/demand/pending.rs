//! A demand that waits for its answer, in the relying party's store.

use jiff::Timestamp;

use super::body::Body;
use super::{AnswerError, Requirements, demand_hash};
use crate::jose::{JoseError, Json, Unverified, VerifyingKey, decode, encode, random};
use crate::profile::{ClaimName, DEMAND_TYP, Env, Expectation, Purpose, SaltedExpectation};
use crate::store::{Put, Space, Store, StoreError};

/// What the relying party remembers of its demand: the digest of what it sent, what must hold, and whom it expects (as
/// salted digests). It can't be cloned, and is written by its store alone.
pub struct PendingDemand {
    pub(super) demand_hash: String,
    pub(super) iss: String,
    pub(super) nonce: String,
    pub(super) purpose: Purpose,
    pub(super) env: Env,
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) vcts: Vec<String>,
    pub(super) claims: Vec<ClaimName>,
    pub(super) require: Requirements,
    pub(super) expectation: Option<SaltedExpectation>,
}

/// What a store has of a demand.
#[derive(Debug)]
#[non_exhaustive]
pub struct Kept {
    /// The demand.
    pub pending: PendingDemand,
    /// The recorded answer, once there is one.
    pub answer: Option<Vec<u8>>,
}

impl PendingDemand {
    /// What to remember of a demand that was signed elsewhere, with the asker's own key: for relying parties that make
    /// their demands by other means than [`DemandRequest`](super::DemandRequest).
    pub fn recall(
        compact: &str,
        key: &VerifyingKey,
        expectation: Option<&Expectation>,
    ) -> Result<Self, AnswerError> {
        let jws = Unverified::parse(compact)?.verify(key, DEMAND_TYP)?;
        let body = Body::from_payload(jws.payload())?;
        let salt = random()?;
        Ok(Self {
            demand_hash: demand_hash(compact),
            iss: body.iss,
            nonce: body.nonce,
            purpose: body.purpose,
            env: body.env,
            iat: body.iat,
            exp: body.exp,
            vcts: body.vcts,
            claims: body.claims,
            require: body.require,
            expectation: expectation.map(|expectation| expectation.salted(salt)),
        })
    }

    /// Remembers it in the store. `Exists` when its nonce is there already.
    pub fn keep(&self, store: &dyn Store) -> Result<Put, StoreError> {
        let expires_at = Timestamp::from_second(self.exp).unwrap_or(Timestamp::MAX);
        store.put(Space::Demand, self.nonce.as_bytes(), &self.to_json().to_bytes(), expires_at)
    }

    /// Looks one up by its nonce.
    pub fn load(store: &dyn Store, nonce: &str) -> Result<Option<Kept>, StoreError> {
        // Whatever the token says, a store is asked for keys of its size only.
        if nonce.is_empty() || nonce.len() > 255 {
            return Ok(None);
        }
        let Some(entry) = store.get(Space::Demand, nonce.as_bytes())? else { return Ok(None) };
        let pending = Json::parse(&entry.value, 1 << 20).and_then(|json| Self::from_json(&json));
        Ok(Some(Kept { pending: pending.map_err(|_| StoreError::Corrupt)?, answer: entry.answer }))
    }

    /// The digest of the demand that was sent.
    pub fn demand_hash(&self) -> &str {
        &self.demand_hash
    }

    /// The relying party: what `aud` must be.
    pub fn iss(&self) -> &str {
        &self.iss
    }

    /// What `nonce` must be.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// What it is for.
    pub fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// Which environment.
    pub fn env(&self) -> Env {
        self.env
    }

    /// When it was made, in seconds since 1970.
    pub fn issued_at(&self) -> i64 {
        self.iat
    }

    /// The first second in which it can't be answered.
    pub fn expires_at(&self) -> i64 {
        self.exp
    }

    /// Kinds of attestation that answer it.
    pub fn vcts(&self) -> &[String] {
        &self.vcts
    }

    /// The claims that must be disclosed.
    pub fn claims(&self) -> &[ClaimName] {
        &self.claims
    }

    /// What must have been checked.
    pub fn requirements(&self) -> &Requirements {
        &self.require
    }

    /// Who it must be.
    pub fn expectation(&self) -> Option<&SaltedExpectation> {
        self.expectation.as_ref()
    }

    /// What a record keeps of it: everything but whom it expected.
    pub(crate) fn to_record(&self) -> Json {
        let mut json = self.to_json();
        if let Json::Object(members) = &mut json {
            members.remove("expectation");
        }
        json
    }

    fn to_json(&self) -> Json {
        let mut members = vec![
            ("v", Json::from(1)),
            ("demand_hash", self.demand_hash.as_str().into()),
            ("iss", self.iss.as_str().into()),
            ("nonce", self.nonce.as_str().into()),
            ("purpose", self.purpose.as_str().into()),
            ("env", self.env.as_str().into()),
            ("iat", self.iat.into()),
            ("exp", self.exp.into()),
            ("vcts", Json::array(self.vcts.iter().map(String::as_str))),
            ("claims", Json::array(self.claims.iter().map(|claim| claim.as_str()))),
            ("require", self.require.to_json()),
        ];
        members.extend(self.expectation.map(|expectation| {
            let SaltedExpectation { salt, name, id_number } = expectation;
            let parts = [("salt", &salt[..]), ("name", &name[..]), ("id_number", &id_number[..])];
            ("expectation", Json::object(parts.map(|(member, bytes)| (member, encode(bytes).into()))))
        }));
        Json::object(members)
    }

    pub(crate) fn from_json(json: &Json) -> Result<Self, JoseError> {
        if json.seconds("v")? != 1 {
            return Err(JoseError::Member("v"));
        }
        let own = |text: &str| Some(text.to_owned());
        Ok(Self {
            demand_hash: json.text("demand_hash")?.to_owned(),
            iss: json.text("iss")?.to_owned(),
            nonce: json.text("nonce")?.to_owned(),
            purpose: json.text("purpose")?.parse().map_err(|_| JoseError::Member("purpose"))?,
            env: Env::from_name(json.text("env")?).ok_or(JoseError::Member("env"))?,
            iat: json.seconds("iat")?,
            exp: json.seconds("exp")?,
            vcts: json.list("vcts", own)?,
            claims: json.list("claims", ClaimName::from_name)?,
            require: Requirements::from_json(json.member("require"))?,
            expectation: json.member("expectation").map(salted).transpose()?,
        })
    }
}

fn salted(json: &Json) -> Result<SaltedExpectation, JoseError> {
    fn bytes<const N: usize>(json: &Json, name: &'static str) -> Result<[u8; N], JoseError> {
        decode(json.text(name)?)?.try_into().map_err(|_| JoseError::Member(name))
    }
    Ok(SaltedExpectation {
        salt: bytes(json, "salt")?,
        name: bytes(json, "name")?,
        id_number: bytes(json, "id_number")?,
    })
}

impl std::fmt::Debug for PendingDemand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PendingDemand")
            .field("nonce", &self.nonce)
            .field("purpose", &self.purpose)
            .field("env", &self.env)
            .finish_non_exhaustive()
    }
}
