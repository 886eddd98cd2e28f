//! Random sequences of steps: a store finds what the plainest model finds.

use std::cell::Cell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use realname::store::{
    Advance, Answered, AnsweredAll, AnsweredWithin, Answering, Claim, Counted, Put, PutAll, Putting, Space,
    Store, Within,
};

use crate::cases::at;

/// One step. Few keys and times, so that steps meet.
#[derive(Clone, Debug)]
enum Step {
    Put {
        key: u8,
        value: u8,
        end: i64,
    },
    Get {
        key: u8,
    },
    Answer {
        key: u8,
        answer: u8,
        now: i64,
    },
    /// Each with what it claims for itself.
    AnswerAll {
        keys: Vec<(u8, Option<u8>)>,
        answer: u8,
        now: i64,
    },
    PutAll {
        keys: Vec<u8>,
        value: u8,
        end: i64,
    },
    /// While fewer than `limit` others are counted under `tries`.
    AnswerWithin {
        key: u8,
        answer: u8,
        tries: u8,
        member: u8,
        limit: u32,
        now: i64,
    },
    Advance {
        key: u8,
        sequence: u64,
        digest: u8,
    },
    Count {
        key: u8,
        member: u8,
        limit: u32,
        end: i64,
        now: i64,
    },
    Expire {
        before: i64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let (key, byte, time) = (0..4u8, 0..4u8, 0..12i64);
    prop_oneof![
        (key.clone(), byte.clone(), time.clone()).prop_map(|(key, value, end)| Step::Put { key, value, end }),
        key.clone().prop_map(|key| Step::Get { key }),
        (key.clone(), byte.clone(), time.clone()).prop_map(|(key, answer, now)| Step::Answer {
            key,
            answer,
            now
        }),
        (
            prop::collection::vec((key.clone(), prop::option::of(byte.clone())), 0..4),
            byte.clone(),
            time.clone()
        )
            .prop_map(|(keys, answer, now)| Step::AnswerAll { keys, answer, now }),
        (prop::collection::vec(key.clone(), 0..4), byte.clone(), time.clone())
            .prop_map(|(keys, value, end)| Step::PutAll { keys, value, end }),
        (key.clone(), byte.clone(), key.clone(), byte.clone(), 0..4u32, time.clone()).prop_map(
            |(key, answer, tries, member, limit, now)| Step::AnswerWithin {
                key,
                answer,
                tries,
                member,
                limit,
                now
            }
        ),
        (key.clone(), prop_oneof![0..4u64, Just(u64::MAX)], byte.clone())
            .prop_map(|(key, sequence, digest)| Step::Advance { key, sequence, digest }),
        (key, byte, 0..4u32, time.clone(), time.clone())
            .prop_map(|(key, member, limit, end, now)| Step::Count { key, member, limit, end, now }),
        time.prop_map(|before| Step::Expire { before }),
    ]
}

/// The model: lists that are searched from end to end.
#[derive(Default)]
struct Model {
    records: BTreeMap<u8, (u8, i64, Option<u8>)>,
    claims: BTreeMap<u8, u8>,
    seen: BTreeMap<u8, (u64, u8)>,
    members: Vec<(u8, u8, i64)>,
}

impl Model {
    /// Takes the step here and there, and compares what both found.
    fn check(&mut self, store: &dyn Store, round: u32, step: &Step) {
        // Each round has its own keys, so that all share one store.
        let name = |key: u8| [&round.to_be_bytes()[..], &[key]].concat();
        match *step {
            Step::Put { key, value, end } => {
                let expected = if self.records.contains_key(&key) { Put::Exists } else { Put::Stored };
                self.records.entry(key).or_insert((value, end, None));
                assert_eq!(store.put(Space::new("demand"), &name(key), &[value], at(end)).unwrap(), expected);
            }
            Step::Get { key } => {
                let entry = store.get(Space::new("demand"), &name(key)).unwrap();
                let found = entry.map(|entry| (entry.value.to_vec(), entry.expires_at, entry.answer));
                let expected = self.records.get(&key);
                assert_eq!(found, expected.map(|(v, end, a)| (vec![*v], at(*end), a.map(|a| vec![a]))));
            }
            Step::Answer { key, answer, now } => {
                let expected = match self.records.get_mut(&key) {
                    None => Answered::Unknown,
                    Some((_, _, Some(answer))) => Answered::Already(vec![*answer]),
                    Some((_, end, None)) if *end < now => Answered::Expired,
                    Some((_, _, empty)) => {
                        *empty = Some(answer);
                        Answered::Recorded
                    }
                };
                assert_eq!(
                    store.answer(Space::new("demand"), &name(key), &[answer], at(now)).unwrap(),
                    expected
                );
            }
            Step::AnswerAll { ref keys, answer, now } => {
                let expected = self.answer_all(keys, answer, now);
                let names: Vec<_> = keys.iter().map(|(key, old)| (name(*key), old.map(name))).collect();
                let claim = |key, by| Claim { space: Space::new("superseded"), key, by };
                let answers = names.iter().map(|(key, old)| Answering {
                    space: Space::new("demand"),
                    key,
                    answer: std::slice::from_ref(&answer),
                    claim: old.as_deref().map(|old| claim(old, key)),
                });
                let answers: Vec<_> = answers.collect();
                assert_eq!(store.answer_all(&answers, at(now)).unwrap(), expected);
            }
            Step::PutAll { ref keys, value, end } => {
                let taken = |index: &usize| {
                    let key = &keys[*index];
                    self.records.contains_key(key) || keys[..*index].contains(key)
                };
                let expected = (0..keys.len()).find(taken).map(|index| PutAll::Exists { index });
                if expected.is_none() {
                    self.records.extend(keys.iter().map(|key| (*key, (value, end, None))));
                }
                let names: Vec<_> = keys.iter().map(|key| name(*key)).collect();
                let one = |key| Putting {
                    space: Space::new("demand"),
                    key,
                    value: std::slice::from_ref(&value),
                    expires_at: at(end),
                };
                let puts: Vec<_> = names.iter().map(|key| one(key)).collect();
                assert_eq!(store.put_all(&puts).unwrap(), expected.unwrap_or(PutAll::Stored));
            }
            Step::AnswerWithin { key, answer, tries, member, limit, now } => {
                let others =
                    self.members.iter().filter(|m| m.0 == tries && m.1 != member && m.2 >= now).count();
                let others = u32::try_from(others).unwrap();
                let expected = match self.records.get_mut(&key) {
                    None => AnsweredWithin::Answered(Answered::Unknown),
                    Some((_, _, Some(answer))) => AnsweredWithin::Answered(Answered::Already(vec![*answer])),
                    Some((_, end, None)) if *end < now => AnsweredWithin::Answered(Answered::Expired),
                    Some(_) if others >= limit => AnsweredWithin::Full(others),
                    Some((_, _, empty)) => {
                        *empty = Some(answer);
                        AnsweredWithin::Answered(Answered::Recorded)
                    }
                };
                let (tries, space) = (name(tries), Space::new("demand"));
                let within = Within { key: &tries, member: &[member], limit };
                let found = store.answer_within(space, &name(key), &[answer], within, at(now));
                assert_eq!(found.unwrap(), expected);
            }
            Step::Advance { key, sequence, digest } => {
                let expected = match self.seen.get(&key) {
                    Some((seen, known)) if *seen == sequence && *known == digest => Advance::Same,
                    Some((seen, _)) if *seen == sequence => Advance::Conflicting,
                    Some((seen, _)) if *seen > sequence => Advance::Older { seen: *seen },
                    _ => {
                        self.seen.insert(key, (sequence, digest));
                        Advance::Advanced
                    }
                };
                let found = store.advance(Space::new("trust_sequence"), &name(key), sequence, &[digest; 32]);
                assert_eq!(found.unwrap(), expected);
            }
            Step::Count { key, member, limit, end, now } => {
                let living: Vec<_> = self.members.iter().filter(|m| m.0 == key && m.2 >= now).collect();
                let number = u32::try_from(living.len()).unwrap();
                let expected = if living.iter().any(|m| m.1 == member) {
                    Counted::Present(number)
                } else if number >= limit {
                    Counted::Full(number)
                } else {
                    self.members.retain(|m| (m.0, m.1) != (key, member));
                    self.members.push((key, member, end));
                    Counted::Added(number + 1)
                };
                let found = store.count(Space::new("demand"), &name(key), &[member], limit, at(end), at(now));
                assert_eq!(found.unwrap(), expected);
            }
            Step::Expire { before } => self.expire(store, before),
        }
    }

    fn answer_all(&mut self, keys: &[(u8, Option<u8>)], answer: u8, now: i64) -> AnsweredAll {
        for (index, (key, old)) in keys.iter().enumerate() {
            for (earlier, earlier_old) in &keys[..index] {
                if earlier == key {
                    return AnsweredAll::Not { index, found: Answered::Already(vec![answer]) };
                }
                if old.is_some() && old == earlier_old {
                    return AnsweredAll::Not { index, found: Answered::Claimed };
                }
            }
        }
        let others = |key: &u8, old: Option<u8>| {
            old.and_then(|old| self.claims.get(&old)).is_some_and(|owner| owner != key)
        };
        for (index, (key, old)) in keys.iter().enumerate() {
            let found = match self.records.get(key) {
                None => Answered::Unknown,
                Some((_, _, Some(answered))) => Answered::Already(vec![*answered]),
                Some((_, end, None)) if *end < now => Answered::Expired,
                Some(_) if others(key, *old) => Answered::Claimed,
                Some(_) => continue,
            };
            return AnsweredAll::Not { index, found };
        }
        for (key, old) in keys {
            self.records.get_mut(key).unwrap().2 = Some(answer);
            self.claims.extend(old.map(|old| (old, *key)));
        }
        AnsweredAll::Recorded
    }

    fn expire(&mut self, store: &dyn Store, before: i64) {
        let many = self.records.len() + self.members.len();
        self.records.retain(|_, record| record.1 >= before);
        self.members.retain(|member| member.2 >= before);
        let expected = many - self.records.len() - self.members.len();
        assert_eq!(store.expire(at(before), u32::MAX).unwrap(), u32::try_from(expected).unwrap());
    }
}

pub(crate) fn agrees_with_the_model(store: &dyn Store) {
    let round = Cell::new(0);
    let mut runner = TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
    let checked = runner.run(&prop::collection::vec(step(), 1..60), |steps| {
        round.set(round.get() + 1);
        // What a round left that failed.
        store.expire(at(99), u32::MAX).unwrap();
        let mut model = Model::default();
        steps.iter().for_each(|step| model.check(store, round.get(), step));
        model.expire(store, 99);
        Ok(())
    });
    checked.unwrap();
}
