//! Many at once.

use super::*;

/// 64 threads order the same service for the same number at once: one question, one grant.
fn race(store: Arc<dyn Store>) {
    const THREADS: usize = 64;
    let key = Arc::new(SigningKey::generate(Algorithm::EdDsa).unwrap());
    // Two processes that share the store: the one that asked knows the question without a look.
    let confirmer = || Arc::new(Confirmer::new(ISS, key.clone(), LedgerSecret::new([1; 32])).unwrap());
    let confirmers = [confirmer(), confirmer()];
    let barrier = Arc::new(Barrier::new(THREADS));
    let code = Arc::new(Mutex::new(String::new()));
    let (questions, granted) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let confirmer = confirmers[thread % 2].clone();
            let (store, barrier) = (store.clone(), barrier.clone());
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
                let reply = CustomerReply::text(number(1), service("vas:1"), &code);
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

#[test]
fn sixty_four_threads_one_question_one_grant_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    race(Arc::new(realname_store::SqliteStore::open_dir(directory.path()).unwrap()));
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

/// Whatever order they come in: with the grant's one, no more different replies are looked at than the limit.
#[test]
fn guesses_beside_the_right_reply_are_no_more_than_the_limit() {
    for round in 1..=40 {
        let home = Arc::new(Home::new());
        let challenge = home.ask(question(number(round), "vas:1").form(Form::Code), noon());
        let right: u32 = challenge.message().reply().parse().unwrap();
        let (looked, granted) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let barrier = Arc::new(Barrier::new(12));
        thread::scope(|scope| {
            for guess in 0..12 {
                let (home, looked, granted, barrier) =
                    (home.clone(), looked.clone(), granted.clone(), barrier.clone());
                scope.spawn(move || {
                    let text = format!("{:06}", (right + guess) % 1_000_000);
                    barrier.wait();
                    match home.reply(number(round), "vas:1", &text, noon()) {
                        Replied::Granted(_) => _ = granted.fetch_add(1, Ordering::SeqCst),
                        Replied::Refused(ReasonCode::ConfirmationWrongReply) => {
                            looked.fetch_add(1, Ordering::SeqCst);
                        }
                        other => assert_eq!(refusal(other), ReasonCode::ConfirmationTooManyReplies),
                    }
                });
            }
        });
        let (looked, granted) = (looked.load(Ordering::SeqCst), granted.load(Ordering::SeqCst));
        assert_eq!(looked + granted, 5, "{granted} granted");
    }
}

/// The grant took the last place.
#[test]
fn the_last_place_is_taken_once() {
    let home = Home::new();
    let challenge = home.ask(question(number(1), "vas:1").form(Form::Code), noon());
    let right = challenge.message().reply().to_owned();
    let wrong: Vec<_> = (0..6_u32).map(|n| format!("{n:06}")).filter(|text| *text != right).collect();
    for text in &wrong[..4] {
        let code = refusal(home.reply(number(1), "vas:1", text, noon()));
        assert_eq!(code, ReasonCode::ConfirmationWrongReply);
    }
    assert!(matches!(home.reply(number(1), "vas:1", &right, noon()), Replied::Granted(_)));
    // One that was looked at before is no new try.
    assert_eq!(
        refusal(home.reply(number(1), "vas:1", &wrong[0], noon())),
        ReasonCode::ConfirmationWrongReply
    );
    for _ in 0..2 {
        let code = refusal(home.reply(number(1), "vas:1", &wrong[4], noon()));
        assert_eq!(code, ReasonCode::ConfirmationTooManyReplies);
    }
    assert!(matches!(home.reply(number(1), "vas:1", &right, noon()), Replied::AlreadyGranted(_)));
}

/// The right reply to a question that was declined is a guess like any other.
#[test]
fn a_declined_questions_code_isnt_guessed() {
    let home = Home::new();
    let challenge = home.ask(question(number(1), "vas:1").form(Form::Code), noon());
    let right = challenge.message().reply().to_owned();
    assert!(matches!(home.reply(number(1), "vas:1", "N", noon()), Replied::Declined));
    for text in (0..6_u32).map(|n| format!("{n:06}")).filter(|text| *text != right).take(5) {
        assert_eq!(
            refusal(home.reply(number(1), "vas:1", &text, noon())),
            ReasonCode::ConfirmationWrongReply
        );
    }
    let code = refusal(home.reply(number(1), "vas:1", &right, noon()));
    assert_eq!(code, ReasonCode::ConfirmationTooManyReplies);
}
