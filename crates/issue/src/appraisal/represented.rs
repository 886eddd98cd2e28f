//! The second subject: whom the person in front acts for.

use zeroize::Zeroizing;

use super::Declared;
use crate::document::{CardRead, DocumentKind, IdNumber};
use crate::profile::Locality;

/// Somebody for whom the person in front of us acts: a minor's guardian, or a proxy. Both documents are shown and recorded
/// (MIIT Order 25, article 6), so the evidence keeps both. A machine never attests it: the case ends with a
/// [`Refusal`](super::Refusal) that names the human route, and [`Case::evidence`](super::Case::evidence) hands both subjects
/// to the person who decides.
#[derive(Clone, Debug)]
pub struct Represented {
    relation: Relation,
    document: RepresentedDocument,
}

/// Why somebody acts for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Relation {
    /// For a minor, or an adult under guardianship.
    Guardian,
    /// By authorisation.
    Proxy,
}

/// The absent person's document.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RepresentedDocument {
    /// Its chip was read.
    Read(Box<CardRead>),
    /// It has no chip: which it is. What it says is for the person who decides to write down; on site nothing is typed here.
    Paper(PaperDocument),
    /// Typed by the buyer of an online sale.
    Declared(Box<Declared>),
}

/// A document that no reader reads (MIIT Order 25 lists them), known to this program by its kind alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PaperDocument {
    /// Temporary resident identity card.
    TemporaryIdentityCard,
    /// Household register, for minors.
    HouseholdRegister,
    /// A military or armed police identity document.
    MilitaryDocument,
    /// Travel permit of Hong Kong, Macao or Taiwan residents.
    TravelPermit,
    /// Passport.
    Passport,
    /// Another that the law knows.
    Other,
}

realname_terms::names! {
    PaperDocument {
        TemporaryIdentityCard = "temporary_identity_card",
        HouseholdRegister = "household_register",
        MilitaryDocument = "military_document",
        TravelPermit = "travel_permit",
        Passport = "passport",
        Other = "other",
    }
}

realname_terms::names! {
    Relation {
        Guardian = "guardian",
        Proxy = "proxy",
    }
}

impl Represented {
    /// Whose card was read as well.
    pub fn with_card(relation: Relation, card: CardRead) -> Self {
        Self { relation, document: RepresentedDocument::Read(Box::new(card)) }
    }

    /// Whose document has no chip.
    pub fn with_paper(relation: Relation, document: PaperDocument) -> Self {
        Self { relation, document: RepresentedDocument::Paper(document) }
    }

    /// As the buyer of an online sale typed it.
    pub fn declared(relation: Relation, declared: Declared) -> Self {
        Self { relation, document: RepresentedDocument::Declared(Box::new(declared)) }
    }

    /// Why somebody acts for them.
    pub fn relation(&self) -> Relation {
        self.relation
    }

    /// Their document.
    pub fn document(&self) -> &RepresentedDocument {
        &self.document
    }

    /// Which kind, when it has a chip.
    pub fn kind(&self) -> Option<DocumentKind> {
        match &self.document {
            RepresentedDocument::Read(card) => Some(card.document().kind()),
            RepresentedDocument::Declared(declared) => Some(declared.kind()),
            RepresentedDocument::Paper(_) => None,
        }
    }

    /// Whether such a document can be had at this place: typing is banned at a counter, and there is no reader online.
    pub(super) fn fits(&self, locality: Locality) -> bool {
        match self.document {
            RepresentedDocument::Read(_) => locality == Locality::Onsite,
            RepresentedDocument::Declared(_) => locality == Locality::Remote,
            RepresentedDocument::Paper(_) => true,
        }
    }

    /// Whether this is the person with that number.
    pub(super) fn is(&self, number: &IdNumber) -> bool {
        let own = match &self.document {
            RepresentedDocument::Read(card) => card.document().number(),
            RepresentedDocument::Declared(declared) => declared.number(),
            RepresentedDocument::Paper(_) => return false,
        };
        !number.as_str().is_empty() && Zeroizing::new(own.canonical()) == Zeroizing::new(number.canonical())
    }
}
