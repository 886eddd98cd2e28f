//! A demand as it reads, whoever reads it: who asked for it, and who may answer it.

use jiff::Timestamp;

use super::{Algorithms, AnswerError, Requirements, Transaction, dcql, demand_hash};
use crate::document::Personal;
use crate::jose::{JoseError, Json, decode, encode, instant};
use crate::profile::{ClaimName, Env, Purpose};

/// What a demand says. Whoever made it has it in a [`PendingDemand`](super::PendingDemand), whoever may answer it in a
/// [`VerifiedDemand`](super::VerifiedDemand); both read as this.
///
/// Every member that this crate understands is here. Members that would change what is asked and aren't understood refuse
/// the demand.
pub struct Body {
    /// The compact form; it holds the phone number. `None` where it was erased, or written by an earlier version.
    text: Option<Personal>,
    hash: String,
    iss: String,
    nonce: String,
    iat: i64,
    exp: i64,
    purpose: Purpose,
    env: Env,
    transaction: Option<Transaction>,
    vcts: Vec<String>,
    claims: Vec<ClaimName>,
    require: Requirements,
    algorithms: Algorithms,
    supersedes: Option<String>,
}

impl Body {
    /// Reads a payload and keeps the text that it stands in. What the text's signature is worth is the caller's to judge.
    pub(super) fn read(compact: &str, payload: &Json) -> Result<Self, AnswerError> {
        let query = payload.member("dcql_query").ok_or(AnswerError::Member("dcql_query"))?;
        let (vcts, claims) = dcql::read(query)?;
        let nonce = payload.text("nonce")?;
        if decode(nonce).map_or(0, |bytes| bytes.len()) < 16 || nonce.len() > 255 {
            return Err(AnswerError::Member("nonce"));
        }
        Ok(Self {
            text: Some(compact.into()),
            hash: demand_hash(compact),
            iss: payload.text("iss")?.to_owned(),
            nonce: nonce.to_owned(),
            iat: payload.member("iat").and_then(Json::as_seconds).ok_or(AnswerError::Time("iat"))?,
            exp: payload.member("exp").and_then(Json::as_seconds).ok_or(AnswerError::Time("exp"))?,
            purpose: payload.text("purpose")?.parse().map_err(|_| AnswerError::Member("purpose"))?,
            env: match payload.optional_text("env")? {
                None => Env::Production,
                Some(name) => Env::from_name(name).ok_or(AnswerError::Member("env"))?,
            },
            transaction: payload.member("transaction").map(Transaction::from_json).transpose()?,
            vcts,
            claims,
            require: Requirements::from_json(payload.member("require"))?,
            algorithms: Algorithms::read(payload)?,
            supersedes: superseded(payload).map_err(|()| AnswerError::Member("supersedes"))?,
        })
    }

    /// base64url SHA-256 of its compact form: what an answer is bound to.
    pub fn demand_hash(&self) -> &str {
        &self.hash
    }

    /// Who asks, as a URL: what `aud` of the answer must be.
    pub fn iss(&self) -> &str {
        &self.iss
    }

    /// What the answer names it by.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// What it is for: to be shown to the person.
    pub fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// Which environment.
    pub fn env(&self) -> Env {
        self.env
    }

    /// What it is about: to be shown to the person. `None` too where its text was erased.
    pub fn transaction(&self) -> Option<&Transaction> {
        self.transaction.as_ref()
    }

    /// When it was made.
    pub fn issued_at(&self) -> Timestamp {
        instant(self.iat)
    }

    /// The first second in which it can't be answered.
    pub fn expires_at(&self) -> Timestamp {
        instant(self.exp)
    }

    /// The seconds of `iat` and `exp` as its text has them.
    pub(crate) fn seconds(&self) -> (i64, i64) {
        (self.iat, self.exp)
    }

    /// Kinds of attestation that answer it.
    pub fn vcts(&self) -> &[String] {
        &self.vcts
    }

    /// What must be disclosed, and nothing else is: to be shown to the person.
    pub fn claims(&self) -> &[ClaimName] {
        &self.claims
    }

    /// What must have been checked.
    pub fn requirements(&self) -> &Requirements {
        &self.require
    }

    /// In which algorithms an answer may be signed.
    pub fn algorithms(&self) -> &Algorithms {
        &self.algorithms
    }

    /// The digest (SHA-256 of the issuer-signed JWT, base64url) of the record that an answer supersedes: answering claims it, once.
    pub fn supersedes(&self) -> Option<&str> {
        self.supersedes.as_deref()
    }

    /// Its compact form, unless it was erased.
    pub fn text(&self) -> Option<&Personal> {
        self.text.as_ref()
    }

    /// What is left of it in a record without its text: everything but what it was about and whom it expected. Nobody's
    /// signature covers this form.
    pub(crate) fn to_outline(&self) -> Json {
        let Self {
            text: _,
            hash,
            iss,
            nonce,
            iat,
            exp,
            purpose,
            env,
            transaction: _,
            vcts,
            claims,
            require,
            algorithms,
            supersedes,
        } = self;
        let members = [
            ("v", Json::from(1)),
            ("demand_hash", hash.as_str().into()),
            ("iss", iss.as_str().into()),
            ("nonce", nonce.as_str().into()),
            ("purpose", purpose.as_str().into()),
            ("env", env.as_str().into()),
            ("iat", (*iat).into()),
            ("exp", (*exp).into()),
            ("vcts", Json::array(vcts.iter().map(String::as_str))),
            ("claims", Json::array(claims.iter().map(|claim| claim.as_str()))),
            ("require", require.to_json()),
        ];
        let supersedes = supersedes.as_deref().map(|digest| ("supersedes", digest.into()));
        Json::object(members.into_iter().chain(algorithms.to_member()).chain(supersedes))
    }

    /// Reads an outline, which is also what stores kept before they kept the text.
    pub(super) fn from_outline(json: &Json) -> Result<Self, JoseError> {
        if json.seconds("v")? != 1 {
            return Err(JoseError::Member("v"));
        }
        let own = |text: &str| Some(text.to_owned());
        Ok(Self {
            text: None,
            hash: json.text("demand_hash")?.to_owned(),
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
            algorithms: Algorithms::read(json).map_err(|_| JoseError::Member("client_metadata"))?,
            supersedes: superseded(json).map_err(|()| JoseError::Member("supersedes"))?,
        })
    }
}

/// 32 bytes in base64url, in their one spelling.
fn superseded(json: &Json) -> Result<Option<String>, ()> {
    let Some(member) = json.member("supersedes") else { return Ok(None) };
    let text = member.as_str().ok_or(())?;
    let digest = decode(text).ok().filter(|bytes| bytes.len() == 32 && encode(bytes) == text);
    digest.map(|_| Some(text.to_owned())).ok_or(())
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Neither the text nor what it is about: both hold the phone number.
        f.debug_struct("Body")
            .field("iss", &self.iss)
            .field("nonce", &self.nonce)
            .field("purpose", &self.purpose)
            .field("claims", &self.claims)
            .field("env", &self.env)
            .finish_non_exhaustive()
    }
}
