//! Foreigner's permanent residence card of 2023, flag `Y` (`reader-protocol` 5.7).

use super::super::text::{BlockError, Notes, Usual, Writer, field};
use super::{count, cut, date, plain, sex, sex_code};
use crate::document::{DocumentKind, DocumentParts, Flag, IdNumber, PlainDocument};
use crate::reader::wire::{ReplyError, TEXT_LENGTH};

pub(super) fn decode(block: &[u8; TEXT_LENGTH], notes: &mut Notes) -> Result<DocumentParts, ReplyError> {
    let fields = (
        (field("name", 30), field("sex", 2), field("renewals", 4), field("birth_date", 16)),
        (field("english_name", 70), field("number", 36), field("reserved", 30)),
        (field("valid_from", 16), field("valid_until", 16), field("english_name", 22)),
        (field("nationality", 6), field("type flag", 2), field("former number", 6)),
    );
    cut(block, fields, |(person, named, (from, until, english_rest), (nationality, _, link))| {
        let (name, sex_, renewals, birth) = person;
        let (english_name, number, no_authority) = named;
        no_authority.reserved(notes);
        let number = IdNumber::new(number.code(notes)?.as_str());
        let nationality = nationality.code(notes)?;
        let link = link.code(notes)?;
        Ok(DocumentParts {
            kind: DocumentKind::PermanentResident2023,
            name: name.text(Usual::Name, Some(Flag::NameFull), notes)?,
            sex: sex(&sex_, notes)?,
            renewals: renewals.count(notes)?,
            birth_date: birth.date(Flag::BirthDateUnreadable, notes)?,
            english_name: Some(english_name.text_with(
                &english_rest,
                Usual::Latin,
                Some(Flag::EnglishNameFull),
                notes,
            )?),
            former_number: number.former(nationality.as_str(), link.as_str()),
            number,
            valid_from: from.date(Flag::ValidityUnreadable, notes)?,
            valid_until: until.end_of_validity(notes)?,
            nationality: Some(nationality),
            ..DocumentParts::default()
        })
    })
}

pub(super) fn encode(card: &PlainDocument) -> Result<Box<[u8; TEXT_LENGTH]>, BlockError> {
    let (first, rest) = split(plain(&card.english_name))?;
    let mut block = Writer::new();
    block.text("name", 30, plain(&card.name))?;
    block.text("sex", 2, sex_code(card.sex))?;
    block.text("renewals", 4, &count(card.renewals))?;
    block.date("birth_date", date(&card.birth_date))?;
    block.text("english_name", 70, first)?;
    block.text("number", 36, plain(&card.number))?;
    block.blank(30)?;
    block.date("valid_from", date(&card.valid_from))?;
    block.end_of_validity(date(&card.valid_until))?;
    block.text("english_name", 22, rest)?;
    block.text("nationality", 6, plain(&card.nationality))?;
    block.text("type flag", 2, "Y")?;
    block.text("former_number", 6, &link(card)?)?;
    Ok(block.finish())
}

/// The English name in its two fields of 35 and 11 units.
fn split(name: &str) -> Result<(&str, &str), BlockError> {
    const FIRST: usize = 35;
    let at = name.char_indices().nth(FIRST).map_or(name.len(), |(at, _)| at);
    if name[..at].encode_utf16().count() > FIRST {
        // Characters that take two units would have to be cut here; no Latin letter does.
        return Err(BlockError::TooLong {
            field: "english_name",
            room: FIRST,
            got: name[..at].encode_utf16().count(),
        });
    }
    Ok(name.split_at(at))
}

/// The three digits that link to the former 15-character number: its area digits and its sequence digit.
fn link(card: &PlainDocument) -> Result<String, BlockError> {
    let former = plain(&card.former_number);
    if former.is_empty() {
        return Ok(String::new());
    }
    let link = former.get(5..7).zip(former.get(13..14)).map(|(area, sequence)| format!("{area}{sequence}"));
    link.filter(|link| {
        IdNumber::new(plain(&card.number)).former(plain(&card.nationality), link)
            == Some(IdNumber::new(former))
    })
    .ok_or(BlockError::FormerNumber)
}
