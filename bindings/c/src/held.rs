//! What a reader's handle stands for.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use realname_bindings::{Failure, Reader};

/// An open reader, and the watch on it.
pub(crate) struct Held {
    pub(crate) reader: Reader,
    pub(crate) watcher: Watcher,
}

/// The watch's thread, as far as another watch and closing have to know it.
#[derive(Default)]
pub(crate) struct Watcher {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    phase: Phase,
    calling: bool,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default, PartialEq)]
enum Phase {
    #[default]
    Idle,
    /// From the call that begins it until nothing more will be told. Only a cancellation ends it, so nobody waits for that
    /// except who has asked for one.
    Watching,
    /// The last steps of its thread, which wait for nobody.
    Ending,
}

impl Watcher {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// Takes the place of the one watch, or fails where there is one.
    pub(crate) fn begin(&self) -> Result<(), Failure> {
        let mut state = self.lock();
        while state.phase == Phase::Ending {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.phase == Phase::Watching {
            return Err(Failure::watched());
        }
        state.phase = Phase::Watching;
        Ok(())
    }

    /// Keeps the thread, for whoever closes to wait for.
    pub(crate) fn keep(&self, thread: JoinHandle<()>) {
        self.set(|state| state.thread = Some(thread));
    }

    /// Runs a callback, which may close its own reader: nobody waits for it.
    pub(crate) fn calling(&self, call: impl FnOnce()) {
        self.set(|state| state.calling = true);
        call();
        self.set(|state| state.calling = false);
    }

    pub(crate) fn ending(&self) {
        self.set(|state| state.phase = Phase::Ending);
    }

    pub(crate) fn ended(&self) {
        self.set(|state| (state.phase, state.calling) = (Phase::Idle, false));
    }

    /// Waits until the thread, which was told to stop, has ended or is in a callback, which may be the caller's own caller.
    pub(crate) fn wait(&self) {
        let mut state = self.lock();
        while state.phase != Phase::Idle && !state.calling {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let thread = if state.phase == Phase::Idle { state.thread.take() } else { None };
        drop(state);
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}
