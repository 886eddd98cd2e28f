//! What a card says, validated: no I/O and no opinion.
//!
//! A [`Document`] has no public constructor. The only one in this crate that makes one is the card reader's parser, so
//! typed text can never pass for a card (MIIT 2015: on site, data enters from the reader and typing is banned):
//!
//! ```compile_fail
//! use realname_card::document::{Document, PlainDocument};
//! let typed: PlainDocument = serde_json::from_str("{}").unwrap();
//! let document = Document::from(typed); // there is no way from typed text to a Document
//! ```
//!
//! ```compile_fail
//! use realname_card::document::{CardRead, Document};
//! fn forge(document: Document) -> CardRead {
//!     CardRead { document, ..unreachable!() } // its fields are private
//! }
//! ```

mod card_read;
mod ethnic;
mod explain;
mod flag;
mod plain;
mod plain_read;
mod sam_id;
mod text;

pub(crate) use card_read::CardReadParts;
pub use card_read::{CardRead, Fingerprint, LinkStats, Origin, PhotoBlock};
pub use ethnic::EthnicGroup;
pub use flag::Flag;
pub use plain::{PlainDocument, PlainEthnicGroup};
pub use plain_read::{PlainCardRead, PlainFingerprint, PlainLink, PlainPhoto};
pub use realname_terms::{
    CardDate, DocumentKind, IdNumber, NumberCheck, NumberKind, Personal, Sex, ValidUntil, fold_name,
};
pub use sam_id::SamId;
pub use text::CardText;

use jiff::civil::Date;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The facts on one identity card, as its chip holds them.
///
/// Reading a value is asking for it by name; `Debug` shows the kind and the flags only, and everything is wiped when
/// the value is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    parts: DocumentParts,
}

/// Everything a layout parser found. Private to the crate: see the module's front page. Texts wipe themselves; the dates
/// are wiped by `Document`.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct DocumentParts {
    pub(crate) kind: DocumentKind,
    pub(crate) name: CardText,
    pub(crate) english_name: Option<CardText>,
    pub(crate) sex: Sex,
    pub(crate) ethnic_group: Option<EthnicGroup>,
    pub(crate) birth_date: Option<CardDate>,
    pub(crate) address: Option<CardText>,
    pub(crate) number: IdNumber,
    pub(crate) authority: Option<CardText>,
    pub(crate) authority_code: Option<CardText>,
    pub(crate) valid_from: Option<CardDate>,
    pub(crate) valid_until: Option<ValidUntil>,
    pub(crate) nationality: Option<CardText>,
    pub(crate) travel_permit_number: Option<CardText>,
    pub(crate) issue_count: Option<u8>,
    pub(crate) renewals: Option<u8>,
    pub(crate) card_version: Option<CardText>,
    pub(crate) former_number: Option<IdNumber>,
    pub(crate) flags: Vec<Flag>,
}

impl Document {
    /// The one origin of a `Document`. Called by `reader::wire` with the fields of a complete, checksummed reply.
    pub(crate) fn from_card(mut parts: DocumentParts) -> Self {
        flag::add_semantic_flags(&mut parts);
        Self { parts }
    }

    /// Notes what came up after its text block had been read.
    pub(crate) fn note(&mut self, flag: Flag) {
        if let Err(at) = self.parts.flags.binary_search(&flag) {
            self.parts.flags.insert(at, flag);
        }
    }

    /// Which of the four chip documents this is.
    pub fn kind(&self) -> DocumentKind {
        self.parts.kind
    }

    /// The name in Chinese characters, exactly as on the card. Blank on a foreigner's card without one.
    pub fn name(&self) -> &CardText {
        &self.parts.name
    }

    /// The name in Latin letters (foreigners' cards only).
    pub fn english_name(&self) -> Option<&CardText> {
        self.parts.english_name.as_ref()
    }

    /// Sex as coded on the card (GB/T 2261.1).
    pub fn sex(&self) -> Sex {
        self.parts.sex
    }

    /// Ethnic group (GB/T 3304); resident cards only.
    pub fn ethnic_group(&self) -> Option<&EthnicGroup> {
        self.parts.ethnic_group.as_ref()
    }

    /// Birth date; `None` when the card's eight digits are blank or no date (then flagged).
    pub fn birth_date(&self) -> Option<Date> {
        self.parts.birth_date.as_ref().map(CardDate::to_date)
    }

    /// The address printed on the card.
    pub fn address(&self) -> Option<&CardText> {
        self.parts.address.as_ref()
    }

    /// The identity number.
    pub fn number(&self) -> &IdNumber {
        &self.parts.number
    }

    /// The issuing authority as printed (not on the foreigners' cards).
    pub fn authority(&self) -> Option<&CardText> {
        self.parts.authority.as_ref()
    }

    /// Four-digit code of the authority that took the application (2017 foreigner's card).
    pub fn authority_code(&self) -> Option<&CardText> {
        self.parts.authority_code.as_ref()
    }

    /// First day of validity.
    pub fn valid_from(&self) -> Option<Date> {
        self.parts.valid_from.as_ref().map(CardDate::to_date)
    }

    /// Last day of validity, or long-term.
    pub fn valid_until(&self) -> Option<&ValidUntil> {
        self.parts.valid_until.as_ref()
    }

    /// Country or region of nationality, three letters (GB/T 2659); foreigners' cards only.
    pub fn nationality(&self) -> Option<&CardText> {
        self.parts.nationality.as_ref()
    }

    /// Travel-permit number (Hong Kong, Macao and Taiwan residence permit only).
    pub fn travel_permit_number(&self) -> Option<&CardText> {
        self.parts.travel_permit_number.as_ref()
    }

    /// How often the permit was issued (residence permit only).
    pub fn issue_count(&self) -> Option<u8> {
        self.parts.issue_count
    }

    /// How often the card was renewed (2023 foreigner's card only).
    pub fn renewals(&self) -> Option<u8> {
        self.parts.renewals
    }

    /// Card version (2017 foreigner's card only).
    pub fn card_version(&self) -> Option<&CardText> {
        self.parts.card_version.as_ref()
    }

    /// The 15-character number that the holder had before (2023 foreigner's card only).
    pub fn former_number(&self) -> Option<&IdNumber> {
        self.parts.former_number.as_ref()
    }

    /// What a careful reader should know about these fields. Never a reason to refuse by itself.
    pub fn flags(&self) -> &[Flag] {
        &self.parts.flags
    }

    /// The same facts as plain, serialisable data: the `document` object of the command line.
    ///
    /// This *is* the personal data; call it where that is meant to be shown or stored.
    pub fn to_plain(&self) -> PlainDocument {
        PlainDocument::from(self)
    }
}

impl Drop for Document {
    fn drop(&mut self) {
        self.parts.birth_date.zeroize();
        self.parts.valid_from.zeroize();
        self.parts.valid_until.zeroize();
    }
}

impl ZeroizeOnDrop for Document {}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document")
            .field("kind", &self.parts.kind)
            .field("flags", &self.parts.flags)
            .finish_non_exhaustive()
    }
}
