//! Selective disclosure (RFC 9901): disclosures, digests, processing, key binding. Knows nothing of this crate's claims.
//!
//! ```
//! use realname_token::jose::Json;
//! use realname_token::sd_jwt::{Disclosure, conceal, reveal};
//!
//! let name = Disclosure::member("name", "synthetic".into())?;
//! let payload = Json::object([("_sd", conceal([&name], 10)?), ("_sd_alg", "sha-256".into())]);
//! let revealed = reveal(payload, std::slice::from_ref(&name))?;
//! assert_eq!(revealed.payload().member("name").and_then(Json::as_str), Some("synthetic"));
//! # Ok::<(), realname_token::sd_jwt::SdJwtError>(())
//! ```

mod combined;
mod disclosure;
mod error;
mod key_binding;
mod reveal;
#[cfg(test)]
mod vectors;

pub use combined::{Combined, MAX_DISCLOSURES};
pub use disclosure::{Decoded, Disclosure, conceal, conceal_with};
pub use error::SdJwtError;
pub use key_binding::{KB_TYP, KeyBinding, sd_hash};
pub use reveal::{Revealed, reveal};
