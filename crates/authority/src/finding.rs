//! Everything that a register can answer, normalised.

use jiff::Timestamp;

use super::Query;

/// A register's answer about one person. It repeats no personal value, so it can be logged and kept.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Finding {
    /// Whether the register has the person.
    pub subject: Subject,
    /// How the values asked about compare.
    pub attributes: Attributes,
    /// What the register knows of the document.
    pub document: DocumentStatus,
    /// How the probe compares with the register's photo.
    pub face: Face,
    /// Whether the probe shows a living person.
    pub liveness: Liveness,
    /// Who answered, when, under which reference.
    pub meta: Meta,
}

impl Finding {
    /// A finding that says nothing but `subject` yet.
    pub fn new(subject: Subject, meta: Meta) -> Self {
        Self {
            subject,
            attributes: Attributes::default(),
            document: DocumentStatus::NotAvailable,
            face: Face::NotRun,
            liveness: Liveness::NotRun,
            meta,
        }
    }
}

/// Whether the register has the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Exactly one record, in use.
    Found,
    /// No record. That is no fraud (moved household, military): never a pass, never a blacklist, always a person to
    /// talk to.
    NotFound {
        /// Why that may be, when the register says more.
        hint: Option<NotFoundHint>,
    },
    /// A record that is no longer in use.
    Inactive(InactiveReason),
    /// More than one record fits.
    Ambiguous,
}

/// Why a register may lack a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotFoundHint {
    /// The number isn't one that this register holds.
    NumberUnknown,
    /// The number is there under another name, and the register won't call it a mismatch.
    NameUnknown,
    /// The record is being moved between places.
    Moving,
    /// Persons of this group are kept elsewhere (military, armed police, abroad).
    KeptElsewhere,
}

/// Why a record is no longer in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InactiveReason {
    /// The person has died.
    Deceased,
    /// The record was cancelled.
    Cancelled,
    /// The record is suspended for now.
    Suspended,
}

/// How one value compares with the register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Attribute {
    /// The same.
    Match,
    /// Another one.
    Mismatch,
    /// Asked, but the register has no such value.
    NotAvailable,
    /// Not asked.
    #[default]
    NotAsked,
    /// The register knows and won't say.
    Withheld,
}

/// How each value of the query compares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Attributes {
    /// The name.
    pub name: Attribute,
    /// The identity number.
    pub id_number: Attribute,
    /// The first day of validity.
    pub valid_from: Attribute,
    /// The last day of validity.
    pub valid_until: Attribute,
    /// The phone number.
    pub phone_number: Attribute,
}

/// What the register knows of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DocumentStatus {
    /// In use.
    Valid,
    /// Its validity is over.
    Expired,
    /// Reported lost, or revoked.
    LostOrRevoked,
    /// A newer one was issued.
    Superseded,
    /// The register doesn't keep that, or wasn't asked.
    NotAvailable,
}

/// How the probe compares with the register's photo. The score stays with the authority: who sees scores can climb them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Face {
    /// The same person.
    Same,
    /// Another person.
    Different,
    /// The comparison can't tell.
    Inconclusive,
    /// The register has no photo of the person.
    NoReference,
    /// The register's photo can't be compared with.
    ReferenceUnusable,
    /// The photo sent can't be compared: take it again.
    ProbeUnusable {
        /// Why.
        reason: ProbeFault,
    },
    /// Not compared, because it wasn't asked or the subject wasn't found.
    NotRun,
}

/// Why a probe can't be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProbeFault {
    /// There is no face.
    NoFace,
    /// There are several faces.
    SeveralFaces,
    /// The face is too small.
    TooSmall,
    /// The face is covered or turned away.
    Covered,
    /// Blurred, dark, or glaring.
    Quality,
    /// Not a picture of the kind that this authority compares.
    Kind,
}

/// Whether the probe shows a living person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Liveness {
    /// It does.
    Live,
    /// It is a picture, a screen, a mask or a replay.
    Spoof,
    /// It can't be told.
    Inconclusive,
    /// Not tested.
    NotRun,
}

/// Who answered, when, and under which reference.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Meta {
    /// [`Authority::id`](super::Authority::id).
    pub authority: String,
    /// Whether the register is a test one. `true` unless it says so on purpose.
    pub is_test: bool,
    /// The [`Query::idempotency_key`] that is answered. A finding for another query decides nothing.
    pub answers: String,
    /// The register's reference number, for the one who has to ask again. One that repeats a value of the question is
    /// [dropped](Finding::without_echo) before it is kept anywhere.
    pub reference: Option<String>,
    /// When the answer was there, by the asking host's clock.
    pub answered_at: Timestamp,
    /// Whether it is charged for; `None` when the register doesn't say.
    pub billed: Option<bool>,
    /// SHA-256 of the response as it came, kept as evidence.
    #[serde(serialize_with = "crate::serial::digest")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub response_sha256: Option<[u8; 32]>,
    /// How old the answer was when it was given once more from a cache; `None` when it was asked for.
    #[serde(serialize_with = "crate::serial::seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    pub cached_for: Option<std::time::Duration>,
}

impl Meta {
    /// For an answer to `query` that came at `answered_at`. [`is_test`](Self::is_test) begins as `true`.
    pub fn new(authority: &str, query: &Query, answered_at: Timestamp) -> Self {
        Self {
            authority: authority.to_owned(),
            is_test: true,
            answers: query.idempotency_key().to_owned(),
            reference: None,
            answered_at,
            billed: None,
            response_sha256: None,
            cached_for: None,
        }
    }
}
