//! Putting a signed checkpoint where readers find it.

use super::{CHECKPOINT, NEW};
use crate::JournalError;
use crate::files::Files;
use crate::note::SignedCheckpoint;

/// Puts a checkpoint in the place of the one before, in one step, and makes both content and name safe.
pub(super) fn publish(files: &dyn Files, signed: &SignedCheckpoint) -> Result<(), JournalError> {
    files.put(NEW, signed.to_string().as_bytes())?;
    files.settle()?;
    files.rename(NEW, CHECKPOINT)?;
    Ok(files.settle()?)
}
