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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
        // A date before the birth is no date of application.
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
mod tests;
