//! `realname bridge`: its first line, where it may listen, its end, and a demand answered through it.
#![cfg(unix)]
#![allow(clippy::disallowed_methods)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::support::{self, Emulator, code, ok, run};

const ORIGIN: &str = "https://till.example";

struct Bridge {
    child: Child,
    address: String,
}

impl Bridge {
    fn start(port: &str, more: &[&str]) -> Self {
        let args = ["bridge", "--port", port, "--listen", "127.0.0.1:0", "--allow-origin", ORIGIN];
        let mut child = support::realname(args)
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let mut first = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut first).expect("a line");
        let address = first.trim().strip_prefix("listening on http://").expect("an address").to_owned();
        Self { child, address }
    }

    fn call(&self, path: &str, origin: &str, body: &Value) -> (u16, Value) {
        let body = body.to_string();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\norigin: {origin}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        stream.write_all((head + &body).as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("head and body");
        let status = head.split(' ').nth(1).expect("a status").parse().expect("a number");
        (status, serde_json::from_str(body).expect("JSON"))
    }

    /// SIGTERM; gives the exit code.
    fn end(mut self) -> Option<i32> {
        let sent = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill");
        assert!(sent.success());
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_listens_on_this_machine_only_and_ends_in_order() {
    for listen in ["0.0.0.0:0", "192.0.2.1:7890", "[::]:0", "here"] {
        assert_eq!(code(&run(["bridge", "--port", "auto", "--listen", listen])), Some(2), "{listen}");
    }
    for origin in ["null", "*", "till.example", "https://till.example/page"] {
        assert_eq!(code(&run(["bridge", "--port", "auto", "--allow-origin", origin])), Some(2), "{origin}");
    }
    let emulator = Emulator::start("cards/resident.json");
    let bridge = Bridge::start(&emulator.port, &[]);
    let (status, card) = bridge.call("/v1/read", ORIGIN, &json!({"wait": 10}));
    assert_eq!((status, &card["document"]["number"]), (200, &json!("119999199001010004")), "{card}");
    assert_eq!(bridge.call("/v1/attest", ORIGIN, &json!({})).0, 404, "without a configuration");
    assert_eq!(bridge.end(), Some(0));
}

#[test]
fn a_demand_is_answered_after_a_consent_that_is_good_once() {
    let dir = tempfile::tempdir().expect("a directory");
    let place = dir.path().join("sandbox");
    ok([Path::new("sandbox"), Path::new("new"), &place]);
    let file = |name: &str| -> String { place.join(name).to_string_lossy().into_owned() };
    let args = [
        "demand",
        "new",
        "--key",
        &file("shop.pem"),
        "--iss",
        "https://shop.example",
        "--purpose",
        "sim.cancel",
        "--number",
        "+8613900000001",
        "--expect",
        &file("expect.json"),
        "--check",
        "chip",
        "--env",
        "test",
        "--store",
        &file("store"),
        "--out",
        &file("cancel.jwt"),
    ];
    ok(args);
    let emulator = Emulator::start(&file("card.json"));
    let (config, trust, anchor) = (file("terminal.toml"), file("trust.jwt"), file("anchor.json"));
    let register = format!("dir:{}", file("register.json"));
    let terminal = [
        "--config",
        &config,
        "--trust",
        &trust,
        "--anchor",
        &anchor,
        "--authority",
        &register,
        "--allow-origin",
        "https://two.example",
    ];
    let bridge = Bridge::start(&emulator.port, &terminal);
    let demand = std::fs::read_to_string(file("cancel.jwt")).expect("a demand");
    let live = base64(&std::fs::read(file("live.jpg")).expect("a photo"));
    let attest = |origin: &str, consent: Option<&str>| {
        let mut body = json!({"demand": demand, "live": live, "wait": 10});
        if let Some(consent) = consent {
            body["consent"] = consent.into();
        }
        bridge.call("/v1/attest", origin, &body)
    };
    let asked_for = |(status, told): (u16, Value)| {
        assert_eq!((status, &told["error"]["code"]), (409, &json!("needs_consent")), "{told}");
        assert_eq!(told["asked"]["iss"], "https://shop.example");
        assert_eq!(told["asked"]["purpose"], "sim.cancel");
        assert_eq!(told["asked"]["claims"], json!(["name", "id_number"]));
        assert!(told["asked"]["consent_text"].is_string());
        told["consent"].as_str().expect("an id").to_owned()
    };
    let (status, told) = bridge.call("/v1/attest", ORIGIN, &json!({"demand": "a.b.c", "live": live}));
    assert_eq!(status, 422, "{told}");
    assert!(told["error"]["action"]["zh"].is_string(), "{told}");
    // Another page's consent is none, and is used by the try.
    let first = asked_for(attest(ORIGIN, None));
    asked_for(attest("https://two.example", Some(&first)));
    asked_for(attest(ORIGIN, Some(&first)));
    let good = asked_for(attest(ORIGIN, None));
    let (status, told) = attest(ORIGIN, Some(&good));
    assert_eq!(status, 200, "{told}");
    asked_for(attest(ORIGIN, Some(&good)));
    std::fs::write(place.join("presentation"), told["presentation"].as_str().expect("a text"))
        .expect("written");
    let args = [
        "verify",
        "--demand",
        &file("cancel.jwt"),
        "--trust",
        &trust,
        "--anchor",
        &anchor,
        "--store",
        &file("store"),
        "--json",
        &file("presentation"),
    ];
    let verdict: Value = serde_json::from_str(&ok(args)).expect("JSON");
    assert_eq!(verdict["verdict"], "accepted", "{verdict}");
}

/// Standard base64.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for part in bytes.chunks(3) {
        let word =
            part.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - part.len()));
        for place in 0..4 {
            let digit = (word >> (18 - 6 * place)) & 63;
            text.push(if place <= part.len() { DIGITS[digit as usize].into() } else { '=' });
        }
    }
    text
}
