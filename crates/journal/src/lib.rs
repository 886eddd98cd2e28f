//! The operator's journal: a transparency log in a directory, as [c2sp.org/tlog-tiles] has it, so that any client of that
//! specification reads it.
//!
//! | part | specification | here |
//! |---|---|---|
//! | tree and proofs | RFC 6962, section 2.1, with SHA-256 | [`tree`] |
//! | tiles, entry bundles | tlog-tiles | [`Journal`] |
//! | checkpoint, cosignature, keys | tlog-checkpoint, tlog-cosignature, signed-note | [`note`] |
//! | proof of one event | tlog-proof | [`note::TlogProof`] |
//! | terminals' own chains | of this crate | [`terminal`] |
//! | keyed digests of a year | HMAC-SHA-256 | [`keyed`] |
//! | entry | canonical JSON (RFC 8785) with the members of `docs/journal.md` | [`entry`] |
//!
//! An event is acknowledged once it is synced in the file `pending`; integration into the tree follows, and only then is a
//! checkpoint signed. What is signed was synced before, so a crash can't make the journal sign two trees.
//!
//! [c2sp.org/tlog-tiles]: https://c2sp.org/tlog-tiles
#![warn(
    missing_docs,
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

pub mod entry;
mod error;
mod explain;
pub mod files;
pub mod keyed;
mod log;
pub mod note;
pub mod terminal;
mod tile;
pub mod tree;

pub use error::JournalError;
pub use log::{
    Appended, Audit, Audited, Journal, MOST_PENDING, Reader, Receipt, SharedJournal, Witness, Witnessed,
};
