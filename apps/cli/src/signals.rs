//! Ending on SIGINT or SIGTERM (on Windows: Ctrl-C), for what runs until it is told to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};

use crate::failure::Failure;
use crate::lang;

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
        registered.map_err(trouble)?;
    }
    Ok(Ended(flag))
}

/// Somebody ended the program, and what it leaves is being removed.
static CLEANING: AtomicBool = AtomicBool::new(false);

/// To be called before the program ends by itself. What runs while its files are removed fails for want of them, and that is
/// neither the reason nor the code of the end: whoever cleans up ends the program.
pub(crate) fn leave_the_end_to_whom_it_is_due() {
    while CLEANING.load(Ordering::SeqCst) {
        thread::sleep(Duration::from_millis(20));
    }
}

/// Runs `clean` and ends the program when it is told to end, with the code that a shell expects of the signal. For what
/// works in one go and looks at no flag.
pub(crate) fn clean_up_when_ended(clean: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    let flags = [SIGINT, SIGTERM].map(|signal| (signal, Arc::new(AtomicBool::new(false))));
    for (signal, flag) in &flags {
        let registered =
            signal_hook::flag::register_conditional_shutdown(*signal, 128 + signal, Arc::clone(flag))
                .and_then(|_| signal_hook::flag::register(*signal, Arc::clone(flag)));
        registered.map_err(trouble)?;
    }
    thread::spawn(move || {
        loop {
            if let Some((signal, _)) = flags.iter().find(|(_, flag)| flag.load(Ordering::SeqCst)) {
                CLEANING.store(true, Ordering::SeqCst);
                clean();
                std::process::exit(128 + signal);
            }
            thread::sleep(Duration::from_millis(20));
        }
    });
    Ok(())
}

fn trouble(error: std::io::Error) -> Failure {
    Failure::trouble(
        "signals",
        lang::pick(error.to_string(), "无法登记信号".to_owned()),
        lang::pick("start it again", "请重新启动"),
    )
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
