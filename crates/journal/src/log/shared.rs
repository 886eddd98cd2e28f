//! One journal for many writers: a thread writes, and all who wait share its sync.
#![allow(clippy::disallowed_methods, reason = "the one thread that writes")]

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jiff::Timestamp;

use super::grow::{Journal, Receipt};
use crate::JournalError;
use crate::entry::Event;
use crate::note::SignedCheckpoint;

/// Callers that share one sync at most.
const BATCH: usize = 256;

/// A journal that any number of threads append to. Dropping it integrates what waits and closes the journal.
#[derive(Debug)]
pub struct SharedJournal {
    // Dropped first, which is what tells the thread to end.
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

enum Job {
    Append(Vec<Event>, SyncSender<Result<Receipt, JournalError>>),
    Integrate(SyncSender<Result<SignedCheckpoint, JournalError>>),
}

impl SharedJournal {
    /// Starts the thread that writes. `clock` says the time of an event that brings none; a tree is signed at the latest `every` so
    /// often while events wait.
    pub fn start(
        journal: Journal,
        clock: impl Fn() -> Timestamp + Send + 'static,
        every: Duration,
    ) -> Result<Self, JournalError> {
        let (sender, jobs) = mpsc::channel();
        let desk = Desk { journal, clock: Box::new(clock), every };
        let thread =
            thread::Builder::new().name("realname-journal".to_owned()).spawn(move || desk.write(&jobs))?;
        Ok(Self { jobs: Some(sender), thread: Some(thread) })
    }

    /// Takes events, all or none, and returns when they are safe.
    pub fn append(&self, events: Vec<Event>) -> Result<Receipt, JournalError> {
        self.ask(|answer| Job::Append(events, answer))
    }

    /// Puts all that was taken before into the tree, and signs it.
    pub fn integrate(&self) -> Result<SignedCheckpoint, JournalError> {
        self.ask(Job::Integrate)
    }

    fn ask<T>(
        &self,
        job: impl FnOnce(SyncSender<Result<T, JournalError>>) -> Job,
    ) -> Result<T, JournalError> {
        let (answer, result) = mpsc::sync_channel(1);
        let jobs = self.jobs.as_ref().ok_or(JournalError::Stopped)?;
        jobs.send(job(answer)).map_err(|_| JournalError::Stopped)?;
        result.recv().map_err(|_| JournalError::Stopped)?
    }
}

impl Drop for SharedJournal {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // The thread returns nothing: each caller was told its own result.
            let _ = thread.join();
        }
    }
}

struct Desk {
    journal: Journal,
    clock: Box<dyn Fn() -> Timestamp + Send>,
    every: Duration,
}

impl Desk {
    fn write(mut self, jobs: &Receiver<Job>) {
        loop {
            let first = if self.journal.pending() == 0 {
                jobs.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                jobs.recv_timeout(self.every)
            };
            match first {
                Ok(first) => {
                    self.serve(std::iter::once(first).chain(jobs.try_iter().take(BATCH - 1)).collect())
                }
                // Whoever appends next is told what went wrong.
                Err(RecvTimeoutError::Timeout) => drop(self.journal.integrate()),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let _ = self.journal.integrate();
    }

    fn serve(&mut self, jobs: Vec<Job>) {
        let (mut calls, mut answers, mut integrate) = (Vec::new(), Vec::new(), Vec::new());
        for job in jobs {
            match job {
                Job::Append(events, answer) => {
                    calls.push(events);
                    answers.push(answer);
                }
                Job::Integrate(answer) => integrate.push(answer),
            }
        }
        // Whoever stopped waiting needs no answer.
        match self.journal.accept_each(calls, (self.clock)()) {
            Ok(outcomes) => {
                answers.into_iter().zip(outcomes).for_each(|(answer, outcome)| drop(answer.send(outcome)))
            }
            Err(error) => {
                let mut error = Some(error);
                for answer in answers {
                    let _ = answer.send(Err(error.take().unwrap_or(JournalError::Stopped)));
                }
            }
        }
        for answer in integrate {
            let _ = answer.send(self.journal.integrate().cloned());
        }
    }
}
