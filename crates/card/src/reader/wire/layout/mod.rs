//! The text block of the four documents (`reader-protocol` 5.3 to 5.7): 256 bytes of fixed-width fields.
//!
//! The type flag at byte 248 is tested before any other field is looked at: the four share offsets, so a wrong guess
//! gives plausible nonsense.

mod foreigner2017;
mod foreigner2023;
mod permit;
mod resident;

use super::text::{BlockError, Notes};
use super::{ReplyError, TEXT_LENGTH};
use crate::document::{CardText, Document, DocumentKind, DocumentParts, Personal, PlainDocument, Sex};

/// Where the type flag stands.
const TYPE_FLAG: usize = 248;

/// A document, and whether every field holds what such fields usually hold.
pub struct Decoded {
    /// The document.
    pub document: Document,
    /// Something in it is unusual, or its fields disagree with one another: damage that the checksum missed would look
    /// like this, so the block is worth reading again before it is believed.
    pub doubtful: bool,
}

impl std::fmt::Debug for Decoded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoded").field("document", &self.document).field("doubtful", &self.doubtful).finish()
    }
}

/// The document in a text block.
///
/// # Errors
/// When the block is blank, when its type flag is none that is known, when a field holds code units that are no text.
pub fn decode(block: &[u8; TEXT_LENGTH]) -> Result<Decoded, ReplyError> {
    let mut notes = Notes::default();
    if units(block).all(is_padding) {
        return Err(ReplyError::Blank);
    }
    let decode = match kind(block)? {
        DocumentKind::Resident => resident::decode,
        DocumentKind::ResidencePermit => permit::decode,
        DocumentKind::PermanentResident2017 => foreigner2017::decode,
        DocumentKind::PermanentResident2023 => foreigner2023::decode,
    };
    let mut parts = decode(block, &mut notes)?;
    // Without a name and a number the block holds padding and a type flag alone, or what no field may hold.
    if parts.name.is_empty()
        && parts.english_name.as_ref().is_none_or(CardText::is_empty)
        && parts.number.as_str().is_empty()
    {
        return Err(ReplyError::Blank);
    }
    parts.flags = notes.flags;
    let document = Document::from_card(parts);
    let doubtful = notes.unusual || document.flags().iter().any(|flag| flag.is_semantic());
    Ok(Decoded { document, doubtful })
}

/// The text block of a card with these facts: the twin of [`decode`].
///
/// # Errors
/// When a fact can't be written in its field.
pub fn encode(card: &PlainDocument) -> Result<Box<[u8; TEXT_LENGTH]>, BlockError> {
    match card.kind {
        DocumentKind::Resident => resident::encode(card),
        DocumentKind::ResidencePermit => permit::encode(card),
        DocumentKind::PermanentResident2017 => foreigner2017::encode(card),
        DocumentKind::PermanentResident2023 => foreigner2023::encode(card),
    }
}

/// Which document it is. A resident's card has nothing where the others have their letter. New letters came in 2017, 2018
/// and 2023, each with fields of its own at a resident's offsets: one that isn't known here is nobody's card yet.
fn kind(block: &[u8; TEXT_LENGTH]) -> Result<DocumentKind, ReplyError> {
    match u16::from_le_bytes([block[TYPE_FLAG], block[TYPE_FLAG + 1]]) {
        0x4A => Ok(DocumentKind::ResidencePermit),
        0x49 => Ok(DocumentKind::PermanentResident2017),
        0x59 => Ok(DocumentKind::PermanentResident2023),
        flag if is_padding(flag) => Ok(DocumentKind::Resident),
        flag => Err(ReplyError::UnknownKind { flag }),
    }
}

fn units(block: &[u8; TEXT_LENGTH]) -> impl Iterator<Item = u16> {
    block.as_chunks::<2>().0.iter().map(|&pair| u16::from_le_bytes(pair))
}

/// Fields are padded with spaces; some integrations pad with NUL.
fn is_padding(unit: u16) -> bool {
    matches!(unit, 0 | 0x20)
}

/// Cuts the block into fields and gives them to `build`. The fields of a layout cover 256 bytes exactly, which the
/// layouts' round-trip tests show, so cutting can't fail on a block of that size.
fn cut<'a, F>(
    block: &'a [u8; TEXT_LENGTH],
    fields: impl nom::Parser<&'a [u8], Output = F, Error = ()>,
    build: impl FnOnce(F) -> Result<DocumentParts, ReplyError>,
) -> Result<DocumentParts, ReplyError> {
    use nom::Parser as _;
    let (_, fields) = nom::combinator::all_consuming(fields)
        .parse(block.as_slice())
        .map_err(|_| ReplyError::PartLength { part: "text", got: block.len() })?;
    build(fields)
}

/// The sex code (GB/T 2261.1).
fn sex(field: &super::text::Field<'_>, notes: &mut Notes) -> Result<Sex, ReplyError> {
    Ok(match field.code(notes)?.as_str() {
        "0" => Sex::Unknown,
        "1" => Sex::Male,
        "2" => Sex::Female,
        "9" => Sex::NotStated,
        _ => {
            notes.flags.push(crate::document::Flag::SexCodeUnknown);
            Sex::Unknown
        }
    })
}

fn sex_code(sex: Sex) -> &'static str {
    match sex {
        Sex::Unknown => "0",
        Sex::Male => "1",
        Sex::Female => "2",
        Sex::NotStated => "9",
    }
}

/// A text that may be absent.
fn plain(text: &Option<Personal>) -> &str {
    text.as_ref().map_or("", Personal::as_str)
}

/// A date that may be absent.
fn date(text: &Option<Personal>) -> Option<&str> {
    text.as_ref().map(Personal::as_str)
}

/// A two-digit count that may be absent.
fn count(value: Option<u8>) -> String {
    value.map(|count| format!("{count:02}")).unwrap_or_default()
}

#[cfg(test)]
mod tests;
