//! Figures of agents beside those of their region, out of the journal alone. A figure is where to look first, never a verdict.
//! `docs/anomaly.md` has each with its query.

mod agent;
mod compare;
mod figure;
mod gather;
mod print;

pub use compare::{Compared, FEW, Measured, Peers, compare};
pub use figure::Figure;
pub use gather::Gathering;
pub use print::{csv, svg};

#[cfg(test)]
mod tests;
