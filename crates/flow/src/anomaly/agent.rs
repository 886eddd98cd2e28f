//! What is counted of one agent.

use std::collections::{BTreeMap, BTreeSet};

use super::Figure;

/// Two that are further apart say nothing of a pace, in seconds.
const WITHIN: i64 = 3600;

/// A share: how many of how many.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Share {
    pub(super) of: u64,
    pub(super) hits: u64,
}

impl Share {
    pub(super) fn count(&mut self, hit: bool) {
        self.of += 1;
        self.hits += u64::from(hit);
    }

    fn ppm(self) -> Option<(u64, u64)> {
        let share = u128::from(self.hits) * 1_000_000 / u128::from(self.of.max(1));
        (self.of > 0).then_some((u64::try_from(share).unwrap_or(u64::MAX), self.of))
    }
}

/// Counts of one agent in the period.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    pub(super) region: Option<String>,
    pub(super) events: u64,
    pub(super) hours: [u64; 24],
    pub(super) by_hour: BTreeMap<i64, u64>,
    /// The last event of each terminal.
    pub(super) last: BTreeMap<String, i64>,
    pub(super) gap: Option<i64>,
    pub(super) human: u64,
    pub(super) inconclusive: u64,
    pub(super) read: Share,
    pub(super) limit: Share,
    pub(super) photos: Share,
    pub(super) sales: Share,
    pub(super) readers: BTreeMap<String, BTreeSet<String>>,
    pub(super) called: BTreeSet<[u8; 32]>,
    pub(super) lost: BTreeSet<[u8; 32]>,
}

impl Counts {
    /// An event of that terminal at that second.
    pub(super) fn event(&mut self, terminal: &str, second: i64, hour: usize) {
        self.events += 1;
        *self.by_hour.entry(second.div_euclid(3600)).or_default() += 1;
        if let Some(count) = self.hours.get_mut(hour) {
            *count += 1;
        }
        // Several terminals serve at the same time. Entries of one stand in its order; it may be that its clock was set back.
        match self.last.get_mut(terminal) {
            Some(last) => {
                let gap = (second - std::mem::replace(last, second)).abs();
                if gap <= WITHIN {
                    self.gap = Some(self.gap.map_or(gap, |shortest| shortest.min(gap)));
                }
            }
            None => drop(self.last.insert(terminal.to_owned(), second)),
        }
    }

    /// A figure and how many events it is made of.
    pub(super) fn value(
        &self,
        figure: Figure,
        terminals: &BTreeMap<String, BTreeSet<String>>,
    ) -> Option<(u64, u64)> {
        let of_all = |hits: u64| Share { of: self.events, hits }.ppm();
        let most =
            |sizes: &mut dyn Iterator<Item = usize>| sizes.max().map(|most| (most as u64, self.events));
        match figure {
            Figure::BusiestHour => self.by_hour.values().max().map(|most| (*most, self.events)),
            Figure::ShortestGap => self.gap.map(|gap| (gap.unsigned_abs(), self.events)),
            Figure::Night => {
                let night = (0..24).filter(|hour| *hour >= 22 || *hour < 7);
                of_all(night.filter_map(|hour| self.hours.get(hour)).sum())
            }
            Figure::HumanRoute => of_all(self.human),
            Figure::Inconclusive => of_all(self.inconclusive),
            Figure::Unconfirmed => self.read.ppm(),
            Figure::AtLimit => self.limit.ppm(),
            Figure::ReadersOfTerminal => most(&mut self.readers.values().map(BTreeSet::len)),
            Figure::TerminalsOfReader => {
                let own: BTreeSet<&String> = self.readers.values().flatten().collect();
                most(&mut own.into_iter().filter_map(|reader| terminals.get(reader)).map(BTreeSet::len))
            }
            Figure::PhotoReused => self.photos.ppm(),
            Figure::RefusedElsewhere => self.sales.ppm(),
            Figure::NotConfirmedLater => Share {
                of: self.called.len() as u64,
                hits: self.lost.intersection(&self.called).count() as u64,
            }
            .ppm(),
        }
    }
}
