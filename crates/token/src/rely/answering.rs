//! What [`answer`](super::answer) does, in parts without a store: for callers whose store isn't to be waited for.

use jiff::Timestamp;

use super::asked::nonce_of;
use super::{Answer, DemandRef, Limits, Record, UnverifiedPresentation, Verdict};
use crate::demand::{Kept, demand_hash};
use crate::profile::{ReasonCode, Refused};
use crate::store::{Answered, Claim, MAX_KEY, Space, Store, StoreError};
use crate::trust::TrustList;

/// Records that were superseded, by their digest; each by the nonce of the demand that did it.
pub const SUPERSEDED: Space = Space::new("superseded");

/// A presentation that is to be decided on, once its demand was looked up. Nothing of it is believed.
///
/// The caller does the two steps in between, with whatever store it has:
///
/// ```
/// use jiff::Timestamp;
/// use realname_token::demand::Kept;
/// use realname_token::rely::{Answer, Answering, DemandRef, Judged, Limits};
/// use realname_token::store::{Answered, Claim, Entry, StoreError};
/// use realname_token::trust::TrustList;
///
/// /// A service's own store, with the promises of `realname_token::store::Store`.
/// trait Ledger {
///     async fn get(&self, nonce: &str) -> Result<Option<Entry>, StoreError>;
///     /// One atomic step: of all who answer one record, one wins.
///     async fn answer(
///         &self,
///         nonce: &str,
///         answer: &[u8],
///         claim: Option<Claim<'_>>,
///         now: Timestamp,
///     ) -> Result<Answered, StoreError>;
/// }
///
/// async fn decide(
///     ledger: &impl Ledger,
///     presentation: &str,
///     list: &TrustList,
///     now: Timestamp,
/// ) -> Result<Answer, StoreError> {
///     let answering = match Answering::parse(presentation, DemandRef::ByPresentation) {
///         Ok(answering) => answering,
///         Err(refused) => return Ok(refused.into()),
///     };
///     let kept = ledger.get(answering.nonce()).await?.map(Kept::read).transpose()?;
///     match answering.judge(kept, list, now, &Limits::default()) {
///         Judged::Settled(answer) => Ok(answer),
///         Judged::Acceptable(recording) => {
///             let answered = ledger.answer(recording.nonce(), recording.answer(), recording.claim(), now).await?;
///             Ok(recording.recorded(answered))
///         }
///     }
/// }
/// ```
#[must_use]
pub struct Answering<'a> {
    presentation: UnverifiedPresentation<'a>,
    asked: DemandRef<'a>,
    nonce: String,
}

/// What was found about a presentation.
#[derive(Debug)]
#[must_use]
#[allow(clippy::exhaustive_enums, reason = "either there is something to record or there isn't")]
pub enum Judged {
    /// Decided, and there is nothing to record.
    Settled(Answer),
    /// It is acceptable, and accepted only if it is recorded.
    Acceptable(Recording),
}

/// A verdict that isn't one before it is recorded, and so isn't shown.
#[must_use]
pub struct Recording {
    nonce: String,
    verdict: Verdict,
    record: Record,
    bytes: Vec<u8>,
    supersedes: Option<String>,
}

impl<'a> Answering<'a> {
    /// Reads a presentation, and which demand is meant. The error is the decision: [`Answer`] is made from it.
    pub fn parse(presentation: &'a str, asked: DemandRef<'a>) -> Result<Self, Refused> {
        let presentation = UnverifiedPresentation::parse(presentation)?;
        let nonce = nonce_of(asked, &presentation)?;
        // Whatever the token says, a store is asked for keys of its size only.
        if nonce.is_empty() || nonce.len() > MAX_KEY {
            return Err(ReasonCode::DemandUnknown.into());
        }
        Ok(Self { presentation, asked, nonce })
    }

    /// The key of the demand in [`demand::SPACE`](crate::demand::SPACE): what to look up.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// Decides, by what was found under [`nonce`](Self::nonce).
    pub fn judge(self, kept: Option<Kept>, list: &TrustList, now: Timestamp, limits: &Limits) -> Judged {
        let Self { presentation, asked, nonce } = self;
        let refused = |code: ReasonCode| Judged::Settled(Refused(code).into());
        // Another demand's record isn't what was asked for.
        let Some(Kept { pending, answer: answered }) = kept.filter(|kept| kept.pending.nonce() == nonce)
        else {
            return refused(ReasonCode::DemandUnknown);
        };
        if let DemandRef::Demand(compact) = asked
            && demand_hash(compact.trim_ascii()) != pending.demand_hash()
        {
            return refused(ReasonCode::DemandHashMismatch);
        }
        let bare = presentation.bare();
        let mut verdict = presentation.verify(&pending, list, now, limits);
        if let Some(answer) = answered {
            // What was recorded is told to whoever could have been accepted: what is acceptable now, and the very presentation
            // that was. A trusted terminal that answered this demand is told that it was answered, and a stranger nothing.
            let is_that_one = || {
                let record = Record::parse(&answer).ok();
                record.is_some_and(|record| record.presentation_sha256() == Some(bare.sha256.as_str()))
            };
            if verdict.is_accepted() || is_that_one() {
                return Judged::Settled(already(verdict, &answer));
            }
            if answers_it(&verdict) {
                verdict.reasons.insert(0, ReasonCode::AlreadyAnswered.into());
            }
            return Judged::Settled(Answer { verdict, record: None });
        }
        match Record::keep(&verdict, &bare, &pending, now) {
            None => Judged::Settled(Answer { verdict, record: None }),
            Some(record) => {
                let bytes = record.to_bytes();
                let supersedes = pending.supersedes().map(str::to_owned);
                Judged::Acceptable(Recording { nonce, verdict, record, bytes, supersedes })
            }
        }
    }
}

impl Recording {
    /// Adds an opaque word of whoever records, by which they know their own act again when they were cut off after it
    /// ([`Record::noted`]). At most 128 printable ASCII characters count; no personal value belongs there.
    pub fn noting(mut self, word: &str) -> Self {
        self.record = self.record.noting(word);
        self.bytes = self.record.to_bytes();
        self
    }

    /// The key of the demand in [`demand::SPACE`](crate::demand::SPACE).
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// When the person was checked, as the attestation says.
    pub fn verified_at(&self) -> Option<Timestamp> {
        self.verdict.verified_at()
    }

    /// What to record there, if nothing was and the demand's time isn't over, in one step
    /// ([`Store::answer`](crate::store::Store::answer)).
    pub fn answer(&self) -> &[u8] {
        &self.bytes
    }

    /// For what is told in the step that records it.
    pub(super) fn contents(&self) -> (&Record, Option<&super::Disclosed>) {
        (&self.record, self.verdict.claims())
    }

    /// What answering claims in the same step ([`Store::answer_claiming`]): the record that it supersedes. Whoever records it without the
    /// claim lets a second answer supersede the same.
    pub fn claim(&self) -> Option<Claim<'_>> {
        let key = self.supersedes.as_deref()?.as_bytes();
        Some(Claim { space: SUPERSEDED, key, by: self.nonce.as_bytes() })
    }

    /// Takes the step in a store: the answer, with its claim where it has one. [`recorded`](Self::recorded) says what that means.
    pub fn record(&self, store: &dyn Store, now: Timestamp) -> Result<Answered, StoreError> {
        let (space, key) = (crate::demand::SPACE, self.nonce.as_bytes());
        match self.claim() {
            None => store.answer(space, key, &self.bytes, now),
            Some(claim) => store.answer_claiming(space, key, &self.bytes, claim, now),
        }
    }

    /// The decision, by what the store did. When it failed there is none, and nothing may be accepted.
    pub fn recorded(self, answered: Answered) -> Answer {
        let Self { mut verdict, record, .. } = self;
        let code = match answered {
            Answered::Recorded => return Answer { verdict, record: Some(record) },
            Answered::Already(answer) => return already(verdict, &answer),
            Answered::Expired => ReasonCode::DemandExpired,
            Answered::Unknown => ReasonCode::DemandUnknown,
            Answered::Claimed => ReasonCode::AlreadySuperseded,
        };
        verdict.claims = None;
        verdict.reasons.push(code.into());
        Answer { verdict, record: None }
    }
}

impl std::fmt::Debug for Answering<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answering").field("asked", &self.asked).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Recording {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recording").field("record", &self.record).finish_non_exhaustive()
    }
}

/// Whether both signatures held, and the answer is bound to this demand.
fn answers_it(verdict: &Verdict) -> bool {
    use ReasonCode::{AudienceMismatch, DemandHashMismatch, NonceMismatch};
    verdict.issuer.is_some()
        && ![AudienceMismatch, NonceMismatch, DemandHashMismatch].iter().any(|code| verdict.has(*code))
}

/// Refused, whatever else holds; what else is wrong is still told, because a repeat and a fraud look alike otherwise.
fn already(mut verdict: Verdict, answer: &[u8]) -> Answer {
    verdict.claims = None;
    verdict.reasons.insert(0, ReasonCode::AlreadyAnswered.into());
    verdict.recorded = Record::parse(answer).ok().map(|record| record.verdict());
    Answer { verdict, record: None }
}
