//! Figures for the regulator, in one file with all that they are made of: the checkpoint, its cosignatures, every entry of the journal. Who
//! holds the file recomputes each figure; `docs/annual.md` says how.

mod bundle;
mod error;
mod figures;

pub use bundle::{Verified, verify, write};
pub use error::AnnualError;
pub use figures::{Figures, QUERIES, Query};

#[cfg(test)]
mod tests;
