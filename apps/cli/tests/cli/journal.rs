//! The operator's journal from the command line: its operator, its witness, its auditor, and who rewrites it.
#![allow(clippy::disallowed_methods, clippy::expect_used)]

use crate::support;

use std::fs;
use std::path::{Path, PathBuf};

use support::{code, fits, fitting, json, ok, run};

const ORIGIN: &str = "operator.example/journal";

/// A journal of an operator, and a witness' key.
struct Desk {
    dir: tempfile::TempDir,
    vkey: String,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let path = |name: &str| dir.path().join(name).to_str().expect("UTF-8").to_owned();
        for key in ["journal.pem", "witness.pem"] {
            ok(["key", "new", "--out", &path(key)]);
        }
        let vkey = ok([
            "journal",
            "new",
            "--dir",
            &path("journal"),
            "--origin",
            ORIGIN,
            "--key",
            &path("journal.pem"),
        ]);
        Self { vkey: vkey.trim().to_owned(), dir }
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().expect("UTF-8").to_owned()
    }

    fn append(&self, lines: &str) -> std::process::Output {
        fs::write(self.path("events"), lines).expect("written");
        let (dir, key, events) = (self.path("journal"), self.path("journal.pem"), self.path("events"));
        run(["journal", "append", "--dir", &dir, "--key", &key, "--event", &events])
    }

    /// Appends this many events of three agents.
    fn grow(&self, count: usize) -> serde_json::Value {
        let lines: String = (0..count)
            .map(|number| {
                format!("{{\"event\":\"attested\",\"agent\":\"shop-{}\",\"index\":{number}}}\n", number % 3)
            })
            .collect();
        let appended = self.append(&lines);
        assert_eq!(code(&appended), Some(0), "{}", String::from_utf8_lossy(&appended.stderr));
        fitting("journal-append", &appended)
    }

    fn verify(&self, more: &[&str]) -> std::process::Output {
        let dir = self.path("journal");
        run(["journal", "verify", "--dir", &dir, "--vkey", &self.vkey, "--json"]
            .into_iter()
            .chain(more.iter().copied()))
    }

    fn cosign(&self) -> std::process::Output {
        let (dir, key, seen) = (self.path("journal"), self.path("witness.pem"), self.path("seen"));
        let name = "regulator.example/witness";
        let args = ["journal", "cosign", "--dir", &dir, "--key", &key, "--name", name, "--since", &seen];
        run(args.into_iter().chain(["--vkey", &self.vkey, "--json"]))
    }

    fn refused(&self, more: &[&str]) -> String {
        let verified = self.verify(more);
        assert_eq!(code(&verified), Some(1));
        json(&verified)["error"]["code"].as_str().expect("a code").to_owned()
    }

    fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        collect(&self.dir.path().join("journal"), &mut found);
        found.sort();
        found
    }
}

fn collect(directory: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, found)
        } else {
            found.push((path.clone(), fs::read(&path).expect("read")))
        }
    }
}

#[test]
fn an_event_is_appended_proved_and_judged_offline() {
    let desk = Desk::new();
    let told = desk.grow(300);
    assert_eq!((&told["size"], &told["first"]), (&300.into(), &0.into()));
    assert_eq!(desk.grow(2)["first"], 300);
    let verified = fitting("journal-verify", &desk.verify(&[]));
    assert_eq!(
        (&verified["size"], &verified["agents"], &verified["origin"]),
        (&302.into(), &3.into(), &ORIGIN.into())
    );
    let (dir, proof, entry) = (desk.path("journal"), desk.path("sale.tlog-proof"), desk.path("sale.json"));
    let prove = ["journal", "prove", "--dir", &dir, "--index", "256", "--out", &proof, "--json"];
    fitting("journal-prove", &run(prove.into_iter().chain(["--entry-out", &entry])));
    let check = |entry: &str| {
        run(["journal", "check-proof", "--vkey", &desk.vkey, "--entry", entry, &proof, "--json"])
    };
    let found = check(&entry);
    assert_eq!(code(&found), Some(0), "{}", String::from_utf8_lossy(&found.stderr));
    assert_eq!(fitting("journal-check-proof", &found)["index"], 256);
    let changed = fs::read_to_string(&entry).expect("read").replace("attested", "refused");
    fs::write(&entry, changed).expect("written");
    let refused = check(&entry);
    assert_eq!((code(&refused), &json(&refused)["error"]["code"]), (Some(1), &"proof_refused".into()));
    let beyond = run(["journal", "prove", "--dir", &dir, "--index", "302", "--out", &proof, "--json"]);
    assert_eq!((code(&beyond), &json(&beyond)["error"]["code"]), (Some(2), &"usage".into()));
}

#[test]
fn what_isnt_taken_names_its_line_and_writes_nothing() {
    let desk = Desk::new();
    desk.grow(2);
    let before = desk.files();
    let good = r#"{"event":"attested","agent":"shop-1"}"#;
    for (bad, expected) in [
        (r#"{"event":"attested","number":"+8613900000000"}"#, "entry_member_unknown"),
        (r#"{"event":"attested","agent":"13900000000"}"#, "entry_personal"),
        (r#"{"event":"attested","agent":"测试甲"}"#, "entry_member_form"),
        (r#"{"event":"attested","agent":"shop-1","agent_seq":7}"#, "agent_chain_broken"),
        (r#"{"agent":"shop-1"}"#, "entry_member_missing"),
        ("attested", "entry_json"),
        ("", "entry_json"),
    ] {
        let refused = desk.append(&format!("{good}\n{bad}\n{good}\n"));
        let told = String::from_utf8(refused.stderr.clone()).expect("UTF-8");
        assert_eq!(code(&refused), Some(4), "{told}");
        assert!(told.contains("event 2") && told.contains(expected), "{told}");
        assert!(!told.contains("139000") && !told.contains("测试甲"), "{told}");
        assert_eq!(desk.files(), before, "{bad}");
    }
}

#[test]
fn a_witness_sees_growth_and_refuses_another_history() {
    let desk = Desk::new();
    desk.grow(5);
    let first = desk.cosign();
    assert_eq!(code(&first), Some(0), "{}", String::from_utf8_lossy(&first.stderr));
    let told = fitting("journal-cosign", &first);
    assert_eq!((&told["size"], &told["since"]), (&5.into(), &serde_json::Value::Null));
    let witness = told["vkey"].as_str().expect("a vkey").to_owned();
    let quorum = ["--witness", &witness, "--quorum", "1"];
    assert_eq!(
        fitting("journal-verify", &desk.verify(&quorum))["witnesses"][0]["name"],
        "regulator.example/witness"
    );
    desk.grow(3);
    assert_eq!(desk.refused(&quorum), "quorum_missing");
    assert_eq!(fitting("journal-cosign", &desk.cosign())["since"], 5);
    assert_eq!(code(&desk.verify(&quorum)), Some(0));
    // The operator begins anew with the same key, and leaves an event out.
    let kept = desk.path("kept");
    fs::copy(desk.path("journal/checkpoint"), &kept).expect("copied");
    fs::rename(desk.path("journal"), desk.path("honest")).expect("moved");
    ok([
        "journal",
        "new",
        "--dir",
        &desk.path("journal"),
        "--origin",
        ORIGIN,
        "--key",
        &desk.path("journal.pem"),
    ]);
    desk.grow(4);
    assert_eq!(desk.refused(&["--since", &kept]), "journal_shrunk");
    desk.grow(9);
    assert_eq!(desk.refused(&["--since", &kept]), "journal_forked");
    let seen = fs::read(desk.path("seen")).expect("read");
    let refused = desk.cosign();
    assert_eq!((code(&refused), &json(&refused)["error"]["code"]), (Some(1), &"journal_forked".into()));
    assert_eq!(fs::read(desk.path("seen")).expect("read"), seen, "what it saw stays");
}

#[test]
fn damage_is_exit_1_with_a_code_of_its_own() {
    let desk = Desk::new();
    desk.grow(300);
    let tile = |name: &str| desk.path(&format!("journal/tile/{name}"));
    for (name, expected) in [
        ("0/000", "tile_missing"),
        ("entries/000", "tile_missing"),
        ("entries/001.p/44", "tile_missing"),
        ("1/000.p/1", "tile_missing"),
    ] {
        let content = fs::read(tile(name)).expect("read");
        fs::remove_file(tile(name)).expect("removed");
        assert_eq!(desk.refused(&[]), expected, "{name}");
        let before = desk.files();
        let append = desk.append("{\"event\":\"attested\"}");
        assert_eq!(code(&append), Some(1), "{}", String::from_utf8_lossy(&append.stderr));
        assert_eq!(desk.files(), before, "nothing was written");
        fs::write(tile(name), content).expect("written");
    }
    let other = Desk::new();
    let (dir, vkey) = (desk.path("journal"), other.vkey.as_str());
    let foreign = run(["journal", "verify", "--dir", &dir, "--vkey", vkey, "--json"]);
    assert_eq!((code(&foreign), &json(&foreign)["error"]["code"]), (Some(1), &"checkpoint_signature".into()));
    let nowhere = run(["journal", "verify", "--dir", &desk.path("none"), "--vkey", vkey, "--json"]);
    assert_eq!((code(&nowhere), &json(&nowhere)["error"]["code"]), (Some(1), &"journal_missing".into()));
    let again = run([
        "journal",
        "new",
        "--dir",
        &dir,
        "--origin",
        ORIGIN,
        "--key",
        &desk.path("journal.pem"),
        "--json",
    ]);
    assert_eq!((code(&again), &json(&again)["error"]["code"]), (Some(3), &"journal_exists".into()));
    let malformed = run(["journal", "verify", "--dir", &dir, "--vkey", "no vkey", "--json"]);
    assert_eq!((code(&malformed), &json(&malformed)["error"]["code"]), (Some(2), &"usage".into()));
}

/// A terminal signs two attestations and one refusal; the operator takes them in and finds that one was held back.
#[cfg(unix)]
#[test]
fn a_terminals_chain_goes_from_its_outbox_into_the_journal() {
    use support::{NAME, NUMBER, Workshop, fixture, good_photos};
    let (workshop, desk) = (Workshop::new(), Desk::new());
    let config = fs::read_to_string(workshop.path("terminal.toml")).expect("read");
    workshop.write("terminal.toml", &format!("{config}outbox = \"outbox\"\n"));
    workshop.write("declared.json", &format!(r#"{{"name":"{NAME}","id_number":"{NUMBER}"}}"#));
    workshop.write("other.json", &format!(r#"{{"name":"{NAME}","id_number":"119999198505050021"}}"#));
    let register = format!("dir:{}", fixture("register.json").display());
    for (declared, exit) in [("declared.json", 0), ("other.json", 1), ("declared.json", 0)] {
        workshop.online_demand("demand.jwt", &["--number", "+8613900000000"]);
        let attested = workshop.attest_online(&register, declared, &good_photos(), "demand.jwt");
        assert_eq!(code(&attested), Some(exit), "{}", String::from_utf8_lossy(&attested.stderr));
    }
    let outbox = workshop.path("outbox");
    let held = format!("{outbox}/000000000002.jwt");
    let kept = fs::read(&held).expect("the refusal's statement");
    fs::remove_file(&held).expect("removed");
    let ingest = || {
        let (dir, key) = (desk.path("journal"), desk.path("journal.pem"));
        let (trust, anchor) = (workshop.path("trust.jwt"), workshop.path("anchor.json"));
        let args = ["journal", "ingest", "--dir", &dir, "--key", &key, "--outbox", &outbox];
        run(args.into_iter().chain(["--trust", &trust, "--anchor", &anchor, "--json"]))
    };
    for taken in [2, 0] {
        let gap = ingest();
        let told = fitting("journal-ingest", &gap);
        fits("error", &told);
        assert_eq!(
            (code(&gap), &told["error"]["code"], &told["taken"]),
            (Some(1), &"terminal_gap".into(), &taken.into()),
            "{told}"
        );
        assert_eq!(told["gaps"][0], serde_json::json!({"terminal": "desk-7", "expected": 2, "got": 3}));
        assert_eq!(told["size"], 3, "two statements, and the gap once");
    }
    fs::write(&held, kept).expect("written");
    let whole = ingest();
    assert_eq!(
        (code(&whole), &fitting("journal-ingest", &whole)["taken"]),
        (Some(0), &1.into()),
        "{}",
        String::from_utf8_lossy(&whole.stderr)
    );
    assert_eq!(json(&desk.verify(&[]))["agents"], 1);

    // Nobody is named, in no file of the journal and of the outbox.
    let mut files = desk.files();
    collect(Path::new(&outbox), &mut files);
    let decoded = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let parts = text.split('.').filter_map(|part| realname::jose::decode(part).ok());
        let inner: Vec<String> = parts.map(|part| String::from_utf8_lossy(&part).into_owned()).collect();
        format!("{text} {}", inner.join(" "))
    };
    for (path, bytes) in files {
        let text = decoded(&bytes);
        for canary in [NAME, NUMBER, "13900000000", "1990-01-01"] {
            assert!(!text.contains(canary), "{canary} in {}", path.display());
        }
    }
}

/// What a terminal saw reaches the figures of its agent, and whom it saw only as the year's digest: also with the secret in hand, nobody
/// who was refused is found.
#[cfg(unix)]
#[test]
fn what_a_terminal_saw_is_in_the_figures_and_who_it_was_is_sealed() {
    use support::{Emulator, NAME, NUMBER, Workshop, fixture, good_photos};
    let (workshop, desk) = (Workshop::new(), Desk::new());
    ok(["key", "new", "--alg", "ES256", "--out", &workshop.path("seal.pem")]);
    workshop.write("seal.jwk", &ok(["key", "show", &workshop.path("seal.pem")]));
    let keys = desk.path("keys");
    ok(["journal", "year", "--keys", &keys]);
    let again = run(["journal", "year", "--keys", &keys]);
    assert_eq!(code(&again), Some(3), "a year has one secret");
    let config = fs::read_to_string(workshop.path("terminal.toml")).expect("read");
    workshop.write("terminal.toml", &format!("{config}outbox = \"outbox\"\nseal_to = \"seal.jwk\"\n"));
    let emulator = Emulator::start("cards/resident.json");
    workshop.demand("onsite.jwt");
    let read = workshop.attest(&emulator.port, "portraits/jia-live-1.jpg", "onsite.jwt", "onsite");
    assert_eq!(code(&read), Some(0), "{}", String::from_utf8_lossy(&read.stderr));
    const OTHER: &str = "119999198505050021";
    workshop.write("declared.json", &format!(r#"{{"name":"{NAME}","id_number":"{NUMBER}"}}"#));
    workshop.write("other.json", &format!(r#"{{"name":"{NAME}","id_number":"{OTHER}"}}"#));
    let register = format!("dir:{}", fixture("register.json").display());
    for (declared, exit) in [("other.json", 1), ("declared.json", 0)] {
        workshop.online_demand("demand.jwt", &["--number", "+8613900000000"]);
        let attested = workshop.attest_online(&register, declared, &good_photos(), "demand.jwt");
        assert_eq!(code(&attested), Some(exit), "{}", String::from_utf8_lossy(&attested.stderr));
    }
    let (dir, key, outbox) = (desk.path("journal"), desk.path("journal.pem"), workshop.path("outbox"));
    let (trust, anchor) = (workshop.path("trust.jwt"), workshop.path("anchor.json"));
    let ingest = |seal: &str| {
        let args = ["journal", "ingest", "--dir", &dir, "--key", &key, "--outbox", &outbox];
        let more = ["--trust", &trust, "--anchor", &anchor, "--open", seal, "--keys", &keys, "--json"];
        run(args.into_iter().chain(more))
    };
    ok(["key", "new", "--alg", "ES256", "--out", &workshop.path("other.pem")]);
    let other = ingest(&workshop.path("other.pem"));
    assert_eq!(json(&other)["error"]["code"], "statement_sealed_otherwise");
    let taken = ingest(&workshop.path("seal.pem"));
    assert_eq!((code(&taken), &json(&taken)["taken"]), (Some(0), &3.into()));

    let figures = ["agent", "figures", "--dir", &dir, "--vkey", &desk.vkey, "--json"];
    let period = ["--from", "2020-01-01T00:00:00Z", "--to", "2099-01-01T00:00:00Z"];
    let told = fitting("agent-figures", &run(figures.into_iter().chain(period)));
    let shop = &told["agents"][0];
    let value = |figure: &str| shop["figures"][figure]["value"].clone();
    assert_eq!(shop["agent"], "shop-12", "{told}");
    let read = &shop["figures"]["unconfirmed_ppm"];
    assert_eq!(
        (&read["n"], &read["value"]),
        (&1.into(), &0.into()),
        "one card was read, twice the same: {shop}"
    );
    assert_eq!(value("human_route_ppm"), 0);
    assert_eq!(value("readers_of_terminal"), 1);
    assert_eq!(value("photo_reused_ppm"), 0, "two photos of one person");
    assert_eq!(value("refused_elsewhere_ppm"), 0);

    // The operator, with its secret, finds who bought, and nobody who was refused.
    let secret = fs::read_dir(&keys).expect("keys").next().expect("a year").expect("an entry").path();
    let secret = fs::read_to_string(secret).expect("read");
    let secret = realname::journal::keyed::YearKey::parse(&secret).expect("a secret");
    let files = desk.files();
    let journal: String =
        files.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect();
    for (number, found) in [(NUMBER, true), (OTHER, false)] {
        let digest = secret.person("resident", number).to_base64url();
        assert_eq!(journal.contains(&digest), found, "{number}");
        assert!(!journal.contains(number));
    }
    let mut kept = Vec::new();
    collect(Path::new(&outbox), &mut kept);
    assert!(kept.iter().any(|(_, bytes)| !bytes.is_empty()));
    for (path, bytes) in kept {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let parts = text.split('.').filter_map(|part| realname::jose::decode(part).ok());
        let all = parts.map(|part| String::from_utf8_lossy(&part).into_owned()).collect::<String>() + &text;
        assert!(!all.contains(NUMBER) && !all.contains(OTHER) && !all.contains(NAME), "{}", path.display());
    }
}

/// An acceptance and its event: one for each nonce, also when the program is stopped between the two.
#[cfg(unix)]
#[test]
fn an_acceptance_is_one_event_and_a_refusal_is_none() {
    use support::{NAME, NUMBER, Workshop, fixture, good_photos};
    let (workshop, desk) = (Workshop::new(), Desk::new());
    workshop.write("declared.json", &format!(r#"{{"name":"{NAME}","id_number":"{NUMBER}"}}"#));
    let register = format!("dir:{}", fixture("register.json").display());
    let answer = |name: &str| {
        workshop.online_demand("demand.jwt", &["--number", "+8613900000000"]);
        let attested = workshop.attest_online(&register, "declared.json", &good_photos(), "demand.jwt");
        assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));
        fs::rename(workshop.path("presentation"), workshop.path(name)).expect("moved");
    };
    let keys = desk.path("keys");
    ok(["journal", "year", "--keys", &keys]);
    let verify = |name: &str| {
        let (dir, key) = (desk.path("journal"), desk.path("journal.pem"));
        let more = ["--journal", &dir, "--journal-key", &key, "--keys", &keys].map(str::to_owned);
        run(workshop.verify_args(name).into_iter().chain(more))
    };
    let size = || json(&desk.verify(&[]))["size"].clone();
    answer("first");
    let accepted = verify("first");
    assert_eq!(code(&accepted), Some(0), "{}", String::from_utf8_lossy(&accepted.stderr));
    assert_eq!(size(), 1);
    assert_eq!(code(&verify("first")), Some(1), "answered before");
    assert_eq!(size(), 1, "a refusal is no event");
    let entry = desk.path("entry");
    let (dir, out) = (desk.path("journal"), desk.path("proof"));
    ok(["journal", "prove", "--dir", &dir, "--index", "0", "--out", &out, "--entry-out", &entry]);
    let event: serde_json::Value = serde_json::from_slice(&fs::read(&entry).expect("read")).expect("JSON");
    assert_eq!(
        (&event["event"], &event["agent"], &event["terminal"]),
        (&"verified".into(), &"shop-12".into(), &"desk-7".into())
    );
    // Whom and which number, under the year's secret; and whether the person has as many numbers as may be.
    let secret = fs::read_dir(&keys).expect("keys").next().expect("a year").expect("an entry").path();
    let secret = realname::journal::keyed::YearKey::parse(&fs::read_to_string(secret).expect("read"));
    let secret = secret.expect("a secret");
    assert_eq!(event["person_key"], secret.person("resident", NUMBER).to_base64url());
    assert_eq!(event["number_key"], secret.number("+8613900000000").to_base64url());
    assert_eq!(event["limit_reached"], false);

    // A journal that can't be written: nothing is answered.
    answer("second");
    let checkpoint = desk.path("journal/checkpoint");
    let kept = fs::read(&checkpoint).expect("read");
    fs::remove_file(&checkpoint).expect("removed");
    assert_eq!(json(&verify("second"))["error"]["code"], "journal_missing");
    fs::write(&checkpoint, kept).expect("written");
    assert_eq!(code(&verify("second")), Some(0), "it wasn't used up");
    assert_eq!(size(), 2);

    // Stopped between the answer and its event: the note is there, the event isn't.
    answer("third");
    assert_eq!(code(&run(workshop.verify_args("third"))), Some(0));
    let presented = fs::read_to_string(workshop.path("third")).expect("read");
    let bound = presented
        .trim()
        .rsplit('~')
        .next()
        .expect("a key binding")
        .split('.')
        .nth(1)
        .expect("a payload")
        .to_owned();
    let bound: serde_json::Value =
        serde_json::from_slice(&realname::jose::decode(&bound).expect("base64url")).expect("JSON");
    fs::create_dir_all(desk.path("journal/verifying")).expect("made");
    let note = serde_json::json!({"nonce": bound["nonce"], "size": 2});
    fs::write(desk.path("journal/verifying/note"), note.to_string()).expect("written");
    for _ in 0..2 {
        assert_eq!(code(&verify("third")), Some(1), "answered before");
        assert_eq!(size(), 3, "made up for, once");
    }
    assert!(fs::read_dir(desk.path("journal/verifying")).expect("read").next().is_none());
    for (path, bytes) in desk.files() {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(
            ![NAME, NUMBER, "13900000000"].iter().any(|canary| text.contains(canary)),
            "{}",
            path.display()
        );
    }
}

/// A measure acts at once where the operator decides itself, and is lifted by the next one.
#[cfg(unix)]
#[test]
fn an_agent_that_may_not_sell_is_refused_before_anything_is_answered() {
    use support::{NAME, NUMBER, Workshop, fixture, good_photos};
    let (workshop, desk) = (Workshop::new(), Desk::new());
    workshop.write("declared.json", &format!(r#"{{"name":"{NAME}","id_number":"{NUMBER}"}}"#));
    let register = format!("dir:{}", fixture("register.json").display());
    workshop.online_demand("demand.jwt", &["--number", "+8613900000000"]);
    let attested = workshop.attest_online(&register, "declared.json", &good_photos(), "demand.jwt");
    assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));
    let (dir, key) = (desk.path("journal"), desk.path("journal.pem"));
    let measure = |agent: &str, standing: &str| {
        ok([
            "agent",
            "measure",
            "--dir",
            &dir,
            "--key",
            &key,
            "--agent",
            agent,
            "--standing",
            standing,
            "--rule",
            "r-1",
        ])
    };
    let verify = || {
        let more = ["--journal", &dir, "--journal-key", &key].map(str::to_owned);
        run(workshop.verify_args("presentation").into_iter().chain(more))
    };
    let refused = || {
        let verified = verify();
        assert_eq!(
            (code(&verified), &json(&verified)["error"]["code"]),
            (Some(1), &"agent_may_not_sell".into())
        );
    };
    measure("shop-1", "admitted");
    refused();
    measure("shop-12", "admitted");
    measure("shop-12", "suspended");
    refused();
    measure("shop-12", "warned");
    // One of its terminals alone.
    let stop = |standing: &str| {
        let whom = ["--agent", "shop-12", "--terminal", "desk-7", "--standing", standing];
        ok(["agent", "measure", "--dir", &dir, "--key", &key].iter().chain(&whom));
    };
    stop("suspended");
    assert_eq!(json(&verify())["error"]["code"], "terminal_may_not_sell");
    stop("admitted");
    assert_eq!(code(&verify()), Some(0), "nothing was used up");

    // Whoever leaves its agent out isn't asked less.
    let config = fs::read_to_string(workshop.path("terminal.toml")).expect("read");
    workshop.write("terminal.toml", &config.replace("agent = \"shop-12\"\n", ""));
    fs::remove_file(workshop.path("presentation")).expect("removed");
    workshop.online_demand("demand.jwt", &["--number", "+8613900000000"]);
    let attested = workshop.attest_online(&register, "declared.json", &good_photos(), "demand.jwt");
    assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));
    refused();
    measure("shop-12", "dropped");
    let listed = run(["agent", "list", "--dir", &dir, "--vkey", &desk.vkey, "--json"]);
    let listed = fitting("agent-list", &listed);
    let terminal = &listed["terminals"]["shop-12"]["desk-7"];
    assert_eq!(
        (&terminal[0]["standing"], &terminal[1]["standing"]),
        (&"suspended".into(), &"admitted".into())
    );
    let changes = listed["agents"]["shop-12"].as_array().expect("a history").clone();
    assert_eq!(changes.len(), 4);
    assert_eq!((&changes[3]["standing"], &changes[3]["rule"]), (&"dropped".into(), &"r-1".into()));
    // Somebody sells on, and somebody whom nobody knows.
    let lines = ["shop-12", "shop-99"].map(|agent| {
        format!(
            "{{\"event\":\"attested\",\"agent\":\"{agent}\",\"terminal\":\"desk-7\",\"sam_id\":\"sam-1\"}}\n"
        )
    });
    assert_eq!(code(&desk.append(&lines.concat())), Some(0));
    let found = fitting("agent-find", &run(["agent", "find", "--dir", &dir, "--vkey", &desk.vkey, "--json"]));
    assert_eq!(
        (&found["unadmitted"][0]["agent"], &found["stopped"][0]["terminal"]),
        (&"shop-99".into(), &"desk-7".into()),
        "{found}"
    );
    assert_eq!(found["moved_readers"][0]["agents"], serde_json::json!(["shop-12", "shop-99"]));
    let ahead = run([
        "agent",
        "measure",
        "--dir",
        &dir,
        "--key",
        &key,
        "--agent",
        "shop-1",
        "--standing",
        "warned",
        "--grounds",
        "999",
        "--json",
    ]);
    assert_eq!((code(&ahead), &json(&ahead)["error"]["code"]), (Some(2), &"usage".into()));
}

#[test]
fn figures_of_a_year_are_recomputed_by_who_receives_them() {
    let desk = Desk::new();
    let sale = |region: &str, time: &str| {
        format!(
            "{{\"event\":\"attested\",\"agent\":\"shop-1\",\"region\":\"{region}\",\"time\":\"{time}\"}}\n"
        )
    };
    let lines = [
        ("CN-44", "2026-02-01T00:00:00Z"),
        ("CN-44", "2026-03-01T00:00:00Z"),
        ("CN-11", "2027-01-01T00:00:00Z"),
    ];
    assert_eq!(code(&desk.append(&lines.map(|(region, time)| sale(region, time)).concat())), Some(0));
    let (dir, bundle) = (desk.path("journal"), desk.path("2026.realname-annual"));
    let period = ["--from", "2026-01-01T00:00:00Z", "--to", "2027-01-01T00:00:00Z"];
    let args = ["annual", "--dir", &dir, "--vkey", &desk.vkey, "--out", &bundle, "--json"];
    let made = run(args.into_iter().chain(period));
    assert_eq!(code(&made), Some(0), "{}", String::from_utf8_lossy(&made.stderr));
    assert_eq!(
        fitting("annual", &made)["figures"]["attestations_by_region"],
        serde_json::json!({"CN-44": 2})
    );
    let verify = || run(["annual", "verify", "--vkey", &desk.vkey, "--json", &bundle]);
    let verified = verify();
    assert_eq!(
        (code(&verified), &fitting("annual", &verified)["figures"]),
        (Some(0), &json(&made)["figures"])
    );
    let text = fs::read_to_string(&bundle).expect("read");
    for (from, to, expected) in [
        ("{\"CN-44\":2}", "{\"CN-44\":3}", "annual_figure_differs"),
        ("CN-11", "CN-12", "root_differs"),
        ("entries 3", "entries 2", "root_differs"),
    ] {
        fs::write(&bundle, text.replacen(from, to, 1)).expect("written");
        let refused = verify();
        assert_eq!((code(&refused), &json(&refused)["error"]["code"]), (Some(1), &expected.into()), "{from}");
    }
    fs::write(&bundle, &text[..text.len() / 2]).expect("written");
    assert_eq!(code(&verify()), Some(4));
}

/// `--out journal/checkpoint` took the checkpoint's place, and the journal was gone; a year's figures took the place of a link and
/// of a device; the second of two outputs that of the first.
#[test]
fn no_output_takes_the_place_of_a_journals_file_or_of_another_output() {
    let desk = Desk::new();
    desk.grow(3);
    assert_eq!(code(&desk.cosign()), Some(0));
    let before = desk.files();
    let (dir, key) = (desk.path("journal"), desk.path("journal.pem"));
    let period = ["--from", "2026-01-01T00:00:00Z", "--to", "2027-01-01T00:00:00Z", "--vkey", &desk.vkey];
    let (aside, tile) = (desk.path("aside"), desk.path("journal/tile/more"));
    for own in
        ["journal/checkpoint", "journal/pending", "journal/lock", "journal/tile/0/000.p/3", "journal/tile/x"]
    {
        let own = desk.path(own);
        let commands: [Vec<&str>; 5] = [
            ["annual", "--dir", &dir, "--out", &own].into_iter().chain(period).collect(),
            vec!["journal", "prove", "--dir", &dir, "--index", "0", "--out", &own],
            vec!["journal", "prove", "--dir", &dir, "--index", "0", "--out", &aside, "--entry-out", &own],
            vec!["key", "new", "--out", &own],
            vec![
                "trust",
                "delegate",
                "--key",
                &key,
                "--to",
                &own,
                "--constraints",
                &own,
                "--days",
                "1",
                "--out",
                &tile,
            ],
        ];
        for args in commands {
            let output = run(&args);
            assert!(
                matches!(code(&output), Some(3 | 4)),
                "{args:?}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            assert!(desk.files() == before, "{args:?}");
        }
    }
    // A witness' own file isn't the journal's.
    let (witness, checkpoint) = (desk.path("witness.pem"), desk.path("journal/checkpoint"));
    let since = ["--name", "regulator.example/witness", "--since", &checkpoint];
    let args = ["journal", "cosign", "--dir", &dir, "--key", &witness];
    assert_eq!(code(&run(args.into_iter().chain(since))), Some(3));
    assert!(desk.files() == before);
    // Two outputs of one name.
    let prove = ["journal", "prove", "--dir", &dir, "--index", "0", "--out", &aside, "--entry-out", &aside];
    assert_eq!(code(&run(prove)), Some(2));
    assert!(!Path::new(&aside).exists());
}

#[cfg(unix)]
#[test]
fn a_years_figures_are_written_through_a_link_into_a_device_and_to_standard_output() {
    use std::os::unix::fs::{FileTypeExt, symlink};

    let desk = Desk::new();
    desk.grow(3);
    let dir = desk.path("journal");
    let period = ["--from", "2026-01-01T00:00:00Z", "--to", "2027-01-01T00:00:00Z", "--vkey", &desk.vkey];
    let write = |out: &str| run(["annual", "--dir", &dir, "--out", out].into_iter().chain(period));
    assert_eq!(code(&write("/dev/null")), Some(0));
    assert!(fs::metadata("/dev/null").expect("it is there").file_type().is_char_device());
    for (link, target) in [("link", "target"), ("dangling", "nowhere")] {
        symlink(desk.path(target), desk.path(link)).expect("a link");
    }
    fs::write(desk.path("target"), "old").expect("written");
    assert_eq!((code(&write(&desk.path("link"))), code(&write(&desk.path("dangling")))), (Some(0), Some(3)));
    assert!(fs::symlink_metadata(desk.path("link")).expect("it is there").file_type().is_symlink());
    let bundle = fs::read(desk.path("target")).expect("read");
    let standard = write("-");
    assert!(code(&standard) == Some(0) && standard.stdout == bundle);
    let verify = ["annual", "verify", &desk.path("link"), "--vkey", &desk.vkey];
    assert_eq!(code(&run(verify)), Some(0));
}

/// A mistyped outbox is an error. It used to count as "0 statements taken in" with exit code 0, and a new journal was made.
#[test]
fn a_mistyped_directory_is_no_outbox_and_becomes_no_journal() {
    let desk = Desk::new();
    let (dir, key) = (desk.path("journal"), desk.path("journal.pem"));
    fs::create_dir(desk.path("outboxes")).expect("made");
    let ingest =
        |from: &str| run(["journal", "ingest", "--dir", &dir, "--key", &key, "--outbox", from, "--json"]);
    for wrong in [desk.path("outboxs"), key.clone()] {
        let output = ingest(&wrong);
        assert_eq!((code(&output), &json(&output)["error"]["code"]), (Some(3), &"outbox_missing".into()));
    }
    assert_eq!(code(&ingest(&desk.path("outboxes"))), Some(0), "nothing was signed there yet");

    let new = |at: &str| run(["journal", "new", "--dir", at, "--origin", ORIGIN, "--key", &key, "--json"]);
    let before = fs::read_dir(desk.dir.path()).expect("listed").count();
    let output = new(desk.dir.path().to_str().expect("UTF-8"));
    assert_eq!(
        (code(&output), &json(&output)["error"]["code"]),
        (Some(3), &"journal_directory_occupied".into())
    );
    assert_eq!(fs::read_dir(desk.dir.path()).expect("listed").count(), before);
    assert_eq!(code(&new(&desk.path("outboxes"))), Some(0), "an empty one is as good as none");
}
