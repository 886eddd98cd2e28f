//! What every call has at hand.

use std::sync::Arc;

use tokio::sync::{Semaphore, watch};

use crate::consents::Consents;
use crate::desk::Desk;
use crate::door::Door;
use crate::terminal::Terminal;

/// Clients who watch at most.
pub(crate) const WATCHERS: u32 = 64;

pub(crate) struct App {
    pub(crate) desk: Desk,
    pub(crate) door: Door,
    pub(crate) watchers: Arc<Semaphore>,
    pub(crate) consents: Consents,
    pub(crate) terminal: Option<Arc<dyn Terminal>>,
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
    pub(crate) fn new(desk: Desk, door: Door, terminal: Option<Arc<dyn Terminal>>) -> Self {
        Self {
            desk,
            door,
            watchers: Arc::new(Semaphore::new(WATCHERS as usize)),
            consents: Consents::default(),
            terminal,
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
