//! What stops a replacement or transfer.

use crate::cancellation::CancellationError;
use crate::confirmation::ConfirmationError;
use crate::demand::AskError;
use crate::jose::JoseError;
use crate::profile::{Reason, ReasonCode};
use crate::sd_jwt::SdJwtError;
use crate::store::StoreError;

/// A step wasn't taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// The answer is no, for these reasons. The person is told the way to a human being.
    #[error("refused: {}", codes(.0))]
    Refused(Vec<Reason>),
    /// The caller: the account isn't that of the case.
    #[error("the account given isn't that of the case")]
    OtherAccount,
    /// The caller: card or taker isn't that of the case.
    #[error("the card or the taker given isn't that of the case")]
    OtherChange,
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
    #[error("a record of the replacement or transfer in the store can't be read")]
    Record,
    /// The store failed. Nothing was decided.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ChangeError {
    /// The reasons of a refusal; none for any other failure.
    pub fn reasons(&self) -> &[Reason] {
        if let Self::Refused(reasons) = self { reasons } else { &[] }
    }

    /// Whether it was refused for that.
    pub fn has(&self, code: ReasonCode) -> bool {
        self.reasons().iter().any(|reason| reason.code == code)
    }
}

impl From<ReasonCode> for ChangeError {
    fn from(code: ReasonCode) -> Self {
        Self::Refused(vec![code.into()])
    }
}

impl From<SdJwtError> for ChangeError {
    fn from(error: SdJwtError) -> Self {
        match error {
            SdJwtError::Jose(error) => Self::Jose(error),
            _ => Self::Record,
        }
    }
}

/// What the parts in common with a cancellation say. How an account is named and how long a case takes was settled before.
impl From<CancellationError> for ChangeError {
    fn from(error: CancellationError) -> Self {
        match error {
            CancellationError::Refused(reasons) => Self::Refused(reasons),
            CancellationError::OtherAccount => Self::OtherAccount,
            CancellationError::Ask(error) => Self::Ask(error),
            CancellationError::Confirmation(error) => Self::Confirmation(error),
            CancellationError::Jose(error) => Self::Jose(error),
            CancellationError::Store(error) => Self::Store(error),
            CancellationError::Record | CancellationError::Subscription | CancellationError::Life => {
                Self::Record
            }
        }
    }
}

fn codes(reasons: &[Reason]) -> String {
    reasons.iter().map(|reason| reason.code.as_str()).collect::<Vec<_>>().join(", ")
}
