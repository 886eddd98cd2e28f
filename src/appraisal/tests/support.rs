//! Evidence for tests, on the fixtures' people.

use jiff::Timestamp;

use crate::appraisal::*;
use crate::authority::*;
use crate::capture::{Capture, Intake, Slot};
use crate::document::*;
use crate::profile::{Env, Purpose};

pub(super) fn now() -> Timestamp {
    "2026-11-21T08:00:00Z".parse().unwrap()
}

pub(super) fn ago(seconds: i64) -> Timestamp {
    now() - jiff::SignedDuration::from_secs(seconds)
}

pub(super) fn sam_id() -> SamId {
    "05.03-20161207-0000123456-1234567890".parse().unwrap()
}

pub(super) fn text(text: &str) -> CardText {
    CardText::from_units(&text.encode_utf16().collect::<Vec<_>>())
}

#[allow(clippy::field_reassign_with_default)] // It wipes itself when dropped, so it can't be built by update.
/// 测试甲, as the card fixtures have him.
pub(super) fn jia() -> DocumentParts {
    let mut parts = DocumentParts::default();
    parts.name = text("测试甲");
    parts.sex = Sex::Male;
    parts.ethnic_group = Some(EthnicGroup::from_code("01"));
    parts.birth_date = CardDate::parse("19900101");
    parts.address = Some(text("测试省测试市测试路1号"));
    parts.number = IdNumber::new("119999199001010004");
    parts.authority = Some(text("测试市公安局"));
    parts.valid_from = CardDate::parse("20200101");
    parts.valid_until = Some(ValidUntil::LongTerm);
    parts
}

/// A person of the register by number and validity; the rest as 甲.
pub(super) fn person(name: &str, number: &str, from: &str, until: &str) -> DocumentParts {
    let mut parts = jia();
    parts.name = text(name);
    parts.number = IdNumber::new(number);
    parts.birth_date = CardDate::parse(&number[6..14]);
    parts.sex = parts.number.sex().unwrap();
    parts.valid_from = CardDate::parse(from);
    parts.valid_until = CardDate::parse(until).map(ValidUntil::Day).or(Some(ValidUntil::LongTerm));
    parts
}

pub(super) fn read(document: DocumentParts, origin: Origin, read_at: Timestamp) -> CardRead {
    CardRead::from_session(CardReadParts {
        document: Document::from_card(document),
        photo: PhotoBlock::new(&[7; 1024]),
        fingerprints: Vec::new(),
        additional_addresses: Vec::new(),
        sam_id: sam_id(),
        origin,
        read_at,
        link: LinkStats::default(),
    })
}

#[allow(clippy::disallowed_methods)] // A test reads its fixture.
pub(super) fn live(name: &str, taken_at: Timestamp) -> Capture {
    let path = format!("{}/fixtures/portraits/{name}.jpg", env!("CARGO_MANIFEST_DIR"));
    Intake::default().take(Slot::Live, std::fs::read(path).unwrap(), taken_at).unwrap()
}

pub(super) fn consent(purpose: Purpose) -> ConsentGiven {
    ConsentGiven::new("I agree to this check. 本人同意核验。", [purpose], ago(40))
}

pub(super) fn on_site(document: DocumentParts, photo: &str, origin: Origin) -> OnSite {
    let card = read(document, origin, ago(30));
    OnSite::new(card, live(photo, ago(10)), consent(Purpose::SimCancel)).unwrap()
}

pub(super) fn request(env: Env) -> CaseRequest {
    CaseRequest::new(Purpose::SimCancel, env, now())
}

/// A test case of 甲 with his own live photo.
pub(super) fn open() -> Case {
    Case::open(on_site(jia(), "jia-live-1", Origin::Emulated), &Policy::on_site(), request(Env::Test))
        .unwrap()
}

pub(super) fn register() -> DirectoryAuthority {
    let path = format!("{}/fixtures/register.json", env!("CARGO_MANIFEST_DIR"));
    DirectoryAuthority::open(std::path::Path::new(&path)).unwrap()
}

/// What a register says when everything is right.
pub(super) fn all_right(case: &Case) -> Finding {
    yes_to(case.query())
}

pub(super) fn yes_to(query: &Query) -> Finding {
    let mut finding = Finding::new(Subject::Found, Meta::new("TEST-by-hand", query, now()));
    finding.attributes.name = Attribute::Match;
    finding.attributes.id_number = Attribute::Match;
    finding.attributes.valid_from = Attribute::Match;
    finding.attributes.valid_until = Attribute::Match;
    finding.document = DocumentStatus::Valid;
    finding.face = Face::Same;
    finding
}

pub(super) fn refused(result: Result<Verified, DecideError>) -> Refusal {
    match result {
        Err(DecideError::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

pub(super) fn outcome(refusal: &Refusal, check: crate::profile::Check) -> crate::profile::Outcome {
    refusal.checks().iter().find(|report| report.check == check).unwrap().outcome
}
