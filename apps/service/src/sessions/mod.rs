//! Sessions of online checks.

use jiff::Timestamp;

use crate::config::Limits;

/// All open sessions of this process.
pub(crate) struct Sessions {}

impl Sessions {
    pub(crate) fn new(_limits: &Limits) -> Self {
        Self {}
    }

    /// How many are open.
    pub(crate) fn open(&self) -> usize {
        0
    }

    /// Ends those whose time is over.
    pub(crate) fn expire(&self, _now: Timestamp) {}
}
