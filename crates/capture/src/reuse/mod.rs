//! Used before: an index over all applicants' captures, that finds photos which somebody else sent already.
//!
//! A hit is a **finding with its kind**, for a person to look at. It accuses nobody: a family shares a phone, a shop's wall is in
//! every photo, a file can be sent twice. What is the same person's, sent again, is no finding.
//!
//! | kind | means | says nothing when |
//! |---|---|---|
//! | `same_file` | somebody else sent this very file | – |
//! | `same_pixels` | somebody else sent this picture in another file | – |
//! | `near` | somebody else sent a photo of a person that is nearly this one: encoded again, resized | it was cropped, turned or photographed from a screen: then the hash differs, and only a comparison of faces finds it |
//! | `same_identity_other_photos` | this identity was seen with another photo of a person | it is the usual case of who buys again |
//!
//! Cards share one layout, so a perceptual hash of a card's side says nothing; it is kept for photos of persons only
//! ([`Print::of`]). Nearness is [`PerceptualHash::CANDIDATE`](crate::PerceptualHash::CANDIDATE) bits of 256; the hash is this
//! crate's own, because it has to be the one that captures keep, and a published one of 64 bits couldn't tell 10^7 photos apart
//! (its threshold of 10 bits holds a chance pair for every few thousand).
//!
//! An identity is an HMAC of the document number under a key that the index never has ([`IdentityKey`]). An entry leaves when its
//! record must ([`ReuseIndex::expire`]), and all of a person's at their word ([`ReuseIndex::erase`]).

mod error;
mod finding;
mod identity;
mod memory;
mod print;
mod table;

pub use error::ReuseError;
pub use finding::{ReuseFinding, ReuseKind};
pub use identity::{Identity, IdentityKey};
pub use memory::MemoryReuse;
pub use print::{Kept, Print};

use jiff::Timestamp;

/// How many findings one look gives at most: whoever looks at them has seen enough.
pub const MOST_FINDINGS: usize = 32;

/// An index. Shared between threads by reference; blocking.
pub trait ReuseIndex: Send + Sync {
    /// What was found of this capture, the gravest kind first, each other person's capture once; at most [`MOST_FINDINGS`].
    fn find(&self, print: &Print) -> Result<Vec<ReuseFinding>, ReuseError>;

    /// Keeps captures, until the end of the day (UTC) on which each ends. All or none.
    fn add(&self, kept: &[Kept]) -> Result<(), ReuseError>;

    /// Removes everything of a person; says how many captures that were.
    fn erase(&self, identity: Identity) -> Result<u32, ReuseError>;

    /// Removes at most `max` captures whose last day is before the day of `before`; says how many.
    fn expire(&self, before: Timestamp, max: u32) -> Result<u32, ReuseError>;
}
