//! A register of synthetic people for the tests of authorities over HTTP. It counts what it is asked, because each question
//! it works on is one that a real register would charge for.
#![allow(dead_code)] // Each test uses its part.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use realname::authority::{
    Attribute, Authority, AuthorityError, DocumentStatus, Finding, InactiveReason, Meta, NotFoundHint, Query,
    QuotaScope, Subject,
};
use realname::document::IdNumber;

/// Everybody who can be asked about. All are synthetic: the area 119999 doesn't exist.
pub const PEOPLE: [(&str, &str); 10] = [
    ("测试甲", "119999199001010004"),
    ("测试乙", "119999199001010012"),
    ("测试丙", "119999198505050005"),
    ("测试丁", "119999198505050013"),
    ("测试戊", "119999198505050021"),
    ("测试己", "119999198505050030"),
    ("测试庚", "119999198505050048"),
    ("测试辛", "119999198505050056"),
    ("测试壬", "119999198505050064"),
    ("测试癸", "119999198505050072"),
];

/// The register.
#[derive(Default)]
pub struct People {
    asked: Mutex<HashMap<String, u32>>,
}

impl People {
    /// How often each key was worked on.
    pub fn asked(&self) -> HashMap<String, u32> {
        self.asked.lock().unwrap().clone()
    }
}

/// What the register says about the person at this place of the list. Two of ten are a plain yes.
pub fn truth(index: usize, query: &Query) -> Result<Finding, AuthorityError> {
    let found = |name, document| {
        let mut finding = Finding::new(Subject::Found, Meta::new("TEST-people", query, query.now()));
        finding.attributes.name = name;
        finding.attributes.id_number = Attribute::Match;
        finding.document = document;
        finding
    };
    let lacking = |subject| Finding::new(subject, Meta::new("TEST-people", query, query.now()));
    let mut finding = match index % 10 {
        0 | 1 => found(Attribute::Match, DocumentStatus::Valid),
        2 => found(Attribute::Mismatch, DocumentStatus::Valid),
        3 => found(Attribute::Match, DocumentStatus::LostOrRevoked),
        4 => lacking(Subject::NotFound { hint: None }),
        5 => lacking(Subject::NotFound { hint: Some(NotFoundHint::KeptElsewhere) }),
        6 => lacking(Subject::Inactive(InactiveReason::Deceased)),
        7 => found(Attribute::Withheld, DocumentStatus::NotAvailable),
        8 => return Err(AuthorityError::PolicyBlocked),
        _ => return Err(AuthorityError::Quota { scope: QuotaScope::Person, reset: None }),
    };
    finding.meta.reference = Some(format!("R-{index}"));
    finding.meta.billed = Some(true);
    Ok(finding)
}

/// Whether an answer would let the registry check pass.
pub fn is_pass(answer: &Result<Finding, AuthorityError>) -> bool {
    answer.as_ref().is_ok_and(|finding| {
        finding.subject == Subject::Found
            && finding.attributes.name == Attribute::Match
            && finding.attributes.id_number == Attribute::Match
            && matches!(finding.document, DocumentStatus::Valid | DocumentStatus::NotAvailable)
    })
}

/// The question about the person at this place, with `patience` from now on.
pub fn question(index: usize, key: &str, patience: Duration) -> Query {
    let now = Timestamp::now();
    let (name, number) = PEOPLE[index % PEOPLE.len()];
    Query::new(name, IdNumber::new(number), now, key).with_deadline(now + patience)
}

impl Authority for People {
    fn id(&self) -> &str {
        "TEST-people"
    }

    fn ask(&self, query: &Query) -> Result<Finding, AuthorityError> {
        *self.asked.lock().unwrap().entry(query.idempotency_key().to_owned()).or_default() += 1;
        let person = PEOPLE
            .iter()
            .position(|(name, number)| *name == query.name() && *number == query.id_number().as_str());
        match person {
            Some(index) => truth(index, query),
            None => Ok(Finding::new(
                Subject::NotFound { hint: None },
                Meta::new("TEST-people", query, query.now()),
            )),
        }
    }
}
