//! A circuit breaker: who is down isn't asked.

use std::time::Duration;

use jiff::Timestamp;

use crate::AuthorityError;
use crate::clock::{later, time_left};

/// Stops asking after several failures in a row, and after a pause lets one question through to see. While it is open a
/// caller hears at once what he would have waited for, and a register that is coming back isn't run over.
///
/// A failure is a register that doesn't work (transient, indeterminate, not understood). Whatever a working register says
/// isn't one: a mismatch, a refusal, a quota.
#[derive(Clone, Debug)]
pub struct Breaker {
    failures: u32,
    pause: Duration,
    max_pause: Duration,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Closed {
        failed: u32,
    },
    Open {
        until: Timestamp,
        pause: Duration,
    },
    /// One question is on its way. If its result never comes, the next may go at `until`.
    HalfOpen {
        probe: u64,
        until: Timestamp,
        pause: Duration,
    },
}

/// Leave to ask. Give it back with the result.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "report the result, or the breaker learns nothing"]
pub struct Permit {
    /// The number of the probe, when it is one.
    probe: Option<u64>,
}

impl Default for Breaker {
    /// Opens after 5 failures for 5 s; after each probe that fails for twice as long, at most 60 s.
    fn default() -> Self {
        Self::new(5, Duration::from_secs(5), Duration::from_secs(60))
    }
}

impl Breaker {
    /// Opens after `failures` in a row for `pause`, which doubles up to `max_pause` while probes fail.
    pub fn new(failures: u32, pause: Duration, max_pause: Duration) -> Self {
        Self {
            failures: failures.max(1),
            pause,
            max_pause: max_pause.max(pause),
            state: State::Closed { failed: 0 },
        }
    }

    /// Whether a question may go at `now`.
    ///
    /// # Errors
    /// [`Transient`](AuthorityError::Transient) with the time until the next probe. Nothing is sent.
    pub fn admit(&mut self, now: Timestamp) -> Result<Permit, AuthorityError> {
        let (until, pause, last) = match self.state {
            State::Closed { .. } => return Ok(Permit { probe: None }),
            State::Open { until, pause } => (until, pause, 0),
            State::HalfOpen { probe, until, pause } => (until, pause, probe),
        };
        if now < until {
            return Err(AuthorityError::Transient { retry_after: Some(time_left(now, until)) });
        }
        let probe = last.wrapping_add(1);
        self.state = State::HalfOpen { probe, until: later(now, pause), pause };
        Ok(Permit { probe: Some(probe) })
    }

    /// Learns from a question's result.
    pub fn record<T>(&mut self, now: Timestamp, permit: Permit, result: &Result<T, AuthorityError>) {
        let failed_now = result.as_ref().is_err_and(AuthorityError::shows_a_failure);
        match (self.state, permit.probe) {
            (State::Closed { .. }, _) if !failed_now => self.state = State::Closed { failed: 0 },
            (State::Closed { failed }, _) => {
                let failed = failed.saturating_add(1);
                self.state = if failed >= self.failures {
                    State::Open { until: later(now, self.pause), pause: self.pause }
                } else {
                    State::Closed { failed }
                };
            }
            (State::HalfOpen { probe, pause, .. }, Some(mine)) if mine == probe => {
                self.state = if failed_now {
                    let pause = pause.saturating_mul(2).min(self.max_pause);
                    State::Open { until: later(now, pause), pause }
                } else {
                    State::Closed { failed: 0 }
                };
            }
            // A result from before it opened says nothing about now.
            (State::HalfOpen { .. } | State::Open { .. }, _) => {}
        }
    }

    /// Whether questions go through without restraint.
    pub fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed { .. })
    }
}
