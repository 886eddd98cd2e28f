//! A step on its way to the writing thread, and its result on the way back.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rusqlite::Connection;

use crate::store::StoreError;

/// A step of any result, so that all share one queue.
pub(super) trait Job: Send {
    /// Takes the step inside the current transaction and keeps what it found. Runs again when that was rolled back.
    fn run(&mut self, connection: &Connection) -> Result<(), StoreError>;

    /// Tells the caller: what was found, now that it is committed, or why not.
    fn finish(self: Box<Self>, outcome: Result<(), StoreError>);
}

/// A job from a step, and where its result arrives.
pub(super) fn job<T: Send + 'static>(
    step: impl Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
) -> (Box<dyn Job>, Receiver<Result<T, StoreError>>) {
    // Room for the one result, so that the writer never waits for a caller.
    let (reply, result) = sync_channel(1);
    (Box::new(Waiting { step, found: None, reply }), result)
}

struct Waiting<T, F> {
    step: F,
    found: Option<T>,
    reply: SyncSender<Result<T, StoreError>>,
}

impl<T, F> Job for Waiting<T, F>
where
    T: Send,
    F: Fn(&Connection) -> Result<T, StoreError> + Send,
{
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
