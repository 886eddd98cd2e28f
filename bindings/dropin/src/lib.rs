//! What the libraries that stand in for the vendors' have in common: what a port's number means, the card that lies there, its
//! fields as those libraries give them, the files that they write. Facts: the vendors' manuals and the habits of programs that
//! call them.
//!
//! Everything a program may get wrong is answered with that library's code, at once where nothing has to be asked.
#![warn(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// Clock, files, the environment: what a program that calls such a library expects it to use.
#![allow(clippy::disallowed_methods)]

pub mod code;
mod desk;
mod fields;
mod files;
mod impatient;
mod opening;
mod photo;
mod ports;

pub use desk::{Card, Desk, RATES, desk};
pub use fields::{Fields, gbk, utf16};
pub use files::{Place, place, remove, write};
pub use opening::find_reader;
pub use photo::bitmap;
