//! The issuing side: signed facts, and the answer to one demand. Answers nothing but a [`VerifiedDemand`], and attests
//! nothing but a [`Verified`].
//!
//! [`VerifiedDemand`]: crate::demand::VerifiedDemand
//! [`Verified`]: crate::appraisal::Verified

mod attestation;
mod attestor;
mod collection;
mod conclusion;
mod error;
mod evidence;
mod explain;
mod instant;
mod payload;
mod terminal;
#[cfg(test)]
pub(crate) mod tests;

pub use attestation::Attestation;
pub use attestor::Attestor;
pub use collection::{Collector, Enrolled, Session};
pub use error::AttestError;
pub use terminal::Terminal;
