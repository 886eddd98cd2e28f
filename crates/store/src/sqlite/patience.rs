//! How long a step may take, by our own clock.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::{Duration, Instant};

/// How long a step waits for other processes before it gives up.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// How long beyond that a caller waits: for a disk that takes its time over a commit.
pub(super) const GRACE: Duration = Duration::from_secs(2);

/// Until when a connection waits for its turn. Shared with the handler that SQLite asks.
#[derive(Clone, Default)]
pub(super) struct Deadline(Arc<AtomicU64>);

impl Deadline {
    pub(super) fn set(&self, until: Instant) {
        self.0.store(since_start(until), Ordering::Release);
    }

    /// Waits for other processes in short, growing pauses: a commit takes about as long as the first of them.
    pub(super) fn handler(&self) -> impl FnMut(i32) -> bool + Send + 'static {
        let deadline = Arc::clone(&self.0);
        move |tries| {
            if since_start(Instant::now()) >= deadline.load(Ordering::Acquire) {
                return false;
            }
            thread::sleep(Duration::from_micros(100 << tries.clamp(0, 4)));
            true
        }
    }
}

/// Microseconds since some moment before the first deadline.
fn since_start(moment: Instant) -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(moment.saturating_duration_since(*START).as_micros()).unwrap_or(u64::MAX)
}
