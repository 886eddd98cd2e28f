//! The register without a socket, and the wire with one.

use std::io::{Read, Write};
use std::sync::Mutex;

use jiff::Timestamp;

use super::*;
use crate::http::{Method, Request};
use crate::{Attribute, Authority, AuthorityError, Finding, Meta, Query, Subject};

/// Knows one person; remembers what it was asked.
#[derive(Default)]
struct OnePerson {
    asked: Mutex<Vec<Query>>,
}

impl Authority for OnePerson {
    fn id(&self) -> &str {
        "TEST-one"
    }

    fn ask(&self, query: &Query) -> Result<Finding, AuthorityError> {
        self.asked.lock().unwrap().push(query.clone());
        if query.name() == "出错" {
            return Err(AuthorityError::Transient { retry_after: None });
        }
        let mut finding = Finding::new(Subject::Found, Meta::new(self.id(), query, query.now()));
        finding.attributes.name = Attribute::Match;
        Ok(finding)
    }
}

fn register() -> (Arc<OnePerson>, Register) {
    let person = Arc::new(OnePerson::default());
    (Arc::clone(&person), Register::new(person, RegisterOptions::default()))
}

fn post(body: &str) -> Request {
    Request::new(Method::Post, "/v1/query").with_body("application/json", body.as_bytes().to_vec().into())
}

fn reply(register: &Register, request: &Request) -> (u16, String) {
    let reply = register.reply(request, Timestamp::UNIX_EPOCH);
    (reply.status, String::from_utf8(reply.body.to_vec()).unwrap())
}

#[test]
fn a_whole_question_is_understood() {
    let (person, register) = register();
    let body = r#"{"key":"q1","name":"测试甲","id_number":"119999199001010004","document_kind":"resident",
        "valid_from":"2020-01-01","valid_until":"long_term","phone_number":"+8619900000000","liveness":true,
        "purpose":"sim.activate","consent_sha256":"0707070707070707070707070707070707070707070707070707070707070707"}"#;
    let (status, answer) = reply(&register, &post(body));
    assert_eq!(status, 200);
    assert!(answer.contains(r#""subject":"found""#) && !answer.contains("测试甲"), "{answer}");
    let asked = person.asked.lock().unwrap();
    let query = asked.first().unwrap();
    assert_eq!((query.name(), query.idempotency_key()), ("测试甲", "q1"));
    assert_eq!((query.phone_number(), query.wants_liveness()), (Some("+8619900000000"), true));
    assert_eq!(query.consent_sha256(), Some([7; 32]));
    assert!(query.valid_from().is_some() && query.document_kind().is_some());
}

#[test]
fn what_is_no_question_isnt_asked() {
    let (person, register) = register();
    for body in [
        "",
        "[]",
        "{}",
        r#"{"key":"q1","name":"x","id_number":"1","name":"y"}"#,
        r#"{"key":"q/1","name":"x","id_number":"1"}"#,
        r#"{"key":"q1","name":"x","id_number":"1","extra":1}"#,
        r#"{"key":"q1","name":5,"id_number":"1"}"#,
        r#"{"key":"q1","name":"x","id_number":"1","liveness":"yes"}"#,
        r#"{"key":"q1","name":"x","id_number":"1","purpose":"sim.activate"}"#,
    ] {
        assert_eq!(reply(&register, &post(body)).0, 400, "{body}");
    }
    for (body, field) in [
        (r#"{"key":"q1","id_number":"1"}"#, "name"),
        (r#"{"key":"q1","name":"x","id_number":" "}"#, "id_number"),
        (r#"{"key":"q1","name":"x","id_number":"1","document_kind":"passport"}"#, "document_kind"),
        (r#"{"key":"q1","name":"x","id_number":"1","valid_from":"2020-01-01"}"#, "valid_until"),
        (
            r#"{"key":"q1","name":"x","id_number":"1","valid_from":"20200101","valid_until":"long_term"}"#,
            "valid_from",
        ),
        (r#"{"key":"q1","name":"x","id_number":"1","probe":{"base64":"AAAA"}}"#, "probe"),
    ] {
        let (status, answer) = reply(&register, &post(body));
        assert_eq!(status, 200);
        assert!(answer.contains(&format!("invalid_input.{field}")), "{body} {answer}");
    }
    assert!(person.asked.lock().unwrap().is_empty());
    assert_eq!(reply(&register, &Request::new(Method::Get, "/v1/query")).0, 404);
    assert_eq!(reply(&register, &Request::new(Method::Get, "/v1/answers/a/b")).0, 404);
}

#[test]
fn answers_are_kept_by_key_and_a_later_isnt() {
    let (person, register) = register();
    let question = r#"{"key":"q1","name":"测试甲","id_number":"1"}"#;
    let first = reply(&register, &post(question));
    assert_eq!(reply(&register, &post(question)), first);
    assert_eq!(reply(&register, &Request::new(Method::Get, "/v1/answers/q1")), first);
    assert!(reply(&register, &Request::new(Method::Get, "/v1/answers/q2")).1.contains("never_arrived"));
    let failing = r#"{"key":"q3","name":"出错","id_number":"1"}"#;
    assert!(reply(&register, &post(failing)).1.contains("transient"));
    assert!(reply(&register, &post(failing)).1.contains("transient"));
    assert_eq!(person.asked.lock().unwrap().len(), 3);
}

#[test]
fn only_so_many_answers_are_kept() {
    let options = RegisterOptions { kept_answers: 2, ..RegisterOptions::default() };
    let register = Register::new(Arc::new(OnePerson::default()), options);
    for key in ["a", "b", "c"] {
        reply(&register, &post(&format!(r#"{{"key":"{key}","name":"x","id_number":"1"}}"#)));
    }
    let look_up = |key| reply(&register, &Request::new(Method::Get, format!("/v1/answers/{key}"))).1;
    assert!(look_up("a").contains("never_arrived") && look_up("b").contains("found"));
}

/// What the server answers to these bytes.
fn raw(server: &Server, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(bytes).unwrap();
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
}

#[test]
fn heads_are_bounded_and_read_strictly() {
    let (_, register) = register();
    let options = ServeOptions { patience: Duration::from_millis(500), ..ServeOptions::default() };
    let server = Server::start(register, "127.0.0.1:0".parse().unwrap(), options).unwrap();
    let long = format!("GET /v1/answers/q1 HTTP/1.1\r\nx: {}\r\n", "y".repeat(20_000));
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(100));
    for (bytes, status) in [
        ("GET /v1/answers/q1 HTTP/1.1\r\nhost: x\r\n\r\n", "200 OK"),
        ("DELETE / HTTP/1.1\r\n\r\n", "405 Method Not Allowed"),
        ("POST /v1/query HTTP/1.1\r\n\r\n", "411 Length Required"),
        ("POST /v1/query HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n", "411 Length Required"),
        ("POST /v1/query HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n12", "400 Bad Request"),
        ("POST /v1/query HTTP/1.1\r\ncontent-length: +1\r\n\r\n1", "400 Bad Request"),
        ("POST /v1/query HTTP/1.1\r\ncontent-length: 99999999999\r\n\r\n", "413 Content Too Large"),
        ("POST /v1/query HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}GET /", "400 Bad Request"),
        ("\0\0\0\0", "400 Bad Request"),
        (long.as_str(), "431 Request Header Fields Too Large"),
        (many.as_str(), "431 Request Header Fields Too Large"),
    ] {
        assert_eq!(raw(&server, bytes.as_bytes()), format!("HTTP/1.1 {status}"), "{bytes:.60}");
    }
    // Half a question gets no answer and holds nobody up.
    assert_eq!(raw(&server, b"POST /v1/query HTTP/1.1\r\ncontent-length: 10\r\n\r\n{"), "");
}

#[test]
fn a_panic_in_the_authority_costs_one_connection() {
    struct Panics;
    impl Authority for Panics {
        fn id(&self) -> &str {
            "TEST-panics"
        }
        fn ask(&self, _: &Query) -> Result<Finding, AuthorityError> {
            panic!("on purpose")
        }
    }
    let register = Register::new(Arc::new(Panics), RegisterOptions::default());
    let options = ServeOptions { workers: 1, ..ServeOptions::default() };
    let server = Server::start(register, "127.0.0.1:0".parse().unwrap(), options).unwrap();
    let body = r#"{"key":"q1","name":"x","id_number":"1"}"#;
    let question = format!("POST /v1/query HTTP/1.1\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    assert_eq!(raw(&server, question.as_bytes()), "");
    assert_eq!(raw(&server, b"GET /v1/answers/q2 HTTP/1.1\r\n\r\n"), "HTTP/1.1 200 OK");
}

#[test]
fn faults_have_words() {
    for fault in RegisterFault::ALL {
        assert_eq!(fault.as_str().parse(), Ok(fault));
    }
    assert!("fine".parse::<RegisterFault>().is_err());
    let spread = |faults: RegisterFaults| (0..1000).filter_map(|_| faults.next()).count();
    assert!((200..320).contains(&spread(RegisterFaults::random(1, 64))));
    assert_eq!(spread(RegisterFaults::none()), 0);
}
