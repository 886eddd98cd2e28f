use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use realname_terms::Explain;

use super::*;
use crate::jose::{Json, SigningKey};
use crate::journal::entry::{Event, Stated};
use crate::journal::note::{KeyKind, Quorum, VerifierKey};
use crate::journal::{Audit, Journal, Reader, Witness};

const ORIGIN: &str = "operator.example/journal";

fn key(number: u8) -> SigningKey {
    SigningKey::from_ed25519_seed(&[number; 32])
}

fn at(hour: i64) -> Timestamp {
    "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hour)
}

fn vkey(number: u8, name: &str, kind: KeyKind) -> VerifierKey {
    VerifierKey::new(name, kind, key(number).verifying_key()).unwrap()
}

fn audit() -> Audit {
    let quorum = Quorum::of(vec![vkey(2, "witness.example", KeyKind::Witness)], 1).unwrap();
    Audit::new(vec![vkey(1, ORIGIN, KeyKind::Log)]).with_quorum(quorum)
}

/// A journal of a small year, and its bundle.
fn bundle() -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    let mut journal = Journal::create(&path, Arc::new(key(1)), ORIGIN).unwrap();
    let timed = |event: &str, hour: i64| Event::new(event).with("time", Stated::Time(at(hour)));
    let text = |event: Event, member: &str, text: &str| event.with(member, Stated::Text(text));
    let sale =
        |hour| text(timed("verified", hour), "purpose", "sim.activate").with("agent", Stated::Text("shop-1"));
    let refusal = |hour, reasons: &[&str]| timed("refused", hour).with("reasons", Stated::Ids(reasons));
    let inspected = timed("inspected", 9)
        .with("agent", Stated::Text("shop-1"))
        .with("drawn", Stated::Count(10))
        .with("produced", Stated::Count(8))
        .with("missing", Stated::Count(2));
    let mut events = vec![
        sale(-1),
        sale(1),
        sale(2),
        text(timed("verified", 3), "purpose", "sim.cancel"),
        sale(100),
        inspected,
    ];
    events.extend([refusal(1, &["face_mismatch", "registry_mismatch"]), refusal(2, &["face_mismatch"])]);
    events.push(text(timed("agent_standing", 4), "standing", "warned").with("agent", Stated::Text("shop-1")));
    for (report, opened, resolved) in [("r-0", -2, 1), ("r-1", 1, 2), ("r-2", 1, 9), ("r-3", 5, 200)] {
        events.push(text(timed("reported", opened), "report", report));
        events.push(text(text(timed("resolved", resolved), "report", report), "outcome", "held"));
    }
    journal.append(events, at(0)).unwrap();
    drop(journal);
    let reader = Reader::open(&path).unwrap();
    let witness_key = key(2);
    let witness = Witness::new("witness.example", &witness_key).unwrap();
    witness.cosign(&reader, &[], None, at(300)).unwrap().publish(&reader).unwrap();
    let mut out = Vec::new();
    write(&Reader::open(&path).unwrap(), &audit(), (at(0), at(24)), &mut out).unwrap();
    out
}

fn value(verified: &Verified, name: &str) -> String {
    let (_, figure) = verified.figures.iter().find(|(known, _)| *known == name).unwrap();
    String::from_utf8(figure.member("value").unwrap().to_bytes().to_vec()).unwrap()
}

#[test]
fn figures_are_those_of_the_period() {
    let bytes = bundle();
    let verified = verify(&mut bytes.as_slice(), &audit()).unwrap();
    assert_eq!((verified.from, verified.to, verified.audited.witnesses.len()), (at(0), at(24), 1));
    for (name, expected) in [
        ("registrations", "3"),
        ("registrations_by_purpose", r#"{"sim.activate":2,"sim.cancel":1}"#),
        ("refusals", "2"),
        ("refusals_by_reason", r#"{"face_mismatch":2,"registry_mismatch":1}"#),
        ("measures_by_standing", r#"{"warned":1}"#),
        ("reports_by_outcome", r#"{"held":3}"#),
        ("reports_seconds_to_resolve", r#"{"median_s":10800,"n":3,"p95_s":28800}"#),
        (
            "inspections",
            r#"{"bound_95_ppm":[490162,943318],"differs":0,"drawn":10,"late":0,"missing":2,"produced":8}"#,
        ),
        ("statements_held_back", "0"),
        ("attestations_by_region", "{}"),
    ] {
        assert_eq!(value(&verified, name), expected, "{name}");
    }
}

/// Each figure in turn says one more: it is the one that is named.
#[test]
fn a_figure_that_was_changed_is_named() {
    let bytes = bundle();
    let text = String::from_utf8(bytes).unwrap();
    let head = text.lines().nth(1).unwrap();
    for (place, (name, ..)) in QUERIES.iter().enumerate() {
        for (member, new) in [("value", Json::from(4711)), ("query", Json::from("another"))] {
            let mut json = Json::parse(head.as_bytes(), head.len()).unwrap();
            let Json::Object(members) = &mut json else { panic!() };
            let Some(Json::Array(figures)) = members.get_mut("figures") else { panic!() };
            let Json::Object(figure) = &mut figures[place] else { panic!() };
            figure.insert(member.into(), new);
            let changed = text.replacen(head, std::str::from_utf8(&json.to_bytes()).unwrap(), 1);
            let error = verify(&mut changed.as_bytes(), &audit()).unwrap_err();
            assert!(
                matches!(error, AnnualError::Figure { name: named } if named == *name),
                "{name}: {error}"
            );
        }
    }
}

#[test]
fn an_entry_a_signature_or_a_line_that_was_changed_is_refused() {
    let text = String::from_utf8(bundle()).unwrap();
    let code = |text: &str| verify(&mut text.as_bytes(), &audit()).unwrap_err().code();
    for (from, to, expected) in [
        ("\"purpose\":\"sim.cancel\"", "\"purpose\":\"sim.resume\"", "root_differs"),
        ("\"agent_seq\":2", "\"agent_seq\":3", "agent_chain_broken"),
        ("\"drawn\":10,\"event\"", "\"drawn\":11,\"event\"", "agent_chain_broken"),
        ("— witness.example ", "— witness.example  ", "annual_malformed"),
        ("— witness.example ", "— other00.example ", "quorum_missing"),
        ("\nentries 17\n", "\nentries 16\n", "root_differs"),
        ("\nentries 17\n", "\nentries 18\n", "annual_malformed"),
        ("realname-annual/v1", "realname-annual/v2", "annual_malformed"),
        ("\"to\":\"2026-01-02", "\"to\":\"2026-01-01", "annual_figure_differs"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        assert_eq!(code(&changed), expected, "{from} {to}");
    }
    // The log's own signature.
    let at = text.find("— operator").unwrap() + 50;
    let mut bytes = text.clone().into_bytes();
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    assert_eq!(code(&String::from_utf8(bytes).unwrap()), "checkpoint_signature");
    assert_eq!(code(&text[..text.len() - 1]), "annual_malformed");
    assert_eq!(code(&format!("{text}x")), "annual_malformed");
    assert_eq!(code(""), "annual_malformed");
}

#[test]
fn a_period_has_a_length() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    drop(Journal::create(&path, Arc::new(key(1)), ORIGIN).unwrap());
    let reader = Reader::open(&path).unwrap();
    let audit = Audit::new(vec![vkey(1, ORIGIN, KeyKind::Log)]);
    assert!(matches!(write(&reader, &audit, (at(1), at(1)), &mut Vec::new()), Err(AnnualError::Period)));
    let mut out = Vec::new();
    write(&reader, &audit, (at(0), at(1)), &mut out).unwrap();
    assert_eq!(verify(&mut out.as_slice(), &audit).unwrap().audited.size, 0);
}
