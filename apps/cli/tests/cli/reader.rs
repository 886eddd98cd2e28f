//! `realname reader` against `realname emulator`: every document, and what each fault of reader, card and line ends in.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

use crate::support;

use std::time::{Duration, Instant};

use support::{Emulator, code, fixture, json, run};

/// `reader read --json` of this card with these faults: exit code, what it printed, how long it took.
fn read(card: &str, fault: &str, more: &[&str]) -> (Option<i32>, serde_json::Value, Duration) {
    let reader = Emulator::start_with(card, &["--fault", fault]);
    let begin = Instant::now();
    let output = run(["reader", "read", "--port", &reader.port, "--json"].iter().chain(more));
    (code(&output), json(&output), begin.elapsed())
}

#[test]
fn every_document_comes_out_as_it_was_described() {
    for name in
        ["resident", "resident-2", "residence-permit", "permanent-resident-2017", "permanent-resident-2023"]
    {
        let card = format!("cards/{name}.json");
        let (exit, read, _) = read(&card, "", &[]);
        assert_eq!(exit, Some(0), "{name}");
        let described: serde_json::Value =
            serde_json::from_slice(&std::fs::read(fixture(&card)).unwrap()).unwrap();
        for (member, value) in described.as_object().unwrap() {
            match member.as_str() {
                "_comment" => {}
                "additional_address" => assert_eq!(read[member], *value, "{name}"),
                _ => assert_eq!(read["document"][member], *value, "{name}: {member}"),
            }
        }
        assert_eq!(read["number_check"], "valid", "{name}");
        assert_eq!(read["confirmed"], true, "{name}");
    }
}

#[test]
fn what_can_be_lived_with_ends_in_the_card() {
    for (fault, retries, discards) in [
        ("garbage", false, true),
        ("oversize", false, true),
        ("neighbour", false, true),
        ("preamble", false, true),
        ("double", false, true),
        ("heartbeat=3", false, false),
        ("cut@read*1", true, true),
        ("late=3900@read*1", true, true),
        ("lie@read*1", true, false),
        ("units@read*1", true, false),
        ("disagree@read*1", false, false),
        ("collide@read*1", false, false),
        ("wrong_id@sam_id*1", false, false),
        ("mute@find*1", true, false),
        ("answer=10@read*1", true, false),
        ("answer=6A8241@read*1", false, false),
        ("answer=80@find*3", false, false),
        ("answer=91@address", false, false),
        ("strict,long,filled", false, false),
        ("short,refind", false, false),
    ] {
        let (exit, read, took) = read("cards/resident-2.json", fault, &["--wait", "5"]);
        assert_eq!(exit, Some(0), "{fault}: {read}");
        assert_eq!(read["document"]["name"], "测试戊", "{fault}");
        assert_eq!(read["flags"], serde_json::json!([]), "{fault}");
        assert_eq!(read["confirmed"], true, "{fault}");
        assert_eq!(read["link"]["retries"].as_u64() > Some(0), retries, "{fault}: {}", read["link"]);
        if discards {
            assert!(read["link"]["discarded_bytes"].as_u64() > Some(0), "{fault}: {}", read["link"]);
        }
        assert!(took < Duration::from_secs(10), "{fault}: {took:?}");
    }
}

#[test]
fn what_stays_is_a_flag_or_an_error_with_its_own_action() {
    let flags = |fault| {
        let (exit, read, _) = read("cards/resident-2.json", fault, &[]);
        assert_eq!(exit, Some(0), "{fault}: {read}");
        read["flags"].clone()
    };
    assert_eq!(flags("nul"), serde_json::json!(["nul_padding"]));
    assert_eq!(flags("disagree"), serde_json::json!(["birth_date_disagrees"]));

    let place = "place a card; if one lies there, lift it and put it back";
    let lift = "lift the card and put it back, flat and still";
    let examine = "examine the card by the procedure for doubtful documents";
    let service = "send the reader to its service";
    let mut quickest = Duration::MAX;
    for (fault, name, action) in [
        ("answer=80@find,answer=81@select", "no_card", place),
        ("answer=40@find", "wrong_card", "use another document: this is no card of this system"),
        ("answer=31@select", "card_not_accepted", examine),
        ("answer=32@select", "card_not_accepted", examine),
        ("answer=33@read", "card_not_accepted", examine),
        ("answer=6A8241@read", "card_unreadable", lift),
        ("answer=47@select", "card_unreadable", lift),
        ("answer=81@select", "card_unreadable", lift),
        ("lift@read", "card_moved", lift),
        ("once,garbage@find", "card_not_put_back", lift),
        ("lie", "card_malformed", examine),
        ("units", "card_malformed", examine),
        ("answer=60@find", "sam_self_test_failed", service),
        ("answer=66", "sam_not_authorised", service),
        ("answer=21@read", "command_refused", service),
        ("answer=050505@read", "command_refused", service),
    ] {
        let (exit, read, took) = read("cards/resident-2.json", fault, &["--wait", "1"]);
        assert_eq!(exit, Some(3), "{fault}: {read}");
        assert_eq!(read["error"]["code"], name, "{fault}");
        assert_eq!(read["error"]["action"], action, "{fault}");
        assert!(!read.to_string().contains("测试"), "{fault}: an error tells nothing of the card");
        quickest = quickest.min(took);
    }
    assert!(quickest < Duration::from_secs(1), "what is permanent isn't waited for");
}

#[test]
fn a_reader_that_gives_a_card_once_is_read_once_unless_the_caller_insists() {
    let (exit, card, took) = read("cards/resident-2.json", "once", &[]);
    assert_eq!((exit, &card["confirmed"]), (Some(0), &serde_json::json!(false)), "{card}");
    assert!(took < Duration::from_secs(1), "{took:?}");
    let (exit, card, _) = read("cards/resident-2.json", "", &["--confirm", "in-doubt"]);
    assert_eq!((exit, &card["confirmed"]), (Some(0), &serde_json::json!(false)), "{card}");
    let (exit, card, _) = read("cards/resident-2.json", "once", &["--confirm", "always", "--wait", "1"]);
    assert_eq!((exit, &card["error"]["code"]), (Some(3), &serde_json::json!("card_not_put_back")), "{card}");
}

#[test]
fn in_chinese_the_clerk_reads_chinese() {
    let reader = Emulator::start("cards/resident-2.json");
    let output = run(["reader", "read", "--lang", "zh", "--port", &reader.port]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("姓名") && text.contains("测试戊") && !text.contains("name"), "{text}");
    let missing = run(["reader", "read", "--lang", "zh", "--port", "/dev/pts/99999"]);
    assert_eq!(code(&missing), Some(3));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("请选择读卡器所在的端口"));
}

#[test]
fn a_port_in_use_is_refused_clearly() {
    // Nobody lays a card down, so the first one waits.
    let reader =
        Emulator::start_with("cards/resident-2.json", &["--fault", "answer=80@find,answer=81@select"]);
    let begin = Instant::now();
    let wait = || {
        let mut first = support::realname(["reader", "read", "--wait", "20", "--port", &reader.port]);
        first.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap()
    };
    let mut first = wait();
    let second = loop {
        let second = run(["reader", "probe", "--json", "--port", &reader.port]);
        if code(&second) != Some(0) || begin.elapsed() > Duration::from_secs(10) {
            break second;
        }
        // The probe may have been the earlier one.
        if first.try_wait().unwrap().is_some() {
            first = wait();
        }
    };
    let _ = first.kill();
    let _ = first.wait();
    assert_eq!(code(&second), Some(3));
    assert_eq!(json(&second)["error"]["code"], "port_in_use");
    assert_eq!(json(&second)["error"]["action"], "close the other program that uses the port");
}
