//! The shipped configurations of registers that want signatures, end to end on loopback: what was signed is what was sent.
//! `REALNAME_SIGNED` names a directory that gets the requests, for the vendors' own code to sign them again
//! (`tests/interop/vendors.py`).
#![cfg(feature = "http")]
#![allow(clippy::disallowed_methods)]

mod loopback;

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use realname_authority::http::connect;
use realname_authority::{AuthorityError, Query};
use realname_capture::{Intake, Slot};
use realname_terms::{CardDate, IdNumber, ValidUntil};

use loopback::{one_request, written};

const CONFIGURATIONS: [(&str, &str); 13] = [
    ("tencent", "tencent-two-element"),
    ("tencent", "tencent-four-element"),
    ("tencent", "tencent-phone-three-element"),
    ("tencent", "tencent-face"),
    ("alibaba", "alibaba-two-element"),
    ("alibaba", "alibaba-four-element"),
    ("alibaba", "alibaba-phone-three-element"),
    ("alibaba", "alibaba-photo-three-element"),
    ("alibaba", "alibaba-face"),
    ("alibaba-dytns", "alibaba-dytns-three-element"),
    ("huawei", "huawei-two-element"),
    ("huawei", "huawei-face"),
    ("baidu", "baidu-two-element"),
];

/// Everything that any of the interfaces takes: a face, both dates, and a phone number at hand.
fn query() -> Query {
    let mut canvas = realname_specimen::canvas::Canvas::new(300, 300, [127.0; 3]);
    canvas.rectangle(30.0, 30.0, 170.0, 170.0, [10.0; 3]);
    let probe = Intake::default().take(Slot::Live, canvas.to_png(), Timestamp::UNIX_EPOCH).unwrap();
    let day = |text| CardDate::parse(text).unwrap();
    Query::new("测试甲", IdNumber::new("119999199001010004"), Timestamp::now(), "q1")
        .offering_phone_number("+8619900000000")
        .with_validity(day("20200101"), ValidUntil::Day(day("20400101")))
        .with_probe(Arc::new(probe))
}

#[test]
fn what_a_shipped_configuration_signs_is_what_it_sends() {
    for (name, map) in CONFIGURATIONS {
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let register = connect(None, Some(&written(folder.path(), name, map, &origin))).unwrap();
        assert!(register.is_test(), "a shipped file is a test register's until somebody says otherwise");
        let asking = std::thread::spawn(move || register.ask(&query()).map(|_| ()));
        let (mut head, mut body) =
            one_request(&listener, "200 OK", r#"{"access_token":"24.synthetic","expires_in":2592000}"#);
        if head.starts_with("GET /oauth/") {
            keep(name, &format!("{map}.token"), &head, &body);
            (head, body) = one_request(&listener, "200 OK", "{}");
        }
        assert_eq!(asking.join().unwrap(), Err(AuthorityError::Protocol), "no answer");

        let mut lines = head.lines();
        let target = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
        let headers: Vec<(String, String)> = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let values = |name: &str| headers.iter().filter(|(known, _)| known == name).collect::<Vec<_>>();
        match (&values("authorization")[..], target.contains("access_token=24.synthetic")) {
            ([], true) => {}
            ([(_, authorization)], false) => {
                let signed = authorization.split("SignedHeaders=").nth(1).unwrap().split(',').next().unwrap();
                for header in signed.split(';') {
                    assert_eq!(values(header).len(), 1, "{name}: {header} is signed, and sent once");
                }
            }
            _ => panic!("{name}: {head}"),
        }
        assert_eq!(values("host")[0].1, origin.trim_start_matches("http://"));
        assert!(!head.contains("ACCESS-KEY-SECRET") && !head.contains("SECRET-KEY"), "a key was sent");
        let personal = body.contains("119999199001010004") || target.contains("119999199001010004");
        assert!(
            personal,
            "{name}: what is asked about is in the body, or where the vendor insists in the address"
        );
        keep(name, map, &head, &body);
    }
}

/// Leaves a request for the vendors' own code.
fn keep(config: &str, what: &str, head: &str, body: &str) {
    let Some(folder) = std::env::var_os("REALNAME_SIGNED") else { return };
    let mut lines = head.lines();
    let mut first = lines.next().unwrap().split(' ');
    let (method, target) = (first.next().unwrap(), first.next().unwrap());
    let headers: Vec<_> = lines.map(|line| line.split_once(": ").unwrap()).collect();
    let sent = serde_json::json!({
        "config": config, "map": what, "method": method, "target": target, "headers": headers, "body": body,
    });
    std::fs::write(Path::new(&folder).join(format!("{what}.json")), sent.to_string()).unwrap();
}

#[test]
fn every_shipped_configuration_is_one_and_is_a_test_registers() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/registers");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let is_signed = std::fs::read_to_string(&path).unwrap().contains("\n[signature]");
        let is_listed = CONFIGURATIONS.iter().any(|(listed, _)| *listed == name);
        assert!(!is_signed || is_listed, "{name} signs and isn't in CONFIGURATIONS");
        let folder = tempfile::tempdir().unwrap();
        let register = connect(None, Some(&written(folder.path(), &name, "", "https://register.example")));
        assert!(register.unwrap().is_test(), "{name}");
        count += 1;
    }
    assert!(count >= 8, "{count}");
}
