//! The natural day.

use jiff::civil::Date;
use jiff::tz::{self, TimeZone};
use jiff::{Timestamp, ToSpan};

use crate::jose::JoseError;

/// Beijing time: UTC+8 the whole year. The zone database isn't asked, because its `Asia/Shanghai` had summer time once.
const BEIJING: tz::Offset = tz::offset(8);

/// A natural day: from 00:00:00 to 24:00:00 at UTC+8, the last moment excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NaturalDay(Date);

impl NaturalDay {
    /// The day in which a moment lies.
    pub fn of(moment: Timestamp) -> Self {
        Self(BEIJING.to_datetime(moment).date())
    }

    /// Its first moment. The bounds of what a timestamp can say stand in for days beyond them.
    pub fn begin(self) -> Timestamp {
        let zoned = self.0.to_zoned(TimeZone::fixed(BEIJING));
        zoned.map_or(Timestamp::MIN, |zoned| zoned.timestamp())
    }

    /// The first moment of the next day, which no longer belongs to this one.
    pub fn end(self) -> Timestamp {
        self.after(1).map_or(Timestamp::MAX, Self::begin)
    }

    /// The day so many days later, or earlier. `None` beyond the calendar.
    pub fn after(self, days: i32) -> Option<Self> {
        self.0.checked_add(days.days()).ok().map(Self)
    }

    /// `YYYY-MM-DD`, as it stands in a grant.
    pub(crate) fn parse(text: &str) -> Result<Self, JoseError> {
        let date: Date = text.parse().map_err(|_| JoseError::Member("day"))?;
        // One spelling per day: `2026-11-21T00:00` parses as a date too.
        if date.to_string() == text { Ok(Self(date)) } else { Err(JoseError::Member("day")) }
    }
}

impl std::fmt::Display for NaturalDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_edge_is_exact() {
        let day = NaturalDay::of(at("2026-11-21T23:59:59.999+08:00"));
        assert_eq!(day.to_string(), "2026-11-21");
        assert_eq!(NaturalDay::of(at("2026-11-21T23:59:59.999999999+08:00")), day);
        assert_eq!(NaturalDay::of(at("2026-11-22T00:00:00+08:00")).to_string(), "2026-11-22");
        assert_eq!(NaturalDay::of(at("2026-11-21T00:00:00+08:00")), day);
        assert_eq!(NaturalDay::of(at("2026-11-20T23:59:59.999+08:00")).to_string(), "2026-11-20");
        assert_eq!(day.begin(), at("2026-11-20T16:00:00Z"));
        assert_eq!(day.end(), at("2026-11-21T16:00:00Z"));
    }

    #[test]
    fn summer_time_of_old_and_leap_days_change_nothing() {
        // China had summer time from 1986 to 1991; the rule's day never had.
        let day = NaturalDay::of(at("1988-07-01T23:30:00+08:00"));
        assert_eq!(day.to_string(), "1988-07-01");
        assert_eq!(day.end().as_second() - day.begin().as_second(), 86_400);
        assert_eq!(NaturalDay::of(at("2028-02-28T16:00:00Z")).to_string(), "2028-02-29");
    }

    #[test]
    fn the_ends_of_time_are_no_panic() {
        for moment in [Timestamp::MIN, Timestamp::MAX] {
            let day = NaturalDay::of(moment);
            assert!(day.begin() <= day.end());
        }
    }

    #[test]
    fn one_spelling() {
        assert!(NaturalDay::parse("2026-11-21").is_ok());
        for bad in ["2026-11-21T00:00", "20261121", "2026-13-01", "", "2026-11-21 "] {
            assert!(NaturalDay::parse(bad).is_err(), "{bad}");
        }
    }
}
