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
    /// The reply makes no sense: unknown code, wrong schema, wrong signature. Never guessed at.
    #[error("the register's reply isn't understood")]
    Protocol,
    /// Sent, outcome unknown. Reconcile by the query's idempotency key; never send it again blindly: it may be billed.
    #[error("the query was sent and no reply came: the outcome is unknown")]
    Indeterminate,
}

impl AuthorityError {
    /// Whether the same query may be asked again later without anybody changing anything. `Indeterminate` is no: it is
    /// reconciled, not repeated.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Transient { .. } | Self::Quota { .. })
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
