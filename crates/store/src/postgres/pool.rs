//! The connections, all on one thread, and the steps on their way to them.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::rc::Rc;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{Instant, timeout_at};
use tokio_postgres::Config;

use super::dial::{Dial, Local};
use super::fault::{Doubt, Trouble};
use super::hosts::Hosts;
use super::link::{Kind, Link, PATIENCE, RESOLVE};
use crate::store::{EngineError, StoreError};

/// How long beyond its patience a caller waits for the store's thread, which ends each step in time by itself.
const GRACE: Duration = Duration::from_secs(1);

/// A handle to the store's thread. Dropping it ends the thread, which closes the connections.
pub(super) struct Pool {
    // Dropped first, which is what tells the thread to end.
    orders: Option<UnboundedSender<Order>>,
    thread: Option<JoinHandle<()>>,
}

/// A step of any result, waiting for a connection.
struct Order {
    kind: Kind,
    begin: Instant,
    job: Box<dyn Job>,
}

trait Job: Send {
    /// Takes the step on a connection, or hears why there is none, and tells the caller.
    fn run<'a>(
        self: Box<Self>,
        order: (Instant, Kind),
        link: Result<&'a mut Link, StoreError>,
    ) -> Local<'a, ()>;
}

struct Waiting<T, S> {
    step: S,
    reply: SyncSender<Result<T, StoreError>>,
}

impl<T, S> Job for Waiting<T, S>
where
    T: Send + 'static,
    S: AsyncFn(&mut Link) -> Result<T, Trouble> + Send + 'static,
{
    fn run<'a>(
        self: Box<Self>,
        (begin, kind): (Instant, Kind),
        link: Result<&'a mut Link, StoreError>,
    ) -> Local<'a, ()> {
        Box::pin(async move {
            let result = match link {
                Ok(link) => link.take(begin, kind, &self.step).await,
                Err(error) => Err(error),
            };
            // A caller that is gone has no use for it.
            let _ = self.reply.send(result);
        })
    }
}

impl Pool {
    /// Up to `connections` for steps; a quarter as many, at least one, only look, so that looking never waits for commits.
    pub(super) fn start(
        dial: Box<dyn Dial>,
        hosts: Vec<Config>,
        connections: NonZeroUsize,
    ) -> Result<Self, StoreError> {
        let failed = |error| StoreError::Backend { source: EngineError::new(error) };
        let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let (sender, orders) = unbounded_channel();
        let thread = thread::Builder::new()
            .name("realname-store".to_owned())
            .spawn(move || serve(runtime, Hosts::new(dial, hosts), connections.get(), orders))
            .map_err(failed)?;
        Ok(Self { orders: Some(sender), thread: Some(thread) })
    }

    /// Has a step taken by the next free connection, and waits for its result.
    pub(super) fn run<T: Send + 'static>(
        &self,
        kind: Kind,
        step: impl AsyncFn(&mut Link) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, StoreError> {
        // Room for the one result, so that the thread never waits for a caller.
        let (reply, result) = sync_channel(1);
        let order = Order { kind, begin: Instant::now(), job: Box::new(Waiting { step, reply }) };
        let orders = self.orders.as_ref().ok_or(StoreError::Stopped)?;
        orders.send(order).map_err(|_| StoreError::Stopped)?;
        match result.recv_timeout(PATIENCE + GRACE) {
            Ok(result) => result,
            Err(RecvTimeoutError::Disconnected) => Err(StoreError::Stopped),
            Err(RecvTimeoutError::Timeout) => {
                Err(StoreError::Interrupted { source: EngineError::new(Doubt::Overdue) })
            }
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // It has nothing to say: whoever waited was told `Stopped` if it panicked.
            let _ = thread.join();
        }
    }
}

fn serve(runtime: Runtime, hosts: Hosts, connections: usize, mut orders: UnboundedReceiver<Order>) {
    let hosts = Rc::new(hosts);
    let steps = Rc::new(Links::new(&hosts, connections));
    let looks = Rc::new(Links::new(&hosts, (connections / 4).max(1)));
    LocalSet::new().block_on(&runtime, async {
        let mut under_way = JoinSet::new();
        while let Some(order) = orders.recv().await {
            under_way.spawn_local(carry_out(order, Rc::clone(&steps), Rc::clone(&looks)));
            while under_way.try_join_next().is_some() {}
        }
        while under_way.join_next().await.is_some() {}
        steps.close().await;
        looks.close().await;
    });
    // Looking up a host's name can't be stopped; nobody waits for it.
    runtime.shutdown_background();
}

async fn carry_out(order: Order, steps: Rc<Links>, looks: Rc<Links>) {
    let Order { kind, begin, job } = order;
    // A look uses a connection of the steps when its own are all taken and one of theirs is free.
    let links = match kind {
        Kind::Look if looks.free.available_permits() == 0 && steps.free.available_permits() > 0 => steps,
        Kind::Look => looks,
        Kind::Step => steps,
    };
    // A step that got no turn in its time is never taken.
    let turn = timeout_at(begin + RESOLVE, links.free.acquire()).await;
    let Ok(Ok(_turn)) = turn else {
        return job.run((begin, kind), Err(StoreError::Busy { waited: begin.elapsed() })).await;
    };
    let mut link = links.take();
    job.run((begin, kind), Ok(&mut link)).await;
    links.idle.borrow_mut().push(link);
}

/// Connections of which each is one step's at a time.
struct Links {
    hosts: Rc<Hosts>,
    free: Semaphore,
    idle: RefCell<Vec<Link>>,
}

impl Links {
    fn new(hosts: &Rc<Hosts>, count: usize) -> Self {
        Self { hosts: Rc::clone(hosts), free: Semaphore::new(count), idle: RefCell::default() }
    }

    /// The one that was used last, so that as few as possible are open.
    fn take(&self) -> Link {
        let used = self.idle.borrow_mut().pop();
        used.unwrap_or_else(|| Link::new(Rc::clone(&self.hosts)))
    }

    async fn close(&self) {
        let idle = self.idle.take();
        for link in idle {
            link.close().await;
        }
    }
}
