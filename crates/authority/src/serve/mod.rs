//! A register served over HTTP, in the JSON that [`CodeMap::register`](super::http::CodeMap::register) describes: for
//! trying things out, for tests, and as the example of a register that keeps its answers by key.
//!
//! It is no front for a real register: plain HTTP, no accounts, and loopback only unless asked otherwise on purpose. The
//! request heads are read with `httparse`; the rest is framed here, because a server that breaks off, drips and lies on
//! demand ([`RegisterFault`]) needs the bare connection.
#![allow(clippy::disallowed_methods)] // A server listens, starts threads and reads the clock.

mod connection;
mod explain;
mod fault;
mod question;
mod register;
mod wire;

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

pub use fault::{RegisterFault, RegisterFaults};
pub use register::{Register, RegisterOptions};

/// How a register is served.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ServeOptions {
    /// How many connections are worked on at once; further ones wait.
    pub workers: usize,
    /// How long one connection may take, from its first byte to its last.
    pub patience: Duration,
    /// Whether an address other than loopback may be listened on. There is no encryption and no account: whoever reaches it
    /// may ask.
    pub beyond_loopback: bool,
    /// What goes wrong on purpose.
    pub faults: RegisterFaults,
}

impl Default for ServeOptions {
    /// Eight workers, ten seconds, loopback, no faults.
    fn default() -> Self {
        Self {
            workers: 8,
            patience: Duration::from_secs(10),
            beyond_loopback: false,
            faults: RegisterFaults::none(),
        }
    }
}

/// Why nothing is served. The caller chose the address.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address can't be listened on.
    #[error("can't listen on {address}: {source}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The address isn't loopback, and nobody asked for that on purpose.
    #[error("{0} isn't loopback: the register has no encryption and no accounts")]
    BeyondLoopback(SocketAddr),
    /// The system gives no thread.
    #[error("can't start a worker: {0}")]
    Worker(std::io::Error),
}

/// A register being served. Dropping it stops it.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    workers: Vec<JoinHandle<()>>,
}

impl Server {
    /// Listens on `address` (port 0 for any free one) and serves `register` from threads of its own.
    ///
    /// # Errors
    /// [`ServeError`] when the address can't be used.
    pub fn start(register: Register, address: SocketAddr, options: ServeOptions) -> Result<Self, ServeError> {
        if !address.ip().is_loopback() && !options.beyond_loopback {
            return Err(ServeError::BeyondLoopback(address));
        }
        let listen = |source| ServeError::Listen { address, source };
        let listener = Arc::new(TcpListener::bind(address).map_err(listen)?);
        let mut server = Self {
            address: listener.local_addr().map_err(listen)?,
            stop: Arc::default(),
            workers: Vec::new(),
        };
        let register = Arc::new(register);
        for number in 0..options.workers.max(1) {
            let (listener, register) = (Arc::clone(&listener), Arc::clone(&register));
            let (stop, options) = (Arc::clone(&server.stop), options.clone());
            let work = move || work(&listener, &register, &options, &stop);
            let worker = std::thread::Builder::new().name(format!("register-{number}")).spawn(work);
            server.workers.push(worker.map_err(ServeError::Worker)?);
        }
        Ok(server)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address for [`connect`](super::http): `http://127.0.0.1:port`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves until the process ends.
    pub fn wait(mut self) {
        for worker in self.workers.drain(..) {
            let _ = worker.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        for _ in &self.workers {
            // Wakes one worker that waits for a connection.
            let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
        }
        for worker in self.workers.drain(..) {
            let _ = worker.join();
        }
    }
}

/// Serves `register` on `address` until the process ends. `ready` is told the address that is listened on, with the port
/// that the system chose when port 0 was asked for.
///
/// # Errors
/// [`ServeError`] when the address can't be used.
pub fn serve(
    register: Register,
    address: SocketAddr,
    options: ServeOptions,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let server = Server::start(register, address, options)?;
    ready(server.address());
    server.wait();
    Ok(())
}

fn work(listener: &TcpListener, register: &Register, options: &ServeOptions, stop: &AtomicBool) {
    while !stop.load(Ordering::SeqCst) {
        let Ok((stream, _)) = listener.accept() else {
            // Out of handles, or the peer is already gone: not this listener's end.
            std::thread::sleep(Duration::from_millis(10));
            continue;
        };
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let handle = std::panic::AssertUnwindSafe(|| connection::handle(stream, register, options));
        // A panic in an authority costs its connection, not the worker.
        let _ = std::panic::catch_unwind(handle);
    }
}

#[cfg(test)]
mod tests;
