//! Identity numbers and their check characters.

use jiff::civil::Date;
use zeroize::ZeroizeOnDrop;

use super::{CardDate, Sex};

/// An identity number as on the document. Compared without regard to the case of a final `x`.
#[derive(Clone, Default, ZeroizeOnDrop)]
pub struct IdNumber {
    raw: String,
}

/// What form a number has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumberKind {
    /// 18 characters, GB 11643-1999: area, birth date, sequence, MOD 11-2 check.
    Citizen,
    /// The same rule with area 810000, 820000 or 830000.
    ResidencePermit,
    /// 18 characters beginning with 9, in force since 2023-12-01.
    Foreigner2023,
    /// 15 characters: three letters, area, birth `YYMMDD`, sequence, 7-3-1 check.
    Foreigner2017,
    /// None of these.
    Other,
}

/// The result of testing the check character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumberCheck {
    /// The check character is right.
    Valid,
    /// It is wrong. Old numbers with errors exist, so a card isn't refused for it.
    Invalid,
    /// The number has no form that carries a check character.
    Unknown,
}

crate::names! {
    NumberCheck {
        Valid = "valid",
        Invalid = "invalid",
        Unknown = "unknown",
    }
}

impl IdNumber {
    /// Takes a number as written. Any text is taken: [`kind`](Self::kind) and [`check`](Self::check) judge it.
    pub fn new(raw: &str) -> Self {
        Self { raw: raw.trim().to_owned() }
    }

    /// As written on the document.
    pub fn as_str(&self) -> &str {
        &self.raw
    }

    /// For comparing and for attestations: a final `x` in upper case.
    pub fn canonical(&self) -> String {
        self.raw.to_ascii_uppercase()
    }

    /// Which form it has.
    pub fn kind(&self) -> NumberKind {
        let bytes = self.raw.as_bytes();
        let digits = |range: std::ops::Range<usize>| bytes[range].iter().all(u8::is_ascii_digit);
        match bytes.len() {
            18 if digits(0..17) && matches!(bytes[17], b'0'..=b'9' | b'X' | b'x') => match &bytes[..6] {
                b"810000" | b"820000" | b"830000" => NumberKind::ResidencePermit,
                [b'9', ..] => NumberKind::Foreigner2023,
                _ => NumberKind::Citizen,
            },
            15 if bytes[..3].iter().all(u8::is_ascii_uppercase) && digits(3..15) => NumberKind::Foreigner2017,
            _ => NumberKind::Other,
        }
    }

    /// Tests the check character: ISO 7064 MOD 11-2 for 18 characters, ICAO 9303 7-3-1 for 15.
    pub fn check(&self) -> NumberCheck {
        let bytes = self.raw.as_bytes();
        let expected = match self.kind() {
            NumberKind::Citizen | NumberKind::ResidencePermit | NumberKind::Foreigner2023 => {
                mod_11_2(&bytes[..17])
            }
            NumberKind::Foreigner2017 => seven_three_one(&bytes[..14]),
            NumberKind::Other => return NumberCheck::Unknown,
        };
        let last = bytes[bytes.len() - 1].to_ascii_uppercase();
        if last == expected { NumberCheck::Valid } else { NumberCheck::Invalid }
    }

    /// The birth date in an 18-character number. A 15-character one holds two digits of the year only: see
    /// [`agrees_with_birth`](Self::agrees_with_birth).
    pub fn birth_date(&self) -> Option<Date> {
        match self.kind() {
            NumberKind::Citizen | NumberKind::ResidencePermit | NumberKind::Foreigner2023 => {
                CardDate::parse(&self.raw[6..14]).map(|date| date.to_date())
            }
            NumberKind::Foreigner2017 | NumberKind::Other => None,
        }
    }

    /// The sex that the sequence digit says (odd male, even female).
    pub fn sex(&self) -> Option<Sex> {
        let position = match self.kind() {
            NumberKind::Citizen | NumberKind::ResidencePermit | NumberKind::Foreigner2023 => 16,
            NumberKind::Foreigner2017 => 13,
            NumberKind::Other => return None,
        };
        let odd = self.raw.as_bytes()[position] % 2 == 1;
        Some(if odd { Sex::Male } else { Sex::Female })
    }

    /// Whether the number can belong to somebody born on `birth`; `None` when its form says nothing about it.
    pub fn agrees_with_birth(&self, birth: Date) -> Option<bool> {
        let written = birth.strftime("%Y%m%d").to_string();
        match self.kind() {
            NumberKind::Citizen | NumberKind::ResidencePermit | NumberKind::Foreigner2023 => {
                Some(self.raw[6..14] == written)
            }
            NumberKind::Foreigner2017 => Some(self.raw[7..13] == written[2..]),
            NumberKind::Other => None,
        }
    }

    /// The 15-character number that a holder of a 2023 card had before: nationality, province, the card's link field
    /// and the birth date put together, with a new 7-3-1 check (`reader-protocol` 6.4). `None` when `link` isn't three
    /// digits or this isn't a 2023 number.
    pub fn former(&self, nationality: &str, link: &str) -> Option<IdNumber> {
        let three_letters = nationality.len() == 3 && nationality.bytes().all(|b| b.is_ascii_uppercase());
        let three_digits = link.len() == 3 && link.bytes().all(|b| b.is_ascii_digit());
        if self.kind() != NumberKind::Foreigner2023 || !three_letters || !three_digits {
            return None;
        }
        let mut raw =
            format!("{nationality}{}{}{}{}", &self.raw[1..3], &link[..2], &self.raw[8..14], &link[2..]);
        raw.push(char::from(seven_three_one(raw.as_bytes())));
        Some(IdNumber { raw })
    }
}

impl PartialEq for IdNumber {
    fn eq(&self, other: &Self) -> bool {
        self.raw.eq_ignore_ascii_case(&other.raw)
    }
}

impl Eq for IdNumber {}

impl std::fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IdNumber([redacted], {:?})", self.kind())
    }
}

/// ISO 7064 MOD 11-2 over 17 digits (GB 11643-1999).
fn mod_11_2(digits: &[u8]) -> u8 {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [u8; 11] = *b"10X98765432";
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    CHECKS[(sum % 11) as usize]
}

/// ICAO 9303 check digit: letters count from A = 10, weights 7, 3, 1.
fn seven_three_one(characters: &[u8]) -> u8 {
    let value = |c: u8| match c {
        b'0'..=b'9' => u32::from(c - b'0'),
        b'A'..=b'Z' => u32::from(c - b'A') + 10,
        _ => 0,
    };
    let sum: u32 =
        characters.iter().zip([7, 3, 1].iter().cycle()).map(|(&c, weight)| value(c) * weight).sum();
    b'0' + (sum % 10) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synthetic_numbers_of_every_kind() {
        for (raw, kind) in [
            ("119999199001010004", NumberKind::Citizen),
            ("810000199001010000", NumberKind::ResidencePermit),
            ("911000199001010005", NumberKind::Foreigner2023),
            ("UTO110190010118", NumberKind::Foreigner2017),
        ] {
            let number = IdNumber::new(raw);
            assert_eq!(number.kind(), kind, "{raw}");
            assert_eq!(number.check(), NumberCheck::Valid, "{raw}");
            assert_eq!(number.agrees_with_birth(jiff::civil::date(1990, 1, 1)), Some(true), "{raw}");
            assert_eq!(number.agrees_with_birth(jiff::civil::date(1990, 1, 2)), Some(false), "{raw}");
        }
    }

    #[test]
    fn a_wrong_check_is_told_not_refused() {
        assert_eq!(IdNumber::new("119999199001010005").check(), NumberCheck::Invalid);
        assert_eq!(IdNumber::new("12345").check(), NumberCheck::Unknown);
        assert_eq!(IdNumber::new("").kind(), NumberKind::Other);
        assert_eq!(IdNumber::new("测试测试测试").kind(), NumberKind::Other);
    }

    #[test]
    fn x_has_no_case() {
        assert_eq!(IdNumber::new("11999919900101000x"), IdNumber::new("11999919900101000X"));
        assert_eq!(IdNumber::new("11999919900101000x").canonical(), "11999919900101000X");
    }

    #[test]
    fn the_old_number_follows_from_the_new_one() {
        let new = IdNumber::new("911000199001010005");
        assert_eq!(new.former("UTO", "011").unwrap().as_str(), "UTO110190010118");
        assert!(new.former("UTO", "").is_none());
        assert!(new.former("uto", "011").is_none());
    }

    #[test]
    fn debug_shows_no_digit() {
        let shown = format!("{:?}", IdNumber::new("119999199001010004"));
        assert!(!shown.contains("1999"), "{shown}");
    }
}
