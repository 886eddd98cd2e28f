//! Whether a use is covered by a lease.

use jiff::Timestamp;

use super::{LeaseError, Leases, Resource};
use crate::jose::{encode, instant};

/// A use that is covered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// By which lease.
    pub lease: String,
    /// Until when.
    pub until: Timestamp,
}

impl Leases<'_> {
    /// Whether a resource may be used for that now. The error says why not: nobody has it, another scenario, over, a measure against
    /// its holder.
    pub fn check(
        &self,
        resource: Resource,
        id: &str,
        scenario: &str,
        now: Timestamp,
    ) -> Result<Usage, LeaseError> {
        let (key, item) = self.holder_of(resource, id)?.ok_or(LeaseError::Free)?;
        if item.granted.is_none() {
            return Err(LeaseError::Free);
        }
        if item.ended.is_some() || item.until <= now.as_second() {
            return Err(LeaseError::Over);
        }
        if item.scenario != scenario {
            return Err(LeaseError::Scenario);
        }
        if self.is_measured(&item)? {
            return Err(LeaseError::Measured);
        }
        Ok(Usage { lease: encode(&key), until: instant(item.until) })
    }
}
