//! The connections, each on its own thread.

use std::num::NonZeroUsize;
use std::sync::mpsc::{self, Receiver, Sender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use postgres::tls::{MakeTlsConnect, TlsConnect};
use postgres::{Config, Socket};

use super::fault::Trouble;
use super::link::Link;
use crate::store::{Fault, StoreError};

/// Until a server that doesn't answer counts as unreachable.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);

/// Until unanswered bytes end a connection over a network.
const NETWORK_PATIENCE: Duration = Duration::from_secs(15);

/// A step, and the telling of its result.
type Job = Box<dyn FnOnce(&mut Link) + Send>;

/// Threads that take the steps which come first. Dropping it ends them.
pub(super) struct Pool {
    // Dropped first, which is what tells the threads to end.
    jobs: Option<Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    pub(super) fn start<T>(mut config: Config, tls: T, connections: NonZeroUsize) -> Result<Self, StoreError>
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::TlsConnect: Send,
        T::Stream: Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_PATIENCE);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(NETWORK_PATIENCE);
        }
        let (sender, jobs) = mpsc::channel::<Job>();
        let jobs = Arc::new(Mutex::new(jobs));
        let mut pool = Self { jobs: Some(sender), threads: Vec::new() };
        for _ in 0..connections.get() {
            let (config, tls, jobs) = (config.clone(), tls.clone(), Arc::clone(&jobs));
            let thread = thread::Builder::new()
                .name("realname-store".to_owned())
                .spawn(move || work(Link::new(Box::new(move || config.connect(tls.clone()))), &jobs))
                .map_err(|error| StoreError::Backend { source: Fault::new(error) })?;
            pool.threads.push(thread);
        }
        Ok(pool)
    }

    /// Has a step taken by the next free connection, and waits for its result.
    pub(super) fn run<T: Send + 'static>(
        &self,
        step: impl Fn(&mut Link) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, StoreError> {
        // Room for the one result, so that a connection never waits for a caller.
        let (reply, result) = sync_channel(1);
        let job: Job = Box::new(move |link| {
            // A caller that is gone has no use for it.
            let _ = reply.send(link.take(step));
        });
        let jobs = self.jobs.as_ref().ok_or(StoreError::Stopped)?;
        jobs.send(job).map_err(|_| StoreError::Stopped)?;
        result.recv().map_err(|_| StoreError::Stopped)?
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            // It has nothing to say: whoever waited was told `Stopped` if it panicked.
            let _ = thread.join();
        }
    }
}

fn work(mut link: Link, jobs: &Mutex<Receiver<Job>>) {
    loop {
        // One waits for a job, the others for their turn to wait.
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        job(&mut link);
    }
}
