//! The server's errors in our words.

use std::fmt;
use std::io;

use tokio_postgres::Error;
use tokio_postgres::error::{DbError, Severity, SqlState};

use crate::store::{EngineError, StoreError};

/// Why a step didn't come through.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Another transaction was in the way, and nothing was recorded: take the step again.
    Again,
    /// The server gave the step up, because somebody asked for it or its time was over. Nothing was recorded.
    GivenUp,
    /// The server only reads, now. Nothing was recorded; another one may write.
    ReadOnly,
    /// The connection is of no more use. The step may have been recorded.
    Lost(EngineError),
    /// Anything else.
    Failed(StoreError),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        let Some(code) = error.code().cloned() else { return Self::Lost(EngineError::new(error)) };
        let source = EngineError::new(ServerFault(code.clone()));
        let failed = match code {
            SqlState::T_R_SERIALIZATION_FAILURE
            | SqlState::T_R_DEADLOCK_DETECTED
            | SqlState::LOCK_NOT_AVAILABLE => return Self::Again,
            SqlState::QUERY_CANCELED => return Self::GivenUp,
            SqlState::READ_ONLY_SQL_TRANSACTION => return Self::ReadOnly,
            // Distributed engines: "it may have committed".
            SqlState::T_R_STATEMENT_COMPLETION_UNKNOWN => return Self::Lost(source),
            SqlState::DISK_FULL => StoreError::NoSpace,
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

impl From<Doubt> for Trouble {
    fn from(doubt: Doubt) -> Self {
        Self::Lost(EngineError::new(doubt))
    }
}

/// Connecting failed, so nothing was recorded.
pub(super) fn unreachable(error: Error) -> StoreError {
    if only_reads(&error) {
        return StoreError::ReadOnly;
    }
    match error.code() {
        Some(code) => StoreError::Unreachable { source: EngineError::new(ServerFault(code.clone())) },
        None => StoreError::Unreachable { source: EngineError::new(error) },
    }
}

/// Whether a host was turned down because it only reads: the client's own refusal, which isn't the system's.
fn only_reads(error: &Error) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<io::Error>());
    source.is_some_and(|io| io.kind() == io::ErrorKind::PermissionDenied && io.raw_os_error().is_none())
}

/// Whether a notice means that what the server calls committed may still be lost.
///
/// A commit that stopped waiting for its standby succeeds with nothing but a warning, whose text is translated and whose
/// SQLSTATE is that of any warning. So each warning is taken for that one, unless the server's own source says that it
/// isn't: transaction numbers that run out, and what a trigger's author wrote.
pub(super) fn casts_doubt(notice: &DbError) -> bool {
    const HARMLESS: [&str; 5] = [
        "GetNewTransactionId",
        "SetTransactionIdLimit",
        "GetNewMultiXactId",
        "SetMultiXactIdLimit",
        "exec_stmt_raise",
    ];
    let warning = match notice.parsed_severity() {
        Some(severity) => severity == Severity::Warning,
        // Servers before 9.6 don't say it in a form that isn't translated.
        None => true,
    };
    warning && !notice.routine().is_some_and(|routine| HARMLESS.contains(&routine))
}

/// What makes the outcome of a step uncertain though no connection broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Doubt {
    #[error(
        "the server stopped waiting for its standby: the step is committed there and may be lost with it"
    )]
    Unreplicated,
    #[error("the server gave no answer in time")]
    Overdue,
    #[error("the server's answer is that of another step")]
    OtherStep,
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
