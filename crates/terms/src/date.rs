//! Dates as cards hold them.

use jiff::civil::Date;
use zeroize::Zeroize;

/// A calendar date that is wiped on request: kept as the number `YYYYMMDD`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Zeroize)]
pub struct CardDate(u32);

impl CardDate {
    /// From the eight digits `YYYYMMDD`; `None` when they are no date of the Gregorian calendar.
    pub fn parse(digits: &str) -> Option<Self> {
        if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let number: u32 = digits.parse().ok()?;
        let (year, month, day) = Self::split(number);
        Date::new(year, month, day).ok().map(|_| Self(number))
    }

    fn split(number: u32) -> (i16, i8, i8) {
        let part = |value: u32| i8::try_from(value).unwrap_or(0);
        (i16::try_from(number / 10_000).unwrap_or(0), part(number / 100 % 100), part(number % 100))
    }

    /// As a date to calculate with.
    pub fn to_date(&self) -> Date {
        let (year, month, day) = Self::split(self.0);
        // `parse` is the only constructor, so this is a date; a wiped value reads as the zero date.
        Date::new(year, month, day).unwrap_or(Date::ZERO)
    }
}

impl From<Date> for CardDate {
    /// Years before 0 don't occur on cards and become the zero date.
    fn from(date: Date) -> Self {
        let year = u32::try_from(date.year()).unwrap_or(0);
        Self(
            year * 10_000
                + u32::from(date.month().unsigned_abs()) * 100
                + u32::from(date.day().unsigned_abs()),
        )
    }
}

impl std::fmt::Debug for CardDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CardDate([redacted])")
    }
}

/// The end of a card's validity.
#[derive(Clone, Copy, PartialEq, Eq, Zeroize)]
pub enum ValidUntil {
    /// The last day on which it is valid.
    Day(CardDate),
    /// 长期: no end. Issued to holders of 46 and older.
    LongTerm,
}

impl ValidUntil {
    /// How a validity without an end is written, in JSON and towards registers.
    pub const LONG_TERM: &'static str = "long_term";

    /// As it is written: `YYYY-MM-DD`, or [`LONG_TERM`](Self::LONG_TERM).
    pub fn to_text(self) -> String {
        match self {
            Self::Day(day) => day.to_date().to_string(),
            Self::LongTerm => Self::LONG_TERM.to_owned(),
        }
    }

    /// From what [`to_text`](Self::to_text) writes; `None` for anything else.
    pub fn from_text(text: &str) -> Option<Self> {
        if text == Self::LONG_TERM {
            return Some(Self::LongTerm);
        }
        // ISO 8601 has other forms of a date; `to_text` writes none of them.
        let day = text.parse::<Date>().ok().map(|day| Self::Day(CardDate::from(day)));
        day.filter(|day| day.to_text() == text)
    }

    /// Whether the card is still valid on `day`, which is itself the last day when it equals the end.
    pub fn covers(&self, day: Date) -> bool {
        match self {
            Self::Day(last) => day <= last.to_date(),
            Self::LongTerm => true,
        }
    }
}

impl std::fmt::Debug for ValidUntil {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Day(_) => "Day([redacted])",
            Self::LongTerm => "LongTerm",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_dates() {
        assert_eq!(
            CardDate::parse("19900101").map(|d| d.to_date().to_string()).as_deref(),
            Some("1990-01-01")
        );
        for bad in ["19900230", "1990010", "199001011", "19901301", "1990-1-1", "１９９００１０１", ""]
        {
            assert!(CardDate::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn the_last_day_counts() {
        let end = ValidUntil::Day(CardDate::parse("20300101").unwrap());
        assert!(end.covers(jiff::civil::date(2030, 1, 1)));
        assert!(!end.covers(jiff::civil::date(2030, 1, 2)));
        for text in ["2030-01-01", ValidUntil::LONG_TERM] {
            assert_eq!(ValidUntil::from_text(text).map(ValidUntil::to_text).as_deref(), Some(text));
        }
        assert_eq!(ValidUntil::from_text("20300101"), None);
        assert!(ValidUntil::LongTerm.covers(jiff::civil::date(9999, 1, 1)));
    }
}
