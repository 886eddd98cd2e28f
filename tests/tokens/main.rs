//! Both sides of a token, as users see them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod attacks;
mod cancellation;
mod change;
mod demand;
mod drafts;
mod handover;
mod rely;
mod spaces;
mod trust;
mod trust_runbook;
