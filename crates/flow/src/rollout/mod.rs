//! The roll-out of second confirmation as the 2010 document had it: service providers whose credit is low first, province by province,
//! after runs that only count. `docs/operator-formats.md` has the policy file and the weekly report.

mod policy;
mod weekly;

pub use policy::{Batch, Mode, Place, Policy};
pub use weekly::{BatchProgress, Shadow, Weekly};

#[cfg(test)]
mod tests;
