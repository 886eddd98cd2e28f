//! From what is seen at each position to what is said of the line.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::figure::{Figure, Measure, PRINTED, Threshold};
use super::cells::Fit;
use crate::PhotoFault;
use crate::profile::Outcome;

/// What one position shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// The glyph that should be there.
    Same,
    /// Another digit.
    Differs,
    /// Two digits fit about as well.
    Unreadable,
    /// No digit fits: it is covered, erased, or under a reflection.
    Covered,
}

/// What a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PrintedOutcome {
    /// What it should, at every position.
    Same,
    /// It can't be read, or no template fits its font.
    Unreadable,
    /// Part of it is covered.
    Covered,
    /// Something else.
    Differs,
}

/// A printed line and what was found of it. It repeats nothing of what is printed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PrintedLine {
    /// Of the whole line.
    pub outcome: PrintedOutcome,
    /// Of each position, in order.
    pub positions: Vec<Position>,
    /// The least ink, likeness and margin of a position, and the line's likeness.
    pub figures: Vec<Figure>,
}

impl PrintedOutcome {
    /// As the outcome of a check: only the same is a pass, and only something else is a no.
    pub fn as_check(self) -> Outcome {
        match self {
            Self::Same => Outcome::Pass,
            Self::Unreadable | Self::Covered => Outcome::Inconclusive,
            Self::Differs => Outcome::Fail,
        }
    }

    /// What is wrong with a number; `None` when nothing is.
    pub(crate) fn number_fault(self) -> Option<PhotoFault> {
        match self {
            Self::Same => None,
            Self::Unreadable => Some(PhotoFault::NumberUnreadable),
            Self::Covered => Some(PhotoFault::NumberCovered),
            Self::Differs => Some(PhotoFault::NumberDiffers),
        }
    }

    /// What is wrong with dates of validity; `None` when nothing is.
    pub(crate) fn validity_fault(self) -> Option<PhotoFault> {
        match self {
            Self::Same => None,
            Self::Unreadable | Self::Covered => Some(PhotoFault::ValidityUnreadable),
            Self::Differs => Some(PhotoFault::ValidityDiffers),
        }
    }
}

impl PrintedLine {
    /// Nothing was found where the line should be.
    pub(super) fn unseen(count: usize, limits: &BTreeMap<Measure, Threshold>) -> Self {
        let figures = PRINTED.iter().filter_map(|measure| super::figure(limits, *measure, None));
        Self {
            outcome: PrintedOutcome::Unreadable,
            positions: vec![Position::Unreadable; count],
            figures: figures.collect(),
        }
    }
}

/// What is seen at a position: how well the expected glyph fits, and the best of the other digits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) own: Fit,
    pub(super) other: Fit,
    /// Whether a digit or an X should be there; points and hyphens are too small to be told from nothing.
    pub(super) is_digit: bool,
}

/// From where on the four figures of a position pass.
pub(super) struct Limits {
    ink: f32,
    likeness: f32,
    line: f32,
    margin: f32,
}

impl Limits {
    /// A measure without a threshold is never passed.
    pub(super) fn of(limits: &BTreeMap<Measure, Threshold>) -> Self {
        let pass =
            |measure| limits.get(&measure).map_or(f32::INFINITY, |threshold: &Threshold| threshold.pass);
        let [ink, likeness, line, margin] = PRINTED.map(pass);
        Self { ink, likeness, line, margin }
    }

    fn judge(&self, seen: &Seen, usual: f32) -> Position {
        let inked = |fit: &Fit| fit.ink >= self.ink * usual;
        let own = inked(&seen.own) && seen.own.likeness >= self.likeness;
        let other = inked(&seen.other) && seen.other.likeness >= self.likeness;
        let ahead = seen.own.likeness - seen.other.likeness;
        if own && ahead >= self.margin {
            Position::Same
        } else if other && -ahead >= self.margin {
            Position::Differs
        } else if own || other {
            Position::Unreadable
        } else {
            Position::Covered
        }
    }
}

/// Fewer levels between paper and ink than this are noise.
const LEAST_INK: f32 = 12.0;

pub(super) fn judge(
    seen: &[Seen],
    limits: &Limits,
    figure: impl Fn(Measure, Option<f32>) -> Option<Figure>,
) -> PrintedLine {
    let digits: Vec<&Seen> = seen.iter().filter(|seen| seen.is_digit).collect();
    let best = |seen: &Seen| if seen.own.likeness >= seen.other.likeness { seen.own } else { seen.other };
    let mut inks: Vec<f32> = digits.iter().map(|seen| best(seen).ink).collect();
    inks.sort_by(f32::total_cmp);
    let usual = inks.get(inks.len() / 2).copied().unwrap_or(0.0);
    let mean = |value: &dyn Fn(&Seen) -> f32| {
        digits.iter().map(|seen| value(seen)).sum::<f32>() / digits.len().max(1) as f32
    };
    let (line, readable) = (mean(&|seen| seen.own.likeness), mean(&|seen| best(seen).likeness));
    let positions: Vec<Position> = seen
        .iter()
        .map(|seen| match seen.is_digit {
            true => limits.judge(seen, usual),
            // What stands between the digits only says where they are.
            false => Position::Same,
        })
        .collect();
    let count = |wanted: Position| positions.iter().filter(|position| **position == wanted).count();
    let read = count(Position::Same) + count(Position::Differs);
    let outcome = if usual < LEAST_INK || readable < limits.line || read * 3 < positions.len() * 2 {
        // Where most can't be read it is the whole line that can't; what is plainly seen beside a cover is the cover's.
        if usual >= LEAST_INK && read * 3 >= positions.len() && count(Position::Covered) > 0 {
            PrintedOutcome::Covered
        } else {
            PrintedOutcome::Unreadable
        }
    } else if count(Position::Differs) > count(Position::Covered) {
        // Beside as many covered ones, another digit is more likely one that is half covered.
        PrintedOutcome::Differs
    } else if count(Position::Covered) > 0 {
        PrintedOutcome::Covered
    } else if count(Position::Same) < positions.len() || line < limits.line {
        PrintedOutcome::Unreadable
    } else {
        PrintedOutcome::Same
    };
    let least = |value: &dyn Fn(&Seen) -> f32| digits.iter().map(|seen| value(seen)).reduce(f32::min);
    let values = [
        least(&|seen| seen.own.ink / usual.max(1.0)),
        least(&|seen| seen.own.likeness),
        Some(line),
        least(&|seen| seen.own.likeness - seen.other.likeness),
    ];
    let figures = PRINTED.iter().zip(values).filter_map(|(measure, value)| figure(*measure, value));
    PrintedLine { outcome, positions, figures: figures.collect() }
}
