//! Step 6: the commit and its receipt.

use super::*;

#[test]
fn committing_malicious_another_number_than_the_case_was_opened_for() {
    let scene = Scene::new();
    let confirmed = scene.confirmed(&account());
    let victim =
        Account::new(phone("+8613900000000"), "sub-1", NUMBER, account().items().clone(), Reach::Receives);
    let result = scene.commit(&confirmed, &victim.unwrap());
    assert!(matches!(result, Err(CancellationError::OtherAccount)));
    let found = scene.home.resume(&scene.store, confirmed.case(), &phone("+8613900000000")).unwrap();
    assert!(found.is_none());
}

#[test]
fn committing_stale_what_changed_last_is_looked_at() {
    let scene = Scene::new();
    let confirmed = scene.confirmed(&account());
    assert_eq!(refusal(scene.commit(&confirmed, &changed())), [ReasonCode::SnapshotStale]);
    let owing = account_with(|items| items.arrears = Price::fen(1), Reach::Receives);
    assert_eq!(refusal(scene.commit(&confirmed, &owing)), [ReasonCode::SnapshotStale]);
    let late = confirmed.commit(&scene.store, &account(), at(NOW + 3_600));
    assert_eq!(refusal(late), [ReasonCode::CancellationOver]);
    assert!(scene.commit(&confirmed, &account()).is_ok());
}

#[test]
fn committing_malicious_a_number_that_was_switched_off_for_the_question_only() {
    let scene = Scene::new();
    let off = account_with(|_| {}, Reach::Suspended);
    let acknowledged = scene.acknowledged(&off);
    let confirmed = scene.confirm(&acknowledged, &off, None).unwrap();
    // It is back: now it has to be asked.
    let back = account_with(|_| {}, Reach::Receives);
    assert_eq!(refusal(scene.commit(&confirmed, &back)), [ReasonCode::ConfirmationMissing]);
    assert!(scene.commit(&confirmed, &off).is_ok());
}

#[test]
fn committing_stale_the_number_went_to_a_namesake() {
    let scene = Scene::new();
    let confirmed = scene.confirmed(&account());
    let namesake =
        Account::new(phone(PHONE), "sub-1", "119999198505050021", account().items().clone(), Reach::Receives);
    assert_eq!(refusal(scene.commit(&confirmed, &namesake.unwrap())), [ReasonCode::SnapshotStale]);
}

#[test]
fn committing_doubled_gives_the_first_receipt_and_cancels_once() {
    let scene = Scene::new();
    let account = account();
    let confirmed = scene.confirmed(&account);
    let cancelled = AtomicUsize::new(0);
    let barrier = Barrier::new(64);
    let receipts: Vec<Receipt> = thread::scope(|scope| {
        let threads: Vec<_> = (0..64)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    let committed = scene.commit(&confirmed, &account).unwrap();
                    if matches!(committed, Committed::Now(_)) {
                        cancelled.fetch_add(1, Ordering::SeqCst);
                    }
                    committed.receipt().clone()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(cancelled.load(Ordering::SeqCst), 1);
    assert!(receipts.iter().all(|receipt| *receipt == receipts[0]));
}

#[test]
fn committing_doubled_by_another_case_is_refused() {
    let scene = Scene::new();
    let account = account_with(|_| (), Reach::Suspended);
    // Two cases of one subscription are never open together, unless a clock that was ahead ended the first one's lease.
    let first = scene.acknowledged(&account);
    assert!(scene.store.expire(at(NOW + 3_700), 100).unwrap() > 0);
    let second = scene.acknowledged(&account);
    let first = scene.confirm(&first, &account, None).unwrap();
    let second = scene.confirm(&second, &account, None).unwrap();
    assert!(matches!(scene.commit(&first, &account), Ok(Committed::Now(_))));
    assert_eq!(refusal(scene.commit(&second, &account)), [ReasonCode::CancellationDone]);
}

#[test]
fn a_receipt_fits_one_number_and_cant_be_touched() {
    let scene = Scene::new();
    let account = account();
    let committed = scene.commit(&scene.confirmed(&account), &account).unwrap();
    let receipt = committed.receipt();
    let list = scene.world.list();
    let verify = |text: &str, number: &str, env| {
        VerifiedReceipt::verify(text, &phone(number), env, &list, at(NOW + 200)).unwrap_err().0
    };
    assert_eq!(verify(receipt.as_str(), "+8613900000000", Env::Test), ReasonCode::StatementOtherNumber);
    assert_eq!(verify(receipt.as_str(), PHONE, Env::Production), ReasonCode::EnvMismatch);
    assert_eq!(verify(receipt.record(), PHONE, Env::Test), ReasonCode::TokenMalformed);
    assert_eq!(verify(&format!("{}~", receipt.record()), PHONE, Env::Test), ReasonCode::ClaimMissing);
    let (input, signature) = receipt.record().rsplit_once('.').unwrap();
    let first = if signature.starts_with('_') { "-" } else { "_" };
    let forged = format!("{input}.{first}{}~", &signature[1..]);
    assert_ne!(verify(&forged, PHONE, Env::Test), ReasonCode::ClaimMissing);
    // A snapshot or a grant is no receipt.
    let acknowledged = {
        let other = Scene::new();
        let acknowledged = other.acknowledged(&account);
        other.grant(&acknowledged, &account)
    };
    assert_eq!(verify(&acknowledged, PHONE, Env::Test), ReasonCode::TypWrong);
}
