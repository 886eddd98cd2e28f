//! A bridge on a real port of this machine, before a reader in software on a real pty.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod behind;
mod day;
mod door;
mod events;
mod reads;
mod till;
