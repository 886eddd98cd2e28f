//! What is gathered on site, and what is gathered online.

use std::sync::Arc;

use super::EvidenceError;
use crate::appraisal::{ConsentGiven, Declared, Represented};
use crate::capture::measure::Thresholds;
use crate::capture::plugin::{FaceFinder, NoFaceFinder, TextReader};
use crate::capture::{Capture, Examination, MarkedFile, Slot, Triplet, Watermark};
use crate::document::{CardRead, IdNumber};
use crate::profile::Locality;

/// A card that was read, a photo taken on the spot, and what the person agreed to.
///
/// It takes a [`CardRead`], which only a reader's session makes: typed text can't get in.
///
/// ```compile_fail
/// use realname_issue::appraisal::{ConsentGiven, OnSite};
/// use realname_capture::Capture;
/// use realname_card::document::PlainDocument;
/// fn type_it_in(typed: PlainDocument, live: Capture, consent: ConsentGiven) {
///     let _ = OnSite::new(typed, live, consent); // a PlainDocument is no CardRead
/// }
/// ```
///
/// ```compile_fail
/// use realname_card::document::{CardRead, Document};
/// fn make_one(document: Document) -> CardRead {
///     CardRead::from_session(document) // private to the crate
/// }
/// ```
#[derive(Clone, Debug)]
pub struct OnSite {
    card: CardRead,
    live: Arc<Capture>,
    consent: ConsentGiven,
    pub(super) represented: Option<Represented>,
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
    pub(super) holder: Arc<Capture>,
    examination: Examination,
    consent: ConsentGiven,
    original_seen: bool,
    copies: Vec<[u8; 32]>,
    pub(super) represented: Option<Represented>,
}

impl Remote {
    /// Puts the pieces together and examines the photos, also for whether the card in them is the declared one. No face is
    /// looked for.
    pub fn new(declared: Declared, triplet: Triplet, consent: ConsentGiven, thresholds: &Thresholds) -> Self {
        Self::with_face_finder(declared, triplet, consent, thresholds, &NoFaceFinder)
    }

    /// As [`new`](Self::new), with the holder's face measured where `finder` says that it is. In production a stand-in's
    /// word leaves the check of the photos `not_run`.
    pub fn with_face_finder(
        declared: Declared,
        triplet: Triplet,
        consent: ConsentGiven,
        thresholds: &Thresholds,
        finder: &dyn FaceFinder,
    ) -> Self {
        let examination = triplet.examine_declared(thresholds, finder, &declared.print());
        Self::examined(declared, triplet, examination, consent)
    }

    /// As [`with_face_finder`](Self::with_face_finder), and `reader` is asked for the printed name, and for number and dates where no
    /// template fits them. What it reads is told in the examination and refuses nothing.
    pub fn with_text_reader(
        declared: Declared,
        triplet: Triplet,
        consent: ConsentGiven,
        thresholds: &Thresholds,
        (finder, reader): (&dyn FaceFinder, &dyn TextReader),
    ) -> Self {
        let examination = triplet.examine_read(thresholds, finder, &declared.print(), reader);
        Self::examined(declared, triplet, examination, consent)
    }

    fn examined(
        declared: Declared,
        triplet: Triplet,
        examination: Examination,
        consent: ConsentGiven,
    ) -> Self {
        let holder = Arc::clone(triplet.holder());
        Self {
            declared,
            triplet,
            holder,
            examination,
            consent,
            original_seen: false,
            copies: Vec::new(),
            represented: None,
        }
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

    /// Whoever took the photos stood before the person and says that the original document was there: a courier at the door.
    /// Their word, which only a hand-over asks for (`delivery_original`).
    #[must_use]
    pub fn with_original_seen(mut self) -> Self {
        self.original_seen = true;
        self
    }

    /// Whether somebody says that they saw the original.
    pub fn is_original_seen(&self) -> bool {
        self.original_seen
    }

    /// Makes the copies of both sides that may be kept, marked all over, in memory; the attestation will name their digests.
    /// None when no card was found in a photo, or its pixels are gone.
    pub fn mark_copies(&mut self, mark: &Watermark) -> Option<[MarkedFile; 2]> {
        let files = self.examination.marked_copies(&self.triplet, mark)?;
        self.copies = files.iter().map(MarkedFile::sha256).collect();
        Some(files)
    }

    /// SHA-256 of each marked copy that was made.
    pub fn copies(&self) -> &[[u8; 32]] {
        &self.copies
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
