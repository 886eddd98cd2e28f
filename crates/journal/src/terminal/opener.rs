//! Opening what terminals sealed, and writing whom it names under the secret of the year.

use super::{OpenWith, Statement, TerminalError};
use crate::keyed::YearKeys;
use crate::tree::Hash;

/// What an operator opens its terminals' seals with, and the secrets under which it writes whom they name.
#[derive(Debug)]
#[allow(clippy::exhaustive_structs, reason = "one key, and the years' secrets")]
pub struct Opener {
    /// The key that terminals seal to.
    pub with: OpenWith,
    /// The years' secrets.
    pub keys: YearKeys,
}

impl Opener {
    /// The digests of person and photo under the secret of the statement's year: none where it seals nobody, or the secret is gone.
    pub(super) fn keys_of(
        &self,
        statement: &Statement,
    ) -> Result<(Option<Hash>, Option<Hash>), TerminalError> {
        let Some(sealed) = statement.text("sealed") else { return Ok((None, None)) };
        let sealed = self.with.open(sealed)?;
        let Some(key) = self.keys.at(statement.time()) else { return Ok((None, None)) };
        let photo = sealed.photo.map(|photo| key.photo(photo.as_bytes()));
        Ok((Some(key.person(&sealed.kind, &sealed.number)), photo))
    }
}
