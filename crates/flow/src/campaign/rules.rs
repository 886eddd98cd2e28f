//! When numbers are called, how often, and what follows.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Outcome;
use crate::confirmation::NaturalDay;
use crate::form::{FormError, is_id, read};
use crate::times::later;

/// What follows when the deadline passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "these three are all that there is")]
pub enum Measure {
    /// It can be called, and call nobody.
    LimitOutgoing,
    /// It rests until the holder was verified.
    Suspend,
    /// It is taken out of the network.
    Stop,
}

realname_terms::names! { Measure { LimitOutgoing = "limit_outgoing", Suspend = "suspend", Stop = "stop" } }

/// A campaign's rules, from their file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Rules {
    /// Version of the form: 1.
    pub v: u32,
    /// Their id.
    pub rules: String,
    /// When numbers may be called: from and to, by the clock at UTC+8, in the order of the day; `to` is no longer part of it.
    pub windows: Vec<[String; 2]>,
    /// Least time between two attempts of one number, in minutes. Two are never in the same window of a day.
    pub gap_minutes: u32,
    /// How many attempts whose outcome was recorded are enough.
    pub attempts: u32,
    /// After which outcomes it is tried again.
    pub again: Vec<Outcome>,
    /// From import to the deadline, in hours.
    pub deadline_hours: u32,
    /// From the notice to the measure, in hours.
    pub notice_hours: u32,
    /// What follows.
    pub measure: Measure,
}

/// A window of a certain day.
type Open = (Timestamp, Timestamp);

impl Rules {
    /// Reads and judges a file.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormError> {
        let rules: Self = read(bytes)?;
        let sense = |fine: bool, what| if fine { Ok(()) } else { Err(FormError::Sense(what)) };
        sense(rules.v == 1, "`v` isn't 1")?;
        sense(is_id(&rules.rules), "`rules` isn't an id")?;
        sense((1..=24).contains(&rules.windows.len()), "there are none, or more than 24 windows")?;
        let edges: Option<Vec<i64>> = rules.windows.iter().flatten().map(|time| second(time)).collect();
        let edges = edges.ok_or(FormError::Sense("a window's edge isn't a time as 09:00, up to 24:00"))?;
        let rises = |pairs: &[i64]| matches!(pairs, [from, to] if from < to);
        sense(edges.chunks(2).all(rises), "a window ends before it begins")?;
        sense(edges.is_sorted(), "windows overlap, or aren't in the order of the day")?;
        sense(rules.gap_minutes <= 30 * 24 * 60, "`gap_minutes` is more than 30 days")?;
        sense((1..=100).contains(&rules.attempts), "`attempts` isn't from 1 to 100")?;
        sense((1..=24 * 366).contains(&rules.deadline_hours), "`deadline_hours` isn't from 1 to 8784")?;
        sense(rules.notice_hours <= 24 * 366, "`notice_hours` is more than 8784")?;
        Ok(rules)
    }

    /// The window that a moment lies in.
    pub fn window(&self, now: Timestamp) -> Option<Open> {
        self.on(NaturalDay::of(now)).find(|(from, to)| *from <= now && now < *to)
    }

    /// The first moment at or after `from` in which numbers may be called.
    pub fn opens(&self, from: Timestamp) -> Timestamp {
        let day = NaturalDay::of(from);
        let coming = (0..2).filter_map(|days| day.after(days)).flat_map(|day| self.on(day));
        let open = |(begin, end): Open| (from < end).then(|| begin.max(from));
        coming.filter_map(open).next().unwrap_or(Timestamp::MAX)
    }

    /// When a number that is called now may be called again: after the gap, and in another window.
    pub(super) fn again_at(&self, now: Timestamp) -> Timestamp {
        let gap = later(now, i64::from(self.gap_minutes) * 60);
        let end = self.window(now).map_or(now, |(_, end)| end);
        self.opens(gap.max(end))
    }

    fn on(&self, day: NaturalDay) -> impl Iterator<Item = Open> + '_ {
        let begin = day.begin();
        let at = move |time: &str| Some(later(begin, second(time)?));
        self.windows.iter().filter_map(move |[from, to]| Some((at(from)?, at(to)?)))
    }
}

/// The second of the day of `HH:MM`, up to `24:00`.
fn second(time: &str) -> Option<i64> {
    let (hour, minute) = time.split_once(':')?;
    let two = |text: &str, most: i64| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i64>().ok().filter(|number| digits && *number <= most)
    };
    let second = two(hour, 24)? * 3600 + two(minute, 59)? * 60;
    (second <= 86_400).then_some(second)
}
