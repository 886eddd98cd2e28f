//! What this process asked lately, so that the reply to it needs no look at the store.
//!
//! Only a shortcut to the same step: whether the question is open still, how many tries it had and who is first is decided by
//! the store, as for a question that another process asked. What isn't known here is looked for there.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use subtle::ConstantTimeEq;

use super::record::Kept;

/// How many questions are remembered: at 16.7 million messages a day, those of the last 85 seconds. They take some 8 MiB.
const MOST: usize = 16_384;

/// Questions by their keys. As in the store there is no number, no code and no text among them.
#[derive(Default)]
pub(super) struct Recent(Mutex<Asked>);

#[derive(Default)]
struct Asked {
    questions: HashMap<[u8; 32], Remembered>,
    /// In the order in which they came, those that were replied to as well.
    order: VecDeque<[u8; 32]>,
}

struct Remembered {
    /// The MAC of the right reply.
    code: [u8; 32],
    kept: Box<Kept>,
}

impl Recent {
    /// Remembers a question that the store keeps, and forgets the oldest when there are too many.
    pub(super) fn add(&self, key: [u8; 32], code: [u8; 32], kept: Kept) {
        let mut asked = self.lock();
        if asked.order.len() >= MOST
            && let Some(oldest) = asked.order.pop_front()
        {
            asked.questions.remove(&oldest);
        }
        asked.order.push_back(key);
        asked.questions.insert(key, Remembered { code, kept: Box::new(kept) });
    }

    /// The question that is rightly replied to in time, once: any further reply is for the store.
    pub(super) fn take(&self, key: &[u8; 32], code: &[u8; 32], now: Timestamp) -> Option<Kept> {
        let mut asked = self.lock();
        let known = asked.questions.get(key)?;
        if now > known.kept.until || !bool::from(known.code.ct_eq(code)) {
            return None;
        }
        asked.questions.remove(key).map(|known| *known.kept)
    }

    /// A thread that panicked while it held this left at worst a question that isn't remembered.
    fn lock(&self) -> MutexGuard<'_, Asked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{NaturalDay, Price, Question};
    use super::*;

    fn kept(now: Timestamp, until: Timestamp) -> Kept {
        let (number, service) = ("+8613800000000".parse().unwrap(), "vas:1".parse().unwrap());
        let question = Question::new(number, service, Price::FREE, "synthetic").unwrap();
        Kept::of(&question, "id".to_owned(), NaturalDay::of(now), now, until)
    }

    fn key(number: u64) -> [u8; 32] {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&number.to_be_bytes());
        key
    }

    #[test]
    fn a_right_reply_in_time_is_taken_once() {
        let (now, until) = (Timestamp::UNIX_EPOCH, Timestamp::from_second(60).unwrap());
        let recent = Recent::default();
        recent.add(key(1), [7; 32], kept(now, until));
        assert!(recent.take(&key(2), &[7; 32], now).is_none());
        assert!(recent.take(&key(1), &[8; 32], now).is_none());
        assert!(recent.take(&key(1), &[7; 32], Timestamp::from_second(61).unwrap()).is_none());
        assert!(recent.take(&key(1), &[7; 32], until).is_some());
        assert!(recent.take(&key(1), &[7; 32], until).is_none());
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let (now, until) = (Timestamp::UNIX_EPOCH, Timestamp::MAX);
        let recent = Recent::default();
        for number in 0..MOST as u64 + 10 {
            recent.add(key(number), [7; 32], kept(now, until));
            // Those that were replied to leave as well.
            assert!(number % 2 == 0 || recent.take(&key(number), &[7; 32], now).is_some());
        }
        let asked = recent.lock();
        assert_eq!((asked.order.len(), asked.questions.len()), (MOST, MOST / 2));
        assert!(!asked.questions.contains_key(&key(8)) && asked.questions.contains_key(&key(10)));
    }
}
