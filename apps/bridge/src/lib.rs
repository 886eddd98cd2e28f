//! `realname bridge`: the card reader of a till, for its web pages and programs, over HTTP on this machine.
//!
//! The reader is opened once and shared: reads queue, who watches is told what happens. Only pages of origins that were allowed
//! by name get in, and programs that have the token. docs/bridge.md is for those who write such pages.
#![warn(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]
// This is where the clock and the sockets are: the library's cores get them handed in.
#![allow(clippy::disallowed_methods)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod app;
mod attesting;
mod call;
mod commanding;
mod consents;
mod desk;
mod door;
mod reading;
mod refusal;
mod routes;
mod server;
mod setup;
mod terminal;
mod watching;

pub use crate::door::{Origin, OriginError};
pub use crate::refusal::Refusal;
pub use crate::server::Server;
pub use crate::setup::{Config, SetupError, read_token};
pub use crate::terminal::{Refused, Terminal};

/// Listens, tells the address, and serves until SIGTERM or SIGINT. `told` is called once, when connections are taken.
///
/// # Errors
/// [`SetupError`].
pub fn run(config: Config, told: impl FnOnce(&str)) -> Result<(), SetupError> {
    let address = config.listen;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|source| SetupError::Listen { address, source })?;
    let done = runtime.block_on(async {
        let server = Server::bind(config).await?;
        told(server.origin());
        server.run(server::ended()).await;
        Ok(())
    });
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    done
}
