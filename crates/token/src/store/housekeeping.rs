//! Removing what is over, so that a store doesn't grow for ever.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

use super::{Advance, HOUSEKEEPING, Store, StoreError};

/// The key of the last turn in [`HOUSEKEEPING`].
const TURN: &[u8] = b"turn";

/// A turn has no digest: nobody disputes the time.
const NO_DIGEST: [u8; 32] = [0; 32];

/// How far a clock is believed in one turn. One that is a year ahead for a moment doesn't take a year's records with it.
const LEAP: i64 = 7 * 24 * 3_600;

/// Removes what is over, at most every so often among all that share the store, and a little at a time.
///
/// Cheap enough for every request of a service and every run of a command: [`Store::housekeep`] is the same for those who
/// keep nothing between two calls. The clock is believed a week at a time: a first call only looks at it.
#[derive(Debug)]
pub struct Housekeeping {
    keep: SignedDuration,
    every: SignedDuration,
    batch: u32,
    /// When this value looked last and found nothing to do, in seconds.
    looked: AtomicI64,
}

impl Default for Housekeeping {
    fn default() -> Self {
        Self {
            keep: SignedDuration::from_hours(30 * 24),
            every: SignedDuration::from_hours(1),
            batch: 500,
            looked: AtomicI64::new(i64::MIN),
        }
    }
}

impl Housekeeping {
    /// Keeps records for 30 days beyond their end, looks every hour, and removes at most 500 at a time.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long records, and with them their answers, are kept beyond their end. Nothing is removed before its end.
    #[must_use]
    pub fn keep(mut self, keep: SignedDuration) -> Self {
        self.keep = keep.max(SignedDuration::ZERO);
        self
    }

    /// How often all that share the store look together.
    #[must_use]
    pub fn every(mut self, every: SignedDuration) -> Self {
        self.every = every.max(SignedDuration::from_secs(1));
        self
    }

    /// How many records one call removes at most.
    #[must_use]
    pub fn batch(mut self, batch: u32) -> Self {
        self.batch = batch.max(1);
        self
    }

    /// Removes some of what is over, if it is time; says how many. As long as it finds more than one batch, the next call
    /// goes on.
    pub fn run<S: Store + ?Sized>(&self, store: &S, now: Timestamp) -> Result<u32, StoreError> {
        let (now, every) = (now.as_second(), self.every.as_secs());
        let looked = self.looked.load(Ordering::Relaxed);
        // A clock that was put back is looked at again.
        if now <= 0 || (looked..looked.saturating_add(every)).contains(&now) {
            return Ok(0);
        }
        let Some(last) = last_turn(store)? else {
            take_turn(store, now)?;
            self.looked.store(now, Ordering::Relaxed);
            return Ok(0);
        };
        let since = now.saturating_sub(last);
        if since.abs() < every {
            self.looked.store(now, Ordering::Relaxed);
            return Ok(0);
        }
        let believed = now.min(last.saturating_add(LEAP));
        let before = believed.saturating_sub(self.keep.as_secs());
        let before = Timestamp::from_second(before).unwrap_or(Timestamp::MIN);
        let removed = store.expire(before, self.batch)?;
        if removed < self.batch {
            // Once taken by a clock that was ahead, the turns come round again when time has caught up; until then each
            // caller looks for itself.
            if since > 0 {
                take_turn(store, believed)?;
            }
            if believed == now {
                self.looked.store(now, Ordering::Relaxed);
            }
        }
        Ok(removed)
    }
}

/// When the last turn was, in seconds since 1970.
fn last_turn<S: Store + ?Sized>(store: &S) -> Result<Option<i64>, StoreError> {
    Ok(match store.advance(HOUSEKEEPING, TURN, 0, &NO_DIGEST)? {
        Advance::Older { seen } => Some(i64::try_from(seen).unwrap_or(i64::MAX)),
        _ => None,
    })
}

fn take_turn<S: Store + ?Sized>(store: &S, now: i64) -> Result<(), StoreError> {
    // Another may have been faster, which is as good.
    let _ = store.advance(HOUSEKEEPING, TURN, now.unsigned_abs(), &NO_DIGEST)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{MemoryStore, Put};

    const HOUR: i64 = 3_600;
    const DAY: i64 = 24 * HOUR;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn put(store: &MemoryStore, key: &str, end: i64) {
        assert_eq!(store.put(crate::demand::SPACE, key.as_bytes(), b"", at(end)).unwrap(), Put::Stored);
    }

    fn has(store: &MemoryStore, key: &str) -> bool {
        store.get(crate::demand::SPACE, key.as_bytes()).unwrap().is_some()
    }

    #[test]
    fn a_store_does_not_grow_for_ever() {
        let store = MemoryStore::new();
        let mut most = 0;
        for day in 0..100 {
            for number in 0..10 {
                put(&store, &format!("{day}.{number}"), day * DAY + number);
            }
            store.housekeep(at(day * DAY + 60)).unwrap();
            let kept = (0..=day).flat_map(|day| (0..10).map(move |number| format!("{day}.{number}")));
            most = most.max(kept.filter(|key| has(&store, key)).count());
        }
        assert_eq!(most, 30 * 10, "thirty days");
    }

    #[test]
    fn one_of_all_callers_looks_and_only_every_so_often() {
        let store = MemoryStore::new();
        let (one, two) = (Housekeeping::new().keep(SignedDuration::ZERO), Housekeeping::new());
        assert_eq!(one.run(&store, at(0)).unwrap(), 0, "the first only looks at the clock");
        put(&store, "old", -40 * DAY);
        assert_eq!(one.run(&store, at(HOUR - 1)).unwrap(), 0);
        assert_eq!(two.run(&store, at(HOUR - 1)).unwrap(), 0, "nor does another");
        assert_eq!(two.run(&store, at(2 * HOUR)).unwrap(), 1);
        put(&store, "older", -40 * DAY);
        assert_eq!(one.run(&store, at(2 * HOUR + 1)).unwrap(), 0);
    }

    #[test]
    fn many_go_a_batch_at_a_time() {
        let store = MemoryStore::new();
        let keeper = Housekeeping::new().batch(10);
        assert_eq!(keeper.run(&store, at(0)).unwrap(), 0);
        (0..25).for_each(|number| put(&store, &number.to_string(), -40 * DAY));
        let later = at(2 * HOUR);
        let removed: Vec<u32> = (0..4).map(|_| keeper.run(&store, later).unwrap()).collect();
        assert_eq!(removed, [10, 10, 5, 0]);
    }

    #[test]
    fn a_clock_that_is_a_year_ahead_takes_nothing_with_it() {
        let store = MemoryStore::new();
        store.housekeep(at(0)).unwrap();
        put(&store, "quota", 60 * DAY);
        for _ in 0..2 {
            assert_eq!(store.housekeep(at(400 * DAY)).unwrap(), 0);
        }
        assert!(has(&store, "quota"));
        // And the right clock goes on when it has caught up.
        assert_eq!(store.housekeep(at(HOUR)).unwrap(), 0);
        for day in 1..100 {
            store.housekeep(at(day * DAY)).unwrap();
        }
        assert!(!has(&store, "quota"));
    }

    #[test]
    fn a_store_that_was_left_alone_catches_up() {
        let store = MemoryStore::new();
        store.housekeep(at(0)).unwrap();
        put(&store, "old", DAY);
        let keeper = Housekeeping::new();
        let removed: u32 = (0..100).map(|_| keeper.run(&store, at(365 * DAY)).unwrap()).sum();
        assert_eq!(removed, 1);
    }
}
