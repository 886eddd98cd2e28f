//! When a question may be asked again: the decision, without a clock.

use std::time::Duration;

use jiff::Timestamp;

use crate::clock::{later, time_left};
use crate::{AuthorityError, Finding, Query, QuotaScope, Reconciled};

/// How often and how fast a question is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How often the question is sent in all, the first time included.
    pub tries: u32,
    /// How often an unknown outcome is looked up in vain before it stays unknown.
    pub look_ups: u32,
    /// How long one try may take.
    pub per_try: Duration,
    /// The pause before the second try; it doubles from try to try, and up to a quarter is taken off so that many callers
    /// don't return together.
    pub pause: Duration,
    /// The longest pause.
    pub max_pause: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            tries: 3,
            look_ups: 5,
            per_try: Duration::from_secs(8),
            pause: Duration::from_millis(200),
            max_pause: Duration::from_secs(3),
        }
    }
}

impl RetryPolicy {
    /// With this many tries in all, at least one.
    pub fn with_tries(mut self, tries: u32) -> Self {
        self.tries = tries.max(1);
        self
    }

    /// With this long for one try.
    pub fn with_per_try(mut self, limit: Duration) -> Self {
        self.per_try = limit;
        self
    }

    /// With these pauses.
    pub fn with_pauses(mut self, first: Duration, longest: Duration) -> Self {
        (self.pause, self.max_pause) = (first, longest);
        self
    }
}

/// One question on its way, from the first try to the last word. Ask [`next`](Self::next) what to do, do it, and report.
///
/// A question is sent again only after a register said "later" or nothing was sent, or after a look-up said that it never
/// arrived. Whatever else was lost is looked up, never sent again.
#[derive(Debug)]
pub struct Retry {
    policy: RetryPolicy,
    deadline: Timestamp,
    sent: u32,
    looked: u32,
    not_before: Timestamp,
    seed: u64,
    /// A try was lost and the register hadn't seen it when it was looked up. It may still be on its way, so from then on
    /// nothing but an answer is certain.
    in_doubt: bool,
    state: State,
}

#[derive(Debug)]
enum State {
    /// To be asked; what the last try said.
    Open(AuthorityError),
    /// Sent, outcome unknown.
    Unknown,
    Done(Box<Result<Finding, AuthorityError>>),
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// Ask, and stop waiting at `until`; then [`Retry::answered`].
    Ask {
        /// When this try is over.
        until: Timestamp,
    },
    /// Look up what became of it, and stop waiting at `until`; then [`Retry::reconciled`].
    Reconcile {
        /// When this look-up is over.
        until: Timestamp,
    },
    /// Wait this long.
    Wait(Duration),
    /// It is over; this is the answer.
    Give(Box<Result<Finding, AuthorityError>>),
}

impl Retry {
    /// Begins with `query` at `now`.
    pub fn new(policy: RetryPolicy, query: &Query, now: Timestamp) -> Self {
        // FNV-1a: spreads the pauses of different questions, and nothing else.
        let seed = query.idempotency_key().bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
        Self {
            policy,
            deadline: query.deadline(),
            sent: 0,
            looked: 0,
            not_before: now,
            seed,
            in_doubt: false,
            state: State::Open(AuthorityError::Transient { retry_after: None }),
        }
    }

    /// What is to be done at `now`. The deadline ends everything: with what is known then.
    pub fn next(&mut self, now: Timestamp) -> Step {
        let over = now >= self.deadline || self.not_before >= self.deadline;
        let last_word = match &self.state {
            State::Done(result) => return Step::Give(result.clone()),
            State::Open(error) if over => Some(error.clone()),
            State::Unknown if over => Some(AuthorityError::Indeterminate),
            _ => None,
        };
        if let Some(error) = last_word {
            self.end(Err(error));
            return self.next(now);
        }
        if self.not_before > now {
            return Step::Wait(time_left(now, self.not_before));
        }
        let until = later(now, self.policy.per_try).min(self.deadline);
        if matches!(self.state, State::Unknown) {
            self.looked = self.looked.saturating_add(1);
            Step::Reconcile { until }
        } else {
            self.sent = self.sent.saturating_add(1);
            Step::Ask { until }
        }
    }

    /// Reports what a try gave.
    pub fn answered(&mut self, now: Timestamp, result: Result<Finding, AuthorityError>) {
        let again = match &result {
            Err(AuthorityError::Transient { retry_after }) => {
                Some(later(now, self.pause(self.sent).max(retry_after.unwrap_or_default())))
            }
            // A rate allowance is back at once; the others aren't while somebody waits at a counter.
            Err(AuthorityError::Quota { scope: QuotaScope::Rate, reset }) => {
                Some(reset.unwrap_or(Timestamp::MIN).max(later(now, self.pause(self.sent))))
            }
            Err(AuthorityError::Indeterminate) => {
                self.state = State::Unknown;
                self.not_before = later(now, self.pause(1));
                return;
            }
            Ok(_)
            | Err(
                AuthorityError::Quota {
                    scope: QuotaScope::Daily | QuotaScope::Contract | QuotaScope::Person,
                    ..
                }
                | AuthorityError::InvalidInput { .. }
                | AuthorityError::Denied
                | AuthorityError::PolicyBlocked
                | AuthorityError::Unsupported
                | AuthorityError::BadRequest
                | AuthorityError::Protocol,
            ) => None,
        };
        match (again, result) {
            (Some(at), Err(error)) if self.sent < self.policy.tries => {
                self.state = State::Open(error);
                self.not_before = at;
            }
            (_, result) => self.end(result),
        }
    }

    /// Reports what a look-up gave.
    pub fn reconciled(&mut self, now: Timestamp, result: Result<Reconciled, AuthorityError>) {
        match result {
            Ok(Reconciled::Answered(Err(AuthorityError::Indeterminate)))
            | Err(AuthorityError::Unsupported) => {
                self.end(Err(AuthorityError::Indeterminate));
            }
            Ok(Reconciled::Answered(result)) => self.answered(now, result),
            Ok(Reconciled::NeverArrived) => {
                self.in_doubt = true;
                self.answered(now, Err(AuthorityError::Transient { retry_after: None }));
            }
            Ok(Reconciled::Pending) | Err(_) if self.looked < self.policy.look_ups => {
                self.not_before = later(now, self.pause(self.looked));
            }
            Ok(Reconciled::Pending) | Err(_) => self.end(Err(AuthorityError::Indeterminate)),
        }
    }

    fn end(&mut self, mut result: Result<Finding, AuthorityError>) {
        if self.in_doubt && result.as_ref().is_err_and(AuthorityError::is_retryable) {
            result = Err(AuthorityError::Indeterminate);
        }
        self.state = State::Done(Box::new(result));
    }

    /// The pause after the `count`th try or look-up.
    fn pause(&mut self, count: u32) -> Duration {
        let doubled =
            self.policy.pause.saturating_mul(1u32.checked_shl(count.saturating_sub(1)).unwrap_or(u32::MAX));
        let whole = doubled.min(self.policy.max_pause);
        // xorshift64: up to a quarter less.
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        let share = u32::try_from(self.seed % 256).unwrap_or(0);
        whole - whole / 1024 * share
    }
}
