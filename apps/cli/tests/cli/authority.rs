//! `authority serve` and `--authority`: the register over HTTP, its faults, and how a terminal is told which one to ask.
#![cfg(unix)]
#![allow(clippy::disallowed_methods)]

use crate::support;

use support::{Emulator, Register, Workshop, code, fixture, json, run};

const LIVE: &str = "portraits/jia-live-1.jpg";

/// Short time limits, so that the test soon gives up a register that never answers.
fn terminal_with_register(workshop: &Workshop, register: &str) {
    workshop.write("register.toml", register);
    let terminal = std::fs::read_to_string(workshop.path("terminal.toml")).expect("the file");
    workshop.write("terminal.toml", &format!("{terminal}authority = \"register.toml\"\n"));
}

const SHORT: &str = "id = \"TEST-register\"\n[limits]\nper_try_ms = 800\ndeadline_ms = 4000\ntries = 2\n";

/// Time limits so long that only an answer ends the call.
const PATIENT: &str =
    "id = \"TEST-register\"\n[limits]\nper_try_ms = 20000\ndeadline_ms = 60000\ntries = 2\n";

/// Each fault, and what it must be told as where only one thing is right.
const FAULTS: [(&str, Option<&str>); 14] = [
    ("deaf", None),
    ("silent", None),
    ("slow-drip", None),
    ("reset-before", None),
    ("reset-after", None),
    ("half-body", None),
    ("busy", Some("authority_unavailable")),
    ("failed-after", None),
    ("wrong-schema", Some("authority_protocol")),
    ("unknown-code", Some("authority_protocol")),
    ("duplicate-member", Some("authority_protocol")),
    ("oversized", Some("authority_protocol")),
    ("garbage", None),
    ("redirect", None),
];

/// Several run at a time, because each one mostly waits.
#[test]
fn no_fault_becomes_a_presentation() {
    std::thread::scope(|scope| {
        for part in 0..4 {
            scope.spawn(move || no_presentation_with(FAULTS.into_iter().skip(part).step_by(4)));
        }
    });
}

fn no_presentation_with(faults: impl Iterator<Item = (&'static str, Option<&'static str>)>) {
    let workshop = Workshop::new();
    workshop.demand("demand.jwt");
    terminal_with_register(&workshop, SHORT);
    let reader = Emulator::start_with("cards/resident.json", &["--again"]);
    for (fault, expected) in faults {
        // A try that ends because the machine does something else would be another fault than the one that is tried.
        let is_silent = matches!(fault, "deaf" | "silent" | "slow-drip");
        workshop.write("register.toml", if is_silent { SHORT } else { PATIENT });
        let register = Register::start_with(&["--fault", fault]);
        let failed = workshop.attest_with(&reader.port, LIVE, "demand.jwt", "presentation", &register.origin);
        assert_eq!(code(&failed), Some(3), "{fault}: {}", String::from_utf8_lossy(&failed.stdout));
        let told = json(&failed);
        let known = told["error"]["code"].as_str().expect("a code").to_owned();
        assert!(known.starts_with("authority_"), "{fault}: {known}");
        assert!(expected.is_none_or(|expected| expected == known), "{fault}: {known}");
        assert!(!workshop.has("presentation"), "{fault} was signed");
        assert!(register.lines().iter().any(|line| line.starts_with("fault ")), "{fault} wasn't played");
        assert!(register.questions() <= 1, "{fault}: worked on twice: {:?}", register.lines());
    }
}

#[test]
fn an_answer_that_was_lost_once_is_looked_up_and_not_asked_again() {
    let workshop = Workshop::new();
    workshop.demand("demand.jwt");
    terminal_with_register(&workshop, SHORT);
    let reader = Emulator::start("cards/resident.json");
    let register = Register::start_with(&["--fault", "reset-after@1"]);
    let attested = workshop.attest_with(&reader.port, LIVE, "demand.jwt", "presentation", &register.origin);
    assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stdout));
    assert_eq!(register.questions(), 1, "{:?}", register.lines());
    assert_eq!(json(&workshop.verify("presentation"))["verdict"], "accepted");
}

/// Somebody on the way turns every no of the register into a yes; the register's signature shows it.
#[test]
fn a_forged_yes_is_no_answer() {
    let workshop = Workshop::new();
    workshop.demand("demand.jwt");
    workshop.write("secret", "TEST secret of the register\n");
    let seal = "[reply_seal]\nheader = \"X-Signature\"\nparts = [\"method\", \"path\", \"key\", \"status\", \"body_sha256\"]\nfile = \"secret\"\n";
    terminal_with_register(&workshop, &format!("{SHORT}{seal}"));
    let secret = workshop.path("secret");
    let reader = Emulator::start_with("cards/resident.json", &["--again"]);
    // Another face before the camera.
    let attest = |register: &Register, live: &str| {
        workshop.attest_with(&reader.port, live, "demand.jwt", "presentation", &register.origin)
    };
    let other = "portraits/bing-live-1.jpg";
    let honest = Register::start_with(&["--reply-secret", &secret]);
    let no = attest(&honest, other);
    assert_eq!((code(&no), &json(&no)["error"]["code"]), (Some(1), &"face_different".into()));
    let forger = Register::start_with(&["--reply-secret", &secret, "--fault", "wrong-signature"]);
    let unsigned = Register::start();
    for register in [&forger, &unsigned] {
        let forged = attest(register, other);
        assert_eq!((code(&forged), &json(&forged)["error"]["code"]), (Some(3), &"authority_protocol".into()));
    }
    assert!(!workshop.has("presentation"));
    assert_eq!(code(&attest(&honest, LIVE)), Some(0));
}

#[test]
fn the_configuration_may_name_the_register_and_holds_its_credentials() {
    let workshop = Workshop::new();
    workshop.demand("demand.jwt");
    let reader = Emulator::start_with("cards/resident.json", &["--again"]);
    let register = Register::start();
    workshop.write("token", "s3cret-TEST-token\n");
    let with_token = format!(
        "id = \"TEST-register\"\norigin = \"{}\"\n[[credentials]]\nheader = \"Authorization\"\nprefix = \"Bearer \"\nfile = \"token\"\n",
        register.origin
    );
    terminal_with_register(&workshop, &with_token);
    let on_site =
        ["--port", &reader.port, "--live", fixture(LIVE).to_str().expect("UTF-8")].map(str::to_owned);
    let attest = |authority: &[String]| {
        let mut args = workshop.attest_args("demand.jwt", "presentation");
        args.extend(on_site.iter().cloned());
        args.extend(authority.iter().cloned());
        run(args)
    };
    // Named by the terminal's configuration, and by itself.
    assert_eq!(code(&attest(&[])), Some(0));
    let by_file = format!("config:{}", workshop.path("register.toml"));
    assert_eq!(code(&attest(&["--authority".into(), by_file.clone()])), Some(0));
    assert_eq!(register.questions(), 2);

    // The token goes nowhere else than where the configuration says.
    let elsewhere = attest(&["--authority".into(), "http://127.0.0.1:1".into()]);
    assert_eq!(code(&elsewhere), Some(2), "{}", String::from_utf8_lossy(&elsewhere.stdout));

    std::fs::remove_file(workshop.path("token")).expect("removed");
    let without = attest(&["--authority".into(), by_file.clone()]);
    assert_eq!((code(&without), &json(&without)["error"]["code"]), (Some(3), &"file".into()));
    workshop.write("register.toml", "id = \"x\"\npassword = \"s3cret\"\n");
    let unknown = attest(&["--authority".into(), by_file]);
    assert_eq!((code(&unknown), &json(&unknown)["error"]["code"]), (Some(4), &"authority_config".into()));
    assert!(!String::from_utf8_lossy(&unknown.stdout).contains("s3cret"));
}

#[test]
fn addresses_that_are_not_taken() {
    let workshop = Workshop::new();
    workshop.demand("demand.jwt");
    for (spec, said) in [
        ("http://register.example", "plain http"),
        ("https://register.example/path", "scheme, host and port"),
        ("https://me:s3cret@register.example", "no user and no password"),
        ("ldap://register.example", "an authority is"),
        ("register.json", "an authority is"),
    ] {
        // No reader is there: the address is judged before a card is read.
        let refused = workshop.attest_with("/dev/pts/99999", LIVE, "demand.jwt", "presentation", spec);
        let printed = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(code(&refused), Some(2), "{spec}: {printed}");
        assert!(printed.contains(said), "{spec}: {printed}");
        assert!(!printed.contains("s3cret"));
    }
}

#[test]
fn it_says_where_it_listens_and_ends_when_told() {
    let register = Register::start_with(&["--fault", "deaf"]);
    assert!(register.origin.starts_with("http://127.0.0.1:"), "{}", register.origin);
    // Somebody who is kept waiting keeps nobody.
    let _waiting =
        std::net::TcpStream::connect(register.origin.trim_start_matches("http://")).expect("connected");
    let begin = std::time::Instant::now();
    assert_eq!(register.terminate(), Some(0));
    assert!(begin.elapsed() < std::time::Duration::from_secs(5), "{:?}", begin.elapsed());
}

#[test]
fn what_can_not_be_served() {
    let directory = fixture("register.json").to_str().expect("UTF-8").to_owned();
    let serve = |more: &[&str]| {
        let common = ["authority", "serve", "--directory", &directory];
        run(common.into_iter().chain(more.iter().copied()))
    };
    let beyond = serve(&["--listen", "0.0.0.0:0"]);
    assert_eq!(code(&beyond), Some(2), "{}", String::from_utf8_lossy(&beyond.stderr));
    assert!(String::from_utf8_lossy(&beyond.stderr).contains("--beyond-loopback"));
    assert_eq!(code(&serve(&["--listen", "127.0.0.1:0", "--fault", "grumpy"])), Some(2));
    assert_eq!(code(&serve(&["--listen", "nowhere"])), Some(2));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = taken.local_addr().expect("an address").to_string();
    assert_eq!(code(&serve(&["--listen", &taken])), Some(3));
    let none = run(["authority", "serve", "--directory", "/nowhere.json", "--listen", "127.0.0.1:0"]);
    assert_eq!(code(&none), Some(3));
    assert!(none.stdout.is_empty());
}
