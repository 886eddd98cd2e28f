//! Leases: middle numbers, message ports, IoT cards, lent to a holder for a scenario until a time. `docs/lease.md`.
//!
//! ```text
//!  ask ─▶ demand (urn:realname:purpose:lease, the very resource) ─▶ presentation of the holder ─▶ grant ─▶ use is checked ─▶ end
//! ```

mod desk;
mod error;
mod events;
mod item;
mod rules;
mod usage;

pub use desk::{Ask, Leases};
pub use error::LeaseError;
pub use events::Leased;
pub use rules::{Limit, Rules};
pub use usage::Usage;

pub use realname_token::demand::Resource;

/// What a lease's presentation is for.
pub const PURPOSE: &str = "urn:realname:purpose:lease";

#[cfg(test)]
mod tests;
