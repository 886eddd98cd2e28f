//! One ledger under everything that must happen once or be counted.
//!
//! Demands, trust sequences, quotas and confirmations are typed views on it, made by the modules that own them. Every
//! operation is one atomic, durable step: when it returned `Ok`, the fact survives a crash, and of any number of threads
//! and processes that try the same step exactly one wins. There is no check-then-write anywhere above it.
//!
//! | store | for | shared by | survives |
//! |---|---|---|---|
//! | [`MemoryStore`] | tests, single runs | threads | nothing |
//!
//! ```
//! use realname_token::store::{Answered, MemoryStore, Space, Store};
//!
//! let store = MemoryStore::new();
//! let (now, end) = ("2026-01-05T09:00:00Z".parse()?, "2026-01-05T09:10:00Z".parse()?);
//! const ORDERS: Space = Space::new("order");
//! let _ = store.put(ORDERS, b"nonce", b"pending", end)?;
//! assert_eq!(store.answer(ORDERS, b"nonce", b"accepted", now)?, Answered::Recorded);
//! // Whoever comes second hears what the first one recorded.
//! let second = store.answer(ORDERS, b"nonce", b"refused", now)?;
//! assert_eq!(second, Answered::Already(b"accepted".to_vec()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod entry;
mod error;
mod explain;
mod housekeeping;
pub mod limits;
mod memory;
mod memory_outbox;
mod memory_queue;
mod outbox;
mod queue;
mod restored;

use jiff::Timestamp;

pub use self::entry::{
    Advance, Answered, AnsweredAll, AnsweredWithin, Answering, Claim, Counted, Entry, Put, PutAll, Putting,
    Space, Within,
};
pub use self::error::{Displaced, Durability, EngineError, Field, StoreError};
pub use self::housekeeping::Housekeeping;
pub use self::limits::{MAX_KEY, MAX_VALUE};
pub use self::memory::MemoryStore;
pub use self::outbox::{Outbox, ToTell};
pub use self::queue::{List, Queue, Task, Work};
pub use self::restored::{RESTORED, restored_at};

/// The store's own space: when it was tidied up and when it was restored.
pub const HOUSEKEEPING: Space = Space::new("housekeeping");

/// A ledger. Shared between threads by reference; blocking, so an async caller calls it from a blocking thread.
///
/// A key or member is at most [`MAX_KEY`] bytes, a value or answer at most [`MAX_VALUE`]; more is
/// [`StoreError::TooLong`]. All may be empty. Times count to the microsecond, and a record's last moment is
/// `expires_at` itself: it is over when `now` is later. Keys, values and members may hold personal data or digests of
/// it, as the view decides; a store logs none of them.
pub trait Store: Send + Sync {
    /// Keeps `value` under `key` unless something is there, expired or not.
    fn put(&self, space: Space, key: &[u8], value: &[u8], expires_at: Timestamp) -> Result<Put, StoreError>;

    /// Keeps several records in one step: all of them, or none when there is anything under one of their keys. It stops at the
    /// first that can't be put; one key named twice can't. Whoever puts the same keys from several places names them in one
    /// order.
    fn put_all(&self, puts: &[Putting<'_>]) -> Result<PutAll, StoreError>;

    /// Looks at a record. Expired records are still shown until [`expire`](Self::expire) removed them.
    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Entry>, StoreError>;

    /// Looks at several records, each as [`get`](Self::get) does, in the order in which they are named. Stores for which one look is
    /// cheaper than several take one.
    fn get_all(&self, keys: &[(Space, &[u8])]) -> Result<Vec<Option<Entry>>, StoreError> {
        keys.iter().map(|(space, key)| self.get(*space, key)).collect()
    }

    /// Records `answer` for `key` if it has none and `now` isn't past its end. An earlier answer is told even then.
    fn answer(&self, space: Space, key: &[u8], answer: &[u8], now: Timestamp)
    -> Result<Answered, StoreError>;

    /// Records the answers of several records in one step, with what they claim: all of them or none. It stops at the first that
    /// can't be recorded and says what [`answer`](Self::answer) would have said of it, or [`Answered::Claimed`]: of any number
    /// of answers that claim the same for different ones, one is recorded. What was recorded before is told whatever was claimed.
    /// One record named twice is answered in no case: its second mention finds the first. Whoever answers the same records from
    /// several places names them in one order.
    fn answer_all(&self, answers: &[Answering<'_>], now: Timestamp) -> Result<AnsweredAll, StoreError>;

    /// As [`answer`](Self::answer), while fewer than `within.limit` unexpired members other than `within.member` are counted
    /// under `within.key` of the same space ([`count`](Self::count)). Nobody is counted by it: whoever records an answer and
    /// whoever counts come one after the other, and the later of them sees what the earlier one did.
    fn answer_within(
        &self,
        space: Space,
        key: &[u8],
        answer: &[u8],
        within: Within<'_>,
        now: Timestamp,
    ) -> Result<AnsweredWithin, StoreError>;

    /// As [`answer`](Self::answer), and in the same step claims something for good: [`answer_all`](Self::answer_all) of one.
    fn answer_claiming(
        &self,
        space: Space,
        key: &[u8],
        answer: &[u8],
        claim: Claim<'_>,
        now: Timestamp,
    ) -> Result<Answered, StoreError> {
        let one = Answering { space, key, answer, claim: Some(claim) };
        Ok(match self.answer_all(&[one], now)? {
            AnsweredAll::Recorded => Answered::Recorded,
            AnsweredAll::Not { found, .. } => found,
        })
    }

    /// Raises the sequence seen under `key`. What was seen never expires.
    fn advance(
        &self,
        space: Space,
        key: &[u8],
        sequence: u64,
        digest: &[u8; 32],
    ) -> Result<Advance, StoreError>;

    /// Counts `member` under `key` unless `limit` unexpired members are counted. A member that is counted already keeps
    /// its end; one that expired counts as new. Made for limits up to some thousands: it looks at each of them.
    fn count(
        &self,
        space: Space,
        key: &[u8],
        member: &[u8],
        limit: u32,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Counted, StoreError>;

    /// Removes at most `max` records and members that ended before `before`, records first and the oldest first; says
    /// how many. Answered records go too, so give a time far enough back for the answers that must be kept.
    fn expire(&self, before: Timestamp, max: u32) -> Result<u32, StoreError>;

    /// Removes some of what was over for 30 days, when it is time for that; says how many records and members. For commands
    /// and services to call whenever they use the store: at most every hour one of those that share it does anything. See
    /// [`Housekeeping`] for other times.
    fn housekeep(&self, now: Timestamp) -> Result<u32, StoreError> {
        Housekeeping::new().run(self, now)
    }
}
