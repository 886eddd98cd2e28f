//! Why there is no answer.

use std::time::Duration;

use jiff::Timestamp;

use super::QueryField;

/// The authority couldn't answer. It says nothing about the person, and never becomes a pass.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    /// Nothing was sent, or the register said "later": the same query may be asked again.
    #[error("the register can't be reached at the moment")]
    Transient {
        /// When it is worth trying again, if the register said so.
        retry_after: Option<Duration>,
    },
    /// The caller's allowance is used up.
    #[error("the {scope} allowance at the register is used up")]
    Quota {
        /// Which allowance.
        scope: QuotaScope,
        /// When there is one again.
        reset: Option<Timestamp>,
    },
    /// The register refuses to look with this value. The clerk checks it against the document.
    #[error("the register doesn't take the {field} of the query")]
    InvalidInput {
        /// Which value.
        field: QueryField,
    },
    /// The register doesn't know or doesn't admit the caller: credentials, contract, address.
    #[error("the register denies this caller access")]
    Denied,
    /// The register's own rules forbid an answer (protected person, region, purpose not allowed).
    #[error("the register's rules forbid an answer")]
    PolicyBlocked,
    /// The register can't do what was asked.
    #[error("the register doesn't offer what was asked")]
    Unsupported,
    /// The register says that the request itself is wrong. The operator corrects the configuration.
    #[error("the register says that the request to it is malformed")]
    BadRequest,
    /// The reply makes no sense: unknown code, wrong schema, wrong signature. Never guessed at.
    #[error("the register's reply isn't understood")]
    Protocol,
    /// Sent, outcome unknown. Reconcile by the query's idempotency key; never send it again blindly: it may be billed.
    #[error("the query was sent and no reply came: the outcome is unknown")]
    Indeterminate,
}

// Each question below is answered for every kind of error by name, so that a new kind can't be forgotten.
impl AuthorityError {
    /// Whether the same query may be asked again later without anybody changing anything. `Indeterminate` is no: it is
    /// reconciled, not repeated.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Transient { .. } | Self::Quota { .. } => true,
            Self::InvalidInput { .. }
            | Self::Denied
            | Self::PolicyBlocked
            | Self::Unsupported
            | Self::BadRequest
            | Self::Protocol
            | Self::Indeterminate => false,
        }
    }

    /// Whether another register may be asked the same question now.
    ///
    /// Only after what says nothing about the person and leaves nothing open. A refusal is an answer, whatever it is called:
    /// a person's tries that are used up, a person who is protected, a value that isn't taken, a reply that wasn't
    /// understood (it may have been a "no") aren't taken to another register for a better one.
    pub fn may_ask_another(&self) -> bool {
        match self {
            Self::Transient { .. } | Self::Denied | Self::Unsupported => true,
            Self::Quota { scope, .. } => match scope {
                QuotaScope::Rate | QuotaScope::Daily | QuotaScope::Contract => true,
                QuotaScope::Person => false,
            },
            Self::InvalidInput { .. }
            | Self::PolicyBlocked
            | Self::BadRequest
            | Self::Protocol
            | Self::Indeterminate => false,
        }
    }

    /// Whether it shows that the register doesn't work. What a working register says doesn't: a refusal, a quota.
    pub(super) fn shows_a_failure(&self) -> bool {
        match self {
            Self::Transient { .. } | Self::Protocol | Self::Indeterminate => true,
            Self::Quota { .. }
            | Self::InvalidInput { .. }
            | Self::Denied
            | Self::PolicyBlocked
            | Self::Unsupported
            | Self::BadRequest => false,
        }
    }
}

/// Which allowance was used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QuotaScope {
    /// Requests a second.
    Rate,
    /// Requests a day.
    Daily,
    /// What the contract covers.
    Contract,
    /// Tries for this person.
    Person,
}

impl std::fmt::Display for QuotaScope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Rate => "rate",
            Self::Daily => "daily",
            Self::Contract => "contract",
            Self::Person => "per-person",
        })
    }
}
