//! What comes back.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::{Grant, Key, PhoneNumber, ServiceId};
use crate::profile::ReasonCode;

/// Longest reply that is looked at, in bytes; a right one has six characters.
const MAX_REPLY: usize = 64;

/// A reply, with the number that it came from (as the network says, not as the reply says) and the service whose order
/// waits for it.
#[derive(Debug)]
#[must_use]
pub struct CustomerReply {
    pub(super) number: PhoneNumber,
    pub(super) service: ServiceId,
    pub(super) answer: Answer,
}

#[derive(Debug)]
pub(super) enum Answer {
    Text(Folded),
    Key { key: Key, prompt_version: u32 },
}

impl CustomerReply {
    /// A text: a message from the number, or the code typed where the order is made.
    pub fn text(number: PhoneNumber, service: ServiceId, text: &str) -> Self {
        Self { number, service, answer: Answer::Text(Folded::new(text)) }
    }

    /// Whether a text says no, whichever question it is about.
    pub fn says_no(text: &str) -> bool {
        Folded::new(text).declines()
    }

    /// A key pressed in a call, with the version of the prompt that was played in it.
    pub fn key(number: PhoneNumber, service: ServiceId, key: Key, prompt_version: u32) -> Self {
        Self { number, service, answer: Answer::Key { key, prompt_version } }
    }
}

/// A reply's text in one spelling: NFKC (full-width digits and letters become plain), no spaces, upper case. Wiped when
/// dropped, hidden in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Folded(Zeroizing<String>);

impl Folded {
    pub(super) fn new(text: &str) -> Self {
        let text = if text.len() > MAX_REPLY { "" } else { text };
        let kept = text.nfkc().filter(|sign| !sign.is_whitespace()).flat_map(char::to_uppercase);
        Self(Zeroizing::new(kept.collect()))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Whether it says no.
    pub(super) fn declines(&self) -> bool {
        ["N", "NO", "否", "不同意"].contains(&self.0.as_str())
    }
}

impl std::fmt::Debug for Folded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// What a reply led to. Only a grant allows anything.
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum Replied {
    /// The customer confirmed, and this call made the grant.
    Granted(Grant),
    /// The right reply again: the grant that was made then.
    AlreadyGranted(Grant),
    /// The customer said no. It stays so for the day.
    Declined,
    /// The reply confirms nothing, for this reason.
    Refused(ReasonCode),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_per_answer() {
        for text in ["y1234", " Y 1234\n", "Ｙ１２３４", "Y\u{3000}1234"] {
            assert_eq!(Folded::new(text).as_bytes(), b"Y1234", "{text}");
        }
        assert_eq!(Folded::new(&"1".repeat(65)).as_bytes(), b"");
        assert!(
            Folded::new("ｎ").declines() && Folded::new(" 否 ").declines() && !Folded::new("N1").declines()
        );
        assert_eq!(format!("{:?}", Folded::new("Y1234")), "[redacted]");
    }
}
