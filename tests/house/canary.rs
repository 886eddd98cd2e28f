//! No personal value appears in any `Debug` or `Display` of any public type that can hold one, at any step of the flow.
//!
//! The values planted are those of a synthetic card. They are looked for as text, as the UTF-16 that cards hold (shown as
//! decimal or hexadecimal bytes), and as base64url.

use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use realname::appraisal::{Case, CaseRequest, ConsentGiven, Evidence, OnSite, Policy};
use realname::attest::{Attestor, Terminal};
use realname::authority::{Authority, DirectoryAuthority};
use realname::capture::{Intake, Slot};
use realname::demand::{DemandRequest, PendingDemand, VerifiedDemand};
use realname::document::{IdNumber, Personal};
use realname::jose::{Algorithm, SigningKey, decode, encode};
use realname::profile::{ClaimName, Env, Expectation, Purpose};
use realname::reader::emulator::{Card, Emulator, EmulatorConfig, RunningEmulator};
use realname::reader::session::{Request, Session, SessionConfig};
use realname::reader::transport::{Recorder, Replay, Transport};
use realname::reader::{ReadOptions, Reader};
use realname::rely::{DemandRef, Limits, UnverifiedPresentation, answer, inspect};
use realname::sd_jwt::Combined;
use realname::store::{MemoryStore, Store};
use realname::trust::{Anchor, ListBuilder, ListEntry, TrustList};

const NAME: &str = "测试甲";
const NUMBER: &str = "119999199001010004";
const ADDRESS: &str = "测试省测试市测试路1号";
const BIRTH: &str = "1990-01-01";
const PHONE: &str = "+8613900000001";

/// Collects everything that is shown, and says in which type a planted value was found.
#[derive(Default)]
struct Watch {
    seen: usize,
    found: Vec<String>,
}

impl Watch {
    fn look(&mut self, what: &str, value: &dyn Debug) {
        self.search(what, &format!("{value:?}"));
        self.search(what, &format!("{value:#?}"));
    }

    fn search(&mut self, what: &str, shown: &str) {
        self.seen += 1;
        let squeezed: String =
            shown.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
        for value in [NAME, NUMBER, ADDRESS, BIRTH, "19900101", PHONE] {
            for form in forms(value) {
                if squeezed.contains(&form.to_lowercase()) {
                    self.found.push(format!("{what} shows {value} as {form}: {shown}"));
                }
            }
        }
    }
}

/// How a value could be written out.
fn forms(value: &str) -> Vec<String> {
    let utf16: Vec<u8> = value.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let listed = |bytes: &[u8]| bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(",");
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    vec![
        value.to_owned(),
        listed(value.as_bytes()),
        hex(value.as_bytes()),
        listed(&utf16),
        hex(&utf16),
        // The middle of a longer base64 text, whatever stands before it.
        encode(&value.as_bytes()[..value.len() / 3 * 3]),
    ]
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

#[test]
fn the_watch_sees_what_it_looks_for() {
    let utf16: Vec<u8> = NAME.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let shown: [&dyn Debug; 4] = [&NAME, &utf16, &NAME.as_bytes(), &encode(NUMBER.as_bytes())];
    for value in shown {
        let mut watch = Watch::default();
        watch.look("planted", value);
        assert!(!watch.found.is_empty(), "{value:?} wasn't seen");
    }
}

#[test]
#[allow(clippy::disallowed_methods)]
fn nothing_personal_is_shown() {
    let mut watch = Watch::default();
    let now = Timestamp::now();

    // The reader's side.
    let json = std::fs::read_to_string(fixture("cards/resident.json")).unwrap();
    let emulated = Card::from_json(&json).unwrap();
    watch.look("emulator::Card", &emulated);
    let (emulator, line) = RunningEmulator::in_memory(Emulator::new(EmulatorConfig::default()));
    emulator.place(emulated);
    let recorder = Recorder::new(line);
    watch.look("Recorder", &recorder);
    let mut reader = Reader::new(recorder);
    let card = reader.read_card(&ReadOptions::new()).unwrap();
    watch.look("Reader", &reader);
    watch.look("CardRead", &card);
    watch.look("Document", card.document());
    watch.look("CardText", card.document().name());
    watch.look("IdNumber", card.document().number());
    watch.look("PlainDocument", &card.document().to_plain());
    watch.look("PhotoBlock", card.photo());
    watch.look("ValidUntil", &card.document().valid_until());
    watch.look("EthnicGroup", &card.document().ethnic_group());
    watch.look("Personal", &Personal::from(NAME));
    watch.look("IdNumber of text", &IdNumber::new(NUMBER));
    half_a_reply(&mut watch);

    // Evidence and appraisal.
    let photo = std::fs::read(fixture("portraits/jia-live-1.jpg")).unwrap();
    let live = Intake::default().take(Slot::Live, photo, now).unwrap();
    watch.look("Capture", &live);
    let register = DirectoryAuthority::open(&fixture("register.json")).unwrap();
    watch.look("DirectoryAuthority", &register);
    let consent = ConsentGiven::new("TEST", [Purpose::SimCancel], now).with_phone_number();
    let on_site = OnSite::new(card, live, consent).unwrap();
    watch.look("OnSite", &on_site);
    watch.look("Evidence", &Evidence::from(on_site.clone()));
    let request = CaseRequest::new(Purpose::SimCancel, Env::Test, now).phone_number(PHONE);
    watch.look("CaseRequest", &request);
    let case = Case::open(on_site.clone(), &Policy::on_site(), request).unwrap();
    watch.look("Case", &case);
    watch.look("Query", case.query());
    watch.look("Finding", &register.ask(case.query()).unwrap());
    let verified = case.decide(&register).unwrap();
    watch.look("Verified", &verified);
    watch.look("Facts", verified.facts());

    // A refusal and a set-up error.
    let other = std::fs::read(fixture("portraits/bing-live-1.jpg")).unwrap();
    let other = Intake::default().take(Slot::Live, other, now).unwrap();
    let consent = ConsentGiven::new("TEST", [Purpose::SimCancel], now);
    let mismatch = OnSite::new(on_site.card().clone(), other, consent).unwrap();
    let refused =
        Case::open(mismatch, &Policy::on_site(), CaseRequest::new(Purpose::SimCancel, Env::Test, now))
            .unwrap()
            .decide(&register)
            .unwrap_err();
    watch.look("DecideError", &refused);
    watch.search("DecideError", &refused.to_string());
    let production = CaseRequest::new(Purpose::SimCancel, Env::Production, now);
    let refused = Case::open(on_site, &Policy::on_site(), production).unwrap_err();
    watch.look("CaseError", &refused);
    watch.search("CaseError", &refused.to_string());

    // Tokens.
    tokens(&mut watch, verified, now);

    assert!(watch.seen > 60, "only {} texts were looked at", watch.seen);
    assert!(watch.found.is_empty(), "{}", watch.found.join("\n"));
}

/// A session that holds half a reply in its buffer.
#[allow(clippy::disallowed_methods)]
fn half_a_reply(watch: &mut Watch) {
    let json = std::fs::read_to_string(fixture("cards/resident.json")).unwrap();
    let mut emulator = Emulator::new(EmulatorConfig::default());
    emulator.place(Card::from_json(&json).unwrap());
    let now = Instant::now();
    let mut session = Session::new(SessionConfig::new());
    session.start(now, Request::Read(ReadOptions::new())).unwrap();
    let mut halved = false;
    for _ in 0..100 {
        while let Some(bytes) = session.poll_transmit() {
            emulator.handle_input(now, &bytes);
        }
        let Some(bytes) = emulator.poll_output(now) else { break };
        watch.look("Emulator", &emulator);
        if bytes.len() > 1000 {
            session.handle_input(now, &bytes[..700]);
            watch.look("Session with half a reply", &session);
            session.handle_input(now, &bytes[700..]);
            watch.look("Session with a reply", &session);
            halved = true;
        } else {
            session.handle_input(now, &bytes);
        }
        while let Some(event) = session.poll_event() {
            watch.look("session::Event", &event);
        }
    }
    assert!(halved, "the card's reply never came");

    // A recording of a whole reading, as a transport.
    let (running, line) = RunningEmulator::in_memory(Emulator::new(EmulatorConfig::default()));
    running.place(Card::from_json(&json).unwrap());
    let mut recorder = Recorder::new(line);
    let _ = recorder.write(&[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x20, 0x01, 0x22]);
    watch.look("Recording", recorder.recording());
    watch.look("Replay", &Replay::new(recorder.recording().clone()));
}

fn tokens(watch: &mut Watch, verified: realname::appraisal::Verified, now: Timestamp) {
    let key = |_| SigningKey::generate(Algorithm::EdDsa).unwrap();
    let [anchor, home, far] = [(), (), ()].map(key);
    watch.look("SigningKey", &anchor);
    let asks = ListEntry::asking(
        "https://home.example",
        home.verifying_key().clone(),
        "Home (TEST)",
        [Purpose::SimCancel],
        ClaimName::ALL,
    );
    let list = ListBuilder::new("https://trust.example")
        .entry(ListEntry::attesting("https://far.example", far.verifying_key().clone()))
        .entry(asks);
    watch.look("ListBuilder", &list);
    let list = list.sign(&anchor, now).unwrap();
    watch.look("SignedList", &list);
    let list = list.as_str();
    let anchors = [Anchor::new(
        anchor.verifying_key().clone(),
        now - SignedDuration::from_secs(1),
        now + SignedDuration::from_mins(10),
    )];
    let store = MemoryStore::new();
    let list = TrustList::verify(list, &anchors, now, &store).unwrap();
    watch.look("TrustList", &list);

    let expectation = Expectation::new(NAME, NUMBER);
    watch.look("Expectation", &expectation);
    watch.look("SaltedExpectation", &expectation.salted([7; 16]));
    let mut request = DemandRequest::new(Purpose::SimCancel)
        .number(PHONE)
        .expectation(expectation)
        .env(Env::Test)
        .after_demand(false);
    for claim in [ClaimName::Birthdate, ClaimName::Address, ClaimName::Gender, ClaimName::DocumentExpiry] {
        request = request.claim(claim);
    }
    watch.look("DemandRequest", &request);
    let demand = request.issue("https://home.example", &home, &store, now).unwrap();
    watch.look("Demand", &demand);
    let kept = PendingDemand::load(&store, demand.nonce()).unwrap().unwrap();
    watch.look("PendingDemand", &kept.pending);
    watch.look("demand::Kept", &kept);
    let entry = store.get(realname::demand::SPACE, demand.nonce().as_bytes()).unwrap().unwrap();
    watch.look("store::Entry", &entry);
    watch.look("MemoryStore", &store);
    let asked = VerifiedDemand::verify(demand.as_str(), &list, now).unwrap();
    watch.look("VerifiedDemand", &asked);
    watch.look("Transaction", &asked.transaction());

    let now = Timestamp::now();
    let desk = Attestor::new("https://far.example", far, Terminal::new("desk-7")).unwrap();
    watch.look("Attestor", &desk);
    let attestation = desk.attest(verified, &asked, now).unwrap();
    watch.look("Attestation", &attestation);
    let presentation = attestation.present(&asked, now).unwrap();
    watch.look("UnverifiedPresentation", &UnverifiedPresentation::parse(&presentation).unwrap());
    let combined = Combined::parse(&presentation).unwrap();
    watch.look("Combined", &combined);
    watch.look("inspect", &inspect(&presentation).unwrap());

    let answered =
        answer(&store, &presentation, DemandRef::ByPresentation, &list, now, &Limits::default()).unwrap();
    assert!(answered.verdict.is_accepted(), "{:?}", answered.verdict);
    watch.look("Answer", &answered);
    watch.look("Disclosed", &answered.verdict.claims().unwrap());
    let record = answered.record.unwrap();
    watch.look("Record", &record);
    watch.look("RecordedVerdict", &record.verdict());
    // A record is kept for years: it names nobody. The demand in it has the phone number; when that was erased, nothing
    // personal is left at all.
    let kept = String::from_utf8(record.to_bytes()).unwrap();
    let (_, rest) = kept.split_once("\"demand\":\"").unwrap();
    let payload = decode(rest.split('.').nth(1).unwrap()).unwrap();
    let demanded = String::from_utf8(payload).unwrap();
    assert!(demanded.contains(PHONE));
    watch.search("the demand without its number", &demanded.replace(PHONE, ""));
    watch.search("the record's own text", &kept);
    let erased = String::from_utf8(record.erase().to_bytes()).unwrap();
    assert!(!erased.contains("\"demand\""));
    watch.search("the erased record's own text", &erased);
    watch.search("the recorded verdict", &format!("{:?}", record.audit(&list, &Limits::default())));
    let again =
        answer(&store, &presentation, DemandRef::ByPresentation, &list, now, &Limits::default()).unwrap();
    watch.look("a refused Answer", &again);
    watch.search("a refused verdict's JSON", &serde_json::to_string(&again.verdict).unwrap());
}
