//! Times that don't run out of the calendar.

use jiff::{SignedDuration, Timestamp};

/// So many seconds later, or the end of time.
pub(crate) fn later(time: Timestamp, seconds: i64) -> Timestamp {
    time.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}
