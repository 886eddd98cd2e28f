//! Why a handle refuses once and for all.

use std::sync::{Arc, OnceLock};

use crate::store::StoreError;

/// Set when the disk's state became uncertain, or the store isn't where it was. It stays.
#[derive(Clone, Default)]
pub(super) struct Poison(Arc<OnceLock<StoreError>>);

impl Poison {
    pub(super) fn is_set(&self) -> bool {
        self.0.get().is_some()
    }

    /// Fails when it is set.
    pub(super) fn refuse(&self) -> Result<(), StoreError> {
        self.0.get().map_or(Ok(()), |why| Err(why.clone()))
    }

    /// Passes a result on, and sets it when that is a failure after which nothing may be relied on.
    pub(super) fn watch<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        let why = match &result {
            Err(StoreError::DiskFailed { .. } | StoreError::Corrupt) => Some(StoreError::Poisoned),
            Err(error @ StoreError::Displaced { .. }) => Some(error.clone()),
            _ => None,
        };
        if let Some(why) = why {
            // The first reason stands.
            let _ = self.0.set(why);
        }
        result
    }
}
