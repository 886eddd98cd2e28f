//! What can stop a journal.

use std::io;

use crate::entry::EntryError;
use crate::note::NoteError;

/// Why a journal wasn't opened, or something in it wasn't done. Nothing was written unless the variant says so.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// Nothing that looks like a journal is there.
    #[error("there is no journal here: no file `checkpoint`")]
    Missing,
    /// A journal is there already.
    #[error("a journal is here already")]
    Exists,
    /// Something else is in the directory.
    #[error("the directory isn't empty")]
    Occupied,
    /// Another program writes it.
    #[error("another program has this journal open for writing")]
    InUse,
    /// The checkpoint, a key or a proof.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// An event that can't be an entry. `number` counts from 1 in what was handed in.
    #[error("event {number}: {error}")]
    Event {
        /// Which of those that were handed in.
        number: usize,
        /// Why.
        error: EntryError,
    },
    /// An entry of the journal that can't be one, or that breaks its agent's chain.
    #[error("entry {index}: {error}")]
    Entry {
        /// Its place.
        index: u64,
        /// What is wrong.
        error: EntryError,
    },
    /// A file that the checkpoint needs isn't there.
    #[error("the journal has lost {path}")]
    TileMissing {
        /// Its name below the journal's directory.
        path: String,
    },
    /// A file has not the length or the framing that it must have.
    #[error("the journal's {path} is damaged: it hasn't the form of a tile")]
    TileMalformed {
        /// Its name.
        path: String,
    },
    /// A file says otherwise than the entries below it.
    #[error("the journal's {path} differs from the entries")]
    TileDiffers {
        /// Its name.
        path: String,
    },
    /// The tree isn't that of the checkpoint: entries were changed, or another tree was signed.
    #[error("the journal's tree isn't the one that its checkpoint names")]
    RootDiffers,
    /// There is more than the checkpoint names, or the checkpoint is older than one that was seen.
    #[error("the journal has shrunk: expected at least {expected} entries, got {got}")]
    Shrunk {
        /// What is known to have been there.
        expected: u64,
        /// What the checkpoint says.
        got: u64,
    },
    /// The tree doesn't begin with one that was signed before.
    #[error(
        "the journal was forked: its tree doesn't begin with the one of {size} entries that was seen before"
    )]
    Forked {
        /// How many entries the earlier tree has.
        size: u64,
    },
    /// The file of acknowledged events that aren't in the tree yet is damaged before its end.
    #[error("acknowledged events can't be read: the file `pending` is damaged before its end")]
    Pending,
    /// No entry has that index.
    #[error("the journal has no entry {index}: it has {size}")]
    Index {
        /// What was asked for.
        index: u64,
        /// How many there are.
        size: u64,
    },
    /// A write failed earlier, so what is on the disk is unknown until the journal is opened again.
    #[error("a write failed earlier: the journal must be opened again")]
    Stopped,
    /// The store in which events wait.
    #[error(transparent)]
    Store(#[from] realname_token::store::StoreError),
    /// The disk. What was written may or may not be there; what was acknowledged is.
    #[error("the journal's disk failed")]
    Io(#[from] io::Error),
}
