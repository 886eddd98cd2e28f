//! How a question reaches the number.

#[cfg(feature = "http")]
mod gateway;
mod lines;
mod message;

#[cfg(feature = "http")]
pub use gateway::{GatewayError, HttpGateway};
pub use lines::LineMessenger;
pub use message::Message;

use crate::profile::Lang;

/// Sends questions. The plug-in for an operator's message centre or voice platform; it does the I/O, blocking.
///
/// A failure says whether the message can have arrived: a customer is asked once, so only what certainly wasn't sent is
/// sent again.
pub trait Messenger: Send + Sync {
    /// Sends one message, in that language where the text is composed here.
    fn send(&self, message: &Message<'_>, lang: Lang) -> Result<(), MessengerError>;
}

/// A message wasn't sent, or nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessengerError {
    /// It certainly didn't go out: the messenger can't be reached.
    #[error("the messenger can't be reached; the message wasn't sent")]
    Unreachable,
    /// It certainly didn't go out: the messenger wants no message now.
    #[error("the messenger is busy; the message wasn't sent")]
    Busy,
    /// It certainly didn't go out, and won't: number, form or credentials.
    #[error("the messenger refused the message (status {status:?})")]
    Refused {
        /// The HTTP status, where there is one.
        status: Option<u16>,
    },
    /// Nobody knows. It is never sent again: the customer would be asked twice.
    #[error("nobody knows whether the message was sent")]
    Indeterminate,
}

impl MessengerError {
    /// Whether the message certainly didn't go out.
    pub fn is_not_sent(self) -> bool {
        match self {
            Self::Unreachable | Self::Busy | Self::Refused { .. } => true,
            Self::Indeterminate => false,
        }
    }
}
