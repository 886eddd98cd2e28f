//! A vendor's register by configuration alone: its code map, its credentials, its codes. The vendor is a few lines here; its
//! code map is one of the fixtures.
#![cfg(unix)]
#![allow(clippy::disallowed_methods)]

use crate::support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use support::{Emulator, NAME, NUMBER, Workshop, code, fixture, json};

/// Answers every question with one code, and keeps the questions.
struct Vendor {
    origin: String,
    result: Arc<Mutex<String>>,
    questions: Arc<Mutex<Vec<String>>>,
}

impl Vendor {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let vendor = Self { origin, result: Arc::default(), questions: Arc::default() };
        let (result, questions) = (Arc::clone(&vendor.result), Arc::clone(&vendor.questions));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let mut reader = BufReader::new(&stream);
                let (mut question, mut length) = (String::new(), 0);
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).expect("a line") <= 2 {
                        break;
                    }
                    let lower = line.to_ascii_lowercase();
                    if let Some(value) = lower.strip_prefix("content-length:") {
                        length = value.trim().parse().expect("a length");
                    }
                    question.push_str(&line);
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).expect("the body");
                question.push_str(&String::from_utf8(body).expect("UTF-8"));
                questions.lock().expect("the questions").push(question);
                let result = result.lock().expect("the result").clone();
                let body = format!(r#"{{"Response":{{"Result":"{result}","RequestId":"TEST-1"}}}}"#);
                let head =
                    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                (&stream).write_all(format!("{head}{body}").as_bytes()).expect("answered");
            }
        });
        vendor
    }
}

/// A terminal whose register is this vendor, by that code map.
fn set_up(workshop: &Workshop, vendor: &Vendor, map: &str) {
    // Name and number are all that this register knows, so the policy asks for no more.
    let policy = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../crates/issue/src/appraisal/policies/cn-telecom-onsite.toml"
    );
    let policy = std::fs::read_to_string(policy).expect("the built-in policy");
    let (head, _) = policy.split_once("[[rule]]").expect("rules");
    // Nor can it confirm the dates of a card whose term is unusual.
    let head = head.replace("unusual = \"confirm\"", "unusual = \"ignore\"");
    let rule = "[[rule]]\npurposes = [\"sim.cancel\", \"sim.activate\"]\nkinds = [\"resident\"]\nrequire = [\"chip\", \"document_validity\", \"registry\"]\nphone_number = \"told\"\nbecause = [\"a test\"]\n";
    workshop.write("policy.toml", &format!("{head}{rule}"));
    workshop.write("secret", "TEST secret\n");
    workshop.write(
        "vendor.toml",
        &format!(
            "id = \"vendor.example\"\norigin = \"{}\"\ncode_map = \"{}\"\n\
             [[credentials]]\nheader = \"Authorization\"\nprefix = \"Bearer \"\nenv = \"VENDOR_TOKEN\"\n\
             [seal]\nheader = \"X-Signature\"\nparts = [\"method\", \"path\", \"body_sha256\"]\nfile = \"secret\"\n\
             [limits]\ntries = 1\n",
            vendor.origin,
            fixture("codemaps").join(map).display()
        ),
    );
    let terminal = std::fs::read_to_string(workshop.path("terminal.toml")).expect("the file");
    let terminal = format!(
        "{terminal}policy = \"policy.toml\"\nauthority = \"vendor.toml\"\nconsent_phone_number = true\n"
    );
    workshop.write("terminal.toml", &terminal);
}

#[test]
fn every_kind_of_code_ends_as_it_should() {
    let (workshop, vendor) = (Workshop::new(), Vendor::start());
    workshop.demand("demand.jwt");
    let reader = Emulator::start_with("cards/resident.json", &["--again"]);
    set_up(&workshop, &vendor, "tencent-two-element.toml");
    let attest = |token: Option<&str>| {
        let mut args = workshop.attest_args("demand.jwt", "presentation");
        let live = fixture("portraits/jia-live-1.jpg");
        args.extend(["--port", &reader.port, "--live", live.to_str().expect("UTF-8")].map(str::to_owned));
        let mut command = support::realname(args);
        command.env_remove("VENDOR_TOKEN");
        if let Some(token) = token {
            command.env("VENDOR_TOKEN", token);
        }
        command.output().expect("the program starts")
    };

    for (result, exit, expected) in [
        ("-1", 1, "name_mismatch"),
        ("-5", 1, "register_not_found"),
        ("-7", 3, "authority_quota"),
        // A code that the map doesn't have is never guessed at.
        ("7", 3, "authority_protocol"),
    ] {
        result.clone_into(&mut vendor.result.lock().expect("the result"));
        let told = attest(Some("s3cret"));
        assert_eq!((code(&told), &json(&told)["error"]["code"]), (Some(exit), &expected.into()), "{result}");
        let printed = format!("{}{}", json(&told), String::from_utf8_lossy(&told.stderr));
        assert!(!printed.contains("s3cret") && !printed.contains(NUMBER), "{printed}");
    }
    assert!(!workshop.has("presentation"));

    "0".clone_into(&mut vendor.result.lock().expect("the result"));
    let attested = attest(Some("s3cret"));
    assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stdout));
    let questions = vendor.questions.lock().expect("the questions").clone();
    assert_eq!(questions.len(), 5, "one question each");
    let last = questions.last().expect("a question").to_ascii_lowercase();
    for part in [
        "post / http/1.1",
        "authorization: bearer s3cret",
        "x-signature: ",
        "x-tc-action: idcardverification",
    ] {
        assert!(last.contains(part), "{part} in {last}");
    }
    assert!(last.contains(NAME) && last.contains(NUMBER), "{last}");

    // Without its secret nothing is sent.
    let without = attest(None);
    assert_eq!((code(&without), &json(&without)["error"]["code"]), (Some(4), &"authority_config".into()));
    assert_eq!(vendor.questions.lock().expect("the questions").len(), 5);
}

/// A register of three elements is asked with the demand's number, and with no demand that has none.
#[test]
fn the_demands_number_reaches_a_register_of_three_elements() {
    let (workshop, vendor) = (Workshop::new(), Vendor::start());
    set_up(&workshop, &vendor, "tencent-phone-three-element.toml");
    let reader = Emulator::start_with("cards/resident.json", &["--again"]);
    let attest = |demand: &str| {
        let mut args = workshop.attest_args(demand, "presentation");
        let live = fixture("portraits/jia-live-1.jpg");
        args.extend(["--port", &reader.port, "--live", live.to_str().expect("UTF-8")].map(str::to_owned));
        let mut command = support::realname(args);
        command.env("VENDOR_TOKEN", "s3cret").output().expect("the program starts")
    };
    "0".clone_into(&mut vendor.result.lock().expect("the result"));
    workshop.demand("demand.jwt");
    let attested = attest("demand.jwt");
    assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stdout));
    let questions = vendor.questions.lock().expect("the questions").clone();
    let [question] = questions.as_slice() else { panic!("{questions:?}") };
    // In the national form that this vendor wants, beside name and number of the card.
    assert!(question.contains(r#""Phone":"13900000000""#) && question.contains(NUMBER), "{question}");
    assert!(!question.contains("+86"), "{question}");
    let verdict = json(&workshop.verify("presentation"));
    assert_eq!(verdict["verdict"], "accepted", "{verdict}");

    // Without the policy's word, or the person's, the register isn't asked, and the reason says which it was.
    let without = |file: &str, line: &str, expected: &str| {
        let text = std::fs::read_to_string(workshop.path(file)).expect("the file");
        workshop.write(file, &text.replace(line, ""));
        let _ = std::fs::remove_file(workshop.path("presentation"));
        let refused = attest("demand.jwt");
        assert_eq!(json(&refused)["error"]["code"], expected, "{}", json(&refused));
        assert_eq!(vendor.questions.lock().expect("the questions").len(), 1, "nothing was asked");
        workshop.write(file, &text);
    };
    without("terminal.toml", "consent_phone_number = true", "phone_number_not_consented");
    without("policy.toml", "phone_number = \"told\"", "phone_number_not_by_policy");

    // No number, no question: the clerk isn't sent back to the card.
    workshop.online_demand("without.jwt", &["--locality", "onsite"]);
    let refused = attest("without.jwt");
    let error = json(&refused)["error"].clone();
    assert_eq!(error["code"], "authority_phone_number", "{error}");
    let action = error["action"].as_str().expect("advice").to_lowercase();
    assert!(action.contains("phone number") && action.contains("card again doesn't help"), "{action}");
    assert!(!workshop.has("presentation"));
    assert_eq!(vendor.questions.lock().expect("the questions").len(), 1, "nothing was asked");
}

#[test]
fn a_check_says_in_words_what_is_wrong_with_a_register() {
    let (workshop, vendor) = (Workshop::new(), Vendor::start());
    let shipped =
        std::fs::read_to_string(fixture("registers/tencent.toml")).expect("the shipped configuration");
    let config = |origin: &str| {
        shipped
            .replace("https://faceid.tencentcloudapi.com", origin)
            .replace(
                "../codemaps/tencent-two-element.toml",
                fixture("codemaps/tencent-two-element.toml").to_str().expect("UTF-8"),
            )
            .replace("id.env = \"TENCENT_SECRET_ID\"", "id.file = \"id\"")
            .replace("secret.env = \"TENCENT_SECRET_KEY\"", "secret.file = \"secret\"")
    };
    workshop.write("id", "AKIDsynthetic");
    workshop.write("secret", "TEST-secret-key");
    workshop.write("vendor.toml", &config(&vendor.origin));
    let check = || support::run(["authority", "check", "--config", &workshop.path("vendor.toml"), "--json"]);
    let error = |code: &str| format!("\",\"Error\":{{\"Code\":\"{code}\"}},\"X\":\"");
    for (result, expected) in [
        (error("AuthFailure.SignatureExpire"), "check_clock"),
        (error("AuthFailure.SignatureFailure"), "check_signature"),
        (error("AuthFailure.SecretIdNotFound"), "check_credential"),
        (error("AuthFailure.UnauthorizedOperation"), "check_denied"),
        (error("UnauthorizedOperation.Nonactivated"), "check_not_opened"),
        (error("UnauthorizedOperation.Arrears"), "check_arrears"),
        (error("RequestLimitExceeded"), "check_too_many"),
        (error("InvalidParameter"), "check_request"),
        (error("SomethingNew"), "check_map"),
        ("999".to_owned(), "check_map"),
        ("0".to_owned(), "check_says_yes"),
    ] {
        *vendor.result.lock().expect("the result") = result.clone();
        let output = check();
        assert_eq!(code(&output), Some(3), "{result}");
        let told = json(&output);
        assert_eq!(
            (told["error"]["code"].as_str(), told["status"].as_u64()),
            (Some(expected), Some(200)),
            "{told}"
        );
        let told = format!("{told}{}", String::from_utf8_lossy(&output.stderr));
        assert!(!told.contains("TEST-secret") && !told.contains("AKIDsynthetic"), "{told}");
    }
    for (result, expected) in [("-5", "answered"), ("-1", "answered"), ("-2", "values_refused")] {
        *vendor.result.lock().expect("the result") = result.to_owned();
        let output = check();
        assert_eq!((code(&output), json(&output)["result"].as_str()), (Some(0), Some(expected)), "{result}");
    }
    let questions = vendor.questions.lock().expect("the questions").clone();
    assert_eq!(questions.len(), 14, "each is asked once");
    assert!(
        questions
            .iter()
            .all(|question| question.contains("\"IdCard\":\"119999") && !question.contains(NUMBER))
    );
    workshop.write("vendor.toml", &config("http://127.0.0.1:1"));
    assert_eq!(json(&check())["error"]["code"], "check_unreachable");
}
