//! A shorter deadline for one register.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::later;
use crate::{Authority, AuthorityError, Clock, Finding, Query, QueryField, Reconciled, SystemClock};

/// Gives a register less time than the query has, tries and look-ups included: a person who waits at a till is worth more
/// than one more try. It goes around [`Retrying`](super::Retrying), and never prolongs a query's own deadline.
pub struct Within<A> {
    inner: A,
    patience: Duration,
    clock: Arc<dyn Clock>,
}

impl<A: Authority> Within<A> {
    /// Around `inner`, which gets at most `patience` for a question.
    pub fn new(inner: A, patience: Duration) -> Self {
        Self { inner, patience, clock: Arc::new(SystemClock) }
    }

    /// With another clock.
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    fn shortened(&self, query: &Query) -> Query {
        let end = later(self.clock.now(), self.patience);
        query.clone().with_deadline(end.min(query.deadline()))
    }
}

impl<A: Authority> Authority for Within<A> {
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
        self.inner.ask(&self.shortened(query))
    }

    fn reconcile(&self, query: &Query) -> Result<Reconciled, AuthorityError> {
        self.inner.reconcile(&self.shortened(query))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::clock::ManualClock;
    use crate::document::IdNumber;

    /// Notes the deadline that it is given.
    #[derive(Default)]
    struct Watching(Mutex<Vec<Timestamp>>);

    impl Authority for Watching {
        fn id(&self) -> &str {
            "TEST"
        }

        fn ask(&self, query: &Query) -> Result<Finding, AuthorityError> {
            self.0.lock().unwrap().push(query.deadline());
            Err(AuthorityError::Unsupported)
        }
    }

    #[test]
    fn it_shortens_and_never_prolongs() {
        let now: Timestamp = "2026-11-25T08:00:00Z".parse().unwrap();
        let query = Query::new("测试甲", IdNumber::new("119999199001010004"), now, "TEST-key");
        let asked_with = |patience: Duration| {
            let register = Watching::default();
            let within = Within::new(&register, patience).with_clock(ManualClock::at(now));
            let _ = within.ask(&query);
            register.0.into_inner().unwrap()[0]
        };
        assert_eq!(asked_with(Duration::from_secs(4)), now + SignedDuration::from_secs(4));
        assert_eq!(asked_with(Duration::from_secs(3600)), query.deadline());
        assert_eq!(asked_with(Duration::MAX), query.deadline());
    }
}
