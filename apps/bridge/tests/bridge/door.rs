//! Who gets in, over HTTP and WebSocket.

use tokio_tungstenite::tungstenite::Error;

use super::till::{PAGE, TOKEN, Till, card};

const NOTHING: (&str, &str) = ("accept", "*/*");
const CALLS: [(&str, &str); 3] = [("GET", "/v1/reader"), ("POST", "/v1/read"), ("GET", "/v1/events")];

#[tokio::test]
async fn nobody_gets_in_without_an_allowed_origin_or_the_token() {
    let till = Till::open().await;
    till.reader().place(card(1));
    for (method, path) in CALLS {
        let bare = till.call(method, path, &[], "").await;
        assert_eq!(bare.code(), (401, "no_token".into()), "{path}");
        assert!(!bare.head.contains("access-control-"), "{}", bare.head);
        for origin in ["https://evil.example", "null", "http://till.example", "https://till.example:444"] {
            for more in [("accept", "*/*"), ("authorization", &format!("Bearer {TOKEN}"))] {
                let foreign = till.call(method, path, &[("origin", origin), more], "").await;
                assert_eq!(foreign.code(), (403, "other_origin".into()), "{path} {origin}");
                assert!(!foreign.head.contains("access-control-"), "{}", foreign.head);
            }
        }
        for host in ["evil.example", "till.example", "10.0.0.1:7890", "127.0.0.1.nip.example"] {
            let moved = till.call(method, path, &[("host", host), PAGE], "").await;
            assert_eq!(moved.code(), (421, "other_host".into()), "{path} {host}");
        }
    }
    assert_eq!(till.reader().reads(), 0, "no card was read for them");
    let program = till.call("GET", "/v1/reader", &[("authorization", &format!("Bearer {TOKEN}"))], "").await;
    assert_eq!(program.json()["state"], "ready");
    let page = till.call("GET", "/v1/reader", &[PAGE], "").await;
    assert_eq!(page.json()["sam_id"], "05.03-20161207-0000123456-1234567890");
    assert!(page.head.contains("access-control-allow-origin: https://till.example"), "{}", page.head);
}

#[tokio::test]
async fn a_websocket_of_another_origin_is_refused_before_it_opens() {
    let till = Till::open().await;
    for header in [("origin", "https://evil.example"), ("origin", "null"), ("accept", "*/*")] {
        match till.events("", header).await.err().unwrap() {
            Error::Http(response) => assert!([401, 403].contains(&response.status().as_u16())),
            other => panic!("{other}"),
        }
    }
    let token = format!("Bearer {TOKEN}");
    till.events("", ("authorization", &token)).await.unwrap().expect("reader_ready").await;
    till.events("?documents=1", PAGE).await.unwrap().expect("reader_ready").await;
    assert!(till.events("?documents=2", PAGE).await.is_err());
}

#[tokio::test]
async fn preflights_of_allowed_pages_are_answered_for_private_networks_too() {
    let till = Till::open().await;
    let asks = ("access-control-request-method", "POST");
    let private = ("access-control-request-private-network", "true");
    let allowed = till.call("OPTIONS", "/v1/read", &[PAGE, asks, private], "").await;
    assert_eq!(allowed.status, 204);
    for line in [
        "access-control-allow-origin: https://till.example",
        "access-control-allow-methods: get, post",
        "access-control-allow-headers: authorization, content-type",
        "access-control-allow-private-network: true",
        "vary: origin",
    ] {
        assert!(allowed.head.contains(line), "{line}: {}", allowed.head);
    }
    let plain = till.call("OPTIONS", "/v1/read", &[PAGE, asks], "").await;
    assert!(!plain.head.contains("private-network"), "{}", plain.head);
    let foreign =
        till.call("OPTIONS", "/v1/read", &[("origin", "https://evil.example"), asks, private], "").await;
    assert_eq!(foreign.status, 403);
    assert!(!foreign.head.contains("access-control-"), "{}", foreign.head);
}

#[tokio::test]
async fn what_is_no_call_is_told_so() {
    let till = Till::open().await;
    let json = ("content-type", "application/json");
    let cases = [
        ("GET", "/v1/nothing", [PAGE, NOTHING], "", 404, "not_found"),
        ("GET", "/v1/read", [PAGE, NOTHING], "", 405, "method_not_allowed"),
        ("POST", "/v1/read", [PAGE, NOTHING], "{}", 415, "content_type"),
        ("POST", "/v1/read", [PAGE, ("content-type", "text/plain")], "{}", 415, "content_type"),
        ("POST", "/v1/read", [PAGE, json], "{", 400, "body_members"),
        ("POST", "/v1/read", [PAGE, json], r#"{"wait":1,"wait":2}"#, 400, "body_members"),
        ("POST", "/v1/read", [PAGE, json], r#"{"wiat":1}"#, 400, "body_members"),
        ("POST", "/v1/read", [PAGE, json], r#"{"wait":-1}"#, 422, "value_refused"),
        ("GET", "/v1/events", [PAGE, NOTHING], "", 426, "not_a_websocket"),
    ];
    for (method, path, headers, body, status, code) in cases {
        let answer = till.call(method, path, &headers, body).await;
        assert_eq!(answer.code(), (status, code.into()), "{method} {path} {body}");
        let action = &answer.json()["error"]["action"];
        assert!(action["en"].is_string() && action["zh"].is_string(), "{action}");
    }
    let large = format!(r#"{{"confirm":"{}"}}"#, "a".repeat(20_000));
    assert_eq!(till.call("POST", "/v1/read", &[PAGE, json], &large).await.status, 413);
}
