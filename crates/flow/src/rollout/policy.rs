//! Who has to confirm, where, since when.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::confirmation::NaturalDay;
use crate::form::{FormError, is_id, read};

/// What a batch does with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "these two are all that there is")]
pub enum Mode {
    /// Nothing changes for the customer; it is counted what would have been asked.
    Shadow,
    /// No charge without confirmation.
    Enforce,
}

realname_terms::names! { Mode { Shadow = "shadow", Enforce = "enforce" } }

/// A step of the roll-out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Batch {
    /// Its id, as events name it.
    pub batch: String,
    /// The natural day (UTC+8) on which it begins.
    pub from: String,
    /// Provinces by the first two digits of their area code.
    pub provinces: Vec<String>,
    /// Only service providers whose credit is below this; all without it.
    #[serde(default)]
    pub credit_below: Option<u32>,
    /// What happens.
    pub mode: Mode,
    /// How many service providers it is to take in.
    pub planned: u64,
}

/// Where and when something is ordered, and of whom.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "what a policy looks at")]
pub struct Place<'a> {
    /// The province by two digits.
    pub province: &'a str,
    /// The service provider's credit.
    pub credit: u32,
    /// The natural day.
    pub day: NaturalDay,
}

/// A roll-out, from its file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Policy {
    /// Version of the form: 1.
    pub v: u32,
    /// The roll-out's id.
    pub rollout: String,
    /// In the order in which they begin.
    pub batches: Vec<Batch>,
}

impl Policy {
    /// Reads and judges a file.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormError> {
        let policy: Self = read(bytes)?;
        policy.judge()?;
        Ok(policy)
    }

    fn judge(&self) -> Result<(), FormError> {
        let sense = |fine: bool, what| if fine { Ok(()) } else { Err(FormError::Sense(what)) };
        sense(self.v == 1, "`v` isn't 1")?;
        sense(is_id(&self.rollout), "`rollout` isn't an id")?;
        sense(!self.batches.is_empty(), "there is no batch")?;
        let days: Vec<Date> = self.batches.iter().map(Batch::day).collect::<Result<_, _>>()?;
        sense(days.is_sorted(), "batches aren't in the order in which they begin")?;
        for (place, batch) in self.batches.iter().enumerate() {
            sense(is_id(&batch.batch), "`batch` isn't an id")?;
            sense(!batch.provinces.is_empty(), "a batch has no province")?;
            sense(batch.provinces.iter().all(|code| is_province(code)), "a province isn't two digits")?;
            let earlier = self.batches.get(..place).unwrap_or_default();
            sense(earlier.iter().all(|other| other.batch != batch.batch), "two batches have one id")?;
            // Who confirms already isn't taken back into counting.
            let softens = |other: &Batch| {
                batch.mode == Mode::Shadow && other.mode == Mode::Enforce && other.takes_some_of(batch)
            };
            sense(
                !earlier.iter().any(softens),
                "a batch that only counts comes after one that enforces the same",
            )?;
        }
        Ok(())
    }

    /// The batch that decides about an order: of those that have begun and take it in, the one that enforces, else the last that counts.
    /// `None` where nothing changes.
    pub fn decide(&self, place: Place<'_>) -> Option<&Batch> {
        let mut begun = self.batches.iter().filter(|batch| batch.has_begun(place.day) && batch.takes(place));
        let enforced = begun.clone().find(|batch| batch.mode == Mode::Enforce);
        enforced.or_else(|| begun.next_back())
    }

    /// The batch of that id.
    pub fn batch(&self, id: &str) -> Option<&Batch> {
        self.batches.iter().find(|batch| batch.batch == id)
    }
}

impl Batch {
    /// Whether it has begun on that day.
    pub fn has_begun(&self, day: NaturalDay) -> bool {
        // Of one spelling, so texts compare as days do.
        self.from.as_str() <= day.to_string().as_str()
    }

    /// Whether an order is one of those that it is about.
    fn takes(&self, place: Place<'_>) -> bool {
        self.provinces.iter().any(|code| code == place.province)
            && self.credit_below.is_none_or(|limit| place.credit < limit)
    }

    fn takes_some_of(&self, other: &Self) -> bool {
        self.provinces.iter().any(|code| other.provinces.contains(code))
    }

    fn day(&self) -> Result<Date, FormError> {
        let wrong = FormError::Sense("`from` isn't a day as 2026-12-01");
        let day: Date = self.from.parse().map_err(|_| wrong.clone())?;
        // Days compare as their texts do: four digits of a year.
        if day.to_string() == self.from && day.year() >= 1000 { Ok(day) } else { Err(wrong) }
    }
}

fn is_province(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_digit())
}
