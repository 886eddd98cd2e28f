//! What was used before, by the program: a terminal with the operator's index.
#![cfg(unix)]
#![allow(clippy::disallowed_methods)]

use std::os::unix::fs::PermissionsExt as _;

use realname::capture::reuse::{IdentityKey, Kept, Print, ReuseIndex as _};
use realname::store::SqliteReuse;
use serde_json::Value;
use sha2::Digest as _;

use crate::support;
use support::{NAME, NUMBER, Workshop, code, fits, fixture, good_photos, json};

/// The operator's key, as `reuse.key` has it.
const KEY: [u8; 32] = [0x5a; 32];

fn shop() -> Workshop {
    let workshop = Workshop::new();
    workshop.write("declared.json", &format!(r#"{{"name":"{NAME}","id_number":"{NUMBER}"}}"#));
    let config = std::fs::read_to_string(workshop.path("terminal.toml")).expect("read");
    let reuse = "reuse = \"used.sqlite3\"\nreuse_key = \"reuse.key\"\nreuse_days = 30\n";
    workshop.write("terminal.toml", &format!("{reuse}{config}"));
    workshop.write("reuse.key", &format!("{}\n", "5a".repeat(32)));
    private(&workshop, 0o600);
    workshop
}

fn private(workshop: &Workshop, mode: u32) {
    let mode = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(workshop.path("reuse.key"), mode).expect("set");
}

fn attest(workshop: &Workshop, name: &str) -> (Option<i32>, Value) {
    let demand = format!("{name}.jwt");
    workshop.online_demand(&demand, &["--locality", "remote", "--check", "triplet"]);
    let register = format!("dir:{}", fixture("register.json").display());
    let mut args = workshop.attest_args(&demand, name);
    args.extend(["--authority", &register, "--declared", &workshop.path("declared.json")].map(str::to_owned));
    args.extend(good_photos());
    let output = support::run(args);
    (code(&output), json(&output))
}

#[test]
fn what_somebody_else_sent_is_told_and_ones_own_is_not() {
    let workshop = shop();
    let (exit, first) = attest(&workshop, "first");
    assert_eq!(exit, Some(0), "{first}");
    assert_eq!(first.get("used_before"), None, "nobody sent them before");
    let (exit, again) = attest(&workshop, "again");
    assert_eq!((exit, again.get("used_before")), (Some(0), None), "the same person, again: {again}");

    // Another terminal on the same index: somebody else sent the holder's file.
    let file = std::fs::read(fixture("sale").join("holder.jpg")).expect("read");
    let print = Print {
        identity: IdentityKey::new(KEY).identity("119999198505050021"),
        file: sha2::Sha256::digest(file).into(),
        pixels: [1; 32],
        photo: None,
    };
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(48);
    let index = SqliteReuse::open(workshop.path("used.sqlite3")).expect("the index");
    index.add(&[Kept { print, until }]).expect("added");
    let (exit, seen) = attest(&workshop, "seen");
    assert_eq!(exit, Some(0), "a remark refuses nobody: {seen}");
    let finding = serde_json::json!(
        [{"slot": "holder", "kind": "same_file", "captures": 1, "distance": null}]
    );
    assert_eq!(seen["used_before"], finding);
    fits("attest", &seen);

    // The index has no name, no number and no plain digest of a number.
    drop(index);
    for suffix in ["", "-wal"] {
        let kept = std::fs::read(workshop.path(&format!("used.sqlite3{suffix}"))).unwrap_or_default();
        let digest: [u8; 32] = sha2::Sha256::digest(NUMBER).into();
        for secret in [NUMBER.as_bytes(), NAME.as_bytes(), &digest, &digest[..8], &KEY] {
            assert!(!kept.windows(secret.len()).any(|part| part == secret));
        }
    }
}

#[test]
fn a_policy_asks_for_more_where_a_photo_was_seen() {
    let workshop = shop();
    assert_eq!(attest(&workshop, "first").0, Some(0));
    // Under another key everybody is somebody else: the same files were another's.
    workshop.write("reuse.key", &"5b".repeat(32));
    let policy = include_str!("../../../../crates/issue/src/appraisal/policies/cn-telecom-online.toml");
    let asks = "when = [\"reader_busy\", \"many_numbers\", \"photo_seen\"]\npurposes = [\"service.order\"]\nrequire = [\"liveness\"]";
    assert!(policy.contains(asks), "the policy has the step-up that this test widens");
    // The synthetic register vouches for liveness; nobody here vouches for a confirmation.
    let more = "when = [\"photo_seen\"]\nrequire = [\"confirmation\"]";
    workshop.write("policy.toml", &policy.replace(asks, more));
    let config = std::fs::read_to_string(workshop.path("terminal.toml")).expect("read");
    workshop.write("terminal.toml", &format!("policy = \"policy.toml\"\n{config}"));
    let (exit, refused) = attest(&workshop, "second");
    assert_eq!(exit, Some(1), "{refused}");
    let why = refused["error"]["message"].as_str().unwrap_or_default();
    assert!(why.contains("check_not_available"), "{refused}");
    assert!(!workshop.has("second"), "nothing was signed");
}

#[test]
fn an_index_that_is_not_whole_is_refused_before_anybody_is_checked() {
    let workshop = shop();
    let refused = |code: &str| {
        let (exit, told) = attest(&workshop, code);
        assert_ne!(exit, Some(0));
        assert_eq!(told["error"]["code"], code, "{told}");
    };
    private(&workshop, 0o644);
    refused("key_readable");
    private(&workshop, 0o600);
    for wrong in ["", "5a", &"5g".repeat(32), &"5a".repeat(33)] {
        workshop.write("reuse.key", wrong);
        refused("reuse_key");
    }
    workshop.write("reuse.key", &"5a".repeat(32));
    std::fs::write(workshop.path("used.sqlite3"), b"not an index at all, but a text of some length")
        .expect("written");
    refused("reuse_failed");
    let config = std::fs::read_to_string(workshop.path("terminal.toml")).expect("read");
    workshop.write("terminal.toml", &config.replace("reuse_key = \"reuse.key\"\n", ""));
    refused("config");
}

#[test]
fn a_person_is_forgotten_at_their_word_and_what_is_over_goes() {
    let workshop = shop();
    assert_eq!(attest(&workshop, "first").0, Some(0));
    let (index, key) = (workshop.path("used.sqlite3"), workshop.path("reuse.key"));
    // Somebody else's capture that is over, and one that isn't.
    let of = |number: &str, byte: u8, hours: i64| Kept {
        print: Print {
            identity: IdentityKey::new(KEY).identity(number),
            file: [byte; 32],
            pixels: [byte; 32],
            photo: None,
        },
        until: jiff::Timestamp::now() + jiff::SignedDuration::from_hours(hours),
    };
    let others = [of("119999198505050021", 1, -48), of("119999198505050021", 2, 48)];
    SqliteReuse::open(&index).expect("the index").add(&others).expect("added");
    let holds = |bytes: &[u8]| {
        ["", "-wal"].iter().any(|suffix| {
            let kept = std::fs::read(format!("{index}{suffix}")).unwrap_or_default();
            kept.windows(bytes.len()).any(|part| part == bytes)
        })
    };
    let identity = IdentityKey::new(KEY).identity(NUMBER).to_bytes();
    assert!(holds(&identity));

    let forget = |more: &[&str]| {
        let output = support::run(["capture", "forget", "--index", &index, "--json"].iter().chain(more));
        (code(&output), json(&output))
    };
    let person = workshop.path("declared.json");
    let (exit, told) = forget(&["--key", &key, "--person", &person]);
    assert_eq!((exit, &told), (Some(0), &serde_json::json!({"removed": 3})));
    fits("capture-forget", &told);
    assert!(!holds(&identity), "nothing of the person is left in the files");
    assert_eq!(forget(&["--key", &key, "--person", &person]).1["removed"], 0, "the same again");
    assert_eq!(forget(&["--expired"]).1["removed"], 1);
    assert!(!holds(&[1; 32]) && holds(&[2; 32]), "the other's lasts as long as it must");
    assert_eq!(attest(&workshop, "again").1.get("used_before"), None, "and the photos are new again");

    // Nothing is made, and nothing removed, where something is wrong.
    let refused = |more: &[&str], exit: i32, code: &str| {
        let (found, told) = forget(more);
        assert_eq!((found, &told["error"]["code"]), (Some(exit), &Value::from(code)), "{told}");
    };
    refused(&["--person", &person], 2, "usage");
    refused(&[], 2, "usage");
    workshop.write("wrong.json", &format!(r#"{{"name":"{NAME}","id_number":"119999199001010005"}}"#));
    refused(&["--key", &key, "--person", &workshop.path("wrong.json")], 4, "declared_number_check");
    private(&workshop, 0o644);
    refused(&["--key", &key, "--person", &person], 1, "key_readable");
    let nowhere = workshop.path("none.sqlite3");
    let output = support::run(["capture", "forget", "--index", &nowhere, "--expired", "--json"]);
    assert_eq!((code(&output), &json(&output)["error"]["code"]), (Some(2), &Value::from("usage")));
    assert!(!workshop.has("none.sqlite3"));
}
