//! The reader's driver as a user of the crate has it: on a simulated line, on a pseudo-terminal, on random cases.

mod canary;
mod properties;
#[cfg(all(unix, feature = "serial", feature = "pty"))]
mod pty;
mod simulation;
