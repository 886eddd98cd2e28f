//! What stops a hand-over.

use crate::demand::AskError;
use crate::jose::JoseError;
use crate::profile::{Reason, ReasonCode};
use crate::store::StoreError;

/// A step wasn't taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HandoverError {
    /// The answer is no, for these reasons. The person is told the way to a human being.
    #[error("refused: {}", codes(.0))]
    Refused(Vec<Reason>),
    /// The caller: an order's name.
    #[error("an order's id has 1 to 64 of A-Z a-z 0-9 . _ : -")]
    OrderId,
    /// The caller: the id was opened before.
    #[error("an order of that id was opened before")]
    OrderExists,
    /// The caller: the order was opened for another person or phone number.
    #[error("the order was opened for another person or phone number")]
    OtherOrder,
    /// The caller: how long an order may take.
    #[error("an order takes from an hour to a year")]
    Life,
    /// The demand couldn't be made.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The randomness failed.
    #[error("no randomness for the order's row: {0}")]
    Jose(#[from] JoseError),
    /// A record of ours can't be read: another version wrote it, or the store is damaged.
    #[error("an order's record in the store can't be read")]
    Record,
    /// The store failed. Nothing was decided.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl HandoverError {
    /// The reasons of a refusal; none for any other failure.
    pub fn reasons(&self) -> &[Reason] {
        if let Self::Refused(reasons) = self { reasons } else { &[] }
    }

    /// Whether it was refused for that.
    pub fn has(&self, code: ReasonCode) -> bool {
        self.reasons().iter().any(|reason| reason.code == code)
    }
}

impl From<ReasonCode> for HandoverError {
    fn from(code: ReasonCode) -> Self {
        Self::Refused(vec![code.into()])
    }
}

fn codes(reasons: &[Reason]) -> String {
    reasons.iter().map(|reason| reason.code.as_str()).collect::<Vec<_>>().join(", ")
}
