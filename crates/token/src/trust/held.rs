//! Statements of delegation whose signature held. A terminal's statement comes with each of its presentations, for days, and a
//! signature that held once under a key holds again: it is a third of what verifying a presentation costs.
//!
//! Only the signature is remembered. Times, links, the list's windows and revocations are judged anew each time. A statement is found by the
//! SHA-256 of its whole text, which names its signer by thumbprint, so another text or another key is never taken for it; and what
//! is remembered belongs to one list, so it goes with it.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use super::Delegation;

/// Statements that are remembered at most, about 2 MiB; when there are more, all are verified anew. Only what a listed key signed
/// is ever among them, or a key that it delegated to: strangers can't push others out.
const MOST: usize = 4096;

/// A statement, and who signed it.
#[derive(Clone, Debug)]
pub(super) struct Held {
    /// The signer's thumbprint.
    pub(super) signer: String,
    pub(super) link: Delegation,
}

/// Those of one list; its clones share them.
#[derive(Clone, Default)]
pub(super) struct AllHeld(Arc<Mutex<HashMap<[u8; 32], Held>>>);

impl AllHeld {
    pub(super) fn get(&self, text: &str) -> Option<Held> {
        self.lock().get(&digest(text)).cloned()
    }

    /// To be called when its signature held.
    pub(super) fn put(&self, text: &str, held: Held) {
        let mut all = self.lock();
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(digest(text), held);
    }

    /// A thread that panicked while it held the lock left nothing half done.
    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

impl fmt::Debug for AllHeld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AllHeld").field(&self.lock().len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::jose::{SigningKey, Unverified, sign};
    use crate::trust::{
        Anchor, Constraints, DelegationRequest, ListBuilder, ListEntry, RevocationReason, TrustError,
        TrustList,
    };

    const ISS: &str = "https://operator.example";

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_ed25519_seed(&[seed; 32])
    }

    fn list(entry: ListEntry, now: Timestamp) -> TrustList {
        let list =
            ListBuilder::new("https://trust.example").sequence(1).entry(entry).sign(&key(1), now).unwrap();
        let anchor = Anchor::new(key(1).verifying_key().clone(), now, now + SignedDuration::from_hours(48));
        TrustList::as_of(list.as_str(), &[anchor], now).unwrap()
    }

    fn statement(now: Timestamp) -> String {
        let constraints = Constraints::default();
        let terminal = key(3);
        DelegationRequest {
            iss: ISS,
            sub: "till-1",
            key: terminal.verifying_key(),
            constraints: &constraints,
            iat: now,
            exp: now + SignedDuration::from_hours(24),
        }
        .sign(&key(2))
        .unwrap()
    }

    fn judged(list: &TrustList, statement: &str, at: Timestamp) -> Result<(), TrustError> {
        let header = Delegation::header(&[statement.to_owned()]).unwrap();
        let token = sign(&key(3), "dc+sd-jwt", [header], &crate::jose::Json::Null).unwrap();
        list.resolve(&Unverified::parse(&token).unwrap())?.judge(ISS, at, at).map(drop)
    }

    #[test]
    fn what_held_once_is_judged_again_and_a_changed_text_is_verified() {
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let (list, statement) =
            (list(ListEntry::attesting(ISS, key(2).verifying_key().clone()), now), statement(now));
        for _ in 0..2 {
            judged(&list, &statement, now).unwrap();
        }
        assert_eq!(format!("{:?}", list.held), "AllHeld(1)");
        // Its time is over, although its signature held a moment ago.
        let later = now + SignedDuration::from_hours(24);
        assert!(matches!(judged(&list, &statement, later), Err(TrustError::DelegationExpired)));
        let before = now - SignedDuration::from_secs(1);
        assert!(matches!(judged(&list, &statement, before), Err(TrustError::DelegationExpired)));
        // Each character of the signature counts, and so does each of what was signed: nothing wrong is remembered.
        for at in [statement.len() - 20, statement.len() - 60, statement.find('.').unwrap() + 20] {
            let mut wrong = statement.clone().into_bytes();
            wrong[at] = if wrong[at] == b'A' { b'B' } else { b'A' };
            let wrong = String::from_utf8(wrong).unwrap();
            for _ in 0..2 {
                judged(&list, &wrong, now).unwrap_err();
            }
        }
        assert_eq!(format!("{:?}", list.held), "AllHeld(1)");
    }

    #[test]
    fn another_list_knows_nothing_of_it_and_judges_by_its_own_keys() {
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let entry = ListEntry::attesting(ISS, key(2).verifying_key().clone());
        let statement = statement(now);
        judged(&list(entry.clone(), now), &statement, now).unwrap();
        let stolen = list(entry.from(now).revoked(now, RevocationReason::Compromise), now);
        assert!(matches!(judged(&stolen, &statement, now), Err(TrustError::KeyCompromised)));
        let other = list(ListEntry::attesting(ISS, key(4).verifying_key().clone()), now);
        assert!(matches!(judged(&other, &statement, now), Err(TrustError::KeyUnknown)));
    }

    #[test]
    fn no_more_than_the_most_are_remembered() {
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let held = Held { signer: "k".to_owned(), link: Delegation::read(&statement(now)).unwrap() };
        let all = AllHeld::default();
        for number in 0..=MOST {
            all.put(&number.to_string(), held.clone());
        }
        assert!(all.lock().len() <= MOST && all.get(&MOST.to_string()).is_some());
    }
}
