//! The device side.
mod discovery;
mod driver;
pub mod emulator;
mod error;
mod open;
mod options;
pub mod session;
pub mod transport;
mod watch;
pub mod wire;

pub use discovery::{Attachment, Guess, Port, list};
pub use driver::{Canceller, Reader};
pub use error::{Action, Fault, ReaderError};
pub use options::{Confirm, Progress, ReadOptions};
pub use session::Probe;
pub use watch::{Watch, WatchEvent};

#[cfg(test)]
#[path = "../../tests/support/mod.rs"]
pub(crate) mod testkit;
