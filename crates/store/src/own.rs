//! What a step needs in another thread.

use zeroize::Zeroizing;

use crate::store::limits::owned;
use crate::store::{Answering, Claim, Field, Space, StoreError};

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
