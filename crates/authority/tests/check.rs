//! What `check` says of each register that can't be asked, with the shipped configurations and the vendors' own refusals, from a
//! server on loopback.
#![cfg(feature = "http")]

mod loopback;

use std::net::TcpListener;

use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::{SignedDuration, Timestamp};
use realname_authority::http::{RegisterCheck, Trouble, Works, check};
use realname_terms::Explain;

use loopback::{one_request, written};

/// What is said of a register that answers so.
fn told(name: &str, map: &str, status: &str, body: &str) -> RegisterCheck {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let file = written(folder.path(), name, map, &origin);
    std::thread::scope(|scope| {
        let checking = scope.spawn(|| {
            let check = check(&file).unwrap();
            // A check that asked nothing must end the wait below.
            let _ = std::net::TcpStream::connect(listener.local_addr().unwrap());
            check
        });
        // Somebody who doesn't exist, whatever the register is.
        let (head, asked) = one_request(&listener, status, body);
        assert!(head.contains("119999190101019996") || asked.contains("119999190101019996"), "{name}");
        checking.join().unwrap()
    })
}

fn tencent(code: &str) -> String {
    format!(r#"{{"Response":{{"Error":{{"Code":"{code}","Message":"m"}},"RequestId":"R"}}}}"#)
}

fn alibaba(code: u32) -> String {
    format!(r#"{{"Code":"{code}","Message":"m","RequestId":"R"}}"#)
}

fn huawei(code: &str) -> String {
    format!(r#"{{"error_code":"{code}","error_msg":"m"}}"#)
}

#[test]
fn each_refusal_of_each_vendor_is_said_in_its_words() {
    let ok = "200 OK";
    for (name, map, status, body, trouble) in [
        ("tencent", "tencent-two-element", ok, tencent("AuthFailure.SignatureExpire"), Trouble::Clock),
        ("tencent", "tencent-two-element", ok, tencent("AuthFailure.SignatureFailure"), Trouble::Signature),
        ("tencent", "tencent-two-element", ok, tencent("AuthFailure.SecretIdNotFound"), Trouble::Credential),
        (
            "tencent",
            "tencent-four-element",
            ok,
            tencent("UnauthorizedOperation.Nonactivated"),
            Trouble::NotOpened,
        ),
        (
            "tencent",
            "tencent-phone-three-element",
            ok,
            tencent("UnauthorizedOperation.Arrears"),
            Trouble::Arrears,
        ),
        ("tencent", "tencent-two-element", ok, tencent("RequestLimitExceeded"), Trouble::TooMany),
        ("tencent", "tencent-two-element", ok, tencent("InvalidParameter"), Trouble::Request),
        ("tencent", "tencent-two-element", ok, tencent("AuthFailure.MFAFailure"), Trouble::Denied),
        ("tencent", "tencent-two-element", ok, tencent("SomethingNew"), Trouble::Map),
        ("alibaba", "alibaba-two-element", ok, alibaba(410), Trouble::NotOpened),
        ("alibaba", "alibaba-two-element", ok, alibaba(411), Trouble::Permission),
        ("alibaba", "alibaba-phone-three-element", ok, alibaba(412), Trouble::Arrears),
        ("alibaba", "alibaba-two-element", ok, alibaba(500), Trouble::NoAnswer),
        (
            "alibaba",
            "alibaba-two-element",
            "400 Bad Request",
            r#"{"Code":"SignatureDoesNotMatch"}"#.to_owned(),
            Trouble::Signature,
        ),
        ("huawei", "huawei-two-element", "400 Bad Request", huawei("IVS.0015"), Trouble::NotOpened),
        ("huawei", "huawei-two-element", "400 Bad Request", huawei("IVS.0013"), Trouble::Credential),
        ("huawei", "huawei-two-element", "400 Bad Request", huawei("IVS.0003"), Trouble::Request),
        ("nciic", "nciic-two-element", "403 Forbidden", String::new(), Trouble::Denied),
        // Another interface's map: what is said at this place isn't there.
        ("tencent", "alibaba-two-element", ok, tencent("AuthFailure.SignatureFailure"), Trouble::Map),
        ("nciic", "nciic-two-element", ok, "<html><body>Welcome</body></html>".to_owned(), Trouble::Map),
        (
            "tencent",
            "tencent-two-element",
            ok,
            r#"{"Response":{"Result":"0","RequestId":"R"}}"#.to_owned(),
            Trouble::SaysYesToNobody,
        ),
    ] {
        let check = told(name, map, status, &body);
        assert_eq!(check.result, Err(trouble), "{name} {map} {body}");
        let entry = trouble.entry();
        assert!(
            entry.code.starts_with("check_") && !entry.advice.zh.is_empty() && !entry.advice.en.is_empty()
        );
    }
}

#[test]
fn a_register_that_finds_nobody_works() {
    let gone = r#"{"Response":{"Result":"-5","RequestId":"R"}}"#;
    assert_eq!(told("tencent", "tencent-two-element", "200 OK", gone).result, Ok(Works::Answered));
    let malformed = r#"{"Response":{"Result":"-2","RequestId":"R"}}"#;
    assert_eq!(told("tencent", "tencent-two-element", "200 OK", malformed).result, Ok(Works::ValuesRefused));
}

/// A clock that is wrong makes signatures wrong, whatever the vendor calls it.
#[test]
fn clocks_that_are_apart_are_said_first() {
    for (minutes, trouble) in [(6, Trouble::Clock), (-6, Trouble::Clock), (1, Trouble::Signature)] {
        let there = Timestamp::now() + SignedDuration::from_mins(minutes);
        let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&there).unwrap();
        let status = format!("200 OK\r\nDate: {date}");
        let check = told("tencent", "tencent-two-element", &status, &tencent("AuthFailure.SignatureFailure"));
        assert_eq!(check.result, Err(trouble), "{minutes} minutes");
        let ahead = check.clock_ahead.unwrap();
        assert!(
            (ahead - SignedDuration::from_mins(minutes)).abs() < SignedDuration::from_secs(30),
            "{ahead}"
        );
    }
}

#[test]
fn a_register_that_isnt_there_is_unreachable() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let file = written(folder.path(), "tencent", "tencent-two-element", &origin);
    let check = check(&file).unwrap();
    assert_eq!((check.result, check.status), (Err(Trouble::Unreachable), None));
}
