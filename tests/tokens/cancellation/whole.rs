//! A whole cancellation, crashes at each step, and who is named in the output.

use super::*;

#[test]
fn the_whole_way() {
    let scene = Scene::new();
    let account = account();
    let list = scene.world.list();
    let (asked, demand) = scene.open(&account);
    let at_the_desk = VerifiedDemand::verify(demand.as_str(), &list, at(NOW)).unwrap();
    let sealed = at_the_desk.transaction().unwrap().snapshot().unwrap().to_owned();

    let identified = scene.identify(&asked, &scene.world.present(&at_the_desk)).unwrap();
    let released = identified.release(&account, at(NOW + 40)).unwrap();
    let shown = Snapshot::verify(released.as_str(), &sealed, &list, at(NOW + 41)).unwrap();
    assert_eq!((&shown.items, &shown.number), (account.items(), account.number()));

    let acknowledgements = acknowledgements(&identified, &account);
    let acknowledged =
        identified.acknowledge(&scene.store, &account, &acknowledgements, at(NOW + 60)).unwrap();
    let grant = scene.grant(&acknowledged, &account);
    let confirmed = scene.confirm(&acknowledged, &account, Some(&grant)).unwrap();
    let Committed::Now(receipt) = scene.commit(&confirmed, &account).unwrap() else { panic!("first commit") };

    let read = VerifiedReceipt::verify(receipt.as_str(), account.number(), Env::Test, &list, at(NOW + 101));
    let read = read.unwrap();
    assert_eq!((read.iss.as_str(), read.case.as_str()), (ASKER, asked.case()));
    assert_eq!(read.cancelled_on.after(90), Some(read.quarantine_until));
    let last = read.quarantine_until.end();
    let moment = jiff::SignedDuration::from_nanos(1);
    assert!(!read.may_be_given_again(at(NOW + 101)) && !read.may_be_given_again(last - moment));
    assert!(read.may_be_given_again(last));
}

#[test]
fn every_step_is_found_again_in_the_store() {
    let scene = Scene::new();
    let account = account();
    let number = account.number();
    let resume = |case: &str| scene.home.resume(&scene.store, case, number).unwrap().unwrap();

    let (asked, demand) = scene.open(&account);
    let case = asked.case().to_owned();
    let Stage::Asked(asked) = resume(&case) else { panic!() };
    let _ = scene.identify(&asked, &scene.presentation(&demand)).unwrap();
    let Stage::Identified(identified) = resume(&case) else { panic!() };
    let acknowledgements = acknowledgements(&identified, &account);
    let _ = identified.acknowledge(&scene.store, &account, &acknowledgements, at(NOW + 60)).unwrap();
    let Stage::Acknowledged(acknowledged) = resume(&case) else { panic!() };
    let grant = scene.grant(&acknowledged, &account);
    let _ = scene.confirm(&acknowledged, &account, Some(&grant)).unwrap();
    let Stage::Confirmed(confirmed) = resume(&case) else { panic!() };
    let committed = scene.commit(&confirmed, &account).unwrap();
    let Stage::Committed(receipt) = resume(&case) else { panic!() };
    assert_eq!(&receipt, committed.receipt());
}

#[test]
fn a_proof_outlives_its_demand_and_a_crash_before_its_note() {
    let scene = Scene::new();
    let account = account();
    let (asked, demand) = scene.open(&account);
    // A process that ended between the demand's answer and the case's note.
    let presentation = scene.presentation(&demand);
    let answer = realname::rely::answer(
        &scene.store,
        &presentation,
        realname::rely::DemandRef::ByPresentation,
        &scene.world.list(),
        at(NOW + 30),
        &Limits::default(),
    );
    assert!(answer.unwrap().verdict.is_accepted());
    let resume = |asked: &Asked| scene.home.resume(&scene.store, asked.case(), account.number()).unwrap();
    assert!(matches!(resume(&asked), Some(Stage::Identified(_))));

    // A store that was swept after the demand's time and before the case's.
    let scene = Scene::new();
    let (asked, demand) = scene.open(&account);
    let _ = scene.identify(&asked, &scene.presentation(&demand)).unwrap();
    assert!(scene.store.expire(at(NOW + 700), 100).unwrap() > 0);
    let found = scene.home.resume(&scene.store, asked.case(), account.number()).unwrap();
    assert!(matches!(found, Some(Stage::Identified(_))));
}

#[test]
fn a_number_that_receives_nothing_needs_no_grant_and_the_receipt_says_why() {
    let scene = Scene::new();
    let account = account_with(|_| (), Reach::ReportedLost);
    let acknowledged = scene.acknowledged(&account);
    assert!(acknowledged.question(&account, Lang::Zh).is_none());
    let confirmed = scene.confirm(&acknowledged, &account, None).unwrap();
    let committed = scene.commit(&confirmed, &account).unwrap();
    let payload = Unverified::parse(committed.receipt().record()).unwrap().peek().unwrap().clone();
    assert_eq!(payload.text("unreachable"), Ok("reported_lost"));
    assert!(payload.member("grant").is_none());
}

#[test]
fn no_debug_and_no_error_shows_a_person() {
    let scene = Scene::new();
    let account = account();
    let (asked, demand) = scene.open(&account);
    let identified = scene.identify(&asked, &scene.presentation(&demand)).unwrap();
    let released = identified.release(&account, at(NOW + 40)).unwrap();
    let stale = identified.release(&changed(), at(NOW + 40)).unwrap_err();
    let shown =
        format!("{account:?} {asked:?} {identified:?} {released:?} {stale:?} {stale} {:?}", scene.home);
    for secret in ["测试甲", NUMBER, "13800000000"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}
