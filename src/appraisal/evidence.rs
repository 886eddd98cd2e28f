//! Everything gathered about one person in one session.

use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Consent, Declared};
use crate::capture::measure::Thresholds;
use crate::capture::{Capture, Examination, Slot, Triplet};
use crate::document::{CardDate, CardRead, DocumentKind, IdNumber, ValidUntil};
use crate::profile::{Locality, Purpose};

/// What a case is opened on.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Evidence {
    /// Person and card in front of the terminal.
    OnSite(Box<OnSite>),
    /// Declared data and photos of an online sale.
    Remote(Box<Remote>),
}

impl Evidence {
    /// Where the person is.
    pub fn locality(&self) -> Locality {
        match self {
            Self::OnSite(_) => Locality::Onsite,
            Self::Remote(_) => Locality::Remote,
        }
    }

    /// What the person agreed to.
    pub fn consent(&self) -> &ConsentGiven {
        match self {
            Self::OnSite(on_site) => on_site.consent(),
            Self::Remote(remote) => remote.consent(),
        }
    }

    /// The card, on site.
    pub(super) fn card(&self) -> Option<&CardRead> {
        match self {
            Self::OnSite(on_site) => Some(on_site.card()),
            Self::Remote(_) => None,
        }
    }

    /// The photo that shows the person's face.
    pub(super) fn face(&self) -> &Arc<Capture> {
        match self {
            Self::OnSite(on_site) => on_site.live(),
            Self::Remote(remote) => &remote.holder,
        }
    }

    /// The name to ask about; `None` when the card has none. Foreigners' cards may have a Latin one only.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::OnSite(on_site) => {
                let document = on_site.card().document();
                let names = [Some(document.name()), document.english_name()];
                names.into_iter().flatten().find(|name| !name.is_empty()).map(|name| name.as_str())
            }
            Self::Remote(remote) => Some(remote.declared().name()),
        }
    }

    pub(super) fn number(&self) -> &IdNumber {
        match self {
            Self::OnSite(on_site) => on_site.card().document().number(),
            Self::Remote(remote) => remote.declared().number(),
        }
    }

    pub(super) fn kind(&self) -> DocumentKind {
        match self {
            Self::OnSite(on_site) => on_site.card().document().kind(),
            Self::Remote(remote) => remote.declared().kind(),
        }
    }

    /// From the card, or from a number that holds one.
    pub(super) fn birth_date(&self) -> Option<jiff::civil::Date> {
        let on_card = self.card().and_then(|card| card.document().birth_date());
        on_card.or_else(|| self.number().birth_date())
    }

    /// Both dates, when both are known.
    pub(super) fn validity(&self) -> Option<(CardDate, ValidUntil)> {
        match self {
            Self::OnSite(on_site) => {
                let document = on_site.card().document();
                Some((document.valid_from()?.into(), *document.valid_until()?))
            }
            Self::Remote(remote) => remote.declared().validity(),
        }
    }

    /// The pieces with their times: all belong to one session.
    pub(super) fn times(&self) -> Vec<(Piece, Timestamp)> {
        let mut times = vec![(Piece::Consent, self.consent().consent().time)];
        match self {
            Self::OnSite(on_site) => {
                times.push((Piece::Card, on_site.card().read_at()));
                times.push((Piece::Photo, on_site.live().taken_at()));
            }
            Self::Remote(remote) => {
                let photos = remote.triplet().photos().iter();
                times.extend(photos.map(|photo| (Piece::Photo, photo.taken_at())));
            }
        }
        times
    }
}

impl From<OnSite> for Evidence {
    fn from(on_site: OnSite) -> Self {
        Self::OnSite(Box::new(on_site))
    }
}

impl From<Remote> for Evidence {
    fn from(remote: Remote) -> Self {
        Self::Remote(Box::new(remote))
    }
}

/// A piece of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Piece {
    /// The card's reading.
    Card,
    /// A photo.
    Photo,
    /// The consent.
    Consent,
}

impl std::fmt::Display for Piece {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Card => "card reading",
            Self::Photo => "photo",
            Self::Consent => "consent",
        })
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

/// What a buyer declared, and the three photos of the session.
#[derive(Clone, Debug)]
pub struct Remote {
    declared: Declared,
    triplet: Triplet,
    holder: Arc<Capture>,
    examination: Examination,
    consent: ConsentGiven,
}

impl Remote {
    /// Puts the pieces together and examines the photos.
    pub fn new(declared: Declared, triplet: Triplet, consent: ConsentGiven, thresholds: &Thresholds) -> Self {
        let examination = triplet.examine(thresholds);
        let holder = Arc::new(triplet.holder().clone());
        Self { declared, triplet, holder, examination, consent }
    }

    /// The same photos under other words, so that tests needn't examine them again.
    #[cfg(test)]
    pub(crate) fn for_tests(self, declared: Declared, consent: ConsentGiven) -> Self {
        Self { declared, consent, ..self }
    }

    /// What was typed.
    pub fn declared(&self) -> &Declared {
        &self.declared
    }

    /// The photos.
    pub fn triplet(&self) -> &Triplet {
        &self.triplet
    }

    /// What was found on them.
    pub fn examination(&self) -> &Examination {
        &self.examination
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
    face: bool,
    consent: Consent,
}

impl ConsentGiven {
    /// `text` is what was shown, as UTF-8; its digest is kept.
    pub fn new(text: &str, purposes: impl Into<Vec<Purpose>>, time: Timestamp) -> Self {
        let text_sha256 = Sha256::digest(text.as_bytes()).into();
        Self { purposes: purposes.into(), face: true, consent: Consent { text_sha256, time } }
    }

    /// Without a comparison of faces, which nobody may be made to accept (rules for face recognition in force since
    /// 2025-06-01: a way without it has to exist). Nothing is compared then, and a policy that requires it sends the
    /// person to the human route.
    pub fn without_face(mut self) -> Self {
        self.face = false;
        self
    }

    /// Whether it covers a comparison of faces.
    pub fn allows_face(&self) -> bool {
        self.face
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
