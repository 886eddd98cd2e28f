//! Second confirmation: the customer is asked on the number itself, once per service and natural day, and answers.
//!
//! The rule (Ministry of Industry and Information Technology, 2010): the first order of a service in a natural day must be
//! confirmed by the customer's reply; without a reply nothing is done or charged; the same service isn't asked about again
//! that day. It is run by the **relying party**: a terminal's word for it would prove nothing.
//!
//! ```text
//!  Question ─▶ Confirmer::ask ─▶ Challenge ─▶ Messenger ─▶ (the customer) ─▶ CustomerReply
//!                   │ once per number,                                        │
//!                   ▼ service, day                                            ▼
//!                 Store ◀──────────────────────────────────────── Confirmer::reply ─▶ Grant (signed)
//!                                                                                       │
//!                            charge once ◀─ redeem ◀─ VerifiedGrant ◀─ UnverifiedGrant ─┘
//! ```
//!
//! Time comes in as `now`; only messengers do I/O.

mod challenge;
mod confirmer;
mod day;
mod error;
mod explain;
mod grant;
mod matching;
mod messenger;
#[cfg(test)]
mod model;
mod number;
mod question;
mod recent;
mod record;
mod redeem;
mod reply;
mod secret;
mod service;
#[cfg(test)]
mod tests;
mod verify;

pub use challenge::{Challenge, NotAsked, OpenQuestion};
pub use confirmer::{Asking, Confirmer, Standing};
pub use day::NaturalDay;
pub use error::ConfirmationError;
pub use grant::Grant;
#[cfg(feature = "http")]
pub use messenger::{GatewayError, HttpGateway};
pub use messenger::{LineMessenger, Message, Messenger, MessengerError};
pub use number::{PhoneNumber, PhoneNumberError};
pub use question::{Form, Key, Question, QuestionError};
pub use redeem::Redemption;
pub use reply::{CustomerReply, Replied};
pub use secret::LedgerSecret;
pub use service::{Price, ServiceId, ServiceIdError, Uses};
pub use verify::{GrantRefused, Order, UnverifiedGrant, VerifiedGrant};

use crate::store::Space;

/// Second confirmations, by number, service and natural day.
pub const SPACE: Space = Space::new("confirmation");
