//! Another holder: two proofs about one act.

use super::*;

#[test]
fn the_whole_way_in_either_order_and_once() {
    let directory = tempfile::tempdir().unwrap();
    let sqlite = || Box::new(SqliteStore::open_dir(directory.path()).unwrap());
    for (scene, turned) in [(Scene::new(), false), (Scene::new(), true), (Scene::on(sqlite()), true)] {
        let (account, change) = (account(), transfer());
        let whose = (&account, &change);
        let (opened, asked) = scene.open(&account, &change).unwrap();
        let [giver, taker] = asked.as_slice() else { panic!("{asked:?}") };
        assert_eq!((giver.part, taker.part), (Part::Giver, Part::Taker));
        let case = opened.case().to_owned();
        let (first, second) = if turned { (taker, giver) } else { (giver, taker) };
        let arrived = scene.accept(&opened, &scene.desk(&first.demand, who(first.part))).unwrap();
        assert!(matches!(arrived, Arrived::Waiting(_)));
        let Stage::Opened(opened) = scene.resume(&case, &change) else { panic!("one is missing") };
        assert_eq!(opened.missing(scene.store()).unwrap(), [second.part]);
        let Arrived::Proven(proven) =
            scene.accept(&opened, &scene.desk(&second.demand, who(second.part))).unwrap()
        else {
            panic!("both are there")
        };
        assert!(!scene.is_answered(&giver.demand) && !scene.is_answered(&taker.demand));

        // Each desk sees what its person must know, and both were bound to the one seal.
        let digest = |asked: &Asked| {
            let demand = VerifiedDemand::verify(asked.demand.as_str(), &scene.list, at(NOW)).unwrap();
            demand.transaction().unwrap().snapshot().unwrap().to_owned()
        };
        assert_eq!(digest(giver), digest(taker));
        let shown = |part| {
            let released = proven.release(whose, part, at(NOW + 40)).unwrap();
            let (act, digest) = (Act::Transfer, digest(giver));
            ChangeSnapshot::verify(released.as_str(), act, &digest, &scene.list, at(NOW + 41)).unwrap()
        };
        let (to_giver, to_taker) = (shown(Part::Giver), shown(Part::Taker));
        assert_eq!(to_giver.taker.unwrap().as_str(), TAKER.0);
        assert_eq!((to_taker.taker, &to_taker.comes_with), (None, &to_giver.comes_with));
        assert_eq!(to_taker.comes_with.unwrap().prepaid, Price::fen(4_321));

        let notices = read(&proven, whose);
        let less = proven.acknowledge(scene.store(), whose, &notices[..2], at(NOW + 60));
        assert_eq!(refusal(less), [ReasonCode::NoticeMissing]);
        let acknowledged = proven.acknowledge(scene.store(), whose, &notices, at(NOW + 60)).unwrap();
        let grant = scene.grant(acknowledged.question(&account, Lang::Zh).unwrap(), &account);
        let confirmed = scene.confirm(&acknowledged, whose, Some(&grant)).unwrap();
        let Committed::Now(receipt) = scene.commit(&confirmed, whose).unwrap() else { panic!("the first") };
        for asked in &asked {
            let record = realname::rely::recorded(scene.store(), asked.demand.nonce()).unwrap();
            assert!(record.expect("answered").audit(&scene.list, &Limits::default()).is_accepted());
        }
        let Committed::Before(again) = scene.commit(&confirmed, whose).unwrap() else { panic!("once") };
        assert_eq!(again, receipt);
        let read = VerifiedChange::verify(
            receipt.as_str(),
            Act::Transfer,
            account.number(),
            Env::Test,
            &scene.list,
            at(NOW + 101),
        );
        assert_eq!(read.unwrap().case, case);
        // The giver's having of the number has ended.
        assert_eq!(refusal(scene.open(&account, &change)), [ReasonCode::CancellationDone]);
        assert_eq!(refusal(scene.open(&account, &card())), [ReasonCode::CancellationDone]);
    }
}

#[test]
fn nothing_is_transferred_to_who_has_it_or_gets_none() {
    let scene = Scene::new();
    let to_self = Change::Transfer(Taker::new("TEST", NUMBER, Admission::Free));
    assert_eq!(refusal(scene.open(&account(), &to_self)), [ReasonCode::SamePerson]);
    let barred = transfer_to(Admission::Barred);
    assert_eq!(refusal(scene.open(&account(), &barred)), [ReasonCode::TakerBarred]);
    let full = transfer_to(Admission::AtLimit);
    assert_eq!(refusal(scene.open(&account(), &full)), [ReasonCode::TakerAtLimit]);
    let silent = account_with(|_| (), Reach::ReportedLost);
    assert_eq!(refusal(scene.open(&silent, &transfer())), [ReasonCode::NumberSilent]);
    // None of them left anything open.
    assert!(scene.open(&account(), &transfer()).is_ok());
}

#[test]
fn whoever_is_barred_meanwhile_gets_nothing() {
    let scene = Scene::new();
    let confirmed = scene.confirmed(&account(), &transfer());
    let barred = transfer_to(Admission::Barred);
    assert_eq!(refusal(scene.commit(&confirmed, (&account(), &barred))), [ReasonCode::TakerBarred]);
    assert!(scene.commit(&confirmed, (&account(), &transfer())).is_ok());
}

#[test]
fn debts_and_contract_come_first() {
    let owing = |items: &mut Items| {
        items.bills = Price::fen(1);
        items.contract = Contract::Until("2027-01-31".parse().unwrap());
    };
    let (scene, account, change) = (Scene::new(), account_with(owing, Reach::Receives), transfer());
    let proven = scene.proven(&account, &change);
    let read = read(&proven, (&account, &change));
    let result = proven.acknowledge(scene.store(), (&account, &change), &read, at(NOW + 60));
    assert_eq!(refusal(result), [ReasonCode::ContractInForce, ReasonCode::ArrearsOpen]);
}

#[test]
fn another_persons_proof_is_refused_and_the_others_stays() {
    let scene = Scene::new();
    let (account, change) = (account(), transfer());
    let (opened, asked) = scene.open(&account, &change).unwrap();
    let [giver, taker] = asked.as_slice() else { panic!("{asked:?}") };
    let _ = scene.accept(&opened, &scene.desk(&giver.demand, Person::Holder)).unwrap();
    // The giver with the giver's own card, in the taker's place; then the giver's demand by the taker.
    let giver_again = scene.desk(&taker.demand, Person::Holder);
    assert_eq!(refusal(scene.accept(&opened, &giver_again)), [ReasonCode::HolderMismatch]);
    assert_eq!(opened.missing(scene.store()).unwrap(), [Part::Taker], "the giver's stays");
    let right = scene.desk(&taker.demand, Person::Stranger);
    assert!(matches!(scene.accept(&opened, &right), Ok(Arrived::Proven(_))));

    let scene = Scene::new();
    let (opened, asked) = scene.open(&account, &change).unwrap();
    let taker_instead = scene.desk(&asked[0].demand, Person::Stranger);
    assert_eq!(refusal(scene.accept(&opened, &taker_instead)), [ReasonCode::HolderMismatch]);
    assert_eq!(opened.missing(scene.store()).unwrap(), [Part::Giver, Part::Taker]);
}

#[test]
fn nothing_personal_is_kept_or_shown() {
    let directory = tempfile::tempdir().unwrap();
    let scene = Scene::on(Box::new(SqliteStore::open_dir(directory.path()).unwrap()));
    let (account, change) = (account(), transfer());
    let confirmed = scene.confirmed(&account, &change);
    let shown = format!("{confirmed:?} {change:?} {:?} {:?}", scene.changes, card());
    let committed = scene.commit(&confirmed, (&account, &change)).unwrap();
    let shown = format!("{shown} {committed:?}");
    for secret in [NAME, NUMBER, TAKER.0, TAKER.1, CARD, "13800000000", "PACKAGECANARY"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    drop(scene);
    for file in std::fs::read_dir(directory.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in [NAME, NUMBER, TAKER.0, TAKER.1, "PACKAGECANARY"] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
        }
    }
}
