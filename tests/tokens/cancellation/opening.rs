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

/// The checks of the home side's demand are those of the policy, and nothing but a live capture makes them.
#[test]
fn opening_in_the_owners_own_app_asks_for_what_the_policy_checks() {
    use realname::appraisal::{Policy, Requirement};
    use realname::profile::Purpose;

    let scene = Scene::new();
    let opening = || Opening::default().own_app("app-1");
    let silent = account_with(|_| (), Reach::Suspended);
    let refused = scene.home.open(&scene.store, &silent, &opening(), at(NOW)).unwrap_err();
    assert_eq!(refusal(Err::<(), _>(refused)), [ReasonCode::ConfirmationMissing]);
    let (_, demand) = scene.home.open(&scene.store, &account(), &opening(), at(NOW)).unwrap();
    let demand = VerifiedDemand::verify(demand.as_str(), &scene.world.list(), at(NOW)).unwrap();
    let asked = demand.requirements();
    assert!(!asked.onsite && asked.after_demand && asked.max_age.is_some());
    assert_eq!((asked.checks.as_slice(), asked.terminal.as_deref()), (&OWN_APP_CHECKS[..], Some("app-1")));

    let policy = Policy::cancel_online();
    let rule = policy.rule(&Purpose::SimCancel).unwrap();
    let required: Vec<Check> = rule.require.iter().flat_map(Requirement::checks).copied().collect();
    assert_eq!(required, OWN_APP_CHECKS);
    assert!(rule.live_capture && rule.afterwards == [Check::Confirmation]);
}
