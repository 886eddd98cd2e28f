//! Times as an attestation states them.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

/// RFC 3339 in UTC. Fractions are dropped, so that a check never seems to be later than the `iat` of what tells of it.
#[derive(Clone, Copy)]
pub(super) struct Instant(pub(super) Timestamp);

impl Instant {
    fn whole(self) -> Timestamp {
        // The fraction of a time before 1970 is negative.
        let second = self.0.as_second() - i64::from(self.0.subsec_nanosecond() < 0);
        Timestamp::from_second(second).unwrap_or(self.0)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.whole())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_dropped_towards_the_past() {
        for (time, text) in [
            ("2026-11-25T03:04:05.999999999Z", "\"2026-11-25T03:04:05Z\""),
            ("2026-11-25T03:04:05Z", "\"2026-11-25T03:04:05Z\""),
            ("1969-12-31T23:59:58.5Z", "\"1969-12-31T23:59:58Z\""),
        ] {
            assert_eq!(serde_json::to_string(&Instant(time.parse().unwrap())).unwrap(), text);
        }
    }
}
