//! A question that this call may ask, and nobody else.

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::{Message, Messenger, MessengerError, PhoneNumber, Question, ServiceId};
use crate::profile::Lang;

/// The right to ask a question: made once per number, service and natural day, used up by sending. Not `Clone`.
///
/// A process that dies while it holds one has lost it: the customer isn't asked again that day, and nothing is granted.
#[must_use]
pub struct Challenge {
    pub(super) id: String,
    pub(super) question: Question,
    pub(super) reply: Zeroizing<String>,
    pub(super) until: Timestamp,
}

/// A question that was sent.
#[derive(Debug)]
#[non_exhaustive]
pub struct OpenQuestion {
    /// The message's id, for the messenger's log.
    pub id: String,
    /// After this a reply is too late.
    pub until: Timestamp,
}

/// A question wasn't sent, or nobody knows.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct NotAsked {
    /// Why.
    pub error: MessengerError,
    /// The challenge, to try again with; only when the message certainly didn't go out.
    pub challenge: Option<Challenge>,
}

impl Challenge {
    /// Sends the question. When it certainly didn't go out, the error gives the challenge back.
    pub fn send(self, messenger: &dyn Messenger, lang: Lang) -> Result<OpenQuestion, Box<NotAsked>> {
        match messenger.send(&self.message(), lang) {
            Ok(()) => Ok(OpenQuestion { id: self.id, until: self.until }),
            Err(error) => Err(Box::new(NotAsked { error, challenge: error.is_not_sent().then_some(self) })),
        }
    }

    /// What is sent, for callers that send it themselves.
    pub fn message(&self) -> Message<'_> {
        Message::new(&self.id, &self.question, &self.reply, self.until)
    }

    /// Whom it asks.
    pub fn number(&self) -> &PhoneNumber {
        &self.question.number
    }

    /// What for.
    pub fn service(&self) -> &ServiceId {
        &self.question.service
    }

    /// After this a reply is too late.
    pub fn until(&self) -> Timestamp {
        self.until
    }
}

impl std::fmt::Debug for Challenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Challenge")
            .field("id", &self.id)
            .field("service", self.service())
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
}
