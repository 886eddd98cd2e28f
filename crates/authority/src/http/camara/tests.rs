//! What needs no operator; the scenarios of the specification are in `tests/registers/camara.rs`.

use super::*;
use crate::document::IdNumber;

fn query() -> Query {
    Query::new("测试甲", IdNumber::new("119999199001010004"), Timestamp::UNIX_EPOCH, "q1")
}

#[test]
fn what_is_too_long_is_found_before_it_is_sent() {
    let camara = Camara::new("TEST-operator", "/kyc-match/v0.4/");
    let request = camara.request(&query(), Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!(request.path, "/kyc-match/v0.4/match");
    let long = Query::new("测".repeat(257), IdNumber::new("1"), Timestamp::UNIX_EPOCH, "q1");
    let field = QueryField::Name;
    assert_eq!(camara.request(&long, Timestamp::UNIX_EPOCH), Err(AuthorityError::InvalidInput { field }));
    let none = Query::new("测", IdNumber::new(""), Timestamp::UNIX_EPOCH, "q1");
    let field = QueryField::IdNumber;
    assert_eq!(camara.request(&none, Timestamp::UNIX_EPOCH), Err(AuthorityError::InvalidInput { field }));
}

#[test]
fn a_real_operator_is_called_one_on_purpose() {
    let reply = Response::new(200, r#"{"nameMatch":"true","idDocumentMatch":"true"}"#);
    let test = Camara::new("TEST-operator", "/x");
    assert!(test.is_test() && test.finding(&query(), &reply, Timestamp::UNIX_EPOCH).unwrap().meta.is_test);
    let real = Camara::new("operator", "/x").for_real_register();
    assert!(!real.is_test() && !real.finding(&query(), &reply, Timestamp::UNIX_EPOCH).unwrap().meta.is_test);
}

#[test]
fn it_has_no_look_up() {
    let camara = Camara::new("TEST-operator", "/x");
    assert_eq!(camara.inquiry(&query(), Timestamp::UNIX_EPOCH), Err(AuthorityError::Unsupported));
}

#[test]
fn a_document_that_isnt_the_holders_was_called_a_denied_access() {
    let camara = Camara::new("TEST-operator", "/x");
    let body = r#"{"status":403,"code":"KNOW_YOUR_CUSTOMER.ID_DOCUMENT_MISMATCH","message":"m"}"#;
    let asked = query().offering_phone_number("+8619900000001");
    let finding = camara.finding(&asked, &Response::new(403, body), Timestamp::UNIX_EPOCH).unwrap();
    let said = finding.attributes;
    assert_eq!((said.name, said.id_number), (Attribute::Withheld, Attribute::Mismatch));
    assert_eq!((finding.subject, said.phone_number), (Subject::Found, Attribute::Mismatch));
    let lying = Response::new(401, body);
    assert_eq!(camara.finding(&asked, &lying, Timestamp::UNIX_EPOCH), Err(AuthorityError::Protocol));
    let request = camara.request(&asked, Timestamp::UNIX_EPOCH).unwrap();
    assert!(std::str::from_utf8(&request.body).unwrap().contains("+8619900000001"), "the number at hand");
}

#[test]
fn a_word_of_one_version_is_none_of_the_other() {
    let body = r#"{"status":403,"code":"KNOW_YOUR_CUSTOMER.ID_DOCUMENT_MISMATCH","message":"m"}"#;
    let told = |camara: Camara| {
        let answer = camara.finding(&query(), &Response::new(403, body), Timestamp::UNIX_EPOCH);
        answer.map(|finding| finding.attributes.id_number)
    };
    let camara = || Camara::new("TEST-operator", "/kyc-match/v0.4");
    assert_eq!(told(camara()), Ok(Attribute::Mismatch));
    assert_eq!(told(camara().for_version(CamaraVersion::V0_4)), Ok(Attribute::Mismatch));
    assert_eq!(told(camara().for_version(CamaraVersion::V0_5)), Err(AuthorityError::Protocol));
}
