//! What stops a cancellation.

use crate::confirmation::ConfirmationError;
use crate::demand::AskError;
use crate::jose::JoseError;
use crate::profile::{Reason, ReasonCode};
use crate::rely::sd_jwt_code;
use crate::sd_jwt::SdJwtError;
use crate::store::StoreError;
use crate::trust::{TrustError, jose_code};

/// A step wasn't taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CancellationError {
    /// The answer is no, for these reasons. The person is told the way to a human being.
    #[error("refused: {}", codes(.0))]
    Refused(Vec<Reason>),
    /// The caller: the account isn't that of the case.
    #[error("the account given isn't that of the case")]
    OtherAccount,
    /// The caller: a subscription's name.
    #[error("a subscription's name has 1 to 64 printable ASCII characters")]
    Subscription,
    /// The caller: how long a case may take.
    #[error("a case takes from 60 to 86400 seconds")]
    Life,
    /// The demand couldn't be made.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The second confirmation's grant couldn't be used.
    #[error(transparent)]
    Confirmation(#[from] ConfirmationError),
    /// The key or the randomness failed.
    #[error("the statement couldn't be signed: {0}")]
    Jose(#[from] JoseError),
    /// A record of ours can't be read: another version wrote it, or the store is damaged.
    #[error("a cancellation's record in the store can't be read")]
    Record,
    /// The store failed. Nothing was decided.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CancellationError {
    /// The reasons of a refusal; none for any other failure.
    pub fn reasons(&self) -> &[Reason] {
        if let Self::Refused(reasons) = self { reasons } else { &[] }
    }

    /// Whether it was refused for that.
    pub fn has(&self, code: ReasonCode) -> bool {
        self.reasons().iter().any(|reason| reason.code == code)
    }
}

impl From<ReasonCode> for CancellationError {
    fn from(code: ReasonCode) -> Self {
        Self::Refused(vec![code.into()])
    }
}

impl From<SdJwtError> for CancellationError {
    fn from(error: SdJwtError) -> Self {
        match error {
            SdJwtError::Jose(error) => Self::Jose(error),
            _ => Self::Record,
        }
    }
}

/// A snapshot or a receipt was refused by who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("refused: {}", .0.as_str())]
pub struct StatementRefused(
    /// Why.
    pub ReasonCode,
);

impl From<ReasonCode> for StatementRefused {
    fn from(code: ReasonCode) -> Self {
        Self(code)
    }
}

impl From<JoseError> for StatementRefused {
    fn from(error: JoseError) -> Self {
        Self(match error {
            JoseError::Member(_) => ReasonCode::ClaimMalformed,
            error => jose_code(&error),
        })
    }
}

impl From<SdJwtError> for StatementRefused {
    fn from(error: SdJwtError) -> Self {
        Self(sd_jwt_code(&error))
    }
}

impl From<TrustError> for StatementRefused {
    fn from(error: TrustError) -> Self {
        // No store is asked here, so there is always a code.
        Self(error.reason().unwrap_or(ReasonCode::KeyUnknown))
    }
}

fn codes(reasons: &[Reason]) -> String {
    reasons.iter().map(|reason| reason.code.as_str()).collect::<Vec<_>>().join(", ")
}
