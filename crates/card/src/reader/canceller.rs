//! Stopping a reader from another thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Stops a [`Reader`](super::Reader) or a [`Watch`](super::Watch) from another thread.
#[derive(Clone, Debug, Default)]
pub struct Canceller {
    stop: Arc<AtomicBool>,
}

impl Canceller {
    /// What the reader does now, and all that it is asked for after, ends with [`ReaderError::Cancelled`](super::ReaderError::Cancelled) within 50 ms,
    /// until [`resume`](Self::resume).
    pub fn cancel(&self) {
        self.stop.store(true, Ordering::Release);
    }

    /// Lets the reader work again.
    pub fn resume(&self) {
        self.stop.store(false, Ordering::Release);
    }

    /// Whether it is cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }
}
