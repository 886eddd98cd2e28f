//! Time, for the parts that wait.
#![allow(clippy::disallowed_methods)] // The blocking shells wait here; their cores are handed `now`.

use std::time::Duration;

use jiff::Timestamp;

/// What the blocking authorities read the time from and wait with, so that a test can do both at once.
///
/// [`Query::deadline`](super::Query::deadline) is a time on this clock.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// Returns when `time` has passed.
    fn wait(&self, time: Duration);
}

/// The host's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn wait(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

/// What is left until `deadline`; zero when it is over.
pub(super) fn time_left(now: Timestamp, deadline: Timestamp) -> Duration {
    Duration::try_from(deadline.duration_since(now)).unwrap_or(Duration::ZERO)
}

/// `now` and `time` later, at most the end of time.
pub(super) fn later(now: Timestamp, time: Duration) -> Timestamp {
    now.checked_add(time).unwrap_or(Timestamp::MAX)
}

/// A clock for tests on which waiting takes no time.
#[cfg(test)]
pub(super) struct ManualClock(std::sync::Mutex<Timestamp>);

#[cfg(test)]
impl ManualClock {
    pub(super) fn at(now: Timestamp) -> std::sync::Arc<Self> {
        std::sync::Arc::new(Self(std::sync::Mutex::new(now)))
    }
}

#[cfg(test)]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    fn wait(&self, time: Duration) {
        let mut now = self.0.lock().unwrap();
        *now = later(*now, time);
    }
}
