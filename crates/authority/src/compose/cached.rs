//! Answers given once more.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::clock::time_left;
use crate::document::fold_name;
use crate::profile::Purpose;
use crate::{
    Attribute, Authority, AuthorityError, Clock, DocumentStatus, Finding, Query, QueryField, Reconciled,
    Subject, SystemClock,
};

/// Gives an answer once more while it is young, and says so: [`Meta::cached_for`](crate::Meta::cached_for) is its
/// age and `answered_at` stays the time of the register's answer, so a policy that wants a fresh one refuses it.
///
/// Only a plain "yes" is kept: found, everything that was asked matches, nothing against the document. A "no" may be put
/// right the same day, so it is always asked anew. Never answered from it: high-risk purposes, purposes named by a URI,
/// photos, liveness.
///
/// Kept are a keyed digest of the question (the key lives and dies with this value) and the finding, which holds nothing
/// personal.
pub struct Cached<A> {
    inner: A,
    max_age: Duration,
    max_entries: usize,
    secret: [u8; 32],
    kept: Mutex<Kept>,
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct Kept {
    findings: HashMap<Digest, Finding>,
    /// From the oldest to the youngest.
    order: VecDeque<(Timestamp, Digest)>,
}

type Digest = [u8; 32];

impl<A: Authority> Cached<A> {
    /// How many answers are kept unless [`with_max_entries`](Self::with_max_entries) says otherwise.
    pub const DEFAULT_MAX_ENTRIES: usize = 10_000;

    /// Around `inner`, for answers at most `max_age` old.
    ///
    /// # Errors
    /// [`Unsupported`](AuthorityError::Unsupported) when the system has no random numbers for the key.
    pub fn new(inner: A, max_age: Duration) -> Result<Self, AuthorityError> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|_| AuthorityError::Unsupported)?;
        Ok(Self {
            inner,
            max_age,
            max_entries: Self::DEFAULT_MAX_ENTRIES,
            secret,
            kept: Mutex::default(),
            clock: Arc::new(SystemClock),
        })
    }

    /// Keeps at most this many answers; the oldest go first.
    pub fn with_max_entries(mut self, most: usize) -> Self {
        self.max_entries = most;
        self
    }

    /// With another clock.
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn recall(&self, digest: &Digest, query: &Query, now: Timestamp) -> Option<Finding> {
        let mut finding = self.kept().findings.get(digest)?.clone();
        let age = time_left(finding.meta.answered_at, now);
        // A clock that was set back makes an answer come from the future: its age isn't known.
        if age > self.max_age || finding.meta.answered_at > now {
            return None;
        }
        finding.meta.answers = query.idempotency_key().to_owned();
        finding.meta.cached_for = Some(age);
        finding.meta.billed = Some(false);
        Some(finding)
    }

    fn keep(&self, digest: Digest, finding: &Finding, now: Timestamp) {
        let mut kept = self.kept();
        let too_old = |at: Timestamp| time_left(at, now) > self.max_age;
        while kept.order.len() >= self.max_entries.max(1)
            || kept.order.front().is_some_and(|(at, _)| too_old(*at))
        {
            let Some((at, oldest)) = kept.order.pop_front() else { break };
            if kept.findings.get(&oldest).is_some_and(|finding| finding.meta.answered_at == at) {
                kept.findings.remove(&oldest);
            }
        }
        kept.order.push_back((finding.meta.answered_at, digest));
        kept.findings.insert(digest, finding.clone());
    }

    /// A digest over everything that the answer depends on. Each part is preceded by its length.
    fn digest(&self, query: &Query) -> Digest {
        let mut mac = Hmac::<Sha256>::new(&block(&self.secret).into());
        let mut part = |text: &str| {
            mac.update(&(text.len() as u64).to_be_bytes());
            mac.update(text.as_bytes());
        };
        part(&Zeroizing::new(fold_name(query.name())));
        part(&Zeroizing::new(query.id_number().canonical()));
        part(query.document_kind().map_or("", |kind| kind.as_str()));
        part(&query.valid_from().map_or(String::new(), |from| from.to_date().to_string()));
        part(&query.valid_until().map_or(String::new(), |until| until.to_text()));
        part(query.phone_number().unwrap_or_default());
        part(query.phone_number_at_hand().unwrap_or_default());
        part(query.purpose().map_or("", |purpose| purpose.as_str()));
        mac.finalize().into_bytes().into()
    }
}

impl<A: Authority> Authority for Cached<A> {
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
        let fresh_only = query.probe().is_some()
            || query.wants_liveness()
            || !query.purpose().is_some_and(may_be_given_again);
        if fresh_only {
            return self.inner.ask(query);
        }
        let digest = self.digest(query);
        if let Some(finding) = self.recall(&digest, query, self.clock.now()) {
            return Ok(finding);
        }
        let finding = self.inner.ask(query)?;
        if is_plain_yes(query, &finding) {
            self.keep(digest, &finding, self.clock.now());
        }
        Ok(finding)
    }

    fn reconcile(&self, query: &Query) -> Result<Reconciled, AuthorityError> {
        self.inner.reconcile(query)
    }
}

fn is_plain_yes(query: &Query, finding: &Finding) -> bool {
    let attributes = &finding.attributes;
    let agrees = |asked: bool, said: Attribute| !asked || said == Attribute::Match;
    finding.subject == Subject::Found
        && finding.meta.answers == query.idempotency_key()
        && finding.meta.cached_for.is_none()
        && matches!(finding.document, DocumentStatus::Valid | DocumentStatus::NotAvailable)
        && agrees(true, attributes.name)
        && agrees(true, attributes.id_number)
        && agrees(query.valid_from().is_some(), attributes.valid_from)
        && agrees(query.valid_until().is_some(), attributes.valid_until)
        && agrees(
            query.phone_number().is_some() || attributes.phone_number != Attribute::NotAsked,
            attributes.phone_number,
        )
}

/// The purposes for which an answer of a while ago will do, by name: any other one, and any that is new, is asked anew.
fn may_be_given_again(purpose: &Purpose) -> bool {
    matches!(
        purpose,
        Purpose::SimActivate | Purpose::ServiceOrder | Purpose::NumberReverify | Purpose::DeliveryHandover
    )
}

/// The key filled up to HMAC's block (RFC 2104 section 2).
fn block(secret: &[u8; 32]) -> [u8; 64] {
    let mut block = [0; 64];
    block.iter_mut().zip(secret).for_each(|(to, from)| *to = *from);
    block
}
