//! What keeps a confirmation from being asked or read.

use crate::jose::JoseError;
use crate::sd_jwt::SdJwtError;
use crate::store::StoreError;

/// A confirmation couldn't be worked on. Nothing is confirmed by it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfirmationError {
    /// The caller's issuer isn't a URL that goes into a token.
    #[error("the issuer isn't a URL of at most 255 printable ASCII characters")]
    Issuer,
    /// The caller's limits.
    #[error("a question lives from 1 to 86400 seconds, and takes 1 to 100 replies")]
    Limits,
    /// No unused code could be found for the number: it has too many questions today.
    #[error("the number has too many open questions today")]
    NoCode,
    /// The key or the randomness failed.
    #[error("the grant couldn't be signed: {0}")]
    Jose(#[from] JoseError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record of ours can't be read: another version wrote it, or the store is damaged.
    #[error("a confirmation's record in the store can't be read")]
    Record,
}

impl From<SdJwtError> for ConfirmationError {
    fn from(error: SdJwtError) -> Self {
        match error {
            SdJwtError::Jose(error) => Self::Jose(error),
            _ => Self::Record,
        }
    }
}
