//! Reports of spam messages: taken in over HTTP, judged on the same store, their outcome fetched over HTTP.

use jiff::Timestamp;
use realname::jose::SigningKey;
use realname::report::{Judged, Match, Outcome, Reports};
use realname_service::config::Config;
use realname_service::{Scope, store_of};
use serde_json::{Value, json};

use crate::world::{Answer, Place, Running, SHOP};

const RULES: &str =
    r#"{"v": 1, "rules": "spam-2026", "deadline_hours": 120, "burst": 3, "burst_minutes": 60}"#;

fn place() -> Place {
    let place = Place::new();
    std::fs::write(place.dir.path().join("report-rules.json"), RULES).unwrap();
    place.configure("[reports]\nrules = \"report-rules.json\"");
    place
}

fn report(number: u32, reporter: u32) -> Value {
    json!({"number": format!("+86199{number:08}"), "reporter": format!("+86199{reporter:08}"), "outlet": "market-3"})
}

fn send(server: &Running, token: &str, body: &Value) -> Answer {
    server.call("POST", "/v1/reports", token, Some(body.clone()))
}

/// What `realname report match`, `judge` and `answer` do with the store.
fn handle(place: &Place, id: &str, whose: &Match, judged: Judged) {
    let store = store_of(&place.file()).unwrap();
    let reports = Reports::find(store.as_ref()).unwrap();
    let key = std::fs::read_to_string(place.dir.path().join("shop.pem")).unwrap();
    let now = Timestamp::now();
    reports.matched(id, whose).unwrap();
    reports.judge(id, judged, now).unwrap();
    reports.answer(id, SHOP, &SigningKey::from_pem(&key).unwrap(), now).unwrap();
}

#[test]
fn a_report_is_taken_in_once_and_its_outcome_says_held_or_not_and_no_more() {
    let place = place();
    let token = place.token("hotline", &[Scope::Report]);
    let server = place.start();
    let ours = send(&server, &token, &report(1, 9)).is(201);
    assert_eq!(ours["again"], false);
    let again = send(&server, &token, &report(1, 9)).is(200);
    assert_eq!((&again["report"], &again["again"]), (&ours["report"], &json!(true)));
    assert_eq!(again["deadline"], ours["deadline"]);
    // Another operator's number, and one that nobody has, are taken in alike.
    let foreign = send(&server, &token, &report(2, 9)).is(201);
    let path = |made: &Value| format!("/v1/reports/{}", made["report"].as_str().unwrap());
    let progress = |made: &Value| server.call("GET", &path(made), &token, None).is(200);
    assert_eq!(
        progress(&ours),
        json!({"report": ours["report"], "state": "received", "deadline": ours["deadline"]})
    );

    let id = |made: &Value| made["report"].as_str().unwrap().to_owned();
    let sold = Match::Subscriber { record: [9; 32], agent: Some("shop-12".to_owned()) };
    handle(&place, &id(&ours), &sold, Judged::Held);
    {
        // Judged and not answered yet: nothing of it shows.
        let store = store_of(&place.file()).unwrap();
        let reports = Reports::find(store.as_ref()).unwrap();
        reports.matched(&id(&foreign), &Match::Nobody).unwrap();
        assert!(reports.judge(&id(&foreign), Judged::Held, Timestamp::now()).is_err());
        reports.judge(&id(&foreign), Judged::NotHeld, Timestamp::now()).unwrap();
        assert_eq!(progress(&foreign)["state"], "received");
    }
    handle(&place, &id(&foreign), &Match::Nobody, Judged::NotHeld);
    drop(server);

    let server = place.start();
    let key = std::fs::read_to_string(place.dir.path().join("shop.pem")).unwrap();
    let key = SigningKey::from_pem(&key).unwrap();
    for (made, judged) in [(&ours, Judged::Held), (&foreign, Judged::NotHeld)] {
        let told = server.call("GET", &path(made), &token, None).is(200);
        assert_eq!(told["state"], "answered");
        let outcome = Outcome::verify(told["outcome"].as_str().unwrap(), key.verifying_key()).unwrap();
        assert_eq!((outcome.outcome, outcome.report, outcome.iss.as_str()), (judged, id(made), SHOP));
        for personal in ["19900000", "shop-12", "market-3"] {
            assert!(!told.to_string().contains(personal));
        }
    }
    assert_eq!(send(&server, &token, &report(1, 9)).is(200), again, "over a restart, and answered");
}

#[test]
fn each_principal_hears_of_its_own_reports_alone() {
    let place = place();
    let (one, two) = (place.token("hotline", &[Scope::Report]), place.token("app", &[Scope::Report]));
    let server = place.start();
    let made = send(&server, &one, &report(1, 9)).is(201);
    let path = format!("/v1/reports/{}", made["report"].as_str().unwrap());
    server.call("GET", &path, &two, None).refused(404, "not_found");
    server.call("GET", "/v1/reports/nothing", &one, None).refused(404, "not_found");
    server.call("GET", &format!("/v1/reports/{}", "x".repeat(200)), &one, None).refused(404, "not_found");
    // Where he reports it there as well, that is another report: neither its id nor its deadline says that it was known.
    let there = send(&server, &two, &report(1, 9)).is(201);
    assert_ne!(there["report"], made["report"]);
    let deadline = |told: &Value| told["deadline"].as_str().unwrap().parse::<Timestamp>().unwrap();
    assert!(deadline(&there) >= deadline(&made));
    server.call("GET", &path, &two, None).refused(404, "not_found");
    assert_eq!(send(&server, &two, &report(1, 9)).is(200)["again"], true);
}

#[test]
fn a_flood_is_slowed_and_what_was_sent_stays() {
    let place = place();
    let token = place.token("hotline", &[Scope::Report]);
    let server = place.start();
    for number in 0..3 {
        send(&server, &token, &report(number, 9)).is(201);
    }
    let slowed = send(&server, &token, &report(3, 9));
    slowed.refused(429, "report_slow");
    let wait: u64 = slowed.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((3_500..=3_600).contains(&wait), "{wait}");
    assert!(!slowed.text.contains("19900000"));
    send(&server, &token, &report(0, 9)).is(200);
    send(&server, &token, &report(3, 8)).is(201);
}

#[test]
fn what_one_principal_takes_in_slows_nobody_elsewhere_and_tells_nothing() {
    let place = place();
    let (one, two) = (place.token("hotline", &[Scope::Report]), place.token("app", &[Scope::Report]));
    let server = place.start();
    for number in 0..3 {
        send(&server, &one, &report(number, 9)).is(201);
    }
    send(&server, &one, &report(3, 9)).refused(429, "report_slow");
    // What was reported there and what wasn't are taken in alike, until this principal's own reporter is slowed.
    for number in [0, 7, 1] {
        assert_eq!(send(&server, &two, &report(number, 9)).is(201)["again"], false);
    }
    for number in [2, 8] {
        send(&server, &two, &report(number, 9)).refused(429, "report_slow");
    }
}

#[test]
fn the_same_key_gets_the_same_answer_and_ten_at_once_are_one_report() {
    let place = place();
    let token = place.token("hotline", &[Scope::Report]);
    let server = place.start();
    let bearer = format!("Bearer {token}");
    let keyed = |body: &Value| {
        let headers = [("authorization", bearer.as_str()), ("idempotency-key", "complaint-1")];
        server.send(
            "POST",
            "/v1/reports",
            &headers,
            Some(("application/json", body.to_string().into_bytes())),
        )
    };
    let made = keyed(&report(1, 9)).is(201);
    assert_eq!(keyed(&report(1, 9)).is(201), made);
    keyed(&report(2, 9)).refused(409, "idempotency_mismatch");
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..10).map(|_| scope.spawn(|| send(&server, &token, &report(5, 9)))).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    let ids: std::collections::BTreeSet<_> = answers
        .iter()
        .map(|answer| serde_json::from_str::<Value>(&answer.text).unwrap()["report"].to_string())
        .collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
}

#[test]
fn what_isnt_a_report_is_refused() {
    let place = place();
    let token = place.token("hotline", &[Scope::Report]);
    let server = place.start();
    let with = |member: &str, value: Value| {
        let mut body = report(1, 9);
        body[member] = value;
        send(&server, &token, &body)
    };
    with("number", json!("19900000001")).refused(422, "phone_number");
    with("reporter", json!("+86 199")).refused(422, "phone_number");
    with("outlet", json!("测试路1号")).refused(422, "report_id");
    with("text", json!("Buy now")).refused(400, "body_members");
    with("number", json!(19900000001u64)).refused(400, "body_members");
    let other = place.token("shop", &[Scope::Demand, Scope::Verify]);
    send(&server, &other, &report(1, 9)).refused(403, "scope_missing");
    server.call("GET", "/v1/reports/x", &other, None).refused(403, "scope_missing");
    assert_eq!(send(&server, &token, &report(1, 9)).is(201)["again"], false, "none of it was taken in");
}

#[test]
fn the_configuration_names_the_rules() {
    let plain = Place::new();
    let token = plain.token("hotline", &[Scope::Report]);
    let server = plain.start();
    send(&server, &token, &report(1, 9)).refused(422, "not_set_up");
    server.call("GET", "/v1/reports/x", &token, None).refused(422, "not_set_up");

    let place = place();
    realname_service::check(&place.file()).unwrap();
    let rules = place.dir.path().join("report-rules.json");
    std::fs::write(&rules, RULES.replace("120", "0")).unwrap();
    let error = realname_service::check(&place.file()).unwrap_err().to_string();
    assert!(error.contains("report-rules.json") && error.contains("deadline_hours"), "{error}");
    std::fs::write(&rules, RULES.replace("120", "240")).unwrap();
    let error = realname_service::check(&place.file()).unwrap_err();
    assert_eq!(realname::profile::Explain::code(&error), "report_rules_exist");
    std::fs::remove_file(&rules).unwrap();
    assert!(realname_service::check(&place.file()).unwrap_err().to_string().contains("report-rules.json"));
    assert!(Config::load(&place.file()).is_ok());
}
