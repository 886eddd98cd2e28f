//! A terminal's outbox: a file a statement, whole or not there.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use realname_token::jose::{Json, Signer, Unverified};

use super::{StatementDraft, TerminalError};
use crate::files::{Disk, Files};
use crate::tree::Hash;

const NEW: &str = "new";
/// Ends the name of a statement's file.
const SUFFIX: &str = ".jwt";

/// The statements of one terminal, in order. Dropping it lets the next process write.
pub struct Outbox {
    files: Arc<dyn Files>,
}

impl Outbox {
    /// The outbox in a directory, which is made when the first statement is written.
    pub fn open(directory: impl AsRef<Path>) -> Result<Self, TerminalError> {
        Self::over(Arc::new(Disk::new(directory.as_ref())))
    }

    /// The outbox in those files.
    pub fn over(files: Arc<dyn Files>) -> Result<Self, TerminalError> {
        if files.lock()? { Ok(Self { files }) } else { Err(TerminalError::InUse) }
    }

    /// Signs a statement behind the last one, and returns once it is safe.
    pub fn push(
        &self,
        draft: &StatementDraft<'_>,
        signer: &dyn Signer,
        delegation: &[String],
        now: Timestamp,
    ) -> Result<u64, TerminalError> {
        let last = numbers(self.files.as_ref())?.into_iter().max();
        let place = match last {
            None => (1, None),
            Some(seq) => (seq + 1, Some(self.digest(seq, draft.terminal)?)),
        };
        let compact = draft.sign(signer, delegation, place, now)?;
        self.files.put(NEW, compact.as_bytes())?;
        self.files.settle()?;
        self.files.rename(NEW, &name(place.0))?;
        self.files.settle()?;
        Ok(place.0)
    }

    /// The digest of a statement, if it is this terminal's and says that number of itself.
    fn digest(&self, seq: u64, terminal: &str) -> Result<Hash, TerminalError> {
        let bytes = self.files.read(&name(seq))?.unwrap_or_default();
        let text = std::str::from_utf8(&bytes).map_err(|_| TerminalError::Damaged)?;
        let jws = Unverified::parse(text).map_err(|_| TerminalError::Damaged)?;
        let payload = jws.peek().map_err(|_| TerminalError::Damaged)?;
        let own = payload.member("terminal_seq").and_then(Json::as_integer) == i64::try_from(seq).ok();
        if own && payload.text("terminal").is_ok_and(|named| named == terminal) {
            Ok(Hash::of(&bytes))
        } else {
            Err(TerminalError::Damaged)
        }
    }
}

/// Statements as they lie in an outbox or a copy of one, each with its file's name.
pub(super) fn statements(files: &dyn Files) -> Result<Vec<(String, Vec<u8>)>, std::io::Error> {
    let mut numbers = numbers(files)?;
    numbers.sort_unstable();
    let read = |seq: u64| {
        let name = name(seq);
        Ok(files.read(&name)?.map(|bytes| (name, bytes)))
    };
    numbers.into_iter().filter_map(|seq| read(seq).transpose()).collect()
}

fn numbers(files: &dyn Files) -> Result<Vec<u64>, std::io::Error> {
    let names = files.names("")?;
    let number = |file: &String| file.strip_suffix(SUFFIX)?.parse().ok().filter(|seq| name(*seq) == *file);
    Ok(names.iter().filter_map(number).collect())
}

fn name(seq: u64) -> String {
    format!("{seq:012}{SUFFIX}")
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbox").finish_non_exhaustive()
    }
}
