//! Foreigner's permanent residence card of 2017, flag `I` (`reader-protocol` 5.6).

use super::super::text::{BlockError, Notes, Usual, Writer, field};
use super::{cut, date, plain, sex, sex_code};
use crate::document::{DocumentKind, DocumentParts, Flag, IdNumber, PlainDocument};
use crate::reader::wire::{ReplyError, TEXT_LENGTH};

pub(super) fn decode(block: &[u8; TEXT_LENGTH], notes: &mut Notes) -> Result<DocumentParts, ReplyError> {
    let fields = (
        (field("english_name", 120), field("sex", 2), field("number", 30), field("nationality", 6)),
        (field("name", 30), field("valid_from", 16), field("valid_until", 16), field("birth_date", 16)),
        (field("card_version", 4), field("authority_code", 8)),
        (field("type flag", 2), field("reserved", 6)),
    );
    cut(block, fields, |(person, dated, (version, authority), (_, reserved))| {
        let (english_name, sex_, number, nationality) = person;
        let (name, from, until, birth) = dated;
        reserved.reserved(notes);
        Ok(DocumentParts {
            kind: DocumentKind::PermanentResident2017,
            english_name: Some(english_name.text(Usual::Latin, Some(Flag::EnglishNameFull), notes)?),
            sex: sex(&sex_, notes)?,
            number: IdNumber::new(number.code(notes)?.as_str()),
            nationality: Some(nationality.code(notes)?),
            name: name.text(Usual::Name, Some(Flag::NameFull), notes)?,
            valid_from: from.date(Flag::ValidityUnreadable, notes)?,
            valid_until: until.end_of_validity(notes)?,
            birth_date: birth.date(Flag::BirthDateUnreadable, notes)?,
            card_version: Some(version.code(notes)?),
            authority_code: Some(authority.code(notes)?),
            ..DocumentParts::default()
        })
    })
}

pub(super) fn encode(card: &PlainDocument) -> Result<Box<[u8; TEXT_LENGTH]>, BlockError> {
    let mut block = Writer::new();
    block.text("english_name", 120, plain(&card.english_name))?;
    block.text("sex", 2, sex_code(card.sex))?;
    block.text("number", 30, plain(&card.number))?;
    block.text("nationality", 6, plain(&card.nationality))?;
    block.text("name", 30, plain(&card.name))?;
    block.date("valid_from", date(&card.valid_from))?;
    block.end_of_validity(date(&card.valid_until))?;
    block.date("birth_date", date(&card.birth_date))?;
    block.text("card_version", 4, plain(&card.card_version))?;
    block.text("authority_code", 8, plain(&card.authority_code))?;
    block.text("type flag", 2, "I")?;
    block.blank(6)?;
    Ok(block.finish())
}
