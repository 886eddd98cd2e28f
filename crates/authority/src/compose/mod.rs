//! Authorities made of authorities: retried, guarded, with a fallback, cached, audited.
//!
//! What each decides is a core that is handed `now` ([`Retry`], [`Breaker`], [`Allowance`]), so that async callers decide the
//! same; around it stands a thin authority that reads a clock and waits.
//!
//! The usual order, from the inside: the register, [`Guarded`] (don't ask what can't answer), [`Retrying`] (ask again where
//! that is safe), [`Fallback`] over several of these, [`Cached`], and outermost [`Audited`], which sees what the caller
//! sees.
//!
//! ```
//! use realname_authority::compose::*;
//! use realname_authority::*;
//! use realname_terms::IdNumber;
//!
//! let now = jiff::Timestamp::now();
//! let query = Query::new("测试甲", IdNumber::new("119999199001010004"), now, "q1");
//! let busy = Err(AuthorityError::Transient { retry_after: None });
//! let found = Ok(Finding::new(Subject::Found, Meta::new("x", &query, now)));
//! let register = ScriptedAuthority::new([busy, found]);
//!
//! let guarded = Guarded::new(register, Breaker::default(), Allowance::default());
//! let authority = Retrying::new(guarded, RetryPolicy::default());
//! assert_eq!(authority.ask(&query).unwrap().subject, Subject::Found);
//! ```

mod allowance;
mod audited;
mod breaker;
mod cached;
mod fallback;
mod guarded;
mod line_trail;
mod retry;
mod retrying;
mod within;

pub use allowance::{Allowance, Left};
pub use audited::{AuditError, AuditRecord, AuditSink, AuditStep, Audited};
pub use breaker::{Breaker, Permit};
pub use cached::Cached;
pub use fallback::Fallback;
pub use guarded::Guarded;
pub use line_trail::LineTrail;
pub use retry::{Retry, RetryPolicy, Step};
pub use retrying::Retrying;
pub use within::Within;

#[cfg(test)]
mod tests;
