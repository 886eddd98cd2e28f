//! Inspection: a sample of events that nobody can choose, and what the agent produced for it.
//!
//! Operator and witness each commit to 32 random bytes **before** the period closes, with the inspection's terms; the operator closes
//! the period; both reveal. The seed is made of both and of the closed tree, so neither alone, knowing everything but the other's
//! bytes, can make an event less likely to be drawn. Anybody with the journal draws the same: `docs/inspection.md`.

mod draw;
mod error;
mod find;
mod judge;
mod role;
mod terms;

pub use draw::{Sample, is_drawn, seed};
pub use error::InspectionError;
pub use find::Inspection;
pub use judge::{AgentOutcome, Judged, Outcome, Produced, judge, share};
pub use role::Role;
pub use terms::{Secret, Terms};

#[cfg(test)]
mod tests;
