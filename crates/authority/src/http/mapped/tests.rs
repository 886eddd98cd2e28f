//! The adapter with the map of this crate's own register; the vendors' maps are in `tests/registers/code_maps.rs`.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::document::IdNumber;
use crate::words::Word;
use crate::{DocumentStatus, QuotaScope, Subject};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn query() -> Query {
    Query::new("测试甲", IdNumber::new("119999199001010004"), NOW, "q1")
}

fn body(changes: &[(&str, &str)]) -> String {
    let mut body = serde_json::json!({
        "result": "answered", "key": "q1", "is_test": true, "subject": "found", "name": "match",
        "id_number": "match", "valid_from": "not_asked", "valid_until": "not_asked", "phone_number": "not_asked",
        "document": "valid", "face": "not_run", "liveness": "not_run", "reference": "R-1", "billed": true,
    });
    for (name, value) in changes {
        body[*name] = serde_json::from_str(value).unwrap();
    }
    body.to_string()
}

fn read(body: &str) -> Result<Finding, AuthorityError> {
    MappedJson::new("TEST-register", CodeMap::register()).finding(&query(), &Response::new(200, body), NOW)
}

#[test]
fn an_answer_with_all_that_is_kept() {
    let finding = read(&body(&[])).unwrap();
    assert_eq!((finding.subject, finding.document), (Subject::Found, DocumentStatus::Valid));
    assert_eq!((finding.meta.reference.as_deref(), finding.meta.billed), (Some("R-1"), Some(true)));
    assert_eq!(finding.meta.response_sha256, Some(Sha256::digest(body(&[])).into()));
    assert_eq!((finding.meta.authority.as_str(), finding.meta.answers.as_str()), ("TEST-register", "q1"));
}

#[test]
fn what_an_error_costs_is_noted() {
    let register = MappedJson::new("TEST-register", CodeMap::register());
    let noted = |changes: &[(&str, &str)]| {
        let query = query();
        let result = register.finding(&query, &Response::new(200, body(changes)), NOW);
        (result.is_ok(), query.charge().said())
    };
    for (said, expected) in [("true", Some(true)), ("false", Some(false)), ("null", None), ("\"yes\"", None)]
    {
        assert_eq!(noted(&[("billed", said), ("subject", "\"unknown word\"")]), (false, expected), "{said}");
        assert_eq!(noted(&[("billed", said)]).1, expected, "{said}");
    }
    // An answer to another question says nothing of this one.
    assert_eq!(noted(&[("key", "\"q2\"")]), (false, None));
}

#[test]
fn what_wasnt_asked_isnt_believed() {
    let yes = body(&[
        ("phone_number", "\"match\""),
        ("valid_until", "\"match\""),
        ("face", "\"same\""),
        ("liveness", "\"live\""),
    ]);
    let finding = read(&yes).unwrap();
    assert_eq!(finding.attributes.phone_number, Attribute::NotAsked);
    assert_eq!(finding.attributes.valid_until, Attribute::NotAsked);
    assert_eq!((finding.face, finding.liveness), (Face::NotRun, Liveness::NotRun));
}

#[test]
fn an_answer_to_another_question_is_none() {
    for key in ["\"q2\"", "null", "1", "\"\""] {
        assert_eq!(read(&body(&[("key", key)])), Err(AuthorityError::Protocol), "{key}");
    }
}

#[test]
fn every_place_has_to_be_there() {
    for name in ["result", "key", "subject", "name", "id_number", "document", "face", "liveness"] {
        let mut json: serde_json::Value = serde_json::from_str(&body(&[])).unwrap();
        json.as_object_mut().unwrap().remove(name);
        assert_eq!(read(&json.to_string()), Err(AuthorityError::Protocol), "{name}");
    }
}

#[test]
fn a_reference_that_could_harm_a_log_is_left_out() {
    for reference in [r#""a\nb""#, r#""测试甲""#, "\"\"", "true", &format!("\"{}\"", "x".repeat(129))] {
        assert_eq!(read(&body(&[("reference", reference)])).unwrap().meta.reference, None, "{reference}");
    }
    assert_eq!(read(&body(&[("reference", "7")])).unwrap().meta.reference.as_deref(), Some("7"));
}

#[test]
fn only_a_real_register_that_says_so_is_one() {
    let is_test = |dialect: &MappedJson, said: &str| {
        let reply = Response::new(200, body(&[("is_test", said)]));
        dialect.finding(&query(), &reply, NOW).unwrap().meta.is_test
    };
    let test = MappedJson::new("x", CodeMap::register());
    assert!(is_test(&test, "true") && is_test(&test, "false"));
    let real = MappedJson::new("x", CodeMap::register()).for_real_register();
    assert!(is_test(&real, "true") && is_test(&real, "null") && !is_test(&real, "false"));
}

#[test]
fn errors_with_their_time() {
    let reply = r#"{"result":"quota.daily","key":"q1","retry_after":60}"#;
    let reset = Some(later(NOW, Duration::from_secs(60)));
    assert_eq!(read(reply), Err(AuthorityError::Quota { scope: QuotaScope::Daily, reset }));
    let reply = r#"{"result":"transient","key":"q1","retry_after":-5}"#;
    assert_eq!(read(reply), Err(AuthorityError::Transient { retry_after: None }));
}

#[test]
fn look_ups() {
    let dialect = MappedJson::new("TEST-register", CodeMap::register());
    assert_eq!(dialect.inquiry(&query(), NOW).unwrap().path, "/v1/answers/q1");
    let outcome = |status, body: &str| dialect.outcome(&query(), &Response::new(status, body), NOW);
    assert_eq!(outcome(200, r#"{"result":"never_arrived","key":"q1"}"#), Ok(Reconciled::NeverArrived));
    assert_eq!(outcome(200, r#"{"result":"pending","key":"q1"}"#), Ok(Reconciled::Pending));
    assert!(matches!(outcome(200, &body(&[])), Ok(Reconciled::Answered(Ok(_)))));
    let denied = Ok(Reconciled::Answered(Err(AuthorityError::Denied)));
    assert_eq!(outcome(200, r#"{"result":"denied","key":"q1"}"#), denied);
    // Nothing else is "never arrived": it would be asked, and charged for, a second time.
    for (status, body) in [
        (404, ""),
        (404, r#"{"result":"never_arrived","key":"q1"}"#),
        (200, r#"{"result":"never_arrived","key":"q2"}"#),
        (200, r#"{"result":"never_arrived"}"#),
        (200, r#"{"result":"neverarrived","key":"q1"}"#),
        (503, r#"{"result":"never_arrived","key":"q1"}"#),
        (500, ""),
    ] {
        assert!(outcome(status, body).is_err(), "{status} {body}");
    }
}

/// Everything that a reply could say at one place.
fn words() -> Vec<String> {
    let mut words: Vec<String> = Subject::ALL.iter().map(|word| word.word().to_owned()).collect();
    words.extend(Attribute::ALL.iter().map(|word| word.word().to_owned()));
    words.extend(DocumentStatus::ALL.iter().map(|word| word.word().to_owned()));
    words.extend(["answered", "transient", "", "MATCH", "1", "true"].map(str::to_owned));
    words
}

proptest! {
    /// Bytes from outside never panic and are never a match that isn't spelt out.
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200), status in 100u16..600) {
        let dialect = MappedJson::new("TEST-register", CodeMap::register());
        prop_assert!(dialect.finding(&query(), &Response::new(status, bytes.clone()), NOW).is_err());
        prop_assert!(dialect.outcome(&query(), &Response::new(status, bytes), NOW).is_err());
    }

    /// A reply passes only when each of its words is the right one.
    #[test]
    fn any_words(
        subject in prop::sample::select(words()),
        name in prop::sample::select(words()),
        number in prop::sample::select(words()),
    ) {
        let quoted = |word: &str| format!("\"{word}\"");
        let (a, b, c) = (quoted(&subject), quoted(&name), quoted(&number));
        let answer = read(&body(&[("subject", a.as_str()), ("name", b.as_str()), ("id_number", c.as_str())]));
        let passes = answer.is_ok_and(|finding| {
            finding.subject == Subject::Found
                && finding.attributes.name == Attribute::Match
                && finding.attributes.id_number == Attribute::Match
        });
        prop_assert_eq!(passes, subject == "found" && name == "match" && number == "match");
    }
}

fn speaking(map: &str) -> MappedJson {
    MappedJson::new("TEST-vendor", CodeMap::parse(map).unwrap())
}

#[test]
fn the_phone_number_at_hand_reaches_the_register_that_asks_for_it_and_no_other() {
    let offered = query().offering_phone_number("+8619900000001");
    let yes = Response::new(200, r#"{"Response":{"Result":"0"}}"#);
    let phone = speaking(include_str!("../../../../../fixtures/codemaps/tencent-phone-three-element.toml"));
    let request = phone.request(&offered, NOW).unwrap();
    assert!(std::str::from_utf8(&request.body).unwrap().contains(r#""Phone":"19900000001""#));
    assert_eq!(phone.finding(&offered, &yes, NOW).unwrap().attributes.phone_number, Attribute::Match);
    let without = phone.request(&query(), NOW).map(|_| ());
    assert_eq!(without, Err(AuthorityError::InvalidInput { field: QueryField::PhoneNumber }));

    assert!(phone.asks_for(QueryField::PhoneNumber) && !phone.asks_for(QueryField::Probe));

    let two = speaking(include_str!("../../../../../fixtures/codemaps/tencent-two-element.toml"));
    assert!(!std::str::from_utf8(&two.request(&offered, NOW).unwrap().body).unwrap().contains("199000"));
    let finding = two.finding(&offered, &yes, NOW).unwrap();
    assert_eq!(finding.attributes.phone_number, Attribute::NotAsked, "its answer lacks nothing");
    assert!(!two.asks_for(QueryField::PhoneNumber));
    assert!(!MappedJson::new("x", CodeMap::register()).asks_for(QueryField::PhoneNumber));
}
