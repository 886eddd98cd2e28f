//! The plug-in that knows the register: what it is asked, and everything that it can answer.
//!
//! Two ways of use, one vocabulary. Either install an [`Authority`] and let
//! `Case::decide` call it; or take `Case::query`, ask
//! however you like (async, batched, by another process), and bring the [`Finding`] back to
//! `Case::appraise`.
//!
//! **A verdict is `Ok`.** "Mismatch", "no such person" and "another face" are findings; [`AuthorityError`] means only that
//! nobody answered. Vendors' codes don't draw that line ("the call succeeded" isn't "the person matches"), so an adapter's
//! work is to draw it. An outage is never a pass.
#![warn(
    missing_docs,
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

mod charge;
mod clock;
pub mod compose;
mod directory;
mod error;
mod explain;
mod finding;
pub mod http;
mod json;
mod query;
mod reference;
mod scripted;
mod serial;
#[cfg(feature = "http-server")]
pub mod serve;
mod words;

pub use clock::{Clock, SystemClock};
pub use directory::{DirectoryAuthority, RegisterError, TestPortraitMatcher};
pub use error::{AuthorityError, QuotaScope};
pub use finding::{
    Attribute, Attributes, DocumentStatus, Face, Finding, InactiveReason, Liveness, Meta, NotFoundHint,
    ProbeFault, Subject,
};
pub use query::{Query, QueryField};
pub use scripted::ScriptedAuthority;

use realname_capture as capture;
use realname_terms as document;
use realname_terms as profile;

/// Knows a register of persons.
///
/// `Case::decide` calls [`ask`](Self::ask) once per case, from the caller's thread, and
/// blocks on it. An implementation keeps [`Query::deadline`] itself, and repeats a request only where nothing was sent:
/// a request that may have arrived is [`AuthorityError::Indeterminate`], because it may have been billed and repeated
/// wrong data gets a caller blocked.
///
/// ```
/// use realname_authority::*;
///
/// /// Fails closed: a register that isn't there yet.
/// struct NotConnected;
///
/// impl Authority for NotConnected {
///     fn id(&self) -> &str {
///         "not-connected"
///     }
///     fn ask(&self, _: &Query) -> Result<Finding, AuthorityError> {
///         Err(AuthorityError::Unsupported)
///     }
/// }
/// assert!(NotConnected.is_test(), "a real register must say so on purpose");
/// ```
pub trait Authority: Send + Sync {
    /// Which register this is; kept in the attestation as evidence. Stable, at most 200 ASCII characters.
    fn id(&self) -> &str;

    /// Whether its answers prove nothing about anybody. The default is `true`, so that a real register has to say so on
    /// purpose and a stand-in can't be mistaken for one.
    fn is_test(&self) -> bool {
        true
    }

    /// Whether it can't be asked without this value: a register of phone numbers wants a phone number. A caller who has one
    /// sends it to whoever asks for it, and to nobody else.
    fn asks_for(&self, field: QueryField) -> bool {
        let _ = field;
        false
    }

    /// Asks about one person.
    ///
    /// # Errors
    /// Only when there is no answer; see [`AuthorityError`] for what each kind lets the caller do.
    fn ask(&self, query: &Query) -> Result<Finding, AuthorityError>;

    /// Looks up what became of a question that was sent and not answered ([`AuthorityError::Indeterminate`]), by its
    /// [`Query::idempotency_key`], without asking it again. Only a register that keeps its answers by key can do it.
    ///
    /// # Errors
    /// [`Unsupported`](AuthorityError::Unsupported) where the register has no such way (the default); otherwise why the
    /// look-up had no answer. An error leaves the outcome unknown.
    fn reconcile(&self, query: &Query) -> Result<Reconciled, AuthorityError> {
        let _ = query;
        Err(AuthorityError::Unsupported)
    }
}

/// What became of a question that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reconciled {
    /// It was answered. This is the answer, or the refusal that would have been given.
    Answered(Result<Finding, AuthorityError>),
    /// The register has never seen it: it may be asked.
    NeverArrived,
    /// It is being worked on: look again later.
    Pending,
}

impl<A: Authority + ?Sized> Authority for &A {
    fn id(&self) -> &str {
        (**self).id()
    }
    fn is_test(&self) -> bool {
        (**self).is_test()
    }
    fn asks_for(&self, field: QueryField) -> bool {
        (**self).asks_for(field)
    }
    fn ask(&self, query: &Query) -> Result<Finding, AuthorityError> {
        (**self).ask(query)
    }
    fn reconcile(&self, query: &Query) -> Result<Reconciled, AuthorityError> {
        (**self).reconcile(query)
    }
}

impl<A: Authority + ?Sized> Authority for Box<A> {
    fn id(&self) -> &str {
        (**self).id()
    }
    fn is_test(&self) -> bool {
        (**self).is_test()
    }
    fn asks_for(&self, field: QueryField) -> bool {
        (**self).asks_for(field)
    }
    fn ask(&self, query: &Query) -> Result<Finding, AuthorityError> {
        (**self).ask(query)
    }
    fn reconcile(&self, query: &Query) -> Result<Reconciled, AuthorityError> {
        (**self).reconcile(query)
    }
}

impl<A: Authority + ?Sized> Authority for std::sync::Arc<A> {
    fn id(&self) -> &str {
        (**self).id()
    }
    fn is_test(&self) -> bool {
        (**self).is_test()
    }
    fn asks_for(&self, field: QueryField) -> bool {
        (**self).asks_for(field)
    }
    fn ask(&self, query: &Query) -> Result<Finding, AuthorityError> {
        (**self).ask(query)
    }
    fn reconcile(&self, query: &Query) -> Result<Reconciled, AuthorityError> {
        (**self).reconcile(query)
    }
}
