//! Step 4: notices, contracts and debts.

use super::*;

#[test]
fn telling_malicious_notices_that_were_skipped_or_reworded() {
    let scene = Scene::new();
    let account = account();
    let identified = scene.identified(&account);
    let all = acknowledgements(&identified, &account);
    let english: Vec<_> = identified.notices(&account, Lang::En).iter().map(Notice::acknowledge).collect();
    let mut reworded = all.clone();
    reworded[1].text_sha256 = [0; 32];
    let doubled = vec![all[0], all[1], all[1]];
    let mixed = vec![all[0], all[1], english[2]];
    for given in [vec![], all[..2].to_vec(), reworded, doubled, mixed] {
        let result = identified.acknowledge(&scene.store, &account, &given, at(NOW + 60));
        assert_eq!(refusal(result), [ReasonCode::NoticeMissing]);
    }
    assert!(identified.acknowledge(&scene.store, &account, &english, at(NOW + 60)).is_ok());
}

#[test]
fn telling_a_contract_or_a_debt_stops_it() {
    type Change = fn(&mut Items);
    let cases: [(Change, ReasonCode); 3] = [
        (
            |items| items.contract = Contract::Until(jiff::civil::date(2027, 6, 30)),
            ReasonCode::ContractInForce,
        ),
        (|items| items.arrears = Price::fen(1), ReasonCode::ArrearsOpen),
        (|items| items.bills = Price::fen(1), ReasonCode::ArrearsOpen),
    ];
    for (change, code) in cases {
        let scene = Scene::new();
        let account = account_with(change, Reach::Receives);
        let identified = scene.identified(&account);
        let given = acknowledgements(&identified, &account);
        assert_eq!(refusal(identified.acknowledge(&scene.store, &account, &given, at(NOW + 60))), [code]);
    }
}

#[test]
fn telling_stale_a_changed_account_starts_again() {
    let scene = Scene::new();
    let identified = scene.identified(&account());
    let given = acknowledgements(&identified, &changed());
    let result = identified.acknowledge(&scene.store, &changed(), &given, at(NOW + 60));
    assert_eq!(refusal(result), [ReasonCode::SnapshotStale]);
}

#[test]
fn telling_doubled_is_recorded_once() {
    let scene = Scene::new();
    let account = account();
    let identified = scene.identified(&account);
    let given = acknowledgements(&identified, &account);
    let tell = || identified.acknowledge(&scene.store, &account, &given, at(NOW + 60));
    assert!(tell().is_ok());
    assert_eq!(refusal(tell()), [ReasonCode::StepDone]);
}
