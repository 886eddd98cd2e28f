//! What every call has at hand.

use std::sync::Arc;

use tokio::sync::{Semaphore, watch};

use crate::desk::Desk;
use crate::door::Door;

/// Clients who watch at most.
pub(crate) const WATCHERS: u32 = 64;

pub(crate) struct App {
    pub(crate) desk: Desk,
    pub(crate) door: Door,
    pub(crate) watchers: Arc<Semaphore>,
    end: watch::Sender<bool>,
}

/// Waits for the end.
pub(crate) struct Ending(watch::Receiver<bool>);

impl Ending {
    pub(crate) async fn wait(&mut self) {
        // The sender is gone: that is an end, too.
        let _ = self.0.wait_for(|ending| *ending).await;
    }
}

impl App {
    pub(crate) fn new(desk: Desk, door: Door) -> Self {
        Self {
            desk,
            door,
            watchers: Arc::new(Semaphore::new(WATCHERS as usize)),
            end: watch::channel(false).0,
        }
    }

    pub(crate) fn is_ending(&self) -> bool {
        *self.end.borrow()
    }

    pub(crate) fn ending(&self) -> Ending {
        Ending(self.end.subscribe())
    }

    pub(crate) fn end(&self) {
        self.end.send_replace(true);
    }
}
