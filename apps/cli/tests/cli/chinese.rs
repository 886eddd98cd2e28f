//! `--lang zh`: help, errors, names of checks and outcomes. Codes, options and JSON are the same in both languages.
#![cfg(unix)]
#![allow(clippy::disallowed_methods)]

use crate::support;

use support::{NAME, NUMBER, Workshop, code, fixture, good_photos, json, run};

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c))
}

/// The longest run of English words, codes, options and paths apart.
fn english(text: &str) -> usize {
    let plain = |word: &&str| {
        let option = word.starts_with('-');
        let word = word.trim_matches(|c: char| c.is_ascii_punctuation());
        !option && word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase() || c == '\'')
    };
    let mut longest = 0;
    let mut run = 0;
    for word in text.split(|c: char| c.is_whitespace() || !c.is_ascii()) {
        run = if plain(&word) { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[test]
fn every_error_is_told_in_chinese_under_the_same_code() {
    let workshop = Workshop::new();
    let _ = workshop.demand("demand.jwt");
    workshop.online_demand("online.jwt", &["--locality", "remote"]);
    workshop.write("declared.json", &format!(r#"{{"name":"{NAME}","id_number":"119999199001010005"}}"#));
    workshop.write("broken.toml", "iss = 1\n");
    workshop.write("text", "nothing");
    let (trust, anchor, store) =
        (workshop.path("trust.jwt"), workshop.path("anchor.json"), workshop.path("store"));
    let declared = workshop.path("declared.json");
    let mut online = workshop.attest_args("online.jwt", "p");
    online.extend(["--authority", "dir:none", "--declared", &declared].map(str::to_owned));
    online.extend(good_photos());
    let online: Vec<&str> = online.iter().map(String::as_str).filter(|arg| *arg != "--json").collect();
    let (key, text, nowhere) =
        (workshop.path("anchor.jwk"), workshop.path("text"), workshop.path("no/where"));
    let cases: Vec<Vec<&str>> = vec![
        vec!["verify"],
        vec!["frobnicate"],
        vec!["policy", "list", "--no-such"],
        vec!["policy", "explain", "--purpose", "nope"],
        vec!["policy", "explain", "--purpose", "sim.activate", "--policy", "nope"],
        vec!["policy", "check", &text],
        vec!["reader", "probe", "--port", "/dev/null", "--baud", "300"],
        vec!["reader", "probe", "--port", "/dev/no-such-port"],
        vec!["reader", "probe", "--port", "/dev/null"],
        vec!["key", "show", &key],
        vec!["key", "show", &nowhere],
        vec!["key", "new", "--out", &nowhere],
        vec!["key", "new", "--out", &text],
        vec!["inspect", &text],
        vec!["verify", "--again", "--nonce", "AAAAAAAAAAAAAAAAAAAAAA", "--store", &store],
        vec!["verify", "--trust", &trust, "--anchor", &anchor, "--store", &nowhere, "p"],
        vec!["verify", "--trust", &trust, "--anchor", &text, "--store", &store, &text],
        vec!["demand", "check", "--trust", &trust, "--anchor", &anchor, &text],
        vec!["record", "erase", &text],
        vec!["sandbox", "new", &text],
        vec!["emulator", "--card", &text],
        vec!["authority", "serve", "--directory", &text, "--listen", "127.0.0.1:0"],
        online,
    ];
    for case in cases {
        let (english_run, chinese_run) = (
            run(case.iter().copied().chain(["--lang", "en", "--json"])),
            run(case.iter().copied().chain(["--lang", "zh", "--json"])),
        );
        assert_eq!(code(&english_run), code(&chinese_run), "{case:?}");
        let (en, zh) = (json(&english_run), json(&chinese_run));
        if en.get("error").is_none() {
            continue; // A verdict, which has its own texts.
        }
        assert_eq!(en["error"]["code"], zh["error"]["code"], "{case:?}");
        for member in ["message", "action"] {
            let text = zh["error"][member].as_str().expect("a text");
            assert!(is_chinese(text), "{case:?}: {member}: {text}");
        }
        let action = zh["error"]["action"].as_str().expect("a text");
        // The longest is a command to be typed: `realname demand new`.
        assert!(english(action) < 4, "{case:?}: {action}");
        let line = String::from_utf8(chinese_run.stderr).expect("UTF-8");
        assert!(line.starts_with("错误：") || line.starts_with("拒绝："), "{line}");
        assert!(!is_chinese(en["error"]["message"].as_str().expect("a text")), "{en}");
    }
}

#[test]
fn checks_outcomes_and_verdicts_have_chinese_names() {
    let workshop = Workshop::new();
    workshop.online_demand("demand.jwt", &["--locality", "remote", "--number", "+8613900000000"]);
    workshop.write("declared.json", &format!(r#"{{"name":"{NAME}","id_number":"{NUMBER}"}}"#));
    let register = format!("dir:{}", fixture("register.json").display());
    let mut args = workshop.attest_args("demand.jwt", "presentation");
    args.retain(|arg| arg != "--json");
    args.extend(
        ["--lang", "zh", "--authority", &register, "--declared", &workshop.path("declared.json")]
            .map(str::to_owned),
    );
    args.extend(good_photos());
    let attested = run(args);
    let text = String::from_utf8(attested.stdout).expect("UTF-8");
    assert_eq!(attested.status.code(), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));
    for word in ["请求方", "开户入网", "姓名", "三张照片", "人脸与登记照片比对", "通过"]
    {
        assert!(text.contains(word), "{word}: {text}");
    }
    assert!(!text.contains("face_registry") && !text.contains("not_run"), "{text}");
    let mut args = workshop.verify_args("presentation");
    args.retain(|arg| arg != "--json");
    args.extend(["--lang", "zh"].map(str::to_owned));
    let text = String::from_utf8(run(args).stdout).expect("UTF-8");
    for word in ["接受", "登记信息", "证件号码", "签发方", "信任列表"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    // JSON is for programs: the same in every language.
    let shown = |lang| json(&run(["policy", "list", "--json", "--lang", lang]));
    assert_eq!(shown("en"), shown("zh"));
}

#[test]
fn help_is_chinese_down_to_the_last_command() {
    for command in [
        &[][..],
        &["attest"],
        &["demand", "new"],
        &["verify"],
        &["reader", "watch"],
        &["sandbox", "new"],
        &["help"],
    ] {
        for args in [["--help", "--lang", "zh"].as_slice(), &["--lang=zh", "-h"]] {
            let help = run(command.iter().chain(args));
            let text = String::from_utf8(help.stdout).expect("UTF-8");
            if command == ["help"] {
                continue;
            }
            assert_eq!(help.status.code(), Some(0), "{command:?}");
            assert!(text.contains("用法：realname"), "{text}");
            for heading in ["Options:", "Commands:", "Arguments:", "Usage:"] {
                assert!(!text.contains(heading), "{command:?}: {text}");
            }
        }
    }
    let usage = support::realname([] as [&str; 0]).env("LC_ALL", "zh_CN.UTF-8").output().expect("it runs");
    assert!(String::from_utf8_lossy(&usage.stderr).contains("用法"), "{usage:?}");
}
