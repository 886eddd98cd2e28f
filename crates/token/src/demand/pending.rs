//! A demand that waits for its answer, in the relying party's store.

use zeroize::Zeroizing;

use super::AnswerError;
use super::body::Body;
use crate::jose::{JoseError, Json, MAX_TOKEN, Unverified, VerifyingKey, decode, encode, random};
use crate::profile::{DEMAND_TYP, Expectation, SaltedExpectation};
use crate::store::{Entry, Put, Store, StoreError};

/// What the relying party remembers of its demand: what it says ([`Body`], as which this reads), and whom it expects (as
/// salted digests). It can't be cloned, and is written by its store alone.
pub struct PendingDemand {
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
        Ok(Self { body: Body::read(compact, payload)?, expectation })
    }

    /// A demand by its text, as a record keeps it. What it is bound to is its digest, which the answer's signature covers.
    pub(crate) fn from_text(compact: &str) -> Result<Self, AnswerError> {
        Self::new(compact, Unverified::parse(compact)?.peek()?, None)
    }

    /// Remembers it in the store. `Exists` when its nonce is there already.
    pub fn keep(&self, store: &dyn Store) -> Result<Put, StoreError> {
        store.put(super::SPACE, self.nonce().as_bytes(), &self.to_bytes(), self.until(None))
    }

    /// Until when it is remembered: as long as it can be answered at least.
    pub(super) fn until(&self, longer: Option<jiff::Timestamp>) -> jiff::Timestamp {
        longer.unwrap_or(self.expires_at()).max(self.expires_at())
    }

    /// Looks one up by its nonce.
    pub fn load(store: &dyn Store, nonce: &str) -> Result<Option<Kept>, StoreError> {
        // Whatever the token says, a store is asked for keys of its size only.
        if nonce.is_empty() || nonce.len() > 255 {
            return Ok(None);
        }
        store.get(super::SPACE, nonce.as_bytes())?.map(Kept::read).transpose()
    }

    /// What [`keep`](Self::keep) writes: for stores that are written by other means, under [`nonce`](Body::nonce) and until
    /// [`expires_at`](Body::expires_at).
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        self.to_json().to_bytes()
    }

    /// Who it must be.
    pub fn expectation(&self) -> Option<&SaltedExpectation> {
        self.expectation.as_ref()
    }

    /// Reads an outline, which is also what stores kept before they kept the text.
    pub(crate) fn from_outline(json: &Json) -> Result<Self, JoseError> {
        let body = Body::from_outline(json)?;
        Ok(Self { body, expectation: json.member("expectation").map(salted).transpose()? })
    }

    fn to_json(&self) -> Json {
        let mut json = match self.text() {
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

impl std::ops::Deref for PendingDemand {
    type Target = Body;

    fn deref(&self) -> &Body {
        &self.body
    }
}

impl std::fmt::Debug for PendingDemand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("PendingDemand").field(&self.body).finish()
    }
}
