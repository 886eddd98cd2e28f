//! Once per number, service and natural day.

use super::*;

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
