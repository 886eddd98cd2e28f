//! 64 threads at the same keys: exactly one wins.

use std::sync::Barrier;
use std::thread;

use realname::store::{
    Advance, Answered, AnsweredAll, AnsweredWithin, Answering, Claim, Counted, Put, PutAll, Putting, Space,
    Store, Within,
};

use crate::cases::at;

const THREADS: usize = 64;
const KEYS: u32 = 20;

/// Runs `step` in all threads for all keys and gives, for each key, what each thread found.
fn all<T: Send>(step: impl Fn(usize, &[u8]) -> T + Sync) -> Vec<Vec<T>> {
    let start = Barrier::new(THREADS);
    let by_thread: Vec<Vec<T>> = thread::scope(|scope| {
        let (start, step) = (&start, &step);
        let run = |thread| {
            scope.spawn(move || {
                start.wait();
                (0..KEYS).map(|key| step(thread, &key.to_be_bytes())).collect()
            })
        };
        let threads: Vec<_> = (0..THREADS).map(run).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut by_thread: Vec<_> = by_thread.into_iter().map(Vec::into_iter).collect();
    (0..KEYS).map(|_| by_thread.iter_mut().map(|found| found.next().unwrap()).collect()).collect()
}

pub(crate) fn one_put_wins(store: &dyn Store) {
    let found = all(|thread, key| {
        (store.put(Space::new("demand"), key, &thread.to_be_bytes(), at(10)).unwrap(), thread)
    });
    for (key, found) in (0..KEYS).zip(found) {
        let winners: Vec<_> = found.iter().filter(|(put, _)| *put == Put::Stored).collect();
        assert_eq!(winners.len(), 1);
        let entry = store.get(Space::new("demand"), &key.to_be_bytes()).unwrap().unwrap();
        assert_eq!(*entry.value, winners[0].1.to_be_bytes());
    }
}

pub(crate) fn one_answer_wins(store: &dyn Store) {
    for key in 0..KEYS {
        assert_eq!(store.put(Space::new("demand"), &key.to_be_bytes(), b"", at(10)).unwrap(), Put::Stored);
    }
    let found = all(|thread, key| {
        (store.answer(Space::new("demand"), key, &thread.to_be_bytes(), at(0)).unwrap(), thread)
    });
    for found in found {
        let winners: Vec<_> = found.iter().filter(|(answered, _)| *answered == Answered::Recorded).collect();
        assert_eq!(winners.len(), 1);
        let told = Answered::Already(winners[0].1.to_be_bytes().to_vec());
        assert_eq!(found.iter().filter(|(answered, _)| *answered == told).count(), THREADS - 1);
    }
}

/// Each thread wants a record that all want and one that only its half wants, and gets both or neither.
pub(crate) fn one_of_several_together_wins(store: &dyn Store) {
    let spaces = [Space::new("order"), Space::new("demand_even"), Space::new("demand_odd")];
    for key in 0..KEYS {
        for space in spaces {
            assert_eq!(store.put(space, &key.to_be_bytes(), b"", at(10)).unwrap(), Put::Stored);
        }
    }
    let found = all(|thread, key| {
        let answer = &thread.to_be_bytes();
        let one = |space| Answering { space, key, answer, claim: None };
        let half = if thread % 2 == 0 { spaces[1] } else { spaces[2] };
        (store.answer_all(&[one(spaces[0]), one(half)], at(0)).unwrap(), thread)
    });
    for (key, found) in (0..KEYS).zip(found) {
        let winners: Vec<_> = found.iter().filter(|(done, _)| *done == AnsweredAll::Recorded).collect();
        assert_eq!(winners.len(), 1);
        let winner = winners[0].1;
        let told = Answered::Already(winner.to_be_bytes().to_vec());
        let told = AnsweredAll::Not { index: 0, found: told };
        assert_eq!(found.iter().filter(|(done, _)| *done == told).count(), THREADS - 1);
        let answer = |space| store.get(space, &key.to_be_bytes()).unwrap().unwrap().answer;
        let [own, others] = if winner % 2 == 0 { [spaces[1], spaces[2]] } else { [spaces[2], spaces[1]] };
        assert_eq!((answer(own), answer(others)), (Some(winner.to_be_bytes().to_vec()), None));
    }
}

/// Each thread puts a record that all want and one of its own, and gets both or neither.
pub(crate) fn one_put_of_several_together_wins(store: &dyn Store) {
    let (common, own) = (Space::new("order"), Space::new("demand"));
    let mine = |thread: usize, key: &[u8]| [&thread.to_be_bytes(), key].concat();
    let found = all(|thread, key| {
        let mine = mine(thread, key);
        let one = |space, key| Putting { space, key, value: b"", expires_at: at(10) };
        store.put_all(&[one(own, &mine), one(common, key)]).unwrap()
    });
    for (key, found) in (0..KEYS).zip(found) {
        assert_eq!(found.iter().filter(|put| **put == PutAll::Stored).count(), 1);
        assert_eq!(found.iter().filter(|put| **put == PutAll::Exists { index: 1 }).count(), THREADS - 1);
        for (thread, put) in found.iter().enumerate() {
            let kept = store.get(own, &mine(thread, &key.to_be_bytes())).unwrap();
            assert_eq!(kept.is_some(), *put == PutAll::Stored);
        }
    }
}

/// Half of the threads count themselves, the others answer a record of their own while fewer than eight are counted: an answer
/// after the eighth is none.
pub(crate) fn answers_and_members_share_one_limit(store: &dyn Store) {
    let space = Space::new("confirmation");
    let own = |thread: usize, key: &[u8]| [&thread.to_be_bytes(), key].concat();
    for key in 0..KEYS {
        for thread in 0..THREADS {
            let put = store.put(space, &own(thread, &key.to_be_bytes()), b"", at(10));
            assert_eq!(put.unwrap(), Put::Stored);
        }
    }
    let found = all(|thread, key| {
        let own = own(thread, key);
        if thread % 2 == 0 {
            let counted = store.count(space, key, &own, 8, at(10), at(0)).unwrap();
            return (matches!(counted, Counted::Added(_)), false);
        }
        let within = Within { key, member: &own, limit: 8 };
        let answered = store.answer_within(space, &own, b"", within, at(0)).unwrap();
        if let AnsweredWithin::Full(others) = answered {
            assert_eq!(others, 8);
        }
        (false, answered == AnsweredWithin::Answered(Answered::Recorded))
    });
    for (key, found) in (0..KEYS).zip(found) {
        assert_eq!(found.iter().filter(|(counted, _)| *counted).count(), 8);
        for (thread, (_, recorded)) in found.iter().enumerate() {
            let kept = store.get(space, &own(thread, &key.to_be_bytes())).unwrap().unwrap().answer;
            assert_eq!(kept.is_some(), *recorded, "an answer beyond the limit is recorded");
        }
    }
}

/// 64 threads each answer a record of their own, and all claim the same key.
pub(crate) fn one_claim_wins(store: &dyn Store) {
    let own = |thread: usize, key: &[u8]| [&thread.to_be_bytes(), key].concat();
    for key in 0..KEYS {
        for thread in 0..THREADS {
            let put = store.put(Space::new("demand"), &own(thread, &key.to_be_bytes()), b"", at(10));
            assert_eq!(put.unwrap(), Put::Stored);
        }
    }
    let found = all(|thread, key| {
        let own = own(thread, key);
        let claim = Claim { space: Space::new("superseded"), key, by: &own };
        (store.answer_claiming(Space::new("demand"), &own, b"yes", claim, at(0)).unwrap(), own.clone())
    });
    for found in found {
        assert_eq!(found.iter().filter(|(answered, _)| *answered == Answered::Recorded).count(), 1);
        assert_eq!(found.iter().filter(|(answered, _)| *answered == Answered::Claimed).count(), THREADS - 1);
        for (answered, own) in found {
            let kept = store.get(Space::new("demand"), &own).unwrap().unwrap().answer;
            assert_eq!(kept.is_some(), answered == Answered::Recorded, "a refused answer is recorded");
        }
    }
}

pub(crate) fn one_digest_wins(store: &dyn Store) {
    let found = all(|thread, key| {
        let digest = [u8::try_from(thread).unwrap(); 32];
        store.advance(Space::new("trust_sequence"), key, 9, &digest).unwrap()
    });
    for found in found {
        assert_eq!(found.iter().filter(|advance| **advance == Advance::Advanced).count(), 1);
        assert_eq!(found.iter().filter(|advance| **advance == Advance::Conflicting).count(), THREADS - 1);
    }
}

pub(crate) fn the_quota_holds(store: &dyn Store) {
    let found = all(|thread, key| {
        store.count(Space::new("quota"), key, &thread.to_be_bytes(), 5, at(10), at(0)).unwrap()
    });
    for found in found {
        let mut added: Vec<u32> = found
            .iter()
            .filter_map(|counted| if let Counted::Added(number) = counted { Some(*number) } else { None })
            .collect();
        added.sort_unstable();
        assert_eq!(added, [1, 2, 3, 4, 5], "each place is given once");
        assert_eq!(found.iter().filter(|counted| **counted == Counted::Full(5)).count(), THREADS - 5);
    }
}

/// The members of one round have expired in the next, and are removed while new ones are counted.
pub(crate) fn the_quota_holds_while_members_expire(store: &dyn Store) {
    for round in 0..8 {
        let start = Barrier::new(THREADS + 1);
        let count = |member: usize| {
            start.wait();
            let member = [&round.to_string(), "/", &member.to_string()].concat();
            store.count(Space::new("quota"), b"key", member.as_bytes(), 5, at(round), at(round)).unwrap()
        };
        let found: Vec<Counted> = thread::scope(|scope| {
            let count = &count;
            let threads: Vec<_> = (0..THREADS).map(|member| scope.spawn(move || count(member))).collect();
            start.wait();
            // In small steps, so that many fall between the counts.
            while store.expire(at(round), 1).unwrap() > 0 {}
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(found.iter().filter(|counted| matches!(counted, Counted::Added(_))).count(), 5);
        assert_eq!(found.iter().filter(|counted| **counted == Counted::Full(5)).count(), THREADS - 5);
    }
}
