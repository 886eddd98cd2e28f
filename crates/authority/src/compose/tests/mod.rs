//! The cores step by step, and the authorities around them on a clock that takes no time.

mod cache;
mod guards;
mod on_its_way;
mod retries;
mod several;
mod trail;

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::clock::ManualClock;
use crate::document::IdNumber;
use crate::profile::Purpose;
use crate::{
    Attribute, Authority, AuthorityError, Clock, DocumentStatus, Finding, Meta, Query, QueryField,
    QuotaScope, Reconciled, Subject,
};

const BUSY: AuthorityError = AuthorityError::Transient { retry_after: None };

fn start() -> Timestamp {
    "2026-11-21T08:00:00Z".parse().unwrap()
}

fn query() -> Query {
    Query::new("测试甲", IdNumber::new("119999199001010004"), start(), "q1")
}

fn found(query: &Query) -> Finding {
    let mut finding = Finding::new(Subject::Found, Meta::new("TEST-fake", query, start()));
    finding.attributes.name = Attribute::Match;
    finding.attributes.id_number = Attribute::Match;
    finding.meta.billed = Some(true);
    finding
}

/// Gives prepared answers and look-ups, and counts.
struct Fake {
    id: &'static str,
    answers: Mutex<Vec<Result<Finding, AuthorityError>>>,
    look_ups: Mutex<Vec<Result<Reconciled, AuthorityError>>>,
    asked: AtomicU32,
    looked: AtomicU32,
    clock: Arc<ManualClock>,
    takes: Duration,
}

impl Fake {
    fn new(clock: &Arc<ManualClock>, answers: Vec<Result<Finding, AuthorityError>>) -> Self {
        Self {
            id: "TEST-fake",
            answers: Mutex::new(answers.into_iter().rev().collect()),
            look_ups: Mutex::default(),
            asked: AtomicU32::new(0),
            looked: AtomicU32::new(0),
            clock: Arc::clone(clock),
            takes: Duration::from_millis(100),
        }
    }

    fn looking_up(self, look_ups: Vec<Result<Reconciled, AuthorityError>>) -> Self {
        *self.look_ups.lock().unwrap() = look_ups.into_iter().rev().collect();
        self
    }

    fn asked(&self) -> u32 {
        self.asked.load(Ordering::Relaxed)
    }
}

impl Authority for Fake {
    fn id(&self) -> &str {
        self.id
    }

    fn ask(&self, query: &Query) -> Result<Finding, AuthorityError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.clock.wait(self.takes);
        let mut finding = self.answers.lock().unwrap().pop().unwrap_or(Err(BUSY))?;
        finding.meta.answers = query.idempotency_key().to_owned();
        finding.meta.answered_at = self.clock.now();
        Ok(finding)
    }

    fn reconcile(&self, _: &Query) -> Result<Reconciled, AuthorityError> {
        self.looked.fetch_add(1, Ordering::Relaxed);
        self.look_ups.lock().unwrap().pop().unwrap_or(Err(AuthorityError::Unsupported))
    }
}

fn retrying(fake: Fake, clock: &Arc<ManualClock>) -> Retrying<Arc<Fake>> {
    Retrying::new(Arc::new(fake), RetryPolicy::default()).with_clock(clock.clone())
}

fn errors() -> Vec<AuthorityError> {
    let quota = |scope, reset| AuthorityError::Quota { scope, reset };
    vec![
        BUSY,
        quota(QuotaScope::Rate, None),
        quota(QuotaScope::Daily, None),
        quota(QuotaScope::Contract, None),
        quota(QuotaScope::Person, None),
        AuthorityError::InvalidInput { field: QueryField::Name },
        AuthorityError::Denied,
        AuthorityError::PolicyBlocked,
        AuthorityError::Unsupported,
        AuthorityError::BadRequest,
        AuthorityError::Protocol,
        AuthorityError::Indeterminate,
    ]
}
