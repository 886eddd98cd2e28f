//! A second register for when the first doesn't work.

use std::sync::Arc;

use crate::clock::{later, time_left};
use crate::{Authority, AuthorityError, Clock, Finding, Query, QueryField, SystemClock};

/// Asks the next register when one can't answer. Whoever answers, answers: a "no", "no such person" or "can't tell" is never
/// taken to another register for a better one.
///
/// It goes on only after errors that say nothing about the person and left nothing open, as
/// [`may_ask_another`](AuthorityError::may_ask_another) has them: transient, the caller's quota, denied, unsupported. Not after
/// `Indeterminate` (it may be billed, and its answer may still be found), `Protocol` and `BadRequest` (it may have been a no),
/// `PolicyBlocked` (a protected person isn't looked for elsewhere), a person's quota and `InvalidInput`.
///
/// A register that needs a phone number is passed over, unasked, when the question has none.
///
/// The time until the deadline is shared out equally among the registers that are left. Put retries inside, around each
/// register: an unknown outcome is looked up where the question was asked.
pub struct Fallback {
    id: String,
    registers: Vec<Box<dyn Authority>>,
    clock: Arc<dyn Clock>,
}

impl Fallback {
    /// Begins with `first`. `id` names the combination; a finding states the register that answered.
    pub fn new(id: impl Into<String>, first: Box<dyn Authority>) -> Self {
        Self { id: id.into(), registers: vec![first], clock: Arc::new(SystemClock) }
    }

    /// With one more register after the others.
    pub fn or(mut self, next: Box<dyn Authority>) -> Self {
        self.registers.push(next);
        self
    }

    /// With another clock.
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }
}

impl Authority for Fallback {
    fn id(&self) -> &str {
        &self.id
    }

    /// One test register among them makes it one: nobody knows beforehand who will answer.
    fn is_test(&self) -> bool {
        self.registers.iter().any(|register| register.is_test())
    }

    /// What all of them ask for: one that does without can be asked.
    fn asks_for(&self, field: QueryField) -> bool {
        self.registers.iter().all(|register| register.asks_for(field))
    }

    fn ask(&self, query: &Query) -> Result<Finding, AuthorityError> {
        let mut last = AuthorityError::Unsupported;
        let mut waiting = u32::try_from(self.registers.len()).unwrap_or(u32::MAX);
        for register in &self.registers {
            let now = self.clock.now();
            let share = time_left(now, query.deadline()) / waiting;
            waiting = waiting.saturating_sub(1).max(1);
            if query.phone_number_at_hand().is_none() && register.asks_for(QueryField::PhoneNumber) {
                last = worth_more(last, AuthorityError::InvalidInput { field: QueryField::PhoneNumber });
                continue;
            }
            let result = register.ask(&query.clone().with_deadline(later(now, share)));
            match result {
                Err(error) if error.may_ask_another() => last = worth_more(last, error),
                answered => {
                    return answered.map(|mut finding| {
                        finding.meta.is_test |= register.is_test();
                        finding
                    });
                }
            }
        }
        Err(last)
    }
}

/// Of two errors the one with which the caller can do more: trying later helps if it helps with any of them.
fn worth_more(one: AuthorityError, other: AuthorityError) -> AuthorityError {
    if one.is_retryable() { one } else { other }
}
