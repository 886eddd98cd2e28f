//! A voice platform: it is asked to call, and posts back which key was pressed.

use std::net::TcpListener;

use realname_service::config::Config;
use realname_service::{Scope, Server};
use serde_json::{Value, json};

use crate::webhooks::receive;
use crate::world::{Answer, Place, Running};

const SECRET: &str = "TEST: what the platform's call-backs carry";
const NUMBER: &str = "+8613900000002";

/// A service whose voice questions go to that address.
fn place(platform: &TcpListener) -> Place {
    let place = Place::new();
    let write = |name: &str, text: &str| place.secret(name, text);
    write("confirmation.secret", &realname::jose::encode(&[7; 32]));
    write("voice.secret", &format!("{SECRET}\n"));
    write("voice.authorization", "Bearer ours");
    place.configure(&format!(
        "[confirmation]\nsecret = \"confirmation.secret\"\nlines = \"messages.jsonl\"\n[confirmation.voice]\nurl = \"http://{}/calls\"\n\
         authorization = \"voice.authorization\"\nsecret = \"voice.secret\"",
        platform.local_addr().unwrap()
    ));
    place
}

fn call_back(server: &Running, secret: Option<&str>, body: &str) -> Answer {
    let bearer = secret.map(|secret| format!("Bearer {secret}"));
    let headers: Vec<_> = bearer.iter().map(|value| ("authorization", value.as_str())).collect();
    let body = ("application/json", body.as_bytes().to_vec());
    server.send("POST", "/v1/voice/callback", &headers, Some(body))
}

fn pressed(key: &str, version: u32) -> String {
    json!({"number": NUMBER, "service": "vas:1", "key": key, "prompt_version": version}).to_string()
}

fn code(answer: &Value) -> &str {
    answer["reasons"][0]["code"].as_str().unwrap()
}

#[test]
fn a_customer_is_called_and_presses_a_key() {
    let platform = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = place(&platform);
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let question = json!({"number": NUMBER, "service": "vas:1", "text": "测试天气", "price_fen": 500, "form": "voice", "prompt_version": 3, "yes": "1"});
    let ask = || server.call("POST", "/v1/confirmations", &token, Some(question.clone())).is(200);
    let asked = std::thread::scope(|scope| {
        let called = scope.spawn(|| receive(&platform, 200));
        let asked = ask();
        let (head, body) = called.join().unwrap();
        assert!(head.starts_with("POST /calls ") && head.contains("Bearer ours"), "{head}");
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((&body["to"], &body["prompt_version"]), (&json!(NUMBER), &json!(3)));
        asked
    });
    assert_eq!(asked["standing"], "waiting");

    // Nobody confirms for the customer: without the secret, with a token of this service, with nothing after "Bearer".
    for stranger in [None, Some("another secret, as long as the right one is"), Some(&token), Some("")] {
        call_back(&server, stranger, &pressed("1", 3)).refused(401, "voice_callback_stranger");
    }
    let known = Some(SECRET);
    for bad in ["", "{}", "[]", &pressed("11", 3), &pressed("1", 3).replace("+86", "")] {
        call_back(&server, known, bad).refused(400, "voice_callback_form");
    }
    call_back(&server, known, &" ".repeat(5000)).refused(413, "request_too_large");

    let other_prompt = call_back(&server, known, &pressed("1", 2)).is(200);
    assert_eq!(
        (&other_prompt["result"], code(&other_prompt)),
        (&json!("refused"), "confirmation_wrong_form")
    );
    assert_eq!(code(&call_back(&server, known, &pressed("2", 3)).is(200)), "confirmation_wrong_reply");
    assert_eq!(ask()["standing"], "waiting");
    for _ in 0..2 {
        // The platform isn't given the grant, and may call back again.
        assert_eq!(call_back(&server, known, &pressed("1", 3)).is(200), json!({"result": "granted"}));
    }
    let granted = ask();
    assert_eq!(granted["standing"], "granted");
    let order = json!({"grant": granted["grant"], "order": "order-1", "number": NUMBER, "service": "vas:1", "price_fen": 500});
    assert_eq!(server.call("POST", "/v1/grants/redeem", &token, Some(order)).is(200)["result"], "now");

    // Texts still go where they went.
    let text = json!({"number": NUMBER, "service": "vas:2", "text": "测试天气"});
    server.call("POST", "/v1/confirmations", &token, Some(text)).is(200);
    let lines = std::fs::read_to_string(place.dir.path().join("messages.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 1);
    // And what a voice question asks can't be confirmed by one of a text's.
    assert_eq!(
        code(&call_back(&server, known, &pressed("1", 3).replace("vas:1", "vas:2")).is(200)),
        "confirmation_wrong_form"
    );
}

#[test]
fn a_secret_that_is_none_is_refused_before_anything_listens() {
    let platform = TcpListener::bind("127.0.0.1:0").unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for weak in ["", "\n", "short"] {
        let place = place(&platform);
        place.secret("voice.secret", weak);
        let config = Config::load(&place.file()).unwrap();
        let refused = runtime.block_on(Server::bind(config, None)).map(drop).unwrap_err();
        assert!(refused.to_string().contains("confirmation.voice.secret"), "{refused}");
    }
}

#[test]
fn a_service_without_a_platform_takes_no_call_back() {
    let server = Place::new().start();
    call_back(&server, Some(SECRET), &pressed("1", 3)).refused(422, "not_set_up");
}
