//! Many at once.

use super::*;

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
