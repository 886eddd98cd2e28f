//! What the C library and the Python package have in common: readers that several threads may hold, the relying side, the
//! terminal, the photos; every failure with its code and both texts; values as the JSON that the command line prints.
//!
//! It has no foreign interface of its own, and no `unsafe`.
#![warn(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// Clock, threads, files: what a program that calls a library expects it to use.
#![allow(clippy::disallowed_methods)]
#![allow(clippy::result_large_err, reason = "a failure has its texts in two languages, and is rare")]

mod failure;
mod helpers;
mod photos;
mod reader;
mod relying;
mod terminal;
mod told;
mod turns;

use zeroize::Zeroizing;

pub use failure::{Failure, Status};
pub use photos::check_photos;
pub use reader::{Reader, Watching, card_json, event_json, list_readers};
pub use realname::document::CardRead;
pub use realname::profile::{Lang, ReasonCode};
pub use realname::reader::WatchEvent;
pub use realname::rely::Verdict;
pub use relying::{Decided, Issued, Store, Trust, answer, audit, demand, recorded_json, refusal};
pub use terminal::Terminal;
pub use told::Told;

/// A value as JSON in one line, wiped when it goes.
///
/// # Errors
/// Never, for values of this library.
pub fn line(value: &impl serde::Serialize) -> Result<Zeroizing<String>, Failure> {
    realname::profile::to_wiped_json(value).map_err(|_| Failure::internal())
}

/// A value as JSON in UTF-8, with what isn't plainly visible escaped, as the command line prints it. Wiped when it goes.
///
/// # Errors
/// Never, for values of this library.
pub fn json(value: &impl serde::Serialize) -> Result<Zeroizing<String>, Failure> {
    realname::profile::to_visible_json(value).map(Zeroizing::new).map_err(|_| Failure::internal())
}
