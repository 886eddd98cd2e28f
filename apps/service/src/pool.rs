//! Blocking work: photos, signatures, the store. A bounded number runs, a bounded number waits, and whoever comes then hears
//! so at once.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::Refusal;

/// The bounded pool.
#[derive(Clone)]
pub(crate) struct Pool {
    running: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Pool {
    /// `running` at once, and `waiting` more.
    pub(crate) fn new(running: usize, waiting: usize) -> Self {
        let running = running.max(1);
        Self {
            running: Arc::new(Semaphore::new(running)),
            places: Arc::new(Semaphore::new(running.saturating_add(waiting))),
        }
    }

    /// Runs it. Once begun it goes on to its end, whether or not the caller still waits: what is consumed is recorded in the same
    /// piece of work, and never in two.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Refusal::Busy)?;
        let turn = Arc::clone(&self.running).acquire_owned().await.map_err(|_| Refusal::Busy)?;
        let work = tokio::task::spawn_blocking(move || {
            let _held = (place, turn);
            work()
        });
        work.await.unwrap_or(Err(Refusal::Internal))
    }

    /// How many wait or run.
    pub(crate) fn taken(&self, of: usize) -> usize {
        of.saturating_sub(self.places.available_permits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_queue_is_told_at_once_and_what_began_goes_on() {
        let pool = Pool::new(1, 1);
        let (begun, wait) = std::sync::mpsc::channel();
        let (release, held) = std::sync::mpsc::channel::<()>();
        let (done, finished) = std::sync::mpsc::channel();
        let first = tokio::spawn({
            let pool = pool.clone();
            async move {
                pool.run(move || {
                    begun.send(()).map_err(|_| Refusal::Internal)?;
                    let _ = held.recv();
                    done.send(()).map_err(|_| Refusal::Internal)
                })
                .await
            }
        });
        tokio::task::spawn_blocking(move || wait.recv()).await.unwrap().unwrap();
        let second = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(|| Ok(2)).await }
        });
        while pool.taken(2) < 2 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(pool.run(|| Ok(3)).await, Err(Refusal::Busy)));
        // The caller is gone; the work isn't.
        first.abort();
        release.send(()).unwrap();
        tokio::task::spawn_blocking(move || finished.recv()).await.unwrap().unwrap();
        assert_eq!(second.await.unwrap().unwrap(), 2);
    }
}
