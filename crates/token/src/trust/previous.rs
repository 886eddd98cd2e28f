//! The list before: what a renewal must not forget.

use super::{KeyRecord, TrustError, TrustList};
use crate::jose::{Thumbprint, Unverified, VerifyingKey};
use crate::profile::TRUST_LIST_TYP;

/// An earlier list of the same keeper, whatever its time. It is measured by and nothing is accepted on it.
#[derive(Clone, Debug)]
pub struct PreviousList {
    pub(super) list: TrustList,
}

/// What a new list says otherwise than the one before, or what its writer should know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListChange {
    /// A key that wasn't listed.
    Added(KeyRecord),
    /// A key that is gone: what it signed can't be judged any more, and its records can't be audited.
    Removed(KeyRecord),
    /// A key's end moved; its begin never does.
    Extended(KeyRecord),
    /// A key's end is earlier than it was.
    Shortened(KeyRecord),
    /// A key stopped counting.
    Revoked(KeyRecord),
    /// A revocation that the draft had forgotten, kept from the list before.
    RevocationKept(KeyRecord),
    /// What an asker may ask, or how it is named, is another than before.
    RoleChanged(KeyRecord),
    /// Nobody said when the key may sign, so it has the list's own times. Signing again without the list before would move
    /// them, and what was signed until then would count no more.
    WindowOfList(KeyRecord),
    /// The key ends before the list does: give it a later `exp` in time.
    EndsEarly(KeyRecord),
}

impl PreviousList {
    /// Reads a list that the holder of this key signed.
    pub fn verified_by(compact: &str, key: &VerifyingKey) -> Result<Self, TrustError> {
        let jws = Unverified::parse_within(compact, super::MAX_LIST).map_err(TrustError::list)?;
        let jws = jws.verify(key, TRUST_LIST_TYP).map_err(TrustError::list)?;
        Ok(Self { list: TrustList::from_payload(jws.payload(), &key.thumbprint())? })
    }

    /// Reads a list without its signature: for the writer's own copy, when another anchor signed it.
    pub fn unverified(compact: &str) -> Result<Self, TrustError> {
        let jws = Unverified::parse_within(compact, super::MAX_LIST).map_err(TrustError::list)?;
        let list = TrustList::from_payload(jws.peek().map_err(TrustError::list)?, &Thumbprint::unknown())?;
        Ok(Self { list })
    }

    /// The `kid` of the anchor that a list says it was signed by.
    pub fn signer(compact: &str) -> Option<String> {
        Unverified::parse_within(compact, super::MAX_LIST).ok()?.kid().map(str::to_owned)
    }

    /// Its sequence.
    pub fn sequence(&self) -> u64 {
        self.list.sequence()
    }

    /// The record of the same use of the same key.
    pub(super) fn same_use(&self, kid: &str, iss: &str, is_attester: bool) -> Option<&KeyRecord> {
        self.list.with_kid(kid).find(|record| record.iss == iss && record.is_attester() == is_attester)
    }
}

impl ListChange {
    /// A stable word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Added(_) => "added",
            Self::Removed(_) => "removed",
            Self::Extended(_) => "extended",
            Self::Shortened(_) => "shortened",
            Self::Revoked(_) => "revoked",
            Self::RevocationKept(_) => "revocation_kept",
            Self::RoleChanged(_) => "role_changed",
            Self::WindowOfList(_) => "window_of_list",
            Self::EndsEarly(_) => "ends_early",
        }
    }

    /// The key that it is about; of a removed one as it was listed.
    pub fn record(&self) -> &KeyRecord {
        match self {
            Self::Added(record)
            | Self::Removed(record)
            | Self::Extended(record)
            | Self::Shortened(record)
            | Self::Revoked(record)
            | Self::RevocationKept(record)
            | Self::RoleChanged(record)
            | Self::WindowOfList(record)
            | Self::EndsEarly(record) => record,
        }
    }

    /// Whether somebody should look at it before the list is handed out.
    pub fn is_warning(&self) -> bool {
        matches!(
            self,
            Self::Removed(_) | Self::RevocationKept(_) | Self::WindowOfList(_) | Self::EndsEarly(_)
        )
    }
}

impl std::fmt::Display for ListChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let record = self.record();
        write!(f, "{} {}: ", record.iss(), record.kid())?;
        let end = jiff::Timestamp::from_second(record.exp).unwrap_or(jiff::Timestamp::MAX);
        match self {
            Self::Added(_) => write!(f, "new, until {end}"),
            Self::Removed(_) => f.write_str("gone: what it signed can't be judged or audited any more"),
            Self::Extended(_) => write!(f, "extended until {end}"),
            Self::Shortened(_) => write!(f, "shortened, until {end}"),
            Self::Revoked(_) => f.write_str("revoked"),
            Self::RevocationKept(_) => {
                f.write_str("stays revoked as in the list before; the new one didn't say so")
            }
            Self::RoleChanged(_) => f.write_str("may ask for something else, or has another name"),
            Self::WindowOfList(_) => {
                write!(
                    f,
                    "has the list's own times, until {end}: give it `nbf` and `exp`, or --previous next time"
                )
            }
            Self::EndsEarly(_) => write!(f, "ends on {end}, before the list does: give it a later `exp`"),
        }
    }
}
