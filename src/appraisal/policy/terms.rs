//! For how long a document is issued, by its holder's age at issue.
//!
//! This is a remark, never a proof. What is known: the Resident Identity Card Law, article 5, gives 5 years under 16, 10 from
//! 16 to 25, 20 from 26 to 45, and no end from 46 on. What isn't known from a card: the day on which its holder applied,
//! which may lie weeks before the first day of validity, and on which side of a birthday; and how an office counts a term
//! that begins on 29 February. So a term is only called unusual when no day of the stated slack explains it.

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde::{Deserialize, Serialize};

use super::FlagEffect;
use crate::document::{DocumentKind, ValidUntil};

/// Terms, and what an unusual one means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TermRules {
    pub(in crate::appraisal) unusual: TermEffect,
    /// How many days before the first day of validity the holder's age may have been taken.
    pub slack_days: u16,
    /// By kind of document. A kind that no table names isn't judged.
    #[serde(rename = "table", default)]
    pub tables: Vec<TermTable>,
}

/// What an unusual term means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::appraisal) enum TermEffect {
    Ignore,
    /// Inconclusive, unless the register confirms both dates of validity.
    Confirm,
    Inconclusive,
    Fail,
}

impl TermEffect {
    pub(in crate::appraisal) fn as_str(self) -> &'static str {
        match self {
            Self::Ignore => "ignored",
            Self::Confirm => "inconclusive, unless the register confirms both dates",
            Self::Inconclusive => "inconclusive",
            Self::Fail => "refused",
        }
    }

    /// What is left of it when the register confirmed the dates, or didn't.
    pub(in crate::appraisal) fn effect(self, confirmed: bool) -> FlagEffect {
        match self {
            Self::Ignore => FlagEffect::Ignore,
            Self::Confirm if confirmed => FlagEffect::Ignore,
            Self::Confirm | Self::Inconclusive => FlagEffect::Inconclusive,
            Self::Fail => FlagEffect::Fail,
        }
    }
}

/// The terms of some documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TermTable {
    /// Of these.
    pub kinds: Vec<DocumentKind>,
    /// From an age on, until the next entry's. The first is from 0.
    pub ages: Vec<TermFromAge>,
    /// Where that comes from, for people.
    #[serde(default)]
    pub because: Vec<String>,
}

/// The term from an age on: exactly one of `years` and `long_term`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TermFromAge {
    /// Whole years lived.
    pub from: u8,
    /// So many years.
    #[serde(default)]
    pub years: Option<u8>,
    /// Without an end.
    #[serde(default)]
    pub long_term: bool,
}

/// How a document's term compares with the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::appraisal) enum Term {
    Usual,
    Unusual,
    /// No table, no birth date, or issued before birth: nothing can be said.
    Unknown,
}

impl TermTable {
    /// Ages ascend from 0, each with one term.
    pub(super) fn is_sound(&self) -> bool {
        let one_each = self.ages.iter().all(|entry| entry.years.is_some_and(|y| y > 0) != entry.long_term);
        let no_zero = self.ages.iter().all(|entry| entry.years != Some(0));
        let from_zero = self.ages.first().is_some_and(|entry| entry.from == 0);
        let ascending = self.ages.windows(2).all(|pair| pair[0].from < pair[1].from);
        !self.kinds.is_empty() && one_each && no_zero && from_zero && ascending
    }

    /// The terms that somebody of any of these ages gets.
    fn terms(&self, ages: std::ops::RangeInclusive<i16>) -> impl Iterator<Item = &TermFromAge> {
        let ends = self.ages.iter().skip(1).map(|next| i16::from(next.from)).chain([i16::MAX]);
        let within = self.ages.iter().zip(ends);
        within
            .filter(move |(entry, end)| i16::from(entry.from) <= *ages.end() && *ages.start() < *end)
            .map(|(entry, _)| entry)
    }
}

impl TermRules {
    pub(in crate::appraisal) fn judge(
        &self,
        kind: DocumentKind,
        birth: Option<Date>,
        from: Date,
        until: &ValidUntil,
    ) -> Term {
        let table = self.tables.iter().find(|table| table.kinds.contains(&kind));
        let (Some(table), Some(birth)) = (table, birth.filter(|birth| *birth <= from)) else {
            return Term::Unknown;
        };
        let slack = Span::new().days(self.slack_days);
        // Nobody applies before being born.
        let earliest = from.saturating_sub(slack).max(birth);
        let ages = age_on(birth, earliest)..=age_on(birth, from);
        if table.terms(ages).any(|term| is_of(term, from, until)) { Term::Usual } else { Term::Unusual }
    }
}

/// Whether a document valid from `from` until `until` has this term. The last day may be the anniversary or the day before
/// it; both are found on documents.
fn is_of(term: &TermFromAge, from: Date, until: &ValidUntil) -> bool {
    let last = match (term.years, until) {
        (None, until) => return matches!(until, ValidUntil::LongTerm),
        (Some(_), ValidUntil::LongTerm) => return false,
        (Some(years), ValidUntil::Day(last)) => (years, last.to_date()),
    };
    let (years, last) = last;
    // 29 February becomes 28 February in a common year; an office may also write 1 March.
    let Ok(anniversary) = from.checked_add(i16::from(years).years()) else { return false };
    let moved = anniversary.day() != from.day();
    let latest = if moved { anniversary.tomorrow().unwrap_or(anniversary) } else { anniversary };
    let earliest = anniversary.yesterday().unwrap_or(anniversary);
    (earliest..=latest).contains(&last)
}

/// Whole years lived. Who is born on 29 February is a year older on 1 March of a common year.
pub(in crate::appraisal) fn age_on(birth: Date, day: Date) -> i16 {
    let had_birthday = (day.month(), day.day()) >= (birth.month(), birth.day());
    day.year() - birth.year() - i16::from(!had_birthday)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appraisal::Policy;
    use crate::document::CardDate;

    fn judge(kind: DocumentKind, birth: &str, from: &str, until: &str) -> Term {
        let policy = Policy::on_site();
        let rules = policy.terms().unwrap();
        let date = |text: &str| CardDate::parse(text).unwrap().to_date();
        let until = CardDate::parse(until).map_or(ValidUntil::LongTerm, ValidUntil::Day);
        rules.judge(kind, CardDate::parse(birth).map(|d| d.to_date()), date(from), &until)
    }

    fn resident(birth: &str, from: &str, until: &str) -> Term {
        judge(DocumentKind::Resident, birth, from, until)
    }

    #[test]
    fn each_age_has_its_term() {
        for (from, until) in [
            ("20050615", "20100615"), // 15
            ("20100615", "20200615"), // 20
            ("20200615", "20400615"), // 30
            ("20400615", "long"),     // 50
        ] {
            assert_eq!(resident("19900101", from, until), Term::Usual, "{from} {until}");
            for other in [5, 10, 20] {
                let last = format!("{:04}0615", from[..4].parse::<u16>().unwrap() + other);
                let expected = if last == until { Term::Usual } else { Term::Unusual };
                assert_eq!(resident("19900101", from, &last), expected, "{from} {last}");
            }
            let expected = if until == "long" { Term::Usual } else { Term::Unusual };
            assert_eq!(resident("19900101", from, "long"), expected, "{from}");
        }
    }

    #[test]
    fn around_a_birthday_either_term_is_usual() {
        // 16 on 2006-01-01. Applied before, issued after: the shorter term. The day itself: either.
        for (from, five, ten) in [
            ("20051231", Term::Usual, Term::Unusual),
            ("20060101", Term::Usual, Term::Usual),
            ("20060102", Term::Usual, Term::Usual),
            ("20060331", Term::Usual, Term::Usual),
            ("20060401", Term::Unusual, Term::Usual),
        ] {
            let ends = |years: u16| format!("{}{}", from[..4].parse::<u16>().unwrap() + years, &from[4..]);
            assert_eq!(resident("19900101", from, &ends(5)), five, "{from}");
            assert_eq!(resident("19900101", from, &ends(10)), ten, "{from}");
        }
    }

    #[test]
    fn a_term_that_begins_on_the_29th_of_february() {
        // 2012-02-29 and ten years: 28 February or 1 March 2022, or a day before it.
        for (until, expected) in [
            ("20220226", Term::Unusual),
            ("20220227", Term::Usual),
            ("20220228", Term::Usual),
            ("20220301", Term::Usual),
            ("20220302", Term::Unusual),
        ] {
            assert_eq!(resident("19900615", "20120229", until), expected, "{until}");
        }
        // Twenty years lead to a leap year again.
        assert_eq!(resident("19800615", "20120229", "20320229"), Term::Usual);
        assert_eq!(resident("19800615", "20120229", "20320301"), Term::Unusual);
        // Born on 29 February: 46 on 1 March 2030 in a common year; both terms around it.
        assert_eq!(resident("19840229", "20300228", "20500228"), Term::Usual);
        assert_eq!(resident("19840229", "20300228", "long"), Term::Unusual);
        assert_eq!(resident("19840229", "20300301", "long"), Term::Usual);
        assert_eq!(resident("19840229", "20300301", "20500301"), Term::Usual);
    }

    #[test]
    fn other_documents_have_other_terms() {
        let permit = |until| judge(DocumentKind::ResidencePermit, "19900101", "20200615", until);
        assert_eq!((permit("20250615"), permit("20250614")), (Term::Usual, Term::Usual));
        assert_eq!((permit("20300615"), permit("long")), (Term::Unusual, Term::Unusual));
        for kind in [DocumentKind::PermanentResident2017, DocumentKind::PermanentResident2023] {
            assert_eq!(judge(kind, "19900101", "20200615", "20300615"), Term::Usual);
            assert_eq!(judge(kind, "20100101", "20200615", "20250615"), Term::Usual);
            assert_eq!(judge(kind, "20100101", "20200615", "20300615"), Term::Unusual);
        }
    }

    #[test]
    fn what_can_not_be_said_is_not_said() {
        assert_eq!(resident("unread", "20200615", "20400615"), Term::Unknown);
        assert_eq!(resident("20210101", "20200615", "20250615"), Term::Unknown);
        let text = include_str!("../policies/cn-telecom-onsite.toml");
        let without = text.replace("kinds = [\"residence_permit\"]", "kinds = [\"permanent_resident_2017\"]");
        let policy = Policy::from_toml(&without).unwrap();
        let date = |text: &str| CardDate::parse(text).unwrap().to_date();
        let (birth, from) = (Some(date("19900101")), date("20200615"));
        let judged =
            policy.terms().unwrap().judge(DocumentKind::ResidencePermit, birth, from, &ValidUntil::LongTerm);
        assert_eq!(judged, Term::Unknown);
        // The far ends of the calendar.
        assert_eq!(resident("99980101", "99990101", "99991231"), Term::Unusual);
        assert_eq!(resident("00010101", "00010101", "00060101"), Term::Usual);
    }
}
