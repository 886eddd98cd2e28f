//! Every vector of `fixtures/vectors` gets exactly the verdict that its index expects.
#![allow(clippy::disallowed_methods, reason = "tests read files")]

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use realname::demand::{PendingDemand, VerifiedDemand};
use realname::jose::Json;
use realname::profile::{Expectation, ReasonCode};
use realname::rely::{Answer, DemandRef, Limits, answer};
use realname::store::{MemoryStore, Store};
use realname::trust::{Anchor, TrustList};

use super::in_parts::{AwaitedMap, block_on, both};

/// Which time a context is read at: any at which it holds.
const NOW: i64 = 1_790_000_000;

struct Corpus {
    index: Json,
    anchors: Vec<Anchor>,
}

impl Corpus {
    fn open() -> Self {
        let index = Json::parse(read("index.json").as_bytes(), 1 << 22).unwrap();
        let anchors = Anchor::parse_all(read(text(&index, "anchor")).as_bytes()).unwrap();
        Self { index, anchors }
    }

    fn vectors(&self) -> &[Json] {
        self.index.member("vectors").and_then(Json::as_array).unwrap()
    }

    /// `accepted`, or the one reason; several reasons are joined, so that they never equal an expected code.
    fn judge(&self, vector: &Json) -> String {
        let now = at(vector.member("now").and_then(Json::as_integer).unwrap());
        let token = read(text(vector, "file"));
        match text(vector, "kind") {
            "trust_list" => self.judge_list(vector, &token, now),
            "demand" => {
                let list = self.list(vector);
                let verified = VerifiedDemand::verify(&token, &list, now);
                verified.map_or_else(|error| error.reason().unwrap().to_string(), |_| "accepted".into())
            }
            "presentation" => self.judge_presentation(vector, &token, now),
            other => panic!("{other}"),
        }
    }

    fn judge_list(&self, vector: &Json, token: &str, now: Timestamp) -> String {
        let store = MemoryStore::new();
        if let Some(seen) = vector.member("seen").and_then(Json::as_str) {
            TrustList::verify(&read(seen), &self.anchors, now, &store).unwrap();
        }
        let verified = TrustList::verify(token, &self.anchors, now, &store);
        verified.map_or_else(|error| error.reason().unwrap().to_string(), |_| "accepted".into())
    }

    fn judge_presentation(&self, vector: &Json, token: &str, now: Timestamp) -> String {
        let list = self.list(vector);
        let demand = read(text(vector, "demand"));
        let store = MemoryStore::new();
        let expectation = vector
            .member("expectation")
            .filter(|value| **value != Json::Null)
            .map(|value| Expectation::new(text(value, "name"), text(value, "id_number")));
        let asker = list.keys().iter().find(|record| record.iss() == "https://home.example").unwrap();
        let pending = PendingDemand::recall(&demand, asker.key(), expectation.as_ref()).unwrap();
        let state = vector.member("store").and_then(Json::as_str);
        let awaited = AwaitedMap::default();
        if state != Some("empty") {
            let _ = pending.keep(&store).unwrap();
            block_on(awaited.put(&pending));
        }
        let judge = || -> Answer {
            answer(&store, token, DemandRef::Demand(&demand), &list, now, &Limits::default()).unwrap()
        };
        if state == Some("answered") {
            assert!(judge().verdict.is_accepted());
        }
        let found = judge();
        self.judge_in_parts(&awaited, state == Some("answered"), (token, &demand), &list, now, &found);
        let is_answered = || {
            let entry = store.get(realname::demand::SPACE, pending.nonce().as_bytes()).unwrap();
            entry.is_some_and(|entry| entry.answer.is_some())
        };
        if found.verdict.is_accepted() {
            assert!(is_answered() && found.verdict.claims().is_some() && found.record.is_some());
            // What was accepted once is refused the second time, and its record audits.
            assert!(judge().verdict.has(ReasonCode::AlreadyAnswered));
            let audit = found.record.unwrap().audit(&list, &Limits::default());
            assert!(audit.is_accepted(), "{:?}", audit.reasons());
            return "accepted".into();
        }
        // A refusal shows no claim and uses nothing up.
        assert!(found.verdict.claims().is_none() && found.record.is_none());
        assert_eq!(is_answered(), state == Some("answered"));
        assert!(!serde_json::to_string(&found.verdict).unwrap().contains("测试"));
        let codes: Vec<_> = found.verdict.reasons().iter().map(|reason| reason.code.as_str()).collect();
        codes.join(" + ")
    }

    /// In parts it is the same decision, and of two that are in between at the same time one is accepted.
    fn judge_in_parts(
        &self,
        store: &AwaitedMap,
        answered: bool,
        (token, demand): (&str, &str),
        list: &TrustList,
        now: Timestamp,
        found: &Answer,
    ) {
        let decide = || store.decide(token, DemandRef::Demand(demand), list, now);
        if answered {
            assert!(block_on(decide()).unwrap().verdict.is_accepted());
        }
        let (one, other) = both(decide(), decide());
        let (one, other) = (one.unwrap(), other.unwrap());
        let json = |answer: &Answer| serde_json::to_value(&answer.verdict).unwrap();
        let bytes = |answer: &Answer| answer.record.as_ref().map(realname::rely::Record::to_bytes);
        assert_eq!((json(&one), bytes(&one)), (json(found), bytes(found)));
        if found.verdict.is_accepted() {
            assert!(other.verdict.has(ReasonCode::AlreadyAnswered) && other.record.is_none());
            assert!(other.verdict.claims().is_none() && other.verdict.recorded().is_some());
        } else {
            assert_eq!(json(&other), json(found));
        }
    }

    fn list(&self, vector: &Json) -> TrustList {
        TrustList::as_of(&read(text(vector, "trust_list")), &self.anchors, at(NOW)).unwrap()
    }
}

#[test]
fn every_vector_gets_the_verdict_expected() {
    let corpus = Corpus::open();
    let mut wrong = Vec::new();
    let mut codes: BTreeMap<String, usize> = BTreeMap::new();
    for vector in corpus.vectors() {
        let (expected, found) = (text(vector, "expect"), corpus.judge(vector));
        *codes.entry(expected.to_owned()).or_default() += 1;
        if found != expected {
            wrong.push(format!(
                "{} {}: expected {expected}, got {found}",
                text(vector, "number"),
                text(vector, "name")
            ));
        }
    }
    println!("{} vectors, {} codes: {codes:?}", corpus.vectors().len(), codes.len() - 1);
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    let refused = corpus.vectors().len() - codes["accepted"];
    assert!(refused >= 150, "only {refused} vectors are refused");
}

#[test]
fn every_refused_vector_has_an_accepted_twin() {
    let corpus = Corpus::open();
    let accepted: Vec<_> = corpus
        .vectors()
        .iter()
        .filter(|vector| text(vector, "expect") == "accepted")
        .map(|vector| (text(vector, "number"), text(vector, "kind")))
        .collect();
    for vector in corpus.vectors().iter().filter(|vector| text(vector, "expect") != "accepted") {
        assert!(accepted.contains(&(text(vector, "twin"), text(vector, "kind"))), "{}", text(vector, "name"));
    }
}

/// Whether a code is of no presentation, demand or list. The table goes on from there with records, which the relying party
/// makes itself (see the unit tests of `rely`), and with what `confirmation` and `cancellation` refuse, which test it.
fn is_elsewhere(code: ReasonCode) -> bool {
    code >= ReasonCode::RecordMalformed
}

#[test]
fn every_code_has_a_vector() {
    let corpus = Corpus::open();
    let expected: Vec<_> = corpus.vectors().iter().map(|vector| text(vector, "expect")).collect();
    for code in ReasonCode::ALL {
        assert_eq!(expected.contains(&code.as_str()), !is_elsewhere(*code), "{code}");
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn text<'a>(json: &'a Json, name: &str) -> &'a str {
    json.member(name).and_then(Json::as_str).unwrap_or_else(|| panic!("no {name}"))
}

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/vectors").join(name);
    std::fs::read_to_string(path).unwrap()
}
