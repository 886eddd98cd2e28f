//! Programs of the operator's, named in the terminal's configuration.
#![cfg(unix)]
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support;

use support::{Emulator, NAME, NUMBER, Workshop, code, fixture, good_photos, json, run};

/// A helper in the terminal's directory; what it gets is counted, and what it says is given.
fn helper(workshop: &Workshop, name: &str, says: &str) {
    workshop.write(name, &format!("#!/bin/sh\n/bin/cat >/dev/null\n{says}\n"));
    fs::set_permissions(workshop.path(name), fs::Permissions::from_mode(0o755)).expect("it may run");
}

/// A bitmap as licensed decoders write it: 102 × 126, 24 bits.
fn bitmap() -> Vec<u8> {
    let row = 102 * 3 + 2;
    let mut bytes = b"BM".to_vec();
    for word in [(54 + row * 126) as u32, 0, 54, 40, 102, 126] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend([1, 0, 24, 0]);
    bytes.resize(54, 0);
    for _ in 0..126 {
        bytes.extend([128; 306]);
        bytes.extend([0, 0]);
    }
    bytes
}

fn outcome(told: &serde_json::Value, check: &str) -> String {
    let checks = told["checks"].as_array().expect("checks");
    let found = checks.iter().find(|result| result["check"] == check).expect("the check");
    found["outcome"].as_str().expect("an outcome").to_owned()
}

#[test]
fn a_chips_photo_is_compared_where_the_terminal_has_the_programs() {
    let workshop = Workshop::new();
    fs::write(workshop.path("chip.bmp"), bitmap()).expect("written");
    helper(&workshop, "decode", &format!("exec /bin/cat '{}'", workshop.path("chip.bmp")));
    helper(&workshop, "compare", "echo same 0.9 0.5 0.001");
    let config = fs::read_to_string(workshop.path("terminal.toml")).expect("read");
    workshop.write(
        "terminal.toml",
        &format!("{config}photo_decoder = \"decode\"\nface_matcher = {{ program = \"compare\", id = \"shell 1\" }}\n"),
    );
    let attest = || {
        let reader = Emulator::start("cards/resident.json");
        workshop.demand("demand.jwt");
        workshop.attest(&reader.port, "portraits/jia-live-1.jpg", "demand.jwt", "presentation")
    };
    let attested = attest();
    assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));
    assert_eq!(outcome(&json(&attested), "face_chip"), "pass");

    // Another face is a no, whatever the register says.
    helper(&workshop, "compare", "echo different 0.1 0.5 0.001");
    let refused = attest();
    assert_eq!((code(&refused), &json(&refused)["error"]["code"]), (Some(1), &"face_different".into()));
    // A program that fails has compared nothing.
    helper(&workshop, "compare", "exit 1");
    let attested = attest();
    assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));
    assert_eq!(outcome(&json(&attested), "face_chip"), "not_run");
}

/// A service that reads a request whole and answers each with the next text.
fn service(answers: &'static [&'static str]) -> (String, std::thread::JoinHandle<Vec<String>>) {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a socket");
    let url = format!("http://{}/faces", listener.local_addr().expect("an address"));
    let heads = std::thread::spawn(move || {
        let answer = |answer: &&str| {
            let (mut stream, _) = listener.accept().expect("a caller");
            let (mut read, mut buffer) = (Vec::new(), [0; 65_536]);
            loop {
                let head = read.windows(4).position(|four| four == b"\r\n\r\n");
                if let Some(end) = head {
                    let head = String::from_utf8_lossy(&read[..end]).to_lowercase();
                    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                    let length: usize = length.expect("a length").parse().expect("a number");
                    if read.len() >= end + 4 + length {
                        let text = format!(
                            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{answer}",
                            answer.len()
                        );
                        stream.write_all(text.as_bytes()).expect("answered");
                        return head;
                    }
                }
                let count = stream.read(&mut buffer).expect("read");
                assert!(count > 0, "the caller went");
                read.extend_from_slice(&buffer[..count]);
            }
        };
        answers.iter().map(answer).collect()
    });
    (url, heads)
}

#[test]
fn a_service_compares_the_chips_photo() {
    let workshop = Workshop::new();
    fs::write(workshop.path("chip.bmp"), bitmap()).expect("written");
    helper(&workshop, "decode", &format!("exec /bin/cat '{}'", workshop.path("chip.bmp")));
    let (url, heads) = service(&["same 0.9 0.5 0.001\n", "different 0.1 0.5 0.001\n", "perhaps\n"]);
    workshop.write("matcher.secret", "Bearer CANARY\n");
    let secret = workshop.path("matcher.secret");
    let config = fs::read_to_string(workshop.path("terminal.toml")).expect("read");
    let matcher = |url: &str| {
        let table = format!("{{ url = \"{url}\", authorization = \"matcher.secret\" }}");
        workshop
            .write("terminal.toml", &format!("{config}photo_decoder = \"decode\"\nface_matcher = {table}\n"));
    };
    let attest = || {
        let reader = Emulator::start("cards/resident.json");
        workshop.demand("demand.jwt");
        workshop.attest(&reader.port, "portraits/jia-live-1.jpg", "demand.jwt", "presentation")
    };
    matcher(&url);
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).expect("set");
    let readable = attest();
    assert_eq!(json(&readable)["error"]["code"], "key_readable", "others can read what lets them ask");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).expect("set");
    let attested = attest();
    assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));
    assert_eq!(outcome(&json(&attested), "face_chip"), "pass");
    assert_eq!(json(&attest())["error"]["code"], "face_different");
    // Another word is none.
    assert_eq!(outcome(&json(&attest()), "face_chip"), "not_run");
    let heads = heads.join().expect("the service");
    assert!(heads.iter().all(|head| head.contains("authorization: bearer canary")), "{heads:?}");

    matcher("http://matcher.example/faces");
    let refused = attest();
    let text =
        String::from_utf8_lossy(&refused.stdout).into_owned() + &String::from_utf8_lossy(&refused.stderr);
    assert!(text.contains("https://") && !text.contains("CANARY"), "faces aren't sent in the clear: {text}");
}

#[test]
fn a_spoof_that_the_terminals_program_sees_is_refused() {
    let workshop = Workshop::new();
    workshop.write("declared.json", &format!(r#"{{"name":"{NAME}","id_number":"{NUMBER}"}}"#));
    workshop.online_demand("demand.jwt", &["--locality", "remote"]);
    let config = fs::read_to_string(workshop.path("terminal.toml")).expect("read");
    workshop.write("terminal.toml", &format!("{config}liveness = \"live\"\nface_finder = \"find\"\n"));
    helper(&workshop, "find", "printf 'faces 1\\n600 300 760 500\\n'");
    helper(&workshop, "live", "echo spoof 0.1 0.5");
    let register = format!("dir:{}", fixture("register.json").display());
    let refused = workshop.attest_online(&register, "declared.json", &good_photos(), "demand.jwt");
    let told = json(&refused);
    assert_eq!(code(&refused), Some(1), "{told}");
    assert!(!workshop.has("presentation"));
    let codes = told.to_string();
    assert!(codes.contains("liveness_spoof") || codes.contains("photo_"), "{told}");
    // What isn't a helper is named with its line.
    workshop.write("terminal.toml", &format!("{config}liveness = 7\n"));
    let wrong = run([
        "attest",
        "--demand",
        &workshop.path("demand.jwt"),
        "--config",
        &workshop.path("terminal.toml"),
        "--trust",
        "t",
        "--anchor",
        "a",
        "--port",
        "p",
        "--live",
        "l",
        "--out",
        "o",
        "--json",
    ]);
    let message = json(&wrong)["error"]["message"].as_str().expect("a message").to_owned();
    assert!(
        code(&wrong) == Some(4) && message.contains("terminal.toml:9") && message.contains("expected a path"),
        "{message}"
    );
}

#[test]
fn another_name_on_the_photo_is_told_to_a_person_and_refuses_nothing() {
    let workshop = Workshop::new();
    workshop.write("declared.json", &format!(r#"{{"name":"{NAME}","id_number":"{NUMBER}"}}"#));
    workshop.online_demand("demand.jwt", &["--locality", "remote"]);
    let config = fs::read_to_string(workshop.path("terminal.toml")).expect("read");
    workshop.write("terminal.toml", &format!("{config}text_reader = \"read\"\n"));
    let register = format!("dir:{}", fixture("register.json").display());
    let check = || {
        let photos = good_photos();
        let head = ["capture", "check"].map(str::to_owned);
        let more = [
            "--declared",
            &workshop.path("declared.json"),
            "--text-reader",
            &workshop.path("read"),
            "--json",
        ];
        json(&run(head.into_iter().chain(photos).chain(more.map(str::to_owned))))
    };
    helper(&workshop, "read", &format!("printf 'read 0.99 0.9\\n{NAME}\\n'"));
    let read = check();
    let reader = serde_json::json!({"id": "read", "is_test": true});
    let same = serde_json::json!([{"field": "name", "outcome": "same", "reader": reader}]);
    assert_eq!((&read["printed"]["texts"], &read["outcome"]), (&same, &"pass".into()), "{read}");

    helper(&workshop, "read", "printf 'read 0.99 0.9\\n另一人\\n'");
    let read = check();
    assert_eq!(read["printed"]["texts"][0]["outcome"], "reads_otherwise");
    assert_eq!(read["outcome"], "pass", "{read}");
    assert!(!read.to_string().contains("另一人"), "what was read isn't repeated");
    let attested = workshop.attest_online(&register, "declared.json", &good_photos(), "demand.jwt");
    let told = json(&attested);
    assert_eq!(code(&attested), Some(0), "{told}");
    let remarks = told["remarks"].as_array().expect("remarks");
    assert!(remarks.contains(&"text_reads_otherwise".into()), "{told}");

    helper(&workshop, "read", "exit 1");
    assert_eq!(check()["printed"]["texts"][0]["outcome"], "not_run");
}
