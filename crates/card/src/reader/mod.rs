//! The device side: a card reader with a SAM on a serial port or on USB, and what it reads.
//!
//! ```text
//! Reader (blocking) ── Watch (all day)        asks the clock, moves the bytes
//!   ├── session      what to say and what to make of the answer; no I/O
//!   │     └── wire   frames, commands, status words, layouts; no state
//!   └── transport    serial, native USB, memory, replay, a seeded bad line
//!         └── emulator   on the other end: a reader in software
//! ```
//!
//! ```
//! use realname_card::reader::transport::Replay;
//! use realname_card::reader::{ReadOptions, Reader};
//!
//! let recording = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/recordings/resident.txt"));
//! let mut reader = Reader::new(Replay::new(recording.parse()?));
//! let card = reader.read_card(&ReadOptions::new())?;
//! assert_eq!(card.document().name().as_str(), "测试戊");
//! assert_eq!(card.origin().as_str(), "replay");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What can be relied on: a reading is of the card that lies there, whole and of one moment, or it is a [`ReaderError`] that
//! says whose fault it is and what the clerk does next. Where the protocol's 8-bit checksum leaves a doubt, the card is read
//! until two replies in a row are the same, byte by byte ([`Confirm`] has the limit of that). A late answer is never taken
//! for the next one: after any failure the session gets into step with the reader first.
//!
//! Who asks for a card that was laid down for this reading ([`ReadOptions::lying_card`] off, as at a till) gets no card that was
//! read before, by whatever program. Time ends a request, no count of tries does: [`ReadOptions::wait`] is for a reader that
//! boots, a card that settles and a line that fails alike.
//!
//! What can't: that a reading which isn't confirmed ([`LinkStats::confirmed`](crate::document::LinkStats::confirmed)) is free
//! of damage. On a line that showed none, and on a reader that gives each card once, one reading is believed; the checksum
//! misses one damaged frame in 256, and when that is the first damage that the line ever shows and every field stays plausible,
//! nothing tells. On simulated lines that damage up to every second reply, 52 of 38,799 such readings were so. Who
//! can't bear that asks for [`Confirm::Always`].
//!
//! Nor that a reader is a real one. A SAM id is a claim, and the host verifies no signature of the card.

mod canceller;
mod discovery;
mod driver;
pub mod emulator;
mod error;
mod notes;
mod numbers;
mod open;
mod opener;
mod options;
mod retold;
pub mod session;
pub mod transport;
mod watch;
pub mod wire;

pub use canceller::Canceller;
pub use discovery::{Attachment, Guess, Port, list};
pub use driver::Reader;
pub use error::{Action, Fault, ReaderError};
pub use notes::PortNotes;
pub use numbers::{PortNumbers, numbered};
pub use opener::Opener;
pub use options::{Confirm, Progress, ReadOptions};
pub use session::{CardMark, CommandReply, ManagementInfo, Probe};
pub use watch::{Watch, WatchEvent};

#[cfg(test)]
#[path = "../../../testkit/src/wire.rs"]
pub(crate) mod testkit;
