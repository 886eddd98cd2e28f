//! Who uses a reader now, and what stops them. One lock for all of it: a cancellation that fell between looking and
//! resuming would be lost, and what it was for would go on.

use std::sync::{Mutex, MutexGuard, PoisonError};

use realname::reader::Canceller;

#[derive(Default)]
pub(crate) struct Turns {
    state: Mutex<State>,
    canceller: Canceller,
}

#[derive(Default)]
struct State {
    /// Calls under way or waiting for their turn: what a cancellation is for.
    pending: usize,
    closed: bool,
}

impl Turns {
    pub(crate) fn canceller(&self) -> Canceller {
        self.canceller.clone()
    }

    pub(crate) fn begin(&self) {
        self.lock().pending += 1;
    }

    /// The last one under way makes the reader usable again after a cancellation.
    pub(crate) fn done(&self) {
        let mut state = self.lock();
        state.pending -= 1;
        if state.pending == 0 && !state.closed {
            self.canceller.resume();
        }
    }

    /// Does nothing to a reader that is idle.
    pub(crate) fn cancel(&self) {
        if self.lock().pending > 0 {
            self.canceller.cancel();
        }
    }

    /// What ended a watch is over before the next one gets its turn: nobody waits behind a watch.
    pub(crate) fn resume(&self) {
        if !self.lock().closed {
            self.canceller.resume();
        }
    }

    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.canceller.cancel();
    }

    pub(crate) fn closed(&self) -> bool {
        self.lock().closed
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
