//! What may still be asked: rate and daily quota, known before a question is sent.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

use crate::clock::later;
use crate::{AuthorityError, QuotaScope};

/// Keeps to a contract's rate and daily quota, so that a question that would be refused isn't sent (some registers block a
/// caller who keeps asking). A day is the natural day at UTC+8.
///
/// It counts what goes through this value. Several processes under one contract need a share each.
#[derive(Clone, Debug, Default)]
pub struct Allowance {
    per_second: Option<NonZeroU32>,
    per_day: Option<NonZeroU32>,
    /// When the bucket of the rate is full again (generic cell rate algorithm).
    full_at: Option<Timestamp>,
    /// The end of the day that is counted, and how many were sent in it.
    day: Option<(Timestamp, u32)>,
    /// What the register itself said is used up, and until when.
    told: Option<(QuotaScope, Timestamp)>,
}

/// What is left at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Left {
    /// Questions at this moment, when there is a rate.
    pub now: Option<u32>,
    /// Questions until the end of the day, when there is a daily quota.
    pub today: Option<u32>,
}

impl Allowance {
    /// At most this many a second and a natural day. A second's worth may go at once.
    pub fn new(per_second: Option<NonZeroU32>, per_day: Option<NonZeroU32>) -> Self {
        Self { per_second, per_day, ..Self::default() }
    }

    /// What is left at `now`.
    pub fn left(&self, now: Timestamp) -> Left {
        if self.told.is_some_and(|(_, until)| now < until) {
            return Left { now: Some(0), today: self.today(now).map(|_| 0) };
        }
        let rate = self.per_second.map(|rate| {
            let ahead = self.ahead(now);
            let taken = ahead.as_nanos().div_ceil(interval(rate).as_nanos().max(1));
            rate.get().saturating_sub(u32::try_from(taken).unwrap_or(u32::MAX))
        });
        Left { now: rate, today: self.today(now) }
    }

    /// Takes one question's worth at `now`.
    ///
    /// # Errors
    /// [`Quota`](AuthorityError::Quota) with the time at which there is one again. Nothing is taken or sent.
    pub fn take(&mut self, now: Timestamp) -> Result<(), AuthorityError> {
        let quota = |scope, reset| Err(AuthorityError::Quota { scope, reset: Some(reset) });
        match self.told {
            Some((scope, until)) if now < until => return quota(scope, until),
            _ => self.told = None,
        }
        let (end, sent) = self.day.filter(|(end, _)| now < *end).unwrap_or((end_of_day(now), 0));
        if self.per_day.is_some_and(|most| sent >= most.get()) {
            return quota(QuotaScope::Daily, end);
        }
        if let Some(rate) = self.per_second {
            let full_at = later(now, self.ahead(now) + interval(rate));
            if let Some(early) = full_at.duration_since(now).checked_sub(jiff::SignedDuration::from_secs(1))
                && early.is_positive()
            {
                return quota(QuotaScope::Rate, later(now, early.unsigned_abs()));
            }
            self.full_at = Some(full_at);
        }
        self.day = Some((end, sent.saturating_add(1)));
        Ok(())
    }

    /// Gives a question's worth of the day back that wasn't sent. The rate's is spent.
    pub fn give_back(&mut self) {
        if let Some((_, sent)) = &mut self.day {
            *sent = sent.saturating_sub(1);
        }
    }

    /// Learns from what the register said: what it calls used up isn't asked for again before its time.
    pub fn record<T>(&mut self, now: Timestamp, result: &Result<T, AuthorityError>) {
        match result {
            Err(AuthorityError::Quota { scope, reset }) => {
                let until = match (scope, reset) {
                    // One person's tries say nothing about the next person's.
                    (QuotaScope::Person, _) => return,
                    (QuotaScope::Rate | QuotaScope::Daily | QuotaScope::Contract, Some(reset)) => *reset,
                    (QuotaScope::Daily, None) => end_of_day(now),
                    (QuotaScope::Rate | QuotaScope::Contract, None) => return,
                };
                self.told = Some((*scope, until));
            }
            Err(AuthorityError::Transient { .. }) => self.give_back(),
            // Asked, perhaps answered, perhaps charged for: it stays counted.
            Ok(_)
            | Err(
                AuthorityError::InvalidInput { .. }
                | AuthorityError::Denied
                | AuthorityError::PolicyBlocked
                | AuthorityError::Unsupported
                | AuthorityError::BadRequest
                | AuthorityError::Protocol
                | AuthorityError::Indeterminate,
            ) => {}
        }
    }

    fn today(&self, now: Timestamp) -> Option<u32> {
        let sent = self.day.filter(|(end, _)| now < *end).map_or(0, |(_, sent)| sent);
        self.per_day.map(|most| most.get().saturating_sub(sent))
    }

    /// How long after `now` the bucket is full again; at most a second, also when the clock was set back.
    fn ahead(&self, now: Timestamp) -> Duration {
        let ahead = self.full_at.map_or(Duration::ZERO, |full| super::super::clock::time_left(now, full));
        ahead.min(Duration::from_secs(1))
    }
}

fn interval(rate: NonZeroU32) -> Duration {
    Duration::from_secs(1) / rate.get()
}

/// Midnight after `now` at UTC+8.
fn end_of_day(now: Timestamp) -> Timestamp {
    let day = now.to_zoned(TimeZone::fixed(Offset::constant(8)));
    day.start_of_day()
        .and_then(|start| start.checked_add(1.day()))
        .map_or(Timestamp::MAX, |end| end.timestamp())
}
