//! `realname serve`: the library over HTTP, for those who write no Rust.
//!
//! A call is decode, ask the library, encode: no rule of the domain is here. What blocks runs on a bounded pool; what is
//! consumed is recorded in the same piece of work. docs/operations.md says how to run it, `/openapi.json` what it takes.
#![warn(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]
// This is where the clock, the files and the sockets are: the library's cores get them handed in.
#![allow(clippy::disallowed_methods)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod accounts;
mod api;
mod app;
mod asker;
mod bare;
mod book;
mod call;
mod checker;
mod clock;
pub mod config;
mod demo;
mod desk;
mod drain;
mod files;
mod hex;
mod hook;
mod kept;
mod keys;
mod local;
mod logs;
mod measures;
mod once;
mod openapi;
mod operator;
mod outward;
mod page;
mod pool;
mod rates;
mod refusal;
mod routes;
mod scope;
mod server;
mod sessions;
mod setup;
mod shown;
mod tls;
mod tokens;
mod visit;
mod webhooks;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use realname::store::Outbox;

pub use tracing::Level;

pub use crate::demo::{Customer, Demo, Shows};
pub use crate::local::{Local, LocalAnswer, LocalCall, call};
pub use crate::logs::start as start_logs;
pub use crate::openapi::json as openapi;
pub use crate::refusal::Refusal;
pub use crate::scope::Scope;
pub use crate::server::Server;
pub use crate::setup::SetupError;
pub use crate::tokens::{NewToken, new_token, withdraw_token};

use crate::config::Config;

/// Loads everything that the configuration names and lets it go again: `--check-config`.
///
/// # Errors
/// [`SetupError`], as starting would give it.
pub fn check(path: &Path) -> Result<(), SetupError> {
    let mut config = Config::load(path)?;
    server::judge(&config)?;
    operator::Operator::load(&mut config, Timestamp::now())?;
    if let Some(tls) = &config.tls {
        tls::Secured::load(tls)?;
    }
    Ok(())
}

/// Opens the store that a configuration names, for tokens.
///
/// # Errors
/// [`SetupError`].
pub fn store_of(path: &Path) -> Result<Arc<dyn Outbox>, SetupError> {
    kept::open(&Config::load(path)?.store)
}

/// Makes the store that a configuration names, or brings one that an earlier program made up to this one. Nothing that is in
/// it is lost; several may do it at once.
///
/// # Errors
/// [`SetupError`].
pub fn prepare_store(path: &Path) -> Result<(), SetupError> {
    kept::create(&Config::load(path)?.store)
}

/// Loads, listens, tells the address, and serves until SIGTERM or SIGINT. `listen` overrides the configuration's address;
/// `told` is called once, when connections are taken.
///
/// # Errors
/// [`SetupError`].
pub fn run(
    mut config: Config,
    listen: Option<SocketAddr>,
    demo: Option<Demo>,
    told: impl FnOnce(&str),
) -> Result<(), SetupError> {
    if let Some(listen) = listen {
        config.listen = listen;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(config.limits.workers.saturating_add(64))
        .thread_keep_alive(std::time::Duration::from_secs(60))
        .build()
        .map_err(|source| SetupError::Listen { address: config.listen.to_string(), source })?;
    let done = runtime.block_on(async {
        let server = Server::bind(config, demo).await?;
        told(server.origin());
        server.run(server::ended()).await;
        Ok(())
    });
    // Blocking work that outlived its request is waited for: it may be recording something.
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    done
}
