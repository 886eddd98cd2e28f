//! An inspection from the command line, from commitments to figures.
#![allow(clippy::disallowed_methods, clippy::expect_used)]

use crate::support;

use std::fs;

use support::{code, fitting, json, ok, run};

const ORIGIN: &str = "operator.example/journal";
const WITNESS: &str = "regulator.example/witness";
const ID: &str = "2026-w48";

struct Desk {
    dir: tempfile::TempDir,
    vkey: String,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let desk = Self { dir, vkey: String::new() };
        for key in ["journal.pem", "witness.pem"] {
            ok(["key", "new", "--out", &desk.path(key)]);
        }
        let (dir, key) = (desk.path("journal"), desk.path("journal.pem"));
        let vkey = ok(["journal", "new", "--dir", &dir, "--origin", ORIGIN, "--key", &key]);
        Self { vkey: vkey.trim().to_owned(), ..desk }
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().expect("UTF-8").to_owned()
    }

    fn append(&self, file: &str) {
        let (dir, key) = (self.path("journal"), self.path("journal.pem"));
        ok(["journal", "append", "--dir", &dir, "--key", &key, "--event", &self.path(file)]);
    }

    fn sell(&self, count: u64) {
        let record = "A".repeat(43);
        let lines: String = (0..count)
            .map(|number| {
                format!(
                    "{{\"event\":\"attested\",\"agent\":\"shop-{}\",\"record\":\"{record}\"}}\n",
                    number % 2
                )
            })
            .collect();
        fs::write(self.path("sales"), lines).expect("written");
        self.append("sales");
    }

    fn commit(&self, role: &str) -> std::process::Output {
        let (secret, out, key) =
            (self.path(&format!("{role}.secret")), self.path("event"), self.path("witness.pem"));
        let args =
            ["inspection", "commit", "--origin", ORIGIN, "--inspection", ID, "--role", role, "--first", "0"];
        let more = ["--to", "2026-01-01T00:00:00Z", "--agent", "shop-1", "--rate-ppm", "400000"];
        let keys: &[&str] = if role == "witness" { &["--key", &key] } else { &[] };
        run(args
            .into_iter()
            .chain(more)
            .chain(["--secret", &secret, "--out", &out])
            .chain(keys.iter().copied()))
    }

    fn reveal(&self, role: &str) {
        let (secret, out) = (self.path(&format!("{role}.secret")), self.path("event"));
        ok(["inspection", "reveal", "--inspection", ID, "--role", role, "--secret", &secret, "--out", &out]);
        self.append("event");
    }

    fn inspect(&self, witness: &str, command: &str, more: &[&str]) -> std::process::Output {
        let dir = self.path("journal");
        let args = ["inspection", command, "--dir", &dir, "--vkey", &self.vkey, "--witness", witness];
        run(args.into_iter().chain(["--inspection", ID, "--json"]).chain(more.iter().copied()))
    }
}

#[test]
fn anybody_draws_the_same_and_the_agent_is_judged() {
    let desk = Desk::new();
    desk.sell(10);
    // The witness' vkey is told when it cosigns.
    let (dir, key, seen) = (desk.path("journal"), desk.path("witness.pem"), desk.path("seen"));
    let vkey = ok(["journal", "cosign", "--dir", &dir, "--key", &key, "--name", WITNESS, "--since", &seen]);
    let witness = vkey.trim();
    for role in ["operator", "witness"] {
        let committed = desk.commit(role);
        assert_eq!(code(&committed), Some(0), "{}", String::from_utf8_lossy(&committed.stderr));
        desk.append("event");
        assert_eq!(code(&desk.commit(role)), Some(3), "a secret is never overwritten");
    }
    desk.sell(100);
    let refused = |expected: &str| {
        let drawn = desk.inspect(witness, "draw", &[]);
        assert_eq!((code(&drawn), &json(&drawn)["error"]["code"]), (Some(1), &expected.into()));
    };
    refused("inspection_not_closed");
    let key = desk.path("journal.pem");
    let close = ["inspection", "close", "--dir", &dir, "--key", &key, "--inspection", ID, "--json"];
    assert_eq!(fitting("inspection-close", &run(close))["closed"], 112);
    refused("inspection_not_revealed");
    desk.reveal("witness");
    desk.reveal("operator");
    let told = fitting("inspection-draw", &desk.inspect(witness, "draw", &[]));
    assert_eq!((&told["closed"], &told["of"]), (&112.into(), &55.into()), "{told}");
    let drawn = told["drawn"].as_array().expect("a sample").clone();
    assert!((8..40).contains(&drawn.len()) && drawn.iter().all(|one| one["agent"] == "shop-1"));
    assert_eq!(json(&desk.inspect(witness, "draw", &[])), told, "again the same");

    // All but one are handed in.
    let lines: String = drawn[1..]
        .iter()
        .map(|one| {
            format!(
                "{{\"index\":{},\"record\":{},\"at\":\"2026-01-03T00:00:00Z\"}}\n",
                one["index"], one["record"]
            )
        })
        .collect();
    fs::write(desk.path("produced"), lines).expect("written");
    let (produced, events) = (desk.path("produced"), desk.path("outcome"));
    let more = ["--produced", &produced, "--deadline", "2026-01-04T00:00:00Z", "--events", &events];
    let judged = fitting("inspection-judge", &desk.inspect(witness, "judge", &more));
    let agent = &judged["agents"]["shop-1"];
    assert_eq!(
        (&agent["n"], &agent["missing"], &agent["late"]),
        (&drawn.len().into(), &1.into(), &0.into()),
        "{judged}"
    );
    assert_eq!(judged["entries"][0]["outcome"], "missing");
    desk.append("outcome");
    let verified = run(["journal", "verify", "--dir", &dir, "--vkey", &desk.vkey, "--json"]);
    assert_eq!(code(&verified), Some(0));
}

/// The event and the revealed secret must never overwrite the secret's file, and terms that no journal takes are refused before they
/// are committed to (once they were refused only when the period was over).
#[test]
fn a_secret_is_never_written_over_and_terms_that_no_journal_takes_are_refused_at_once() {
    let desk = Desk::new();
    let commit = |origin: &str, id: &str, secret: &str, out: &str| {
        let args = ["inspection", "commit", "--origin", origin, "--inspection", id, "--role", "operator"];
        let terms = ["--first", "0", "--to", "2026-01-01T00:00:00Z", "--rate-ppm", "400000"];
        run(args.into_iter().chain(terms).chain(["--secret", secret, "--out", out]))
    };
    let (secret, event) = (desk.path("secret"), desk.path("event"));
    for (origin, id) in
        [("two words", ID), (ORIGIN, "two words"), (ORIGIN, "\u{1b}[2J"), (ORIGIN, "119999199001010004")]
    {
        let refused = commit(origin, id, &secret, &event);
        assert!(matches!(code(&refused), Some(2 | 4)), "{origin} {id}: {:?}", code(&refused));
        assert!(!refused.stderr.contains(&0x1b));
    }
    assert_eq!(code(&commit(ORIGIN, ID, &secret, &secret)), Some(2), "one name for both");
    assert!(!std::path::Path::new(&secret).exists() && !std::path::Path::new(&event).exists());
    assert_eq!(code(&commit(ORIGIN, ID, &secret, &event)), Some(0));
    let kept = fs::read(&secret).expect("read");
    let reveal = [
        "inspection",
        "reveal",
        "--inspection",
        ID,
        "--role",
        "operator",
        "--secret",
        &secret,
        "--out",
        &secret,
    ];
    assert_eq!(code(&run(reveal)), Some(3));
    assert!(fs::read(&secret).expect("read") == kept, "the secret is what it was");
}
