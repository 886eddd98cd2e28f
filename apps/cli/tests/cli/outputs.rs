//! Where commands write: devices, pipes, links, full disks, standard output. Nothing is replaced that isn't a plain file,
//! and nothing is told as done that nobody could read.
#![cfg(target_os = "linux")] // /dev/full
#![allow(clippy::disallowed_methods)]

use crate::support;

use std::fs;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::process::{Command, Stdio};

use support::{HOME, NAME, NUMBER, Workshop, code, good_photos, json, ok, realname, run};

fn demand_args(workshop: &Workshop, out: &str) -> Vec<String> {
    let (key, store) = (workshop.path("home.pem"), workshop.path("store"));
    [
        "demand",
        "new",
        "--key",
        &key,
        "--iss",
        HOME,
        "--purpose",
        "sim.activate",
        "--env",
        "test",
        "--store",
        &store,
    ]
    .iter()
    .chain(&["--out", out])
    .map(ToString::to_string)
    .collect()
}

/// A presentation that waits for its verdict; gives its nonce.
fn presented(workshop: &Workshop) -> String {
    workshop.online_demand("demand.jwt", &["--locality", "remote"]);
    workshop.write("declared.json", &format!(r#"{{"name":"{NAME}","id_number":"{NUMBER}"}}"#));
    let register = format!("dir:{}", support::fixture("register.json").display());
    let attested = workshop.attest_online(&register, "declared.json", &good_photos(), "demand.jwt");
    assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));
    json(&attested)["nonce"].as_str().expect("the nonce").to_owned()
}

#[test]
fn a_device_a_pipe_and_a_link_stay_what_they_are() {
    let workshop = Workshop::new();
    // A device.
    ok(demand_args(&workshop, "/dev/null"));
    assert!(fs::metadata("/dev/null").expect("it is there").file_type().is_char_device());
    // A link to a file: written through.
    workshop.write("target", "old");
    symlink(workshop.path("target"), workshop.path("link")).expect("a link");
    ok(demand_args(&workshop, &workshop.path("link")));
    assert!(fs::symlink_metadata(workshop.path("link")).expect("it is there").file_type().is_symlink());
    assert!(fs::read_to_string(workshop.path("target")).expect("read").starts_with("eyJ"));
    // A link to a device: the device gets it.
    symlink("/dev/null", workshop.path("void")).expect("a link");
    ok(demand_args(&workshop, &workshop.path("void")));
    assert!(fs::symlink_metadata(workshop.path("void")).expect("it is there").file_type().is_symlink());
    // A link to nothing makes nothing.
    symlink(workshop.path("nowhere"), workshop.path("dangling")).expect("a link");
    let refused = run(demand_args(&workshop, &workshop.path("dangling")));
    assert_eq!(code(&refused), Some(3));
    assert!(!workshop.has("nowhere"));
    // A pipe: its reader gets all of it.
    let fifo = workshop.path("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().expect("mkfifo runs").success());
    let reader = Command::new("cat").arg(&fifo).stdout(Stdio::piped()).spawn().expect("cat starts");
    ok(demand_args(&workshop, &fifo));
    let came = reader.wait_with_output().expect("it ends").stdout;
    assert!(came.starts_with(b"eyJ"));
    assert!(fs::metadata(&fifo).expect("it is there").file_type().is_fifo());
}

/// `--out` with the name of the signing key took the key's place, and the command said nothing.
#[test]
fn no_output_takes_the_place_of_a_key_a_store_or_an_input() {
    let workshop = Workshop::new();
    presented(&workshop);
    let kept = |name: &str| fs::read(workshop.path(name)).expect("it is there");
    let refused = |args: Vec<String>, name: &str| {
        let before = kept(name);
        let output = run(&args);
        assert_eq!(code(&output), Some(3), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(kept(name) == before, "{name} is what it was");
    };
    symlink(workshop.path("home.pem"), workshop.path("by another name")).expect("a link");
    for name in ["home.pem", "anchor.pem", "by another name", "store/realname.sqlite3"] {
        refused(demand_args(&workshop, &workshop.path(name)), name);
    }
    let sign = |list: &str, previous: Option<&str>, out: &str| {
        let mut args = vec!["trust".to_owned(), "sign".to_owned()];
        args.extend(
            ["--anchor", &workshop.path("anchor.pem"), "--list", &workshop.path(list)].map(str::to_owned),
        );
        args.extend(previous.into_iter().flat_map(|list| ["--previous".to_owned(), workshop.path(list)]));
        args.extend(["--out".to_owned(), workshop.path(out)]);
        args
    };
    refused(sign("list.json", None, "list.json"), "list.json");
    refused(sign("list.json", Some("trust.jwt"), "list.json"), "list.json");
    // The renewed list takes the place of the one before: that is its recipe.
    let mut list: serde_json::Value = serde_json::from_slice(&kept("list.json")).expect("a list");
    list["seq"] = 1_000.into();
    workshop.write("list.json", &list.to_string());
    ok(sign("list.json", Some("trust.jwt"), "trust.jwt"));
    // Nothing was asked, and nothing used up.
    for name in ["demand.jwt", "declared.json", "terminal.toml"] {
        let mut args = workshop.attest_args("demand.jwt", name);
        let register = format!("dir:{}", support::fixture("register.json").display());
        args.extend(
            ["--authority", &register, "--declared", &workshop.path("declared.json")].map(str::to_owned),
        );
        args.extend(good_photos());
        refused(args, name);
    }
    let mut verify = workshop.verify_args("presentation");
    verify.extend(["--record".to_owned(), workshop.path("presentation")]);
    refused(verify, "presentation");
    assert_eq!(json(&workshop.verify("presentation"))["verdict"], "accepted");
    // What is none of these is replaced, as before.
    workshop.write("old", "old");
    ok(demand_args(&workshop, &workshop.path("old")));
    assert!(fs::read_to_string(workshop.path("old")).expect("read").starts_with("eyJ"));
}

#[test]
fn a_dash_is_standard_input_and_output() {
    let workshop = Workshop::new();
    for out in ["-", "/dev/stdout"] {
        let made = run(demand_args(&workshop, out));
        assert_eq!(code(&made), Some(0), "{}", String::from_utf8_lossy(&made.stderr));
        let text = String::from_utf8(made.stdout).expect("UTF-8");
        assert!(text.starts_with("eyJ") && text.matches('.').count() == 2, "only the demand: {text}");
        assert_eq!(String::from_utf8_lossy(&made.stderr).trim().len(), 22, "the nonce is told elsewhere");
        assert!(!workshop.has("-"));

        let mut child =
            realname(["inspect", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("starts");
        std::io::Write::write_all(&mut child.stdin.take().expect("piped"), text.as_bytes()).expect("written");
        let shown = child.wait_with_output().expect("it ends");
        assert_eq!(code(&shown), Some(0));
        assert!(String::from_utf8_lossy(&shown.stdout).contains("sim.activate"));
    }
    let (anchor, list) = (workshop.path("anchor.pem"), workshop.path("list.json"));
    let signed = run(["trust", "sign", "--anchor", &anchor, "--list", &list, "--out", "-"]);
    let text = String::from_utf8(signed.stdout).expect("UTF-8");
    assert!(text.starts_with("eyJ") && !text.contains("sequence"), "only the list: {text}");
    let key = run(["key", "new", "--out", "-"]);
    let text = String::from_utf8(key.stdout).expect("UTF-8");
    assert!(text.starts_with("-----BEGIN") && text.ends_with("-----END PRIVATE KEY-----\n"), "only the key");
    let both = run(demand_args(&workshop, "-").iter().map(String::as_str).chain(["--json"]));
    assert_eq!((code(&both), &json(&both)["error"]["code"]), (Some(2), &"usage".into()));
}

#[test]
fn a_verdict_is_not_lost_with_the_place_of_its_record() {
    let workshop = Workshop::new();
    let nonce = presented(&workshop);
    let decide = |record: &str| {
        let mut args = workshop.verify_args("presentation");
        args.extend(["--record".to_owned(), record.to_owned()]);
        run(args)
    };
    // Found out before: the demand isn't used up.
    let refused = decide(&workshop.path("no-such-directory/record"));
    assert_eq!((code(&refused), &json(&refused)["error"]["code"]), (Some(3), &"file".into()));
    // Found out too late: the verdict is told, and that its record is missing.
    let told = decide("/dev/full");
    let verdict = json(&told);
    assert_eq!(code(&told), Some(3), "{verdict}");
    assert_eq!((&verdict["verdict"], &verdict["claims"]["name"]), (&"accepted".into(), &NAME.into()));
    assert_eq!(verdict["error"]["code"], "record_not_written");
    // And it can be had again, by the one whose demand it was.
    let args = [
        "verify",
        "--again",
        "--store",
        &workshop.path("store"),
        "--json",
        "--record",
        &workshop.path("kept"),
    ];
    let again = run(args.into_iter().chain(["--nonce", &nonce]));
    let shown = json(&again);
    assert_eq!(code(&again), Some(0), "{shown}");
    assert_eq!((&shown["verdict"], &shown["nonce"]), (&"accepted".into(), &nonce.as_str().into()));
    assert!(shown["accepted_at"].is_string() && shown["claims"].is_null(), "{shown}");
    let audit = run([
        "verify",
        "--audit",
        "--at",
        "2099-01-01T00:00:00Z",
        "--trust",
        &workshop.path("trust.jwt"),
        "--anchor",
        &workshop.path("anchor.json"),
        &workshop.path("kept"),
    ]);
    assert!(matches!(code(&audit), Some(0 | 1)), "it reads: {}", String::from_utf8_lossy(&audit.stderr));
}

#[test]
fn a_verdict_that_is_shown_again_is_that_of_an_answered_demand_of_this_store() {
    let workshop = Workshop::new();
    let nonce = workshop.demand("demand.jwt");
    let again = |nonce: &str| {
        run(["verify", "--again", "--store", &workshop.path("store"), "--json", &format!("--nonce={nonce}")])
    };
    let waiting = again(&nonce);
    assert_eq!((code(&waiting), &json(&waiting)["error"]["code"]), (Some(1), &"not_answered".into()));
    let foreign = again("AAAAAAAAAAAAAAAAAAAAAA");
    assert_eq!((code(&foreign), &json(&foreign)["error"]["code"]), (Some(1), &"demand_unknown".into()));
}

#[test]
fn standard_output_on_a_full_disk_is_trouble() {
    let workshop = Workshop::new();
    let nonce = presented(&workshop);
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").expect("the device");
    for args in [vec!["policy", "list"], vec!["policy", "list", "--json"], vec!["--help"]] {
        let ended = realname(&args).stdout(full()).output().expect("it runs");
        assert_eq!(code(&ended), Some(3), "{args:?}");
    }
    let lost = realname(workshop.verify_args("presentation")).stdout(full()).output().expect("it runs");
    assert_eq!(code(&lost), Some(3));
    let told = String::from_utf8_lossy(&lost.stderr).into_owned();
    assert!(told.contains("output_lost") && told.contains("--again"), "{told}");
    let again = run(["verify", "--again", "--store", &workshop.path("store"), "--nonce", &nonce]);
    assert!(String::from_utf8_lossy(&again.stdout).starts_with("accepted"), "{again:?}");
}

#[test]
fn a_key_is_written_whole_or_not_at_all() {
    let directory = tempfile::tempdir().expect("a directory");
    let out = directory.path().join("key.pem");
    let program = env!("CARGO_BIN_EXE_realname");
    let make = |limit: &str| {
        let script = format!("trap '' XFSZ; {limit} exec '{program}' key new --out '{}'", out.display());
        Command::new("sh").args(["-c", &script]).output().expect("it runs")
    };
    // No file may grow, as on a full disk.
    assert_eq!(code(&make("ulimit -f 0;")), Some(3));
    assert_eq!(fs::read_dir(directory.path()).expect("read").count(), 0, "something was left behind");
    assert_eq!(code(&make("")), Some(0));
    assert!(fs::read_to_string(&out).expect("read").starts_with("-----BEGIN PRIVATE KEY-----"));
    assert_eq!(code(&make("")), Some(3), "never over another file");
}

#[test]
fn a_directory_of_something_else_does_not_become_a_store() {
    let workshop = Workshop::new();
    workshop.write("presentation", "a.b.c~d.e.f");
    fs::create_dir(workshop.path("other")).expect("a directory");
    fs::write(workshop.path("other/notes"), "mine").expect("written");
    for command in [
        vec!["verify", "--trust", "t", "--anchor", "a", "--nonce", "n", "p"],
        vec!["verify", "--again", "--nonce", "n"],
        vec!["store", "expire"],
    ] {
        let refused = run(command.iter().copied().chain(["--store", &workshop.path("other"), "--json"]));
        assert_eq!(code(&refused), Some(2), "{command:?}");
        assert!(json(&refused)["error"]["message"].as_str().expect("a message").contains("no store here"));
        assert_eq!(fs::read_dir(workshop.path("other")).expect("read").count(), 1, "{command:?}");
    }
}

#[test]
fn a_nonce_may_begin_with_a_dash() {
    let workshop = Workshop::new();
    let _ = workshop.demand("demand.jwt");
    for nonce in [&["--nonce", "-xAAAAAAAAAAAAAAAAAAAA"][..], &["--nonce=-xAAAAAAAAAAAAAAAAAAAA"]] {
        let args = ["verify", "--again", "--store", &workshop.path("store"), "--json"];
        let again = run(args.into_iter().chain(nonce.iter().copied()));
        assert_eq!(
            (code(&again), &json(&again)["error"]["code"]),
            (Some(1), &"demand_unknown".into()),
            "{nonce:?}"
        );
    }
}
