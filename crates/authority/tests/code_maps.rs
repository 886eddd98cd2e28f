//! Every map in `fixtures/codemaps`, against a table that is written here a second time from the vendors' own: a slip in a
//! map shows, and so does a code that one side has and the other hasn't. Then every value of every vendor in every column of
//! every other: what the table doesn't grant is no answer.
#![allow(clippy::disallowed_methods)]

mod vendors;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use realname_authority::http::{CodeMap, Dialect, MappedJson, Response};
use realname_authority::{Attribute, AuthorityError, Face, Finding, Liveness, Query, Subject};
use realname_capture::{Intake, Slot};
use realname_terms::{CardDate, IdNumber, ValidUntil};
use serde_json::{Value, json};

use vendors::{Expected, Vendor, vendors};

fn open(map: &str) -> (CodeMap, MappedJson) {
    let path = format!("{}/../../fixtures/codemaps/{map}.toml", env!("CARGO_MANIFEST_DIR"));
    let map = CodeMap::parse(&std::fs::read_to_string(path).unwrap()).unwrap();
    (map.clone(), MappedJson::new("TEST-map", map))
}

/// Everything that any of the interfaces takes: a face, both dates, and a phone number at hand.
fn query() -> Query {
    let mut canvas = realname_specimen::canvas::Canvas::new(300, 300, [127.0; 3]);
    canvas.rectangle(30.0, 30.0, 170.0, 170.0, [10.0; 3]);
    let probe = Intake::default().take(Slot::Live, canvas.to_png(), Timestamp::UNIX_EPOCH).unwrap();
    let day = |text| CardDate::parse(text).unwrap();
    Query::new("测试甲", IdNumber::new("119999199001010004"), Timestamp::UNIX_EPOCH, "q1")
        .offering_phone_number("+8619900000000")
        .with_validity(day("20200101"), ValidUntil::Day(day("20400101")))
        .with_probe(Arc::new(probe))
}

/// Puts a value at a pointer, making what leads there; `None` takes it away.
fn put(body: &mut Value, at: &str, value: Option<Value>) {
    let (parent, member) = at.rsplit_once('/').unwrap();
    let mut place = body;
    for name in parent.split('/').skip(1) {
        place = match name.parse::<usize>() {
            Ok(index) => &mut place[index],
            Err(_) => &mut place[name],
        };
    }
    match value {
        Some(value) => place[member] = value,
        None => drop(place.as_object_mut().and_then(|members| members.remove(member))),
    }
}

/// A reply of this vendor with these two codes, its outer layer as it is when a call succeeded.
fn reply(vendor: &Vendor, verdict: Option<&Value>, reason: Option<&Value>) -> Value {
    let mut body = vendor.base.clone();
    put(&mut body, vendor.verdict, verdict.cloned());
    if let Some(at) = vendor.reason {
        put(&mut body, at, reason.cloned());
    }
    body
}

fn ask(dialect: &MappedJson, query: &Query, body: &str) -> Result<Finding, AuthorityError> {
    dialect.finding(query, &Response::new(200, body), Timestamp::UNIX_EPOCH)
}

fn seen(answer: &Result<Finding, AuthorityError>) -> Expected {
    match answer {
        Err(error) => Expected::Fails(error.clone()),
        Ok(finding) => {
            assert!(finding.meta.answers == "q1" && finding.meta.is_test);
            assert!(finding.meta.response_sha256.is_some());
            let said = finding.attributes;
            Expected::Says {
                subject: finding.subject,
                attributes: [said.name, said.id_number, said.valid_from, said.valid_until, said.phone_number],
                face: finding.face,
                liveness: finding.liveness,
                billed: finding.meta.billed,
            }
        }
    }
}

/// Whether a check could pass on it.
fn is_match(answer: &Result<Finding, AuthorityError>) -> bool {
    answer.as_ref().is_ok_and(|finding| {
        let said = finding.attributes;
        let both = said.name == Attribute::Match && said.id_number == Attribute::Match;
        (finding.subject == Subject::Found && both)
            || finding.face == Face::Same
            || finding.liveness == Liveness::Live
    })
}

/// Every code of every vendor's table, as a text and as a number, and what only looks like one. `None` is "missing".
fn universe(vendors: &[Vendor]) -> Vec<Option<Value>> {
    let mut values: BTreeSet<String> = BTreeSet::new();
    for vendor in vendors {
        let outer = vendor.outer.iter().flat_map(|(_, codes)| codes.iter().map(|(code, _)| code));
        let pairs =
            vendor.pairs.iter().flat_map(|(verdict, reason, _)| std::iter::once(verdict).chain(reason));
        for value in outer.chain(pairs) {
            values.insert(value.to_string());
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            values.insert(json!(text).to_string());
            if let Ok(number) = text.parse::<i64>() {
                values.insert(json!(number).to_string());
                values.insert(json!(format!("0{text}")).to_string());
                values.insert(json!(format!("{text} ")).to_string());
            } else {
                values.insert(json!(text.to_lowercase()).to_string());
            }
        }
    }
    for strange in
        ["null", "true", "false", "0.0", "1.0", "1e3", "\"\"", "[]", "{}", "[0]", "\"１\"", "\"match\""]
    {
        values.insert(strange.to_owned());
    }
    let values = values.iter().map(|text| Some(serde_json::from_str(text).unwrap()));
    values.chain([None]).collect()
}

/// What the table grants for these two codes.
fn granted(vendor: &Vendor, verdict: Option<&Value>, reason: Option<&Value>) -> Expected {
    let there = |value: Option<&Value>| value.filter(|value| !value.is_null()).cloned();
    let (verdict, reason) = (there(verdict), there(reason));
    let known = vendor.pairs.iter().find(|(v, r, _)| {
        let reads_reason = vendor.reason.is_some();
        vendor.same(Some(v), verdict.as_ref(), vendor.either)
            && (!reads_reason || vendor.same(r.as_ref(), reason.as_ref(), vendor.either))
    });
    known.map_or(Expected::Fails(AuthorityError::Protocol), |(.., expected)| expected.clone())
}

#[test]
fn every_pair_of_verdict_and_reason_means_what_the_vendors_table_says_and_no_other_pair_is_a_match() {
    let (vendors, query) = (vendors(), query());
    let universe = universe(&vendors);
    let try_all = |vendor: &Vendor| {
        let (map, dialect) = open(vendor.map);
        assert_eq!(map.interface(), vendor.map);
        assert!(dialect.request(&query, Timestamp::UNIX_EPOCH).is_ok(), "{}", vendor.map);
        let (mut replies, mut matches) = (0_u32, 0_u32);
        let reasons = if vendor.reason.is_some() { &universe[..] } else { &[None] };
        for verdict in &universe {
            for reason in reasons {
                let body = reply(vendor, verdict.as_ref(), reason.as_ref()).to_string();
                let answer = ask(&dialect, &query, &body);
                let expected = granted(vendor, verdict.as_ref(), reason.as_ref());
                assert_eq!(seen(&answer), expected, "{} {body}", vendor.map);
                replies += 1;
                matches += u32::from(is_match(&answer));
            }
        }
        (vendor.map, replies, matches)
    };
    let by_map: Vec<_> = std::thread::scope(|scope| {
        let tried: Vec<_> = vendors.iter().map(|vendor| scope.spawn(move || try_all(vendor))).collect();
        tried.into_iter().map(|tried| tried.join().unwrap()).collect()
    });
    for (map, replies, matches) in &by_map {
        println!("{map:28} {replies:7} replies, {matches} matches");
        assert!((1..=4).contains(matches), "{map}: one pair, in the types that the vendor shows");
    }
    let (replies, matches) =
        by_map.iter().fold((0, 0), |(replies, matches), map| (replies + map.1, matches + map.2));
    println!("{replies} replies to {} maps, {matches} matches, all of them granted", by_map.len());
    assert!(replies > 100_000, "{replies}");
}

#[test]
fn beside_every_other_outer_code_the_reply_of_a_pass_is_no_answer() {
    let (vendors, query) = (vendors(), query());
    let universe = universe(&vendors);
    let mut count = 0;
    for vendor in &vendors {
        let (_, dialect) = open(vendor.map);
        let pass = vendor.pass();
        assert!(is_match(&ask(&dialect, &query, &pass.to_string())), "{}", vendor.map);
        for (at, codes) in &vendor.outer {
            for value in &universe {
                let mut body = pass.clone();
                put(&mut body, at, value.clone());
                let answer = ask(&dialect, &query, &body.to_string());
                let there = value.clone().filter(|value| !value.is_null());
                let known = codes.iter().find(|(code, _)| {
                    vendor.same(Some(code), there.as_ref(), vendor.either && *at == "/Code")
                });
                let expected = match (known, there) {
                    (Some((_, expected)), _) => expected.clone(),
                    // An `Error` without a code is one all the same; no `Error` at all is a call that succeeded.
                    (None, None) if *at == "/Response/Error" => Ok(()),
                    (None, None) if at.starts_with("/Response/Error") && value.is_none() => Ok(()),
                    _ => Err(AuthorityError::Protocol),
                };
                assert_eq!(answer.map(|_| ()), expected, "{} {at} {value:?}", vendor.map);
                count += 1;
            }
        }
    }
    println!("{count} outer values");
}

#[test]
fn a_member_that_comes_twice_is_no_answer_whatever_it_says_second() {
    let (vendors, query) = (vendors(), query());
    let mut count = 0;
    for vendor in &vendors {
        let (_, dialect) = open(vendor.map);
        let places = std::iter::once(vendor.verdict)
            .chain(vendor.reason)
            .chain(vendor.outer.iter().map(|(at, _)| *at));
        for at in places {
            let member = at.rsplit('/').next().unwrap();
            for (verdict, reason, _) in &vendor.pairs {
                for value in [verdict].into_iter().chain(reason) {
                    let body = vendor.pass().to_string();
                    let once = format!("\"{member}\":");
                    if !body.contains(&once) {
                        continue;
                    }
                    for twice in [format!("{once}{value},{once}"), format!("{once}null,{once}")] {
                        let answer = ask(&dialect, &query, &body.replacen(&once, &twice, 1));
                        assert_eq!(answer, Err(AuthorityError::Protocol), "{} {member} {value}", vendor.map);
                        count += 1;
                    }
                }
            }
        }
    }
    println!("{count} doubled members");
    assert!(count > 300, "{count}");
}

#[test]
fn a_verdict_of_no_beside_the_reason_of_a_pass_was_attested() {
    let query = query();
    let (_, dialect) = open("alibaba-face");
    let body = r#"{"Code":"200","RequestId":"R","ResultObject":{"Passed":"F","SubCode":"200"}}"#;
    assert_eq!(ask(&dialect, &query, body), Err(AuthorityError::Protocol));
    assert!(is_match(&ask(&dialect, &query, &body.replace("\"F\"", "\"T\""))));
    for alone in [r#"{"Passed":"T"}"#, r#"{"SubCode":"200"}"#, r#"{"Passed":"T","SubCode":null}"#] {
        let body = format!(r#"{{"Code":"200","ResultObject":{alone}}}"#);
        assert_eq!(ask(&dialect, &query, &body), Err(AuthorityError::Protocol), "{alone}");
    }
}

#[test]
fn two_elements_were_taken_for_a_compared_face() {
    let query = query();
    let body = |service: &str, count: u8| {
        format!(
            r#"{{"meta":{{"uuid":"q1"}},"result":{{"service_name":"{service}","count":{count},"resp_data":
            [{{"verification_result":"valid","verification_message":"m","verification_code":1000}}]}}}}"#
        )
    };
    let (_, face) = open("huawei-face");
    assert_eq!(ask(&face, &query, &body("ivs-standard", 1)).unwrap().face, Face::Same);
    for (service, count) in [("ivs-idcard-extention", 1), ("ivs-standard", 0), ("ivs-standard", 2), ("", 1)] {
        assert_eq!(
            ask(&face, &query, &body(service, count)),
            Err(AuthorityError::Protocol),
            "{service} {count}"
        );
    }
    let (_, two) = open("huawei-two-element");
    let finding = ask(&two, &query, &body("ivs-idcard-extention", 1)).unwrap();
    assert_eq!((finding.face, finding.attributes.name), (Face::NotRun, Attribute::Match));
}

#[test]
fn an_error_without_a_code_beside_a_result_of_zero_was_attested() {
    let query = query();
    for map in ["tencent-two-element", "tencent-four-element", "tencent-phone-three-element"] {
        let (_, dialect) = open(map);
        for error in ["{}", r#"{"Message":"m"}"#, r#"{"Code":null}"#, r#"{"Code":7}"#, "\"\"", "[]", "false"]
        {
            let body = format!(r#"{{"Response":{{"Error":{error},"Result":"0","RequestId":"R"}}}}"#);
            assert_eq!(ask(&dialect, &query, &body), Err(AuthorityError::Protocol), "{map} {error}");
        }
        let body = r#"{"Response":{"Result":"0","RequestId":"R-1"}}"#;
        assert_eq!(ask(&dialect, &query, body).unwrap().meta.reference.as_deref(), Some("R-1"));
    }
}

#[test]
fn an_attack_that_the_material_tells_of_is_told() {
    let query = query();
    let (_, dialect) = open("alibaba-face");
    let with = |material: Value| {
        let result = json!({ "Passed": "T", "SubCode": "200", "MaterialInfo": material });
        ask(&dialect, &query, &json!({ "Code": "200", "ResultObject": result }).to_string())
    };
    assert_eq!(with(json!(r#"{"faceAttack":"T"}"#)).unwrap().liveness, Liveness::Spoof);
    for plain in [json!(r#"{"faceAttack":"F","x":1}"#), json!(r#"{"x":1}"#), Value::Null] {
        assert_eq!(with(plain).unwrap().liveness, Liveness::NotRun);
    }
    for broken in
        [json!("{"), json!(""), json!({"faceAttack": "F"}), json!(r#"{"faceAttack":"?"}"#), json!(1)]
    {
        assert_eq!(with(broken.clone()), Err(AuthorityError::Protocol), "{broken}");
    }
}

#[test]
fn what_the_gateway_says_beside_another_status() {
    let query = query();
    let told = |map: &str, status: u16, body: &str| {
        let reply = Response::new(status, body);
        open(map).1.finding(&query, &reply, Timestamp::UNIX_EPOCH).map(|_| ())
    };
    let huawei =
        |code: &str| told("huawei-face", 400, &format!(r#"{{"error_code":"{code}","error_msg":"m"}}"#));
    assert_eq!(huawei("IVS.0013"), Err(AuthorityError::Denied));
    assert_eq!(huawei("IVS.0003"), Err(AuthorityError::BadRequest));
    let field = realname_authority::QueryField::Probe;
    assert_eq!(huawei("IVS.0010"), Err(AuthorityError::InvalidInput { field }));
    assert_eq!(huawei("IVS.9999"), Err(AuthorityError::Protocol));
    assert_eq!(told("alibaba-face", 400, r#"{"Code":"SignatureDoesNotMatch"}"#), Err(AuthorityError::Denied));
    assert_eq!(told("huawei-face", 403, r#"{"error_code":"NEW"}"#), Err(AuthorityError::Protocol));
    assert_eq!(told("huawei-face", 403, ""), Err(AuthorityError::Denied));
}

/// The table of Baidu's "no" has no source: none of its codes says anything of a person.
#[test]
fn a_code_without_a_source_is_neither_a_match_nor_a_no() {
    let (_, dialect) = open("baidu-two-element");
    let query = query();
    for code in (1..200).chain(222_000..224_000) {
        let told = ask(&dialect, &query, &json!({ "log_id": 1, "error_code": code }).to_string());
        assert!(told.is_err(), "{code}: {told:?}");
    }
}

#[test]
fn the_maps_are_all_listed_sourced_and_written_twice() {
    let directory = format!("{}/../../fixtures/codemaps", env!("CARGO_MANIFEST_DIR"));
    let files: BTreeSet<String> = std::fs::read_dir(directory)
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    let vendors = vendors();
    // The one with a number that is compared has its own table below, the one in XML in `xml.rs`.
    let others = ["tencent-face".to_owned(), "nciic-two-element".to_owned()];
    let listed = vendors.iter().map(|vendor| vendor.map.to_owned()).chain(others);
    assert_eq!(files, listed.collect());
    let mut count = 0;
    for vendor in &vendors {
        let (map, dialect) = open(vendor.map);
        assert!(map.is_sourced(), "{}", vendor.map);
        assert!(!dialect.for_real_register().is_test());
        let mapped: BTreeSet<String> = map.codes().map(|(at, code)| format!("{at} {code}")).collect();
        assert_eq!(mapped, vendor.listed(), "{}", vendor.map);
        count += mapped.len();
    }
    println!("{count} codes of {} maps", vendors.len());
}

#[test]
fn a_map_of_hearsay_answers_no_real_register() {
    let path = format!("{}/../../fixtures/codemaps/tencent-two-element.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let hearsay = text.replacen("source = \"sdk: ", "source = \"second-hand: ", 1);
    let map = CodeMap::parse(&hearsay).unwrap();
    assert!(!map.is_sourced());
    assert!(MappedJson::new("x", map).for_real_register().is_test(), "so production refuses what it says");
}

/// Every result beside every likeness: both have to say yes, and what isn't a likeness is none.
#[test]
fn a_likeness_passes_from_its_threshold_on_and_only_beside_a_success() {
    let query = query();
    let (map, dialect) = open("tencent-face");
    assert!(map.is_sourced());
    let likenesses = [
        ("70", true),
        ("70.0", true),
        ("70.01", true),
        ("100", true),
        ("100.0", true),
        ("99.99", true),
        ("69.99", false),
        ("0", false),
        ("0.0", false),
        ("-1", false),
        ("100.01", false),
        ("1e3", false),
        ("\"70\"", false),
        ("\"99.9\"", false),
        ("true", false),
        ("null", false),
        ("[99]", false),
        ("9e999", false),
    ];
    let results = [
        "Success",
        "success",
        "FailedOperation.CompareLowSimilarity",
        "FailedOperation.IdNameMisMatch",
        "FailedOperation.IdNoExistSystem",
        "FailedOperation.IdPhotoNoExist",
        "FailedOperation.LifePhotoDetectFake",
        "FailedOperation.IdentityAuthLimitExceeded",
        "FailedOperation.UnKnown",
        "",
    ];
    let mut matches = 0;
    for result in results {
        for (likeness, reaches) in likenesses {
            let body = format!(r#"{{"Response":{{"Result":"{result}","Sim":{likeness},"RequestId":"R"}}}}"#);
            let answer = ask(&dialect, &query, &body);
            let expected = result == "Success" && reaches;
            assert_eq!(is_match(&answer), expected, "{body}");
            matches += u32::from(expected);
            if result != "Success" && reaches {
                assert_eq!(answer, Err(AuthorityError::Protocol), "a likeness beside a failure: {body}");
            }
        }
        let body = format!(r#"{{"Response":{{"Result":"{result}","RequestId":"R"}}}}"#);
        assert!(!is_match(&ask(&dialect, &query, &body)), "{body}");
    }
    assert_eq!(matches, 6);
    let told = |result: &str, likeness: &str| {
        let body = format!(r#"{{"Response":{{"Result":"{result}","Sim":{likeness},"RequestId":"R"}}}}"#);
        ask(&dialect, &query, &body)
    };
    let same = told("Success", "88.1").unwrap();
    assert_eq!((same.face, same.attributes.name), (Face::Same, Attribute::Match));
    assert_eq!(told("Success", "12.5").unwrap().face, Face::Different);
    let fake = told("FailedOperation.LifePhotoDetectFake", "0.0").unwrap();
    assert_eq!((fake.face, fake.liveness), (Face::Inconclusive, Liveness::NotRun));
    assert_eq!(told("FailedOperation.IdNameMisMatch", "null").unwrap().attributes.name, Attribute::Mismatch);
}
