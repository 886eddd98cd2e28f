//! What goes wrong when asking, and when taking a demand to answer.

use jiff::SignedDuration;

use crate::jose::JoseError;
use crate::profile::{Check, Locality, OutsideText, ReasonCode};
use crate::store::StoreError;
use crate::trust::{TrustError, jose_code};

/// Why a demand wasn't made. The caller's fault, except for the last two.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AskError {
    /// A high-risk purpose without an expectation: anybody's genuine card would do.
    #[error("a high-risk purpose needs an expectation: say whose number it is")]
    ExpectationMissing,
    /// The issuer isn't a URL that goes into a token.
    #[error("the asker's issuer isn't a URL of at most 255 printable ASCII characters")]
    Issuer,
    /// Not a number in E.164 form.
    #[error("not a phone number: expected + and 5 to 15 digits (E.164)")]
    Number,
    /// Life of zero, below, or above what terminals answer.
    #[error("a demand lives from 1 to {} seconds, got {}: terminals refuse a longer one", .limit.as_secs(), .got.as_secs())]
    Life {
        /// Longest.
        limit: SignedDuration,
        /// What was asked for.
        got: SignedDuration,
    },
    /// A check that can't be made where the person has to be checked: nobody could answer.
    #[error("checks: {check} is refused: it can't be made where the demand wants it ({locality})")]
    Impossible {
        /// The check.
        check: Check,
        /// Where the person has to be checked.
        locality: Locality,
    },
    /// A value that no terminal takes, or that would let nobody answer.
    #[error("{member}: {value} is refused: {problem}")]
    Value {
        /// Which part of the demand.
        member: &'static str,
        /// What stands there; a text for the person isn't repeated.
        value: OutsideText,
        /// What is expected.
        problem: &'static str,
    },
    /// A demand about a number without one.
    #[error("a transaction text or region needs a number")]
    NumberMissing,
    /// 128 fresh random bits were there already: the system's randomness is broken.
    #[error("a fresh nonce was used before: this machine's randomness is broken")]
    NonceTaken,
    /// Signing failed.
    #[error(transparent)]
    Jose(#[from] JoseError),
    /// The store failed: the demand wasn't remembered and must not be sent.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a demand isn't answered. The asker's fault, or that of the trust list.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The asker isn't trusted with it.
    #[error("the demand was refused: {0}")]
    Trust(#[from] TrustError),
    /// The demand's JOSE layer.
    #[error("the demand was refused: {0}")]
    Jose(JoseError),
    /// A member is missing, of the wrong type, or can't be answered.
    #[error("the demand was refused: `{0}` is missing, of the wrong type, or can't be answered")]
    Member(&'static str),
    /// A text for the person, or an id, that could forge what is shown around it.
    #[error(
        "the demand was refused: `{0}` is empty, too long, or holds characters that aren't allowed there"
    )]
    Text(&'static str),
    /// `iat` or `exp` isn't there, or no integer.
    #[error("the demand was refused: `{0}` isn't a time")]
    Time(&'static str),
    /// Its time is over.
    #[error("the demand has expired")]
    Expired,
    /// Its time hasn't come.
    #[error("the demand is from the future")]
    FromFuture,
    /// It lives longer than this terminal answers.
    #[error("the demand lives too long: expected at most {} seconds, got {}", .limit.as_secs(), .got.as_secs())]
    TooLong {
        /// Longest that is answered.
        limit: SignedDuration,
        /// Its life.
        got: SignedDuration,
    },
    /// A transaction of a type that isn't understood: its text can't be believed to say what will happen.
    #[error("the demand is about a transaction of an unknown type")]
    TransactionUnknown,
}

impl AnswerError {
    /// The member that it is about.
    pub(super) fn member(&self) -> Option<&'static str> {
        match self {
            Self::Member(name) | Self::Text(name) | Self::Time(name) => Some(name),
            _ => None,
        }
    }

    /// The reason code. `None` when a store failed.
    pub fn reason(&self) -> Option<ReasonCode> {
        Some(match self {
            Self::Trust(error) => return error.reason(),
            Self::Jose(JoseError::Parts) => ReasonCode::DemandMalformed,
            Self::Jose(error) => jose_code(error),
            Self::Member(_) => ReasonCode::DemandMalformed,
            Self::Text(_) => ReasonCode::TextUnsafe,
            Self::Time(_) => ReasonCode::TimeMalformed,
            Self::Expired => ReasonCode::DemandExpired,
            Self::FromFuture => ReasonCode::IssuedInFuture,
            Self::TooLong { .. } => ReasonCode::DemandTooLong,
            Self::TransactionUnknown => ReasonCode::TransactionUnknown,
        })
    }
}

impl From<JoseError> for AnswerError {
    fn from(error: JoseError) -> Self {
        match error {
            JoseError::Member(name) => Self::Member(name),
            other => Self::Jose(other),
        }
    }
}
