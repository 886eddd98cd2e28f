//! What can be wrong with a token, a key or a JSON text.

use super::Algorithm;

/// Why a JOSE object was refused or couldn't be made. It never quotes what was in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JoseError {
    /// The sender's text is longer than anything this crate reads. Nothing of it was parsed.
    #[error("the token is too large: expected at most {limit} bytes, got {got}")]
    TooLarge {
        /// Most bytes that are read.
        limit: usize,
        /// Bytes that came.
        got: usize,
    },
    /// Not a compact JWS: three parts between dots.
    #[error("the token is malformed: expected three parts between dots")]
    Parts,
    /// Padding, whitespace, another alphabet, or unused bits that aren't zero (RFC 7515, section 2).
    #[error("the token is malformed: a part isn't canonical base64url without padding")]
    Base64,
    /// The JSON text isn't UTF-8.
    #[error("the token is malformed: its JSON isn't UTF-8")]
    NotUtf8,
    /// Not one JSON value and nothing else.
    #[error("the token is malformed: not exactly one JSON value")]
    Json,
    /// A member name twice in one object, after unescaping.
    #[error("the token is malformed: a JSON object has the same member twice")]
    DuplicateMember,
    /// Nested deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    #[error("the token is malformed: JSON nested deeper than {limit}", limit = super::MAX_DEPTH)]
    TooDeep,
    /// A header or payload isn't a JSON object, or a member is missing or of the wrong type.
    #[error("the token is malformed: `{0}` is missing or of the wrong type")]
    Member(&'static str),
    /// The header's `alg` isn't the key record's.
    #[error("the token's algorithm isn't its key's: expected {expected}")]
    Algorithm {
        /// What the key record says.
        expected: Algorithm,
    },
    /// The header brings its own key or a place to fetch one.
    #[error("the token's header brings its own key (`{0}`): keys come from the trust list only")]
    HeaderKey(&'static str),
    /// The header has `crit`. This crate understands no critical extension, and an empty list is forbidden.
    #[error("the token's header has `crit`, of which nothing is understood")]
    Crit,
    /// The token is of another kind.
    #[error("the token is of another kind: expected typ {expected}")]
    Typ {
        /// The only `typ` that is right here.
        expected: &'static str,
    },
    /// The signature doesn't verify. Nothing more can be said.
    #[error("the signature doesn't verify")]
    Signature,
    /// A key in a form that isn't used for signatures here: unknown type or curve, a point off the curve, `use` or
    /// `key_ops` for something else, an `alg` that doesn't fit.
    #[error("not a usable key: expected a public Ed25519 or P-256 signature key")]
    Key,
    /// An Ed25519 key of small order, or not canonically encoded.
    #[error("a weak key: of small order, or not canonically encoded")]
    WeakKey,
    /// Private members where only a public key belongs.
    #[error("a private key where a public one belongs: it must be taken as compromised")]
    PrivateKey,
    /// The text is no private key in PKCS#8 PEM.
    #[error("not a private key: expected PKCS#8 PEM with an Ed25519 or P-256 key")]
    Pem,
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness")]
    Random,
    /// The signer failed.
    #[error(transparent)]
    Signer(#[from] SignError),
}

/// A signer couldn't sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The device or service can't be reached now; trying again may help.
    #[error("the signer can't be reached")]
    Unavailable,
    /// It refused: locked, wrong PIN, key not for this use.
    #[error("the signer refused to sign")]
    Refused,
}
