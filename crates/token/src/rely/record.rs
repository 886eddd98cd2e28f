//! What is kept of an accepted presentation: it verifies years later, and says nothing of the person.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::judge::{Expected, judge};
use super::presentation::Bare;
use super::times::instant;
use super::{Limits, RecordedVerdict, Verdict};
use crate::demand::PendingDemand;
use crate::jose::{JoseError, Json, Unverified};
use crate::profile::ReasonCode;
use crate::trust::{TrustList, jose_code};

/// The verdict, the token without its disclosures, the digest that they had, and the demand as it was sent. The demand's
/// digest is under the answer's signature, so a keeper can't make it ask for less afterwards. Its text holds the phone
/// number and nothing else about anybody: [`erase`](Self::erase) drops it.
#[derive(Clone, PartialEq)]
pub struct Record {
    json: Json,
}

/// The text is no record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// Not JSON, or a member is missing or of the wrong type.
    #[error("not a record: {0}")]
    Malformed(#[from] JoseError),
    /// Written by a later version of this crate.
    #[error("the record has version {got}, this program reads versions up to {expected}")]
    Version {
        /// The version that this crate writes.
        expected: i64,
        /// The one found.
        got: i64,
    },
}

/// Largest record that is read, in bytes: two tokens and what is said of them.
const MAX_RECORD: usize = 256 * 1024;
/// Version 1 had an outline of the demand instead of its text, which no signature covers.
const VERSION: i64 = 2;

impl Record {
    /// Keeps an accepted presentation. `None` for a refused one.
    pub(super) fn keep(
        verdict: &Verdict,
        bare: &Bare<'_>,
        pending: &PendingDemand,
        now: Timestamp,
    ) -> Option<Self> {
        if !verdict.is_accepted() {
            return None;
        }
        let demand = match pending.text() {
            Some(text) => ("demand", text.as_str().into()),
            None => ("outline", pending.to_outline()),
        };
        Some(Self {
            json: Json::object([
                ("v", VERSION.into()),
                ("accepted_at", now.to_string().into()),
                ("verdict", verdict.to_record()),
                ("token", format!("{}~{}", bare.issuer_jwt, bare.key_binding).into()),
                ("sd_hash", bare.sd_hash.as_str().into()),
                ("presentation_sha256", bare.sha256.as_str().into()),
                demand,
            ]),
        })
    }

    /// Reads a record as it was written, by this version or an earlier one.
    pub fn parse(bytes: &[u8]) -> Result<Self, RecordError> {
        let record = Self { json: Json::parse(bytes, MAX_RECORD)? };
        let got = record.json.seconds("v")?;
        if !(1..=VERSION).contains(&got) {
            return Err(RecordError::Version { expected: VERSION, got });
        }
        record.parts()?;
        Ok(record)
    }

    /// What is written into a file or a store.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.json.to_bytes().to_vec()
    }

    /// The same without the demand's text, and so without the phone number: for when the number's retention ends before the
    /// record's. What was demanded is then the keeper's word, and every audit says so (`demand_erased`).
    #[must_use]
    pub fn erase(&self) -> Self {
        // Every record was taken apart when it was made or parsed.
        let outline = self.parts().map_or(Json::Null, |parts| parts.pending.to_outline());
        let mut json = self.json.clone();
        if let Json::Object(members) = &mut json {
            members.insert("v".into(), VERSION.into());
            members.remove("demand");
            members.insert("outline".into(), outline);
        }
        Self { json }
    }

    /// Whether it has no text of its demand (any more).
    pub fn is_erased(&self) -> bool {
        self.json.member("demand").and_then(Json::as_str).is_none()
    }

    /// The verdict as it was recorded.
    pub fn verdict(&self) -> RecordedVerdict {
        RecordedVerdict(self.json.member("verdict").cloned().unwrap_or(Json::Null))
    }

    /// base64url SHA-256 of the presentation that was accepted.
    pub fn presentation_sha256(&self) -> Option<&str> {
        self.json.member("presentation_sha256").and_then(Json::as_str)
    }

    /// SHA-256 of the issuer-signed JWT: how journals and later demands name the record. Erasing doesn't change it.
    pub fn digest(&self) -> [u8; 32] {
        let issued =
            self.json.member("token").and_then(Json::as_str).and_then(|token| token.split('~').next());
        Sha256::digest(issued.unwrap_or_default()).into()
    }

    /// The digest of the record that this one supersedes, in base64url, as its demand said.
    pub fn supersedes(&self) -> Option<String> {
        self.parts().ok()?.pending.supersedes().map(str::to_owned)
    }

    /// The nonce of the demand that it answers.
    pub fn nonce(&self) -> Option<String> {
        self.parts().ok().map(|parts| parts.pending.nonce().to_owned())
    }

    /// The opaque word of whoever recorded it ([`Recording::noting`](super::Recording::noting)). Nobody's signature covers it.
    pub fn noted(&self) -> Option<&str> {
        self.json.member("noted").and_then(Json::as_str)
    }

    pub(super) fn noting(mut self, word: &str) -> Self {
        let fits = (1..=128).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_graphic());
        if let (true, Json::Object(members)) = (fits, &mut self.json) {
            members.insert("noted".into(), word.into());
        }
        self
    }

    /// When it was accepted.
    pub fn accepted_at(&self) -> Option<Timestamp> {
        instant(self.json.member("accepted_at"))
    }

    /// Judges the record by a trust list of any later time: both signatures, the issuer's key and delegation, what was
    /// demanded, and that the recorded verdict says what the token says. Times are judged as of the acceptance, which must
    /// lie inside the signed lives; a key that was since revoked for compromise is refused. Claims can't be looked at: they
    /// are gone. Where the demand's text is gone as well, the rest is judged and the verdict remarks `demand_erased`.
    pub fn audit(&self, list: &TrustList, limits: &Limits) -> Verdict {
        let Ok(parts) = self.parts() else { return Verdict::refused(ReasonCode::RecordMalformed) };
        let mut verdict = Verdict::unjudged(list, parts.accepted_at);
        let payload = &mut None;
        let expected =
            Expected { pending: &parts.pending, sd_hash: parts.sd_hash, disclosures: None, payload };
        match (Unverified::parse(parts.issuer_jwt), Unverified::parse(parts.kb_jwt)) {
            (Ok(issuer), Ok(kb)) => {
                judge(&mut verdict, issuer, kb, expected, list, parts.accepted_at, limits)
            }
            (Err(error), _) | (_, Err(error)) => verdict.reasons.push(jose_code(&error).into()),
        }
        // The signed ends were looked at above; accepted before it was asked for is no acceptance either.
        let asked_at = parts.pending.seconds().0.saturating_sub(limits.skew.as_secs());
        let in_its_life = parts.accepted_at.as_second() >= asked_at;
        if verdict.is_accepted() && !(in_its_life && self.says_the_same(&verdict)) {
            verdict.reasons.push(ReasonCode::RecordMalformed.into());
        }
        if self.is_erased() {
            verdict.remarks.push(ReasonCode::DemandErased);
        }
        verdict
    }

    /// Whether the recorded verdict is the one that the token gives, apart from the trust list.
    fn says_the_same(&self, verdict: &Verdict) -> bool {
        let (again, recorded) = (verdict.to_record(), self.json.member("verdict"));
        let same = |name: &str| again.member(name) == recorded.and_then(|recorded| recorded.member(name));
        // Records of earlier versions may lack where the person was.
        let locality = recorded.is_some_and(|recorded| recorded.member("locality").is_none());
        ["verdict", "reasons", "purpose", "checks", "claims", "age", "issuer", "terminal"]
            .into_iter()
            .all(same)
            && (locality || same("locality"))
    }

    fn parts(&self) -> Result<Parts<'_>, JoseError> {
        const DEMAND: JoseError = JoseError::Member("demand");
        let json = &self.json;
        let (issuer_jwt, kb_jwt) = json.text("token")?.split_once('~').ok_or(JoseError::Member("token"))?;
        let pending = match (json.member("demand"), json.member("outline")) {
            (Some(Json::String(text)), None) => PendingDemand::from_text(text).map_err(|_| DEMAND)?,
            // As version 1 had it.
            (Some(outline), None) | (None, Some(outline)) => PendingDemand::from_outline(outline)?,
            _ => return Err(DEMAND),
        };
        Ok(Parts {
            issuer_jwt,
            kb_jwt,
            sd_hash: json.text("sd_hash")?,
            pending,
            accepted_at: self.accepted_at().ok_or(JoseError::Member("accepted_at"))?,
        })
    }
}

struct Parts<'a> {
    issuer_jwt: &'a str,
    kb_jwt: &'a str,
    sd_hash: &'a str,
    pending: PendingDemand,
    accepted_at: Timestamp,
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Record").field("accepted_at", &self.accepted_at()).finish_non_exhaustive()
    }
}
