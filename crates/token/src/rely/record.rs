//! What is kept of an accepted presentation: it verifies years later, and holds nothing personal.

use jiff::Timestamp;

use super::Verdict;
use super::judge::{Expected, Limits, judge};
use super::presentation::Bare;
use super::times::instant;
use crate::demand::PendingDemand;
use crate::jose::{JoseError, Json, Unverified};
use crate::profile::ReasonCode;
use crate::trust::{TrustList, jose_code};

/// The verdict, the token without its disclosures, the digest that they had, and what was demanded.
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
    #[error("the record has version {got}, this program reads version {expected}")]
    Version {
        /// The version that this crate reads and writes.
        expected: i64,
        /// The one found.
        got: i64,
    },
}

/// Largest record that is read, in bytes.
const MAX_RECORD: usize = 256 * 1024;
const VERSION: i64 = 1;

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
        Some(Self {
            json: Json::object([
                ("v", VERSION.into()),
                ("accepted_at", now.to_string().into()),
                ("verdict", verdict.to_record()),
                ("token", format!("{}~{}", bare.issuer_jwt, bare.key_binding).into()),
                ("sd_hash", bare.sd_hash.as_str().into()),
                ("presentation_sha256", bare.sha256.as_str().into()),
                ("demand", pending.to_record()),
            ]),
        })
    }

    /// Reads a record as it was written.
    pub fn parse(bytes: &[u8]) -> Result<Self, RecordError> {
        let record = Self { json: Json::parse(bytes, MAX_RECORD)? };
        let got = record.json.seconds("v")?;
        if got != VERSION {
            return Err(RecordError::Version { expected: VERSION, got });
        }
        record.parts()?;
        Ok(record)
    }

    /// What is written into a file or a store.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.json.to_bytes().to_vec()
    }

    /// The verdict as it was recorded.
    pub fn verdict(&self) -> &Json {
        self.json.member("verdict").unwrap_or(&Json::Null)
    }

    /// base64url SHA-256 of the presentation that was accepted.
    pub fn presentation_sha256(&self) -> Option<&str> {
        self.json.member("presentation_sha256").and_then(Json::as_str)
    }

    /// When it was accepted.
    pub fn accepted_at(&self) -> Option<Timestamp> {
        instant(self.json.member("accepted_at"))
    }

    /// Judges the record by a trust list of any later time: both signatures, the issuer's key and delegation, what was
    /// demanded, and that the recorded verdict says what the token says. Times are judged as of the acceptance; a key that
    /// was since revoked for compromise is refused. Claims can't be looked at: they are gone.
    pub fn audit(&self, list: &TrustList, limits: &Limits) -> Verdict {
        let Ok(parts) = self.parts() else { return Verdict::refused(ReasonCode::RecordMalformed) };
        let mut verdict = Verdict::unjudged(&parts.pending, list, parts.accepted_at);
        let payload = &mut None;
        let expected =
            Expected { pending: &parts.pending, sd_hash: parts.sd_hash, disclosures: None, payload };
        match (Unverified::parse(parts.issuer_jwt), Unverified::parse(parts.kb_jwt)) {
            (Ok(issuer), Ok(kb)) => {
                judge(&mut verdict, issuer, kb, expected, list, parts.accepted_at, limits)
            }
            (Err(error), _) | (_, Err(error)) => verdict.reasons.push(jose_code(&error).into()),
        }
        if verdict.is_accepted() && !self.says_the_same(&verdict) {
            verdict.reasons.push(ReasonCode::RecordMalformed.into());
        }
        verdict
    }

    /// Whether the recorded verdict is the one that the token gives, apart from the trust list.
    fn says_the_same(&self, verdict: &Verdict) -> bool {
        let again = verdict.to_record();
        ["verdict", "reasons", "purpose", "checks", "claims", "age", "issuer", "terminal"]
            .into_iter()
            .all(|name| again.member(name) == self.verdict().member(name))
    }

    fn parts(&self) -> Result<Parts<'_>, JoseError> {
        let json = &self.json;
        let (issuer_jwt, kb_jwt) = json.text("token")?.split_once('~').ok_or(JoseError::Member("token"))?;
        Ok(Parts {
            issuer_jwt,
            kb_jwt,
            sd_hash: json.text("sd_hash")?,
            pending: PendingDemand::from_json(json.member("demand").ok_or(JoseError::Member("demand"))?)?,
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
