//! Everything gathered about one person in one session.

mod pieces;

use std::sync::Arc;

use jiff::Timestamp;

use super::{ConsentGiven, Represented, RepresentedDocument};
use crate::capture::{Capture, Slot};
use crate::document::{CardDate, CardRead, DocumentKind, IdNumber, ValidUntil};
use crate::profile::Locality;

pub use pieces::{OnSite, Remote};

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
