//! What can be wrong with an entry.

/// Why an event wasn't taken, or an entry isn't one. It never quotes what was in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// Longer than an entry can be.
    #[error("the event is too long: expected at most {limit} bytes, got {got}", limit = super::MOST_BYTES)]
    TooLong {
        /// How long it is.
        got: usize,
    },
    /// Not one JSON object.
    #[error("the event isn't one JSON object on a line, each member once")]
    Json,
    /// The JSON isn't written the one way that RFC 8785 leaves.
    #[error("the entry isn't canonical JSON")]
    NotCanonical,
    /// A member that entries don't have.
    #[error("the event has a member that entries don't have")]
    UnknownMember,
    /// A member whose value hasn't the form that it must have.
    #[error("`{member}` isn't {form}", form = form.told())]
    Form {
        /// Which.
        member: &'static str,
        /// What it must be.
        form: super::Form,
    },
    /// A value that looks like a telephone or identity number.
    #[error("`{member}` has eleven digits in a row or more, as telephone and identity numbers have")]
    Personal {
        /// Which member.
        member: &'static str,
    },
    /// A member that must be there isn't.
    #[error("`{member}` is missing")]
    Missing {
        /// Which.
        member: &'static str,
    },
    /// A member stands without the one that it belongs to.
    #[error("`{member}` stands without `agent`")]
    Lone {
        /// Which.
        member: &'static str,
    },
    /// Its place in its agent's chain is another.
    #[error("the entry doesn't follow its agent's entry before it: expected number {expected}")]
    Chain {
        /// The number that is next.
        expected: u64,
    },
}
