//! Against a real server on loopback.
#![allow(clippy::disallowed_methods, reason = "a server needs a socket and a thread")]

use std::io::Write;
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::confirmation::{Key, Price, Question};
use crate::loopback::serve;

fn send(url: &str, timeout: Duration, question: &Question) -> Result<(), MessengerError> {
    let gateway = HttpGateway::new(url, timeout).unwrap().with_authorization("Bearer CANARY").unwrap();
    assert!(!format!("{gateway:?}").contains("CANARY"));
    gateway.send(&Message::new("message-id", question, "Y1234", Timestamp::UNIX_EPOCH), Lang::Zh)
}

fn question() -> Question {
    let number = "+8613800000000".parse().unwrap();
    Question::new(number, "vas:1".parse().unwrap(), Price::fen(500), "测试业务").unwrap()
}

fn status(line: &'static str) -> Result<(), MessengerError> {
    let (url, server) = serve(move |stream| {
        write!(stream, "HTTP/1.1 {line}\r\ncontent-length: 0\r\nlocation: /elsewhere\r\n\r\n").unwrap();
    });
    let sent = send(&url, Duration::from_secs(10), &question());
    server.join().unwrap();
    sent
}

#[test]
fn a_message_arrives_whole() {
    let (url, server) =
        serve(|stream| stream.write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n").unwrap());
    let form = Form::Voice { prompt_version: 3, yes: Key::new('1').unwrap() };
    send(&url, Duration::from_secs(10), &question().form(form)).unwrap();
    let request = server.join().unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let head = head.to_lowercase();
    assert!(head.starts_with("post /send http/1.1"));
    assert!(head.contains("idempotency-key: message-id") && head.contains("authorization: bearer canary"));
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["to"], "+8613800000000");
    assert_eq!((body["price_fen"].as_i64(), body["prompt_version"].as_i64()), (Some(500), Some(3)));
    assert!(body["text"].as_str().unwrap().contains("资费5.00元"));
}

#[test]
fn each_status_says_whether_it_may_be_sent_again() {
    assert_eq!(status("200 OK"), Ok(()));
    assert_eq!(status("429 Too Many Requests"), Err(MessengerError::Busy));
    assert_eq!(status("403 Forbidden"), Err(MessengerError::Refused { status: Some(403) }));
    assert_eq!(status("302 Found"), Err(MessengerError::Refused { status: Some(302) }));
    for line in ["500 Oops", "502 Bad Gateway", "503 Unavailable", "408 Request Timeout"] {
        assert_eq!(status(line), Err(MessengerError::Indeterminate), "{line}");
    }
}

#[test]
fn a_connection_that_breaks_after_sending_leaves_it_unknown() {
    let (url, server) = serve(|_| ());
    assert_eq!(send(&url, Duration::from_secs(10), &question()), Err(MessengerError::Indeterminate));
    server.join().unwrap();

    let (url, server) = serve(|_| thread::sleep(Duration::from_millis(400)));
    assert_eq!(send(&url, Duration::from_millis(150), &question()), Err(MessengerError::Indeterminate));
    server.join().unwrap();
}

#[test]
fn nobody_there_means_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(send(&url, Duration::from_secs(10), &question()), Err(MessengerError::Unreachable));
}

#[test]
fn numbers_never_cross_a_network_in_the_clear() {
    let open = |url: &str| HttpGateway::new(url, Duration::from_secs(1)).map(|_| ());
    assert_eq!(open("http://sms.example/send"), Err(GatewayError::Plain));
    assert_eq!(open("http://127.0.0.1.evil.example/"), Err(GatewayError::Plain));
    assert_eq!(open("ftp://sms.example/"), Err(GatewayError::Url));
    assert_eq!(open("/send"), Err(GatewayError::Url));
    // A machine without root certificates can't be sure of anybody.
    assert!(matches!(open("https://sms.example/send"), Ok(()) | Err(GatewayError::Roots)));
    let gateway = HttpGateway::new("http://[::1]:80/", Duration::from_secs(1)).unwrap();
    assert_eq!(gateway.with_authorization("a\nb").unwrap_err(), GatewayError::Authorization);
}
