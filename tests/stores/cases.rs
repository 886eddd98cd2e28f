//! What each operation finds, and its edges.

use jiff::{Timestamp, ToSpan};
use realname::store::{
    Advance, Answered, AnsweredAll, AnsweredWithin, Answering, Claim, Counted, Field, MAX_KEY, MAX_VALUE,
    Put, PutAll, Putting, Space, Store, StoreError, Within,
};

const SPACE: Space = Space::new("demand");

/// A time some seconds after a fixed moment.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

pub(crate) fn put_keeps_the_first(store: &dyn Store) {
    assert!(store.get(SPACE, b"key").unwrap().is_none());
    assert_eq!(store.put(SPACE, b"key", b"first", at(10)).unwrap(), Put::Stored);
    assert_eq!(store.put(SPACE, b"key", b"second", at(20)).unwrap(), Put::Exists);
    let entry = store.get(SPACE, b"key").unwrap().unwrap();
    assert_eq!(*entry.value, b"first");
    assert_eq!(entry.expires_at, at(10));
    assert_eq!(entry.answer, None);
}

pub(crate) fn empty_is_a_value(store: &dyn Store) {
    assert_eq!(store.put(SPACE, b"", b"", at(10)).unwrap(), Put::Stored);
    assert_eq!(store.put(SPACE, b"", b"", at(10)).unwrap(), Put::Exists);
    assert_eq!(store.put(SPACE, b"\0", b"", at(10)).unwrap(), Put::Stored);
    assert_eq!(store.answer(SPACE, b"", b"", at(0)).unwrap(), Answered::Recorded);
    assert_eq!(store.answer(SPACE, b"", b"x", at(0)).unwrap(), Answered::Already(Vec::new()));
    let entry = store.get(SPACE, b"").unwrap().unwrap();
    assert!(entry.value.is_empty());
    assert_eq!(entry.answer, Some(Vec::new()));
    assert_eq!(store.count(Space::new("quota"), b"", b"", 1, at(10), at(0)).unwrap(), Counted::Added(1));
    assert_eq!(store.count(Space::new("quota"), b"", b"", 1, at(10), at(0)).unwrap(), Counted::Present(1));
}

pub(crate) fn limits_are_inclusive_and_typed(store: &dyn Store) {
    let (key, value) = (vec![0xff; MAX_KEY], vec![0xa5; MAX_VALUE]);
    assert_eq!(store.put(SPACE, &key, &value, at(10)).unwrap(), Put::Stored);
    assert_eq!(store.answer(SPACE, &key, &value, at(0)).unwrap(), Answered::Recorded);
    let entry = store.get(SPACE, &key).unwrap().unwrap();
    assert!(*entry.value == value && entry.answer.unwrap() == value);
    assert_eq!(store.count(Space::new("quota"), &key, &key, 1, at(10), at(0)).unwrap(), Counted::Added(1));
    assert_eq!(store.advance(Space::new("trust_sequence"), &key, 1, &[0; 32]).unwrap(), Advance::Advanced);

    let (key, value) = (vec![0; MAX_KEY + 1], vec![0; MAX_VALUE + 1]);
    let too_long = |error: StoreError, field, got| {
        assert!(!error.may_be_recorded());
        assert!(
            matches!(error, StoreError::TooLong { field: f, got: g, .. } if f == field && g == got),
            "{error}"
        );
    };
    too_long(store.put(SPACE, &key, b"", at(10)).unwrap_err(), Field::Key, 256);
    too_long(store.put(SPACE, b"k", &value, at(10)).unwrap_err(), Field::Value, MAX_VALUE + 1);
    too_long(store.get(SPACE, &key).unwrap_err(), Field::Key, 256);
    too_long(store.answer(SPACE, &key, b"", at(0)).unwrap_err(), Field::Key, 256);
    too_long(store.answer(SPACE, b"k", &value, at(0)).unwrap_err(), Field::Answer, MAX_VALUE + 1);
    too_long(store.advance(SPACE, &key, 1, &[0; 32]).unwrap_err(), Field::Key, 256);
    too_long(store.count(SPACE, &key, b"", 1, at(10), at(0)).unwrap_err(), Field::Key, 256);
    too_long(store.count(SPACE, b"k", &key, 1, at(10), at(0)).unwrap_err(), Field::Member, 256);
    assert!(store.get(SPACE, b"k").unwrap().is_none());
}

pub(crate) fn spaces_do_not_meet(store: &dyn Store) {
    for space in
        [Space::new("demand"), Space::new("trust_sequence"), Space::new("quota"), Space::new("confirmation")]
    {
        assert_eq!(store.put(space, b"key", b"", at(10)).unwrap(), Put::Stored);
        assert_eq!(store.answer(space, b"key", b"", at(0)).unwrap(), Answered::Recorded);
        assert_eq!(store.advance(space, b"key", 7, &[7; 32]).unwrap(), Advance::Advanced);
        assert_eq!(store.count(space, b"key", b"m", 1, at(10), at(0)).unwrap(), Counted::Added(1));
    }
}

pub(crate) fn answer_is_given_once(store: &dyn Store) {
    assert_eq!(store.answer(SPACE, b"key", b"yes", at(0)).unwrap(), Answered::Unknown);
    assert_eq!(store.put(SPACE, b"key", b"", at(10)).unwrap(), Put::Stored);
    assert_eq!(store.answer(SPACE, b"key", b"yes", at(0)).unwrap(), Answered::Recorded);
    assert_eq!(store.answer(SPACE, b"key", b"yes", at(0)).unwrap(), Answered::Already(b"yes".to_vec()));
    assert_eq!(store.answer(SPACE, b"key", b"no", at(0)).unwrap(), Answered::Already(b"yes".to_vec()));
    assert_eq!(store.put(SPACE, b"key", b"", at(99)).unwrap(), Put::Exists);
    assert_eq!(store.get(SPACE, b"key").unwrap().unwrap().answer.unwrap(), b"yes");
}

pub(crate) fn answer_ends_with_its_time(store: &dyn Store) {
    for key in [b"a", b"b", b"c"] {
        assert_eq!(store.put(SPACE, key, b"", at(10)).unwrap(), Put::Stored);
    }
    assert_eq!(store.answer(SPACE, b"a", b"", at(10)).unwrap(), Answered::Recorded);
    let later = at(10) + 1.microsecond();
    assert_eq!(store.answer(SPACE, b"b", b"", later).unwrap(), Answered::Expired);
    assert!(store.get(SPACE, b"b").unwrap().unwrap().answer.is_none(), "shown until it is removed");
    // The clock of another machine may be behind.
    assert_eq!(store.answer(SPACE, b"b", b"", at(9)).unwrap(), Answered::Recorded);
    assert_eq!(store.answer(SPACE, b"c", b"", Timestamp::MAX).unwrap(), Answered::Expired);
}

pub(crate) fn an_answer_outlives_its_time(store: &dyn Store) {
    assert_eq!(store.put(SPACE, b"key", b"", at(10)).unwrap(), Put::Stored);
    assert_eq!(store.answer(SPACE, b"key", b"yes", at(0)).unwrap(), Answered::Recorded);
    assert_eq!(store.answer(SPACE, b"key", b"no", at(99)).unwrap(), Answered::Already(b"yes".to_vec()));
}

pub(crate) fn answers_together_are_all_or_none(store: &dyn Store) {
    let other = Space::new("order");
    for (space, key, end) in [(SPACE, b"a", 10), (SPACE, b"b", 10), (SPACE, b"c", 5), (other, b"a", 10)] {
        assert_eq!(store.put(space, key, b"", at(end)).unwrap(), Put::Stored);
    }
    let one = |space, key, answer| Answering { space, key, answer, claim: None };
    let all = |answers: &[Answering<'_>], now| store.answer_all(answers, at(now)).unwrap();
    let answer = |space, key: &[u8]| store.get(space, key).unwrap().and_then(|entry| entry.answer);
    let not = |index, found| AnsweredAll::Not { index, found };

    // Each way in which the last one fails, and nothing of those before it stays.
    let unknown = [one(SPACE, b"a", b"1"), one(SPACE, b"b", b"2"), one(SPACE, b"none", b"3")];
    assert_eq!(all(&unknown, 0), not(2, Answered::Unknown));
    let late = [one(SPACE, b"a", b"1"), one(SPACE, b"b", b"2"), one(SPACE, b"c", b"3")];
    assert_eq!(all(&late, 6), not(2, Answered::Expired));
    let twice = [one(SPACE, b"a", b"1"), one(SPACE, b"b", b"2"), one(SPACE, b"a", b"3")];
    assert_eq!(all(&twice, 0), not(2, Answered::Already(b"1".to_vec())));
    assert!([b"a", b"b", b"c"].iter().all(|key| answer(SPACE, *key).is_none()));
    let long = vec![0; MAX_VALUE + 1];
    let error = store.answer_all(&[one(SPACE, b"a", b"1"), one(SPACE, b"b", &long)], at(0)).unwrap_err();
    assert!(
        matches!(error, StoreError::TooLong { field: Field::Answer, .. }) && answer(SPACE, b"a").is_none()
    );

    // The same key in another space is another record.
    let good = [one(other, b"a", b"0"), one(SPACE, b"a", b"1"), one(SPACE, b"b", b"2")];
    assert_eq!(all(&good, 0), AnsweredAll::Recorded);
    assert_eq!((answer(other, b"a"), answer(SPACE, b"b")), (Some(b"0".to_vec()), Some(b"2".to_vec())));
    assert_eq!(all(&good, 0), not(0, Answered::Already(b"0".to_vec())));
    assert_eq!(all(&[one(SPACE, b"c", b"3"), good[1]], 0), not(1, Answered::Already(b"1".to_vec())));
    assert!(answer(SPACE, b"c").is_none());
    assert_eq!(all(&[], 0), AnsweredAll::Recorded);
}

pub(crate) fn puts_together_are_all_or_none(store: &dyn Store) {
    let other = Space::new("order");
    let one = |space, key, value| Putting { space, key, value, expires_at: at(10) };
    let all = |puts: &[Putting<'_>]| store.put_all(puts).unwrap();
    let value = |space, key: &[u8]| store.get(space, key).unwrap().map(|entry| entry.value.to_vec());

    let long = vec![0; MAX_VALUE + 1];
    let error = store.put_all(&[one(SPACE, b"a", b"1"), one(SPACE, b"b", &long)]).unwrap_err();
    assert!(matches!(error, StoreError::TooLong { field: Field::Value, .. }));
    let twice = [one(SPACE, b"a", b"1"), one(other, b"a", b"2"), one(SPACE, b"a", b"3")];
    assert_eq!(all(&twice), PutAll::Exists { index: 2 });
    assert!(value(SPACE, b"a").is_none() && value(other, b"a").is_none());

    assert_eq!(all(&twice[..2]), PutAll::Stored);
    assert_eq!((value(SPACE, b"a"), value(other, b"a")), (Some(b"1".to_vec()), Some(b"2".to_vec())));
    assert_eq!(store.get(other, b"a").unwrap().unwrap().expires_at, at(10));
    // What stands in the way, wherever it is, keeps all of them out, and stays as it was.
    for index in 0..3 {
        let mut puts = [one(SPACE, b"x", b"4"), one(SPACE, b"y", b"5"), one(SPACE, b"z", b"6")];
        puts[index].key = b"a";
        assert_eq!(all(&puts), PutAll::Exists { index });
    }
    assert!([b"x", b"y", b"z"].iter().all(|key| value(SPACE, *key).is_none()));
    assert_eq!(value(SPACE, b"a"), Some(b"1".to_vec()));
    assert_eq!(store.answer(SPACE, b"a", b"yes", at(0)).unwrap(), Answered::Recorded);
    assert_eq!(all(&[]), PutAll::Stored);
}

pub(crate) fn an_answer_within_a_limit_counts_nobody(store: &dyn Store) {
    assert_eq!(store.put(SPACE, b"a", b"", at(10)).unwrap(), Put::Stored);
    assert_eq!(store.put(SPACE, b"b", b"", at(10)).unwrap(), Put::Stored);
    let answer = |key: &[u8], member: &[u8], limit, now| {
        let within = Within { key: b"tries", member, limit };
        store.answer_within(SPACE, key, b"yes", within, at(now)).unwrap()
    };
    let count = |member: &[u8], now| store.count(SPACE, b"tries", member, 9, at(5), at(now)).unwrap();
    let said = AnsweredWithin::Answered;
    assert_eq!(answer(b"none", b"m", 2, 0), said(Answered::Unknown));
    assert_eq!(answer(b"a", b"m", 0, 0), AnsweredWithin::Full(0));
    assert_eq!((count(b"1", 0), count(b"2", 0)), (Counted::Added(1), Counted::Added(2)));
    assert_eq!(answer(b"a", b"m", 2, 0), AnsweredWithin::Full(2));
    assert!(store.get(SPACE, b"a").unwrap().unwrap().answer.is_none());
    // In another space nobody is counted, and whoever is counted is no other.
    let within = Within { key: b"tries", member: b"2", limit: 2 };
    assert_eq!(store.answer_within(SPACE, b"a", b"yes", within, at(0)).unwrap(), said(Answered::Recorded));
    assert_eq!(count(b"3", 0), Counted::Added(3), "nobody was counted by it");
    // An answer is told whatever the count, and so is the end.
    assert_eq!(answer(b"a", b"m", 0, 99), said(Answered::Already(b"yes".to_vec())));
    assert_eq!(answer(b"b", b"m", 9, 11), said(Answered::Expired));
    assert_eq!(answer(b"b", b"m", 0, 11), said(Answered::Expired));
    assert_eq!(answer(b"none", b"m", 0, 0), said(Answered::Unknown));
    // Members end.
    assert_eq!(answer(b"b", b"m", 1, 5), AnsweredWithin::Full(3));
    assert_eq!(answer(b"b", b"m", 1, 6), said(Answered::Recorded));
}

pub(crate) fn times_count_to_the_microsecond(store: &dyn Store) {
    let time = Timestamp::from_nanosecond(1_800_000_000_123_456_789).unwrap();
    assert_eq!(store.put(SPACE, b"key", b"", time).unwrap(), Put::Stored);
    let kept = store.get(SPACE, b"key").unwrap().unwrap().expires_at;
    assert_eq!(kept.as_nanosecond(), 1_800_000_000_123_456_000);
    for (key, time) in [(b"min", Timestamp::MIN), (b"max", Timestamp::MAX)] {
        assert_eq!(store.put(SPACE, key, b"", time).unwrap(), Put::Stored);
        let kept = store.get(SPACE, key).unwrap().unwrap().expires_at;
        assert_eq!(kept.as_microsecond(), time.as_microsecond());
    }
}

pub(crate) fn sequences_only_rise(store: &dyn Store) {
    let advance = |sequence, digest| store.advance(SPACE, b"list", sequence, &[digest; 32]).unwrap();
    assert_eq!(advance(5, 1), Advance::Advanced);
    assert_eq!(advance(5, 1), Advance::Same);
    assert_eq!(advance(5, 2), Advance::Conflicting);
    assert_eq!(advance(5, 1), Advance::Same, "a conflict changes nothing");
    assert_eq!(advance(4, 1), Advance::Older { seen: 5 });
    assert_eq!(advance(0, 0), Advance::Older { seen: 5 });
    assert_eq!(advance(6, 3), Advance::Advanced);
    assert_eq!(advance(5, 1), Advance::Older { seen: 6 });
}

pub(crate) fn sequences_reach_the_last_number(store: &dyn Store) {
    let half = u64::try_from(i64::MAX).unwrap();
    let advance = |sequence| store.advance(SPACE, b"list", sequence, &[0; 32]).unwrap();
    assert_eq!(advance(0), Advance::Advanced);
    assert_eq!(advance(255), Advance::Advanced);
    assert_eq!(advance(256), Advance::Advanced);
    assert_eq!(advance(half), Advance::Advanced);
    assert_eq!(advance(half + 1), Advance::Advanced);
    assert_eq!(advance(half), Advance::Older { seen: half + 1 });
    assert_eq!(advance(u64::MAX), Advance::Advanced);
    assert_eq!(advance(u64::MAX), Advance::Same);
    assert_eq!(advance(u64::MAX - 1), Advance::Older { seen: u64::MAX });
}

pub(crate) fn counts_up_to_the_limit(store: &dyn Store) {
    let count = |member: &[u8]| store.count(SPACE, b"key", member, 2, at(10), at(0)).unwrap();
    assert_eq!(count(b"a"), Counted::Added(1));
    assert_eq!(count(b"a"), Counted::Present(1));
    assert_eq!(count(b"b"), Counted::Added(2));
    assert_eq!(count(b"c"), Counted::Full(2));
    assert_eq!(count(b"b"), Counted::Present(2));
    assert_eq!(store.count(SPACE, b"other", b"c", 2, at(10), at(0)).unwrap(), Counted::Added(1));
    assert_eq!(store.count(SPACE, b"none", b"c", 0, at(10), at(0)).unwrap(), Counted::Full(0));
    assert_eq!(store.count(SPACE, b"none", b"c", u32::MAX, at(10), at(0)).unwrap(), Counted::Added(1));
}

pub(crate) fn counted_members_leave_with_their_end(store: &dyn Store) {
    let count = |member: &[u8], end, now| store.count(SPACE, b"key", member, 1, end, now).unwrap();
    assert_eq!(count(b"a", at(10), at(0)), Counted::Added(1));
    assert_eq!(count(b"b", at(10), at(10)), Counted::Full(1), "its last moment counts");
    assert_eq!(count(b"a", at(99), at(10)), Counted::Present(1));
    let later = at(10) + 1.microsecond();
    assert_eq!(count(b"b", at(20), later), Counted::Added(1), "being present extends nothing");
    assert_eq!(count(b"a", at(99), at(20)), Counted::Full(1));
    assert_eq!(count(b"a", at(99), at(21)), Counted::Added(1), "it comes back as a new one");
    assert_eq!(count(b"b", at(99), at(21)), Counted::Full(1));
}

pub(crate) fn limit_may_change(store: &dyn Store) {
    let count = |member: &[u8], limit| store.count(SPACE, b"key", member, limit, at(10), at(0)).unwrap();
    assert_eq!(count(b"a", 3), Counted::Added(1));
    assert_eq!(count(b"b", 3), Counted::Added(2));
    assert_eq!(count(b"c", 3), Counted::Added(3));
    assert_eq!(count(b"d", 1), Counted::Full(3));
    assert_eq!(count(b"c", 1), Counted::Present(3));
    assert_eq!(count(b"d", 4), Counted::Added(4));
}

pub(crate) fn expire_takes_the_oldest_first(store: &dyn Store) {
    for (key, end) in [(b"c", 3), (b"a", 1), (b"b", 2), (b"d", 50)] {
        assert_eq!(store.put(SPACE, key, b"", at(end)).unwrap(), Put::Stored);
        let counted = store.count(SPACE, b"key", key, 9, at(end), at(0)).unwrap();
        assert!(matches!(counted, Counted::Added(_)));
    }
    assert_eq!(store.answer(SPACE, b"a", b"yes", at(0)).unwrap(), Answered::Recorded);
    assert_eq!(store.advance(SPACE, b"a", 1, &[0; 32]).unwrap(), Advance::Advanced);

    assert_eq!(store.expire(at(40), 0).unwrap(), 0);
    assert_eq!(store.expire(at(40), 2).unwrap(), 2);
    assert!(store.get(SPACE, b"a").unwrap().is_none() && store.get(SPACE, b"b").unwrap().is_none());
    assert!(store.get(SPACE, b"c").unwrap().is_some());
    // One record is left, then the oldest two members go.
    assert_eq!(store.expire(at(40), 3).unwrap(), 3);
    assert_eq!(store.count(SPACE, b"key", b"c", 9, at(40), at(0)).unwrap(), Counted::Present(2));
    assert_eq!(store.expire(at(40), 9).unwrap(), 1);
    assert_eq!(store.expire(at(40), u32::MAX).unwrap(), 0);
    assert!(store.get(SPACE, b"d").unwrap().is_some());
    assert_eq!(store.put(SPACE, b"a", b"", at(60)).unwrap(), Put::Stored, "the key is free again");
    assert_eq!(store.advance(SPACE, b"a", 1, &[0; 32]).unwrap(), Advance::Same, "what was seen stays");
}

pub(crate) fn expire_leaves_what_ends_now(store: &dyn Store) {
    assert_eq!(store.put(SPACE, b"key", b"", at(10)).unwrap(), Put::Stored);
    assert_eq!(store.expire(at(10), 9).unwrap(), 0);
    assert_eq!(store.expire(at(10) + 1.microsecond(), 9).unwrap(), 1);
}

pub(crate) fn a_claim_has_one_answer(store: &dyn Store) {
    const OLD: Space = Space::new("superseded");
    for key in [b"one", b"two"] {
        assert_eq!(store.put(SPACE, key, b"", at(5)).unwrap(), Put::Stored);
    }
    let answer = |key: &[u8], old: &[u8], now| {
        store.answer_claiming(SPACE, key, key, Claim { space: OLD, key: old, by: key }, at(now)).unwrap()
    };
    // What isn't recorded claims nothing.
    assert_eq!(answer(b"none", b"old", 0), Answered::Unknown);
    assert_eq!(answer(b"one", b"old", 6), Answered::Expired);
    assert_eq!(answer(b"one", b"old", 0), Answered::Recorded);
    assert_eq!(answer(b"one", b"old", 0), Answered::Already(b"one".to_vec()));
    assert_eq!(answer(b"two", b"old", 0), Answered::Claimed);
    assert_eq!(store.get(SPACE, b"two").unwrap().unwrap().answer, None);
    assert_eq!(answer(b"two", b"other", 0), Answered::Recorded);
    // What was recorded is told, whatever is claimed.
    assert_eq!(answer(b"two", b"old", 0), Answered::Already(b"two".to_vec()));
}

pub(crate) fn claims_together_are_all_or_none(store: &dyn Store) {
    const OLD: Space = Space::new("superseded");
    for key in [b"a", b"b", b"c", b"d"] {
        assert_eq!(store.put(SPACE, key, b"", at(5)).unwrap(), Put::Stored);
    }
    let one = |key: &'static [u8], old, by| Answering {
        space: SPACE,
        key,
        answer: key,
        claim: Some(Claim { space: OLD, key: old, by }),
    };
    let all = |answers: &[Answering<'_>]| store.answer_all(answers, at(0)).unwrap();
    let kept = |space, key: &[u8]| store.get(space, key).unwrap().and_then(|entry| entry.answer);
    assert_eq!(all(&[one(b"a", b"1", b"x")]), AnsweredAll::Recorded);

    // The last one's claim is another's: neither the answer before it nor what that one claimed stays.
    let claimed = AnsweredAll::Not { index: 1, found: Answered::Claimed };
    assert_eq!(all(&[one(b"b", b"2", b"y"), one(b"c", b"1", b"y")]), claimed);
    // Two of the same step claim the same for different ones.
    assert_eq!(all(&[one(b"b", b"2", b"y"), one(b"c", b"2", b"z")]), claimed);
    assert_eq!((kept(SPACE, b"b"), kept(SPACE, b"c"), kept(OLD, b"2")), (None, None, None));

    // For the same one both may, and what is claimed stays its first owner's.
    assert_eq!(all(&[one(b"b", b"2", b"y"), one(b"c", b"2", b"y")]), AnsweredAll::Recorded);
    assert_eq!(kept(OLD, b"2"), Some(b"y".to_vec()));
    assert_eq!(all(&[one(b"d", b"1", b"x")]), AnsweredAll::Recorded);
    assert_eq!(store.expire(at(99), 99).unwrap(), 4, "a claim never ends");
    assert_eq!(kept(OLD, b"1"), Some(b"x".to_vec()));
}
