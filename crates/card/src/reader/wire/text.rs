//! Text fields: UTF-16LE code units of fixed width, padded at the right end (`reader-protocol` 5.2).

mod writer;

use nom::bytes::complete::take;
use nom::{IResult, Parser};
use zeroize::Zeroizing;

pub use self::writer::BlockError;
pub(super) use self::writer::Writer;
pub(crate) use self::writer::encode_address;
use super::ReplyError;
use crate::document::{CardDate, CardText, Flag, ValidUntil};

const SPACE: u16 = 0x20;

/// 长期 in the field for the end of validity.
const LONG_TERM: [u16; 2] = [0x957F, 0x671F];

/// Which characters a field normally holds. Others are no error, but make a reply worth reading twice.
#[derive(Clone, Copy)]
pub(super) enum Usual {
    /// Han characters, separator dots, inner spaces.
    Name,
    /// What addresses are written with.
    Address,
    /// ASCII letters, digits and signs.
    Latin,
    /// Digits, and the letters of numbers.
    Code,
}

/// One field, cut out of the block.
pub(super) struct Field<'a> {
    name: &'static str,
    bytes: &'a [u8],
}

/// What was noticed while decoding one block.
#[derive(Default)]
pub(super) struct Notes {
    pub(super) flags: Vec<Flag>,
    /// A field holds what such a field usually doesn't: damage can't be excluded.
    pub(super) unusual: bool,
}

/// Cuts the next `bytes` bytes.
pub(super) fn field<'a>(
    name: &'static str,
    bytes: usize,
) -> impl Parser<&'a [u8], Output = Field<'a>, Error = ()> {
    move |input: &'a [u8]| -> IResult<&'a [u8], Field<'a>, ()> {
        take(bytes).map(|bytes| Field { name, bytes }).parse(input)
    }
}

impl Field<'_> {
    /// The text without its padding. `full` is noted when there is no padding at all: the text may have been cut.
    pub(super) fn text(
        &self,
        usual: Usual,
        full: Option<Flag>,
        notes: &mut Notes,
    ) -> Result<CardText, ReplyError> {
        let units = self.trimmed(notes);
        self.join(&units, usual, full, notes)
    }

    /// The text of this field and the one that continues it. Only the end of the whole is padding: the first part may end
    /// in a space that counts.
    pub(super) fn text_with(
        &self,
        continued: &Field<'_>,
        usual: Usual,
        full: Option<Flag>,
        notes: &mut Notes,
    ) -> Result<CardText, ReplyError> {
        let rest = continued.trimmed(notes);
        if rest.is_empty() {
            return self.text(usual, None, notes);
        }
        let mut units = self.units();
        let both = Field { name: self.name, bytes: &[] };
        // A first part padded with NUL can't be continued; `join` refuses the NUL.
        units.extend_from_slice(&rest);
        let whole = (self.bytes.len() + continued.bytes.len()) / 2;
        both.join_of(&units, whole, usual, full, notes)
    }

    fn join(
        &self,
        units: &[u16],
        usual: Usual,
        full: Option<Flag>,
        notes: &mut Notes,
    ) -> Result<CardText, ReplyError> {
        self.join_of(units, self.bytes.len() / 2, usual, full, notes)
    }

    fn join_of(
        &self,
        units: &[u16],
        room: usize,
        usual: Usual,
        full: Option<Flag>,
        notes: &mut Notes,
    ) -> Result<CardText, ReplyError> {
        let is_full = units.len() == room;
        if !is_text(units, is_full) {
            return Err(ReplyError::CodeUnits { field: self.name });
        }
        if is_full {
            notes.flags.extend(full);
        }
        notes.unusual |= !units.iter().all(|&unit| usual.has(unit));
        Ok(CardText::from_units(units))
    }

    /// Digits and letters of a number or code.
    pub(super) fn code(&self, notes: &mut Notes) -> Result<CardText, ReplyError> {
        self.text(Usual::Code, None, notes)
    }

    /// A number below 256 in decimal digits; `None` when blank or something else.
    pub(super) fn count(&self, notes: &mut Notes) -> Result<Option<u8>, ReplyError> {
        let text = self.code(notes)?;
        let digits = text.as_str().bytes().all(|b| b.is_ascii_digit());
        notes.unusual |= !digits;
        Ok(if digits { text.as_str().parse().ok() } else { None })
    }

    /// A date; anything else is noted as `unreadable`.
    pub(super) fn date(&self, unreadable: Flag, notes: &mut Notes) -> Result<Option<CardDate>, ReplyError> {
        let text = self.code(notes)?;
        let date = CardDate::parse(text.as_str());
        if date.is_none() {
            notes.flags.push(unreadable);
        }
        Ok(date)
    }

    /// The end of validity: a date or 长期.
    pub(super) fn end_of_validity(&self, notes: &mut Notes) -> Result<Option<ValidUntil>, ReplyError> {
        if *self.trimmed(notes) == LONG_TERM {
            return Ok(Some(ValidUntil::LongTerm));
        }
        Ok(self.date(Flag::ValidityUnreadable, notes)?.map(ValidUntil::Day))
    }

    /// A field that holds nothing. What stands there is ignored, but unusual.
    pub(super) fn reserved(&self, notes: &mut Notes) {
        notes.unusual |= !self.trimmed(notes).is_empty();
    }

    fn units(&self) -> Zeroizing<Vec<u16>> {
        let (pairs, _) = self.bytes.as_chunks::<2>();
        Zeroizing::new(pairs.iter().map(|&pair| u16::from_le_bytes(pair)).collect())
    }

    fn trimmed(&self, notes: &mut Notes) -> Zeroizing<Vec<u16>> {
        let mut units = self.units();
        let mut padded_with_nul = false;
        while let Some(&(SPACE | 0)) = units.last() {
            padded_with_nul |= units.pop() == Some(0);
        }
        if padded_with_nul {
            notes.flags.push(Flag::NulPadding);
        }
        units
    }
}

/// Whether code units can be text: no controls and no noncharacters, and surrogates in pairs. A high surrogate as the
/// last unit of a full field is a pair that the field's end cut, and is let through.
fn is_text(units: &[u16], is_full: bool) -> bool {
    let mut rest = units.iter().copied().peekable();
    while let Some(unit) = rest.next() {
        match unit {
            0..=0x1F | 0x7F..=0x9F | 0xFDD0..=0xFDEF | 0xFFFE..=0xFFFF | 0xDC00..=0xDFFF => return false,
            0xD800..=0xDBFF => match rest.peek() {
                Some(0xDC00..=0xDFFF) => {
                    rest.next();
                }
                None if is_full => {}
                _ => return false,
            },
            _ => {}
        }
    }
    true
}

impl Usual {
    fn has(self, unit: u16) -> bool {
        let han =
            matches!(unit, 0x2E80..=0x2FDF | 0x3007 | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xD840..=0xFAFF);
        let dot = matches!(unit, 0xB7 | 0x2022 | 0x2027 | 0x30FB | 0xFF0E | 0xFF65);
        match self {
            Self::Name => han || dot || unit == SPACE,
            Self::Address => {
                han || dot
                    || matches!(unit, 0x20..=0x7E | 0x2010..=0x2026 | 0x2160..=0x217F | 0x2460..=0x24FF)
                    || matches!(unit, 0x3000..=0x303F | 0xFF01..=0xFF5E)
            }
            Self::Latin => matches!(unit, 0x20..=0x7E),
            Self::Code => matches!(unit, 0x30..=0x39 | 0x41..=0x5A | 0x61..=0x7A),
        }
    }
}

/// The additional addresses (section 5.8): those slots of 70 bytes that aren't blank, oldest first; and whether one of them
/// holds what addresses usually don't. The last one may come without its padding ("at most 70").
pub(crate) fn addresses(data: &[u8]) -> Result<(Vec<CardText>, bool), ReplyError> {
    if !data.len().is_multiple_of(2) {
        return Err(ReplyError::PartLength { part: "address", got: data.len() });
    }
    let mut notes = Notes::default();
    let mut texts = Vec::new();
    for slot in data.chunks(super::ADDRESS_LENGTH) {
        let slot = Field { name: "additional_address", bytes: slot };
        texts.push(slot.text(Usual::Address, None, &mut notes)?);
    }
    texts.retain(|text| !text.is_empty());
    Ok((texts, notes.unusual))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(units: &[u16], notes: &mut Notes) -> Result<CardText, ReplyError> {
        let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        Field { name: "name", bytes: &bytes }.text(Usual::Name, Some(Flag::NameFull), notes)
    }

    #[test]
    fn trims_the_right_end_only() {
        let mut notes = Notes::default();
        let text = decode(&[0x6D4B, 0x20, 0x8BD5, 0x20, 0x20], &mut notes).unwrap();
        assert_eq!(text.as_str(), "测 试");
        assert!(notes.flags.is_empty() && !notes.unusual);
    }

    #[test]
    fn nul_padding_is_told() {
        let mut notes = Notes::default();
        assert_eq!(decode(&[0x6D4B, 0, 0], &mut notes).unwrap().as_str(), "测");
        assert_eq!(notes.flags, [Flag::NulPadding]);
        assert_eq!(
            decode(&[0x6D4B, 0, 0x8BD5, 0x20], &mut notes).unwrap_err().to_string(),
            "the field name holds code units that are no text"
        );
    }

    #[test]
    fn a_pair_is_cut_only_at_the_end_of_a_full_field() {
        let mut notes = Notes::default();
        assert!(decode(&[0x6D4B, 0xD840], &mut notes).unwrap().has_lone_surrogate());
        assert_eq!(notes.flags, [Flag::NameFull]);
        assert_eq!(decode(&[0xD840, 0xDC0B, 0x20], &mut notes).unwrap().as_str(), "\u{2000B}");
        for damaged in
            [[0xD840, 0x20, 0x20], [0xD840, 0x6D4B, 0x20], [0xDC0B, 0x20, 0x20], [0xFFFE, 0x20, 0x20]]
        {
            assert!(decode(&damaged, &mut notes).is_err(), "{damaged:04X?}");
        }
    }

    #[test]
    fn an_address_without_its_padding_is_an_address() {
        let bytes = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let (texts, unusual) = addresses(&bytes("测试省测试市测试路3号甲乙丙丁戊己庚辛")).unwrap();
        assert_eq!(
            (texts[0].as_str(), texts.len(), unusual),
            ("测试省测试市测试路3号甲乙丙丁戊己庚辛", 1, false)
        );
        let mut two = bytes("测试路1号");
        two.extend([0x20, 0].repeat(35 - 5));
        two.extend(bytes("测试路2号"));
        assert_eq!(addresses(&two).unwrap().0[1].as_str(), "测试路2号");
        assert!(addresses(&two[..two.len() - 1]).is_err(), "half a character");
    }

    #[test]
    fn the_unusual_is_noted() {
        let mut notes = Notes::default();
        decode(&[0x6D4B, 0xAC00, 0x20], &mut notes).unwrap();
        assert!(notes.unusual, "Hangul");
        let mut notes = Notes::default();
        decode(&[0xE188, 0xB7, 0x6D4B, 0x20], &mut notes).unwrap();
        assert!(!notes.unusual, "private use and dots are met");
    }
}
