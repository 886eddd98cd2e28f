//! Why a store couldn't do its work.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A store couldn't do its work: nothing may be accepted on it.
///
/// Unless the variant says otherwise, nothing was recorded. It carries no key, value or member, and neither does its
/// source. Cheap to clone, since one failed commit is told to all who waited for it.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The caller: something is longer than a store keeps.
    #[error("the {field} is too long for the store: at most {max} bytes, got {got}")]
    TooLong {
        /// Which argument.
        field: Field,
        /// The limit in bytes.
        max: usize,
        /// Its length in bytes.
        got: usize,
    },
    /// Others held the store all the time that we wait. Try again later.
    #[error("the store is busy: no turn within {waited:?}")]
    Busy {
        /// How long was waited.
        waited: Duration,
    },
    /// The disk, the quota of the file system or the server's table space is used up.
    #[error("no space is left for the store")]
    NoSpace,
    /// This process may not write the file, or the server is a standby.
    #[error("the store is read-only")]
    ReadOnly,
    /// The file is damaged, or holds what this crate never wrote; the handle refuses from now on. Restore a backup.
    #[error("the store is damaged")]
    Corrupt,
    /// It is somebody else's database.
    #[error("this is a database of another program")]
    Foreign,
    /// There is no store here, and none was made.
    #[error("there is no store here")]
    Missing,
    /// There is a file here already.
    #[error("there is a file here already")]
    Exists,
    /// It is a backup of a store, which isn't answered from: what came after it is unknown there. Restore it.
    #[error("this is a backup of a store, not a store")]
    Backup,
    /// The store isn't where it was when it was opened, so another may be there by now and give the same answers again. **It
    /// may have been recorded**, in a file that nobody opens any more; the handle refuses from now on.
    #[error("{what} while it was open; the store refuses from now on")]
    Displaced {
        /// What isn't where it was.
        what: Displaced,
    },
    /// Another version of this crate made it.
    #[error("the store has schema version {got}, this program reads version {expected}")]
    SchemaVersion {
        /// The version that this crate reads and makes.
        expected: i32,
        /// The version found.
        got: i32,
    },
    /// The engine is set up so that a crash may lose what it called recorded.
    #[error("the store can't promise to keep what it records: {missing}")]
    NotDurable {
        /// What is missing for the promise.
        missing: Durability,
    },
    /// The server's address can't be understood. It isn't quoted, since it may hold a password.
    #[error("the address of the store's server can't be understood")]
    Address,
    /// A password and personal data could cross a network in the clear.
    #[error("the store's server isn't on this machine, and TLS isn't required")]
    PlainText,
    /// The server can't be reached, or doesn't let us in. Try again later.
    #[error("the store's server can't be reached")]
    Unreachable {
        /// What the engine says.
        #[source]
        source: EngineError,
    },
    /// The connection broke while the step ran, the server said nothing in time, or it stopped waiting for its standby. **It
    /// may have been recorded**: repeat the step or look.
    #[error("the connection to the store broke during a step, which may or may not have been recorded")]
    Interrupted {
        /// What the engine says.
        #[source]
        source: EngineError,
    },
    /// Reading, writing or syncing failed below the store, so what is on the disk is uncertain. **It may have been
    /// recorded**; this handle refuses from now on. Look after the disk before opening it again.
    #[error(
        "the disk failed during a step, which may or may not have been recorded; the store refuses from now on"
    )]
    DiskFailed {
        /// What the engine says.
        #[source]
        source: EngineError,
    },
    /// An earlier failure made the state uncertain; nothing was tried.
    #[error("the store refuses since an earlier failure")]
    Poisoned,
    /// The store's own thread has ended. **It may have been recorded.**
    #[error("the store has stopped")]
    Stopped,
    /// The engine failed in another way.
    #[error("the store failed")]
    Backend {
        /// What the engine says.
        #[source]
        source: EngineError,
    },
}

impl StoreError {
    /// Whether the failed step may have been recorded all the same. Repeating it is safe: a step never has two winners.
    pub fn may_be_recorded(&self) -> bool {
        match self {
            Self::Interrupted { .. } | Self::DiskFailed { .. } | Self::Displaced { .. } | Self::Stopped => {
                true
            }
            Self::TooLong { .. }
            | Self::Busy { .. }
            | Self::NoSpace
            | Self::ReadOnly
            | Self::Corrupt
            | Self::Foreign
            | Self::Missing
            | Self::Exists
            | Self::Backup
            | Self::SchemaVersion { .. }
            | Self::NotDurable { .. }
            | Self::Address
            | Self::PlainText
            | Self::Unreachable { .. }
            | Self::Poisoned
            | Self::Backend { .. } => false,
        }
    }
}

/// What isn't where it was when the store was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Displaced {
    /// The directory.
    Directory,
    /// The file.
    File,
    /// The log or the lock file beside it.
    Log,
    /// The file has a second name (a hard link), under which others don't see this one's log.
    Linked,
}

impl fmt::Display for Displaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Directory => "the store's directory was moved, replaced or deleted",
            Self::File => "the store's file was moved, replaced or deleted",
            Self::Log => "the store's log was moved, replaced or deleted",
            Self::Linked => "the store's file was given a second name",
        })
    }
}

/// Which argument was too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field {
    /// The key.
    Key,
    /// The value.
    Value,
    /// The answer.
    Answer,
    /// The member to count.
    Member,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key => "key",
            Self::Value => "value",
            Self::Answer => "answer",
            Self::Member => "member",
        })
    }
}

/// What an engine lacks to keep what it recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// SQLite can't use its write-ahead log there, as on some network file systems.
    WriteAheadLog,
    /// The PostgreSQL server runs with `fsync = off`.
    ServerFsync,
}

impl fmt::Display for Durability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WriteAheadLog => "the file system has no shared memory for a write-ahead log",
            Self::ServerFsync => "the server runs with fsync = off",
        })
    }
}

/// An engine's own error, shared.
#[derive(Clone)]
pub struct EngineError(Arc<dyn Error + Send + Sync>);

impl EngineError {
    /// Only for errors that never quote keys or values.
    pub fn new(source: impl Error + Send + Sync + 'static) -> Self {
        Self(Arc::new(source))
    }
}

impl fmt::Debug for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Error for EngineError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

#[cfg(test)]
mod tests {
    use realname_terms::Explain;

    use super::*;

    #[test]
    fn each_says_what_is_wrong() {
        let source = EngineError::new(std::io::Error::other("engine"));
        let said = [
            (
                StoreError::TooLong { field: Field::Member, max: 255, got: 256 },
                "the member is too long for the store: at most 255 bytes, got 256",
            ),
            (StoreError::Busy { waited: Duration::from_secs(10) }, "the store is busy: no turn within 10s"),
            (StoreError::NoSpace, "no space is left for the store"),
            (StoreError::ReadOnly, "the store is read-only"),
            (StoreError::Corrupt, "the store is damaged"),
            (StoreError::Foreign, "this is a database of another program"),
            (StoreError::Missing, "there is no store here"),
            (StoreError::Exists, "there is a file here already"),
            (StoreError::Backup, "this is a backup of a store, not a store"),
            (
                StoreError::SchemaVersion { expected: 1, got: 2 },
                "the store has schema version 2, this program reads version 1",
            ),
            (
                StoreError::NotDurable { missing: Durability::ServerFsync },
                "the store can't promise to keep what it records: the server runs with fsync = off",
            ),
            (
                StoreError::NotDurable { missing: Durability::WriteAheadLog },
                "the store can't promise to keep what it records: \
                 the file system has no shared memory for a write-ahead log",
            ),
            (StoreError::Address, "the address of the store's server can't be understood"),
            (StoreError::PlainText, "the store's server isn't on this machine, and TLS isn't required"),
            (StoreError::Unreachable { source: source.clone() }, "the store's server can't be reached"),
            (
                StoreError::Interrupted { source: source.clone() },
                "the connection to the store broke during a step, which may or may not have been recorded",
            ),
            (
                StoreError::DiskFailed { source: source.clone() },
                "the disk failed during a step, which may or may not have been recorded; \
                 the store refuses from now on",
            ),
            (StoreError::Poisoned, "the store refuses since an earlier failure"),
            (StoreError::Stopped, "the store has stopped"),
            (StoreError::Backend { source }, "the store failed"),
        ];
        for (error, text) in said {
            assert_eq!(error.to_string(), text);
            let unsure = text.contains("may or may not") || matches!(error, StoreError::Stopped);
            assert_eq!(error.may_be_recorded(), unsure, "{text}");
            assert_eq!(error.source().map(ToString::to_string), source_of(&error), "{text}");
            assert!(
                error.code().starts_with("store_") && !Explain::entry(&error).advice.en.is_empty(),
                "{text}"
            );
        }
    }

    #[test]
    fn a_store_that_was_moved_may_have_recorded() {
        for (what, text) in [
            (Displaced::Directory, "the store's directory was moved, replaced or deleted"),
            (Displaced::File, "the store's file was moved, replaced or deleted"),
            (Displaced::Log, "the store's log was moved, replaced or deleted"),
            (Displaced::Linked, "the store's file was given a second name"),
        ] {
            let error = StoreError::Displaced { what };
            assert_eq!(error.to_string(), format!("{text} while it was open; the store refuses from now on"));
            assert!(error.may_be_recorded());
        }
    }

    #[test]
    fn whoever_has_a_newer_store_is_told_to_use_the_newer_program() {
        let (newer, older) = (
            StoreError::SchemaVersion { expected: 1, got: 2 },
            StoreError::SchemaVersion { expected: 2, got: 1 },
        );
        assert_eq!((newer.code(), older.code()), ("store_newer", "store_older"));
        assert!(
            Explain::entry(&newer).advice.en.contains("newer version")
                && Explain::entry(&older).advice.en.contains("older version")
        );
    }

    fn source_of(error: &StoreError) -> Option<String> {
        let debug = format!("{error:?}");
        debug.contains("source").then(|| "engine".to_owned())
    }
}
