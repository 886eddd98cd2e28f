//! Why something isn't trusted.

use super::DraftError;
use crate::jose::JoseError;
use crate::profile::ReasonCode;
use crate::store::StoreError;

/// Why an anchor, a list, a key or a delegation was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// The caller's anchor file can't be read.
    #[error("the anchor file can't be read: {0}")]
    Anchor(JoseError),
    /// No valid anchor has the key that signed the list.
    #[error("no anchor that is valid signed the trust list")]
    AnchorUnknown,
    /// The anchor that signed the list isn't valid now: its time hasn't come or is over, or this machine's clock is wrong.
    #[error("the anchor that signed the trust list isn't valid at this computer's time")]
    AnchorOutsideWindow,
    /// The list's signature doesn't verify.
    #[error("the trust list's signature doesn't verify")]
    ListSignature,
    /// The list's JOSE layer.
    #[error("the trust list was refused: {0}")]
    List(JoseError),
    /// A member of the list is missing or of the wrong type.
    #[error("the trust list was refused: `{0}` is missing or of the wrong type")]
    ListMember(&'static str),
    /// A text or an id that could forge what is shown around it.
    #[error("`{0}` is empty, too long, or holds characters that aren't allowed there")]
    Text(&'static str),
    /// What was to be signed can't be meant. The writer's fault.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// `exp` is over.
    #[error("the trust list has expired")]
    ListExpired,
    /// `iat` is in the future.
    #[error("the trust list is from the future")]
    ListFromFuture,
    /// A higher sequence was seen.
    #[error("a newer trust list was used before: expected at least sequence {seen}, got {got}")]
    RolledBack {
        /// The highest seen.
        seen: u64,
        /// That of the list.
        got: u64,
    },
    /// The same sequence was seen with another content.
    #[error("two different trust lists have sequence {sequence}")]
    Conflicting {
        /// That sequence.
        sequence: u64,
    },
    /// No listed key has that `kid`.
    #[error("no listed key has that kid")]
    KeyUnknown,
    /// Not listed for that `iss`.
    #[error("the key may not sign for that issuer")]
    KeyOtherIssuer,
    /// Listed for another role.
    #[error("the key is listed for another role")]
    KeyOtherRole,
    /// Not valid when it signed.
    #[error("the key wasn't valid when it signed")]
    KeyOutsideWindow,
    /// Revoked before it signed.
    #[error("the key was revoked before it signed")]
    KeyRevoked,
    /// Revoked for compromise.
    #[error("the key was revoked for compromise")]
    KeyCompromised,
    /// A `kid` that isn't the thumbprint of its key.
    #[error("a kid isn't the thumbprint of its key")]
    KidMismatch,
    /// The asker may not ask for that purpose or those claims.
    #[error("the asker may not ask for that purpose or those claims")]
    AskerNotAllowed,
    /// A delegation statement's JOSE layer.
    #[error("a delegation statement was refused: {0}")]
    Delegation(JoseError),
    /// A member of a delegation statement is missing or of the wrong type.
    #[error("a delegation statement was refused: `{0}` is missing or of the wrong type")]
    DelegationMember(&'static str),
    /// Links that don't fit.
    #[error("the delegation chain's links don't fit")]
    DelegationLink,
    /// Too many links.
    #[error("too many delegation statements: expected at most {limit}", limit = crate::profile::DELEGATION_LINKS)]
    DelegationChainTooLong,
    /// Valid for too long.
    #[error("a delegation statement is valid for more than seven days")]
    DelegationTooLong,
    /// Not valid at the time that counts.
    #[error("a delegation statement isn't valid at that time")]
    DelegationExpired,
    /// Allows more than the statement above it.
    #[error("a delegation statement allows more than the one above it")]
    DelegationWidened,
    /// The attestation says more than allowed.
    #[error("the attestation says more than its delegation allows")]
    DelegationExceeded,
    /// A constraint that isn't understood.
    #[error("a delegation statement has a constraint that isn't understood")]
    DelegationConstraintUnknown,
    /// The store failed. This is no verdict.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TrustError {
    /// The reason code. `None` when the store failed: then nothing was decided.
    pub fn reason(&self) -> Option<ReasonCode> {
        Some(match self {
            // What isn't a token at all is told by what it should have been.
            Self::List(JoseError::Parts) => ReasonCode::ListMalformed,
            Self::Delegation(JoseError::Parts) => ReasonCode::DelegationMalformed,
            Self::Anchor(error) | Self::List(error) | Self::Delegation(error) => super::jose_code(error),
            Self::AnchorUnknown => ReasonCode::AnchorUnknown,
            Self::ListSignature => ReasonCode::ListSignature,
            Self::ListMember(_) => ReasonCode::ListMalformed,
            Self::ListExpired => ReasonCode::ListExpired,
            Self::ListFromFuture => ReasonCode::ListFromFuture,
            Self::AnchorOutsideWindow => ReasonCode::AnchorOutsideWindow,
            Self::Text(_) => ReasonCode::TextUnsafe,
            Self::Draft(_) => ReasonCode::DelegationMalformed,
            Self::RolledBack { .. } => ReasonCode::ListRolledBack,
            Self::Conflicting { .. } => ReasonCode::ListConflicting,
            Self::KeyUnknown => ReasonCode::KeyUnknown,
            Self::KeyOtherIssuer => ReasonCode::KeyOtherIssuer,
            Self::KeyOtherRole => ReasonCode::KeyOtherRole,
            Self::KeyOutsideWindow => ReasonCode::KeyOutsideWindow,
            Self::KeyRevoked => ReasonCode::KeyRevoked,
            Self::KeyCompromised => ReasonCode::KeyCompromised,
            Self::KidMismatch => ReasonCode::KidMismatch,
            Self::AskerNotAllowed => ReasonCode::AskerNotAllowed,
            Self::DelegationMember(_) => ReasonCode::DelegationMalformed,
            Self::DelegationLink => ReasonCode::DelegationLink,
            Self::DelegationChainTooLong => ReasonCode::DelegationChainTooLong,
            Self::DelegationTooLong => ReasonCode::DelegationTooLong,
            Self::DelegationExpired => ReasonCode::DelegationExpired,
            Self::DelegationWidened => ReasonCode::DelegationWidened,
            Self::DelegationExceeded => ReasonCode::DelegationExceeded,
            Self::DelegationConstraintUnknown => ReasonCode::DelegationConstraintUnknown,
            Self::Store(_) => return None,
        })
    }

    /// A refusal of a list: members are named as its own.
    pub(super) fn list(error: JoseError) -> Self {
        match error {
            JoseError::Signature => Self::ListSignature,
            JoseError::Member(name) => Self::ListMember(name),
            other => Self::List(other),
        }
    }

    /// A refusal of a delegation statement.
    pub(super) fn delegation(error: JoseError) -> Self {
        match error {
            JoseError::Signature => Self::DelegationLink,
            JoseError::Member(name) => Self::DelegationMember(name),
            other => Self::Delegation(other),
        }
    }
}
