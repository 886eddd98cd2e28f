//! Bytes to values and back, without state: frames, commands, status words, replies, layouts (`reader-protocol` 2 to 5).
//!
//! Two stages: [`Framer`] finds a frame in the stream (nom `streaming`), everything after it decodes a complete body
//! (nom `complete` and `all_consuming`).

mod command;
mod frame;
pub mod layout;
mod reply;
mod status;
mod text;

pub use command::{Baud, Command};
pub use frame::{
    Frame, Framer, MAX_LENGTH, MIN_REPLY_LENGTH, MIN_REQUEST_LENGTH, PREAMBLE, encode as encode_frame,
};
pub use reply::{ADDRESS_LENGTH, CardBlocks, FINGERPRINT_LENGTH, Reply, ReplyError, Shape, TEXT_LENGTH};
pub use status::{Status, StatusWord};
pub use text::BlockError;
pub(crate) use text::{addresses, encode_address};
