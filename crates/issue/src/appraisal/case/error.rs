//! Why there is no case, or no decision.

use crate::appraisal::{Piece, Refusal};
use crate::document::{Origin, SamId};
use crate::profile::{Locality, Purpose};

/// A case can't be opened or decided as asked. The fault is the caller's or the set-up's, never the person's; nobody was
/// asked anything.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CaseError {
    /// Production was asked for, and the card came from a reader in software or a recording.
    #[error("a reading of origin {origin} can only be a test, production was asked for")]
    TestEvidence {
        /// Where the bytes came from.
        origin: Origin,
    },
    /// Production was asked for, and this reader isn't enrolled.
    #[error("the reader {sam_id} isn't enrolled for this terminal, production was asked for")]
    NotEnrolled {
        /// Which reader.
        sam_id: SamId,
    },
    /// Production was asked for, and the register is a test one.
    #[error("the register {authority} is a test register, production was asked for")]
    TestAuthority {
        /// Which register.
        authority: String,
    },
    /// The policy says nothing about this purpose.
    #[error("the policy doesn't cover the purpose {purpose}")]
    PurposeNotCovered {
        /// Which.
        purpose: Purpose,
    },
    /// The policy is for another place.
    #[error("the policy is for {expected} checks, the evidence is {got}")]
    OtherLocality {
        /// The policy's.
        expected: Locality,
        /// The evidence's.
        got: Locality,
    },
    /// The person didn't agree to this purpose.
    #[error("the person hasn't agreed to the purpose {purpose}")]
    NoConsent {
        /// Which.
        purpose: Purpose,
    },
    /// A piece of evidence is from another session.
    #[error("the {piece} is {age_seconds} s old, the policy allows {limit_seconds} s")]
    Stale {
        /// Which.
        piece: Piece,
        /// How old it is.
        age_seconds: u64,
        /// How old it may be.
        limit_seconds: u64,
    },
    /// A piece of evidence is dated after now.
    #[error("the {piece} is dated after now: check the clocks")]
    FromTheFuture {
        /// Which.
        piece: Piece,
    },
    /// The card holds no name or no number to ask about.
    #[error("the card has a blank name or number")]
    BlankCard,
}

/// [`Case::decide`](super::Case::decide) ended without a [`Verified`](crate::appraisal::Verified).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecideError {
    /// Nothing was asked: the set-up is wrong.
    #[error(transparent)]
    Setup(#[from] CaseError),
    /// The appraisal didn't pass.
    #[error(transparent)]
    Refused(#[from] Refusal),
}
