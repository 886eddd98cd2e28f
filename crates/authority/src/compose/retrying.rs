//! Retries, blocking.

use std::sync::Arc;

use super::{Retry, RetryPolicy, Step};
use crate::{Authority, AuthorityError, Clock, Finding, Query, QueryField, Reconciled, SystemClock};

/// Asks again where that is safe, inside the query's deadline. Every try carries the same idempotency key.
pub struct Retrying<A> {
    inner: A,
    policy: RetryPolicy,
    clock: Arc<dyn Clock>,
}

impl<A: Authority> Retrying<A> {
    /// Around `inner`.
    pub fn new(inner: A, policy: RetryPolicy) -> Self {
        Self { inner, policy, clock: Arc::new(SystemClock) }
    }

    /// With another clock.
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }
}

impl<A: Authority> Authority for Retrying<A> {
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
        let mut retry = Retry::new(self.policy, query, self.clock.now());
        loop {
            match retry.next(self.clock.now()) {
                Step::Ask { until } => {
                    let result = self.inner.ask(&query.clone().with_deadline(until));
                    retry.answered(self.clock.now(), result);
                }
                Step::Reconcile { until } => {
                    let result = self.inner.reconcile(&query.clone().with_deadline(until));
                    retry.reconciled(self.clock.now(), result);
                }
                Step::Wait(time) => self.clock.wait(time),
                Step::Give(result) => return *result,
            }
        }
    }

    fn reconcile(&self, query: &Query) -> Result<Reconciled, AuthorityError> {
        self.inner.reconcile(query)
    }
}
