//! Registers over HTTP.
//!
//! A [`Dialect`] turns a query into a request and a reply into a finding. It does no I/O, so an async caller uses it with
//! any HTTP client; [`HttpAuthority`] (feature `http`) is the blocking one, with TLS. Two dialects are built in:
//!
//! * [`MappedJson`]: any register that takes JSON, a form or XML and answers in JSON or XML, described by a [`CodeMap`]. A code that
//!   the map doesn't have is [`Protocol`](super::AuthorityError::Protocol), never a guess.
//! * [`Camara`]: CAMARA Know Your Customer Match, spoken by mobile operators.
//!
//! `docs/authorities.md` says how to map a vendor's codes. [`connect`] makes an authority from an address and a
//! configuration file.

mod camara;
#[cfg(feature = "http")]
mod check;
mod code_map;
mod dialect;
mod explain;
mod json;
mod mapped;
mod message;
mod seal;
mod secret;
mod signature;
mod status;
mod template;
#[cfg(feature = "http")]
mod token;
mod xml;

#[cfg(feature = "http")]
mod client;
#[cfg(feature = "http")]
mod config;
#[cfg(feature = "http")]
mod connect;

pub use camara::{Camara, CamaraVersion};
pub use code_map::{CodeMap, CodeMapError, Hint};
pub use dialect::{Dialect, wire_key};
#[cfg(feature = "http-server")]
pub(crate) use json::Json;
pub use mapped::MappedJson;
pub use message::{Method, Request, Response};
pub use seal::{Encoding, Part, Seal};
pub use secret::Secret;
pub use signature::{Signature, SignatureError};

#[cfg(feature = "http")]
pub use check::{RegisterCheck, Trouble, Works, check};
#[cfg(feature = "http")]
pub use client::{HttpAuthority, HttpOptions, Tls, TlsError};
#[cfg(feature = "http")]
pub use config::{Config, ConfigError};
#[cfg(feature = "http")]
pub use token::TokenGrant;

#[cfg(feature = "http")]
pub use connect::{ConnectError, connect};
