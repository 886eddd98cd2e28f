//! Why a `[signature]` can't be used.

/// Why a `[signature]` can't be used. Whoever wrote it corrects it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// It isn't TOML, or has keys that a signature doesn't have.
    #[error("the signature isn't understood: {0}")]
    Syntax(String),
    /// A text that can't be in a header, or with a slot that isn't known there.
    #[error("the signature's {place} is {written:?}: expected visible ASCII and slots that are known there")]
    Text {
        /// Of what.
        place: &'static str,
        /// What stands there.
        written: String,
    },
    /// What isn't a header's name, or stands there twice, or can't be signed because it carries the signature.
    #[error("the signature names {0:?}, which can't be one of its headers")]
    Header(String),
    /// Where the scheme comes from isn't said, or not in a way that is known.
    #[error("the signature has to name its source: sdk:, docs:, contract:, own: or second-hand:")]
    Source,
    /// The scope is used and not given, or given and not used.
    #[error("the signature's scope has to be both given and used, or neither")]
    Scope,
    /// The request isn't what is signed.
    #[error("the signature's parts have to name request_sha256, once")]
    Parts,
    /// The signature is never shown, or more than once.
    #[error("the signature's template has to have {{signature}} once")]
    Unsigned,
}
