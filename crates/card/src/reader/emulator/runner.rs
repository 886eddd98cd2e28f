//! An emulated reader at work on one end of a line.
#![allow(clippy::disallowed_methods)] // A thread of its own that waits on the clock: that is its purpose.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{Card, Emulator, Faults};
use crate::reader::transport::{Memory, Transport, TransportError, memory};

/// The longest wait on the line before cards that were placed meanwhile, and the end, are looked at.
const SLICE: Duration = Duration::from_millis(5);

/// A line's device end that an emulator can run on.
pub trait DeviceEnd: Transport {
    /// The rate of the host's side, where that can be seen.
    fn host_baud(&self) -> Option<u32> {
        None
    }
}

impl DeviceEnd for Memory {}

/// An emulated reader at work in a thread of its own. Dropping it unplugs it.
pub struct RunningEmulator {
    emulator: Arc<Mutex<Emulator>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl RunningEmulator {
    /// Lets `emulator` work on `end`.
    pub fn start(emulator: Emulator, end: impl DeviceEnd + 'static) -> Self {
        let emulator = Arc::new(Mutex::new(emulator));
        let stop = Arc::new(AtomicBool::new(false));
        let thread = {
            let (emulator, stop) = (Arc::clone(&emulator), Arc::clone(&stop));
            std::thread::spawn(move || run(&emulator, &stop, end))
        };
        Self { emulator, stop, thread: Some(thread) }
    }

    /// Lets `emulator` work on a line in memory; the host's end comes with it.
    pub fn in_memory(emulator: Emulator) -> (Self, Memory) {
        let (host, device) = memory::pair();
        (Self::start(emulator, device), host)
    }

    /// Places `card`, in place of any that lies there.
    pub fn place(&self, card: Card) {
        self.lock().place(card);
    }

    /// Takes the card away. Returns whether one lay there.
    pub fn remove(&self) -> bool {
        self.lock().remove()
    }

    /// Power off and on: it has forgotten everything but the card that lies there.
    pub fn power_cycle(&self) {
        self.lock().power_cycle();
    }

    /// Replaces the faults.
    pub fn set_faults(&self, faults: Faults) {
        self.lock().set_faults(faults);
    }

    /// How often a card's data was sent.
    pub fn reads(&self) -> u64 {
        self.lock().reads()
    }

    /// Whether it is at work: it ends by itself when the line hangs up.
    pub fn is_running(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    fn lock(&self) -> MutexGuard<'_, Emulator> {
        lock(&self.emulator)
    }
}

impl Drop for RunningEmulator {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // A panic in the thread has been reported by the panic hook.
            let _ = thread.join();
        }
    }
}

impl std::fmt::Debug for RunningEmulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunningEmulator").field("running", &self.is_running()).finish_non_exhaustive()
    }
}

fn lock(emulator: &Mutex<Emulator>) -> MutexGuard<'_, Emulator> {
    emulator.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run(emulator: &Mutex<Emulator>, stop: &AtomicBool, mut end: impl DeviceEnd) {
    let mut buffer = [0; 1024];
    while !stop.load(Ordering::Acquire) {
        let wait = lock(emulator).poll_timeout();
        let wait = wait.map_or(SLICE, |at| at.saturating_duration_since(Instant::now()));
        let count = match end.read(&mut buffer, wait.min(SLICE)) {
            Ok(count) => count,
            Err(TransportError::Disconnected) => return,
            Err(_) => 0,
        };
        let pieces = {
            let mut emulator = lock(emulator);
            let now = Instant::now();
            if let Some(bytes) = buffer.get(..count)
                && count > 0
            {
                emulator.set_host_baud(end.host_baud());
                emulator.handle_input(now, bytes);
            }
            std::iter::from_fn(|| emulator.poll_output(now)).collect::<Vec<_>>()
        };
        for piece in pieces {
            if end.write(&piece) == Err(TransportError::Disconnected) {
                return;
            }
        }
    }
}
