//! Against a real server on loopback.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a server needs a socket and a thread")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use super::*;
use crate::plugin::Measured;
use crate::{Intake, Slot};

/// Answers one request with that text, whole; gives what was sent.
fn asked(answer: &str) -> (LivenessVerdict, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/live", listener.local_addr().unwrap());
    let answer = answer.to_owned();
    let photo = include_bytes!("../../../../fixtures/captures/baseline.jpg").to_vec();
    let length = photo.len();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut read, mut buffer) = (Vec::new(), [0; 4096]);
        let is_whole = |read: &[u8]| {
            let head = read.windows(4).position(|four| four == b"\r\n\r\n");
            head.is_some_and(|head| read.len() >= head + 4 + length)
        };
        while !is_whole(&read) {
            let count = stream.read(&mut buffer).unwrap();
            read.extend_from_slice(&buffer[..count]);
        }
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8_lossy(&read).into_owned()
    });
    let capture = Intake::default().take(Slot::Live, photo, jiff::Timestamp::UNIX_EPOCH).unwrap();
    let checker = HttpLivenessChecker::new("one", &url, Duration::from_secs(20)).unwrap();
    let checker = checker.with_authorization("Bearer CANARY").unwrap();
    assert!(!format!("{checker:?}").contains("CANARY"));
    (checker.check(&capture), server.join().unwrap())
}

fn answered(body: &str) -> LivenessVerdict {
    asked(&format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())).0
}

#[test]
fn what_it_says_counts_and_what_it_does_not_say_is_nothing() {
    let (verdict, sent) = asked("HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\nlive 0.9 0.5\n");
    assert_eq!(verdict, LivenessVerdict::Live(Measured::new(0.9, 0.5, None)));
    let head = sent.to_lowercase();
    assert!(head.starts_with("post /live http/1.1") && head.contains("authorization: bearer canary"));
    assert!(head.contains("content-type: application/octet-stream"));
    assert_eq!(
        answered("spoof 0.1 0.5 0.001\n"),
        LivenessVerdict::Spoof(Measured::new(0.1, 0.5, Some(0.001)))
    );
    for nothing in ["", "live", "live 0.1 0.5\n", "LIVE 0.9 0.5\n", "{\"live\": true}", &"x".repeat(65)] {
        assert_eq!(answered(nothing), LivenessVerdict::NotRun, "{nothing}");
    }
    for status in ["500 Oops", "404 Not Found", "201 Created", "302 Found"] {
        let text = format!("HTTP/1.1 {status}\r\nlocation: /on\r\ncontent-length: 13\r\n\r\nlive 0.9 0.5\n");
        assert_eq!(asked(&text).0, LivenessVerdict::NotRun, "{status}");
    }
}

#[test]
fn faces_do_not_cross_a_network_in_the_clear() {
    let new = |url| HttpLivenessChecker::new("one", url, HttpLivenessChecker::DEFAULT_LIMIT).err();
    assert_eq!(new("http://checker.example/live"), Some(CheckerAddressError::Plain));
    for url in ["/live", "ftp://localhost/", "", "checker"] {
        assert_eq!(new(url), Some(CheckerAddressError::Url), "{url}");
    }
    let checker = HttpLivenessChecker::new("one", "http://localhost:1/", Duration::from_secs(1)).unwrap();
    assert!(checker.is_test() && !checker.measured_on_real_faces().is_test());
}
