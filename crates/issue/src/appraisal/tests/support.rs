//! Evidence for tests, on the fixtures' people.

use jiff::Timestamp;

use crate::appraisal::*;
use crate::authority::*;
use crate::capture::{Capture, Intake, Slot};
use crate::document::*;
use crate::profile::{Env, Purpose};
use realname_card::reader::ReadOptions;
use realname_card::reader::emulator::{Card, Emulator, EmulatorConfig};
use realname_card::reader::session::SessionConfig;

#[path = "../../../../testkit/src/wire.rs"]
pub(super) mod wire;

pub(super) fn now() -> Timestamp {
    "2026-11-21T08:00:00Z".parse().unwrap()
}

pub(super) fn ago(seconds: i64) -> Timestamp {
    now() - jiff::SignedDuration::from_secs(seconds)
}

pub(super) fn sam_id() -> SamId {
    "05.03-20161207-0000123456-1234567890".parse().unwrap()
}

/// What is on a card, as the chip has it: codes and dates as text, blank where the kind has no such field.
#[derive(Clone)]
pub(super) struct Printed {
    pub(super) kind: DocumentKind,
    pub(super) name: String,
    pub(super) sex: &'static str,
    pub(super) birth: String,
    pub(super) address: &'static str,
    pub(super) number: String,
    pub(super) authority: &'static str,
    pub(super) from: String,
    pub(super) until: String,
}

impl Printed {
    fn block(&self) -> [u8; 256] {
        let Self { kind, name, sex, birth, address, number, authority, from, until } = self;
        let shared = [(name.as_str(), 30), (sex, 2)];
        let (birth, number, from, until) = ((birth.as_str(), 16), (number.as_str(), 36), from, until);
        let (from, until) = ((from.as_str(), 16), (until.as_str(), 16));
        let rest: &[(&str, usize)] = match kind {
            DocumentKind::ResidencePermit => &[
                ("", 4),
                birth,
                (address, 70),
                number,
                (authority, 30),
                from,
                until,
                ("H00000000", 18),
                ("01", 4),
                ("", 6),
                ("J", 2),
                ("", 6),
            ],
            DocumentKind::PermanentResident2023 => &[
                ("01", 4),
                birth,
                ("TEST, SPECIMEN", 70),
                number,
                ("", 30),
                from,
                until,
                ("", 22),
                ("UTO", 6),
                ("Y", 2),
                ("011", 6),
            ],
            _ => &[("01", 4), birth, (address, 70), number, (authority, 30), from, until, ("", 36)],
        };
        wire::block(&[&shared[..], rest].concat())
    }
}

/// 测试甲, as the card fixtures have him.
pub(super) fn jia() -> Printed {
    Printed {
        kind: DocumentKind::Resident,
        name: "测试甲".into(),
        sex: "1",
        birth: "19900101".into(),
        address: "测试省测试市测试路1号",
        number: "119999199001010004".into(),
        authority: "测试市公安局",
        from: "20200101".into(),
        until: "长期".into(),
    }
}

/// A person of the register by number and validity; the rest as 甲.
pub(super) fn person(name: &str, number: &str, from: &str, until: &str) -> Printed {
    Printed {
        name: name.into(),
        sex: if IdNumber::new(number).sex() == Some(Sex::Female) { "2" } else { "1" },
        birth: number[6..14].into(),
        number: number.into(),
        from: from.into(),
        until: if until == "long" { "长期" } else { until }.into(),
        ..jia()
    }
}

/// Read off the emulator by the session, as from a line of that origin.
pub(super) fn read(printed: Printed, origin: Origin, read_at: Timestamp) -> CardRead {
    read_block(printed.block(), origin, read_at)
}

pub(super) fn read_block(block: [u8; 256], origin: Origin, read_at: Timestamp) -> CardRead {
    let mut emulator = Emulator::new(EmulatorConfig::default());
    emulator.place(Card::from_block(block));
    let config = SessionConfig::new().origin(origin);
    #[allow(clippy::disallowed_methods)] // Where virtual time begins doesn't matter.
    let began = std::time::Instant::now();
    emulator.read_in_virtual_time(config, ReadOptions::new(), began).unwrap().read_at(read_at)
}

#[allow(clippy::disallowed_methods)] // A test reads its fixture.
pub(super) fn live(name: &str, taken_at: Timestamp) -> Capture {
    let path = format!("{}/../../fixtures/portraits/{name}.jpg", env!("CARGO_MANIFEST_DIR"));
    Intake::default().take(Slot::Live, std::fs::read(path).unwrap(), taken_at).unwrap()
}

pub(super) fn consent(purpose: Purpose) -> ConsentGiven {
    ConsentGiven::new("I agree to this check. 本人同意核验。", [purpose], ago(40))
}

pub(super) fn on_site(printed: Printed, photo: &str, origin: Origin) -> OnSite {
    let card = read(printed, origin, ago(30));
    OnSite::new(card, live(photo, ago(10)), consent(Purpose::SimCancel)).unwrap()
}

/// As [`on_site`], of somebody who agreed that registers are told the phone number.
pub(super) fn on_site_with_phone(printed: Printed, photo: &str) -> OnSite {
    let (card, agreed) = (read(printed, Origin::Emulated, ago(30)), consent(Purpose::SimCancel));
    OnSite::new(card, live(photo, ago(10)), agreed.with_phone_number()).unwrap()
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
    let path = format!("{}/../../fixtures/register.json", env!("CARGO_MANIFEST_DIR"));
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
