//! The ground floor of the tokens: strict JSON and base64url, JWK, thumbprints, keys, compact JWS.
//!
//! RFC 7515 (JWS), 7517 (JWK), 7638 (thumbprint), 8037 and 9864 (Ed25519), 7518 (ES256). Two rules run through it:
//! *the key record decides the algorithm*, never the token; and everything is refused that two readers could
//! understand differently.
//!
//! ```
//! use realname_token::jose::{Algorithm, Json, SigningKey, Unverified, sign};
//!
//! let key = SigningKey::generate(Algorithm::EdDsa)?;
//! let compact = sign(&key, "example+jwt", [], &Json::object([("n", 1.into())]))?;
//! let jws = Unverified::parse(&compact)?.verify(key.verifying_key(), "example+jwt")?;
//! assert_eq!(jws.payload().member("n").and_then(Json::as_integer), Some(1));
//! # Ok::<(), realname_token::jose::JoseError>(())
//! ```

mod algorithm;
mod base64url;
mod error;
mod in_place;
mod json;
mod jwk;
mod jws;
mod key;
mod limits;
mod members;
mod name;
mod random;
mod signer;
mod strict_ed25519;
mod thumbprint;
#[cfg(test)]
pub(crate) mod vectors;
mod verifying_key;
mod wiped;

pub use algorithm::Algorithm;
pub use base64url::{decode, encode};
pub use error::{JoseError, SignError};
pub use in_place::{InPlace, Texts};
pub use json::{Json, Members};
pub use jwk::Jwk;
pub use jws::sign_as;
pub(crate) use jws::sign_onto;
pub use jws::{Jws, MAX_TOKEN, Unverified, sign};
pub use key::SigningKey;
pub use limits::{MAX_DEPTH, MAX_SECONDS};
pub use members::instant;
pub use name::Name;
pub use random::{Randomness, random, random_id};
pub use signer::Signer;
pub use thumbprint::Thumbprint;
pub use verifying_key::VerifyingKey;
pub(crate) use wiped::Wiped;
