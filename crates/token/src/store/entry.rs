//! What a record is, and what each step found.

use std::fmt;

use jiff::Timestamp;
use zeroize::Zeroizing;

/// Which view a record belongs to. Records of different spaces never meet.
///
/// Whoever owns a view declares its space, once and for ever: the name stands in every store that was written.
///
/// ```
/// use realname_token::store::Space;
///
/// const PARCELS: Space = Space::new("parcel");
/// assert_eq!(PARCELS.as_str(), "parcel");
/// ```
///
/// A name that no engine could tell from another doesn't compile as a constant:
///
/// ```compile_fail
/// const PARCELS: realname_token::store::Space = realname_token::store::Space::new("Parcel ");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Space(&'static str);

impl Space {
    /// The space of that name: 1 to 32 of `a-z` and `_`.
    ///
    /// # Panics
    ///
    /// On another name, which as a constant doesn't compile.
    pub const fn new(name: &'static str) -> Self {
        assert!(is_name(name.as_bytes()), "a space's name has 1 to 32 of a-z and _");
        Self(name)
    }

    /// The name, as stores have it.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

const fn is_name(name: &[u8]) -> bool {
    let mut rest = name;
    while let [byte, more @ ..] = rest {
        if !(byte.is_ascii_lowercase() || *byte == b'_') {
            return false;
        }
        rest = more;
    }
    !name.is_empty() && name.len() <= 32
}

impl fmt::Display for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

/// What [`Store::put`](super::Store::put) found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Put {
    /// The record is new and is now kept.
    Stored,
    /// One was there; nothing changed.
    Exists,
}

/// One record of those that are put together.
#[derive(Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "the arguments of `Store::put`, by name")]
pub struct Putting<'a> {
    /// Where the record is to be.
    pub space: Space,
    /// Its key.
    pub key: &'a [u8],
    /// What is kept.
    pub value: &'a [u8],
    /// After this it can't be answered.
    pub expires_at: Timestamp,
}

impl fmt::Debug for Putting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Putting").field("space", &self.space).finish_non_exhaustive()
    }
}

/// What [`Store::put_all`](super::Store::put_all) found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum PutAll {
    /// All records are new and are now kept.
    Stored,
    /// None is kept, because there was one under this one's key.
    Exists {
        /// Which one, counted from 0.
        index: usize,
    },
}

impl PutAll {
    /// The first record whose key is that of an earlier one. For those who keep a ledger.
    pub fn clash(puts: &[Putting<'_>]) -> Option<Self> {
        let again = |(index, one): (usize, &Putting<'_>)| {
            puts.iter().take(index).any(|earlier| (earlier.space, earlier.key) == (one.space, one.key))
        };
        let index = puts.iter().enumerate().position(again)?;
        Some(Self::Exists { index })
    }

    /// The earlier of two places where it stops.
    pub(super) fn first(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(Self::Exists { index: one }), Some(Self::Exists { index: other })) => {
                Some(Self::Exists { index: one.min(other) })
            }
            (one, other) => one.or(other),
        }
    }
}

/// One record. Its value is wiped from memory on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// What was put.
    pub value: Zeroizing<Vec<u8>>,
    /// After this it can't be answered. To the microsecond.
    pub expires_at: Timestamp,
    /// The answer, once there is one. It never changes again.
    pub answer: Option<Vec<u8>>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("value", &Bytes(self.value.len()))
            .field("expires_at", &self.expires_at)
            .field("answer", &self.answer.as_ref().map(|answer| Bytes(answer.len())))
            .finish()
    }
}

/// What [`Store::answer`](super::Store::answer) did.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub enum Answered {
    /// This call's answer is recorded: the caller won.
    Recorded,
    /// It had been answered; here is what was recorded then.
    Already(Vec<u8>),
    /// There is no such record.
    Unknown,
    /// It has no answer and its time is over.
    Expired,
    /// What it was to claim had been claimed by another: nothing was recorded.
    Claimed,
}

/// What an answer claims, once and for ever.
#[derive(Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "what a claim is")]
pub struct Claim<'a> {
    /// The view's space.
    pub space: Space,
    /// What is claimed.
    pub key: &'a [u8],
    /// For whom: the same one may claim it again.
    pub by: &'a [u8],
}

impl fmt::Debug for Claim<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim").field("space", &self.space).finish_non_exhaustive()
    }
}

impl fmt::Debug for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recorded => f.write_str("Recorded"),
            Self::Already(answer) => f.debug_tuple("Already").field(&Bytes(answer.len())).finish(),
            Self::Unknown => f.write_str("Unknown"),
            Self::Expired => f.write_str("Expired"),
            Self::Claimed => f.write_str("Claimed"),
        }
    }
}

/// One answer of those that are recorded together.
#[derive(Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "the arguments of `Store::answer`, by name")]
pub struct Answering<'a> {
    /// Where the record is.
    pub space: Space,
    /// Its key.
    pub key: &'a [u8],
    /// What to record.
    pub answer: &'a [u8],
    /// What it claims in the same step.
    pub claim: Option<Claim<'a>>,
}

impl fmt::Debug for Answering<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answering").field("space", &self.space).finish_non_exhaustive()
    }
}

/// What [`Store::answer_all`](super::Store::answer_all) did.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum AnsweredAll {
    /// All answers are recorded: the caller won.
    Recorded,
    /// None is, because this one can't be.
    Not {
        /// Which one, counted from 0.
        index: usize,
        /// Why: [`Already`](Answered::Already), [`Unknown`](Answered::Unknown), [`Expired`](Answered::Expired) or
        /// [`Claimed`](Answered::Claimed).
        found: Answered,
    },
}

impl AnsweredAll {
    /// The first answer that stands in the way of an earlier one whatever a ledger holds: of the same record, or claiming the same
    /// for another. For those who keep a ledger.
    pub fn clash(answers: &[Answering<'_>]) -> Option<Self> {
        let found = |one: &Answering<'_>, earlier: &Answering<'_>| {
            if (one.space, one.key) == (earlier.space, earlier.key) {
                return Some(Answered::Already(earlier.answer.to_vec()));
            }
            let (one, earlier) = one.claim.zip(earlier.claim)?;
            let same = (one.space, one.key) == (earlier.space, earlier.key);
            (same && one.by != earlier.by).then_some(Answered::Claimed)
        };
        answers.iter().enumerate().find_map(|(index, one)| {
            let found = answers.iter().take(index).find_map(|earlier| found(one, earlier))?;
            Some(Self::Not { index, found })
        })
    }
}

/// What [`Store::advance`](super::Store::advance) did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Advance {
    /// `sequence` is higher than what was seen, or the first, and is now the one seen.
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

/// What [`Store::count`](super::Store::count) did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Counted {
    /// The member is new and is counted; with it this many are.
    Added(u32),
    /// The member was counted before; with it this many are.
    Present(u32),
    /// The limit is reached by this many; nothing changed.
    Full(u32),
}

/// What is counted before something may be answered: as the arguments of [`Store::count`](super::Store::count), by name.
#[derive(Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "the arguments of `Store::count`, by name")]
pub struct Within<'a> {
    /// Under which key, in the record's space.
    pub key: &'a [u8],
    /// Who would be counted.
    pub member: &'a [u8],
    /// How many others at most, less this one.
    pub limit: u32,
}

impl fmt::Debug for Within<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Within").field("limit", &self.limit).finish_non_exhaustive()
    }
}

/// What [`Store::answer_within`](super::Store::answer_within) did.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum AnsweredWithin {
    /// What [`Store::answer`](super::Store::answer) would have said.
    Answered(Answered),
    /// The record could be answered, and the limit is reached by this many others; nothing changed.
    Full(u32),
}

/// Stands for bytes that a `Debug` doesn't show.
struct Bytes(usize);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} bytes]", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_content() {
        let entry = Entry {
            value: Zeroizing::new(b"11010519491231002X".to_vec()),
            expires_at: Timestamp::UNIX_EPOCH,
            answer: Some(b"answer".to_vec()),
        };
        assert_eq!(
            format!("{entry:?}"),
            "Entry { value: [18 bytes], expires_at: 1970-01-01T00:00:00Z, answer: Some([6 bytes]) }"
        );
        assert_eq!(format!("{:?}", Answered::Already(b"answer".to_vec())), "Already([6 bytes])");
    }
}
