//! The whole way, and what attacks or overtakes it at each step. People, numbers and accounts are synthetic.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use jiff::Timestamp;

use super::*;
use crate::attest::tests::{ASKER, NAME, NOW, NUMBER, World, at, verified};
use crate::confirmation::{Asking, Confirmer, LedgerSecret, PhoneNumber, Price, Replied, Reply};
use crate::demand::{Demand, VerifiedDemand};
use crate::jose::{SigningKey, Unverified};
use crate::profile::{Check, Env, Lang, ReasonCode};
use crate::rely::Limits;
use crate::store::{MemoryStore, Store};

const PHONE: &str = "+8613800000000";

/// The home side with its store; the desk's keys and the trust list are the world's.
struct Scene {
    world: World,
    store: MemoryStore,
    home: HomeSide,
    confirmer: Confirmer,
}

impl Scene {
    fn new() -> Self {
        let world = World::new();
        // The key that the world's trust list knows as the asker's.
        let signer = || Arc::new(SigningKey::from_ed25519_seed(&[3; 32]));
        let secret = LedgerSecret::new([5; 32]);
        let home = HomeSide::new(ASKER, signer(), secret.clone()).env(Env::Test);
        let confirmer = Confirmer::new(ASKER, signer(), secret).unwrap().env(Env::Test);
        Self { world, store: MemoryStore::new(), home, confirmer }
    }

    fn open(&self, account: &Account) -> (Asked, Demand) {
        let opening = Opening::default().checks([Check::Chip, Check::Registry]).text("Cancel this number");
        self.home.open(&self.store, account, &opening, at(NOW)).unwrap()
    }

    /// What the desk sends for a demand.
    fn presentation(&self, demand: &Demand) -> String {
        let demand = VerifiedDemand::verify(demand.as_str(), &self.world.list(), at(NOW)).unwrap();
        self.world.present(&demand)
    }

    fn identify(&self, asked: &Asked, presentation: &str) -> Result<Identified, CancellationError> {
        self.identify_at(asked, presentation, at(NOW + 30))
    }

    fn identify_at(
        &self,
        asked: &Asked,
        presentation: &str,
        now: Timestamp,
    ) -> Result<Identified, CancellationError> {
        asked.identify(&self.store, presentation, &self.world.list(), &Limits::default(), now)
    }

    fn identified(&self, account: &Account) -> Identified {
        let (asked, demand) = self.open(account);
        self.identify(&asked, &self.presentation(&demand)).unwrap()
    }

    fn acknowledged(&self, account: &Account) -> Acknowledged {
        let identified = self.identified(account);
        identified
            .acknowledge(&self.store, account, &acknowledgements(&identified, account), at(NOW + 60))
            .unwrap()
    }

    /// The customer confirms on the number.
    fn grant(&self, acknowledged: &Acknowledged, account: &Account) -> String {
        let question = acknowledged.question(account, Lang::Zh).unwrap();
        let Asking::Ask(challenge) = self.confirmer.ask(&self.store, question, at(NOW + 70)).unwrap() else {
            panic!("asked before")
        };
        let service = challenge.service().clone();
        let reply = Reply::text(account.number().clone(), service, challenge.message().reply());
        match self.confirmer.reply(&self.store, &reply, at(NOW + 80)).unwrap() {
            Replied::Granted(grant) => grant.as_str().to_owned(),
            other => panic!("{other:?}"),
        }
    }

    fn confirm(
        &self,
        acknowledged: &Acknowledged,
        account: &Account,
        grant: Option<&str>,
    ) -> Result<Confirmed, CancellationError> {
        acknowledged.confirm(&self.store, account, grant, &self.world.list(), at(NOW + 90))
    }

    fn confirmed(&self, account: &Account) -> Confirmed {
        let acknowledged = self.acknowledged(account);
        let grant = self.grant(&acknowledged, account);
        self.confirm(&acknowledged, account, Some(&grant)).unwrap()
    }

    fn commit(&self, confirmed: &Confirmed, account: &Account) -> Result<Committed, CancellationError> {
        confirmed.commit(&self.store, account, at(NOW + 100))
    }
}

fn acknowledgements(identified: &Identified, account: &Account) -> Vec<Acknowledgement> {
    identified.notices(account, Lang::Zh).iter().map(Notice::acknowledge).collect()
}

fn phone(text: &str) -> PhoneNumber {
    text.parse().unwrap()
}

/// An account with something changed.
fn account_with(change: impl FnOnce(&mut Items), reach: Reach) -> Account {
    let mut items = Items {
        name: NAME.into(),
        package: "PACKAGECANARY".into(),
        contract: Contract::None,
        bills: Price::FREE,
        prepaid: Price::fen(4_321),
        arrears: Price::FREE,
    };
    change(&mut items);
    Account::new(phone(PHONE), "sub-1", NUMBER, items, reach).unwrap()
}

fn account() -> Account {
    account_with(|_| (), Reach::Receives)
}

/// Something on the account changed while the case was open.
fn changed() -> Account {
    account_with(|items| items.prepaid = Price::fen(4_320), Reach::Receives)
}

fn refusal<T: std::fmt::Debug>(result: Result<T, CancellationError>) -> Vec<ReasonCode> {
    let error = result.unwrap_err();
    assert!(matches!(error, CancellationError::Refused(_)), "{error:?}");
    error.reasons().iter().map(|reason| reason.code).collect()
}

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
    let answer = crate::rely::answer(
        &scene.store,
        &presentation,
        crate::rely::Asked::ByPresentation,
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

// Step 1: opening.

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

// Step 2: proving the person.

#[test]
fn proving_malicious_another_persons_genuine_card() {
    let scene = Scene::new();
    let account = account();
    let (asked, demand) = scene.open(&account);
    let at_the_desk = VerifiedDemand::verify(demand.as_str(), &scene.world.list(), at(NOW)).unwrap();
    let thief = verified(|parts| {
        parts.facts.name = "测试乙".into();
        parts.facts.id_number = "119999199001010012".into();
    });
    let attestation = scene.world.attestor().attest(thief, &at_the_desk, at(NOW + 20)).unwrap();
    let presentation = attestation.present(&at_the_desk, at(NOW + 21)).unwrap();
    assert_eq!(refusal(scene.identify(&asked, &presentation)), [ReasonCode::HolderMismatch]);
    // Nothing was used up: the holder still can.
    assert!(scene.identify(&asked, &scene.world.present(&at_the_desk)).is_ok());
}

#[test]
fn proving_malicious_a_presentation_made_for_another_number() {
    let scene = Scene::new();
    let victims = Account::new(
        phone("+8613900000000"),
        "sub-9",
        "119999199001010012",
        account().items().clone(),
        Reach::Receives,
    );
    let (victims_case, _) = scene.open(&victims.unwrap());
    let (_, own_demand) = scene.open(&account());
    let presentation = scene.presentation(&own_demand);
    let reasons = refusal(scene.identify(&victims_case, &presentation));
    assert!(reasons.contains(&ReasonCode::DemandHashMismatch), "{reasons:?}");
}

#[test]
fn proving_stale_the_demand_or_the_case_is_over() {
    let scene = Scene::new();
    let (asked, demand) = scene.open(&account());
    let presentation = scene.presentation(&demand);
    let reasons = refusal(scene.identify_at(&asked, &presentation, at(NOW + 601)));
    assert!(reasons.contains(&ReasonCode::DemandExpired), "{reasons:?}");
    let reasons = refusal(scene.identify_at(&asked, &presentation, at(NOW + 3_600)));
    assert_eq!(reasons, [ReasonCode::CancellationOver]);
}

#[test]
fn proving_doubled_a_presentation_is_accepted_once() {
    let scene = Scene::new();
    let (asked, demand) = scene.open(&account());
    let presentation = scene.presentation(&demand);
    let _identified = scene.identify(&asked, &presentation).unwrap();
    let reasons = refusal(scene.identify(&asked, &presentation));
    assert!(reasons.contains(&ReasonCode::AlreadyAnswered), "{reasons:?}");
}

// Step 3: showing the account.

#[test]
fn showing_malicious_another_snapshot_is_not_believed_by_the_desk() {
    let scene = Scene::new();
    let account = account();
    let (asked, demand) = scene.open(&account);
    let list = scene.world.list();
    let at_the_desk = VerifiedDemand::verify(demand.as_str(), &list, at(NOW)).unwrap();
    let sealed = at_the_desk.transaction().unwrap().snapshot().unwrap().to_owned();
    let identified = scene.identify(&asked, &scene.world.present(&at_the_desk)).unwrap();
    let released = identified.release(&account, at(NOW + 40)).unwrap();
    let verify =
        |text: &str, digest: &str| Snapshot::verify(text, digest, &list, at(NOW + 41)).unwrap_err().0;

    let other = crate::jose::encode(&[0; 32]);
    assert_eq!(verify(released.as_str(), &other), ReasonCode::SnapshotStale);
    // One value withheld, one replaced, another type of token.
    let parts: Vec<&str> = released.as_str().split('~').collect();
    let withheld = [&parts[..1], &parts[2..]].concat().join("~");
    assert_eq!(verify(&withheld, &sealed), ReasonCode::ClaimMissing);
    let swapped =
        crate::jose::encode(r#"["c2FsdHNhbHRzYWx0c2FsdA","arrears",{"currency":"CNY","fen":0}]"#.as_bytes());
    let replaced = [&parts[..7], &[&swapped[..]], &parts[8..]].concat().join("~");
    assert_eq!(verify(&replaced, &sealed), ReasonCode::DisclosureUnreferenced);
    let late = Snapshot::verify(released.as_str(), &sealed, &list, at(NOW + 3_600)).unwrap_err().0;
    assert_eq!(late, ReasonCode::Expired);
}

#[test]
fn showing_stale_a_changed_account_is_not_shown() {
    let scene = Scene::new();
    let identified = scene.identified(&account());
    assert_eq!(refusal(identified.release(&changed(), at(NOW + 40))), [ReasonCode::SnapshotStale]);
    assert_eq!(refusal(identified.release(&account(), at(NOW + 3_600))), [ReasonCode::CancellationOver]);
    let renamed = account_with(|items| items.name = "测试丙".into(), Reach::Receives);
    assert_eq!(refusal(identified.release(&renamed, at(NOW + 40))), [ReasonCode::SnapshotStale]);
}

#[test]
fn showing_doubled_shows_the_same() {
    let scene = Scene::new();
    let identified = scene.identified(&account());
    let show = || identified.release(&account(), at(NOW + 40)).unwrap().as_str().to_owned();
    assert_eq!(show(), show());
}

// Step 4: the notices.

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

// Step 5: the second confirmation.

#[test]
fn confirming_malicious_without_the_number_itself() {
    let scene = Scene::new();
    let account = account();
    let acknowledged = scene.acknowledged(&account);
    assert_eq!(refusal(scene.confirm(&acknowledged, &account, None)), [ReasonCode::ConfirmationMissing]);

    // The thief's own number confirms.
    let own =
        Account::new(phone("+8613900000000"), "sub-9", NUMBER, account.items().clone(), Reach::Receives);
    let grant = scene.grant(&acknowledged, &own.unwrap());
    let result = scene.confirm(&acknowledged, &account, Some(&grant));
    assert_eq!(refusal(result), [ReasonCode::GrantOtherNumber]);
}

#[test]
fn confirming_malicious_with_a_grant_for_something_else() {
    let scene = Scene::new();
    let account = account();
    let acknowledged = scene.acknowledged(&account);
    // The customer said yes to a ringback tone.
    let tone = crate::confirmation::Question::new(
        account.number().clone(),
        "vas:tone".parse().unwrap(),
        Price::FREE,
        "彩铃",
    );
    let Asking::Ask(challenge) = scene.confirmer.ask(&scene.store, tone.unwrap(), at(NOW + 70)).unwrap()
    else {
        panic!()
    };
    let reply =
        Reply::text(account.number().clone(), challenge.service().clone(), challenge.message().reply());
    let Replied::Granted(grant) = scene.confirmer.reply(&scene.store, &reply, at(NOW + 80)).unwrap() else {
        panic!()
    };
    let result = scene.confirm(&acknowledged, &account, Some(grant.as_str()));
    assert_eq!(refusal(result), [ReasonCode::GrantOtherService]);
}

#[test]
fn confirming_stale_a_grant_of_yesterday_and_a_changed_account() {
    let scene = Scene::new();
    let account = account();
    let acknowledged = scene.acknowledged(&account);
    let grant = scene.grant(&acknowledged, &account);
    let result = scene.confirm(&acknowledged, &changed(), Some(&grant));
    assert_eq!(refusal(result), [ReasonCode::SnapshotStale]);

    // A case of a day's length, so that midnight comes before its end.
    let scene = Scene::new();
    let home = scene.home.clone().life(86_400).unwrap();
    let scene = Scene { home, ..scene };
    let acknowledged = scene.acknowledged(&account);
    let grant = scene.grant(&acknowledged, &account);
    let midnight = crate::confirmation::NaturalDay::of(at(NOW)).end();
    let result = acknowledged.confirm(&scene.store, &account, Some(&grant), &scene.world.list(), midnight);
    assert_eq!(refusal(result), [ReasonCode::GrantOtherDay]);
}

#[test]
fn confirming_doubled_a_grant_serves_one_case_and_a_case_takes_one() {
    let scene = Scene::new();
    let account = account();
    let acknowledged = scene.acknowledged(&account);
    let grant = scene.grant(&acknowledged, &account);
    assert!(scene.confirm(&acknowledged, &account, Some(&grant)).is_ok());
    assert_eq!(refusal(scene.confirm(&acknowledged, &account, Some(&grant))), [ReasonCode::StepDone]);

    // Another case of the same number, opened by a short-lived home side after the first one's time.
    let next = Account::new(phone(PHONE), "sub-2", NUMBER, account.items().clone(), Reach::Receives).unwrap();
    let other = scene.acknowledged(&next);
    assert_eq!(refusal(scene.confirm(&other, &next, Some(&grant))), [ReasonCode::GrantUsed]);
}

// Step 6: the commit.

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

// The receipt, and what is kept.

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
