//! Everything gathered about one person in one session.

use std::sync::Arc;

use jiff::Timestamp;

use super::{ConsentGiven, Declared, Represented, RepresentedDocument};
use crate::capture::measure::Thresholds;
use crate::capture::{Capture, Examination, Slot, Triplet};
use crate::document::{CardDate, CardRead, DocumentKind, IdNumber, ValidUntil};
use crate::profile::Locality;

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

    /// Whom the person acts for; `None` when they act for themselves.
    pub fn represented(&self) -> Option<&Represented> {
        match self {
            Self::OnSite(on_site) => on_site.represented.as_ref(),
            Self::Remote(remote) => remote.represented.as_ref(),
        }
    }

    /// The pieces with their times: all belong to one session.
    pub(super) fn times(&self) -> Vec<(Piece, Timestamp)> {
        let mut times = vec![(Piece::Consent, self.consent().consent().time)];
        if let Some(RepresentedDocument::Read(card)) = self.represented().map(Represented::document) {
            times.push((Piece::SecondCard, card.read_at()));
        }
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
    /// The reading of the card of whom the person acts for.
    SecondCard,
}

impl std::fmt::Display for Piece {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Card => "card reading",
            Self::Photo => "photo",
            Self::Consent => "consent",
            Self::SecondCard => "second card reading",
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
    represented: Option<Represented>,
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
        Ok(Self { card, live: Arc::new(live), consent, represented: None })
    }

    /// The person acts for somebody else, whose document was shown as well.
    ///
    /// # Errors
    /// [`EvidenceError::NotHere`] for a typed document, [`EvidenceError::SamePerson`] when both documents have one number.
    pub fn on_behalf_of(mut self, represented: Represented) -> Result<Self, EvidenceError> {
        check_represented(&represented, Locality::Onsite, self.card.document().number())?;
        self.represented = Some(represented);
        Ok(self)
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
    represented: Option<Represented>,
}

impl Remote {
    /// Puts the pieces together and examines the photos.
    pub fn new(declared: Declared, triplet: Triplet, consent: ConsentGiven, thresholds: &Thresholds) -> Self {
        let examination = triplet.examine(thresholds);
        let holder = Arc::new(triplet.holder().clone());
        Self { declared, triplet, holder, examination, consent, represented: None }
    }

    /// The buyer acts for somebody else, and declared that person's document as well.
    ///
    /// # Errors
    /// [`EvidenceError::NotHere`] for a card that was read, [`EvidenceError::SamePerson`] when both have one number.
    pub fn on_behalf_of(mut self, represented: Represented) -> Result<Self, EvidenceError> {
        check_represented(&represented, Locality::Remote, self.declared.number())?;
        self.represented = Some(represented);
        Ok(self)
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

fn check_represented(
    represented: &Represented,
    locality: Locality,
    number: &IdNumber,
) -> Result<(), EvidenceError> {
    if !represented.fits(locality) {
        return Err(EvidenceError::NotHere { locality });
    }
    if represented.is(number) {
        return Err(EvidenceError::SamePerson);
    }
    Ok(())
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
    /// The second person's document can't come from there: typed at a counter, or read where there is no reader.
    #[error("the second person's document can't be had this way ({locality})")]
    NotHere {
        /// Where the first person is.
        locality: Locality,
    },
    /// Somebody acts for themselves: that is no second subject.
    #[error("both documents have the same number: nobody acts for anybody")]
    SamePerson,
}
