//! A step on its way to the writing thread, and its result on the way back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Instant;

use rusqlite::Connection;

use super::patience::{GRACE, PATIENCE};
use crate::store::{EngineError, StoreError};

/// A step of any result, so that all share one queue.
pub(super) trait Job: Send {
    /// When it was asked for.
    fn begin(&self) -> Instant;

    /// Whether the caller still waits. From here on he is told what became of it, or that nobody knows.
    fn claim(&self) -> bool;

    /// Takes the step inside the current transaction and keeps what it found. Runs again when that was rolled back.
    fn run(&mut self, connection: &Connection) -> Result<(), StoreError>;

    /// Tells the caller: what was found, now that it is committed, or why not.
    fn finish(self: Box<Self>, outcome: Result<(), StoreError>);
}

/// A job from a step, and where its result arrives.
pub(super) fn job<T: Send + 'static>(
    step: impl Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
) -> (Box<dyn Job>, Reply<T>) {
    // Room for the one result, so that the writer never waits for a caller.
    let (reply, result) = sync_channel(1);
    let (begin, claimed) = (Instant::now(), Arc::new(AtomicBool::new(false)));
    (
        Box::new(Waiting { step, found: None, begin, claimed: Arc::clone(&claimed), reply }),
        Reply { begin, claimed, result },
    )
}

/// Where the result of a job arrives.
pub(super) struct Reply<T> {
    begin: Instant,
    claimed: Arc<AtomicBool>,
    result: Receiver<Result<T, StoreError>>,
}

impl<T> Reply<T> {
    /// Waits for it, but not for ever: a disk may hang in the middle of a commit.
    pub(super) fn wait(self) -> Result<T, StoreError> {
        match self.result.recv_timeout(PATIENCE + GRACE) {
            Ok(result) => result,
            Err(RecvTimeoutError::Disconnected) => Err(StoreError::Stopped),
            Err(RecvTimeoutError::Timeout) if self.claimed.swap(true, Ordering::AcqRel) => {
                Err(StoreError::Interrupted { source: EngineError::new(Overdue) })
            }
            // It was never begun, and won't be.
            Err(RecvTimeoutError::Timeout) => Err(StoreError::Busy { waited: self.begin.elapsed() }),
        }
    }
}

/// The commit has begun and didn't end.
#[derive(Debug)]
struct Overdue;

impl std::fmt::Display for Overdue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the disk didn't finish the commit in time")
    }
}

impl std::error::Error for Overdue {}

struct Waiting<T, F> {
    step: F,
    found: Option<T>,
    begin: Instant,
    claimed: Arc<AtomicBool>,
    reply: SyncSender<Result<T, StoreError>>,
}

impl<T, F> Job for Waiting<T, F>
where
    T: Send,
    F: Fn(&Connection) -> Result<T, StoreError> + Send,
{
    fn begin(&self) -> Instant {
        self.begin
    }

    fn claim(&self) -> bool {
        !self.claimed.swap(true, Ordering::AcqRel)
    }

    fn run(&mut self, connection: &Connection) -> Result<(), StoreError> {
        self.found = None;
        self.found = Some((self.step)(connection)?);
        Ok(())
    }

    fn finish(self: Box<Self>, outcome: Result<(), StoreError>) {
        let Self { found, reply, .. } = *self;
        let result = outcome.and_then(|()| found.ok_or(StoreError::Stopped));
        // A caller that is gone has no use for it.
        let _ = reply.send(result);
    }
}
