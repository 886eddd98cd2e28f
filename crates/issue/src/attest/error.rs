//! Why something wasn't attested or presented.

use jiff::SignedDuration;

use crate::jose::{Algorithm, JoseError};
use crate::profile::{Check, ClaimName, Env, OutsideText};
use crate::sd_jwt::SdJwtError;
use crate::trust::TrustError;

/// Why nothing was signed. What the relying party would refuse is refused here, before anything leaves the terminal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AttestError {
    /// The caller's configuration: an issuer that isn't a URL.
    #[error("the issuer isn't a URL of at most 255 printable ASCII characters")]
    Issuer,
    /// The caller's configuration: a life of zero, below, or above a day.
    #[error("an attestation lives from 1 to {} seconds, got {}", .limit.as_secs(), .got.as_secs())]
    Life {
        /// Longest.
        limit: SignedDuration,
        /// What was asked for.
        got: SignedDuration,
    },
    /// The caller's configuration: a terminal, agent or region that isn't an id.
    #[error("{member}: {value} is no id: expected 1 to 64 of A-Z a-z 0-9 . _ : -")]
    Id {
        /// Which.
        member: &'static str,
        /// What was given.
        value: OutsideText,
    },
    /// The session's key is of another algorithm than the operator's.
    #[error(
        "the session's key is {got}, the operator's is {expected}: tell the collector (`Collector::issuer_algorithm`)"
    )]
    SessionAlgorithm {
        /// The operator's.
        expected: Algorithm,
        /// The session's.
        got: Algorithm,
    },
    /// The demand can't be answered with this issuer's key: whoever asks has no library for it.
    #[error("the demand takes no answer that is signed with {got}, as this issuer's are")]
    IssuerAlgorithm {
        /// The issuer's.
        got: Algorithm,
    },
    /// Test evidence for a real demand, or the other way round. Emulated and replayed readings are test evidence.
    #[error("the evidence is for another environment: the demand expects {expected}, got {got}")]
    Env {
        /// The demand's.
        expected: Env,
        /// That of the evidence.
        got: Env,
    },
    /// The person consented to something else.
    #[error("the person consented to another purpose than the demand's")]
    Purpose,
    /// The demand wants another kind of attestation.
    #[error("the demand asks for another kind of attestation")]
    Vct,
    /// The demand is for another terminal.
    #[error("the demand is for another terminal")]
    Terminal,
    /// A check that the demand requires wasn't passed.
    #[error("the demand requires the check {0}, which wasn't passed")]
    Check(Check),
    /// The demand wants the person on site.
    #[error("the demand requires a check on site")]
    NotOnsite,
    /// The check is older than the demand allows.
    #[error("the check is too old for the demand: expected at most {} seconds, got {}", .limit.as_secs(), .got.as_secs())]
    TooOld {
        /// The longest time.
        limit: SignedDuration,
        /// Its age.
        got: SignedDuration,
    },
    /// The person was checked before the demand was made.
    #[error("the person was checked before the demand was made")]
    BeforeDemand,
    /// The check is in the future: the terminal's clock was set back.
    #[error("the check lies in the future: this terminal's clock was changed")]
    Clock,
    /// The demand's time is over.
    #[error("the demand has expired")]
    DemandExpired,
    /// The attestation's time is over.
    #[error("the attestation has expired")]
    Expired,
    /// The attestation was made for another demand.
    #[error("the attestation was made for another demand")]
    OtherDemand,
    /// The photos were taken for another demand, or their chain is broken.
    #[error("the photos were taken for another demand")]
    OtherCapture,
    /// A bundle or an issued attestation that isn't for this operator, terminal, session or time.
    #[error("what was collected or issued isn't for this operator, terminal, session or time")]
    Collection,
    /// The terminal decided by a policy that it isn't enrolled for.
    #[error("the terminal decided by a policy that it isn't enrolled for")]
    Policy,
    /// A claim that the demand asks for isn't known.
    #[error("the demand asks for {0}, which isn't known of this person")]
    FactMissing(ClaimName),
    /// The terminal's delegation doesn't allow it, or no relying party with this trust list would take its signature.
    #[error("this terminal may not sign that: {0}")]
    Delegation(#[from] TrustError),
    /// Signing failed.
    #[error(transparent)]
    Jose(#[from] JoseError),
    /// Disclosing failed.
    #[error(transparent)]
    SdJwt(#[from] SdJwtError),
}
