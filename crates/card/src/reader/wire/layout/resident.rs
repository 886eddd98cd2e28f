//! Resident identity card (`reader-protocol` 5.4).

use super::super::text::{BlockError, Notes, Usual, Writer, field};
use super::{cut, date, plain, sex, sex_code};
use crate::document::{DocumentKind, DocumentParts, EthnicGroup, Flag, IdNumber, PlainDocument};
use crate::reader::wire::{ReplyError, TEXT_LENGTH};

pub(super) fn decode(block: &[u8; TEXT_LENGTH], notes: &mut Notes) -> Result<DocumentParts, ReplyError> {
    let fields = (
        field("name", 30),
        field("sex", 2),
        field("ethnic_group", 4),
        field("birth_date", 16),
        field("address", 70),
        field("number", 36),
        field("authority", 30),
        field("valid_from", 16),
        field("valid_until", 16),
        field("reserved", 36),
    );
    cut(block, fields, |(name, sex_, ethnic, birth, address, number, authority, from, until, reserved)| {
        reserved.reserved(notes);
        let ethnic = ethnic.code(notes)?;
        Ok(DocumentParts {
            kind: DocumentKind::Resident,
            name: name.text(Usual::Name, Some(Flag::NameFull), notes)?,
            sex: sex(&sex_, notes)?,
            ethnic_group: (!ethnic.is_empty()).then(|| EthnicGroup::from_code(ethnic.as_str())),
            birth_date: birth.date(Flag::BirthDateUnreadable, notes)?,
            address: Some(address.text(Usual::Address, Some(Flag::AddressFull), notes)?),
            number: IdNumber::new(number.code(notes)?.as_str()),
            authority: Some(authority.text(Usual::Address, None, notes)?),
            valid_from: from.date(Flag::ValidityUnreadable, notes)?,
            valid_until: until.end_of_validity(notes)?,
            ..DocumentParts::default()
        })
    })
}

pub(super) fn encode(card: &PlainDocument) -> Result<Box<[u8; TEXT_LENGTH]>, BlockError> {
    let mut block = Writer::new();
    block.text("name", 30, plain(&card.name))?;
    block.text("sex", 2, sex_code(card.sex))?;
    block.text("ethnic_group", 4, card.ethnic_group.as_ref().map_or("", |group| group.code.as_str()))?;
    block.date("birth_date", date(&card.birth_date))?;
    block.text("address", 70, plain(&card.address))?;
    block.text("number", 36, plain(&card.number))?;
    block.text("authority", 30, plain(&card.authority))?;
    block.date("valid_from", date(&card.valid_from))?;
    block.end_of_validity(date(&card.valid_until))?;
    block.blank(36)?;
    Ok(block.finish())
}
