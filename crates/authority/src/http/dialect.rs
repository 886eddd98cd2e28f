//! What a register speaks, apart from how the bytes travel.

use sha2::{Digest, Sha256};

use jiff::Timestamp;

use super::seal::hex;
use super::{Hint, Request, Response};
use crate::{AuthorityError, Finding, Query, QueryField, Reconciled};

/// A register's language: queries to requests, replies to findings. No I/O and no clock.
///
/// ```
/// use realname_authority::http::{CodeMap, Dialect, MappedJson, Response};
/// use realname_authority::{Query, Subject};
/// use realname_terms::IdNumber;
///
/// let now = jiff::Timestamp::UNIX_EPOCH;
/// let dialect = MappedJson::new("TEST-example", CodeMap::register());
/// let query = Query::new("测试甲", IdNumber::new("119999199001010004"), now, "q1");
/// let request = dialect.request(&query, now).unwrap();
/// // … send it with any client, bring back the reply …
/// let reply = Response::new(200, r#"{"result": "maybe"}"#);
/// assert!(dialect.finding(&query, &reply, now).is_err(), "what isn't understood is never an answer");
/// ```
pub trait Dialect: Send + Sync {
    /// Which register it is spoken with; what findings state as their authority.
    fn id(&self) -> &str;

    /// Whether the register's answers prove nothing about anybody, as in
    /// [`Authority::is_test`](crate::Authority::is_test). A real register has to be called one on purpose.
    fn is_test(&self) -> bool {
        true
    }

    /// Whether a request can't be made without this value, as in [`Authority::asks_for`](crate::Authority::asks_for).
    fn asks_for(&self, field: QueryField) -> bool {
        let _ = field;
        false
    }

    /// The request that asks `query`.
    ///
    /// # Errors
    /// When the register doesn't take such a question; nothing was sent then.
    fn request(&self, query: &Query, now: Timestamp) -> Result<Request, AuthorityError>;

    /// What the reply to that request says. `now` is when it was complete.
    ///
    /// # Errors
    /// What the register says instead of an answer; [`Protocol`](AuthorityError::Protocol) when it isn't understood.
    fn finding(&self, query: &Query, reply: &Response, now: Timestamp) -> Result<Finding, AuthorityError>;

    /// What an error in the reply is about, for whoever sets the register up. Nothing is decided by it.
    fn hint(&self, reply: &Response) -> Option<Hint> {
        let _ = reply;
        None
    }

    /// The request that looks up what became of `query`.
    ///
    /// # Errors
    /// [`Unsupported`](AuthorityError::Unsupported) where the register can't (the default).
    fn inquiry(&self, query: &Query, now: Timestamp) -> Result<Request, AuthorityError> {
        let _ = (query, now);
        Err(AuthorityError::Unsupported)
    }

    /// What the reply to that look-up says.
    ///
    /// # Errors
    /// Why the look-up had no answer; the outcome stays unknown.
    fn outcome(&self, query: &Query, reply: &Response, now: Timestamp) -> Result<Reconciled, AuthorityError> {
        let _ = (query, reply, now);
        Err(AuthorityError::Unsupported)
    }
}

impl<D: Dialect + ?Sized> Dialect for Box<D> {
    fn id(&self) -> &str {
        (**self).id()
    }
    fn is_test(&self) -> bool {
        (**self).is_test()
    }
    fn asks_for(&self, field: QueryField) -> bool {
        (**self).asks_for(field)
    }
    fn request(&self, query: &Query, now: Timestamp) -> Result<Request, AuthorityError> {
        (**self).request(query, now)
    }
    fn finding(&self, query: &Query, reply: &Response, now: Timestamp) -> Result<Finding, AuthorityError> {
        (**self).finding(query, reply, now)
    }
    fn hint(&self, reply: &Response) -> Option<Hint> {
        (**self).hint(reply)
    }
    fn inquiry(&self, query: &Query, now: Timestamp) -> Result<Request, AuthorityError> {
        (**self).inquiry(query, now)
    }
    fn outcome(&self, query: &Query, reply: &Response, now: Timestamp) -> Result<Reconciled, AuthorityError> {
        (**self).outcome(query, reply, now)
    }
}

/// The query's idempotency key as it goes over the wire: itself when it is 1 to 64 letters, digits, `-`, `.` or `_`, and
/// otherwise the hexadecimal SHA-256 of it. So it fits in headers and paths everywhere.
pub fn wire_key(query: &Query) -> String {
    let key = query.idempotency_key();
    let plain = (1..=64).contains(&key.len())
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
        && key.bytes().any(|b| b != b'.');
    if plain { key.to_owned() } else { hex(&Sha256::digest(key.as_bytes())) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::IdNumber;

    #[test]
    fn keys_fit_in_a_path() {
        let key = |text: &str| wire_key(&Query::new("x", IdNumber::new("1"), Timestamp::UNIX_EPOCH, text));
        assert_eq!(key("3f0c-1"), "3f0c-1");
        for text in ["", "..", "a/b", "a b", "测", "a\r\nb", &"x".repeat(65)] {
            assert_eq!(key(text).len(), 64, "{text}");
        }
    }
}
