//! SQLite's errors in our words.

use std::io;

use rusqlite::{Error, ErrorCode};

use super::patience::PATIENCE;
use crate::store::{EngineError, StoreError};

/// SQLite's messages name tables and columns, never the values bound to a statement.
pub(super) fn sqlite(error: Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { waited: PATIENCE },
        Some(ErrorCode::DiskFull) => StoreError::NoSpace,
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => StoreError::ReadOnly,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt,
        Some(ErrorCode::SystemIoFailure) => StoreError::DiskFailed { source: EngineError::new(error) },
        _ => StoreError::Backend { source: EngineError::new(error) },
    }
}

/// Making the file or its directory failed.
pub(super) fn file(error: io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::NoSpace,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly,
        _ => StoreError::Backend { source: EngineError::new(error) },
    }
}
