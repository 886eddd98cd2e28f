//! What the customer is asked.

use sha2::{Digest, Sha256};

use super::{PhoneNumber, Price, ServiceId, Uses};
use crate::profile::{Purpose, is_safe};

/// Most characters of a question's text: two long messages' worth.
const MAX_TEXT: usize = 300;

/// A question: may this service, at this price, be had for this number?
#[derive(Clone, Debug)]
#[must_use]
pub struct Question {
    pub(super) number: PhoneNumber,
    pub(super) service: ServiceId,
    pub(super) purpose: Purpose,
    pub(super) price: Price,
    pub(super) uses: Uses,
    pub(super) form: Form,
    pub(super) text: String,
}

/// How the customer answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Form {
    /// Six digits that only who holds the number can read; the customer types them where the order is made.
    Code,
    /// A message sent back from the number itself: `Y` and four digits, which bind it to this question, or `N`.
    Message,
    /// A key pressed in a call to the number.
    Voice {
        /// Which version of the recorded prompt is played: what the customer heard.
        prompt_version: u32,
        /// The key that means yes.
        yes: Key,
    },
}

impl Form {
    /// The name in a grant.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Message => "message",
            Self::Voice { .. } => "voice",
        }
    }
}

/// A key of a telephone: `0` to `9`, `*` or `#`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key(char);

impl Key {
    /// From its sign.
    pub fn new(sign: char) -> Result<Self, QuestionError> {
        if sign.is_ascii_digit() || sign == '*' || sign == '#' {
            Ok(Self(sign))
        } else {
            Err(QuestionError::Key)
        }
    }

    /// Its sign.
    pub fn as_char(self) -> char {
        self.0
    }
}

/// Why a question can't be asked. The caller's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QuestionError {
    /// The text is empty, too long, or holds controls or marks of direction.
    #[error(
        "the question's text must have 1 to {MAX_TEXT} characters, no controls and no marks of direction"
    )]
    Text,
    /// Not a key of a telephone.
    #[error("not a telephone key: expected 0 to 9, * or #")]
    Key,
}

impl Question {
    /// A question in the form of a message, for the purpose `service.order`. `text` is what the customer is told of the
    /// service; price and how to answer are added by [`Message::body`](super::Message::body). It must name no person.
    ///
    /// A grant for it can be used once where money moves, and all day where nothing is charged.
    pub fn new(
        number: PhoneNumber,
        service: ServiceId,
        price: Price,
        text: impl Into<String>,
    ) -> Result<Self, QuestionError> {
        let text = text.into();
        if !is_safe(&text, MAX_TEXT) {
            return Err(QuestionError::Text);
        }
        let uses = if price.is_free() { Uses::Day } else { Uses::Once };
        Ok(Self { number, service, purpose: Purpose::ServiceOrder, price, uses, form: Form::Message, text })
    }

    /// Another form.
    pub fn form(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    /// Another purpose, for an act that is no service, as `sim.cancel`. The trust list must allow the asker that purpose.
    pub fn purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = purpose;
        self
    }

    /// How often the grant may be used.
    pub fn uses(mut self, uses: Uses) -> Self {
        self.uses = uses;
        self
    }

    /// SHA-256 of the text, UTF-8: what a grant says that the customer was told.
    pub fn text_digest(&self) -> [u8; 32] {
        Sha256::digest(self.text.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(price: Price, text: &str) -> Result<Question, QuestionError> {
        Question::new("+8613800000000".parse().unwrap(), "vas:1".parse().unwrap(), price, text)
    }

    #[test]
    fn where_money_moves_a_grant_is_for_once() {
        assert_eq!(question(Price::fen(1), "text").unwrap().uses, Uses::Once);
        assert_eq!(question(Price::FREE, "text").unwrap().uses, Uses::Day);
    }

    #[test]
    fn texts_and_keys() {
        for bad in ["", "  ", "a\nb", "a\u{7}", "a\u{202e}b", "a\u{2028}b", &"长".repeat(301)] {
            assert_eq!(question(Price::FREE, bad).unwrap_err(), QuestionError::Text);
        }
        assert!(question(Price::FREE, &"长".repeat(300)).is_ok());
        assert!(Key::new('1').is_ok() && Key::new('#').is_ok());
        assert_eq!(Key::new('a'), Err(QuestionError::Key));
    }
}
