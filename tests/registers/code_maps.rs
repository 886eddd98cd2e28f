//! Every code of every map in `fixtures/codemaps`, against a table that is written here a second time from the vendors'
//! tables: a slip in a map shows, and so does a code that one side has and the other hasn't.
#![allow(clippy::disallowed_methods)]

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use realname::authority::http::{CodeMap, Dialect, MappedJson, Reply};
use realname::authority::{
    Attribute, AuthorityError, Face, Finding, Liveness, NotFoundHint, ProbeFault, Query, QueryField,
    QuotaScope, Subject,
};
use realname::capture::{Intake, Slot};
use realname::document::IdNumber;
use serde_json::{Value, json};

use Expected::{Fails, Says};

#[derive(Clone, Debug, PartialEq)]
enum Expected {
    /// Subject, name, number, phone number, face, liveness.
    Says(Subject, Attribute, Attribute, Attribute, Face, Liveness),
    Fails(AuthorityError),
}

const MAPS: [&str; 8] = [
    "tencent-two-element",
    "tencent-phone-three-element",
    "alibaba-face",
    "alibaba-reseller-three-element",
    "huawei-face",
    "chuanglan-photo",
    "guozhengtong-two-element",
    "nciic-style",
];

/// A face that is asked about, and a phone number where the interface takes one.
fn expected(map: &str) -> Vec<(&'static str, Value, Expected)> {
    use Attribute::{Match as Yes, Mismatch as No, NotAvailable as Na, Withheld};
    let found = Subject::Found;
    let gone = Subject::NotFound { hint: None };
    let invalid = |field| Fails(AuthorityError::InvalidInput { field });
    let transient = || Fails(AuthorityError::Transient { retry_after: None });
    let person = || Fails(AuthorityError::Quota { scope: QuotaScope::Person, reset: None });
    let rate = || Fails(AuthorityError::Quota { scope: QuotaScope::Rate, reset: None });
    let text = |subject, name, number| Says(subject, name, number, Na, Face::NotRun, Liveness::NotRun);
    let phone = |subject, all, phone| Says(subject, all, all, phone, Face::NotRun, Liveness::NotRun);
    let face = |name, number, face| Says(found, name, number, Na, face, Liveness::NotRun);
    let blurred = Face::ProbeUnusable { reason: ProbeFault::Quality };
    let denied = || Fails(AuthorityError::Denied);
    let unknown = || Fails(AuthorityError::Indeterminate);
    match map {
        "tencent-two-element" => vec![
            ("/Response/Result", json!("0"), text(found, Yes, Yes)),
            ("/Response/Result", json!("-1"), text(found, No, Yes)),
            ("/Response/Result", json!("-2"), invalid(QueryField::IdNumber)),
            ("/Response/Result", json!("-3"), invalid(QueryField::Name)),
            ("/Response/Result", json!("-4"), transient()),
            ("/Response/Result", json!("-5"), text(gone, Na, Na)),
            ("/Response/Result", json!("-6"), transient()),
            ("/Response/Result", json!("-7"), person()),
            ("/Response/Error/Code", json!("AuthFailure.SecretIdNotFound"), denied()),
            ("/Response/Error/Code", json!("AuthFailure.SignatureExpire"), denied()),
            ("/Response/Error/Code", json!("AuthFailure.SignatureFailure"), denied()),
            ("/Response/Error/Code", json!("AuthFailure.UnauthorizedOperation"), denied()),
            ("/Response/Error/Code", json!("RequestLimitExceeded"), rate()),
            ("/Response/Error/Code", json!("InternalError"), unknown()),
        ],
        "tencent-phone-three-element" => vec![
            ("/Response/Result", json!("0"), phone(found, Yes, Yes)),
            ("/Response/Result", json!("-4"), phone(found, Withheld, No)),
            ("/Response/Result", json!("-6"), invalid(QueryField::PhoneNumber)),
            ("/Response/Result", json!("-7"), invalid(QueryField::IdNumber)),
            ("/Response/Result", json!("-8"), invalid(QueryField::Name)),
            ("/Response/Result", json!("-9"), phone(gone, Na, Na)),
            ("/Response/Result", json!("-11"), transient()),
            ("/Response/Result", json!("-12"), person()),
            ("/Response/Result", json!("-13"), Fails(AuthorityError::Unsupported)),
            ("/Response/Error/Code", json!("AuthFailure.SignatureFailure"), denied()),
            ("/Response/Error/Code", json!("RequestLimitExceeded"), rate()),
            ("/Response/Error/Code", json!("InternalError"), unknown()),
        ],
        "alibaba-face" => vec![
            ("/ResultObject/SubCode", json!("200"), face(Yes, Yes, Face::Same)),
            ("/ResultObject/SubCode", json!("201"), face(No, Yes, Face::NotRun)),
            ("/ResultObject/SubCode", json!("202"), text(gone, Na, Na)),
            ("/ResultObject/SubCode", json!("203"), face(Na, Na, Face::NoReference)),
            ("/ResultObject/SubCode", json!("204"), face(Na, Na, Face::Different)),
            (
                "/ResultObject/SubCode",
                json!("205"),
                Says(found, Na, Na, Na, Face::Inconclusive, Liveness::Spoof),
            ),
            ("/ResultObject/SubCode", json!("417"), transient()),
            ("/ResultObject/SubCode", json!("418"), person()),
            ("/ResultObject/SubCode", json!("427"), Fails(AuthorityError::PolicyBlocked)),
            ("/Code", json!("200"), face(Yes, Yes, Face::Same)),
            ("/Code", json!("401"), denied()),
            ("/Code", json!("500"), unknown()),
        ],
        "alibaba-reseller-three-element" => vec![
            ("/result", json!(1), phone(found, Yes, Yes)),
            ("/result", json!(2), phone(found, Withheld, No)),
            ("/result", json!(0), phone(gone, Na, Na)),
        ],
        "huawei-face" => vec![
            ("/result/verification_code", json!(1000), face(Yes, Yes, Face::Same)),
            ("/result/verification_code", json!(2001), face(No, Yes, Face::NotRun)),
            ("/result/verification_code", json!(2002), face(Na, Na, Face::Different)),
            ("/result/verification_code", json!(2003), face(Na, Na, blurred)),
            ("/result/verification_code", json!(2006), face(Na, Na, Face::NoReference)),
            ("/result/verification_code", json!(3001), text(gone, Na, Na)),
        ],
        "chuanglan-photo" => vec![
            ("/data/result", json!("01"), face(Yes, Yes, Face::Same)),
            ("/data/result", json!("02"), face(Na, Na, Face::Different)),
            ("/data/result", json!("03"), face(Na, Na, Face::Inconclusive)),
            ("/data/result", json!("04"), unknown()),
            ("/data/result", json!("05"), face(No, Yes, Face::NotRun)),
            ("/data/result", json!("06"), face(Na, Na, Face::NoReference)),
            ("/data/result", json!("07"), face(Na, Na, blurred)),
            ("/data/result", json!("08"), text(gone, Na, Na)),
            ("/data/result", json!("09"), Fails(AuthorityError::Unsupported)),
        ],
        "guozhengtong-two-element" => vec![
            ("/result", json!(3), text(found, Yes, Yes)),
            ("/result", json!(2), text(found, No, Yes)),
            ("/result", json!(1), text(gone, Na, Na)),
            ("/result", json!(4), unknown()),
        ],
        "nciic-style" => vec![
            ("/result_gmsfhm", json!("一致"), text(found, Na, Yes)),
            ("/result_gmsfhm", json!("不一致"), text(found, Na, No)),
            // A name alone, without a word on the number, finds nobody.
            ("/result_xm", json!("一致"), Fails(AuthorityError::Protocol)),
            ("/result_xm", json!("不一致"), Fails(AuthorityError::Protocol)),
            (
                "/errormesage",
                json!("库中无此号"),
                text(Subject::NotFound { hint: Some(NotFoundHint::NumberUnknown) }, Na, Na),
            ),
        ],
        other => panic!("no table for {other}"),
    }
}

fn open(map: &str) -> (CodeMap, MappedJson) {
    let path = format!("{}/fixtures/codemaps/{map}.toml", env!("CARGO_MANIFEST_DIR"));
    let map = CodeMap::parse(&std::fs::read_to_string(path).unwrap()).unwrap();
    (map.clone(), MappedJson::new("TEST-map", map))
}

fn query() -> Query {
    let mut png = Vec::new();
    image::ImageEncoder::write_image(
        image::codecs::png::PngEncoder::new(&mut png),
        &vec![127; 300 * 300],
        300,
        300,
        image::ExtendedColorType::L8,
    )
    .unwrap();
    let probe = Intake::default().take(Slot::Live, png, Timestamp::UNIX_EPOCH).unwrap();
    Query::new("测试甲", IdNumber::new("119999199001010004"), Timestamp::UNIX_EPOCH, "q1")
        .with_phone_number("+8619900000000")
        .with_probe(Arc::new(probe))
}

fn query_without_face() -> Query {
    Query::new("测试甲", IdNumber::new("119999199001010004"), Timestamp::UNIX_EPOCH, "q1")
        .with_phone_number("+8619900000000")
}

/// A reply with this code at this place, and what else the interface always has.
fn reply(map: &str, at: &str, code: &Value) -> Reply {
    let mut body = match map {
        "alibaba-face" => json!({ "Code": "200", "ResultObject": { "SubCode": "200" } }),
        "huawei-face" => json!({ "meta": { "uuid": "q1" } }),
        _ => json!({}),
    };
    let mut place = &mut body;
    for name in at.trim_start_matches('/').split('/') {
        place = &mut place[name];
    }
    *place = code.clone();
    Reply::new(200, body.to_string())
}

fn seen(query: &Query, answer: Result<Finding, AuthorityError>) -> Expected {
    match answer {
        Err(error) => Fails(error),
        Ok(finding) => {
            assert_eq!(finding.meta.answers, query.idempotency_key());
            assert!(finding.meta.is_test && finding.meta.response_sha256.is_some());
            let attributes = finding.attributes;
            let (name, number, phone) = (attributes.name, attributes.id_number, attributes.phone_number);
            Says(finding.subject, name, number, phone, finding.face, finding.liveness)
        }
    }
}

#[test]
fn every_code_means_what_the_vendor_says() {
    let mut count = 0;
    for name in MAPS {
        let (map, dialect) = open(name);
        assert_eq!(map.interface(), name);
        assert!(dialect.request(&query(), Timestamp::UNIX_EPOCH).is_ok(), "{name}");
        let table = expected(name);
        let mapped: BTreeSet<_> = map.codes().map(|(at, code)| (at.to_owned(), code.to_string())).collect();
        let listed: BTreeSet<_> =
            table.iter().map(|(at, code, _)| ((*at).to_owned(), code.to_string())).collect();
        assert_eq!(mapped, listed, "{name}");
        for (at, code, expected) in table {
            let answer = dialect.finding(&query(), &reply(name, at, &code), Timestamp::UNIX_EPOCH);
            assert_eq!(seen(&query(), answer), expected, "{name} {at} {code}");
            count += 1;
        }
    }
    println!("{count} codes of {} maps", MAPS.len());
    assert_eq!(count, 65);
}

#[test]
fn the_maps_are_all_listed() {
    let directory = format!("{}/fixtures/codemaps", env!("CARGO_MANIFEST_DIR"));
    let files: BTreeSet<String> = std::fs::read_dir(directory)
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(files, MAPS.map(str::to_owned).into());
}

#[test]
fn each_map_says_what_in_it_is_sourced_and_what_is_a_placeholder() {
    for name in MAPS {
        let path = format!("{}/fixtures/codemaps/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let (header, _) = text.split_once("interface = ").unwrap();
        for part in ["# Sourced: ", "# Placeholders, to be set from your contract: ", "Nothing here was"] {
            assert!(header.contains(part), "{name}: {part}");
        }
    }
}

/// Every integer and every short text that the maps don't have, at every place, in the type of the place and in the others.
#[test]
fn no_unmapped_code_of_a_whole_range_is_understood() {
    let mut count = 0;
    for name in MAPS {
        let (map, dialect) = open(name);
        let known: BTreeSet<_> = map.codes().map(|(at, code)| (at.to_owned(), code.to_string())).collect();
        let places: BTreeSet<&str> = map.codes().map(|(at, _)| at).collect();
        for at in places {
            let integers = -1000..4000_i64;
            let codes =
                integers.flat_map(|code| [json!(code), json!(code.to_string()), json!(format!("0{code}"))]);
            for code in codes.filter(|code| !known.contains(&(at.to_owned(), code.to_string()))) {
                let answer =
                    dialect.finding(&query_without_face(), &reply(name, at, &code), Timestamp::UNIX_EPOCH);
                assert_eq!(answer, Err(AuthorityError::Protocol), "{name} {at} {code}");
                count += 1;
            }
        }
    }
    assert!(count > 150_000, "{count}");
}

#[test]
fn any_other_code_is_never_a_guess() {
    // The integers that mean "match" somewhere, in the other type, and what merely looks like a code.
    let strange = [
        json!("00"),
        json!("0 "),
        json!(" 0"),
        json!("1000.0"),
        json!(""),
        json!("-0"),
        json!("match"),
        json!(true),
        json!(false),
        json!(1.0),
        json!(0.0),
        json!(-1),
        json!(99),
        json!([0]),
        json!({"0": 0}),
        json!("１"),
        json!("200 "),
        json!(200),
        json!("1"),
        json!("3"),
        json!(18_446_744_073_709_551_615_u64),
    ];
    for name in MAPS {
        let (map, dialect) = open(name);
        let known: BTreeSet<_> = map.codes().map(|(at, code)| (at.to_owned(), code.to_string())).collect();
        let places: BTreeSet<&str> = map.codes().map(|(at, _)| at).collect();
        for at in places {
            for code in &strange {
                if known.contains(&(at.to_owned(), code.to_string())) {
                    continue;
                }
                let answer = dialect.finding(&query(), &reply(name, at, code), Timestamp::UNIX_EPOCH);
                assert_eq!(answer, Err(AuthorityError::Protocol), "{name} {at} {code}");
            }
        }
        for body in ["", "{}", "[]", "null", "0", "\"0\"", "{\"Response\":{\"Result\":null}}"] {
            let answer = dialect.finding(&query(), &Reply::new(200, body), Timestamp::UNIX_EPOCH);
            assert_eq!(answer, Err(AuthorityError::Protocol), "{name} {body}");
        }
    }
}

#[test]
fn codes_that_contradict_each_other_are_not_understood() {
    let (_, dialect) = open("nciic-style");
    let both = json!({ "errormesage": "库中无此号", "result_gmsfhm": "一致", "result_xm": "一致" });
    let answer = dialect.finding(&query(), &Reply::new(200, both.to_string()), Timestamp::UNIX_EPOCH);
    assert_eq!(answer, Err(AuthorityError::Protocol));
    let pair = json!({ "result_gmsfhm": "一致", "result_xm": "一致" });
    let finding =
        dialect.finding(&query(), &Reply::new(200, pair.to_string()), Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!((finding.attributes.name, finding.attributes.id_number), (Attribute::Match, Attribute::Match));
}
