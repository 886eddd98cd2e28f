//! Ending on SIGINT or SIGTERM (on Windows: Ctrl-C), for what runs until it is told to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};

use crate::failure::Failure;

/// Becomes true when the program is told to end.
pub(crate) struct Ended(Arc<AtomicBool>);

/// Watches from now on.
pub(crate) fn watch() -> Result<Ended, Failure> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // The second one ends the program at once, as it would without us.
        let registered =
            signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&flag))
                .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&flag)));
        registered.map_err(|error| Failure::trouble("signals", error, "start it again"))?;
    }
    Ok(Ended(flag))
}

impl Ended {
    /// Whether it was told.
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Returns when it was told.
    pub(crate) fn wait(&self) {
        while !self.is_set() {
            thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Runs what ends things, and doesn't wait longer than two seconds for it: a peer that hangs keeps nobody.
pub(crate) fn within_a_moment(end: impl FnOnce() + Send + 'static) {
    let (told, ended) = mpsc::channel();
    thread::spawn(move || {
        end();
        let _ = told.send(());
    });
    let _ = ended.recv_timeout(Duration::from_secs(2));
}
