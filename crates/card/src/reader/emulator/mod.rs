//! A SAM reader in software, on the other end of any line: what tests, the demonstration and an integrator's first steps
//! run against. It plays every document, command, status word and fault that the driver is made for.
//!
//! [`Emulator`] is the reader without I/O; [`RunningEmulator`] lets one work on a [`DeviceEnd`]: memory, or a
//! pseudo-terminal (feature `pty`, Unix), which the host opens like a serial port. Readings from it have the origin
//! `emulated` and can only be attested as a test.
//!
//! ```
//! use realname_card::reader::emulator::{Card, Emulator, EmulatorConfig, RunningEmulator};
//! use realname_card::reader::{ReadOptions, Reader};
//!
//! let (emulator, line) = RunningEmulator::in_memory(Emulator::new(EmulatorConfig::default()));
//! emulator.place(Card::from_json(r#"{"name": "测试戊", "sex": "female", "number": "119999199001010004"}"#)?);
//! let card = Reader::new(line).read_card(&ReadOptions::new())?;
//! assert_eq!(card.document().name().as_str(), "测试戊");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod card;
mod explain;
mod fault;
#[cfg(all(unix, feature = "pty"))]
mod pty;
mod runner;
mod sam;
mod virtual_time;

pub use card::{Card, CardError};
pub use fault::Faults;
#[cfg(all(unix, feature = "pty"))]
pub use pty::Pty;
pub use runner::{DeviceEnd, RunningEmulator};
pub use sam::{Emulator, EmulatorConfig};
