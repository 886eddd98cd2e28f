//! Signed notes and what is built on them: checkpoints, cosignatures, proofs of one event, verifier keys.
//!
//! Written after c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature and tlog-proof, over `token`'s Ed25519 (strict). Text of a
//! note counts for nothing until [`SignedCheckpoint::verify`] has judged it.

mod checkpoint;
mod error;
mod signed;
mod tlog_proof;
mod vkey;

pub use checkpoint::{Checkpoint, Cosigned, Quorum, SignedCheckpoint};
pub use error::NoteError;
pub use signed::{MOST_SIGNATURES, Note, NoteSignature};
pub use tlog_proof::TlogProof;
pub use vkey::{KeyKind, VerifierKey};

#[cfg(test)]
mod tests;
