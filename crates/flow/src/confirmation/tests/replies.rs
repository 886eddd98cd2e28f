//! Which reply confirms, and which doesn't.

use super::*;

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
        let reply = CustomerReply::text(number(3), service("vas:1"), text);
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
    assert!(matches!(home.before(question(number(1), "vas:1"), noon()), Standing::Granted(_)));
}

#[test]
fn a_no_after_yes_takes_the_use_away_as_long_as_the_question_waits() {
    for uses in [Uses::Once, Uses::Day] {
        let home = Home::new();
        let grant = home.grant(question(number(1), "vas:1").uses(uses), noon());
        let verified = || home.verify(grant.as_str(), &order(1, "vas:1"), noon()).unwrap();
        assert!(matches!(home.reply(number(1), "vas:1", "N", noon()), Replied::Declined));
        let redeemed = verified().redeem(&home.store, "order-1", noon()).unwrap();
        assert_eq!(redeemed, Redemption::Refused(ReasonCode::ConfirmationDeclined));
        assert!(matches!(home.before(question(number(1), "vas:1"), noon()), Standing::Declined));
        // Again it is the same, and it isn't turned into a yes.
        assert!(matches!(home.reply(number(1), "vas:1", "N", noon()), Replied::Declined));
    }
}

#[test]
fn a_no_after_an_order_or_after_its_time_changes_nothing() {
    let home = Home::new();
    let grant = home.grant(question(number(1), "vas:1"), noon());
    let verified = || home.verify(grant.as_str(), &order(1, "vas:1"), noon()).unwrap();
    assert_eq!(verified().redeem(&home.store, "order-1", noon()).unwrap(), Redemption::Now);
    assert_eq!(refusal(home.reply(number(1), "vas:1", "N", noon())), ReasonCode::ConfirmationLate);
    assert_eq!(verified().redeem(&home.store, "order-1", noon()).unwrap(), Redemption::Before);
    assert!(matches!(home.before(question(number(1), "vas:1"), noon()), Standing::Granted(_)));

    home.grant(question(number(2), "vas:1"), noon());
    let over = noon() + SignedDuration::from_mins(31);
    assert_eq!(refusal(home.reply(number(2), "vas:1", "N", over)), ReasonCode::ConfirmationLate);
    assert!(matches!(home.before(question(number(2), "vas:1"), over), Standing::Granted(_)));
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
        let reply = CustomerReply::key(number(1), service("vas:1"), Key::new(key).unwrap(), version);
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
    let reply = CustomerReply::key(number(2), service("vas:1"), yes, 7);
    let replied = home.confirmer.reply(&home.store, &reply, noon()).unwrap();
    assert_eq!(refusal(replied), ReasonCode::ConfirmationWrongForm);
}

#[test]
fn the_process_that_asked_doesnt_look() {
    let (home, spy) = (Home::new(), Spy::default());
    let other = Confirmer::new(ISS, home.key.clone(), LedgerSecret::new([1; 32])).unwrap();
    let ask = |last| match home.confirmer.ask(&spy, question(number(last), "vas:1"), noon()).unwrap() {
        Asking::Ask(challenge) => challenge.message().reply().to_owned(),
        Asking::Before(standing) => panic!("{standing:?}"),
    };
    let reply = |confirmer: &Confirmer, last, code: &str| {
        confirmer.reply(&spy, &CustomerReply::text(number(last), service("vas:1"), code), noon()).unwrap()
    };
    let looks = || spy.looks.load(Ordering::SeqCst);

    let (mine, theirs) = (ask(1), ask(2));
    assert!(matches!(reply(&home.confirmer, 1, &mine), Replied::Granted(_)));
    assert_eq!(looks(), 0);
    assert!(matches!(reply(&other, 2, &theirs), Replied::Granted(_)));
    assert_eq!(looks(), 2);
    // Another process was first: its grant stands.
    assert!(matches!(reply(&home.confirmer, 2, &theirs), Replied::AlreadyGranted(_)));
}

#[test]
fn what_is_remembered_and_not_kept_grants_nothing() {
    let home = Home::new();
    let code = home.ask(question(number(1), "vas:1"), noon()).message().reply().to_owned();
    let reply = CustomerReply::text(number(1), service("vas:1"), &code);
    let elsewhere = MemoryStore::new();
    let replied = home.confirmer.reply(&elsewhere, &reply, noon()).unwrap();
    assert_eq!(refusal(replied), ReasonCode::ConfirmationNotAsked);
    // It came back from a backup: what was open there is over.
    let directory = tempfile::tempdir().unwrap();
    let restored = realname_store::SqliteStore::open_dir(directory.path()).unwrap();
    let Asking::Ask(challenge) = home.confirmer.ask(&restored, question(number(2), "vas:1"), noon()).unwrap()
    else {
        panic!("asked before")
    };
    restored.after_restore(noon()).unwrap();
    let reply = CustomerReply::text(number(2), service("vas:1"), challenge.message().reply());
    let late = noon() + SignedDuration::from_secs(1);
    assert_eq!(refusal(home.confirmer.reply(&restored, &reply, late).unwrap()), ReasonCode::ConfirmationLate);
}
