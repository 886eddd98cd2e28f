//! A breaker and an allowance before a register.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Allowance, Breaker, Left};
use crate::{Authority, AuthorityError, Clock, Finding, Query, QueryField, Reconciled, SystemClock};

/// Asks only while the register works and the contract has something left. Shared by all callers of one register.
pub struct Guarded<A> {
    inner: A,
    guard: Mutex<(Breaker, Allowance)>,
    clock: Arc<dyn Clock>,
}

impl<A: Authority> Guarded<A> {
    /// Around `inner`.
    pub fn new(inner: A, breaker: Breaker, allowance: Allowance) -> Self {
        Self { inner, guard: Mutex::new((breaker, allowance)), clock: Arc::new(SystemClock) }
    }

    /// With another clock.
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// What the contract has left now.
    pub fn left(&self) -> Left {
        self.guard().1.left(self.clock.now())
    }

    /// Whether the register is asked at all at present.
    pub fn is_closed(&self) -> bool {
        self.guard().0.is_closed()
    }

    /// Both parts are whole after a panic elsewhere: each step on them is complete.
    fn guard(&self) -> MutexGuard<'_, (Breaker, Allowance)> {
        self.guard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<A: Authority> Authority for Guarded<A> {
    fn id(&self) -> &str {
        self.inner.id()
    }

    fn is_test(&self) -> bool {
        self.inner.is_test()
    }

    fn asks_for(&self, field: QueryField) -> bool {
        self.inner.asks_for(field)
    }

    fn ask(&self, query: &Query) -> Result<Finding, AuthorityError> {
        let permit = {
            let now = self.clock.now();
            let mut guard = self.guard();
            guard.1.take(now)?;
            guard.0.admit(now)
        };
        let permit = match permit {
            Ok(permit) => permit,
            Err(open) => {
                self.guard().1.give_back();
                return Err(open);
            }
        };
        let result = self.inner.ask(query);
        let now = self.clock.now();
        let mut guard = self.guard();
        guard.0.record(now, permit, &result);
        guard.1.record(now, &result);
        result
    }

    /// A look-up isn't a question: it is neither counted nor held back.
    fn reconcile(&self, query: &Query) -> Result<Reconciled, AuthorityError> {
        self.inner.reconcile(query)
    }
}
