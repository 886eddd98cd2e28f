//! What is kept.

use super::*;

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
    let reply = CustomerReply::text(number(12_345_678), service("vas:1"), &code);
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
