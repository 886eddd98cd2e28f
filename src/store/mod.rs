//! One ledger under everything that must happen once or be counted.
//!
//! Demands, trust sequences, quotas and confirmations are typed views on it, made by the modules that own them. Every
//! operation is one atomic, durable step: when it returned `Ok`, the fact survives a crash, and of any number of threads
//! and processes that try the same step exactly one wins. There is no check-then-write anywhere above it.

use jiff::Timestamp;

/// Which view a record belongs to. Records of different spaces never meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Space {
    /// Pending and answered demands, by nonce.
    Demand,
    /// The highest sequence seen of each trust list, by its issuer.
    TrustSequence,
    /// Numbers per document and operator.
    Quota,
    /// Second confirmations, by number, service and natural day.
    Confirmation,
}

impl Space {
    /// The stable name kept in a database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Demand => "demand",
            Self::TrustSequence => "trust_sequence",
            Self::Quota => "quota",
            Self::Confirmation => "confirmation",
        }
    }
}

/// What [`Store::put`] found.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Put {
    /// The record is new and is now kept.
    Stored,
    /// One was there; nothing changed.
    Exists,
}

/// One record.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// What was put.
    pub value: Vec<u8>,
    /// After this it can't be answered.
    pub expires_at: Timestamp,
    /// The answer, once there is one. It never changes again.
    pub answer: Option<Vec<u8>>,
}

/// What [`Store::answer`] did.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answered {
    /// This call's answer is recorded: the caller won.
    Recorded,
    /// It had been answered; here is what was recorded then.
    Already(Vec<u8>),
    /// There is no such record.
    Unknown,
    /// Its time is over.
    Expired,
}

/// What [`Store::advance`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Advance {
    /// `sequence` is higher than what was seen and is now the one seen.
    Advanced,
    /// The same sequence with the same digest.
    Same,
    /// A higher one was seen.
    Older {
        /// The highest seen.
        seen: u64,
    },
    /// The same sequence was seen with another digest: somebody signs two truths.
    Conflicting,
}

/// What [`Store::count`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Counted {
    /// The member is new and is counted; this many are counted now.
    Added(u32),
    /// The member was counted before; this many are.
    Present(u32),
    /// The limit is reached; nothing changed.
    Full(u32),
}

/// A ledger. Shared between threads by reference; blocking.
///
/// Keys, values and members may hold personal data or digests of it, as the view decides; a store logs none of them.
pub trait Store: Send + Sync {
    /// Keeps `value` under `key` unless something is there. `key` is at most 255 bytes, `value` at most 1 MiB.
    fn put(&self, space: Space, key: &[u8], value: &[u8], expires_at: Timestamp) -> Result<Put, StoreError>;

    /// Looks at a record. Expired records are still shown until [`expire`](Self::expire) removed them.
    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Entry>, StoreError>;

    /// Records `answer` for `key` if it has none and `now` isn't past its end.
    fn answer(&self, space: Space, key: &[u8], answer: &[u8], now: Timestamp)
    -> Result<Answered, StoreError>;

    /// Raises the sequence seen under `key`.
    fn advance(
        &self,
        space: Space,
        key: &[u8],
        sequence: u64,
        digest: &[u8; 32],
    ) -> Result<Advance, StoreError>;

    /// Counts `member` under `key` unless `limit` unexpired members are counted.
    fn count(
        &self,
        space: Space,
        key: &[u8],
        member: &[u8],
        limit: u32,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Counted, StoreError>;

    /// Removes at most `max` records and members that ended before `before`; says how many. Answered records go too, so
    /// give a time far enough back for the answers that must be kept.
    fn expire(&self, before: Timestamp, max: u32) -> Result<u32, StoreError>;
}

/// A store couldn't do its work. Nothing is known to have been recorded, and nothing may be accepted on it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The disk, the server or the file failed.
    #[error("the store failed: {0}")]
    Backend(String),
}
