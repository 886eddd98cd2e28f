//! The one thread that writes.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::fault;
use super::gather::Gather;
use super::job::{Job, job};
use super::patience::{Deadline, PATIENCE};
use super::place::Place;
use super::poison::Poison;
use crate::store::StoreError;

/// A handle to the writing thread. Dropping it ends the thread, which closes the file.
pub(super) struct Writer {
    // Dropped first, which is what tells the thread to end.
    jobs: Option<Sender<Box<dyn Job>>>,
    callers: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(desk: Desk) -> Result<Self, StoreError> {
        let (sender, jobs) = mpsc::channel();
        let callers = Arc::clone(&desk.callers);
        let thread = thread::Builder::new()
            .name("realname-store".to_owned())
            .spawn(move || desk.write(&jobs))
            .map_err(fault::file)?;
        Ok(Self { jobs: Some(sender), callers, thread: Some(thread) })
    }

    /// Has a step taken, and waits until it is committed.
    pub(super) fn run<T: Send + 'static>(
        &self,
        step: impl Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (job, result) = job(step);
        let jobs = self.jobs.as_ref().ok_or(StoreError::Stopped)?;
        self.callers.fetch_add(1, Ordering::Relaxed);
        let result = jobs.send(job).map_err(|_| StoreError::Stopped).and_then(|()| result.wait());
        self.callers.fetch_sub(1, Ordering::Relaxed);
        result
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

/// What the writing thread works with.
pub(super) struct Desk {
    pub(super) connection: Connection,
    pub(super) deadline: Deadline,
    pub(super) place: Arc<Place>,
    pub(super) poison: Poison,
    /// How many wait for a step of theirs.
    pub(super) callers: Arc<AtomicUsize>,
    pub(super) gather: Cell<Gather>,
}

impl Desk {
    fn write(&self, jobs: &Receiver<Box<dyn Job>>) {
        while let Ok(first) = jobs.recv() {
            let batch = self.gather.get().batch(first, jobs).into_iter();
            // A step whose caller stopped waiting is left out: the caller was told that it got no turn.
            let (batch, late): (Vec<_>, Vec<_>) =
                batch.filter(|job| job.claim()).partition(|job| job.begin().elapsed() < PATIENCE);
            late.into_iter().for_each(busy);
            self.record(batch);
        }
    }

    /// Takes the steps of `batch` in one transaction and tells every caller of its own.
    fn record(&self, mut batch: Vec<Box<dyn Job>>) {
        // The one that waits longest decides how long all wait.
        let Some(begin) = batch.iter().map(|job| job.begin()).min() else { return };
        self.deadline.set(begin + PATIENCE);
        match self.poison.refuse().and_then(|()| self.poison.watch(self.commit(&mut batch))) {
            Ok(outcomes) => batch.into_iter().zip(outcomes).for_each(|(job, outcome)| job.finish(outcome)),
            // One step made the whole group fail, as a large value does when the disk is full: each step is tried alone.
            Err(StoreError::NoSpace | StoreError::Backend { .. }) if batch.len() > 1 => {
                batch.into_iter().for_each(|job| self.record(vec![job]));
            }
            // The others may wait a little longer.
            Err(StoreError::Busy { .. }) => {
                let (late, rest): (Vec<_>, Vec<_>) = batch
                    .into_iter()
                    .partition(|job| job.begin().elapsed() >= PATIENCE || job.begin() == begin);
                late.into_iter().for_each(busy);
                self.record(rest);
            }
            Err(error) => batch.into_iter().for_each(|job| job.finish(Err(error.clone()))),
        }
    }

    /// The outcome of each step once all are committed, or why nothing of the batch is. What was committed into files that
    /// meanwhile lie elsewhere counts for nothing, so the place is looked at before and after.
    fn commit(&self, batch: &mut [Box<dyn Job>]) -> Result<Vec<Result<(), StoreError>>, StoreError> {
        let begin = Instant::now();
        self.place.check()?;
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)
            .map_err(fault::sqlite)?;
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
        self.place.check()?;
        self.gather.set(Gather::after(self.callers.load(Ordering::Relaxed), begin.elapsed()));
        Ok(outcomes)
    }
}

fn busy(job: Box<dyn Job>) {
    let waited = job.begin().elapsed();
    job.finish(Err(StoreError::Busy { waited }));
}

fn fatal(error: &StoreError) -> bool {
    matches!(error, StoreError::DiskFailed { .. } | StoreError::Corrupt)
}
