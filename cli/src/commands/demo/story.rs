//! The story itself, step by step.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use realname::appraisal::{Case, CaseRequest, ConsentGiven, OnSite, Policy, Verified};
use realname::authority::DirectoryAuthority;
use realname::capture::{Intake, Slot};
use realname::demand::{DemandRequest, VerifiedDemand};
use realname::document::CardRead;
use realname::profile::{Check, CheckResult, Env, Expectation, Outcome, Purpose};
use realname::reader::{ReadOptions, Reader};
use realname::rely::{Asked, Limits, Verdict, answer};

use super::stage::{CONSENT, Person, Stage};
use crate::args::DemoArgs;
use crate::commands::{Done, done};
use crate::errors::clerk_text;
use crate::failure::Failure;
use crate::output::{self, Tone, paint};
use crate::{files, lang};

/// One line of the table at the end.
struct Line {
    what: &'static str,
    verdict: Verdict,
    took: Duration,
}

pub(super) fn run(args: &DemoArgs) -> Done {
    let stage = Stage::set(args.dir.as_deref())?;
    intro(&stage);
    let mut lines = Vec::new();

    step("1", lang::pick("the home province asks", "归属地发出请求"));
    let first = ask(&stage, &stage.jia)?;

    step("2", lang::pick("the desk in the other province judges who asks", "异地受理点核验请求方"));
    let demand = judge(&stage, &first)?;

    step("3", lang::pick("the reader reads the card", "读卡器读取证件"));
    let card = read(&stage, &stage.jia)?;

    step(
        "4",
        lang::pick(
            "a photo is taken, the register is asked, the policy decides",
            "拍照、查询登记系统、按策略判定",
        ),
    );
    let verified = appraise(&stage, card, &stage.jia, &demand)?;

    step("5", lang::pick("the desk signs, and presents it for this demand", "受理点签名并出示"));
    let presentation = present(&stage, verified, &demand, "presentation")?;

    step("6", lang::pick("the home province decides", "归属地判定"));
    lines.push(decide(&stage, "the holder, the first time", &presentation)?);

    step("7", lang::pick("the same presentation again", "同一凭证再次出示"));
    lines.push(decide(&stage, "the same presentation again", &presentation)?);

    step(
        "8",
        lang::pick("another person's genuine card answers the same demand", "他人的真实证件应答同一请求"),
    );
    let card = read(&stage, &stage.bing)?;
    let verified = appraise(&stage, card, &stage.bing, &demand)?;
    let other = present(&stage, verified, &demand, "presentation-other")?;
    lines.push(decide(&stage, "another person, the same demand", &other)?);

    step(
        "9",
        lang::pick("the number is asked about anew, and the other person is first", "重新请求，他人抢先应答"),
    );
    let second = ask(&stage, &stage.jia)?;
    let demand = judge(&stage, &second)?;
    let card = read(&stage, &stage.bing)?;
    let verified = appraise(&stage, card, &stage.bing, &demand)?;
    let other = present(&stage, verified, &demand, "presentation-other-2")?;
    lines.push(decide(&stage, "another person, a fresh demand", &other)?);
    let card = read(&stage, &stage.jia)?;
    let verified = appraise(&stage, card, &stage.jia, &demand)?;
    let own = present(&stage, verified, &demand, "presentation-2")?;
    lines.push(decide(&stage, "the holder, who can still answer it", &own)?);

    step("10", lang::pick("the terminal's trust list no longer has that asker", "信任列表中已移除该请求方"));
    match judge_without_asker(&stage, &second) {
        Err(refused) => say("no card is read", &refused.to_string()),
        Ok(_) => return Err(unexpected("an asker who isn't listed was believed")),
    }
    finish(&stage, &lines)
}

fn intro(stage: &Stage) {
    output::line(paint(
        Tone::Warn,
        lang::pick(
            "All people, cards, portraits and keys here are synthetic. TEST only: it proves nothing about anybody.",
            "以下人员、证件、照片和密钥均为虚构，仅供测试，不证明任何事实。",
        ),
    ));
    say("reader in software", &stage.port());
    say("files", &stage.dir().display().to_string());
}

fn ask(stage: &Stage, holder: &Person) -> Result<String, Failure> {
    let demand = DemandRequest::new(Purpose::SimCancel)
        .number("+8613900000001")
        .text("Cancel the number +86 139 0000 0001 (TEST)")
        .expectation(Expectation::new(holder.name, holder.number))
        .check(Check::Chip)
        .check(Check::Registry)
        .env(Env::Test)
        .issue(stage.home.iss, &stage.home.key, &stage.store, Timestamp::now())?;
    files::write(&stage.file("demand.jwt"), demand.as_str().as_bytes())?;
    say("demand", &format!("sim.cancel, nonce {}, {} bytes", demand.nonce(), demand.as_str().len()));
    say("kept at home", "whose number it is; it is never sent");
    Ok(demand.as_str().to_owned())
}

fn judge(stage: &Stage, demand: &str) -> Result<VerifiedDemand, Failure> {
    let demand = VerifiedDemand::verify(demand, &stage.list, Timestamp::now())?;
    say("who asks", &format!("{} ({})", demand.display_name(), demand.iss()));
    let claims: Vec<_> = demand.claims().iter().map(|claim| claim.as_str()).collect();
    say("will be disclosed", &claims.join(", "));
    Ok(demand)
}

fn judge_without_asker(stage: &Stage, demand: &str) -> Result<VerifiedDemand, Failure> {
    Ok(VerifiedDemand::verify(demand, &stage.list_without_asker, Timestamp::now())?)
}

fn read(stage: &Stage, person: &Person) -> Result<CardRead, Failure> {
    stage.place(person);
    let begin = Instant::now();
    // Through the operating system's serial port, as any reader.
    let mut reader = Reader::open_serial(stage.port(), Some(115_200))?;
    let card = reader.read_card(&ReadOptions::new())?;
    say("SAM id", &card.sam_id().to_string());
    say(
        "card",
        &format!(
            "{}, {}, {} (read in {:.0?}, {} byte photo block, origin {})",
            card.document().name().as_str(),
            card.document().number().as_str(),
            card.document().kind(),
            begin.elapsed(),
            card.photo().bytes().len(),
            card.origin()
        ),
    );
    Ok(card)
}

fn appraise(
    stage: &Stage,
    card: CardRead,
    person: &Person,
    demand: &VerifiedDemand,
) -> Result<Verified, Failure> {
    let photo = stage.file(person.live);
    let live = Intake::default().take_named(
        Slot::Live,
        person.live,
        files::read(&photo)?.to_vec(),
        Timestamp::now(),
    )?;
    say("live photo", &format!("{} ({} × {})", photo.display(), live.width(), live.height()));
    let consent = ConsentGiven::new(CONSENT, [demand.purpose().clone()], Timestamp::now());
    let register = DirectoryAuthority::open(&stage.file("register.json"))
        .map_err(|error| Failure::trouble("register", error, "run the demo again"))?;
    let evidence = OnSite::new(card, live, consent).map_err(unexpected)?;
    let request = CaseRequest::new(demand.purpose().clone(), Env::Test, Timestamp::now());
    let verified = Case::open(evidence, &Policy::on_site(), request)
        .map_err(unexpected)?
        .decide(&register)
        .map_err(unexpected)?;
    say_checks(verified.checks());
    say("policy", &format!("{}, version {}", verified.policy().id, verified.policy().version));
    Ok(verified)
}

fn present(
    stage: &Stage,
    verified: Verified,
    demand: &VerifiedDemand,
    name: &str,
) -> Result<String, Failure> {
    let now = Timestamp::now();
    let presentation = stage.attestor.attest(verified, demand, now)?.present(demand, now)?;
    files::write(&stage.file(name), presentation.as_bytes())?;
    say("presentation", &format!("{} bytes, {}", presentation.len(), stage.file(name).display()));
    Ok(presentation)
}

fn decide(stage: &Stage, what: &'static str, presentation: &str) -> Result<Line, Failure> {
    let begin = Instant::now();
    let answer = answer(
        &stage.store,
        presentation,
        Asked::ByPresentation,
        &stage.list,
        Timestamp::now(),
        &Limits::default(),
    )?;
    let took = begin.elapsed();
    if let Some(record) = &answer.record {
        files::write(&stage.file("record.json"), &record.to_bytes())?;
    }
    tell(&answer.verdict);
    Ok(Line { what, verdict: answer.verdict, took })
}

fn tell(verdict: &Verdict) {
    if verdict.is_accepted() {
        say("verdict", &paint(Tone::Good, "accepted"));
        say_checks(verdict.checks());
    } else {
        say("verdict", &paint(Tone::Bad, "refused"));
    }
    for reason in verdict.reasons() {
        say(reason.code.as_str(), clerk_text(reason.code));
    }
    if let Some(claims) = verdict.claims() {
        for name in claims.names() {
            say(name.as_str(), claims.text(name).unwrap_or_default());
        }
    }
}

/// What was checked, and what wasn't.
fn say_checks(checks: &[CheckResult]) {
    let with = |wanted: fn(Outcome) -> bool| {
        let found: Vec<_> = checks
            .iter()
            .filter(|result| wanted(result.outcome))
            .map(|result| result.check.as_str())
            .collect();
        found.join(", ")
    };
    say("checks passed", &with(|outcome| outcome == Outcome::Pass));
    say("not run", &with(|outcome| outcome == Outcome::NotRun));
}

fn finish(stage: &Stage, lines: &[Line]) -> Done {
    let rows = lines.iter().map(|line| {
        let codes: Vec<_> = line.verdict.reasons().iter().map(|reason| reason.code.as_str()).collect();
        let verdict = if line.verdict.is_accepted() { "accepted" } else { "refused" };
        [line.what.to_owned(), verdict.to_owned(), codes.join(", "), format!("{:.1?}", line.took)]
    });
    output::line("");
    output::line(output::table(["who presents", "verdict", "why", "decided in"], rows));
    if stage.is_kept() {
        output::line("");
        let program = std::env::args().next().unwrap_or_else(|| "realname".to_owned());
        output::line(lang::pick("Look at what was made:", "可查看生成的文件："));
        for file in ["demand.jwt", "presentation", "trust.jwt"] {
            output::line(format_args!("  {program} inspect {}", stage.file(file).display()));
        }
        output::line(format_args!(
            "  {program} verify --audit --at {} --trust {} --anchor {} {}",
            Timestamp::now(),
            stage.file("trust.jwt").display(),
            stage.file("anchor.json").display(),
            stage.file("record.json").display()
        ));
    }
    let expected: [&[&str]; 5] =
        [&[], &["already_answered"], &["already_answered", "holder_mismatch"], &["holder_mismatch"], &[]];
    let as_told = lines.iter().zip(expected).all(|(line, expected)| {
        line.verdict.reasons().iter().map(|reason| reason.code.as_str()).eq(expected.iter().copied())
    });
    if as_told && lines.len() == expected.len() {
        done()
    } else {
        Err(unexpected("the story went otherwise"))
    }
}

fn step(number: &str, title: &str) {
    output::line("");
    output::line(paint(Tone::Heading, format_args!("{number}. {title}")));
}

fn say(label: &str, value: &str) {
    output::line(format_args!("   {} {value}", paint(Tone::Faint, format_args!("{label:<20}"))));
}

fn unexpected(error: impl std::fmt::Display) -> Failure {
    Failure::refused("demo", error, "the demo went otherwise than it should: please report it")
}
