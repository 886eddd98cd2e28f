//! Issuing and verifying against the raw Ed25519 operations that they contain: `cargo bench --bench tokens`.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods, missing_docs)]

#[path = "../examples/support/mod.rs"]
mod parties;
mod support;

use std::cell::Cell;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use ed25519_dalek::{Signature, SignatureError, Signer as _, SigningKey, Verifier as _, VerifyingKey};
use jiff::Timestamp;
use realname::appraisal::{Case, CaseRequest, ConsentGiven, OnSite, Policy, Verified};
use realname::attest::{Attestor, Terminal};
use realname::authority::DirectoryAuthority;
use realname::capture::{Intake, Slot};
use realname::demand::{DemandRequest, PendingDemand, VerifiedDemand};
use realname::jose::{Algorithm, decode};
use realname::profile::{Check, ClaimName, Env, Expectation, Purpose};
use realname::reader::ReadOptions;
use realname::rely::{Limits, UnverifiedPresentation};
use realname::store::MemoryStore;
use realname::trust::{Anchor, ListBuilder, ListEntry, TrustList};
use support::{compare, compare_timed, row, wanted};

/// Many short rounds: one that the machine interrupts is an outlier of the median, and not half of all. Issuing needs an
/// appraisal for each operation, which takes far longer than what is measured.
const ROUNDS: usize = 400;
const VERIFYING_ROUNDS: usize = 2000;
const BATCH: usize = 2;
/// Issued before the clock starts, on both sides.
const WARM: usize = 3;

fn main() {
    println!("| what | against | aim | found |\n|---|---|---|---|");
    if wanted("verifying") {
        verifying();
    }
    if wanted("issuing") {
        issuing();
    }
    if wanted("list") {
        long_list();
    }
}

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)).unwrap()
}

/// A batch, timed.
fn batch(mut work: impl FnMut()) -> Duration {
    let begin = Instant::now();
    (0..BATCH).for_each(|_| work());
    begin.elapsed()
}

fn verifying() {
    let now = Timestamp::from_second(1_790_000_030).unwrap();
    let anchors = Anchor::parse_all(read("vectors/anchor.json").as_bytes()).unwrap();
    let list = TrustList::as_of(&read("vectors/context/list-1.txt"), &anchors, now).unwrap();
    let asker = list.keys().iter().find(|record| record.iss() == "https://home.example").unwrap();
    let expectation = Expectation::new("测试甲", "119999199001010004");
    let demand = read("vectors/context/demand-1.txt");
    let pending = PendingDemand::recall(&demand, asker.key(), Some(&expectation)).unwrap();
    let presentation = read("vectors/001-onsite.txt");
    let ours = || {
        let parsed = UnverifiedPresentation::parse(black_box(&presentation)).unwrap();
        assert!(parsed.verify(&pending, &list, now, &Limits::default()).is_accepted());
    };
    // The raw operations: the issuer's signature, the session's key, the session's signature.
    let jwt = presentation.split('~').next().unwrap();
    let kb = presentation.rsplit('~').next().unwrap();
    let (issuer_message, issuer_signature) = raw(jwt);
    let (kb_message, kb_signature) = raw(kb);
    let issuer = key_of(&read("vectors/context/operator.json"));
    let issuer = VerifyingKey::from_bytes(&issuer).unwrap();
    let payload = String::from_utf8(decode(jwt.split('.').nth(1).unwrap()).unwrap()).unwrap();
    let session = key_of(&payload);
    type Verify = fn(&VerifyingKey, &[u8], &Signature) -> Result<(), SignatureError>;
    let raw = |verify: Verify| {
        verify(&issuer, black_box(issuer_message.as_bytes()), &issuer_signature).unwrap();
        let session = VerifyingKey::from_bytes(black_box(&session)).unwrap();
        verify(&session, kb_message.as_bytes(), &kb_signature).unwrap();
    };
    let against = |verify: Verify| compare_timed(VERIFYING_ROUNDS, || batch(ours), || batch(|| raw(verify)));
    let strict = against(VerifyingKey::verify_strict);
    row("verifying a presentation", "the Ed25519 operations in it, strict", "≤ 1.15 ×", &strict);
    // What takes R of small order as well, and so does less than what is verified here.
    let plain = against(VerifyingKey::verify);
    row("the same", "the operations without the checks of a strict verification", "–", &plain);
}

fn issuing() {
    let operator = parties::Party::new("https://operator.example").unwrap();
    let shop = parties::Party::new("https://shop.example").unwrap();
    let keys = [operator.attests(), shop.asks("Web shop (TEST)", &[Purpose::ServiceOrder])];
    let (anchor, list) = parties::trust_list(&keys, Timestamp::now()).unwrap();
    let store = MemoryStore::new();
    let list = TrustList::verify(&list, &[anchor], Timestamp::now(), &store).unwrap();
    let demand = DemandRequest::new(Purpose::ServiceOrder)
        .claim(ClaimName::Name)
        .claim(ClaimName::IdNumber)
        .check(Check::Chip)
        .env(Env::Test)
        .issue(shop.iss, &shop.key, &store, Timestamp::now())
        .unwrap();
    let asked = VerifiedDemand::verify(demand.as_str(), &list, Timestamp::now()).unwrap();
    let (_emulator, mut reader) = parties::reader_with(&read("cards/resident-bing.json")).unwrap();
    let card = reader.read_card(&ReadOptions::new()).unwrap();
    let photo = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/portraits/bing-live-2.jpg");
    let live = Intake::default().take(Slot::Live, std::fs::read(photo).unwrap(), Timestamp::now()).unwrap();
    let register = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/register.json");
    let register = DirectoryAuthority::open(&register).unwrap();
    let verified = || -> Verified {
        let consent = ConsentGiven::new("TEST", [Purpose::ServiceOrder], Timestamp::now());
        let evidence = OnSite::new(card.clone(), live.clone(), consent).unwrap();
        let request = CaseRequest::new(Purpose::ServiceOrder, Env::Test, Timestamp::now());
        Case::open(evidence, &Policy::on_site(), request).unwrap().decide(&register).unwrap()
    };
    let signer = realname::jose::SigningKey::generate(Algorithm::EdDsa).unwrap();
    let attestor = Attestor::new(operator.iss, signer, Terminal::new("till-3")).unwrap();
    let length = Cell::new((0, 0));
    let issue = |verified: Verified, now: Timestamp| {
        let attestation = attestor.attest(verified, &asked, now).unwrap();
        let presentation = attestation.present(&asked, now).unwrap();
        let kb = presentation.rsplit('~').next().unwrap().len();
        length.set((presentation.split('~').next().unwrap().len(), kb));
        black_box(presentation);
    };
    let ours = || {
        // The appraisals are made before the clock starts; they look at pictures, and leave nothing of ours in the caches.
        let mut ready: Vec<Verified> = (0..BATCH + WARM).map(|_| verified()).collect();
        let now = Timestamp::now();
        (0..WARM).for_each(|_| issue(ready.pop().unwrap(), now));
        batch(|| issue(ready.pop().unwrap(), now))
    };
    // The raw operations, over messages of the same length: the issuer's signature, the session's key made from the
    // system's randomness, its signature.
    let _ = ours();
    let issuer = SigningKey::from_bytes(&[7; 32]);
    let signed = |jwt: usize| vec![b'x'; jwt - 87];
    let (long, short) = (signed(length.get().0), signed(length.get().1));
    let raw = || {
        black_box(issuer.sign(black_box(&long)));
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).unwrap();
        let session = SigningKey::from_bytes(black_box(&seed));
        black_box(session.sign(black_box(&short)));
    };
    let peer = || {
        (0..WARM).for_each(|_| raw());
        batch(raw)
    };
    let found = compare_timed(ROUNDS, ours, peer);
    row("issuing and presenting", "the Ed25519 operations in it", "≤ 1.15 ×", &found);
    println!("\nissuer JWT {} bytes, key-binding JWT {} bytes", length.get().0, length.get().1);
}

/// A trust list as long as a country's, against reading its keys as points and hashing its text, which is what must be done.
fn long_list() {
    const KEYS: u32 = 20_000;
    let signer = realname::jose::SigningKey::from_ed25519_seed(&[1; 32]);
    let now = Timestamp::from_second(1_790_000_000).unwrap();
    let points: Vec<[u8; 32]> = (0..KEYS)
        .map(|number| {
            let mut seed = [2; 32];
            seed[..4].copy_from_slice(&number.to_be_bytes());
            SigningKey::from_bytes(&seed).verifying_key().to_bytes()
        })
        .collect();
    let list = points.iter().fold(ListBuilder::new("https://trust.example"), |list, point| {
        let key = realname::jose::VerifyingKey::from_ed25519(point).unwrap();
        list.entry(ListEntry::attesting("https://agent.example", key))
    });
    let compact = list.sign(&signer, now).unwrap().as_str().to_owned();
    let anchors =
        [Anchor::new(signer.verifying_key().clone(), jiff::Timestamp::UNIX_EPOCH, jiff::Timestamp::MAX)];
    let (message, signature) = raw(&compact);
    let anchor = SigningKey::from_bytes(&[1; 32]).verifying_key();
    let found = compare(
        10,
        || assert_eq!(TrustList::as_of(&compact, &anchors, now).unwrap().keys().len(), points.len()),
        || {
            anchor.verify_strict(message.as_bytes(), &signature).unwrap();
            for point in &points {
                black_box(VerifyingKey::from_bytes(point).unwrap());
            }
        },
    );
    row("a trust list of 20,000 keys", "its signature verified and its keys decompressed", "–", &found);
    println!("\ntrust list {} bytes", compact.len());
}

fn raw(jwt: &str) -> (String, Signature) {
    let (message, signature) = jwt.rsplit_once('.').unwrap();
    (message.to_owned(), Signature::from_slice(&decode(signature).unwrap()).unwrap())
}

/// The first `x` of a JSON text.
fn key_of(json: &str) -> [u8; 32] {
    let compact = json.replace(": ", ":");
    let x = compact.split("\"x\":\"").nth(1).unwrap().split('"').next().unwrap();
    decode(x).unwrap().try_into().unwrap()
}
