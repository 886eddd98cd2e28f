//! What the relying party gets: accepted or refused with every reason, never a bare `bool`.

use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};

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
    pub(super) copies: Vec<String>,
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TrustBasis {
    /// `kid` of the anchor.
    pub anchor: String,
    /// Sequence of the trust list.
    pub list_seq: u64,
    /// Its age, in whole seconds; written as their number.
    #[serde(serialize_with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "i64"))]
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
            copies: Vec::new(),
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

    /// The digests (base64url SHA-256) of the marked copies of the document that the attestation names, once its signatures
    /// held. Whoever keeps such a copy can show by it that it is the one that was made then.
    pub fn copies(&self) -> &[String] {
        &self.copies
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
        let bytes = serde_json::to_vec(&PlainVerdict::of(self, false)).unwrap_or_default();
        // It was written a line above, so it reads.
        Json::parse(&bytes, usize::MAX).unwrap_or(Json::Null)
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        PlainVerdict::of(self, true).serialize(serializer)
    }
}

fn seconds<S: Serializer>(time: &SignedDuration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(time.as_secs())
}

/// A verdict as JSON shows it.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PlainVerdict<'a> {
    verdict: Decided,
    /// Every reason of a refusal; none of an acceptance.
    reasons: &'a [Reason],
    purpose: Option<&'a Purpose>,
    /// Where the person was checked.
    locality: Option<Locality>,
    checks: &'a [CheckResult],
    /// SHA-256 (base64url) of each marked copy of the document that was made; absent where none was.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    copies: &'a [String],
    /// What was disclosed: of an acceptance only, and never in what is recorded.
    claims: Option<&'a Disclosed>,
    trust: Option<&'a TrustBasis>,
    /// How old the check is, in seconds.
    age: Option<i64>,
    issuer: Option<&'a OutsideText>,
    terminal: Option<&'a OutsideText>,
    /// The verdict that was recorded when the demand was answered before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<std::collections::BTreeMap<String, serde_json::Value>>")
    )]
    recorded: Option<&'a RecordedVerdict>,
    /// What is worth a word and refuses nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remarks: Vec<Reason>,
}

/// How it was decided.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
enum Decided {
    Accepted,
    Refused,
}

impl<'a> PlainVerdict<'a> {
    fn of(verdict: &'a Verdict, with_claims: bool) -> Self {
        let accepted = verdict.reasons.is_empty();
        Self {
            verdict: if accepted { Decided::Accepted } else { Decided::Refused },
            reasons: &verdict.reasons,
            purpose: verdict.purpose.as_ref(),
            locality: verdict.locality,
            checks: &verdict.checks,
            copies: &verdict.copies,
            claims: verdict.claims.as_ref().filter(|_| with_claims && accepted),
            trust: verdict.trust.as_ref(),
            age: verdict.age.map(|age| age.as_secs()),
            issuer: verdict.issuer.as_ref(),
            terminal: verdict.terminal.as_ref(),
            recorded: verdict.recorded.as_ref(),
            remarks: verdict.remarks.iter().copied().map(Reason::from).collect(),
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Verdict {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Verdict".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        PlainVerdict::json_schema(generator)
    }
}
