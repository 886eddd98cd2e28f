//! Which members an entry may have, and what each may hold.

/// What a member holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// The number 1.
    Version,
    /// 1 to 128 of `A`–`Z`, `a`–`z`, `0`–`9`, `.`, `_`, `:`, `-`, without eleven digits in a row.
    Id,
    /// A list of ids.
    Ids,
    /// 32 bytes in base64url: a digest, plain of what is random, else keyed.
    Digest,
    /// A digest, or `null` where a chain begins.
    Link,
    /// An Ed25519 signature: 64 bytes in base64url.
    Signature,
    /// 16 to 32 random bytes in base64url.
    Nonce,
    /// RFC 3339 in UTC, such as `2026-11-29T08:00:00Z`.
    Time,
    /// An integer from 0 to 9,999,999,999.
    Count,
    /// A list of those.
    Counts,
    /// `true` or `false`.
    Flag,
}

impl Form {
    /// What an error calls it.
    pub(super) fn told(self) -> &'static str {
        match self {
            Self::Version => "1, the version of this format",
            Self::Id => "an id: 1 to 128 letters, digits and . _ : -",
            Self::Ids => "a list of ids",
            Self::Digest => "32 bytes in base64url without padding",
            Self::Link => "32 bytes in base64url without padding, or null",
            Self::Signature => "64 bytes in base64url without padding",
            Self::Nonce => "16 to 32 bytes in base64url without padding",
            Self::Time => "a time in UTC as RFC 3339 writes it, ending in Z",
            Self::Count => "an integer from 0 to 9999999999",
            Self::Counts => "a list of integers from 0 to 9999999999",
            Self::Flag => "true or false",
        }
    }
}

use Form::{Count, Counts, Digest, Flag, Id, Ids, Link, Nonce, Signature, Time, Version};

/// Every member that an entry may have, in the order in which it stands there. `docs/journal.md` says what each means.
pub static MEMBERS: &[(&str, Form)] = &[
    ("agent", Id),
    ("agent_prev", Link),
    ("agent_seq", Count),
    ("agents", Ids),
    ("amount", Count),
    ("attempt", Count),
    ("batch", Id),
    ("campaign", Id),
    ("channel", Id),
    ("commitment", Digest),
    ("confirmed", Flag),
    ("credit", Count),
    ("deadline", Time),
    ("differs", Count),
    ("drawn", Count),
    ("env", Id),
    ("event", Id),
    ("evidence", Digest),
    ("expected", Count),
    ("first", Count),
    ("from", Time),
    ("got", Count),
    ("grounds", Counts),
    ("human_route", Flag),
    ("index", Count),
    ("inspection", Id),
    ("invoice", Digest),
    ("issuer", Id),
    ("late", Count),
    ("lease", Id),
    ("limit_reached", Flag),
    ("list_seq", Count),
    ("locality", Id),
    ("measure", Id),
    ("missing", Count),
    ("nonce", Nonce),
    ("number_key", Digest),
    ("origin", Id),
    ("outcome", Id),
    ("outlet", Id),
    ("person_key", Digest),
    ("photo_key", Digest),
    ("points", Count),
    ("policy", Id),
    ("produced", Count),
    ("purpose", Id),
    ("rate_ppm", Count),
    ("reasons", Ids),
    ("record", Digest),
    ("refund", Digest),
    ("region", Id),
    ("report", Id),
    ("resource", Id),
    ("reveal", Digest),
    ("role", Id),
    ("rule", Id),
    ("sale", Digest),
    ("sam_id", Id),
    ("scenario", Id),
    ("settlement", Digest),
    ("signature", Signature),
    ("size", Count),
    ("standing", Id),
    ("statement", Digest),
    ("supersedes", Digest),
    ("terminal", Id),
    ("terminal_key", Digest),
    ("terminal_prev", Link),
    ("terminal_seq", Count),
    ("time", Time),
    ("to", Time),
    ("until", Time),
    ("v", Version),
    ("work_order", Digest),
];
