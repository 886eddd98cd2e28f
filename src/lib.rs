//! `realname` proves, with a signature, that a person was checked against a real identity document.
//!
//! It reads Chinese ID cards through a USB/serial reader, checks the live photo, asks a pluggable identity authority and
//! returns a signed attestation, which any onboarding or cancellation flow can demand and verify offline, in any language.
//!
//! ```text
//!  reader ─▶ CardRead ┐
//!                     ├─▶ appraisal::Case ─▶ Verified ─▶ attest ─▶ presentation ─▶ rely ─▶ Verdict
//!  capture ─▶ Capture ┘          ▲                         ▲                        ▲
//!                            authority              demand::VerifiedDemand    demand::PendingDemand
//! ```
//!
//! | you are | begin with |
//! |---|---|
//! | a shop's till | [`reader::Reader`], [`capture::Intake`], [`appraisal::Case`], [`attest::Attestor`] |
//! | a flow that needs a person checked | [`demand::DemandRequest`], then [`rely::answer`] |
//! | the keeper of a register | [`authority::Authority`] |
//! | an auditor | [`rely::Record`] |
//!
//! # What it is not
//!
//! It isn't proof that a card is genuine: the security module inside the reader authenticates the chip, and the host only
//! says so (`chip: pass`). It decodes no chip photo (a closed format), recognises no faces (plug-ins do), and holds no keys of
//! anybody: anchors and trust lists are data that you bring.
//!
//! # A run
//!
//! A reader in software stands in for a device; nothing else differs.
//!
//! ```
//! use realname::reader::emulator::{Card, Emulator, EmulatorConfig, RunningEmulator};
//! use realname::reader::{ReadOptions, Reader};
//!
//! let (emulator, line) = RunningEmulator::in_memory(Emulator::new(EmulatorConfig::default()));
//! emulator.place(Card::from_json(include_str!("../fixtures/cards/resident-bing.json"))?);
//!
//! let mut reader = Reader::new(line); // with a device: Reader::open_serial("/dev/ttyUSB0", None)?
//! let card = reader.read_card(&ReadOptions::new())?;
//! assert_eq!(card.document().name().as_str(), "测试丙");
//! assert!(!format!("{card:?}").contains("测试丙"), "nothing personal is shown unless it is asked for by name");
//! assert!(!card.origin().is_physical(), "so it can only be attested as a test");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The whole job, from keys to verdict: `examples/pos_onboarding.rs` and `examples/two_provinces.rs`.
//!
//! # Blocking and async
//!
//! The session with the reader and everything of the tokens take bytes and `now` and do no I/O. The blocking API sits on top;
//! async callers use the same cores: [`appraisal::Case::query`] says what to ask, [`appraisal::Case::appraise`] takes the answer,
//! [`reader::session::Session`] takes bytes.
//!
//! # Features
//!
//! A feature adds API and never changes behaviour; without any, this is what a relying party needs.
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `issue` | yes | appraisal and attestation, and with them `reader`, `capture` and `authority` |
//! | `flow` | yes | second confirmation, cancellation, inspection, standing of agents, campaigns, reports, leases, annual figures |
//! | `journal` | yes | the operator's journal |
//! | `serial` | yes | serial ports and USB-serial bridges |
//! | `sqlite` | yes | the store for one machine (needs a C compiler) |
//! | `usb`, `hid` | no | native USB readers |
//! | `bridge` | no | the reader of a bridge on this machine |
//! | `pty` | no | the reader in software on a pseudo-terminal (Unix) |
//! | `rustface` | no | a face finder inside the program; its weights are a file that is given |
//! | `http` | no | registers, and the message gateway of a second confirmation, over HTTPS |
//! | `http-server` | no | the embedded register served over HTTP |
//! | `postgres` | no | the store for several machines |
//! | `gateway` | no | second confirmations over an operator's message gateway (CMPP, SMPP) |
//! | `pkcs11` | no | signing keys in tokens and hardware security modules |
//! | `encrypted-keys` | no | signing keys that a password encrypts |
//! | `schema` | no | JSON Schemas of the values that are printed |
//!
//! Minimum Rust: 1.95.
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

#[cfg(feature = "authority")]
pub use realname_authority as authority;
#[cfg(feature = "capture")]
pub use realname_capture as capture;
#[cfg(feature = "reader")]
pub use realname_card::{document, reader};
#[cfg(feature = "flow")]
pub use realname_flow::{
    FormError, annual, anomaly, campaign, cancellation, change, confirmation, credit, handover, inspection,
    lease, report, rollout, standing,
};
#[cfg(feature = "gateway")]
pub use realname_gateway as gateway;
#[cfg(feature = "issue")]
pub use realname_issue::{appraisal, attest};
#[cfg(feature = "journal")]
pub use realname_journal as journal;
#[cfg(feature = "pkcs11")]
pub use realname_pkcs11 as pkcs11;
pub use realname_terms as profile;
pub use realname_token::{demand, jose, rely, sd_jwt, trust};

/// The ledger under everything that must happen once or be counted.
pub mod store {
    #[cfg(all(feature = "capture", feature = "postgres"))]
    pub use realname_store::PostgresReuse;
    #[cfg(feature = "postgres")]
    pub use realname_store::PostgresStore;
    #[cfg(all(feature = "capture", feature = "sqlite"))]
    pub use realname_store::SqliteReuse;
    #[cfg(feature = "sqlite")]
    pub use realname_store::SqliteStore;
    pub use realname_token::store::*;
}

/// The code of the guides compiles and runs.
#[cfg(all(doctest, feature = "issue"))]
#[doc = include_str!("../docs/guide-till.md")]
#[doc = include_str!("../docs/guide-shop.md")]
#[doc = include_str!("../docs/guide-number-owner.md")]
pub struct Guides;

/// So does that of the page on USB readers.
#[cfg(all(doctest, feature = "usb"))]
#[doc = include_str!("../docs/usb-readers.md")]
pub struct UsbReaders;
