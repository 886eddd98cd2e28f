//! Which of the hosts is the one to call, and calling it in time.

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::time::Duration;

use tokio::task::{JoinHandle, spawn_local};
use tokio::time::{Instant, timeout};
use tokio_postgres::{AsyncMessage, CancelToken, Client, Config};

use super::dial::{Dial, Wire};
use super::fault::{Doubt, casts_doubt, unreachable};
use crate::store::{Durability, EngineError, StoreError};

/// Until a host that doesn't answer counts as unreachable, if the time of the step allows that much.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);

/// How long we try to have the server give up a step.
const CANCEL_PATIENCE: Duration = Duration::from_secs(2);

/// How long a connection may take to say goodbye.
const FAREWELL: Duration = Duration::from_millis(200);

/// The hosts of the address. Shared by all connections, so that the one that worked last is called first by each.
pub(super) struct Hosts {
    dial: Box<dyn Dial>,
    hosts: Vec<Config>,
    first: Cell<usize>,
}

/// An open connection.
pub(super) struct Open {
    pub(super) client: Client,
    /// Set by a warning: what the server calls done may still be lost.
    doubt: Rc<Cell<bool>>,
    /// Its time ran out under a step, so it isn't to be used again.
    pub(super) spent: Cell<bool>,
    pub(super) used: Instant,
    carrier: JoinHandle<()>,
    host: usize,
}

impl Hosts {
    pub(super) fn new(dial: Box<dyn Dial>, hosts: Vec<Config>) -> Self {
        Self { dial, hosts, first: Cell::new(0) }
    }

    /// Opens a connection to the first host that lets us in and, where there are several, that writes.
    pub(super) async fn connect(&self, until: Instant) -> Result<Open, StoreError> {
        let count = self.hosts.len();
        let mut why = None;
        for turn in 0..count {
            let index = (self.first.get() + turn) % count;
            let share =
                until.saturating_duration_since(Instant::now()) / u32::try_from(count - turn).unwrap_or(1);
            match timeout(share.min(CONNECT_PATIENCE), self.call(index)).await {
                Ok(Ok(open)) => {
                    self.first.set(index);
                    return Ok(open);
                }
                // A host that is there and can't be used explains more than another that isn't there.
                Ok(Err(error)) if !matches!(why, Some(StoreError::ReadOnly)) => why = Some(error),
                Ok(Err(_)) => {}
                Err(_) => {
                    why.get_or_insert(StoreError::Unreachable { source: EngineError::new(Doubt::Overdue) });
                }
            }
        }
        Err(why.unwrap_or(StoreError::Address))
    }

    /// The next connection tries another host first: this one broke, was silent, or only reads.
    pub(super) fn leave(&self, open: &Open) {
        if self.first.get() == open.host {
            self.first.set((open.host + 1) % self.hosts.len());
        }
    }

    /// Asks the server to give up, without waiting for that.
    pub(super) fn give_up(self: &Rc<Self>, token: CancelToken) {
        let hosts = Rc::clone(self);
        spawn_local(async move {
            // When it can't be asked it stays as it is: the outcome is unknown.
            let _ = timeout(CANCEL_PATIENCE, hosts.dial.cancel(token)).await;
        });
    }

    async fn call(&self, index: usize) -> Result<Open, StoreError> {
        let host = self.hosts.get(index).ok_or(StoreError::Address)?;
        let (client, wire) = self.dial.connect(host).await.map_err(unreachable)?;
        let doubt = Rc::new(Cell::new(false));
        let carrier = spawn_local(carry(wire, Rc::clone(&doubt)));
        let open =
            Open { client, doubt, spent: Cell::new(false), used: Instant::now(), carrier, host: index };
        let row = open.client.query_typed_one("SELECT current_setting('fsync', true)", &[]).await;
        match row.map_err(unreachable)?.try_get::<_, Option<&str>>(0) {
            Ok(Some("off")) => Err(StoreError::NotDurable { missing: Durability::ServerFsync }),
            _ => Ok(open),
        }
    }
}

impl Open {
    /// Whether a warning came since the last time this was asked.
    pub(super) fn take_doubt(&self) -> bool {
        self.doubt.take()
    }

    /// Says goodbye to the server, so that it doesn't take us for a crash.
    pub(super) async fn close(self) {
        let Self { client, carrier, .. } = self;
        drop(client);
        let _ = timeout(FAREWELL, carrier).await;
    }

    /// Lets go of the socket at once.
    pub(super) fn abort(self) {
        self.carrier.abort();
    }
}

/// Runs as long as the connection. A notice is seen before the end of the step that it belongs to is told.
async fn carry(mut wire: Box<dyn Wire>, doubt: Rc<Cell<bool>>) {
    while let Some(Ok(message)) = poll_fn(|context| wire.poll(context)).await {
        if let AsyncMessage::Notice(notice) = message
            && casts_doubt(&notice)
        {
            doubt.set(true);
        }
    }
}
