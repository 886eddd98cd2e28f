//! Answers from a list, for tests.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::{Authority, AuthorityError, Finding, Query};

/// Gives prepared answers one after the other, and fails closed when they run out.
///
/// The finding is filled in with the query's idempotency key and this authority's name, so that a script needn't know
/// them.
pub struct ScriptedAuthority {
    answers: Mutex<VecDeque<Result<Finding, AuthorityError>>>,
}

impl ScriptedAuthority {
    /// The id that it states.
    pub const ID: &'static str = "TEST-scripted";

    /// With these answers.
    pub fn new(answers: impl IntoIterator<Item = Result<Finding, AuthorityError>>) -> Self {
        Self { answers: Mutex::new(answers.into_iter().collect()) }
    }
}

impl Authority for ScriptedAuthority {
    fn id(&self) -> &str {
        Self::ID
    }

    fn is_test(&self) -> bool {
        true
    }

    fn ask(&self, query: &Query) -> Result<Finding, AuthorityError> {
        let next = self.answers.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let mut finding = next.unwrap_or(Err(AuthorityError::Transient { retry_after: None }))?;
        finding.meta.authority = Self::ID.to_owned();
        finding.meta.is_test = true;
        finding.meta.answers = query.idempotency_key().to_owned();
        Ok(finding)
    }
}

impl std::fmt::Debug for ScriptedAuthority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScriptedAuthority").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::IdNumber;
    use crate::{Meta, Subject};

    #[test]
    fn answers_in_order_then_fails_closed() {
        let now = jiff::Timestamp::UNIX_EPOCH;
        let query = Query::new("测试甲", IdNumber::new("119999199001010004"), now, "q1");
        let found = Finding::new(Subject::Found, Meta::new("x", &query, now));
        let authority = ScriptedAuthority::new([Err(AuthorityError::Denied), Ok(found)]);
        assert_eq!(authority.ask(&query), Err(AuthorityError::Denied));
        let answer = authority.ask(&query).unwrap();
        assert_eq!((answer.meta.authority.as_str(), answer.meta.answers.as_str()), ("TEST-scripted", "q1"));
        assert!(answer.meta.is_test);
        assert!(authority.ask(&query).unwrap_err().is_retryable());
    }
}
