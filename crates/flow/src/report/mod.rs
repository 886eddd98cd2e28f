//! Reports of spam messages: taken in once, judged, answered in time. `docs/report.md`.
//!
//! ```text
//!  received ─▶ matched (lease | subscriber | nobody's) ─▶ judged (held | not_held) ─▶ measured ─▶ answered
//! ```

mod desk;
mod error;
mod events;
mod item;
mod outcome;
mod rules;

pub use desk::{Progress, Received, Report, Reports, Standings};
pub use error::ReportError;
pub use events::Reported;
pub use item::{Judged, Match};
pub use outcome::{OUTCOME_TYP, Outcome};
pub use rules::Rules;

#[cfg(test)]
mod tests;
