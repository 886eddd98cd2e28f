//! A card's fields as these libraries give them: words for sex and nation, dates of eight digits, 长期.

use encoding_rs::GBK;
use realname::document::{DocumentKind, Personal};
use realname::profile::Sex;
use realname::reader::wire::TEXT_LENGTH;
use realname::reader::wire::layout;
use zeroize::{Zeroize, Zeroizing};

use crate::Card;

/// The fields; one that the document doesn't have is empty. Wiped when it goes.
#[derive(Clone, Default)]
#[allow(missing_docs, clippy::exhaustive_structs, reason = "plain values")]
pub struct Fields {
    pub name: String,
    pub chinese_name: String,
    pub sex: String,
    pub sex_code: String,
    pub nation: String,
    pub nation_code: String,
    /// `YYYYMMDD`.
    pub born: String,
    pub address: String,
    pub number: String,
    pub authority: String,
    /// `YYYYMMDD`.
    pub from: String,
    /// `YYYYMMDD` or 长期.
    pub until: String,
    /// `I` and `Y` foreigners, `J` a permit, a blank a resident.
    pub kind: String,
    pub version: String,
    pub travel_permit: String,
    pub issues: Option<u8>,
}

impl Fields {
    /// Of a card's text; `None` when it is no document's.
    pub fn of(card: &Card) -> Option<Self> {
        let block: &[u8; TEXT_LENGTH] = card.text().try_into().ok()?;
        let document = layout::decode(block).ok()?.document;
        let plain = document.to_plain();
        let text = |field: &Option<Personal>| {
            field.as_ref().map(|text| text.as_str().to_owned()).unwrap_or_default()
        };
        let day = |field: &Option<Personal>| match text(field).as_str() {
            "long_term" => "长期".to_owned(),
            day => day.replace('-', ""),
        };
        let chinese = text(&plain.name);
        let english = text(&plain.english_name);
        let (sex, sex_code) = match plain.sex {
            Sex::Male => ("男", "1"),
            Sex::Female => ("女", "2"),
            Sex::Unknown => ("未知", "0"),
            Sex::NotStated => ("未说明", "9"),
        };
        Some(Self {
            name: if english.is_empty() { chinese.clone() } else { english },
            chinese_name: chinese,
            sex: sex.to_owned(),
            sex_code: sex_code.to_owned(),
            nation: document.ethnic_group().and_then(|group| group.name()).unwrap_or_default().to_owned(),
            nation_code: document.ethnic_group().map(|group| group.code().to_owned()).unwrap_or_default(),
            born: day(&plain.birth_date),
            address: text(&plain.address),
            number: text(&plain.number),
            authority: text(&plain.authority),
            from: day(&plain.valid_from),
            until: day(&plain.valid_until),
            kind: match document.kind() {
                DocumentKind::Resident => " ",
                DocumentKind::ResidencePermit => "J",
                DocumentKind::PermanentResident2017 => "I",
                DocumentKind::PermanentResident2023 => "Y",
            }
            .to_owned(),
            version: document.card_version().map(|text| text.as_str().to_owned()).unwrap_or_default(),
            travel_permit: text(&plain.travel_permit_number),
            issues: plain.issue_count,
        })
    }

    /// The lines of `WZ.TXT`: name, sex, nation, birth, address, number, authority, `start-end`.
    pub fn lines(&self) -> Zeroizing<String> {
        let validity = format!("{}-{}", self.from, self.until);
        let lines = [
            &self.name,
            &self.sex,
            &self.nation,
            &self.born,
            &self.address,
            &self.number,
            &self.authority,
            &validity,
        ];
        let mut text = Zeroizing::new(String::with_capacity(512));
        for line in lines {
            text.push_str(line);
            text.push_str("\r\n");
        }
        text
    }

    fn each(&mut self) -> [&mut String; 15] {
        [
            &mut self.name,
            &mut self.chinese_name,
            &mut self.sex,
            &mut self.sex_code,
            &mut self.nation,
            &mut self.nation_code,
            &mut self.born,
            &mut self.address,
            &mut self.number,
            &mut self.authority,
            &mut self.from,
            &mut self.until,
            &mut self.kind,
            &mut self.version,
            &mut self.travel_permit,
        ]
    }
}

impl Drop for Fields {
    fn drop(&mut self) {
        self.each().into_iter().for_each(|field| field.zeroize());
    }
}

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fields")
    }
}

/// A text in GBK. A character that GBK doesn't have is `?`, as those libraries have it; the twins in UTF-16 lose none.
pub fn gbk(text: &str) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(text.len()));
    for c in text.chars() {
        let mut buffer = [0; 4];
        let (bytes, _, lost) = GBK.encode(c.encode_utf8(&mut buffer));
        if lost { out.push(b'?') } else { out.extend_from_slice(&bytes) }
    }
    out
}

/// A text in UTF-16LE.
pub fn utf16(text: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(text.encode_utf16().flat_map(u16::to_le_bytes).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_characters_are_one_question_mark_in_gbk_and_whole_in_utf16() {
        assert_eq!(gbk("李四").as_slice(), [0xC0, 0xEE, 0xCB, 0xC4]);
        assert_eq!(gbk("a𠀀b").as_slice(), b"a?b");
        assert_eq!(utf16("𠀀").len(), 4);
    }
}
