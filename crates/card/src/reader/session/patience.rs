//! How long a request goes on. Time ends it, no count of tries does, except where a try can do harm.

use std::time::{Duration, Instant};

/// How long a reader may be silent when the request has no time of its own left for it. Readers take up to 2 s from power
/// to the first answer (`reader-protocol` 1.4), and some lines power them when they are opened.
const SILENCE: Duration = Duration::from_millis(3_500);

/// How long a request without an end of its own goes on while nothing but trouble comes.
const ENDLESS: Duration = Duration::from_secs(10);

/// How long a command that waits for no card goes on against trouble.
const COMMAND: Duration = Duration::from_secs(12);

/// One budget of time, for whoever needs it: a reader that boots or is reset, a card that settles, a line that fails.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// What the caller gave. `None` is without end.
    until: Option<Instant>,
    /// Until when what has begun may be finished.
    last: Option<Instant>,
}

impl Patience {
    /// For a request that waits for a card.
    pub(super) fn of_wait(now: Instant, wait: Duration, grace: Duration) -> Self {
        // A wait that no clock can hold is for ever.
        let until = now.checked_add(wait);
        Self { until, last: until.and_then(|until| until.checked_add(grace)) }
    }

    /// For a command that waits for nothing but its answer.
    pub(super) fn of_command(now: Instant) -> Self {
        Self { until: Some(now), last: now.checked_add(COMMAND) }
    }

    /// For a request that waits for somebody, however long it takes.
    pub(super) fn endless() -> Self {
        Self { until: None, last: None }
    }

    /// How much of the wait is left; `None` is without end.
    pub(super) fn left(self, now: Instant) -> Option<Duration> {
        self.until.map(|until| until.saturating_duration_since(now))
    }

    /// When trouble that began at `since` ends the request.
    pub(super) fn end_of_trouble(self, since: Instant) -> Instant {
        self.last.unwrap_or(since + ENDLESS)
    }

    /// When a failure that isn't the line's ends it: with the wait, but not before it was tried for `least`.
    pub(super) fn end_of_tries(self, since: Instant, least: Duration) -> Instant {
        let end = self.until.map_or(since + ENDLESS, |until| until.max(since + least));
        self.last.map_or(end, |last| end.min(last))
    }

    /// When a silence that began at `since` ends it.
    pub(super) fn end_of_silence(self, since: Instant) -> Instant {
        self.end_of_tries(since, SILENCE)
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // any instant will do as zero
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_what_it_pays_for_and_a_reading_that_has_begun_may_finish() {
        let (now, second) = (Instant::now(), Duration::from_secs(1));
        let patience = Patience::of_wait(now, 30 * second, 10 * second);
        assert_eq!(patience.left(now + second), Some(29 * second));
        assert_eq!(patience.left(now + 31 * second), Some(Duration::ZERO));
        assert_eq!(patience.end_of_silence(now), now + 30 * second);
        assert_eq!(patience.end_of_silence(now + 29 * second), now + 29 * second + SILENCE);
        assert_eq!(patience.end_of_silence(now + 39 * second), now + 40 * second);
        assert_eq!(patience.end_of_trouble(now + 39 * second), now + 40 * second);
        assert_eq!(Patience::of_command(now).end_of_silence(now), now + SILENCE);
        let endless = Patience::of_wait(now, Duration::MAX, second);
        assert_eq!(endless.left(now), None);
        assert_eq!(endless.end_of_trouble(now + second), now + second + ENDLESS);
    }
}
