//! Signing keys in tokens and hardware security modules, over PKCS#11 (OASIS, version 2.40 and 3).
//!
//! [`TokenSigner`] is a [`Signer`](realname_token::jose::Signer): whatever signs with a key in a file signs with one of these. A key is named by a
//! [`KeyUri`] (RFC 7512), the PIN comes from a [`Pin`]: a call-back, a file, or nobody. What is done:
//!
//! * a pool of sessions, each used by one caller at a time, so that as many signatures run at once as there are callers;
//! * after a token was pulled and put back, or a session was closed, everything is opened anew and the user logs in again. A module
//!   that looks for tokens only when it begins is ended and begun again, once no session of this crate is in use; a part of the
//!   program that has sessions of its own in it should begin the module itself, before, and then none of this is done;
//! * a PIN that the token called wrong is never tried a second time: three tries lock a token;
//! * both shapes in which tokens give points (raw, or in an OCTET STRING) and curves (an OID, or a PrintableString).
//!
//! [`KeyOpener`] opens a key by its name, whether that is a PEM file or a URI: what `--key` takes.
//!
//! Nothing of the module's own crypto is checked but one signature: when a key is opened it signs a text of this crate, so that a
//! public half that isn't this key's is found before anything is issued.

#![forbid(unsafe_code)]
#![warn(
    missing_docs,
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

mod error;
mod key;
mod key_error;
mod modules;
mod pin;
mod pool;
mod shapes;
mod signer;
mod uri;

pub use error::Pkcs11Error;
pub use key::KeyOpener;
pub use key_error::{KeyError, KeyForm};
pub use pin::Pin;
pub use signer::TokenSigner;
pub use uri::{KeyUri, UriError};
