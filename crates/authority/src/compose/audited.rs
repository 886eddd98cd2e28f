//! A trail of what was asked and answered.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::charge::Charge;
use crate::clock::time_left;
use crate::profile::Purpose;
use crate::words::{Word, error_word};
use crate::{Authority, AuthorityError, Clock, Finding, Query, QueryField, Reconciled, SystemClock};

/// Records every question before it is asked and every answer before it is given. Without a record nothing is asked; an
/// answer that can't be recorded isn't given, and stays [`Indeterminate`](AuthorityError::Indeterminate).
pub struct Audited<A, S> {
    inner: A,
    sink: S,
    clock: Arc<dyn Clock>,
}

/// Keeps the trail.
pub trait AuditSink: Send + Sync {
    /// Keeps one record. When it returns `Ok` the record is safe.
    ///
    /// # Errors
    /// [`AuditError`] when it isn't.
    fn record(&self, record: &AuditRecord) -> Result<(), AuditError>;
}

/// The trail couldn't be kept: the operator of the sink mends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the audit trail couldn't be kept")]
pub struct AuditError;

/// One entry of the trail. It holds nothing personal: who was asked about is known only to those who know the key's case.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditRecord {
    /// The authority that is asked.
    pub authority: String,
    /// [`Query::idempotency_key`].
    pub key: String,
    /// What the answer is for.
    pub purpose: Option<Purpose>,
    /// SHA-256 of the text that the person agreed to.
    pub consent_sha256: Option<[u8; 32]>,
    /// When this happened, by the clock of the authority.
    pub at: Timestamp,
    /// What happened.
    pub step: AuditStep,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuditStep {
    /// The question is about to be asked.
    Asked,
    /// The answer is about to be given.
    Answered {
        /// The word of the subject, the face and the liveness (`found`, `same`, …) or of the error.
        outcome: String,
        /// The register that answered, when it wasn't this authority itself.
        by: Option<String>,
        /// Its reference number.
        reference: Option<String>,
        /// Whether it is charged for, errors too. Where several registers or tries were needed: whether any was.
        billed: Option<bool>,
        /// SHA-256 of the response.
        response_sha256: Option<[u8; 32]>,
        /// How old it was, when it came from a cache.
        cached_for: Option<Duration>,
        /// How long it took.
        took: Duration,
    },
}

impl<A: Authority, S: AuditSink> Audited<A, S> {
    /// Around `inner`.
    pub fn new(inner: A, sink: S) -> Self {
        Self { inner, sink, clock: Arc::new(SystemClock) }
    }

    /// With another clock.
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    fn record(&self, query: &Query, at: Timestamp, step: AuditStep) -> Result<(), AuditError> {
        self.sink.record(&AuditRecord {
            authority: self.inner.id().to_owned(),
            key: query.idempotency_key().to_owned(),
            purpose: query.purpose().cloned(),
            consent_sha256: query.consent_sha256(),
            at,
            step,
        })
    }
}

impl<A: Authority, S: AuditSink> Authority for Audited<A, S> {
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
        let asked_at = self.clock.now();
        self.record(query, asked_at, AuditStep::Asked)
            .map_err(|AuditError| AuthorityError::Transient { retry_after: None })?;
        let charge = Charge::default();
        let asked = query.clone().with_charge(charge.clone());
        let result = self.inner.ask(&asked).map(|finding| finding.without_echo(query));
        query.charge().note(charge.said());
        let at = self.clock.now();
        let step = answered(self.inner.id(), &result, &charge, time_left(asked_at, at));
        self.record(query, at, step).map_err(|AuditError| AuthorityError::Indeterminate)?;
        result
    }

    fn reconcile(&self, query: &Query) -> Result<Reconciled, AuthorityError> {
        let asked_at = self.clock.now();
        let charge = Charge::default();
        let asked = query.clone().with_charge(charge.clone());
        let outcome = self.inner.reconcile(&asked);
        query.charge().note(charge.said());
        let outcome = match outcome? {
            Reconciled::Answered(Ok(finding)) => Reconciled::Answered(Ok(finding.without_echo(query))),
            other => other,
        };
        if let Reconciled::Answered(result) = &outcome {
            let at = self.clock.now();
            let step = answered(self.inner.id(), result, &charge, time_left(asked_at, at));
            self.record(query, at, step).map_err(|AuditError| AuthorityError::Indeterminate)?;
        }
        Ok(outcome)
    }
}

fn answered(
    id: &str,
    result: &Result<Finding, AuthorityError>,
    charge: &Charge,
    took: Duration,
) -> AuditStep {
    let outcome = match result {
        Ok(finding) => {
            let words = [finding.subject.word(), finding.face.word(), finding.liveness.word()];
            words.join(" ")
        }
        Err(error) => error_word(error),
    };
    let meta = result.as_ref().ok().map(|finding| &finding.meta);
    charge.note(meta.and_then(|meta| meta.billed));
    AuditStep::Answered {
        outcome,
        by: meta.map(|meta| meta.authority.clone()).filter(|by| by != id),
        reference: meta.and_then(|meta| meta.reference.clone()),
        billed: charge.said(),
        response_sha256: meta.and_then(|meta| meta.response_sha256),
        cached_for: meta.and_then(|meta| meta.cached_for),
        took,
    }
}
