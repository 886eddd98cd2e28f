//! What a reader answers (`reader-protocol` 2.1, 3, 5.1).
//!
//! A reply doesn't name the command that it answers, so its **shape** decides what it is, and inside a card reply the
//! length fields decide where its parts are.

use nom::bytes::complete::take;
use nom::combinator::all_consuming;
use nom::number::complete::be_u16;
use nom::{IResult, Parser};

use super::{Frame, Status, StatusWord};
use crate::document::SamId;

/// Bytes of the text block of all four documents.
pub const TEXT_LENGTH: usize = 256;
/// Bytes of one finger's block.
pub const FINGERPRINT_LENGTH: usize = 512;
/// Bytes of one additional address; older cards may hold four.
pub const ADDRESS_LENGTH: usize = 70;
/// What the most additional addresses that a reply is known to hold, four, are long.
const MAX_ADDRESSES_LENGTH: usize = 4 * ADDRESS_LENGTH;
/// The photo block's limit: what a frame can hold beside the text.
const MAX_PHOTO: usize = 2048;

/// One reply: status and data, borrowed from the frame.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The status bytes.
    pub status: Status,
    /// What follows them.
    pub data: &'a [u8],
}

/// What a reply is, judged by its shape alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shape {
    /// A status without data.
    Status,
    /// A card was found: `9F` and four bytes.
    Found,
    /// A card was selected: eight bytes.
    Selected,
    /// A SAM id: sixteen bytes.
    SamId,
    /// Additional addresses: 70 to 280 bytes, or one alone without its padding.
    Address,
    /// Card management information: 24 or 28 bytes.
    Management,
    /// Text, photo and perhaps fingerprints.
    Card,
    /// None of these.
    Unknown,
}

/// A reply whose inside contradicts itself: damage, or a reader that lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplyError {
    /// Too short to hold a status.
    #[error("the reply has no status")]
    NoStatus,
    /// The length fields of a card reply don't add up to its size.
    #[error("the card reply's length fields say {said} bytes, it has {got}")]
    Lengths {
        /// What its header says, header included.
        said: usize,
        /// Its size.
        got: usize,
    },
    /// A part has a length that the protocol doesn't have.
    #[error("the {part} part has {got} bytes")]
    PartLength {
        /// `text`, `photo`, `fingerprint` or `address`.
        part: &'static str,
        /// Its length field.
        got: usize,
    },
    /// The type flag is no document's that this version knows.
    #[error("the type flag U+{flag:04X} is that of a document which this version doesn't know")]
    UnknownKind {
        /// The code unit at byte 248 of the text block.
        flag: u16,
    },
    /// The text block holds nothing but padding.
    #[error("the card's text is blank")]
    Blank,
    /// A field of the text block holds what no text field can hold.
    #[error("the field {field} holds code units that are no text")]
    CodeUnits {
        /// Which field.
        field: &'static str,
    },
}

/// The parts of a card reply, opaque.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CardBlocks<'a> {
    /// The text block.
    pub text: &'a [u8; TEXT_LENGTH],
    /// The photo block.
    pub photo: &'a [u8],
    /// No, one or two fingers' blocks of 512 bytes.
    pub fingerprints: &'a [u8],
}

impl<'a> Reply<'a> {
    /// The reply in a frame.
    pub fn decode(frame: Frame<'a>) -> Result<Self, ReplyError> {
        let (data, status) = Status::parse(frame.body()).map_err(|_| ReplyError::NoStatus)?;
        Ok(Self { status, data })
    }

    /// What it is by its shape.
    pub fn shape(&self) -> Shape {
        match (self.status.word, self.data.len()) {
            (_, 0) => Shape::Status,
            (StatusWord::Found, 4) => Shape::Found,
            (StatusWord::Done, 8) => Shape::Selected,
            (StatusWord::Done, 16) => Shape::SamId,
            (StatusWord::Done, 24 | 28) => Shape::Management,
            // "At most 70": some readers leave the padding out. Ten is more than the eight bytes of a selection.
            (StatusWord::Done, 10..=MAX_ADDRESSES_LENGTH) if !self.begins_like_a_card() => Shape::Address,
            (StatusWord::Done, length) if length >= 4 + TEXT_LENGTH => Shape::Card,
            _ => Shape::Unknown,
        }
    }

    /// Whether it says that what was asked for is done.
    pub fn succeeded(&self) -> bool {
        matches!(self.status.word, StatusWord::Done | StatusWord::Found)
    }

    /// Whether it has the length of a card's smallest reply and that of its text in front, which no address begins with.
    fn begins_like_a_card(&self) -> bool {
        self.data.len() >= 4 + TEXT_LENGTH && self.data.starts_with(&[1, 0])
    }

    /// The SAM id, when that is its shape.
    pub fn sam_id(&self) -> Option<SamId> {
        match self.shape() {
            Shape::SamId => self.data.try_into().ok().map(SamId::from_bytes),
            _ => None,
        }
    }

    /// Splits a card reply by its length fields. The form with three fields (`30 10`) and the one with two (`30 01`) are
    /// told apart by which adds up, because some readers always send one of them.
    ///
    /// # Errors
    /// When neither adds up, or a part has a length that it cannot have.
    pub fn card(&self) -> Result<CardBlocks<'a>, ReplyError> {
        let (_, (text, photo, third)) = (be_u16, be_u16, be_u16)
            .parse(self.data)
            .map_err(|_: nom::Err<()>| ReplyError::Lengths { said: 6, got: self.data.len() })?;
        let (text, photo, third) = (usize::from(text), usize::from(photo), usize::from(third));
        if text != TEXT_LENGTH {
            return Err(ReplyError::PartLength { part: "text", got: text });
        }
        if photo > MAX_PHOTO {
            return Err(ReplyError::PartLength { part: "photo", got: photo });
        }
        let (header, fingerprints) = if 4 + text + photo == self.data.len() { (4, 0) } else { (6, third) };
        let said = header + text + photo + fingerprints;
        if said != self.data.len() {
            return Err(ReplyError::Lengths { said, got: self.data.len() });
        }
        if fingerprints % FINGERPRINT_LENGTH != 0 || fingerprints > 2 * FINGERPRINT_LENGTH {
            return Err(ReplyError::PartLength { part: "fingerprint", got: fingerprints });
        }
        let wrong = |_| ReplyError::Lengths { said, got: self.data.len() };
        let (_, (text, photo, fingerprints)) =
            all_consuming(|input| parts(input, header, photo, fingerprints))
                .parse(self.data)
                .map_err(wrong)?;
        let text = text.try_into().map_err(|_| ReplyError::PartLength { part: "text", got: text.len() })?;
        Ok(CardBlocks { text, photo, fingerprints })
    }
}

type Parts<'a> = (&'a [u8], &'a [u8], &'a [u8]);

fn parts(input: &[u8], header: usize, photo: usize, fingerprints: usize) -> IResult<&[u8], Parts<'_>, ()> {
    let (rest, _) = take(header).parse(input)?;
    (take(TEXT_LENGTH), take(photo), take(fingerprints)).parse(rest)
}

impl CardBlocks<'_> {
    /// The body of the reply that holds these parts: with two length fields as `30 01` is answered, or three as `30 10`.
    pub fn encode(&self, with_fingerprint: bool) -> Vec<u8> {
        let mut body = Status::new(StatusWord::Done).encode().to_vec();
        let field = |part: &[u8]| u16::try_from(part.len()).unwrap_or(u16::MAX).to_be_bytes();
        body.extend_from_slice(&field(self.text));
        body.extend_from_slice(&field(self.photo));
        if with_fingerprint {
            body.extend_from_slice(&field(self.fingerprints));
        }
        body.extend_from_slice(self.text);
        body.extend_from_slice(self.photo);
        if with_fingerprint {
            body.extend_from_slice(self.fingerprints);
        }
        body
    }
}

impl std::fmt::Debug for Reply<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reply({}, [{} bytes])", self.status, self.data.len())
    }
}

impl std::fmt::Debug for CardBlocks<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { text, photo, fingerprints } = self;
        write!(f, "CardBlocks([{} + {} + {} bytes])", text.len(), photo.len(), fingerprints.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(header: &[u16], length: usize) -> Result<(usize, usize), ReplyError> {
        let mut data: Vec<u8> = header.iter().flat_map(|field| field.to_be_bytes()).collect();
        data.resize(length, 0);
        let reply = Reply { status: Status::new(StatusWord::Done), data: &data };
        reply.card().map(|blocks| (blocks.photo.len(), blocks.fingerprints.len()))
    }

    #[test]
    fn both_forms_whatever_was_asked() {
        assert_eq!(card(&[256, 1024], 1284), Ok((1024, 0)));
        assert_eq!(card(&[256, 1024, 0], 1286), Ok((1024, 0)));
        assert_eq!(card(&[256, 1024, 512], 1798), Ok((1024, 512)));
        assert_eq!(card(&[256, 1024, 1024], 2310), Ok((1024, 1024)));
        assert_eq!(card(&[256, 0], 260), Ok((0, 0)));
    }

    #[test]
    fn lies_are_refused() {
        assert_eq!(card(&[256, 1024], 1283), Err(ReplyError::Lengths { said: 1286, got: 1283 }));
        assert_eq!(card(&[256, 1024, 512], 2310), Err(ReplyError::Lengths { said: 1798, got: 2310 }));
        assert_eq!(card(&[255, 1025], 1284), Err(ReplyError::PartLength { part: "text", got: 255 }));
        assert_eq!(card(&[256, 0xFFFF], 1284), Err(ReplyError::PartLength { part: "photo", got: 65535 }));
        assert_eq!(
            card(&[256, 1024, 100], 1386),
            Err(ReplyError::PartLength { part: "fingerprint", got: 100 })
        );
        assert_eq!(card(&[256], 2), Err(ReplyError::Lengths { said: 6, got: 2 }));
    }

    #[test]
    fn shapes() {
        let shape = |word, length| Reply { status: Status::new(word), data: &vec![0; length] }.shape();
        assert_eq!(shape(StatusWord::NoCard, 0), Shape::Status);
        assert_eq!(shape(StatusWord::Found, 4), Shape::Found);
        assert_eq!(shape(StatusWord::Done, 4), Shape::Unknown);
        assert_eq!(shape(StatusWord::Done, 8), Shape::Selected);
        assert_eq!(shape(StatusWord::Done, 16), Shape::SamId);
        assert_eq!(shape(StatusWord::Done, 70), Shape::Address);
        assert_eq!(shape(StatusWord::Done, 280), Shape::Address);
        assert_eq!(shape(StatusWord::Done, 40), Shape::Address, "an address without its padding");
        assert_eq!(shape(StatusWord::Done, 281), Shape::Card);
        assert_eq!(shape(StatusWord::Done, 1284), Shape::Card);
        assert_eq!(shape(StatusWord::ReadFailed, 1284), Shape::Unknown);
    }

    #[test]
    fn debug_shows_sizes_only() {
        let reply = Reply { status: Status::new(StatusWord::Done), data: &[0x4B; 1284] };
        assert_eq!(format!("{reply:?}"), "Reply(90, [1284 bytes])");
    }
}
