//! What a reader's handle stands for.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use realname_bindings::Reader;

/// An open reader, and the watch on it.
pub(crate) struct Held {
    pub(crate) reader: Reader,
    pub(crate) watcher: Watcher,
}

/// The watch's thread, as far as closing has to know it.
#[derive(Default)]
pub(crate) struct Watcher {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) running: bool,
    pub(crate) calling: bool,
    pub(crate) thread: Option<JoinHandle<()>>,
}

impl Watcher {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// Waits until the thread has ended, or is in a callback, which may be the caller's own caller.
    pub(crate) fn end(&self) {
        let mut state = self.lock();
        while state.running && !state.calling {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let thread = if state.running { None } else { state.thread.take() };
        drop(state);
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}
