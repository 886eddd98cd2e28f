//! The shipped configurations of registers that want signatures, end to end on loopback: what was signed is what was sent.
//! `REALNAME_SIGNED` names a directory that gets the requests, for the vendors' own code to sign them again
//! (`tests/interop/vendors.py`).
#![cfg(feature = "http")]
#![allow(clippy::disallowed_methods)]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use realname_authority::http::connect;
use realname_authority::{AuthorityError, Query};
use realname_capture::{Intake, Slot};
use realname_terms::{CardDate, IdNumber, ValidUntil};

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

/// One request as it came over the wire: head and body. It is answered with a body of JSON.
fn one_request(listener: &TcpListener, answer: &str) -> (String, String) {
    let (mut stream, _) = listener.accept().unwrap();
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    let (head, length) = loop {
        let count = stream.read(&mut buffer).unwrap();
        assert!(count > 0, "the request ended early");
        bytes.extend_from_slice(&buffer[..count]);
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..at].to_vec()).unwrap();
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
            });
            break (head, at + 4 + length.unwrap_or(0));
        }
    };
    while bytes.len() < length {
        let count = stream.read(&mut buffer).unwrap();
        assert!(count > 0, "the body ended early");
        bytes.extend_from_slice(&buffer[..count]);
    }
    let body = String::from_utf8(bytes[head.len() + 4..].to_vec()).unwrap();
    let length = answer.len();
    let reply = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{answer}");
    stream.write_all(reply.as_bytes()).unwrap();
    (head, body)
}

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

/// The shipped file with another address and map, and its secrets as files.
fn written(folder: &Path, name: &str, map: &str, origin: &str) -> std::path::PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let text = std::fs::read_to_string(fixtures.join(format!("registers/{name}.toml"))).unwrap();
    let mut config: Vec<String> = text.lines().map(str::to_owned).collect();
    for line in &mut config {
        if line.starts_with("origin = ") {
            *line = format!("origin = \"{origin}\"");
        }
        if line.starts_with("code_map = ") {
            let map = if map.is_empty() {
                line.split('/').next_back().unwrap().trim_end_matches(".toml\"")
            } else {
                map
            };
            *line = format!("code_map = \"{}\"", fixtures.join(format!("codemaps/{map}.toml")).display());
        }
        if let Some((what, variable)) = line.clone().split_once("env = ") {
            let variable = variable.trim_matches('"');
            std::fs::write(folder.join(variable), format!("{}-synthetic", variable.replace('_', "-")))
                .unwrap();
            *line = format!("{what}file = \"{variable}\"");
        }
    }
    let file = folder.join("register.toml");
    std::fs::write(&file, config.join("\n")).unwrap();
    file
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
            one_request(&listener, r#"{"access_token":"24.synthetic","expires_in":2592000}"#);
        if head.starts_with("GET /oauth/") {
            keep(name, &format!("{map}.token"), &head, &body);
            (head, body) = one_request(&listener, "{}");
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
        let name = entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned();
        let folder = tempfile::tempdir().unwrap();
        let register = connect(None, Some(&written(folder.path(), &name, "", "https://register.example")));
        assert!(register.unwrap().is_test(), "{name}");
        count += 1;
    }
    assert!(count >= 8, "{count}");
}
