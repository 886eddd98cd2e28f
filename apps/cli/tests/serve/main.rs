//! `realname serve` as its operator has it: processes on one store, killed under load.
//!
//! `tests/postgres/run.sh` starts the servers of those that are ignored. All people are synthetic.
#![cfg(all(unix, feature = "serve"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods
)]

mod canary;
mod changes;
#[cfg(feature = "postgres")]
mod failover;
mod journal;
mod kill;
#[cfg(feature = "postgres")]
mod nodes;
mod receiver;
mod reports;
mod storm;
#[path = "../cli/support/mod.rs"]
mod support;
mod world;
