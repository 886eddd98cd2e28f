//! Everything gathered about one person in one session.

use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::Consent;
use crate::capture::{Capture, Slot};
use crate::document::CardRead;
use crate::profile::{Locality, Purpose};

/// What a case is opened on.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Evidence {
    /// Person and card in front of the terminal.
    OnSite(OnSite),
}

impl Evidence {
    /// Where the person is.
    pub fn locality(&self) -> Locality {
        match self {
            Self::OnSite(_) => Locality::Onsite,
        }
    }

    /// What the person agreed to.
    pub fn consent(&self) -> &ConsentGiven {
        match self {
            Self::OnSite(on_site) => on_site.consent(),
        }
    }
}

impl From<OnSite> for Evidence {
    fn from(on_site: OnSite) -> Self {
        Self::OnSite(on_site)
    }
}

/// A card that was read, a photo taken on the spot, and what the person agreed to.
///
/// It takes a [`CardRead`], which only a reader's session makes: typed text can't get in.
///
/// ```compile_fail
/// use realname::appraisal::{ConsentGiven, OnSite};
/// use realname::capture::Capture;
/// use realname::document::PlainDocument;
/// fn type_it_in(typed: PlainDocument, live: Capture, consent: ConsentGiven) {
///     let _ = OnSite::new(typed, live, consent); // a PlainDocument is no CardRead
/// }
/// ```
///
/// ```compile_fail
/// use realname::document::{CardRead, Document};
/// fn make_one(document: Document) -> CardRead {
///     CardRead::from_session(document) // private to the crate
/// }
/// ```
#[derive(Clone, Debug)]
pub struct OnSite {
    card: CardRead,
    live: Arc<Capture>,
    consent: ConsentGiven,
}

impl OnSite {
    /// Puts the pieces together.
    ///
    /// # Errors
    /// [`EvidenceError::WrongSlot`] when the capture isn't a live one.
    pub fn new(card: CardRead, live: Capture, consent: ConsentGiven) -> Result<Self, EvidenceError> {
        if live.slot() != Slot::Live {
            return Err(EvidenceError::WrongSlot { expected: Slot::Live, got: live.slot() });
        }
        Ok(Self { card, live: Arc::new(live), consent })
    }

    /// The card as read.
    pub fn card(&self) -> &CardRead {
        &self.card
    }

    /// The photo taken on the spot.
    pub fn live(&self) -> &Arc<Capture> {
        &self.live
    }

    /// What the person agreed to.
    pub fn consent(&self) -> &ConsentGiven {
        &self.consent
    }
}

/// The person was shown a text and agreed, for these purposes (PIPL articles 14 and 29: separate consent).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentGiven {
    purposes: Vec<Purpose>,
    consent: Consent,
}

impl ConsentGiven {
    /// `text` is what was shown, as UTF-8; its digest is kept.
    pub fn new(text: &str, purposes: impl Into<Vec<Purpose>>, time: Timestamp) -> Self {
        let text_sha256 = Sha256::digest(text.as_bytes()).into();
        Self { purposes: purposes.into(), consent: Consent { text_sha256, time } }
    }

    /// Whether it covers `purpose`.
    pub fn covers(&self, purpose: &Purpose) -> bool {
        self.purposes.contains(purpose)
    }

    /// Digest and time.
    pub fn consent(&self) -> &Consent {
        &self.consent
    }
}

/// The caller put the wrong pieces together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceError {
    /// A capture for another slot.
    #[error("expected a {expected} photo, got a {got} photo")]
    WrongSlot {
        /// What belongs here.
        expected: Slot,
        /// What was given.
        got: Slot,
    },
}
