//! The one thread that writes.

use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::job::{Job, job};
use super::{Poison, fault};
use crate::store::StoreError;

/// How many steps share one commit at most, so that other processes get their turn.
const BATCH: usize = 256;

/// A handle to the writing thread. Dropping it ends the thread, which closes the file.
pub(super) struct Writer {
    // Dropped first, which is what tells the thread to end.
    jobs: Option<Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection, poison: Poison) -> Result<Self, StoreError> {
        let (sender, jobs) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("realname-store".to_owned())
            .spawn(move || write(&connection, &jobs, &poison))
            .map_err(fault::file)?;
        Ok(Self { jobs: Some(sender), thread: Some(thread) })
    }

    /// Has a step taken, and waits until it is committed.
    pub(super) fn run<T: Send + 'static>(
        &self,
        step: impl Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (job, result) = job(step);
        let jobs = self.jobs.as_ref().ok_or(StoreError::Stopped)?;
        jobs.send(job).map_err(|_| StoreError::Stopped)?;
        result.recv().map_err(|_| StoreError::Stopped)?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // It has nothing to say: whoever waited was told `Stopped` if it panicked.
            let _ = thread.join();
        }
    }
}

fn write(connection: &Connection, jobs: &Receiver<Box<dyn Job>>, poison: &Poison) {
    while let Ok(first) = jobs.recv() {
        let batch = std::iter::once(first).chain(jobs.try_iter().take(BATCH - 1)).collect();
        record(connection, batch, poison);
    }
}

/// Takes the steps of `batch` in one transaction and tells every caller of its own.
fn record(connection: &Connection, mut batch: Vec<Box<dyn Job>>, poison: &Poison) {
    match poison.refuse().and_then(|()| poison.watch(commit(connection, &mut batch))) {
        Ok(outcomes) => batch.into_iter().zip(outcomes).for_each(|(job, outcome)| job.finish(outcome)),
        // One step took the others down with it, as when a large value finds no space: each by itself, then.
        Err(StoreError::NoSpace | StoreError::Backend { .. }) if batch.len() > 1 => {
            batch.into_iter().for_each(|job| record(connection, vec![job], poison));
        }
        Err(error) => batch.into_iter().for_each(|job| job.finish(Err(error.clone()))),
    }
}

/// The outcome of each step once all are committed, or why nothing of the batch is.
fn commit(
    connection: &Connection,
    batch: &mut [Box<dyn Job>],
) -> Result<Vec<Result<(), StoreError>>, StoreError> {
    let transaction =
        Transaction::new_unchecked(connection, TransactionBehavior::Immediate).map_err(fault::sqlite)?;
    let mut outcomes = Vec::with_capacity(batch.len());
    for job in batch {
        let outcome = job.run(&transaction);
        match outcome {
            // Graver errors end the whole transaction, and a failing disk ends everything.
            Err(error) if transaction.is_autocommit() || fatal(&error) => return Err(error),
            outcome => outcomes.push(outcome),
        }
    }
    transaction.commit().map_err(fault::sqlite)?;
    Ok(outcomes)
}

fn fatal(error: &StoreError) -> bool {
    matches!(error, StoreError::DiskFailed { .. } | StoreError::Corrupt)
}
