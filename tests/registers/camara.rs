//! CAMARA Know Your Customer Match: the scenarios of `kyc-match.feature` that apply to a client, against an operator in
//! software that keeps to `kyc-match.yaml`, over a real connection. Every tag of the feature file is either run or listed with
//! the reason why it isn't; a new tag fails the test.
//!
//! The vectors are CAMARA's and aren't copied: `REALNAME_VECTORS` says where they are. Only the comparison with the file needs them;
//! the scenarios are always run.
#![allow(clippy::disallowed_methods)]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use realname::authority::http::{Camara, Dialect, HttpAuthority, HttpOptions, Response, Secret};
use realname::authority::{
    Attribute, Authority, AuthorityError, DocumentStatus, Finding, NotFoundHint, Query, QueryField, Subject,
};
use realname::document::{CardDate, DocumentKind, IdNumber, ValidUntil};
use serde_json::{Map, Value, json};

/// What the client sends and reads: request member, response member, whether it may have a score.
const ASKED: [(&str, &str, bool); 4] = [
    ("idDocument", "idDocumentMatch", false),
    ("idDocumentType", "idDocumentTypeMatch", false),
    ("idDocumentExpiryDate", "idDocumentExpiryDateMatch", false),
    ("name", "nameMatch", true),
];

/// Scenarios that are run below.
const RUN: [&str; 17] = [
    "KYC_Match_1_success_request_response",
    "KYC_Match_2_success_specific_property",
    "KYC_Match_3_success_specific_property_score",
    "KYC_Match_4_perfect_match_no_scores_returned",
    "KYC_Match_5_success_specific_property_false",
    "KYC_Match_6_success_multiple_optional_parameter_combinations",
    "KYC_Match_7_success_id_document_required",
    "KYC_Match_401.1_expired_access_token",
    "KYC_Match_401.2_invalid_access_token",
    "KYC_Match_401.3_no_header_authorization",
    "KYC_Match_400.3_invalid_argument",
    "KYC_Match_10_invalid_param_combination",
    "KYC_Match_11_phone_number_provided_does_not_match_the_token",
    "KYC_Match_C02.01_phone_number_not_schema_compliant",
    "KYC_Match_C02.02_phone_number_not_found",
    "KYC_Match_C02.04_missing_phone_number",
    "KYC_Match_C02.05_phone_number_not_supported",
];

/// Scenarios in which the tester sends what this client never sends.
const NOT_RUN: [(&str, &str); 2] = [
    ("KYC_Match_400.1_no_request_body", "a question always has a body"),
    ("KYC_Match_400.2_empty_request_body", "a question always has a name and a number"),
];

/// What the operator is told to do with the next request.
#[derive(Clone, Debug)]
enum Play {
    /// Match against its record; `overrides` replace members of the response.
    Match { overrides: Map<String, Value> },
    /// Leave a member of the response out.
    Without(&'static str),
    /// Answer with another correlator.
    OtherCorrelator,
    /// Answer with an error.
    Error(u16, &'static str),
}

struct Operator {
    origin: String,
    play: Arc<Mutex<Play>>,
    requests: Arc<Mutex<Vec<Value>>>,
}

/// The record of the subscription +8619900000001. Synthetic.
fn record() -> Value {
    json!({ "idDocument": "119999199001010004", "idDocumentType": "national_id_card",
            "idDocumentExpiryDate": "2040-01-01", "name": "测试甲" })
}

impl Operator {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let play = Arc::new(Mutex::new(Play::Match { overrides: Map::new() }));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let operator = Self { origin, play: Arc::clone(&play), requests: Arc::clone(&requests) };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let (mut line, mut headers) = (String::new(), Vec::new());
                reader.read_line(&mut line).unwrap();
                loop {
                    let mut header = String::new();
                    reader.read_line(&mut header).unwrap();
                    let Some((name, value)) = header.trim().split_once(": ") else { break };
                    headers.push((name.to_ascii_lowercase(), value.to_owned()));
                }
                let header = |name: &str| {
                    headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
                };
                let length: usize = header("content-length").unwrap().parse().unwrap();
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                assert!(line.starts_with("POST /kyc-match/vwip/match "), "{line}");
                let play = play.lock().unwrap().clone();
                let (status, reply) = answer(&play, header("content-type"), header("authorization"), &body);
                requests.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
                let mut correlator = header("x-correlator").unwrap();
                if matches!(play, Play::OtherCorrelator) {
                    correlator.push('0');
                }
                let reply = reply.to_string();
                write!(
                    stream,
                    "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nx-correlator: {correlator}\r\n\
                     Content-Length: {}\r\nConnection: close\r\n\r\n{reply}",
                    reply.len()
                )
                .unwrap();
            }
        });
        operator
    }

    fn play(&self, play: Play) {
        *self.play.lock().unwrap() = play;
    }

    fn client(&self, token: Option<&str>) -> HttpAuthority<Camara> {
        let mut options = HttpOptions::default();
        if let Some(token) = token {
            options.credentials.push(("Authorization".into(), Secret::new(format!("Bearer {token}"))));
        }
        let dialect = Camara::new("TEST-operator", "/kyc-match/vwip").with_country_code("+86");
        HttpAuthority::new(dialect, &self.origin, options).unwrap()
    }

    fn last(&self) -> Value {
        self.requests.lock().unwrap().last().cloned().unwrap()
    }
}

fn refusal(status: u16, code: &str) -> (u16, Value) {
    (status, json!({ "status": status, "code": code, "message": "a user friendly text" }))
}

/// The operator: strict about its schema, as "Request body strictness" demands.
fn answer(play: &Play, media_type: Option<String>, token: Option<String>, body: &[u8]) -> (u16, Value) {
    if token.as_deref() != Some("Bearer valid") {
        return refusal(401, "UNAUTHENTICATED");
    }
    if let Play::Error(status, code) = play {
        return refusal(*status, code);
    }
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
        return refusal(400, "INVALID_ARGUMENT");
    };
    let known = |name: &String| name == "phoneNumber" || ASKED.iter().any(|(asked, ..)| asked == name);
    let texts = members.iter().all(|(name, value)| known(name) && value.is_string());
    let types =
        ["passport", "national_id_card", "residence_permit", "diplomatic_id", "driver_licence", "other"];
    let typed =
        members.get("idDocumentType").is_none_or(|kind| types.contains(&kind.as_str().unwrap_or_default()));
    let phone = members.get("phoneNumber").and_then(Value::as_str);
    let dialled =
        phone.is_none_or(|phone| phone.starts_with('+') && phone[1..].bytes().all(|b| b.is_ascii_digit()));
    if media_type.as_deref() != Some("application/json") || !texts || !typed || !dialled {
        return refusal(400, "INVALID_ARGUMENT");
    }
    match phone {
        None => return refusal(422, "MISSING_IDENTIFIER"),
        Some("+8619900000001") => {}
        Some(_) => return refusal(404, "IDENTIFIER_NOT_FOUND"),
    }
    let mut response = Map::new();
    for (asked, answered, has_score) in ASKED {
        let Some(value) = members.get(asked) else { continue };
        let same = record()[asked] == *value;
        response.insert(answered.into(), if same { "true" } else { "false" }.into());
        if has_score && !same {
            response.insert(format!("{answered}Score"), 87.into());
        }
    }
    match play {
        Play::Match { overrides } => response.extend(overrides.clone()),
        Play::Without(member) => drop(response.remove(*member)),
        Play::OtherCorrelator | Play::Error(..) => {}
    }
    (200, Value::Object(response))
}

fn query() -> Query {
    let now = Timestamp::now();
    let until = ValidUntil::Day(CardDate::parse("20400101").unwrap());
    Query::new("测试甲", IdNumber::new("119999199001010004"), now, "corr-1")
        .with_document_kind(DocumentKind::Resident)
        .with_validity(CardDate::parse("20200101").unwrap(), until)
        .with_phone_number("19900000001")
        .with_deadline(now + Duration::from_secs(10))
}

fn other(field: QueryField) -> Query {
    let base = |name: &str, number: &str| {
        Query::new(name, IdNumber::new(number), Timestamp::now(), "corr-2").with_phone_number("19900000001")
    };
    let from = CardDate::parse("20200101").unwrap();
    let until = |day| ValidUntil::Day(CardDate::parse(day).unwrap());
    let (kind, until_day) = (DocumentKind::Resident, until("20400101"));
    match field {
        QueryField::Name => {
            base("测试乙", "119999199001010004").with_document_kind(kind).with_validity(from, until_day)
        }
        QueryField::IdNumber => {
            base("测试甲", "119999199001010012").with_document_kind(kind).with_validity(from, until_day)
        }
        QueryField::DocumentKind => base("测试甲", "119999199001010004")
            .with_document_kind(DocumentKind::ResidencePermit)
            .with_validity(from, until_day),
        _ => base("测试甲", "119999199001010004")
            .with_document_kind(kind)
            .with_validity(from, until("20410101")),
    }
}

/// Name, number, last day, phone number.
fn shown(finding: &Finding) -> [Attribute; 4] {
    let attributes = &finding.attributes;
    [attributes.name, attributes.id_number, attributes.valid_until, attributes.phone_number]
}

use Attribute::{Match as Yes, Mismatch as No, NotAsked, NotAvailable as Na};

#[test]
fn success_scenarios_1_to_7() {
    let operator = Operator::start();
    let client = operator.client(Some("valid"));
    // 1, 2, 4: everything that is asked is answered, a perfect match without a score.
    let finding = client.ask(&query()).unwrap();
    assert_eq!((finding.subject, shown(&finding)), (Subject::Found, [Yes; 4]));
    assert_eq!((finding.attributes.valid_from, finding.document), (Na, DocumentStatus::NotAvailable));
    assert_eq!(finding.meta.reference.as_deref(), Some("corr-1"), "x-correlator comes back");
    let sent = operator.last();
    let members: BTreeSet<_> = sent.as_object().unwrap().keys().map(String::as_str).collect();
    let expected: BTreeSet<_> = ASKED.iter().map(|(asked, ..)| *asked).chain(["phoneNumber"]).collect();
    assert_eq!(members, expected);
    assert_eq!(sent["phoneNumber"], "+8619900000001");
    // 3, 5: each property false, with a score and without one. A score of 99 is no match.
    for (field, expected) in [
        (QueryField::Name, [No, Yes, Yes, Yes]),
        (QueryField::IdNumber, [Yes, No, Yes, No]),
        (QueryField::DocumentKind, [Yes, No, Yes, No]),
        (QueryField::ValidUntil, [Yes, Yes, No, Yes]),
    ] {
        let finding = client.ask(&other(field)).unwrap();
        assert_eq!(shown(&finding), expected, "{field}");
    }
    let overrides = json!({ "nameMatchScore": 99 }).as_object().unwrap().clone();
    operator.play(Play::Match { overrides });
    assert_eq!(shown(&client.ask(&other(QueryField::Name)).unwrap())[0], No);
    let overrides = json!({ "nameMatch": "not_available", "idDocumentMatch": "not_available" });
    operator.play(Play::Match { overrides: overrides.as_object().unwrap().clone() });
    assert_eq!(shown(&client.ask(&query()).unwrap()), [Na, Na, Yes, Na]);
    // 6, 7: the fewest and the most that a question can have. The identity document is always among them.
    operator.play(Play::Match { overrides: Map::new() });
    let least = Query::new("测试甲", IdNumber::new("119999199001010004"), Timestamp::now(), "corr-3")
        .with_phone_number("+8619900000001");
    assert_eq!(shown(&client.ask(&least).unwrap()), [Yes, Yes, NotAsked, Yes]);
    assert_eq!(operator.last().as_object().unwrap().len(), 3);
    let from = CardDate::parse("20200101").unwrap();
    let long_term = least.clone().with_validity(from, ValidUntil::LongTerm);
    assert_eq!(shown(&client.ask(&long_term).unwrap()), [Yes, Yes, Na, Yes]);
}

#[test]
fn refusals_401() {
    let operator = Operator::start();
    for token in [Some("expired"), Some("invalid"), None] {
        assert_eq!(operator.client(token).ask(&query()), Err(AuthorityError::Denied), "{token:?}");
    }
}

#[test]
fn refusals_of_the_api() {
    let operator = Operator::start();
    let client = operator.client(Some("valid"));
    let phone = || Err(AuthorityError::InvalidInput { field: QueryField::PhoneNumber });
    for (status, code, expected) in [
        (400, "INVALID_ARGUMENT", Err(AuthorityError::Protocol)),
        (400, "KNOW_YOUR_CUSTOMER.INVALID_PARAM_COMBINATION", Err(AuthorityError::Unsupported)),
        (401, "UNAUTHENTICATED", Err(AuthorityError::Denied)),
        (403, "PERMISSION_DENIED", Err(AuthorityError::Denied)),
        (403, "INVALID_TOKEN_CONTEXT", phone()),
        (404, "NOT_FOUND", Err(AuthorityError::Protocol)),
        (422, "SERVICE_NOT_APPLICABLE", Err(AuthorityError::Unsupported)),
        (422, "MISSING_IDENTIFIER", phone()),
        (500, "INTERNAL", Err(AuthorityError::Indeterminate)),
        (503, "UNAVAILABLE", Err(AuthorityError::Transient { retry_after: None })),
        (504, "TIMEOUT", Err(AuthorityError::Indeterminate)),
        (418, "SOMETHING_NEW", Err(AuthorityError::Protocol)),
    ] {
        operator.play(Play::Error(status, code));
        assert_eq!(client.ask(&query()), expected, "{status} {code}");
    }
    operator.play(Play::Error(404, "IDENTIFIER_NOT_FOUND"));
    let hint = Some(NotFoundHint::NumberUnknown);
    assert_eq!(client.ask(&query()).unwrap().subject, Subject::NotFound { hint });
}

#[test]
fn phone_numbers_c02() {
    let operator = Operator::start();
    let client = operator.client(Some("valid"));
    let base = || Query::new("测试甲", IdNumber::new("119999199001010004"), Timestamp::now(), "corr-4");
    let invalid = Err(AuthorityError::InvalidInput { field: QueryField::PhoneNumber });
    for phone in ["12", "+0123456", "+86 199 0000", "phone", "+1234567890123456", "+"] {
        let plain =
            Camara::new("TEST-operator", "/x").request(&base().with_phone_number(phone), Timestamp::now());
        assert_eq!(plain.map(|_| ()), invalid, "{phone}: found before anything is sent");
    }
    let unknown = client.ask(&base().with_phone_number("+8619900000009")).unwrap();
    assert!(matches!(unknown.subject, Subject::NotFound { .. }));
    let missing = client.ask(&base());
    assert_eq!(missing.map(|_| ()), Err(AuthorityError::InvalidInput { field: QueryField::PhoneNumber }));
}

#[test]
fn replies_that_dont_keep_to_the_schema_are_not_understood() {
    let operator = Operator::start();
    let client = operator.client(Some("valid"));
    let wrong = [
        json!({ "nameMatch": "TRUE" }),
        json!({ "nameMatch": true }),
        json!({ "nameMatch": "maybe" }),
        json!({ "nameMatchScore": 90 }),
        json!({ "nameMatch": "false", "nameMatchScore": 100 }),
        json!({ "nameMatch": "false", "nameMatchScore": "90" }),
        json!({ "emailMatch": "yes" }),
    ];
    for overrides in wrong {
        operator.play(Play::Match { overrides: overrides.as_object().unwrap().clone() });
        assert_eq!(client.ask(&query()), Err(AuthorityError::Protocol), "{overrides}");
    }
    for (_, member, _) in ASKED {
        operator.play(Play::Without(member));
        assert_eq!(client.ask(&query()), Err(AuthorityError::Protocol), "{member}");
    }
    operator.play(Play::OtherCorrelator);
    assert_eq!(client.ask(&query()), Err(AuthorityError::Protocol), "the answer to another request");
    let dialect = Camara::new("TEST-operator", "/x");
    let twice = r#"{"nameMatch":"true","nameMatch":"false","idDocumentMatch":"true"}"#;
    for body in [twice, "", "[]", "{", "null"] {
        let answer = dialect.finding(&query(), &Response::new(200, body), Timestamp::now());
        assert_eq!(answer, Err(AuthorityError::Protocol), "{body}");
    }
}

fn vectors() -> PathBuf {
    let directory =
        std::env::var_os("REALNAME_VECTORS").expect("REALNAME_VECTORS names the vectors' directory");
    PathBuf::from(directory).join("camara")
}

#[test]
#[ignore = "needs REALNAME_VECTORS"]
fn every_scenario_of_the_feature_file_is_accounted_for() {
    let directory = vectors();
    let feature = std::fs::read_to_string(directory.join("kyc-match.feature")).unwrap();
    let tags: BTreeSet<&str> = feature.lines().filter_map(|line| line.trim().strip_prefix('@')).collect();
    let accounted: BTreeSet<&str> = RUN.into_iter().chain(NOT_RUN.map(|(tag, _)| tag)).collect();
    assert_eq!(tags, accounted);
    // The rows of the examples about properties that the client sends are exactly those that it reads.
    for (asked, answered, has_score) in ASKED {
        let row = |columns: &[&str]| {
            feature
                .lines()
                .filter(|line| {
                    let cells: Vec<_> =
                        line.split('|').map(str::trim).filter(|cell| !cell.is_empty()).collect();
                    cells == columns
                })
                .count()
        };
        let (asked, score) = (format!("$.{asked}"), format!("$.{answered}Score"));
        let answered = format!("$.{answered}");
        assert_eq!(row(&[&asked, &answered]), 3, "{asked}: scenarios 2, 4 and 5");
        assert_eq!(row(&[&asked, &answered, &score]), usize::from(has_score), "{asked}: scenario 3");
    }
}

#[test]
#[ignore = "needs REALNAME_VECTORS"]
fn every_error_of_the_specification_is_told_apart() {
    let directory = vectors();
    let spec = std::fs::read_to_string(directory.join("kyc-match.yaml")).unwrap();
    let lines: Vec<&str> = spec.lines().map(str::trim).collect();
    let mut pairs = BTreeSet::new();
    for pair in lines.windows(2) {
        if let (Some(status), Some(code)) = (pair[0].strip_prefix("status: "), pair[1].strip_prefix("code: "))
        {
            pairs.insert((status.parse::<u16>().unwrap(), code.to_owned()));
        }
    }
    assert_eq!(pairs.len(), 9, "{pairs:?}");
    let dialect = Camara::new("TEST-operator", "/x");
    for (status, code) in pairs {
        let body = json!({ "status": status, "code": code, "message": "x" }).to_string();
        let answer = dialect.finding(&query(), &Response::new(status, body.clone()), Timestamp::now());
        let understood = !matches!(answer, Err(AuthorityError::Protocol));
        // What a client like this one never causes may as well not be understood; it is never an answer.
        let ours = !matches!(code.as_str(), "INVALID_ARGUMENT" | "NOT_FOUND");
        assert_eq!(understood, ours, "{status} {code}");
        let lying = dialect.finding(&query(), &Response::new(status + 1, body), Timestamp::now());
        assert_eq!(
            lying.map(|_| ()),
            Err(AuthorityError::Protocol),
            "{status} {code}: another status in the body"
        );
    }
}
