//! What belongs to something else, comes too late, or comes twice.

use super::*;

#[test]
fn another_acts_proof_is_refused() {
    let scene = Scene::new();
    let items = account().items().clone();
    let other = Account::new(phone("+8613900000000"), "sub-2", NUMBER, items, Reach::Receives).unwrap();
    let (opened, asked) = scene.open(&account(), &transfer()).unwrap();
    let (_, others) = scene.open(&other, &card()).unwrap();
    let foreign = scene.desk(&others[0].demand, Person::Holder);
    assert_eq!(refusal(scene.accept(&opened, &foreign)), [ReasonCode::ActMismatch]);
    assert_eq!(refusal(scene.accept(&opened, "x")), [ReasonCode::TokenMalformed]);
    assert!(scene.accept(&opened, &scene.desk(&asked[0].demand, Person::Holder)).is_ok());
}

#[test]
fn a_proof_counts_once_and_the_same_one_may_be_sent_again() {
    let scene = Scene::new();
    let (opened, asked) = scene.open(&account(), &transfer()).unwrap();
    let one = scene.desk(&asked[0].demand, Person::Holder);
    for _ in 0..2 {
        assert!(matches!(scene.accept(&opened, &one), Ok(Arrived::Waiting(_))));
    }
    let two = scene.desk(&asked[0].demand, Person::Holder);
    assert_ne!(one, two);
    assert_eq!(refusal(scene.accept(&opened, &two)), [ReasonCode::StepDone]);
}

#[test]
fn a_proof_that_is_too_late_is_refused() {
    let scene = Scene::new();
    let (opened, asked) = scene.open(&account(), &transfer()).unwrap();
    let proof = scene.desk(&asked[1].demand, Person::Stranger);
    let accept =
        |seconds| opened.accept(scene.store(), &proof, &scene.list, &Limits::default(), at(NOW + seconds));
    assert!(refusal(accept(601)).contains(&ReasonCode::DemandExpired), "{:?}", refusal(accept(601)));
    assert_eq!(refusal(accept(3_600)), [ReasonCode::ActOver]);
    assert!(accept(30).is_ok());
}

#[test]
fn a_case_ends_with_its_time_and_a_repeat_is_told_even_then() {
    let scene = Scene::new();
    let (account, change) = (account(), card());
    let late = |confirmed: &Confirmed| {
        let trust = (&scene.list, &Limits::default());
        confirmed.commit(scene.store(), (&account, &change), trust, at(NOW + 3_600))
    };
    let confirmed = scene.confirmed(&account, &change);
    assert_eq!(refusal(late(&confirmed)), [ReasonCode::ActOver]);
    let done = scene.commit(&confirmed, (&account, &change)).unwrap();
    let Committed::Before(again) = late(&confirmed).unwrap() else { panic!("it is done") };
    assert_eq!(&again, done.receipt());
}

#[test]
fn what_changed_meanwhile_is_stale_and_what_is_another_is_the_callers() {
    let scene = Scene::new();
    let (account, change) = (account(), transfer());
    let confirmed = scene.confirmed(&account, &change);
    let changed = account_with(|items| items.prepaid = Price::fen(4_320), Reach::Receives);
    assert_eq!(refusal(scene.commit(&confirmed, (&changed, &change))), [ReasonCode::SnapshotStale]);
    let items = account.items().clone();
    let gone = Account::new(phone(PHONE), "sub-1", TAKER.1, items.clone(), Reach::Receives).unwrap();
    assert_eq!(refusal(scene.commit(&confirmed, (&gone, &change))), [ReasonCode::SnapshotStale]);
    let other = Account::new(phone("+8613900000000"), "sub-1", NUMBER, items, Reach::Receives).unwrap();
    let result = scene.commit(&confirmed, (&other, &change));
    assert!(matches!(result, Err(ChangeError::OtherAccount)));
    for another in [card(), Change::Transfer(Taker::new("测试丁", TAKER.1, Admission::Free))] {
        let result = scene.commit(&confirmed, (&account, &another));
        assert!(matches!(result, Err(ChangeError::OtherChange)));
        let found = scene.changes.resume(scene.store(), confirmed.case(), (account.number(), &another));
        assert!(matches!(found, Err(ChangeError::OtherChange)));
    }
    let unknown = scene.changes.resume(scene.store(), confirmed.case(), (other.number(), &change));
    assert!(unknown.unwrap().is_none());
    assert!(scene.commit(&confirmed, (&account, &change)).is_ok());
}

#[test]
fn one_thing_at_a_time_is_done_with_a_number() {
    let scene = Scene::new();
    let _ = scene.open(&account(), &card()).unwrap();
    assert_eq!(refusal(scene.open(&account(), &transfer())), [ReasonCode::ActOpen]);
    let home = HomeSide::new(ASKER, Arc::new(key(3)), LedgerSecret::new([5; 32])).with_env(Env::Test);
    let cancelled = home.open(scene.store(), &account(), &Opening::default(), at(NOW));
    assert!(cancelled.unwrap_err().has(ReasonCode::CancellationOpen));
}

#[test]
fn a_demand_that_was_answered_elsewhere_stops_the_act_whole() {
    let scene = Scene::new();
    let (account, change) = (account(), transfer());
    let (opened, asked) = scene.open(&account, &change).unwrap();
    let proofs: Vec<String> = asked.iter().map(|asked| scene.desk(&asked.demand, who(asked.part))).collect();
    let _ = scene.accept(&opened, &proofs[0]).unwrap();
    let Arrived::Proven(proven) = scene.accept(&opened, &proofs[1]).unwrap() else { panic!("both") };
    let read = read(&proven, (&account, &change));
    let acknowledged = proven.acknowledge(scene.store(), (&account, &change), &read, at(NOW + 60)).unwrap();
    let grant = scene.grant(acknowledged.question(&account, Lang::Zh).unwrap(), &account);
    let confirmed = scene.confirm(&acknowledged, (&account, &change), Some(&grant)).unwrap();
    let answer = realname::rely::answer(
        scene.store(),
        &proofs[1],
        realname::rely::DemandRef::ByPresentation,
        &scene.list,
        at(NOW + 95),
        &Limits::default(),
    );
    assert!(answer.unwrap().verdict.is_accepted());
    assert_eq!(refusal(scene.commit(&confirmed, (&account, &change))), [ReasonCode::AlreadyAnswered]);
    assert!(!scene.is_answered(&asked[0].demand), "the giver's wasn't used up");
    assert!(matches!(scene.resume(confirmed.case(), &change), Stage::Confirmed(_)));
}

#[test]
fn an_issuer_who_lost_trust_before_the_commit_stops_it() {
    let scene = Scene::new();
    let (account, change) = (account(), transfer());
    let confirmed = scene.confirmed(&account, &change);
    let world = World::new();
    let list = sign_list(&world.anchor, &payload(8, vec![world.asks(&["sim.transfer"])]));
    let list = TrustList::as_of(&list, &world.anchors(), at(NOW)).unwrap();
    let result =
        confirmed.commit(scene.store(), (&account, &change), (&list, &Limits::default()), at(NOW + 100));
    assert_eq!(refusal(result), [ReasonCode::KeyUnknown, ReasonCode::KeyUnknown]);
}

#[test]
fn a_grant_for_something_else_confirms_nothing() {
    let scene = Scene::new();
    let (account, change) = (account(), transfer());
    let items = account.items().clone();
    let other = Account::new(phone("+8613900000000"), "sub-2", NUMBER, items, Reach::Receives).unwrap();
    let replacing = scene.acknowledged(&other, &card());
    let grant = scene.grant(replacing.question(&other, Lang::Zh).unwrap(), &other);
    let acknowledged = scene.acknowledged(&account, &change);
    let reasons = refusal(scene.confirm(&acknowledged, (&account, &change), Some(&grant)));
    assert!(reasons.contains(&ReasonCode::GrantOtherNumber), "{reasons:?}");
    // Of this number, for another act.
    let scene = Scene::new();
    let replacing = scene.acknowledged(&account, &card());
    let grant = scene.grant(replacing.question(&account, Lang::Zh).unwrap(), &account);
    assert!(scene.store().expire(at(NOW + 3_700), 100).unwrap() > 0, "the first case's time is over");
    let acknowledged = scene.acknowledged(&account, &change);
    let reasons = refusal(scene.confirm(&acknowledged, (&account, &change), Some(&grant)));
    assert!(!reasons.is_empty());
}

#[test]
fn a_number_is_cancelled_or_transferred_and_never_both() {
    use realname::cancellation::Stage as Cancelling;
    for transfer_first in [true, false] {
        let scene = Scene::new();
        let (silent, change) = (account_with(|_| (), Reach::Suspended), transfer());
        let changes = scene.changes.clone().with_silent(Act::Transfer, Silent::Needs(Vec::new()));
        let scene = Scene { changes, ..scene };
        let home = HomeSide::new(ASKER, Arc::new(key(3)), LedgerSecret::new([5; 32])).with_env(Env::Test);
        let (asked, demand) = home.open(scene.store(), &silent, &Opening::default(), at(NOW)).unwrap();
        let proof = scene.desk(&demand, Person::Holder);
        let limits = Limits::default();
        let identified = asked.identify(scene.store(), &proof, &scene.list, &limits, at(NOW + 30)).unwrap();
        let notices: Vec<_> = identified.notices(&silent, Lang::Zh).iter().map(Notice::acknowledge).collect();
        let told = identified.acknowledge(scene.store(), &silent, &notices, at(NOW + 40)).unwrap();
        let cancelling = told.confirm(scene.store(), &silent, None, &scene.list, at(NOW + 50)).unwrap();
        // Both are open at once only when a clock that was ahead ended the first one's lease.
        assert!(scene.store().expire(at(NOW + 3_700), 100).unwrap() > 0);
        let confirmed = scene.confirmed(&silent, &change);
        let cancel = || cancelling.commit(scene.store(), &silent, at(NOW + 100));
        if transfer_first {
            assert!(matches!(scene.commit(&confirmed, (&silent, &change)), Ok(Committed::Now(_))));
            assert!(cancel().unwrap_err().has(ReasonCode::CancellationDone));
            let found = home.resume(scene.store(), cancelling.case(), silent.number()).unwrap();
            assert!(!matches!(found, Some(Cancelling::Committed(_))));
        } else {
            assert!(cancel().is_ok());
            let refused = scene.commit(&confirmed, (&silent, &change));
            assert_eq!(refusal(refused), [ReasonCode::CancellationDone]);
        }
    }
}
