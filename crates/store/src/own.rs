//! What a step needs in another thread.

use zeroize::Zeroizing;

use crate::store::limits::{micros, owned};
use crate::store::{Answering, Claim, Field, Putting, Space, StoreError, Within};

/// Bytes that are wiped.
type Bytes = Zeroizing<Vec<u8>>;

/// An [`Answering`] that owns what it names.
pub(crate) struct OwnAnswer {
    space: Space,
    key: Bytes,
    answer: Bytes,
    claim: Option<(Space, Bytes, Bytes)>,
}

impl OwnAnswer {
    pub(crate) fn of(one: &Answering<'_>) -> Result<Self, StoreError> {
        let own = |claim: Claim<'_>| {
            Ok((claim.space, owned(Field::Key, claim.key)?, owned(Field::Value, claim.by)?))
        };
        Ok(Self {
            space: one.space,
            key: owned(Field::Key, one.key)?,
            answer: owned(Field::Answer, one.answer)?,
            claim: one.claim.map(own).transpose()?,
        })
    }

    pub(crate) fn as_answering(&self) -> Answering<'_> {
        let claim = self.claim.as_ref().map(|(space, key, by)| Claim { space: *space, key, by });
        Answering { space: self.space, key: &self.key, answer: &self.answer, claim }
    }
}

/// A [`Putting`] that owns what it names.
pub(crate) struct OwnPut {
    pub(crate) space: Space,
    pub(crate) key: Bytes,
    pub(crate) value: Bytes,
    pub(crate) expires_at: i64,
}

impl OwnPut {
    pub(crate) fn of(one: &Putting<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            space: one.space,
            key: owned(Field::Key, one.key)?,
            value: owned(Field::Value, one.value)?,
            expires_at: micros(one.expires_at),
        })
    }
}

/// A [`Within`] that owns what it names.
pub(crate) struct OwnWithin {
    key: Bytes,
    member: Bytes,
    limit: u32,
}

impl OwnWithin {
    pub(crate) fn of(one: &Within<'_>) -> Result<Self, StoreError> {
        let (key, member) = (owned(Field::Key, one.key)?, owned(Field::Member, one.member)?);
        Ok(Self { key, member, limit: one.limit })
    }

    pub(crate) fn as_within(&self) -> Within<'_> {
        Within { key: &self.key, member: &self.member, limit: self.limit }
    }
}
