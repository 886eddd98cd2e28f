//! Consents that were asked for: each is good once, for two minutes, for one demand, one live photo and one asker.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use realname::jose::random_id;
use sha2::{Digest, Sha256};

use crate::door::Guest;
use crate::refusal::Refusal;

/// How long the person has to agree.
pub(crate) const LIFE: Duration = Duration::from_secs(120);
/// Consents that are waited for at most.
const MOST: usize = 256;

/// What a consent is for.
pub(crate) struct Subject([u8; 32]);

impl Subject {
    pub(crate) fn new(demand: &str, guest: &Guest, live: &[u8]) -> Self {
        let origin: &[u8] = match guest {
            Guest::Page(origin) => origin.as_bytes(),
            Guest::Program => b"",
        };
        let mut digest = Sha256::new();
        for part in [demand.as_bytes(), origin, live] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        Self(digest.finalize().into())
    }
}

/// Consents that were asked for and not given yet.
#[derive(Default)]
pub(crate) struct Consents(Mutex<HashMap<String, ([u8; 32], Instant)>>);

impl Consents {
    /// A new one, to be asked of the person.
    pub(crate) fn ask(&self, subject: &Subject) -> Result<String, Refusal> {
        let id = random_id().map_err(|_| Refusal::Internal)?;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (_, asked)| asked.elapsed() < LIFE);
        if all.len() >= MOST {
            return Err(Refusal::Busy);
        }
        all.insert(id.clone(), (subject.0, Instant::now()));
        Ok(id)
    }

    /// Whether this one was asked for exactly that, a moment ago, and not used. It is used by that, whatever the answer.
    pub(crate) fn take(&self, id: &str, subject: &Subject) -> bool {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        taken.is_some_and(|(asked_for, at)| asked_for == subject.0 && at.elapsed() < LIFE)
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_consent_is_good_once_and_for_what_it_was_asked() {
        let page = |origin| Guest::Page(HeaderValue::from_static(origin));
        let subject = || Subject::new("demand", &page("https://a.example"), b"photo");
        let others = [
            Subject::new("demand2", &page("https://a.example"), b"photo"),
            Subject::new("demand", &page("https://b.example"), b"photo"),
            Subject::new("demand", &Guest::Program, b"photo"),
            Subject::new("demand", &page("https://a.example"), b"another"),
            Subject::new("", &page("demandhttps://a.example"), b"photo"),
        ];
        let consents = Consents::default();
        let id = consents.ask(&subject()).unwrap();
        assert!(consents.take(&id, &subject()));
        assert!(!consents.take(&id, &subject()), "used");
        for other in others {
            let id = consents.ask(&subject()).unwrap();
            assert!(!consents.take(&id, &other));
            assert!(!consents.take(&id, &subject()), "used by the try");
        }
        let id = consents.ask(&subject()).unwrap();
        let past = Instant::now().checked_sub(LIFE).unwrap();
        consents.0.lock().unwrap().get_mut(&id).unwrap().1 = past;
        assert!(!consents.take(&id, &subject()), "over");
    }
}
