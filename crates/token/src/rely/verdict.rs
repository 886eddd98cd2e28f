//! What the relying party gets: accepted or refused with every reason, never a bare `bool`.

use jiff::{SignedDuration, Timestamp};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Disclosed, RecordedVerdict};
use crate::jose::Json;
use crate::profile::{CheckResult, Locality, Outside, OutsideText, Purpose, Reason, ReasonCode};

/// The decision on one presentation. It is accepted if and only if it has no reason, and only then holds claims.
///
/// It serialises as `realname verify --json` prints it, claims included.
#[derive(Debug)]
pub struct Verdict {
    pub(super) reasons: Vec<Reason>,
    pub(super) purpose: Option<Purpose>,
    pub(super) locality: Option<Locality>,
    pub(super) checks: Vec<CheckResult>,
    pub(super) claims: Option<Disclosed>,
    pub(super) trust: Option<TrustBasis>,
    pub(super) verified_at: Option<Timestamp>,
    pub(super) age: Option<SignedDuration>,
    pub(super) issuer: Option<OutsideText>,
    pub(super) terminal: Option<OutsideText>,
    pub(super) recorded: Option<RecordedVerdict>,
    pub(super) remarks: Vec<ReasonCode>,
}

/// What the trust in a verdict's issuer rests on.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct TrustBasis {
    /// `kid` of the anchor.
    pub anchor: String,
    /// Sequence of the trust list.
    pub list_seq: u64,
    /// Its age, in whole seconds; written as their number.
    #[serde(serialize_with = "seconds")]
    pub list_age: SignedDuration,
}

impl Verdict {
    /// A refusal for a reason found before there was anything to verify, as when the trust list itself is refused.
    pub fn refused(reason: impl Into<Reason>) -> Self {
        Self {
            reasons: vec![reason.into()],
            purpose: None,
            locality: None,
            checks: Vec::new(),
            claims: None,
            trust: None,
            verified_at: None,
            age: None,
            issuer: None,
            terminal: None,
            recorded: None,
            remarks: Vec::new(),
        }
    }

    /// Whether the flow may go on.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.reasons.is_empty()
    }

    /// Every reason against it; none when accepted.
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// Whether it was refused for that.
    pub fn has(&self, code: ReasonCode) -> bool {
        self.reasons.iter().any(|reason| reason.code == code)
    }

    /// What was found that is no reason against it, as that an audited record's demand was erased.
    pub fn remarks(&self) -> &[ReasonCode] {
        &self.remarks
    }

    /// The demand's purpose, once the signatures held.
    pub fn purpose(&self) -> Option<&Purpose> {
        self.purpose.as_ref()
    }

    /// Where the person was checked, once the signatures held.
    pub fn locality(&self) -> Option<Locality> {
        self.locality
    }

    /// What the attestation states of its checks, once its signatures held.
    pub fn checks(&self) -> &[CheckResult] {
        &self.checks
    }

    /// The claims that the demand asked for, when accepted.
    pub fn claims(&self) -> Option<&Disclosed> {
        self.claims.as_ref()
    }

    /// Anchor and trust list.
    pub fn trust(&self) -> Option<&TrustBasis> {
        self.trust.as_ref()
    }

    /// When the person was checked.
    pub fn verified_at(&self) -> Option<Timestamp> {
        self.verified_at
    }

    /// The time between the check and this verdict, in whole seconds.
    pub fn age(&self) -> Option<SignedDuration> {
        self.age
    }

    /// Who signed, once the signature held.
    pub fn issuer(&self) -> Option<Outside<'_>> {
        self.issuer.as_ref().map(OutsideText::as_outside)
    }

    /// The terminal, once the signature held.
    pub fn terminal(&self) -> Option<Outside<'_>> {
        self.terminal.as_ref().map(OutsideText::as_outside)
    }

    /// The verdict that was recorded when the demand was answered before.
    pub fn recorded(&self) -> Option<&RecordedVerdict> {
        self.recorded.as_ref()
    }

    /// The verdict without its claims: what is recorded.
    pub(super) fn to_record(&self) -> Json {
        let bytes = serde_json::to_vec(&Shown { verdict: self, with_claims: false }).unwrap_or_default();
        // It was written a line above, so it reads.
        Json::parse(&bytes, usize::MAX).unwrap_or(Json::Null)
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Shown { verdict: self, with_claims: true }.serialize(serializer)
    }
}

fn seconds<S: Serializer>(time: &SignedDuration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(time.as_secs())
}

struct Shown<'a> {
    verdict: &'a Verdict,
    with_claims: bool,
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Verdict {
            reasons,
            purpose,
            locality,
            checks,
            claims,
            trust,
            age,
            issuer,
            terminal,
            recorded,
            remarks,
            ..
        } = self.verdict;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("verdict", if reasons.is_empty() { "accepted" } else { "refused" })?;
        map.serialize_entry("reasons", reasons)?;
        map.serialize_entry("purpose", purpose)?;
        map.serialize_entry("locality", locality)?;
        map.serialize_entry("checks", checks)?;
        map.serialize_entry("claims", &claims.as_ref().filter(|_| self.with_claims && reasons.is_empty()))?;
        map.serialize_entry("trust", trust)?;
        map.serialize_entry("age", &age.map(|age| age.as_secs()))?;
        map.serialize_entry("issuer", issuer)?;
        map.serialize_entry("terminal", terminal)?;
        if let Some(recorded) = recorded {
            map.serialize_entry("recorded", recorded)?;
        }
        if !remarks.is_empty() {
            map.serialize_entry("remarks", &remarks.iter().copied().map(Reason::from).collect::<Vec<_>>())?;
        }
        map.end()
    }
}
