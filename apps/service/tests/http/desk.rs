//! A desk: it knows a number alone, and the service looks its account up.

use std::io::{Read, Write};
use std::net::TcpListener;

use realname_service::config::Config;
use realname_service::{Scope, check};
use serde_json::{Value, json};

use crate::cancellations::{NUMBER, account, present};
use crate::world::Place;

const OTHER: &str = "+8613900000004";

fn place(accounts: &str) -> Place {
    let place = Place::new();
    let secret = realname::jose::encode(&[9; 32]);
    place.secret("confirmation.secret", &secret);
    place.configure("[confirmation]\nsecret = \"confirmation.secret\"\nlines = \"messages.jsonl\"");
    place.configure(accounts);
    place
}

fn write(place: &Place, accounts: &Value) {
    std::fs::write(place.dir.path().join("accounts.json"), accounts.to_string()).unwrap();
}

#[test]
fn a_desk_cancels_a_number_of_which_it_knows_nothing_else() {
    let place = place("[accounts]\nfile = \"accounts.json\"");
    write(&place, &json!([account(0)]));
    let (desk, other) = (place.token("desk", &[Scope::Desk]), place.token("other", &[Scope::Verify]));
    let server = place.start();
    let post = |path: &str, body: Value| server.call("POST", path, &desk, Some(body));

    // What stands in an account is the home's to say, never a desk's.
    post("/v1/cancellations", json!({"account": account(0)})).refused(403, "scope_missing");
    let both = json!({"account": account(0), "number": NUMBER});
    post("/v1/cancellations", both).refused(400, "body_members");
    post("/v1/cancellations", json!({})).refused(400, "body_members");
    post("/v1/cancellations", json!({"number": OTHER})).refused(404, "not_found");
    post("/v1/cancellations", json!({"number": "13900000003"})).refused(422, "phone_number");
    server
        .call("POST", "/v1/cancellations", &other, Some(json!({"number": NUMBER})))
        .refused(403, "scope_missing");
    post("/v1/demands", json!({"purpose": "sim.cancel"})).refused(403, "scope_missing");

    let app = json!({"number": NUMBER, "own_app": true, "terminal": "checkout-1"});
    post("/v1/cancellations", app).refused(403, "scope_missing");
    let opened = post("/v1/cancellations", json!({"number": NUMBER})).is(201);
    let asked = opened["demand"].as_str().unwrap().split('.').nth(1).unwrap();
    let asked = String::from_utf8(realname::jose::decode(asked).unwrap().to_vec()).unwrap();
    for check in ["\"chip\"", "\"registry\""] {
        assert!(asked.contains(check), "a desk can't ask itself for less: {asked}");
    }
    assert!(!opened.to_string().contains("测试甲"), "nothing of the account before the person was checked");
    let id = opened["cancellation"].as_str().unwrap().to_owned();
    let at = |step: &str| format!("/v1/cancellations/{id}/{step}");
    let presentation = present(&place, opened["demand"].as_str().unwrap());
    let told = post(&at("snapshot"), json!({"number": NUMBER, "presentation": presentation, "locale": "en"}));
    let told = told.is(200);
    assert_eq!(told["result"], "identified", "{told}");
    let read: Vec<Value> = told["notices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|notice| json!({"kind": notice["kind"], "text_sha256": notice["text_sha256"]}))
        .collect();
    let confirm = json!({"number": NUMBER, "acknowledged": read, "locale": "en"});
    assert_eq!(post(&at("confirm"), confirm.clone()).is(200)["result"], "waiting");
    assert_eq!(post(&at("confirm"), confirm.clone()).is(200)["result"], "waiting", "no reply yet");

    // The reply comes from the number's network, to whoever runs the home; the desk only asks again.
    let home = place.token("desk", &[Scope::Demand]);
    let message = std::fs::read_to_string(place.dir.path().join("messages.jsonl")).unwrap();
    assert_eq!(message.lines().count(), 1, "asked once");
    let message: Value = serde_json::from_str(&message).unwrap();
    let waiting = post(&at("confirm"), confirm.clone()).is(200);
    let reply = format!("/v1/confirmations/{}/reply", waiting["confirmation"].as_str().unwrap());
    let typed = json!({"number": NUMBER, "text": message["reply"]});
    post(&reply, typed.clone()).refused(403, "scope_missing");
    server.call("POST", &reply, &home, Some(typed)).is(200);
    assert_eq!(post(&at("confirm"), confirm).is(200), json!({"result": "confirmed"}));

    // Somebody borrowed meanwhile.
    write(&place, &json!([account(1)]));
    let stale = post(&at("commit"), json!({"number": NUMBER})).is(200);
    assert_eq!(stale["reasons"][0]["code"], "snapshot_stale", "{stale}");
    std::fs::write(place.dir.path().join("accounts.json"), "[").unwrap();
    post(&at("commit"), json!({"number": NUMBER})).refused(503, "accounts_unreadable");
    std::fs::remove_file(place.dir.path().join("accounts.json")).unwrap();
    post(&at("commit"), json!({"number": NUMBER})).refused(503, "accounts_unavailable");
    write(&place, &json!([account(0)]));
    let committed = post(&at("commit"), json!({"number": NUMBER})).is(200);
    assert_eq!(committed["result"], "committed", "{committed}");
}

#[test]
fn a_number_that_says_no_is_not_cancelled() {
    let place = place("[accounts]\nfile = \"accounts.json\"");
    write(&place, &json!([account(0)]));
    let token = place.token("home", &Scope::ALL);
    let server = place.start();
    let post = |path: &str, body: Value| server.call("POST", path, &token, Some(body));
    let opened = post("/v1/cancellations", json!({"number": NUMBER})).is(201);
    let at = |step: &str| format!("/v1/cancellations/{}/{step}", opened["cancellation"].as_str().unwrap());
    let presentation = present(&place, opened["demand"].as_str().unwrap());
    let told = post(&at("snapshot"), json!({"number": NUMBER, "presentation": presentation})).is(200);
    let read: Vec<Value> = told["notices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|notice| json!({"kind": notice["kind"], "text_sha256": notice["text_sha256"]}))
        .collect();
    let confirm = json!({"number": NUMBER, "acknowledged": read});
    let waiting = post(&at("confirm"), confirm.clone()).is(200);
    let reply = format!("/v1/confirmations/{}/reply", waiting["confirmation"].as_str().unwrap());
    assert_eq!(post(&reply, json!({"number": NUMBER, "text": "N"})).is(200)["result"], "declined");
    let no = post(&at("confirm"), confirm).is(200);
    assert_eq!(no["reasons"][0]["code"], "confirmation_declined", "{no}");
    post(&at("commit"), json!({"number": NUMBER})).refused(409, "step_not_due");
}

/// The home's systems: answers each request with the next of these, and gives back what it was asked.
fn home(answers: Vec<String>) -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/accounts", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let answer = |answer: String| {
            let (mut stream, _) = listener.accept().unwrap();
            let (mut read, mut buffer) = (Vec::new(), [0; 4096]);
            while !read.ends_with(b"}") {
                let length = stream.read(&mut buffer).unwrap();
                read.extend_from_slice(&buffer[..length]);
            }
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(read).unwrap()
        };
        answers.into_iter().map(answer).collect()
    });
    (url, thread)
}

fn http(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

#[test]
fn the_homes_own_systems_are_asked() {
    let mut others = account(0);
    others["number"] = json!(OTHER);
    let doubled = account(0).to_string().replacen('{', "{\"arrears_fen\": 0, ", 1);
    let (url, asked) = home(vec![
        http("404 Not Found", ""),
        http("500 Internal Server Error", ""),
        http("200 OK", &others.to_string()),
        http("200 OK", &doubled),
        http("200 OK", &account(0).to_string()),
    ]);
    let place = place(&format!("[accounts]\nurl = \"{url}\"\nauthorization = \"accounts.secret\""));
    let secret = place.dir.path().join("accounts.secret");
    std::fs::write(&secret, "Bearer of-the-home\n").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;

        std::fs::set_permissions(&secret, PermissionsExt::from_mode(0o644)).unwrap();
        assert!(check(&place.file()).unwrap_err().to_string().contains("others can read"));
        std::fs::set_permissions(&secret, PermissionsExt::from_mode(0o600)).unwrap();
    }
    let token = place.token("desk", &[Scope::Desk]);
    let server = place.start();
    let open = || server.call("POST", "/v1/cancellations", &token, Some(json!({"number": NUMBER})));
    open().refused(404, "not_found");
    open().refused(503, "accounts_unavailable");
    open().refused(503, "accounts_unreadable");
    open().refused(503, "accounts_unreadable");
    open().is(201);
    for request in asked.join().unwrap() {
        let request = request.to_lowercase();
        assert!(request.starts_with("post /accounts http/1.1\r\n"), "{request}");
        assert!(request.contains("authorization: bearer of-the-home\r\n"), "{request}");
        assert!(request.ends_with("{\"number\":\"+8613900000003\"}"), "{request}");
    }
    open().refused(503, "accounts_unavailable");
}

#[test]
fn accounts_that_nobody_can_look_up_are_found_when_it_starts() {
    let refused = |accounts: &str, expected: &str| {
        let place = place(accounts);
        write(&place, &json!([{"number": NUMBER}]));
        let error = Config::load(&place.file()).and_then(|_| check(&place.file())).unwrap_err().to_string();
        assert!(error.contains(expected), "{accounts}: {error}");
    };
    refused("[accounts]", "accounts: ");
    refused("[accounts]\nfile = \"accounts.json\"", "JSON list of accounts");
    let place = self::place("[accounts]\nfile = \"accounts.json\"");
    let mut odd = account(0);
    odd["reach"] = json!("sometimes");
    for accounts in [json!([account(0), account(1)]), json!([odd])] {
        write(&place, &accounts);
        assert!(
            check(&place.file()).unwrap_err().to_string().contains("JSON list of accounts"),
            "{accounts}"
        );
    }
    refused("[accounts]\nfile = \"absent.json\"", "absent.json");
    refused("[accounts]\nfile = \"accounts.json\"\nurl = \"https://home.example\"", "accounts: ");
    refused("[accounts]\nurl = \"http://home.example\"", "accounts.url");
    let place = Place::new();
    let token = place.token("desk", &[Scope::Desk]);
    let server = place.start();
    let none = server.call("POST", "/v1/cancellations", &token, Some(json!({"number": NUMBER})));
    none.refused(422, "not_set_up");
}
