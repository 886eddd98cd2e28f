//! Against a real server on loopback.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a server needs a socket and a thread")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use jiff::Timestamp;

use super::*;
use crate::plugin::Measured;
use crate::{Intake, Slot};

/// Answers one request of that many bytes of body with that text, whole; gives what was sent.
fn server(answer: &str, length: usize) -> (String, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/ask", listener.local_addr().unwrap());
    let answer = answer.to_owned();
    let sent = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut read, mut buffer) = (Vec::new(), [0; 4096]);
        while body_of(&read).is_none_or(|body| body.len() < length) {
            let count = stream.read(&mut buffer).unwrap();
            read.extend_from_slice(&buffer[..count]);
        }
        stream.write_all(answer.as_bytes()).unwrap();
        read
    });
    (url, sent)
}

fn body_of(read: &[u8]) -> Option<&[u8]> {
    let head = read.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(&read[head + 4..])
}

fn photo(bytes: &[u8]) -> std::sync::Arc<Capture> {
    std::sync::Arc::new(Intake::default().take(Slot::Live, bytes.to_vec(), Timestamp::UNIX_EPOCH).unwrap())
}

fn looked(answer: &str) -> (LivenessVerdict, String) {
    let bytes = include_bytes!("../../../../fixtures/captures/baseline.jpg");
    let (url, sent) = server(answer, bytes.len());
    let checker = HttpLivenessChecker::new("one", &url, Duration::from_secs(20)).unwrap();
    let checker = checker.with_authorization("Bearer CANARY").unwrap();
    assert!(!format!("{checker:?}").contains("CANARY"));
    (checker.check(&photo(bytes)), String::from_utf8_lossy(&sent.join().unwrap()).into_owned())
}

fn compared_with(answer: &str) -> (FaceVerdict, Vec<u8>) {
    let (probe, reference) = (
        photo(include_bytes!("../../../../fixtures/captures/baseline.jpg")),
        photo(include_bytes!("../../../../fixtures/portraits/jia-live-1.jpg")),
    );
    let (probe, reference) = (probe.picture().unwrap(), reference.picture().unwrap());
    let (url, sent) = server(answer, pair(probe, reference).len());
    let matcher = HttpFaceMatcher::new("two", &url, Duration::from_secs(20)).unwrap();
    let verdict = matcher.compare(probe, reference);
    let sent = sent.join().unwrap();
    assert_eq!(body_of(&sent).unwrap(), &pair(probe, reference)[..]);
    (verdict, sent)
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

#[test]
fn what_a_checker_says_counts_and_what_it_does_not_say_is_nothing() {
    let (verdict, sent) = looked(&ok("live 0.9 0.5\n"));
    assert_eq!(verdict, LivenessVerdict::Live(Measured::new(0.9, 0.5, None)));
    let head = sent.to_lowercase();
    assert!(head.starts_with("post /ask http/1.1") && head.contains("authorization: bearer canary"));
    assert!(head.contains("content-type: application/octet-stream"));
    assert_eq!(
        looked(&ok("spoof 0.1 0.5 0.001\n")).0,
        LivenessVerdict::Spoof(Measured::new(0.1, 0.5, Some(0.001)))
    );
    for nothing in ["", "live", "live 0.1 0.5\n", "LIVE 0.9 0.5\n", "{\"live\": true}", &"x".repeat(65)] {
        assert_eq!(looked(&ok(nothing)).0, LivenessVerdict::NotRun, "{nothing}");
    }
    for status in ["500 Oops", "404 Not Found", "201 Created", "302 Found"] {
        let text = format!("HTTP/1.1 {status}\r\nlocation: /on\r\ncontent-length: 13\r\n\r\nlive 0.9 0.5\n");
        assert_eq!(looked(&text).0, LivenessVerdict::NotRun, "{status}");
    }
}

#[test]
fn a_matcher_gets_both_faces_and_its_word_counts() {
    let (verdict, sent) = compared_with(&ok("same 0.9 0.5 0.001\n"));
    assert_eq!(verdict, FaceVerdict::Same(Measured::new(0.9, 0.5, Some(0.001))));
    assert!(body_of(&sent).unwrap().starts_with(b"P5\n"));
    let measured = Measured::new(0.1, 0.5, None);
    assert_eq!(compared_with(&ok("different 0.1 0.5\n")).0, FaceVerdict::Different(measured));
    assert_eq!(compared_with(&ok("inconclusive 0.1 0.5\n")).0, FaceVerdict::Inconclusive(measured));
    assert_eq!(compared_with(&ok("probe_unusable\n")).0, FaceVerdict::ProbeUnusable);
    assert_eq!(compared_with(&ok("reference_unusable\n")).0, FaceVerdict::ReferenceUnusable);
    for nothing in ["", "same\n", "same 0.1 0.5\n", "different 0.9 0.5\n", "live 0.9 0.5\n", "same 0.9 0.5"] {
        assert_eq!(compared_with(&ok(nothing)).0, FaceVerdict::NotRun, "{nothing}");
    }
    let refused = "HTTP/1.1 503 Busy\r\ncontent-length: 13\r\n\r\nsame 0.9 0.5\n";
    assert_eq!(compared_with(refused).0, FaceVerdict::NotRun);
}

#[test]
fn a_service_that_does_not_answer_has_compared_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let face = photo(include_bytes!("../../../../fixtures/portraits/jia-live-1.jpg"));
    let face = face.picture().unwrap();
    let matcher = HttpFaceMatcher::new("two", &url, Duration::from_millis(200)).unwrap();
    assert_eq!(matcher.compare(face, face), FaceVerdict::NotRun, "it took the connection and says nothing");
    drop(listener);
    assert_eq!(matcher.compare(face, face), FaceVerdict::NotRun, "nobody is there");
}

#[test]
fn faces_do_not_cross_a_network_in_the_clear() {
    let new = |url| HttpLivenessChecker::new("one", url, HttpLivenessChecker::DEFAULT_LIMIT).err();
    assert_eq!(new("http://checker.example/live"), Some(CheckerAddressError::Plain));
    for url in ["/live", "ftp://localhost/", "", "checker"] {
        assert_eq!(new(url), Some(CheckerAddressError::Url), "{url}");
    }
    let matcher = HttpFaceMatcher::new("one", "http://localhost:1/", Duration::from_secs(1)).unwrap();
    assert!(matcher.is_test() && !matcher.measured_on_real_faces().is_test());
    let matcher = HttpFaceMatcher::new("one", "http://localhost:1/", Duration::from_secs(1)).unwrap();
    assert_eq!(matcher.with_authorization("a\nb").err(), Some(CheckerAddressError::Authorization));
}
