//! What stays, and what goes: stores, records, links, a demo that is broken off, counted checks.
#![cfg(unix)]
#![allow(clippy::disallowed_methods)]

use crate::support;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use support::{NAME, NUMBER, Workshop, code, fixture, good_photos, json, realname, run};

fn send(signal: &str, child: &Child) {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args([signal, &pid]).status().expect("kill runs").success());
}

#[test]
fn what_is_pending_survives_any_time_and_what_ended_goes() {
    let workshop = Workshop::new();
    let nonce = workshop.demand("demand.jwt");
    let expire = |before: &str| {
        let expired =
            run(["store", "expire", "--store", &workshop.path("store"), "--before", before, "--json"]);
        assert_eq!(code(&expired), Some(0), "{}", String::from_utf8_lossy(&expired.stderr));
        json(&expired)["removed"].as_u64().expect("a number")
    };
    assert_eq!(expire("2099-01-01T00:00:00Z"), 0);
    let again = |nonce: &str| {
        let shown =
            run(["verify", "--again", "--store", &workshop.path("store"), "--nonce", nonce, "--json"]);
        json(&shown)["error"]["code"].clone()
    };
    assert_eq!(again(&nonce), "not_answered");
    workshop.online_demand("short.jwt", &["--ttl", "1"]);
    std::thread::sleep(Duration::from_millis(2100));
    assert_eq!(expire("2020-01-01T00:00:00Z"), 0);
    assert_eq!(expire("2099-01-01T00:00:00Z"), 1);
    assert_eq!(again(&nonce), "not_answered");
    let default = run(["store", "expire", "--store", &workshop.path("store"), "--json"]);
    assert_eq!(json(&default)["removed"], 0);
}

#[test]
fn an_erased_record_names_nobody_and_still_audits() {
    let workshop = Workshop::new();
    workshop.online_demand("demand.jwt", &["--number", "+8613900000000"]);
    workshop.write("declared.json", &format!(r#"{{"name":"{NAME}","id_number":"{NUMBER}"}}"#));
    let register = format!("dir:{}", fixture("register.json").display());
    let attested = workshop.attest_online(&register, "declared.json", &good_photos(), "demand.jwt");
    assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));
    let mut args = workshop.verify_args("presentation");
    args.extend(["--record".to_owned(), workshop.path("record")]);
    assert_eq!(json(&run(args))["verdict"], "accepted");
    let audit = || {
        let audited = run([
            "verify",
            "--audit",
            "--at",
            "2099-01-01T00:00:00Z",
            "--json",
            "--trust",
            &workshop.path("trust.jwt"),
            "--anchor",
            &workshop.path("anchor.json"),
            &workshop.path("record"),
        ]);
        json(&audited)["reasons"].clone()
    };
    let before = audit();
    for _ in 0..2 {
        let erased = run(["record", "erase", &workshop.path("record"), "--json"]);
        assert_eq!(code(&erased), Some(0), "{}", String::from_utf8_lossy(&erased.stderr));
    }
    let text = fs::read_to_string(workshop.path("record")).expect("read");
    assert!(!text.contains(NAME) && !text.contains(NUMBER) && !text.contains("13900000000"), "{text}");
    assert_eq!(audit(), before);
    workshop.write("no-record", "{}");
    assert_eq!(code(&run(["record", "erase", &workshop.path("no-record")])), Some(4));
    assert_eq!(fs::read_to_string(workshop.path("no-record")).expect("read"), "{}");
}

fn linked(link: &Path) -> Child {
    let card = fixture("cards/resident.json");
    realname(["emulator".as_ref(), "--card".as_ref(), card.as_os_str(), "--link".as_ref(), link.as_os_str()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts")
}

fn listening(child: &mut Child) -> bool {
    let mut first = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut first).expect("it reads");
    first.starts_with("listening on ")
}

#[test]
fn a_link_is_not_taken_from_a_reader_that_lives_and_is_from_a_dead_one() {
    let directory = tempfile::tempdir().expect("a directory");
    let link = directory.path().join("reader");
    let mut first = linked(&link);
    assert!(listening(&mut first));
    let target = fs::read_link(&link).expect("a link");
    let second = linked(&link).wait_with_output().expect("it ends");
    assert_eq!(code(&second), Some(3), "{}", String::from_utf8_lossy(&second.stderr));
    assert_eq!(fs::read_link(&link).expect("a link"), target);

    // Killed, so that it couldn't take its link away.
    first.kill().expect("killed");
    first.wait().expect("it ended");
    assert!(link.symlink_metadata().is_ok());
    // The system gives the dead one's terminal, by its number, to the next that asks: a reader of another test may have it for a while.
    let mut third = linked(&link);
    let is_free = (0..50).any(|_| {
        let is_free = listening(&mut third);
        if !is_free {
            third.wait().expect("it ended");
            std::thread::sleep(Duration::from_millis(200));
            third = linked(&link);
        }
        is_free
    });
    assert!(is_free, "the dead one's link is free");
    send("-TERM", &third);
    assert_eq!(third.wait().expect("it ends").code(), Some(0));
    assert!(link.symlink_metadata().is_err());
    // A link to something else isn't a reader's.
    std::os::unix::fs::symlink("/etc/hostname", &link).expect("a link");
    assert_eq!(code(&linked(&link).wait_with_output().expect("it ends")), Some(3));
}

#[test]
fn a_demo_that_is_broken_off_leaves_nothing_behind() {
    for (signal, expected) in [("-INT", 130), ("-TERM", 143)] {
        let directory = tempfile::tempdir().expect("a directory");
        let mut child = realname(["demo"])
            .env("TMPDIR", directory.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let begin = Instant::now();
        while fs::read_dir(directory.path()).expect("read").count() == 0 {
            assert!(begin.elapsed() < Duration::from_secs(30), "it never began");
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(100));
        send(signal, &child);
        let mut rest = Vec::new();
        child.stdout.take().expect("piped").read_to_end(&mut rest).expect("it reads");
        assert_eq!(child.wait().expect("it ends").code(), Some(expected));
        assert_eq!(fs::read_dir(directory.path()).expect("read").count(), 0, "{signal}");
    }
}

#[test]
fn a_buyers_checks_are_counted_and_the_one_too_many_asks_nobody() {
    let workshop = Workshop::new();
    let register = support::Register::start();
    workshop.write("declared.json", &format!(r#"{{"name":"{NAME}","id_number":"{NUMBER}"}}"#));
    let built_in = include_str!("../../../../crates/issue/src/appraisal/policies/cn-telecom-online.toml");
    let strict = built_in.lines().map(|line| {
        if line.starts_with("checks_per_hour") { "checks_per_hour = 2".to_owned() } else { line.to_owned() }
    });
    workshop.write("policy.toml", &strict.collect::<Vec<_>>().join("\n"));
    let config = fs::read_to_string(workshop.path("terminal.toml")).expect("read");
    workshop.write("terminal.toml", &format!("policy = \"policy.toml\"\n{config}"));
    let attest = |account: &str| {
        workshop.online_demand("demand.jwt", &["--locality", "remote"]);
        let mut args = workshop.attest_args("demand.jwt", "presentation");
        args.extend(
            ["--authority", &register.origin, "--declared", &workshop.path("declared.json")]
                .map(str::to_owned),
        );
        args.extend(["--account".to_owned(), account.to_owned()]);
        args.extend(good_photos());
        run(args)
    };
    for _ in 0..2 {
        let attested = attest("buyer-1");
        assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));
    }
    let refused = attest("buyer-1");
    assert_eq!((code(&refused), &json(&refused)["error"]["code"]), (Some(1), &"too_many_checks".into()));
    assert_eq!(register.questions(), 2, "nobody was asked about it");
    assert_eq!(code(&attest("buyer-2")), Some(0), "another account counts for itself");
}
