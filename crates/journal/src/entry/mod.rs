//! Entries: one line of canonical JSON (RFC 8785) that names nobody.
//!
//! An entry has members of a fixed list (`docs/journal.md`), each of one form: ids, digests, times, counts, truth values. No form
//! takes free text, so neither a name nor an address fits into one; a text with eleven digits in a row, and a number as long, is
//! refused, because telephone and identity numbers look like that. What that can't see is said in the page.
//!
//! Texts are visible ASCII and numbers are integers, so the order and the writing of RFC 8785 are those of `token`'s JSON.

mod accepted;
mod chain;
mod error;
mod event;
mod form;
mod scan;

pub use chain::{Chains, Staged};
pub use error::EntryError;
pub use event::{Event, Stated};
pub use form::{Form, MEMBERS};
pub use scan::{Entry, Value};

/// Most bytes of an entry: its length stands in two bytes (tlog-tiles).
pub const MOST_BYTES: usize = 65_535;
/// Largest count: below the shortest telephone number with its area.
pub const MOST_COUNT: u64 = 9_999_999_999;

#[cfg(test)]
mod tests;
