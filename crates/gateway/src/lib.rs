//! Second confirmations over an operator's message gateway: CMPP 2.0 and 3.0, SMPP 3.4, and a voice platform's call-back.
//!
//! [`CmppMessenger`] and [`SmppMessenger`] are [`Messenger`](realname_flow::confirmation::Messenger)s: a question goes out as a short
//! message. [`Replies`] takes in what comes back: it keeps it, then tells the gateway that it needn't send it again, joins parts,
//! finds the question and has the grant signed, once.
//!
//! ```text
//!  Challenge ─▶ messenger ─▶ link ─▶ session ─▶ (gateway) ─▶ (phone)
//!                             ▲ socket, threads     │
//!  Grant ◀─ Confirmer ◀─ Replies ◀──────────────────┘
//! ```
//!
//! Neither protocol encrypts anything: an address that isn't this machine's has to be said to be a private line. What a lost
//! answer leaves open is told as unknown, and never sent again.

#![forbid(unsafe_code)]
#![warn(
    missing_docs,
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

mod cmpp;
mod error;
mod figures;
mod inbox;
mod link;
mod messenger;
mod protocol;
mod sending;
mod session;
mod settings;
#[cfg(test)]
mod simulation;
mod smpp;
mod text;
#[cfg(feature = "http")]
mod voice;

/// For fuzzing alone: what reads bytes of a gateway, with nothing behind it.
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;

pub use cmpp::CmppVersion;
pub use error::SettingsError;
pub use figures::LineFigures;
pub use inbox::{Heard, InboxError, Replies, SPACE};
pub use link::LineState;
pub use messenger::{CmppMessenger, Gateway, SmppMessenger};
pub use protocol::ReportState;
pub use settings::{CmppSettings, GatewaySettings, LineTimes, Secret, SmppSettings};
#[cfg(feature = "http")]
pub use voice::{CallbackError, VoicePlatform};
