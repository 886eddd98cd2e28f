//! Step 5: the number itself confirms.

use super::*;

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
    let tone = realname::confirmation::Question::new(
        account.number().clone(),
        "vas:tone".parse().unwrap(),
        Price::FREE,
        "彩铃",
    );
    let Asking::Ask(challenge) = scene.confirmer.ask(&scene.store, tone.unwrap(), at(NOW + 70)).unwrap()
    else {
        panic!()
    };
    let reply = CustomerReply::text(
        account.number().clone(),
        challenge.service().clone(),
        challenge.message().reply(),
    );
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
    let home = scene.home.clone().with_life(jiff::SignedDuration::from_hours(24)).unwrap();
    let scene = Scene { home, ..scene };
    let acknowledged = scene.acknowledged(&account);
    let grant = scene.grant(&acknowledged, &account);
    let midnight = realname::confirmation::NaturalDay::of(at(NOW)).end();
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
