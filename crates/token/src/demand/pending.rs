//! A demand that waits for its answer, in the relying party's store.

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::body::Body;
use super::{AnswerError, Requirements, Transaction, demand_hash};
use crate::document::Personal;
use crate::jose::{JoseError, Json, MAX_TOKEN, Unverified, VerifyingKey, decode, encode, instant, random};
use crate::profile::{ClaimName, DEMAND_TYP, Env, Expectation, Purpose, SaltedExpectation};
use crate::store::{Entry, Put, Store, StoreError};

/// What the relying party remembers of its demand: the text that it sent, and whom it expects (as salted digests). It can't
/// be cloned, and is written by its store alone.
pub struct PendingDemand {
    /// The compact form; it holds the phone number. `None` where it was erased, or written by an earlier version.
    text: Option<Personal>,
    demand_hash: String,
    body: Body,
    expectation: Option<SaltedExpectation>,
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

impl Kept {
    /// Reads what a store has under a demand's nonce. It is damaged when it doesn't read.
    pub fn read(entry: Entry) -> Result<Self, StoreError> {
        let pending = Json::parse(&entry.value, 1 << 20).and_then(|json| PendingDemand::from_json(&json));
        Ok(Self { pending: pending.map_err(|_| StoreError::Corrupt)?, answer: entry.answer })
    }
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
        let salt = random()?;
        let expectation = expectation.map(|expectation| expectation.salted(salt));
        Self::new(compact, jws.payload(), expectation)
    }

    pub(super) fn new(
        compact: &str,
        payload: &Json,
        expectation: Option<SaltedExpectation>,
    ) -> Result<Self, AnswerError> {
        Ok(Self {
            text: Some(compact.into()),
            demand_hash: demand_hash(compact),
            body: Body::from_payload(payload)?,
            expectation,
        })
    }

    /// A demand by its text, as a record keeps it. What it is bound to is its digest, which the answer's signature covers.
    pub(crate) fn from_text(compact: &str) -> Result<Self, AnswerError> {
        Self::new(compact, Unverified::parse(compact)?.peek()?, None)
    }

    /// Remembers it in the store. `Exists` when its nonce is there already.
    pub fn keep(&self, store: &dyn Store) -> Result<Put, StoreError> {
        store.put(super::SPACE, self.body.nonce.as_bytes(), &self.to_json().to_bytes(), self.expires_at())
    }

    /// Looks one up by its nonce.
    pub fn load(store: &dyn Store, nonce: &str) -> Result<Option<Kept>, StoreError> {
        // Whatever the token says, a store is asked for keys of its size only.
        if nonce.is_empty() || nonce.len() > 255 {
            return Ok(None);
        }
        store.get(super::SPACE, nonce.as_bytes())?.map(Kept::read).transpose()
    }

    /// What [`keep`](Self::keep) writes: for stores that are written by other means, under [`nonce`](Self::nonce) and until
    /// [`expires_at`](Self::expires_at).
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        self.to_json().to_bytes()
    }

    /// The digest of the demand that was sent.
    pub fn demand_hash(&self) -> &str {
        &self.demand_hash
    }

    /// The relying party: what `aud` must be.
    pub fn iss(&self) -> &str {
        &self.body.iss
    }

    /// What `nonce` must be.
    pub fn nonce(&self) -> &str {
        &self.body.nonce
    }

    /// What it is for.
    pub fn purpose(&self) -> &Purpose {
        &self.body.purpose
    }

    /// Which environment.
    pub fn env(&self) -> Env {
        self.body.env
    }

    /// What it is about. `None` too where its text was erased.
    pub fn transaction(&self) -> Option<&Transaction> {
        self.body.transaction.as_ref()
    }

    /// When it was made.
    pub fn issued_at(&self) -> Timestamp {
        instant(self.body.iat)
    }

    /// The first second in which it can't be answered.
    pub fn expires_at(&self) -> Timestamp {
        instant(self.body.exp)
    }

    /// The seconds of `iat` and `exp` as its text has them.
    pub(crate) fn seconds(&self) -> (i64, i64) {
        (self.body.iat, self.body.exp)
    }

    /// Kinds of attestation that answer it.
    pub fn vcts(&self) -> &[String] {
        &self.body.vcts
    }

    /// The claims that must be disclosed.
    pub fn claims(&self) -> &[ClaimName] {
        &self.body.claims
    }

    /// What must have been checked.
    pub fn requirements(&self) -> &Requirements {
        &self.body.require
    }

    /// Who it must be.
    pub fn expectation(&self) -> Option<&SaltedExpectation> {
        self.expectation.as_ref()
    }

    /// Its compact form, as it was sent; it holds the phone number. `None` where it was erased, or written by an earlier
    /// version.
    pub fn text(&self) -> Option<&Personal> {
        self.text.as_ref()
    }

    /// What is left of it in a record without its text: everything but what it was about and whom it expected. Nobody's
    /// signature covers this form.
    pub(crate) fn to_outline(&self) -> Json {
        let Body { iss, nonce, iat, exp, purpose, env, transaction: _, vcts, claims, require } = &self.body;
        Json::object([
            ("v", Json::from(1)),
            ("demand_hash", self.demand_hash.as_str().into()),
            ("iss", iss.as_str().into()),
            ("nonce", nonce.as_str().into()),
            ("purpose", purpose.as_str().into()),
            ("env", env.as_str().into()),
            ("iat", (*iat).into()),
            ("exp", (*exp).into()),
            ("vcts", Json::array(vcts.iter().map(String::as_str))),
            ("claims", Json::array(claims.iter().map(|claim| claim.as_str()))),
            ("require", require.to_json()),
        ])
    }

    /// Reads an outline, which is also what stores kept before they kept the text.
    pub(crate) fn from_outline(json: &Json) -> Result<Self, JoseError> {
        if json.seconds("v")? != 1 {
            return Err(JoseError::Member("v"));
        }
        let own = |text: &str| Some(text.to_owned());
        let body = Body {
            iss: json.text("iss")?.to_owned(),
            nonce: json.text("nonce")?.to_owned(),
            purpose: json.text("purpose")?.parse().map_err(|_| JoseError::Member("purpose"))?,
            env: Env::from_name(json.text("env")?).ok_or(JoseError::Member("env"))?,
            iat: json.seconds("iat")?,
            exp: json.seconds("exp")?,
            transaction: None,
            vcts: json.list("vcts", own)?,
            claims: json.list("claims", ClaimName::from_name)?,
            require: Requirements::from_json(json.member("require"))
                .map_err(|_| JoseError::Member("require"))?,
        };
        let expectation = json.member("expectation").map(salted).transpose()?;
        Ok(Self { text: None, demand_hash: json.text("demand_hash")?.to_owned(), body, expectation })
    }

    fn to_json(&self) -> Json {
        let mut json = match &self.text {
            Some(text) => Json::object([("v", 2.into()), ("demand", text.as_str().into())]),
            None => self.to_outline(),
        };
        if let Json::Object(members) = &mut json {
            members.extend(self.expectation.map(|expectation| {
                let SaltedExpectation { salt, name, id_number } = expectation;
                let parts = [("salt", &salt[..]), ("name", &name[..]), ("id_number", &id_number[..])];
                let parts = parts.map(|(member, bytes)| (member, encode(bytes).into()));
                ("expectation", Json::object(parts))
            }));
        }
        json
    }

    fn from_json(json: &Json) -> Result<Self, JoseError> {
        if json.seconds("v")? != 2 {
            return Self::from_outline(json);
        }
        let text = json.text("demand")?;
        if text.len() > MAX_TOKEN {
            return Err(JoseError::Member("demand"));
        }
        let pending = Self::from_text(text).map_err(|_| JoseError::Member("demand"))?;
        Ok(Self { expectation: json.member("expectation").map(salted).transpose()?, ..pending })
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
            .field("nonce", &self.body.nonce)
            .field("purpose", &self.body.purpose)
            .field("env", &self.body.env)
            .finish_non_exhaustive()
    }
}
