//! `librealname.so`: the C interface. `bindings/c/include/realname.h` is made from this.
//!
//! A pointer is read here and nowhere else: null is refused, a text must be UTF-8, a handle is a number that a table knows
//! and is never followed. No panic leaves a function.
#![allow(non_camel_case_types)] // They are C's names.
#![allow(clippy::result_large_err, reason = "a failure has its texts in two languages, and is rare")]

mod boundary;
mod errors;
mod handles;
mod held;
mod last_error;
mod reader;
mod relying;
mod strings;
mod terminal;
mod watching;

pub use errors::{rn_error, rn_status};
pub use handles::{rn_reader, rn_store, rn_terminal, rn_trust};
pub use terminal::rn_bytes;
pub use watching::rn_watch_callback;
