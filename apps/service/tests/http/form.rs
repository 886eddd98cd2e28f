//! The one form of errors: no address, method, header or line gets an answer in another.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use realname_service::Scope;
use serde_json::Value;

use crate::world::{Answer, Place, Running};

const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"];

/// What could stand in an address where an id is.
fn segments() -> Vec<String> {
    let odd = [
        "%FF",
        "0%ca",
        "%00",
        "%C0%AF",
        "%E6%B5%8B",
        "%",
        "%4",
        "%zz",
        "..",
        ".",
        "%2e%2e%2f",
        "a%2Fb",
        "~",
        "0",
    ];
    let long = ["x".repeat(300), "%FF".repeat(300)];
    odd.iter().map(|text| (*text).to_owned()).chain(long).collect()
}

/// Every address that the service has, with `{…}` where an id is.
fn addresses() -> Vec<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let document: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let calls = document["paths"].as_object().unwrap().keys().cloned();
    let others = [
        "/",
        "/s/{id}",
        "/desk",
        "/assets/{name}",
        "/openapi.json",
        "/demo/photos/{name}",
        "/demo/sessions/{id}",
    ];
    calls
        .chain(others.map(str::to_owned))
        .chain(["/v1".to_owned(), "/v1/{id}".to_owned(), "//".to_owned()])
        .collect()
}

/// That an error has the form, and that nothing else is said of it.
fn has_form(what: &str, answer: &Answer) {
    if answer.status < 400 {
        return;
    }
    assert!(answer.status < 500, "{what}: {} {}", answer.status, answer.text);
    assert!(answer.headers.contains_key("x-request-id"), "{what}");
    assert_eq!(answer.headers["content-type"], "application/json", "{what}: {}", answer.text);
    if what.starts_with("HEAD ") {
        assert!(answer.text.is_empty(), "{what}");
        return;
    }
    let error: Value =
        serde_json::from_str(&answer.text).unwrap_or_else(|_| panic!("{what}: {}", answer.text));
    let error = &error["error"];
    for text in [&error["code"], &error["message"], &error["action"]["en"], &error["action"]["zh"]] {
        assert!(text.as_str().is_some_and(|text| !text.is_empty()), "{what}: {}", answer.text);
    }
}

#[test]
fn no_address_and_no_method_gets_another_form() {
    let place = Place::new();
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let bearer = format!("Bearer {token}");
    let ask = |method: &str, path: &str, body: Option<(&str, Vec<u8>)>| {
        let headers = [("authorization", bearer.as_str())];
        let what = format!("{method} {path}");
        has_form(&what, &server.send(method, path, &headers, body));
    };
    let mut asked = 0;
    for address in addresses() {
        let name = address.split(['{', '}']).nth(1).map(|name| format!("{{{name}}}"));
        let ids = if name.is_some() { segments() } else { vec![String::new()] };
        for (at, id) in ids.iter().enumerate() {
            let mut path = address.clone();
            while let Some((before, rest)) = path.split_once('{') {
                path = format!("{before}{id}{}", rest.split_once('}').unwrap().1);
            }
            if path.parse::<ureq::http::Uri>().is_err() {
                continue;
            }
            // All methods at one of them; those that calls have at all.
            let methods = if at == 0 { &METHODS[..] } else { &["GET", "POST", "PUT"][..] };
            for method in methods {
                let body = matches!(*method, "POST" | "PUT").then(|| ("application/json", b"{}".to_vec()));
                ask(method, &path, body);
                asked += 1;
            }
        }
    }
    assert!(asked > 1_500, "{asked}");
    for (kind, body) in
        [("", "{}"), ("text/plain", "{}"), ("application/json", "\u{feff}{}"), ("application/json", "[]")]
    {
        ask("POST", "/v1/demands", Some((kind, body.as_bytes().to_vec())));
    }
    ask("GET", "/v1/demands/x?%FF=%FF", None);
    ask("POST", "/v1/presentations?record=%FF", Some(("application/json", b"{}".to_vec())));
}

fn raw(server: &Running, text: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let _ = stream.write_all(text);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// The last answer that came: its status and code.
fn last(came: &str) -> (u16, String) {
    let at = came.rfind("HTTP/1.1 ").unwrap_or_else(|| panic!("no answer: {came:?}"));
    let (head, body) = came[at..].split_once("\r\n\r\n").unwrap();
    let status = head[9..12].parse().unwrap();
    for header in ["x-request-id: ", "content-type: application/json", "x-content-type-options: nosniff"] {
        assert!(head.contains(header), "{came}");
    }
    let length = head.split("\r\n").find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert_eq!(length.parse::<usize>().unwrap(), body.len(), "{came}");
    let error: Value = serde_json::from_str(body).unwrap();
    assert!(error["error"]["action"]["zh"].as_str().is_some_and(|text| !text.is_empty()), "{came}");
    (status, error["error"]["code"].as_str().unwrap().to_owned())
}

#[test]
fn what_is_no_http_is_told_so_in_the_same_form() {
    let place = Place::new();
    let metrics = place.token("operator", &[Scope::Metrics]);
    let server = place.start();
    let good = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    let many: String = (0..200).map(|at| format!("x-{at}: y\r\n")).collect();
    let refused = [
        ("GARBAGE\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/9.9\r\nhost: x\r\n\r\n".to_owned(), 400),
        ("GET /\u{7f} HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(), 400),
        ("G\u{e4}T / HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\nno colon\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\na b: c\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\na: \u{0}\r\n\r\n".to_owned(), 400),
        ("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n".to_owned(), 400),
        ("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n".to_owned(), 400),
        ("POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: rot13\r\n\r\n".to_owned(), 400),
        (format!("GET / HTTP/1.1\r\n{many}\r\n"), 431),
        (format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "x".repeat(70_000)), 431),
        (format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(300_000)), 431),
    ];
    for (text, status) in &refused {
        let code = if *status == 400 { "request_malformed" } else { "head_too_large" };
        let what = &text[..text.len().min(60)];
        assert_eq!(last(&raw(&server, text.as_bytes())), (*status, code.to_owned()), "{what:?}");
        // Behind a request that is one, on the same connection: both are answered.
        let came = raw(&server, format!("{good}{text}").as_bytes());
        assert!(came.starts_with("HTTP/1.1 200") && came.contains("\"alive\""), "{what:?}: {came}");
        assert_eq!(last(&came), (*status, code.to_owned()), "{what:?}");
    }
    // A method that nobody has, a target that is no path, and a request of an older kind.
    for (line, status, code) in [
        ("BREW /healthz HTTP/1.1", 405, "method_not_allowed"),
        ("CONNECT shop.example:443 HTTP/1.1", 404, "not_found"),
        ("OPTIONS * HTTP/1.1", 404, "not_found"),
        ("GET http://shop.example/v1/nothing HTTP/1.1", 404, "not_found"),
        ("POST /healthz HTTP/1.0", 405, "method_not_allowed"),
    ] {
        let came = raw(&server, format!("{line}\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes());
        assert_eq!(
            last(&came.replace("HTTP/1.0 ", "HTTP/1.1 ")),
            (status, code.to_owned()),
            "{line}: {came}"
        );
    }
    assert_eq!(server.send("GET", "/healthz", &[], None).status, 200);
    // It is counted as what it is, and by no word of who sent it.
    let figures = server.call("GET", "/metrics", &metrics, None).text;
    assert!(figures.contains("realname_refusals_total{code=\"request_malformed\"} 2"), "{figures}");
    assert!(!figures.contains("GARBAGE") && !figures.contains("rot13"), "{figures}");
}
