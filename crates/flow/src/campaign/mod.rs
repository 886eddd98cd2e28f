//! Campaigns: numbers whose holders are called back and verified again. `docs/campaign.md`.
//!
//! ```text
//!  import ─▶ due ─next─▶ attempted (1 … k) ─┬─ demand ─▶ a fresh attestation answers it ─▶ verified
//!             │   each to one caller        └─ deadline ─▶ notice ─▶ measured ── the same ─▶ verified (lifted)
//!             └──────────── windows of the day, gaps, attempts: data ────────────┘
//! ```
//!
//! What a campaign knows of a number stands in one task of a [`Queue`](crate::store::Queue): every step changes it once, however often and by
//! whomever it is repeated.

mod answered;
mod caller;
mod close;
mod desk;
mod error;
mod events;
mod item;
mod progress;
mod rules;

#[cfg(feature = "http")]
pub use caller::HttpCaller;
pub use caller::{Called, Caller, CallerError, LineCaller};
pub use close::{Action, Closing, Todo};
pub use desk::{Call, Campaign, Import, Next};
pub use error::CampaignError;
pub use events::Told;
pub use item::Outcome;
pub use progress::Progress;
pub use rules::{Measure, Rules};

#[cfg(test)]
mod tests;
