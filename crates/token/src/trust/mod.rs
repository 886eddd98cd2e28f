//! Whose signature counts, for what, and when: anchors, the signed trust list, delegation. All offline: the caller brings
//! the bytes and `now`.

mod anchor;
mod builder;
mod chain;
mod code;
mod constraints;
mod delegation;
mod draft;
mod entry;
mod error;
mod explain;
mod key_record;
mod known;
mod list;
mod previous;
mod renewal;

pub use anchor::Anchor;
pub use builder::{ListBuilder, SignedList};
pub use chain::{Permit, Resolved};
pub use code::jose_code;
pub use constraints::{Constraints, Scope};
pub use delegation::{Delegation, DelegationRequest, is_key_uri, key_uri};
pub use draft::{DraftError, MAX_LIST};
pub use entry::ListEntry;
pub use error::TrustError;
pub use key_record::{KeyRecord, Revocation, RevocationReason, Role};
pub use list::TrustList;
pub use previous::{ListChange, PreviousList};

use crate::store::Space;

/// The highest sequence seen of each trust list, by its issuer.
pub const SPACE: Space = Space::new("trust_sequence");
