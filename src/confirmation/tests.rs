//! The rule, its edges, and what attacks it. Numbers and texts are synthetic.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use jiff::{SignedDuration, Timestamp, ToSpan};

use super::*;
use crate::jose::{Algorithm, Json, SigningKey, Unverified, encode, sign};
use crate::profile::{Env, GRANT_TYP, Lang, Purpose, ReasonCode};
use crate::store::{MemoryStore, Store};
use crate::trust::{Anchor, TrustList, complete_list, sign_list};

const ISS: &str = "https://home.example";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn noon() -> Timestamp {
    at("2026-11-21T12:00:00+08:00")
}

fn number(last: u32) -> PhoneNumber {
    format!("+86138{last:08}").parse().unwrap()
}

fn service(name: &str) -> ServiceId {
    name.parse().unwrap()
}

fn question(number: PhoneNumber, name: &str) -> Question {
    Question::new(number, service(name), Price::fen(500), "测试业务").unwrap()
}

/// A relying party with its store, key and the trust list that knows it.
struct Home {
    store: MemoryStore,
    key: Arc<SigningKey>,
    confirmer: Confirmer,
    list: TrustList,
}

impl Home {
    fn new() -> Self {
        let key = Arc::new(SigningKey::generate(Algorithm::EdDsa).unwrap());
        let confirmer = Confirmer::new(ISS, key.clone(), LedgerSecret::new([1; 32])).unwrap();
        let list = list_with(&key, &["service.order"]);
        Self { store: MemoryStore::new(), key, confirmer, list }
    }

    fn ask(&self, question: Question, now: Timestamp) -> Challenge {
        match self.confirmer.ask(&self.store, question, now).unwrap() {
            Asking::Ask(challenge) => challenge,
            Asking::Before(standing) => panic!("asked before: {standing:?}"),
        }
    }

    fn before(&self, question: Question, now: Timestamp) -> Standing {
        match self.confirmer.ask(&self.store, question, now).unwrap() {
            Asking::Before(standing) => standing,
            Asking::Ask(_) => panic!("a second question"),
        }
    }

    fn reply(&self, number: PhoneNumber, name: &str, text: &str, now: Timestamp) -> Replied {
        self.confirmer.reply(&self.store, &Reply::text(number, service(name), text), now).unwrap()
    }

    fn grant(&self, question: Question, now: Timestamp) -> Grant {
        let (number, name) = (question.number.clone(), question.service.as_str().to_owned());
        let challenge = self.ask(question, now);
        match self.reply(number, &name, challenge.message().reply(), now) {
            Replied::Granted(grant) => grant,
            other => panic!("{other:?}"),
        }
    }

    fn verify(&self, compact: &str, order: &Order, now: Timestamp) -> Result<VerifiedGrant, Vec<ReasonCode>> {
        UnverifiedGrant::parse(compact)
            .and_then(|grant| grant.verify(&self.list, order, now))
            .map_err(|refused| refused.reasons)
    }
}

fn list_with(key: &SigningKey, purposes: &[&str]) -> TrustList {
    let anchor = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let mut jwk = key.verifying_key().to_jwk();
    if let Json::Object(members) = &mut jwk {
        members.insert("iss".into(), ISS.into());
        members.insert("role".into(), "demand".into());
        members.insert("purposes".into(), Json::array(purposes.iter().copied()));
        members.insert("claims".into(), Json::array(["name"]));
        members.insert("display_name".into(), "测试公司".into());
    }
    let begin = at("2026-11-01T00:00:00Z");
    let payload = Json::object([("iss", ISS.into()), ("keys", Json::Array(vec![jwk]))]);
    let compact = sign_list(&anchor, &complete_list(payload, begin).unwrap()).unwrap();
    let anchor = Anchor::new(anchor.verifying_key().clone(), 0, i64::from(u32::MAX));
    TrustList::as_of(&compact, &[anchor], noon()).unwrap()
}

fn order(last: u32, name: &str) -> Order {
    Order::new(number(last), service(name), Price::fen(500))
}

fn refusal(replied: Replied) -> ReasonCode {
    match replied {
        Replied::Refused(code) => code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn asked_answered_granted_charged_once() {
    let home = Home::new();
    let grant = home.grant(question(number(1), "vas:1"), noon());
    let verify = || home.verify(grant.as_str(), &order(1, "vas:1"), noon()).unwrap();
    assert_eq!(verify().iss(), ISS);
    assert_eq!(verify().redeem(&home.store, "order-1", noon()).unwrap(), Redemption::Now);
    assert_eq!(verify().redeem(&home.store, "order-1", noon()).unwrap(), Redemption::Before);
    let second = verify().redeem(&home.store, "order-2", noon()).unwrap();
    assert_eq!(second, Redemption::Refused(ReasonCode::GrantUsed));
}

#[test]
fn for_the_day_each_order_is_charged_once() {
    let home = Home::new();
    let grant = home.grant(question(number(1), "vas:1").uses(Uses::Day), noon());
    let verify = || home.verify(grant.as_str(), &order(1, "vas:1"), noon()).unwrap();
    assert_eq!(verify().redeem(&home.store, "order-1", noon()).unwrap(), Redemption::Now);
    assert_eq!(verify().redeem(&home.store, "order-2", noon()).unwrap(), Redemption::Now);
    assert_eq!(verify().redeem(&home.store, "order-1", noon()).unwrap(), Redemption::Before);
    let midnight = NaturalDay::of(noon()).end();
    let late = verify().redeem(&home.store, "order-3", midnight).unwrap();
    assert_eq!(late, Redemption::Refused(ReasonCode::GrantOtherDay));
}

#[test]
fn no_second_question_the_same_day_whatever_came_of_the_first() {
    let home = Home::new();
    let evening = at("2026-11-21T23:59:59.999+08:00");

    let _waiting = home.ask(question(number(1), "vas:1"), noon());
    assert!(matches!(home.before(question(number(1), "vas:1"), noon()), Standing::Waiting { .. }));
    assert!(matches!(home.before(question(number(1), "vas:1"), evening), Standing::Unanswered));

    home.grant(question(number(2), "vas:1"), noon());
    assert!(matches!(home.before(question(number(2), "vas:1"), evening), Standing::Granted(_)));

    let _declined = home.ask(question(number(3), "vas:1"), noon());
    assert!(matches!(home.reply(number(3), "vas:1", "n", noon()), Replied::Declined));
    assert!(matches!(home.before(question(number(3), "vas:1"), evening), Standing::Declined));

    // Another service, and another number, are questions of their own.
    let _other = home.ask(question(number(1), "vas:2"), noon());
    let _other = home.ask(question(number(4), "vas:1"), noon());
}

#[test]
fn the_day_ends_at_midnight_in_beijing_to_the_moment() {
    let home = Home::new();
    let last = at("2026-11-21T23:59:59.999+08:00");
    let midnight = at("2026-11-22T00:00:00+08:00");
    let challenge = home.ask(question(number(1), "vas:1"), at("2026-11-21T23:50:00+08:00"));
    assert_eq!(challenge.until(), at("2026-11-21T23:59:59.999999+08:00"));
    let code = challenge.message().reply().to_owned();

    // One millisecond before midnight the question is the day's, at midnight there is none yet.
    assert!(matches!(home.before(question(number(1), "vas:1"), last), Standing::Waiting { .. }));
    assert_eq!(refusal(home.reply(number(1), "vas:1", &code, midnight)), ReasonCode::ConfirmationLate);
    let next = home.ask(question(number(1), "vas:1"), midnight);
    // One time in ten thousand both days drew the same.
    if code != next.message().reply() {
        let yesterdays = home.reply(number(1), "vas:1", &code, midnight);
        assert_eq!(refusal(yesterdays), ReasonCode::ConfirmationWrongReply);
    }

    let Replied::Granted(grant) = home.reply(number(1), "vas:1", &code, last) else { panic!("in time") };
    assert!(home.verify(grant.as_str(), &order(1, "vas:1"), last).is_ok());
    let late = home.verify(grant.as_str(), &order(1, "vas:1"), midnight);
    assert_eq!(late.unwrap_err(), [ReasonCode::GrantOtherDay]);
}

#[test]
fn a_late_reply_is_refused() {
    let home = Home::new();
    let challenge = home.ask(question(number(1), "vas:1"), noon());
    let code = challenge.message().reply().to_owned();
    let over = challenge.until() + SignedDuration::from_micros(1);
    assert_eq!(refusal(home.reply(number(1), "vas:1", &code, over)), ReasonCode::ConfirmationLate);
    assert!(matches!(home.reply(number(1), "vas:1", &code, challenge.until()), Replied::Granted(_)));
    // Told again to the same reply, even later: nothing new is granted.
    assert!(matches!(home.reply(number(1), "vas:1", &code, over), Replied::AlreadyGranted(_)));
}

#[test]
fn housekeeping_doesnt_bring_a_second_question() {
    let home = Home::new();
    let _challenge = home.ask(question(number(1), "vas:1"), noon());
    let evening = at("2026-11-21T23:59:59.999+08:00");
    home.store.expire(evening, 100).unwrap();
    assert!(matches!(home.before(question(number(1), "vas:1"), evening), Standing::Unanswered));
}

#[test]
fn no_reply_no_grant_and_no_question_no_grant() {
    let home = Home::new();
    assert_eq!(refusal(home.reply(number(1), "vas:1", "Y1234", noon())), ReasonCode::ConfirmationNotAsked);
    let _challenge = home.ask(question(number(1), "vas:1"), noon());
    let standing = home.confirmer.standing(&home.store, &number(1), &service("vas:1"), noon()).unwrap();
    assert!(matches!(standing, Some(Standing::Waiting { .. })));
}

#[test]
fn a_reply_for_another_service_is_refused() {
    let home = Home::new();
    let cheap = home.ask(question(number(1), "vas:cheap"), noon());
    let _dear = home.ask(question(number(1), "vas:dear"), noon());
    let code = cheap.message().reply().to_owned();
    assert_eq!(
        refusal(home.reply(number(1), "vas:dear", &code, noon())),
        ReasonCode::ConfirmationWrongService
    );
    let found = home.confirmer.find_service(&home.store, &number(1), &code, noon()).unwrap();
    assert_eq!(found, Some(service("vas:cheap")));
    assert_eq!(home.confirmer.find_service(&home.store, &number(2), &code, noon()).unwrap(), None);
}

#[test]
fn somebody_elses_code_and_a_bare_yes_confirm_nothing() {
    let home = Home::new();
    let mine = home.ask(question(number(1), "vas:1").form(Form::Code), noon());
    let _victim = home.ask(question(number(2), "vas:1").form(Form::Code), noon());
    let code = mine.message().reply().to_owned();
    let replied = home.reply(number(2), "vas:1", &code, noon());
    // One time in a million both drew the same.
    if let Replied::Refused(code) = replied {
        assert_eq!(code, ReasonCode::ConfirmationWrongReply);
    }
    let _message = home.ask(question(number(3), "vas:1"), noon());
    for text in ["Y", "yes", "是", "", "1", "Y12345", "确认"] {
        let reply = Reply::text(number(3), service("vas:1"), text);
        let replied = home.confirmer.reply(&home.store, &reply, noon()).unwrap();
        assert!(matches!(replied, Replied::Refused(_)), "{text}");
    }
}

#[test]
fn a_code_isnt_guessed_one_try_after_another() {
    let home = Home::new();
    let challenge = home.ask(question(number(1), "vas:1").form(Form::Code), noon());
    let right = challenge.message().reply().to_owned();
    let wrong = (0..100_u32).map(|n| format!("{n:06}")).filter(|text| *text != right);
    let codes: Vec<_> = wrong.map(|text| refusal(home.reply(number(1), "vas:1", &text, noon()))).collect();
    assert!(codes[..5].iter().all(|code| *code == ReasonCode::ConfirmationWrongReply));
    assert!(codes[5..].iter().all(|code| *code == ReasonCode::ConfirmationTooManyReplies));
    assert_eq!(
        refusal(home.reply(number(1), "vas:1", &right, noon())),
        ReasonCode::ConfirmationTooManyReplies
    );
}

#[test]
fn a_wrong_reply_after_the_grant_learns_nothing() {
    let home = Home::new();
    home.grant(question(number(1), "vas:1"), noon());
    assert_eq!(refusal(home.reply(number(1), "vas:1", "Y", noon())), ReasonCode::ConfirmationWrongReply);
    assert_eq!(refusal(home.reply(number(1), "vas:1", "N", noon())), ReasonCode::ConfirmationLate);
    assert!(matches!(home.before(question(number(1), "vas:1"), noon()), Standing::Granted(_)));
}

#[test]
fn a_no_is_not_turned_into_a_yes() {
    let home = Home::new();
    let challenge = home.ask(question(number(1), "vas:1"), noon());
    assert!(matches!(home.reply(number(1), "vas:1", "不同意", noon()), Replied::Declined));
    let code = challenge.message().reply().to_owned();
    assert_eq!(refusal(home.reply(number(1), "vas:1", &code, noon())), ReasonCode::ConfirmationDeclined);
}

#[test]
fn a_key_press_counts_with_the_prompt_that_was_played() {
    let home = Home::new();
    let yes = Key::new('1').unwrap();
    let form = Form::Voice { prompt_version: 7, yes };
    let challenge = home.ask(question(number(1), "vas:1").form(form), noon());
    assert_eq!(challenge.message().reply(), "1");
    let press = |key: char, version| {
        let reply = Reply::key(number(1), service("vas:1"), Key::new(key).unwrap(), version);
        home.confirmer.reply(&home.store, &reply, noon()).unwrap()
    };
    assert_eq!(refusal(press('1', 6)), ReasonCode::ConfirmationWrongForm);
    assert_eq!(refusal(press('2', 7)), ReasonCode::ConfirmationWrongReply);
    assert_eq!(refusal(home.reply(number(1), "vas:1", "1", noon())), ReasonCode::ConfirmationWrongForm);
    let Replied::Granted(grant) = press('1', 7) else { panic!("the right key") };
    let payload = Unverified::parse(grant.record()).unwrap().peek().unwrap().clone();
    assert_eq!(payload.seconds("prompt_version"), Ok(7));
    assert_eq!(payload.text("form"), Ok("voice"));
    // And a key press is no answer to a message.
    let _message = home.ask(question(number(2), "vas:1"), noon());
    let reply = Reply::key(number(2), service("vas:1"), yes, 7);
    let replied = home.confirmer.reply(&home.store, &reply, noon()).unwrap();
    assert_eq!(refusal(replied), ReasonCode::ConfirmationWrongForm);
}

#[test]
fn a_grant_fits_one_number_service_price_day_and_environment() {
    let home = Home::new();
    let grant = home.grant(question(number(1), "vas:1"), noon());
    let refused = |order: &Order, now| home.verify(grant.as_str(), order, now).unwrap_err();
    assert_eq!(refused(&order(2, "vas:1"), noon()), [ReasonCode::GrantOtherNumber]);
    assert_eq!(refused(&order(1, "vas:2"), noon()), [ReasonCode::GrantOtherService]);
    let dearer = Order::new(number(1), service("vas:1"), Price::fen(501));
    assert_eq!(refused(&dearer, noon()), [ReasonCode::GrantOtherPrice]);
    assert_eq!(refused(&order(1, "vas:1").env(Env::Test), noon()), [ReasonCode::EnvMismatch]);
    let cancel = order(1, "vas:1").purpose(Purpose::SimCancel);
    assert_eq!(refused(&cancel, noon()), [ReasonCode::GrantOtherService]);
    let all = refused(&Order::new(number(2), service("vas:2"), Price::FREE), noon() + 24.hours());
    assert_eq!(all.len(), 4);
}

#[test]
fn a_grant_by_a_key_that_may_not_is_refused() {
    let home = Home::new();
    let grant = home.grant(question(number(1), "vas:1"), noon());
    let verify = |list: &TrustList| {
        let refused =
            UnverifiedGrant::parse(grant.as_str()).unwrap().verify(list, &order(1, "vas:1"), noon());
        refused.unwrap_err().reasons
    };
    let stranger = SigningKey::generate(Algorithm::EdDsa).unwrap();
    assert_eq!(verify(&list_with(&stranger, &["service.order"])), [ReasonCode::KeyUnknown]);
    assert_eq!(verify(&list_with(&home.key, &["sim.cancel"])), [ReasonCode::AskerNotAllowed]);
}

#[test]
fn a_grant_that_was_touched_is_refused() {
    let home = Home::new();
    let grant = home.grant(question(number(1), "vas:1"), noon());
    let (jws, rest) = grant.as_str().split_once('~').unwrap();
    let refused = |text: &str| home.verify(text, &order(1, "vas:1"), noon()).unwrap_err();
    assert_eq!(refused(jws), [ReasonCode::TokenMalformed]);
    assert_eq!(refused(&format!("{jws}~")), [ReasonCode::ClaimMissing]);
    assert_eq!(refused(&format!("{jws}~{rest}{rest}")), [ReasonCode::ClaimMissing]);
    let other = encode(br#"["c2FsdHNhbHRzYWx0c2FsdA","number","+8613800000001"]"#);
    assert_eq!(refused(&format!("{jws}~{other}~")), [ReasonCode::DisclosureUnreferenced]);
    let (input, signature) = jws.rsplit_once('.').unwrap();
    let flipped: String = signature.chars().rev().collect();
    let damaged = refused(&format!("{input}.{flipped}~{rest}"));
    assert!(matches!(damaged[..], [ReasonCode::SignatureInvalid | ReasonCode::Base64Malformed]));
    assert_eq!(refused(&format!("{}{jws}~{rest}", "A".repeat(70_000))), [ReasonCode::TooLarge]);
}

/// Signs a grant's payload with one member changed, under the right key.
fn forged(home: &Home, change: impl FnOnce(&mut crate::jose::Members), typ: &str) -> String {
    let grant = home.grant(question(number(9), "vas:1"), noon());
    let (jws, rest) = grant.as_str().split_once('~').unwrap();
    let mut payload = Unverified::parse(jws).unwrap().peek().unwrap().clone();
    if let Json::Object(members) = &mut payload {
        change(members);
    }
    format!("{}~{rest}", sign(&*home.key, typ, [], &payload).unwrap())
}

#[test]
fn each_member_of_a_grant_is_read_strictly() {
    type Change = fn(&mut crate::jose::Members);
    let cases: [(Change, ReasonCode); 12] = [
        (|m| drop(m.remove("iat")), ReasonCode::TimeMalformed),
        (|m| drop(m.insert("exp".into(), "1".into())), ReasonCode::TimeMalformed),
        (|m| drop(m.insert("exp".into(), 4_000_000_000_i64.into())), ReasonCode::ClaimMalformed),
        (|m| drop(m.insert("iat".into(), 1.into())), ReasonCode::KeyOutsideWindow),
        (|m| drop(m.insert("jti".into(), "c2hvcnQ".into())), ReasonCode::ClaimMalformed),
        (|m| drop(m.insert("env".into(), "staging".into())), ReasonCode::ClaimMalformed),
        (|m| drop(m.insert("uses".into(), "always".into())), ReasonCode::ClaimMalformed),
        (|m| drop(m.insert("price".into(), 500.into())), ReasonCode::ClaimMalformed),
        (|m| drop(m.insert("day".into(), "2026-11-21T00:00".into())), ReasonCode::ClaimMalformed),
        (|m| drop(m.insert("number".into(), "+8613800000009".into())), ReasonCode::ClaimInPlainSight),
        (|m| drop(m.insert("_sd_alg".into(), "md5".into())), ReasonCode::SdAlgUnknown),
        (|m| drop(m.insert("iss".into(), "https://other.example".into())), ReasonCode::KeyOtherIssuer),
    ];
    for (position, (change, code)) in cases.into_iter().enumerate() {
        let home = Home::new();
        let compact = forged(&home, change, GRANT_TYP);
        let refused = home.verify(&compact, &order(9, "vas:1"), noon()).unwrap_err();
        assert_eq!(refused, [code], "case {position}");
    }
    let home = Home::new();
    let compact = forged(&home, |_| (), "realname-demand+jwt");
    assert_eq!(home.verify(&compact, &order(9, "vas:1"), noon()).unwrap_err(), [ReasonCode::TypWrong]);
    let home = Home::new();
    let twin = forged(&home, |_| (), GRANT_TYP);
    assert!(home.verify(&twin, &order(9, "vas:1"), noon()).is_ok());
}

/// 64 threads order the same service for the same number at once: one question, one grant.
fn race(store: Arc<dyn Store>) {
    const THREADS: usize = 64;
    let key = Arc::new(SigningKey::generate(Algorithm::EdDsa).unwrap());
    let confirmer = Arc::new(Confirmer::new(ISS, key, LedgerSecret::new([1; 32])).unwrap());
    let barrier = Arc::new(Barrier::new(THREADS));
    let code = Arc::new(Mutex::new(String::new()));
    let (questions, granted) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let (store, confirmer, barrier) = (store.clone(), confirmer.clone(), barrier.clone());
            let (code, questions, granted) = (code.clone(), questions.clone(), granted.clone());
            let work = move || {
                barrier.wait();
                if let Asking::Ask(challenge) =
                    confirmer.ask(&*store, question(number(1), "vas:1"), noon()).unwrap()
                {
                    questions.fetch_add(1, Ordering::SeqCst);
                    *code.lock().unwrap() = challenge.message().reply().to_owned();
                }
                barrier.wait();
                let code = code.lock().unwrap().clone();
                let reply = Reply::text(number(1), service("vas:1"), &code);
                match confirmer.reply(&*store, &reply, noon()).unwrap() {
                    Replied::Granted(grant) => {
                        granted.fetch_add(1, Ordering::SeqCst);
                        grant
                    }
                    Replied::AlreadyGranted(grant) => grant,
                    other => panic!("{other:?}"),
                }
            };
            std::thread::Builder::new().spawn(work).unwrap()
        })
        .collect();
    let grants: Vec<Grant> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert_eq!((questions.load(Ordering::SeqCst), granted.load(Ordering::SeqCst)), (1, 1));
    assert!(grants.iter().all(|grant| grant.as_str() == grants[0].as_str()), "two grants are out");
}

#[test]
fn sixty_four_threads_one_question_one_grant_in_memory() {
    race(Arc::new(MemoryStore::new()));
}

#[cfg(feature = "sqlite")]
#[test]
fn sixty_four_threads_one_question_one_grant_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    race(Arc::new(crate::store::SqliteStore::open_dir(directory.path()).unwrap()));
}

#[test]
fn sixty_four_guesses_at_once_are_no_more_than_the_limit() {
    let home = Arc::new(Home::new());
    let challenge = home.ask(question(number(1), "vas:1").form(Form::Code), noon());
    let right: u32 = challenge.message().reply().parse().unwrap();
    let looked = Arc::new(AtomicUsize::new(0));
    let barrier = Arc::new(Barrier::new(64));
    thread::scope(|scope| {
        for guess in 1..=64 {
            let (home, looked, barrier) = (home.clone(), looked.clone(), barrier.clone());
            scope.spawn(move || {
                let text = format!("{:06}", (right + guess) % 1_000_000);
                barrier.wait();
                match refusal(home.reply(number(1), "vas:1", &text, noon())) {
                    ReasonCode::ConfirmationWrongReply => _ = looked.fetch_add(1, Ordering::SeqCst),
                    code => assert_eq!(code, ReasonCode::ConfirmationTooManyReplies),
                }
            });
        }
    });
    assert_eq!(looked.load(Ordering::SeqCst), 5);
}

#[test]
fn the_store_holds_nothing_personal() {
    let spy = Spy::default();
    let home = Home::new();
    let Asking::Ask(challenge) =
        home.confirmer.ask(&spy, question(number(12_345_678), "vas:1"), noon()).unwrap()
    else {
        panic!("first question")
    };
    let code = challenge.message().reply().to_owned();
    let reply = Reply::text(number(12_345_678), service("vas:1"), &code);
    let Replied::Granted(grant) = home.confirmer.reply(&spy, &reply, noon()).unwrap() else { panic!() };
    let seen = spy.seen.lock().unwrap();
    assert!(seen.len() > 200);
    for secret in ["12345678", &code, "测试业务"] {
        assert!(!seen.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
    // Nor does the part of a grant that is kept, nor any Debug.
    let payload = Unverified::parse(grant.record()).unwrap().peek().unwrap().to_bytes();
    assert!(!String::from_utf8_lossy(&payload).contains("12345678"));
    let shown =
        format!("{grant:?} {challenge:?} {:?} {reply:?} {:?}", challenge.message(), order(12_345_678, "a"));
    assert!(!shown.contains("12345678") && !shown.contains(&code));
}

#[test]
fn what_certainly_wasnt_sent_may_be_sent_again() {
    struct Failing(MessengerError);
    impl Messenger for Failing {
        fn send(&self, _: &Message<'_>, _: Lang) -> Result<(), MessengerError> {
            Err(self.0)
        }
    }
    let home = Home::new();
    let challenge = home.ask(question(number(1), "vas:1"), noon());
    let failed = challenge.send(&Failing(MessengerError::Unreachable), Lang::Zh).unwrap_err();
    let again = failed.challenge.unwrap();
    let failed = again.send(&Failing(MessengerError::Indeterminate), Lang::Zh).unwrap_err();
    assert!(failed.challenge.is_none(), "nobody knows whether the customer was asked");
}

#[test]
fn a_file_takes_one_line_per_message() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("outbox");
    let home = Home::new();
    for last in 1..=2 {
        let messenger = LineMessenger::file(&path).unwrap();
        home.ask(question(number(last), "vas:1"), noon()).send(&messenger, Lang::Zh).unwrap();
    }
    #[allow(clippy::disallowed_methods, reason = "what the messenger wrote")]
    let lines = std::fs::read_to_string(&path).unwrap();
    let sent: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(sent.len(), 2);
    let (body, reply) = (sent[1]["body"].as_str().unwrap(), sent[1]["reply"].as_str().unwrap());
    assert_eq!(sent[1]["to"], number(2).as_str());
    assert!(body.contains("测试业务") && body.contains("资费5.00元") && body.contains(reply));
    // What was sent is what the reply must be.
    assert!(matches!(home.reply(number(2), "vas:1", reply, noon()), Replied::Granted(_)));
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
}

/// A store that remembers every byte it was given.
#[derive(Default)]
struct Spy {
    inner: MemoryStore,
    seen: Mutex<Vec<u8>>,
}

impl Spy {
    fn note(&self, parts: &[&[u8]]) {
        parts.iter().for_each(|part| self.seen.lock().unwrap().extend_from_slice(part));
    }
}

use crate::store::{Advance, Answered, Counted, Entry, Put, Space, StoreError};

impl Store for Spy {
    fn put(&self, space: Space, key: &[u8], value: &[u8], expires_at: Timestamp) -> Result<Put, StoreError> {
        self.note(&[key, value]);
        self.inner.put(space, key, value, expires_at)
    }

    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Entry>, StoreError> {
        self.note(&[key]);
        self.inner.get(space, key)
    }

    fn answer(
        &self,
        space: Space,
        key: &[u8],
        answer: &[u8],
        now: Timestamp,
    ) -> Result<Answered, StoreError> {
        self.note(&[key, answer]);
        self.inner.answer(space, key, answer, now)
    }

    fn advance(
        &self,
        space: Space,
        key: &[u8],
        sequence: u64,
        digest: &[u8; 32],
    ) -> Result<Advance, StoreError> {
        self.note(&[key]);
        self.inner.advance(space, key, sequence, digest)
    }

    fn count(
        &self,
        space: Space,
        key: &[u8],
        member: &[u8],
        limit: u32,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Counted, StoreError> {
        self.note(&[key, member]);
        self.inner.count(space, key, member, limit, expires_at, now)
    }

    fn expire(&self, before: Timestamp, max: u32) -> Result<u32, StoreError> {
        self.inner.expire(before, max)
    }
}
