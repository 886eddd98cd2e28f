//! Another card for the same holder.

use realname::cancellation::StatementRefused;

use super::*;

#[test]
fn the_whole_way_and_once() {
    let directory = tempfile::tempdir().unwrap();
    for scene in [Scene::new(), Scene::on(Box::new(SqliteStore::open_dir(directory.path()).unwrap()))] {
        let (account, change) = (account(), card());
        let whose = (&account, &change);
        let (opened, asked) = scene.open(&account, &change).unwrap();
        let [Asked { part: Part::Holder, demand, .. }] = asked.as_slice() else { panic!("{asked:?}") };
        let case = opened.case().to_owned();
        assert!(matches!(scene.resume(&case, &change), Stage::Opened(_)));
        let Arrived::Proven(proven) = scene.accept(&opened, &scene.desk(demand, Person::Holder)).unwrap()
        else {
            panic!("nobody else is expected")
        };
        assert!(!scene.is_answered(demand), "answered in the commit");

        // The desk sees which card it hands out, and nothing of the account.
        let seen = VerifiedDemand::verify(demand.as_str(), &scene.list, at(NOW)).unwrap();
        let digest = seen.transaction().unwrap().snapshot().unwrap().to_owned();
        let released = proven.release(whose, Part::Holder, at(NOW + 40)).unwrap();
        let shown =
            ChangeSnapshot::verify(released.as_str(), Act::Replacement, &digest, &scene.list, at(NOW + 41));
        let shown = shown.unwrap();
        assert_eq!(shown.card.unwrap().as_str(), CARD);
        assert_eq!((shown.number, shown.taker, shown.comes_with), (phone(PHONE), None, None));

        let acknowledged = proven.acknowledge(scene.store(), whose, &[], at(NOW + 60)).unwrap();
        assert_eq!(refusal(scene.confirm(&acknowledged, whose, None)), [ReasonCode::ConfirmationMissing]);
        let grant = scene.grant(acknowledged.question(&account, Lang::Zh).unwrap(), &account);
        let confirmed = scene.confirm(&acknowledged, whose, Some(&grant)).unwrap();
        assert!(matches!(scene.resume(&case, &change), Stage::Confirmed(_)));
        let Committed::Now(receipt) = scene.commit(&confirmed, whose).unwrap() else { panic!("the first") };
        assert!(scene.is_answered(demand));
        let Committed::Before(again) = scene.commit(&confirmed, whose).unwrap() else { panic!("once") };
        assert_eq!(again, receipt);
        let Stage::Committed(found) = scene.resume(&case, &change) else { panic!("it is done") };
        assert_eq!(found, receipt);

        let verify = |act, number: &str, env| {
            VerifiedChange::verify(receipt.as_str(), act, &phone(number), env, &scene.list, at(NOW + 101))
        };
        let read = verify(Act::Replacement, PHONE, Env::Test).unwrap();
        assert_eq!((read.iss.as_str(), read.case.as_str()), (ASKER, case.as_str()));
        let refused = |result: Result<VerifiedChange, StatementRefused>| result.unwrap_err().0;
        let other = verify(Act::Replacement, "+8613900000000", Env::Test);
        assert_eq!(refused(other), ReasonCode::StatementOtherNumber);
        assert_eq!(refused(verify(Act::Transfer, PHONE, Env::Test)), ReasonCode::ActMismatch);
        assert_eq!(refused(verify(Act::Replacement, PHONE, Env::Production)), ReasonCode::EnvMismatch);
        let event = Act::Replacement.to_event(receipt.record()).preview(at(NOW + 101)).unwrap();
        assert!(String::from_utf8(event.to_vec()).unwrap().contains(r#""event":"replaced""#));
    }
}

#[test]
fn a_lost_card_is_replaced_on_the_checks_that_the_policy_then_asks_for() {
    let scene = Scene::new();
    let (lost, change) = (account_with(|_| (), Reach::ReportedLost), card());
    let (_, asked) = scene.open(&lost, &change).unwrap();
    let demand = VerifiedDemand::verify(asked[0].demand.as_str(), &scene.list, at(NOW)).unwrap();
    assert!(demand.requirements().checks.contains(&Check::FaceRegistry), "{:?}", demand.requirements());

    let scene = Scene::new();
    let acknowledged = scene.acknowledged(&lost, &change);
    assert!(acknowledged.question(&lost, Lang::Zh).is_none());
    let confirmed = scene.confirm(&acknowledged, (&lost, &change), None).unwrap();
    // The holder found it, or it never was lost.
    let found = account();
    assert_eq!(refusal(scene.commit(&confirmed, (&found, &change))), [ReasonCode::ConfirmationMissing]);
    let committed = scene.commit(&confirmed, (&lost, &change)).unwrap();
    let jws = realname::jose::Unverified::parse(committed.receipt().record()).unwrap();
    assert_eq!(jws.peek().unwrap().text("unreachable"), Ok("reported_lost"));
}

#[test]
fn a_number_that_falls_silent_after_its_demand_was_made_is_asked_for_anew() {
    let scene = Scene::new();
    let change = card();
    let acknowledged = scene.acknowledged(&account(), &change);
    let silent = account_with(|_| (), Reach::Absent);
    let result = scene.confirm(&acknowledged, (&silent, &change), None);
    assert_eq!(refusal(result), [ReasonCode::SnapshotStale]);
}

#[test]
fn where_the_policy_says_so_no_silent_number_gets_a_card() {
    let mut scene = Scene::new();
    scene.changes = scene.changes.with_silent(Act::Replacement, Silent::Refused);
    let lost = account_with(|_| (), Reach::ReportedLost);
    assert_eq!(refusal(scene.open(&lost, &card())), [ReasonCode::NumberSilent]);
    assert!(scene.open(&account(), &card()).is_ok());
}

#[test]
fn a_card_is_given_out_once() {
    let scene = Scene::new();
    let change = card();
    let one = scene.confirmed(&account(), &change);
    let items = account().items().clone();
    let other = Account::new(phone("+8613900000000"), "sub-2", NUMBER, items, Reach::Suspended).unwrap();
    let two = scene.confirmed(&other, &change);
    assert!(matches!(scene.commit(&one, (&account(), &change)), Ok(Committed::Now(_))));
    assert_eq!(refusal(scene.commit(&two, (&other, &change))), [ReasonCode::CardUsed]);
}

#[test]
fn debts_and_contract_stay_and_stop_no_new_card() {
    let scene = Scene::new();
    let owing = |items: &mut Items| {
        items.arrears = Price::fen(1);
        items.contract = Contract::Until("2027-01-31".parse().unwrap());
    };
    let (account, change) = (account_with(owing, Reach::Receives), card());
    let confirmed = scene.confirmed(&account, &change);
    assert!(matches!(scene.commit(&confirmed, (&account, &change)), Ok(Committed::Now(_))));
}

#[test]
fn cards_have_numbers_of_a_form() {
    for good in [CARD, "8986001234567890123", "8986003MFSSYYGXXXXXX"] {
        assert!(good.parse::<NewCard>().is_ok(), "{good}");
    }
    for bad in
        ["", "898600123456789012", "123456789012345678901", "99860012345678901234", "8986001234567890123a"]
    {
        assert!(bad.parse::<NewCard>().is_err(), "{bad}");
    }
}
