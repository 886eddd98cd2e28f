//! Step 1: opening a case.

use super::*;

#[test]
fn opening_malicious_a_desk_learns_nothing_of_the_account() {
    let scene = Scene::new();
    let (asked, demand) = scene.open(&account());
    let payload = Unverified::parse(demand.as_str()).unwrap().peek().unwrap().to_bytes();
    let shown = format!("{} {asked:?} {demand:?}", String::from_utf8_lossy(&payload));
    for secret in ["CANARY", NUMBER, "4321", "43.21"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[test]
fn opening_stale_an_abandoned_case_frees_the_number_when_its_time_is_over() {
    let scene = Scene::new();
    let account = account();
    let _abandoned = scene.open(&account);
    let open = |now| scene.home.open(&scene.store, &account, &Opening::default(), now);
    assert_eq!(refusal(open(at(NOW + 3_599))), [ReasonCode::CancellationOpen]);
    assert!(open(at(NOW + 3_601)).is_ok());
}

#[test]
fn opening_doubled_is_refused_while_one_is_open_and_after_it_is_done() {
    let scene = Scene::new();
    let account = account();
    let confirmed = scene.confirmed(&account);
    let open = |now| scene.home.open(&scene.store, &account, &Opening::default(), now);
    assert_eq!(refusal(open(at(NOW + 95))), [ReasonCode::CancellationOpen]);
    let _committed = scene.commit(&confirmed, &account).unwrap();
    assert_eq!(refusal(open(at(NOW + 100_000))), [ReasonCode::CancellationDone]);
    // The next customer's subscription of the same number is another one.
    let next = Account::new(phone(PHONE), "sub-2", NUMBER, account.items().clone(), Reach::Receives).unwrap();
    assert!(scene.home.open(&scene.store, &next, &Opening::default(), at(NOW + 100_000)).is_ok());
}

#[test]
fn opening_doubled_by_sixty_four_threads_opens_one() {
    let scene = Scene::new();
    let opened = AtomicUsize::new(0);
    let barrier = Barrier::new(64);
    thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| {
                barrier.wait();
                let account = account();
                match scene.home.open(&scene.store, &account, &Opening::default(), at(NOW)) {
                    Ok(_) => _ = opened.fetch_add(1, Ordering::SeqCst),
                    other => assert_eq!(refusal(other), [ReasonCode::CancellationOpen]),
                }
            });
        }
    });
    assert_eq!(opened.load(Ordering::SeqCst), 1);
}
