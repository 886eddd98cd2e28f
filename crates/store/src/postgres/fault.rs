//! The server's errors in our words.

use std::fmt;
use std::time::Duration;

use postgres::Error;
use postgres::error::SqlState;

use crate::store::{Fault, StoreError};

/// Why a step didn't come through.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Another transaction was in the way, and nothing was recorded: take the step again.
    Again,
    /// The connection is of no more use. The step may have been recorded.
    Lost(Fault),
    /// Anything else.
    Failed(StoreError),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        let Some(code) = error.code().cloned() else { return Self::Lost(Fault::new(error)) };
        let source = Fault::new(ServerFault(code.clone()));
        let failed = match code {
            SqlState::T_R_SERIALIZATION_FAILURE
            | SqlState::T_R_DEADLOCK_DETECTED
            | SqlState::LOCK_NOT_AVAILABLE => return Self::Again,
            SqlState::QUERY_CANCELED => StoreError::Busy { waited: STATEMENT_PATIENCE },
            SqlState::DISK_FULL => StoreError::NoSpace,
            SqlState::READ_ONLY_SQL_TRANSACTION => StoreError::ReadOnly,
            SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => StoreError::Corrupt,
            // 08: the connection; 57P: the server stops, stopped, or starts.
            code if code.code().starts_with("08") || code.code().starts_with("57P") => {
                return Self::Lost(source);
            }
            // 58: the server's disk, after which it doesn't know either.
            code if code.code().starts_with("58") => StoreError::DiskFailed { source },
            _ => StoreError::Backend { source },
        };
        Self::Failed(failed)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// How long the server may take for one statement.
pub(super) const STATEMENT_PATIENCE: Duration = Duration::from_secs(10);

/// Connecting failed, so nothing was recorded.
pub(super) fn unreachable(error: Error) -> StoreError {
    match error.code() {
        Some(code) => StoreError::Unreachable { source: Fault::new(ServerFault(code.clone())) },
        None => StoreError::Unreachable { source: Fault::new(error) },
    }
}

/// The server's code alone: its texts may quote keys and values.
#[derive(Debug)]
struct ServerFault(SqlState);

impl fmt::Display for ServerFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server answered SQLSTATE {}", self.0.code())
    }
}

impl std::error::Error for ServerFault {}
