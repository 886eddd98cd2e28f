//! From evidence to the register's question.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::CaseRequest;
use crate::appraisal::{Evidence, Rule};
use crate::authority::Query;
use crate::profile::Check;

/// The question to the register; `None` when the document has no name or no number.
///
/// Without the policy's and the person's word (`may_tell_phone`) no phone number is in it.
pub(super) fn query_for(
    evidence: &Evidence,
    rule: &Rule,
    request: &CaseRequest,
    may_tell_phone: bool,
) -> Option<Query> {
    let name = evidence.name()?;
    if evidence.number().as_str().is_empty() {
        return None;
    }
    let key = idempotency_key(evidence, request);
    let mut query = Query::new(name, evidence.number().clone(), request.now, key)
        .with_document_kind(evidence.kind())
        .with_consent(request.purpose.clone(), evidence.consent().consent().text_sha256);
    if evidence.consent().allows_face() {
        query = query.with_probe(Arc::clone(evidence.face()));
    }
    if let Some((from, until)) = evidence.validity() {
        query = query.with_validity(from, until);
    }
    if let Some(number) = request.phone_number.as_ref().filter(|_| may_tell_phone) {
        query = query.with_phone_number(number.as_str());
    }
    if let Some(number) = request.offered_phone_number.as_ref().filter(|_| may_tell_phone) {
        query = query.offering_phone_number(number.as_str());
    }
    if rule.names(Check::Liveness) {
        query = query.with_liveness();
    }
    Some(query)
}

/// The same evidence for the same purpose at the same time is the same question. A digest of photos and moments says
/// nothing about a person.
fn idempotency_key(evidence: &Evidence, request: &CaseRequest) -> String {
    let mut hash = Sha256::new_with_prefix(b"realname query 1");
    hash.update(evidence.face().sha256());
    for (_, time) in evidence.times() {
        hash.update(time.as_nanosecond().to_be_bytes());
    }
    hash.update(request.now.as_nanosecond().to_be_bytes());
    hash.update(request.purpose.as_str());
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
