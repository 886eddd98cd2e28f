//! What the parties do, for real: a serial port, files, a register, signatures.

use std::time::Instant;

use jiff::Timestamp;
use realname::appraisal::{Case, CaseRequest, ConsentGiven, OnSite, Policy, Verified};
use realname::authority::DirectoryAuthority;
use realname::capture::{Intake, Slot};
use realname::demand::{DemandRequest, VerifiedDemand};
use realname::document::CardRead;
use realname::profile::{Check, Env, Expectation, Outcome, Purpose};
use realname::reader::{ReadOptions, Reader};
use realname::rely::{DemandRef, Limits, answer};

use super::stage::{CONSENT, Person, Stage};
use super::telling::{Line, say, say_checks, say_verdict, step, with};
use crate::failure::Failure;
use crate::{files, lang, words};

/// The home side asks, and keeps to itself who it has to be.
pub(super) fn ask(stage: &Stage, holder: &Person) -> Result<String, Failure> {
    let demand = DemandRequest::new(Purpose::SimCancel)
        .number("+8613900000001")
        .text("Cancel the number +86 139 0000 0001 (TEST)")
        .expectation(Expectation::new(holder.name, holder.number))
        .check(Check::Chip)
        .check(Check::Registry)
        .env(Env::Test)
        .issue(stage.home.iss, &stage.home.key, &stage.store, Timestamp::now())?;
    files::write(&stage.file("demand.jwt"), demand.as_str().as_bytes())?;
    let size = demand.as_str().len();
    say(
        lang::pick("demand", "请求"),
        &format!("sim.cancel +8613900000001, nonce {}, {size} bytes", demand.nonce()),
    );
    say(
        lang::pick("kept at home", "留存本地"),
        lang::pick("whose number it is; it is never sent", "号码归属人信息，从不发送"),
    );
    Ok(demand.as_str().to_owned())
}

/// The desk judges who asks.
pub(super) fn judge(stage: &Stage, demand: &str) -> Result<VerifiedDemand, Failure> {
    let demand = VerifiedDemand::verify(demand, &stage.list, Timestamp::now())?;
    say(lang::pick("who asks", "请求方"), &format!("{} ({})", demand.display_name(), demand.iss()));
    say(lang::pick("will be disclosed", "将披露"), &words::claims(demand.claims()));
    Ok(demand)
}

/// The whole work of the desk, told step by step from `number` on.
pub(super) fn attest_in_steps(
    stage: &Stage,
    person: &Person,
    demand: &VerifiedDemand,
    number: usize,
) -> Result<String, Failure> {
    step(number, lang::pick("the reader reads the card", "读卡器读取证件"));
    let begin = Instant::now();
    let card = read(stage, person)?;
    let document = card.document();
    say(lang::pick("SAM id", "SAM 编号"), &card.sam_id().to_string());
    let (name, digits) = (document.name().as_str(), document.number().as_str());
    say(lang::pick("card", "证件"), &format!("{name}, {digits}, {}", document.kind()));
    let took = begin.elapsed();
    let read = format!("{took:.0?}, {} bytes of photo, origin {}", card.photo().bytes().len(), card.origin());
    say(lang::pick("read in", "读取用时"), &read);

    let title = lang::pick(
        "a photo is taken, the register is asked, the policy decides",
        "拍照、查询登记系统、按策略判定",
    );
    step(number + 1, title);
    say(lang::pick("live photo", "现场照片"), person.live);
    let verified = appraise(stage, card, person, demand)?;
    say_checks(verified.checks());
    let policy = verified.policy();
    say(lang::pick("policy", "策略"), &format!("{}, version {}", policy.id, policy.version));

    step(number + 2, lang::pick("the desk signs, and presents it for this demand", "受理点签名并出示"));
    let presentation = present(stage, verified, demand, "presentation")?;
    say(lang::pick("presentation", "凭证"), &format!("{} bytes", presentation.len()));
    Ok(presentation)
}

/// The same work in one line.
pub(super) fn attest(
    stage: &Stage,
    person: &Person,
    demand: &VerifiedDemand,
    file: &str,
) -> Result<String, Failure> {
    let card = read(stage, person)?;
    let verified = appraise(stage, card, person, demand)?;
    let passed = with(verified.checks(), Outcome::Pass);
    say(lang::pick("the desk checks", "受理点核验"), &format!("{}: {passed}", person.name));
    present(stage, verified, demand, file)
}

fn read(stage: &Stage, person: &Person) -> Result<CardRead, Failure> {
    stage.place(person);
    // Through the operating system's serial port, as any reader.
    let mut reader = Reader::open_serial(stage.port(), Some(115_200))?;
    Ok(reader.read_card(&ReadOptions::new())?)
}

fn appraise(
    stage: &Stage,
    card: CardRead,
    person: &Person,
    demand: &VerifiedDemand,
) -> Result<Verified, Failure> {
    let bytes = files::read(&stage.file(person.live))?.to_vec();
    let live = Intake::default().take_named(Slot::Live, person.live, bytes, Timestamp::now())?;
    let consent = ConsentGiven::new(CONSENT, [demand.purpose().clone()], Timestamp::now());
    let register = DirectoryAuthority::open(&stage.file("register.json")).map_err(|error| {
        Failure::trouble("register", error, lang::pick("run the demo again", "请重新运行演示"))
    })?;
    let evidence = OnSite::new(card, live, consent).map_err(unexpected)?;
    let request = CaseRequest::new(demand.purpose().clone(), Env::Test, Timestamp::now());
    let case = Case::open(evidence, &Policy::on_site(), request).map_err(unexpected)?;
    case.decide(&register).map_err(unexpected)
}

fn present(
    stage: &Stage,
    verified: Verified,
    demand: &VerifiedDemand,
    file: &str,
) -> Result<String, Failure> {
    let now = Timestamp::now();
    let presentation = stage.attestor.attest(verified, demand, now)?.present(demand, now)?;
    files::write(&stage.file(file), presentation.as_bytes())?;
    Ok(presentation)
}

/// The home side decides; an accepted verdict is kept without anything personal.
pub(super) fn decide(
    stage: &Stage,
    what: &'static str,
    presentation: &str,
    expected: &'static [&'static str],
) -> Result<Line, Failure> {
    let begin = Instant::now();
    let answer = answer(
        &stage.store,
        presentation,
        DemandRef::ByPresentation,
        &stage.list,
        Timestamp::now(),
        &Limits::default(),
    )?;
    let took = begin.elapsed();
    if let Some(record) = &answer.record {
        files::write(&stage.file("record.json"), &record.to_bytes())?;
    }
    say_verdict(&answer.verdict);
    say(lang::pick("decided in", "判定用时"), &format!("{took:.1?}"));
    let codes = answer.verdict.reasons().iter().map(|reason| reason.code).collect();
    Ok(Line { what, accepted: answer.verdict.is_accepted(), codes, expected })
}

pub(super) fn unexpected(error: impl std::fmt::Display) -> Failure {
    Failure::refused(
        "demo",
        error,
        lang::pick("the demo went otherwise than it should: please report it", "演示结果与预期不符，请反馈"),
    )
}
