//! What a terminal says of itself: a signed statement for each attestation and refusal, in a chain of its own, kept in an outbox until
//! the operator takes it in. The journal's key never sits on a terminal, and what a terminal holds back shows as a gap.

mod before;
mod error;
mod ingest;
mod opener;
mod outbox;
mod sealed;
mod statement;

pub use error::TerminalError;
pub use ingest::{Fork, Gap, Ingest, Ingested};
pub use opener::Opener;
pub use outbox::Outbox;
pub use sealed::{OpenWith, SealTo, Sealed};
pub use statement::{Seen, Statement, StatementDraft, TERMINAL_STATEMENT_TYP};

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the tests have files and clocks")]
mod tests;
