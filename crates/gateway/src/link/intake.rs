//! What is delivered: kept first, then answered.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use jiff::Timestamp;

use super::{Came, Shared};
use crate::protocol::{Delivery, Protocol, Taken};

/// How often what is kept is worked on.
const TICK: Duration = Duration::from_millis(100);

/// Until the line's thread is gone.
pub(super) fn take<P: Protocol>(shared: &Arc<Shared<P>>, came: &Receiver<Came>) {
    let mut worked = shared.now();
    loop {
        match came.recv_timeout(TICK) {
            Ok(came) => keep(shared, &came),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if shared.now().saturating_sub(worked) >= TICK
            && let Some(replies) = &shared.replies
        {
            worked = shared.now();
            if replies.work(Timestamp::now()).is_err() {
                shared.figures.not_worked();
            }
        }
    }
}

fn keep<P: Protocol>(shared: &Shared<P>, (line, receipt, delivery): &Came) {
    let taken = match delivery {
        Delivery::Text(text) => match &shared.replies {
            // Nobody here wants it. Another line of ours may: it isn't answered.
            None => return,
            Some(replies) => match replies.keep(text, Timestamp::now()) {
                Ok(()) => Taken::Kept,
                // It comes again.
                Err(_) => return shared.figures.not_kept(),
            },
        },
        Delivery::Report(report) => {
            shared.figures.report(report.state);
            if let Some(replies) = &shared.replies {
                let message = shared.lock().sent.message(&report.id).map(str::to_owned);
                replies.report(message, report.state);
            }
            Taken::Kept
        }
        Delivery::Unreadable => Taken::Unreadable,
    };
    shared.figures.delivery(delivery);
    let mut lines = shared.lock();
    if lines.count == *line
        && let Some(line) = &mut lines.line
    {
        line.session.receipt(receipt, taken);
        line.transmit();
    }
}
