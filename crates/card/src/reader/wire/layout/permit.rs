//! Residence permit for Hong Kong, Macao and Taiwan residents, flag `J` (`reader-protocol` 5.5).

use super::super::text::{BlockError, Notes, Usual, Writer, field};
use super::{count, cut, date, plain, sex, sex_code};
use crate::document::{DocumentKind, DocumentParts, Flag, IdNumber, PlainDocument};
use crate::reader::wire::{ReplyError, TEXT_LENGTH};

pub(super) fn decode(block: &[u8; TEXT_LENGTH], notes: &mut Notes) -> Result<DocumentParts, ReplyError> {
    let fields = (
        (field("name", 30), field("sex", 2), field("reserved", 4), field("birth_date", 16)),
        (field("address", 70), field("number", 36), field("authority", 30)),
        (field("valid_from", 16), field("valid_until", 16)),
        (field("travel_permit_number", 18), field("issue_count", 4)),
        (field("reserved", 6), field("type flag", 2), field("reserved", 6)),
    );
    cut(block, fields, |(person, printed, (from, until), (permit, issues), (reserved, _, last))| {
        let (name, sex_, no_ethnic_group, birth) = person;
        let (address, number, authority) = printed;
        [no_ethnic_group, reserved, last].iter().for_each(|field| field.reserved(notes));
        Ok(DocumentParts {
            kind: DocumentKind::ResidencePermit,
            name: name.text(Usual::Name, Some(Flag::NameFull), notes)?,
            sex: sex(&sex_, notes)?,
            birth_date: birth.date(Flag::BirthDateUnreadable, notes)?,
            address: Some(address.text(Usual::Address, Some(Flag::AddressFull), notes)?),
            number: IdNumber::new(number.code(notes)?.as_str()),
            authority: Some(authority.text(Usual::Address, None, notes)?),
            valid_from: from.date(Flag::ValidityUnreadable, notes)?,
            valid_until: until.end_of_validity(notes)?,
            travel_permit_number: Some(permit.code(notes)?),
            issue_count: issues.count(notes)?,
            ..DocumentParts::default()
        })
    })
}

pub(super) fn encode(card: &PlainDocument) -> Result<Box<[u8; TEXT_LENGTH]>, BlockError> {
    let mut block = Writer::new();
    block.text("name", 30, plain(&card.name))?;
    block.text("sex", 2, sex_code(card.sex))?;
    block.blank(4)?;
    block.date("birth_date", date(&card.birth_date))?;
    block.text("address", 70, plain(&card.address))?;
    block.text("number", 36, plain(&card.number))?;
    block.text("authority", 30, plain(&card.authority))?;
    block.date("valid_from", date(&card.valid_from))?;
    block.end_of_validity(date(&card.valid_until))?;
    block.text("travel_permit_number", 18, plain(&card.travel_permit_number))?;
    block.text("issue_count", 4, &count(card.issue_count))?;
    block.blank(6)?;
    block.text("type flag", 2, "J")?;
    block.blank(6)?;
    Ok(block.finish())
}
