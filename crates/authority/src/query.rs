//! What a register is asked.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::capture::Capture;
use crate::charge::Charge;
use crate::document::{CardDate, DocumentKind, IdNumber, Personal, ValidUntil};
use crate::profile::Purpose;

/// One question about one person. Made by `Case::query`, or with the builder below by
/// who asks a register on his own.
///
/// Holds personal data: `Debug` shows which parts are there, never what they are.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Query {
    name: Personal,
    id_number: IdNumber,
    document_kind: Option<DocumentKind>,
    valid_from: Option<CardDate>,
    valid_until: Option<ValidUntil>,
    phone_number: Option<Personal>,
    offered_phone_number: Option<Personal>,
    probe: Option<Arc<Capture>>,
    wants_liveness: bool,
    purpose: Option<Purpose>,
    consent_sha256: Option<[u8; 32]>,
    now: Timestamp,
    deadline: Timestamp,
    idempotency_key: String,
    charge: Charge,
}

/// A value of a [`Query`], for naming the one that a register doesn't take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(missing_docs)] // Each is the accessor of the same name.
pub enum QueryField {
    Name,
    IdNumber,
    DocumentKind,
    ValidFrom,
    ValidUntil,
    PhoneNumber,
    Probe,
}

realname_terms::names! {
    QueryField {
        Name = "name",
        IdNumber = "id_number",
        DocumentKind = "document_kind",
        ValidFrom = "valid_from",
        ValidUntil = "valid_until",
        PhoneNumber = "phone_number",
        Probe = "probe",
    }
}

impl Query {
    /// How long a register has to answer when nobody says otherwise. A person is waiting at a counter.
    pub const DEFAULT_PATIENCE: SignedDuration = SignedDuration::from_secs(15);

    /// The two-element question: is there a person with this name and this number? Without a key of its own a query
    /// can't be reconciled, so one is asked for: unique per question, the same when the same question is repeated.
    pub fn new(
        name: impl Into<Personal>,
        id_number: IdNumber,
        now: Timestamp,
        idempotency_key: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            id_number,
            document_kind: None,
            valid_from: None,
            valid_until: None,
            phone_number: None,
            offered_phone_number: None,
            probe: None,
            wants_liveness: false,
            purpose: None,
            consent_sha256: None,
            now,
            deadline: now.saturating_add(Self::DEFAULT_PATIENCE).unwrap_or(Timestamp::MAX),
            idempotency_key: idempotency_key.into(),
            charge: Charge::default(),
        }
    }

    /// Says which document the number stands on.
    pub fn with_document_kind(mut self, kind: DocumentKind) -> Self {
        self.document_kind = Some(kind);
        self
    }

    /// Makes it the four-element question: the dates show whether the document is the newest one.
    pub fn with_validity(mut self, from: CardDate, until: ValidUntil) -> Self {
        self.valid_from = Some(from);
        self.valid_until = Some(until);
        self
    }

    /// Asks also whether the phone number is the person's.
    pub fn with_phone_number(mut self, number: impl Into<Personal>) -> Self {
        self.phone_number = Some(number.into());
        self
    }

    /// Has this phone number at hand for a register that can't be asked without one. Other registers aren't told it, and
    /// their answer lacks nothing.
    pub fn offering_phone_number(mut self, number: impl Into<Personal>) -> Self {
        self.offered_phone_number = Some(number.into());
        self
    }

    /// Asks also whether this is the person's face.
    pub fn with_probe(mut self, probe: Arc<Capture>) -> Self {
        self.probe = Some(probe);
        self
    }

    /// Asks also whether the probe shows a living person.
    pub fn with_liveness(mut self) -> Self {
        self.wants_liveness = true;
        self
    }

    /// Says what the answer is for, and what the person agreed to (SHA-256 of the text shown).
    pub fn with_consent(mut self, purpose: Purpose, text_sha256: [u8; 32]) -> Self {
        self.purpose = Some(purpose);
        self.consent_sha256 = Some(text_sha256);
        self
    }

    /// Notes that a register says whether it charges for this question: for those that say so beside an error, which has no
    /// place for it. An answer's is [`Meta::billed`](crate::Meta::billed). The audit trail has both.
    pub fn note_charge(&self, billed: bool) {
        self.charge.note(Some(billed));
    }

    /// The same question, with a note of its own.
    pub(crate) fn with_charge(mut self, charge: Charge) -> Self {
        self.charge = charge;
        self
    }

    pub(crate) fn charge(&self) -> &Charge {
        &self.charge
    }

    /// Sets when the caller stops waiting.
    pub fn with_deadline(mut self, deadline: Timestamp) -> Self {
        self.deadline = deadline;
        self
    }

    /// The name as on the document.
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// The identity number.
    pub fn id_number(&self) -> &IdNumber {
        &self.id_number
    }

    /// Which document the number stands on, when known.
    pub fn document_kind(&self) -> Option<DocumentKind> {
        self.document_kind
    }

    /// First day of validity, in a four-element question.
    pub fn valid_from(&self) -> Option<CardDate> {
        self.valid_from
    }

    /// Last day of validity, in a four-element question.
    pub fn valid_until(&self) -> Option<ValidUntil> {
        self.valid_until
    }

    /// The phone number that is asked about.
    pub fn phone_number(&self) -> Option<&str> {
        self.phone_number.as_ref().map(Personal::as_str)
    }

    /// The phone number for a register that can't be asked without one: the one that is asked about, else the one
    /// [at hand](Self::offering_phone_number).
    pub fn phone_number_at_hand(&self) -> Option<&str> {
        self.phone_number.as_ref().or(self.offered_phone_number.as_ref()).map(Personal::as_str)
    }

    /// The photo that the register compares with its own: [`Capture::bytes`] is the file,
    /// [`Capture::picture`] the pixels.
    pub fn probe(&self) -> Option<&Capture> {
        self.probe.as_deref()
    }

    /// Whether liveness is asked for.
    pub fn wants_liveness(&self) -> bool {
        self.wants_liveness
    }

    /// What the answer is for.
    pub fn purpose(&self) -> Option<&Purpose> {
        self.purpose.as_ref()
    }

    /// SHA-256 of the text that the person agreed to.
    pub fn consent_sha256(&self) -> Option<[u8; 32]> {
        self.consent_sha256
    }

    /// When it was asked.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// When the caller stops waiting.
    pub fn deadline(&self) -> Timestamp {
        self.deadline
    }

    /// Names this question towards the register, so that a repeated request is recognised and an unknown outcome can be
    /// looked up. Holds nothing personal.
    pub fn idempotency_key(&self) -> &str {
        &self.idempotency_key
    }
}

impl std::fmt::Debug for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Query")
            .field("four_elements", &self.valid_from.is_some())
            .field("phone_number", &self.phone_number.is_some())
            .field("offered_phone_number", &self.offered_phone_number.is_some())
            .field("probe", &self.probe.is_some())
            .field("wants_liveness", &self.wants_liveness)
            .field("purpose", &self.purpose)
            .field("idempotency_key", &self.idempotency_key)
            .finish_non_exhaustive()
    }
}
