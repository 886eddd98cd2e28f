//! Waiting with the interpreter's lock released, and Ctrl-C heard all the same.

use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use pyo3::prelude::*;
use realname_bindings::Failure;

use crate::errors;

/// Between two looks at the signals.
const SLICE: Duration = Duration::from_millis(40);

/// Runs a job on a thread of its own that ends before this returns. When a signal's handler raises, as Ctrl-C's does, the job is
/// cancelled, and what was raised is what the caller gets.
pub(crate) fn interruptible<T: Send>(
    py: Python<'_>,
    cancel: impl Fn() + Send + Sync,
    job: impl FnOnce() -> Result<T, Failure> + Send,
) -> PyResult<T> {
    let (result, ended) = (Mutex::new(None), Condvar::new());
    let mut raised = None;
    let take = |wait: Duration| {
        let kept = result.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = ended.wait_timeout_while(kept, wait, |kept| kept.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).0.take()
    };
    let outcome = thread::scope(|scope| {
        let (result, ended) = (&result, &ended);
        scope.spawn(move || {
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job));
            let outcome = outcome.unwrap_or_else(|_| Err(Failure::internal()));
            *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
            ended.notify_all();
        });
        loop {
            if let Some(outcome) = py.detach(|| take(SLICE)) {
                return outcome;
            }
            if raised.is_none() {
                raised = py.check_signals().err();
            }
            if raised.is_some() {
                // Again and again: the job may not have begun when it was first told.
                cancel();
            }
        }
    });
    match raised {
        Some(error) => Err(error),
        None => errors::told(py, outcome),
    }
}
