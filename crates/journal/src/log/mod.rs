//! The log in its directory: written by one, read by anybody.
//!
//! | file | what |
//! |---|---|
//! | `checkpoint`, `tile/…` | what clients read, as tlog-tiles names them |
//! | `pending` | events that are acknowledged and not in the tree yet |
//! | `agents` | where each agent's chain ends: a cache, made anew when it doesn't fit |
//! | `lock` | held by who writes |

mod agents;
mod audit;
mod bundle;
mod grow;
mod head;
mod intake;
mod open;
mod publish;
mod reader;
mod shared;
mod take;
mod witness;

pub use audit::{Audit, Audited};
pub use grow::{Appended, Journal, MOST_PENDING, Receipt};
pub use reader::Reader;
pub use shared::SharedJournal;
pub use witness::{Witness, Witnessed};

/// The signed checkpoint.
const CHECKPOINT: &str = "checkpoint";
/// Acknowledged events.
const PENDING: &str = "pending";
/// The cache of the agents' chains.
const AGENTS: &str = "agents";
/// What is written before it gets its name.
const NEW: &str = "new";

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the tests have files and clocks")]
mod tests;
