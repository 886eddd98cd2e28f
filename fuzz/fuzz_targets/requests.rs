//! What comes over HTTP, whatever it is: requests one after the other, each able to name what an earlier one was answered. The service
//! answers every one, never with a fault of its own, with an error in the documented form where it refuses, and repeats nothing of
//! what it was told in one.
//!
//! Input: requests, divided by a line `---`. A request's first line is `METHOD PATH`, then `*` for a request without a token or any
//! key that makes it happen once; what follows is the body. `{0.nonce}` stands for a member of the first answer, `{0.link}` for what
//! stands behind the `#` of its `page`.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use realname_fuzz::service::Service;
use serde_json::Value;

static SERVICE: LazyLock<Service> = LazyLock::new(Service::open);
/// What stands in names, texts and ids of the corpus: no error says it.
const CANARY: &str = "CANARY";

/// Puts what earlier requests were answered into a text.
fn filled(text: &str, answers: &[Value]) -> String {
    let mut text = text.to_owned();
    for (place, answer) in answers.iter().enumerate() {
        for (name, value) in answer.as_object().into_iter().flatten() {
            let Some(value) = value.as_str() else { continue };
            text = text.replace(&format!("{{{place}.{name}}}"), value);
            if name == "page" {
                let link = value.split_once('#').map_or("", |(_, link)| link);
                text = text.replace(&format!("{{{place}.link}}"), link);
            }
        }
    }
    text
}

fn ask(request: &str, cookies: &mut Vec<String>) -> Option<Value> {
    let (head, body) = request.split_once('\n').unwrap_or((request, ""));
    let mut head = head.split(' ');
    let (method, path, key) = (head.next()?, head.next()?, head.next());
    let kind = if method == "PUT" { "image/jpeg" } else { "application/json" };
    let mut wanted = http::Request::builder().method(method).uri(path).header("content-type", kind);
    if key != Some("*") {
        wanted = wanted.header("authorization", format!("Bearer {}", SERVICE.token));
    }
    if let Some(key) = key.filter(|key| *key != "*") {
        wanted = wanted.header("idempotency-key", key);
    }
    if !cookies.is_empty() {
        wanted = wanted.header("cookie", cookies.join("; "));
    }
    let answer = SERVICE.local.answer(wanted.body(body.as_bytes().to_vec()).ok()?);
    let status = answer.status().as_u16();
    assert!(answer.headers().contains_key("x-request-id"), "{head:?}");
    let kept = answer.headers().get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    cookies.extend(kept.filter_map(|cookie| cookie.split(';').next()).map(str::to_owned));
    let text = String::from_utf8_lossy(answer.body());
    let json: Value = serde_json::from_str(&text).unwrap_or_default();
    assert_ne!(status, 500, "{request}: {text}");
    if status >= 400 {
        let error = &json["error"];
        let said = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
        assert!(said(&error["code"]) && said(&error["message"]), "{request}: {status} {text}");
        assert!(said(&error["action"]["en"]) && said(&error["action"]["zh"]), "{request}: {status} {text}");
        assert!(!text.contains(CANARY), "{request}: {text}");
    }
    Some(json)
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (mut answers, mut cookies) = (Vec::new(), Vec::new());
    for request in text.split("\n---\n").take(8) {
        let request = filled(request, &answers);
        answers.push(ask(&request, &mut cookies).unwrap_or_default());
    }
});
