//! What can be wrong with disclosures and digests.

use crate::jose::JoseError;

/// Why an SD-JWT was refused or couldn't be made. It never quotes a claim.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SdJwtError {
    /// Not `<jwt>~<disclosure>*~<kb-jwt>`.
    #[error("not an SD-JWT: expected <jwt>~<disclosure>*~<kb-jwt>")]
    Parts,
    /// More disclosures than anything this crate reads.
    #[error("too many disclosures: expected at most {limit}, got {got}")]
    TooMany {
        /// Most that are read.
        limit: usize,
        /// How many came.
        got: usize,
    },
    /// The last part is empty: nobody bound this to a key.
    #[error("the key-binding JWT is missing")]
    NoKeyBinding,
    /// A key-binding JWT stands among the disclosures.
    #[error("there is more than one key-binding JWT, or one in the wrong place")]
    MisplacedKeyBinding,
    /// A disclosure isn't `[salt, value]` or `[salt, name, value]` with texts for salt and name, or isn't of the shape
    /// that its place demands.
    #[error("a disclosure has the wrong shape")]
    Shape,
    /// A disclosure stands there twice.
    #[error("a disclosure stands there twice")]
    DisclosureTwice,
    /// A digest stands there twice.
    #[error("a digest stands there twice")]
    DigestTwice,
    /// No digest refers to a disclosure.
    #[error("no digest refers to a disclosure")]
    Unreferenced,
    /// A disclosed member is called `_sd` or `...`.
    #[error("a disclosed member has a reserved name")]
    ReservedName,
    /// A disclosed member is there already.
    #[error("a disclosed member is there already")]
    NameExists,
    /// `_sd` isn't an array of texts, or `...` isn't a text alone in an object in an array.
    #[error("`_sd` or `...` isn't what RFC 9901 makes of it")]
    Digests,
    /// `_sd_alg` below the top level.
    #[error("`_sd_alg` below the top level")]
    NestedAlg,
    /// `_sd_alg` isn't `sha-256`.
    #[error("`_sd_alg` isn't known: expected sha-256")]
    UnknownAlg,
    /// The SD-JWT's own JOSE layer.
    #[error(transparent)]
    Jose(#[from] JoseError),
}
