use super::*;
use crate::appraisal::Policy;
use crate::store::MemoryStore;

fn now() -> Timestamp {
    "2026-11-21T08:30:00Z".parse().unwrap()
}

fn jia() -> IdNumber {
    IdNumber::new("119999199001010004")
}

#[test]
fn five_numbers_per_document_and_operator() {
    let store = MemoryStore::new();
    let quotas = Quotas::new(&store, QuotaKey::new([7; 32]), Policy::on_site().limits());
    let count = |operator: &str, document: &IdNumber, number: u32| {
        quotas.count_number(operator, document, &format!("+861390000000{number}"), Timestamp::MAX, now())
    };
    for number in 1..=5 {
        assert_eq!(count("TEST-A", &jia(), number).unwrap(), number);
    }
    assert!(matches!(count("TEST-A", &jia(), 6), Err(QuotaError::TooManyNumbers { limit: 5 })));
    // One that is counted already, another operator, another document.
    assert_eq!(count("TEST-A", &jia(), 3).unwrap(), 5);
    assert_eq!(count("TEST-B", &jia(), 6).unwrap(), 1);
    assert_eq!(count("TEST-A", &IdNumber::new("11999919900101008x"), 6).unwrap(), 1);
    assert_eq!(count("TEST-A", &IdNumber::new("11999919900101008X"), 7).unwrap(), 2);
}

#[test]
fn a_reader_makes_no_more_checks_than_a_shop_can() {
    let store = MemoryStore::new();
    let quotas = Quotas::new(&store, QuotaKey::new([7; 32]), Policy::on_site().limits());
    let reader = SamId::from_bytes([5; 16]);
    for check in 1..=60 {
        assert_eq!(quotas.count_check(reader, &check.to_string(), now()).unwrap(), check);
    }
    assert!(matches!(quotas.count_check(reader, "61", now()), Err(QuotaError::TooManyChecks { limit: 60 })));
    assert!(quotas.count_check(SamId::from_bytes([6; 16]), "61", now()).is_ok());
    let next_hour = now() + SignedDuration::from_mins(30);
    assert_eq!(quotas.count_check(reader, "61", next_hour).unwrap(), 1);
}

#[test]
fn an_account_and_a_reader_are_counted_apart() {
    let store = MemoryStore::new();
    let quotas = Quotas::new(&store, QuotaKey::new([7; 32]), Policy::online().limits());
    let reader = SamId::from_bytes([5; 16]);
    let same_bytes = String::from_utf8(vec![5; 16]).unwrap();
    assert_eq!(quotas.count_check(reader, "1", now()).unwrap(), 1);
    for check in 1..=60 {
        assert_eq!(quotas.count_account_check(&same_bytes, &check.to_string(), now()).unwrap(), check);
    }
    assert!(quotas.count_account_check(&same_bytes, "61", now()).is_err());
    assert_eq!(quotas.count_check(reader, "2", now()).unwrap(), 2);
}

/// Sixty-four tills over these stores, which are one: five get a number for a document, sixty a check of a reader.
fn tills_at_once(stores: &[&dyn Store]) {
    let reader = SamId::from_bytes([5; 16]);
    let won = |step: &(dyn Fn(&Quotas<'_>, usize) -> bool + Sync)| {
        std::thread::scope(|scope| {
            let till = |n: usize| {
                let store = stores[n % stores.len()];
                let quotas = Quotas::new(store, QuotaKey::new([7; 32]), Policy::on_site().limits());
                scope.spawn(move || step(&quotas, n))
            };
            let tills: Vec<_> = (0..64).map(till).collect();
            tills.into_iter().map(|till| till.join().unwrap()).filter(|won| *won).count()
        })
    };
    let numbers = won(&|quotas, n| {
        quotas.count_number("TEST", &jia(), &format!("number {n}"), Timestamp::MAX, now()).is_ok()
    });
    let checks = won(&|quotas, n| quotas.count_check(reader, &format!("check {n}"), now()).is_ok());
    assert_eq!((numbers, checks), (5, 60));
    // The same number at every till is one number; and a full document still knows its own.
    let other = IdNumber::new("11999919900101008X");
    let again = won(&|quotas, _| {
        quotas
            .count_number("TEST", &other, "+8613900000001", Timestamp::MAX, now())
            .is_ok_and(|count| count == 1)
    });
    assert_eq!(again, 64);
}

#[test]
fn right_with_many_tills_at_once() {
    tills_at_once(&[&MemoryStore::new()]);
}

#[test]
fn right_with_many_tills_and_processes_on_one_sqlite_file() {
    use realname_store::SqliteStore;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("quotas.sqlite3");
    let opened: Vec<SqliteStore> = (0..4).map(|_| SqliteStore::open(&path).unwrap()).collect();
    let stores: Vec<&dyn Store> = opened.iter().map(|store| store as &dyn Store).collect();
    tills_at_once(&stores);
    // What is kept says neither whose it is nor which number.
    drop(opened);
    let mut kept = std::fs::read(&path).unwrap();
    kept.extend(std::fs::read(path.with_extension("sqlite3-wal")).unwrap_or_default());
    for personal in ["119999199001010004", "+8613900000001", "number 1"] {
        assert!(!kept.windows(personal.len()).any(|window| window == personal.as_bytes()), "{personal}");
    }
}

#[test]
fn the_key_is_not_shown_and_matters() {
    assert_eq!(format!("{:?}", QuotaKey::new([0x41; 32])), "QuotaKey([redacted])");
    let digest = |key: u8, parts: &[&[u8]]| QuotaKey::new([key; 32]).digest("x", parts);
    assert_ne!(digest(1, &[b"a"]), digest(2, &[b"a"]));
    assert_ne!(digest(1, &[b"ab", b"c"]), digest(1, &[b"a", b"bc"]));
}

#[test]
fn a_store_has_one_secret_whoever_comes_first() {
    let store = MemoryStore::new();
    let keys: Vec<[u8; 32]> = std::thread::scope(|scope| {
        let tills: Vec<_> =
            (0..8).map(|_| scope.spawn(|| QuotaKey::of_store(&store).unwrap().digest("x", &[]))).collect();
        tills.into_iter().map(|till| till.join().unwrap()).collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]));
    assert_ne!(QuotaKey::of_store(&MemoryStore::new()).unwrap().digest("x", &[]), keys[0]);
    // Housekeeping doesn't take it away.
    store.expire(now(), 1000).unwrap();
    assert_eq!(QuotaKey::of_store(&store).unwrap().digest("x", &[]), keys[0]);
    let broken = MemoryStore::new();
    let _ = broken.put(SPACE, KEY_OF_STORE, b"short", Timestamp::MAX).unwrap();
    assert!(matches!(QuotaKey::of_store(&broken), Err(QuotaError::Store(StoreError::Corrupt))));
}
