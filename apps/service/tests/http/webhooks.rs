//! Events reach whoever asked for them, signed, after a failure too.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use realname_service::Scope;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::sessions::presentation_for;
use crate::world::Place;

const SECRET: &str = "a secret of this test, long enough to be one";

/// Takes one request and answers it with that status; gives its headers and its body.
pub(crate) fn receive(listener: &TcpListener, status: u16) -> (String, String) {
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).unwrap();
        bytes.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
            if read == 0 || body.len() >= length.unwrap().parse::<usize>().unwrap() {
                write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                    .unwrap();
                return (head.to_owned(), body.to_owned());
            }
        }
    }
}

fn header(head: &str, name: &str) -> String {
    let found = head.lines().find_map(|line| {
        let (found, value) = line.split_once(": ")?;
        found.eq_ignore_ascii_case(name).then(|| value.to_owned())
    });
    found.unwrap()
}

#[test]
fn events_are_told_again_until_they_are_taken() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = Place::new();
    place.secret("hook.secret", SECRET);
    let url = format!("http://{}/events", listener.local_addr().unwrap());
    place.configure(&format!("[[webhook]]\nprincipal = \"shop\"\nurl = \"{url}\"\nsecret = \"hook.secret\""));
    place.configure("[[return]]\nprincipal = \"other\"\nname = \"basket\"\nurl = \"https://other.example/\"");
    let token = place.token("shop", &Scope::ALL);
    let other = place.token("other", &Scope::ALL);
    let mut server = Some(place.start());
    let running = server.as_ref().unwrap();
    // Another principal's events go nowhere.
    presentation_for(running, &other, &running.demand(&other));
    let demand = running.demand(&token);
    let presentation = presentation_for(running, &token, &demand);

    let (head, first) = receive(&listener, 500);
    let (again, body) = receive(&listener, 204);
    assert_eq!(first, body, "the same event");
    assert_eq!(header(&head, "realname-event-id"), header(&again, "realname-event-id"));
    let event: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&event["event"], &event["nonce"]), (&json!("session.done"), &demand["nonce"]));
    let signature = header(&again, "realname-signature");
    let (time, hex) = signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{time}.{body}").as_bytes());
    let expected: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, expected);
    for canary in ["测试甲", "119999199001010004", "13900000001", presentation.as_str()] {
        assert!(!body.contains(canary), "{body}");
    }

    // A refused presentation is no event; an acceptance is, over a restart before it could be told.
    running.call("POST", "/v1/presentations", &token, Some(json!({"presentation": "x"}))).is(200);
    let accepted =
        running.call("POST", "/v1/presentations", &token, Some(json!({ "presentation": presentation })));
    assert_eq!(accepted.is(200)["verdict"], "accepted");
    let (_, told) = receive(&listener, 503);
    drop(server.take());
    let _server = place.start();
    let (_, again) = receive(&listener, 200);
    assert_eq!(told, again);
    let event: Value = serde_json::from_str(&again).unwrap();
    assert_eq!((&event["event"], &event["nonce"]), (&json!("demand.answered"), &demand["nonce"]));
}
