//! A campaign from the command line: called, asked, verified, superseded once, audited, told to the journal.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::expect_used)]

use std::fs;

use serde_json::{Value, json};

use super::schemas::prints;
use super::support::fits;
use crate::support;
use support::{Emulator, HOME, NAME, NUMBER, Workshop, code, json, ok, reasons, run};

const PHONE: &str = "+8613900000000";
const RULES: &str = r#"{"v":1,"rules":"test","windows":[["00:00","24:00"]],"gap_minutes":0,"attempts":1,
    "again":["no_answer"],"deadline_hours":1,"notice_hours":1,"measure":"suspend"}"#;

struct Desk {
    shop: Workshop,
    reader: Emulator,
}

impl Desk {
    fn new() -> Self {
        let desk =
            Self { shop: Workshop::new(), reader: Emulator::start_with("cards/resident.json", &["--again"]) };
        desk.shop.write("rules.json", RULES);
        fs::create_dir(desk.shop.path("records")).expect("made");
        desk
    }

    /// Runs `campaign`, which must do what it is asked for.
    fn campaign(&self, schema: &str, act: &str, name: &str, more: &[&str]) -> Value {
        let store = self.shop.path("store");
        let args = ["campaign", act, "--store", &store, "--campaign", name, "--json"];
        prints(schema, &args.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())
    }

    /// A campaign of one number, which is perhaps to supersede a record.
    fn begin(&self, name: &str, record: Option<&str>, holder: &str) {
        self.campaign("campaign-new", "new", name, &["--rules", &self.shop.path("rules.json")]);
        let mut line = json!({ "number": PHONE });
        if let Some(record) = record {
            line["record"] = record.into();
            line["holder"] = json!({ "name": holder, "id_number": NUMBER });
        }
        self.shop.write("list", &format!("{line}\n"));
        let list = self.shop.path("list");
        assert_eq!(self.campaign("campaign-import", "import", name, &["--list", &list])["new"], 1);
        assert_eq!(self.campaign("campaign-import", "import", name, &["--list", &list])["known"], 1);
    }

    /// The holder comes to the desk: the verdict.
    fn answered(&self, name: &str, record: Option<&str>) -> Value {
        let (key, out) = (self.shop.path("home.pem"), self.shop.path("demand.jwt"));
        let more = ["--number", PHONE, "--key", &key, "--iss", HOME, "--env", "test", "--out", &out];
        self.campaign("demand-new", "demand", name, &more);
        let attested =
            self.shop.attest(&self.reader.port, "portraits/jia-live-1.jpg", "demand.jwt", "presentation");
        assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));
        let mut args = self.shop.verify_args("presentation");
        if let Some(record) = record {
            args.extend(["--record".to_owned(), self.shop.path(record)]);
        }
        let verdict = json(&run(args));
        fits("verdict", &verdict);
        verdict
    }

    fn audit(&self, record: &str, earlier: &str) -> std::process::Output {
        let (trust, anchor) = (self.shop.path("trust.jwt"), self.shop.path("anchor.json"));
        let now = jiff::Timestamp::now().to_string();
        let (record, earlier) = (self.shop.path(record), self.shop.path(earlier));
        let args = ["verify", "--audit", "--at", &now, "--trust", &trust, "--anchor", &anchor, "--json"];
        run(args.into_iter().chain(["--earlier", &earlier, &record]))
    }
}

#[test]
fn numbers_are_verified_and_superseded_once() {
    let desk = Desk::new();
    ok([
        "journal",
        "new",
        "--dir",
        &desk.shop.path("journal"),
        "--origin",
        "o.example/j",
        "--key",
        &desk.shop.path("home.pem"),
    ]);
    fs::create_dir(desk.shop.path("store")).expect("made");
    desk.begin("first", None, NAME);
    // A call, then what the holder does at the desk.
    let call = desk.campaign("campaign-next", "next", "first", &["--max", "5"]);
    assert_eq!(
        (call["calls"][0]["number"].as_str(), call["calls"][0]["place"].as_u64()),
        (Some(PHONE), Some(1))
    );
    let attempt = call["calls"][0]["attempt"].as_str().expect("an attempt").to_owned();
    assert_eq!(desk.campaign("campaign-next", "next", "first", &["--max", "5"])["calls"], json!([]));
    let more = ["--attempt", &attempt, "--outcome", "reached", "--channel", "voice"];
    desk.campaign("campaign-record", "record", "first", &more);
    let first = desk.answered("first", Some("records/1.json"));
    assert_eq!(first["verdict"], "accepted", "{first}");
    let old = first["record"].as_str().expect("a digest").to_owned();
    let (actions, journal, key) =
        (desk.shop.path("actions"), desk.shop.path("journal"), desk.shop.path("home.pem"));
    let close = ["--out", &actions, "--journal", &journal, "--journal-key", &key];
    let closed = desk.campaign("campaign-close", "close", "first", &close);
    assert_eq!(
        (closed["verified"].as_u64(), closed["open"].as_u64(), closed["events"].as_u64()),
        (Some(1), Some(0), Some(2))
    );
    assert_eq!(desk.campaign("campaign-close", "close", "first", &close)["events"], 0);
    let svg = desk.shop.path("first.svg");
    let status = desk.campaign("campaign-status", "status", "first", &["--svg", &svg]);
    assert_eq!((status["verified"].as_u64(), status["outcomes"]["reached"].as_u64()), (Some(1), Some(1)));
    assert!(fs::read_to_string(svg).expect("drawn").starts_with("<svg"));

    // The next registration supersedes it; another that supersedes the same one is refused, and so is another holder.
    desk.begin("second", Some(&old), NAME);
    desk.begin("fork", Some(&old), NAME);
    let second = desk.answered("second", Some("records/2.json"));
    assert_eq!(second["verdict"], "accepted", "{second}");
    let fork = desk.answered("fork", None);
    assert_eq!(
        (fork["verdict"].as_str(), reasons(&fork)),
        (Some("refused"), vec!["already_superseded".to_owned()])
    );
    let new = second["record"].as_str().expect("a digest").to_owned();
    desk.begin("other", Some(&new), "测试乙");
    let other = desk.answered("other", None);
    assert!(reasons(&other).contains(&"holder_mismatch".to_owned()), "{other}");
    assert_eq!(desk.campaign("campaign-status", "status", "other", &[])["verified"], 0);

    // The chain is followed, and missed.
    let audit = desk.audit("records/2.json", "records");
    let audited = json(&audit);
    fits("verdict", &audited);
    assert_eq!((code(&audit), &audited["chain"]), (Some(0), &json!([new, old])), "{audited}");
    fs::create_dir(desk.shop.path("none")).expect("made");
    let missed = desk.audit("records/2.json", "none");
    assert_eq!((code(&missed), json(&missed)["error"]["code"].as_str()), (Some(1), Some("chain_missing")));
    // Erased, it still says what it superseded.
    ok(["record", "erase", &desk.shop.path("records/2.json")]);
    assert_eq!(json(&desk.audit("records/2.json", "records"))["chain"], json!([new, old]));

    // Nobody's number is in the journal.
    let entries = fs::read(format!("{journal}/tile/entries/000.p/2")).expect("entries");
    let entries = String::from_utf8_lossy(&entries);
    assert!(entries.contains("campaign_attempt") && entries.contains("reverified"), "{entries}");
    assert!(!entries.contains("13900000000"), "{entries}");
}

#[test]
fn what_is_wrong_is_said() {
    let desk = Desk::new();
    let store = desk.shop.path("store");
    let refused = |args: &[&str], exit, name: &str| {
        let output = run(["campaign"].iter().chain(args).copied().chain(["--store", &store, "--json"]));
        assert_eq!(
            (code(&output), json(&output)["error"]["code"].as_str()),
            (Some(exit), Some(name)),
            "{args:?}"
        );
        fits("error", &json(&output));
    };
    let rules = desk.shop.path("rules.json");
    ok(["campaign", "new", "--store", &store, "--campaign", "a", "--rules", &rules]);
    desk.shop.write("other.json", &RULES.replace("\"attempts\":1", "\"attempts\":2"));
    desk.shop.write("bad.json", &RULES.replace("00:00", "25:00"));
    refused(&["new", "--campaign", "a", "--rules", &desk.shop.path("other.json")], 2, "usage");
    refused(&["new", "--campaign", "b", "--rules", &desk.shop.path("bad.json")], 4, "form_sense");
    refused(&["next", "--campaign", "b"], 2, "usage");
    desk.shop.write("list", "{\"number\":\"+8613900000001\"}\n{\"number\":\"139\"}\n");
    refused(&["import", "--campaign", "a", "--list", &desk.shop.path("list")], 4, "campaign_list");
    refused(
        &["record", "--campaign", "a", "--attempt", "AAAA.1", "--outcome", "reached"],
        1,
        "campaign_attempt_unknown",
    );
    let key = desk.shop.path("home.pem");
    let out = desk.shop.path("d");
    let ask = [
        "demand",
        "--campaign",
        "a",
        "--number",
        "+8613900000009",
        "--key",
        &key,
        "--iss",
        HOME,
        "--out",
        &out,
    ];
    refused(&ask, 1, "campaign_number");
    // Lines are added to a file of lines, not to a key.
    let kept = fs::read(&key).expect("the key");
    refused(&["close", "--campaign", "a", "--out", &key], 3, "file");
    assert_eq!(fs::read(&key).expect("the key"), kept);
}
