//! What is certain to be refused later is refused before a card is read, and before a register is asked and paid.

use realname::appraisal::{Policy, Reason, Remote, Requirement};
use realname::attest::AttestError;
use realname::demand::VerifiedDemand;
use realname::profile::{Check, ClaimName, Locality, Outcome, Purpose, ReasonCode};

use crate::commands::{capture, policy};
use crate::config::Config;
use crate::errors;
use crate::failure::Failure;
use crate::{lang, words};

pub(super) fn check(
    demand: &VerifiedDemand,
    config: &Config,
    locality: Locality,
    by: &Policy,
) -> Result<(), Failure> {
    if demand.env() != config.env {
        return Err(errors::refusal(
            ReasonCode::EnvMismatch,
            lang::pick(
                format!("the demand is for {}, this terminal is for {}", demand.env(), config.env),
                format!("请求用于{}环境，本终端用于{}环境", words::env(demand.env()), words::env(config.env)),
            ),
        ));
    }
    let require = demand.requirements();
    if require.terminal.as_ref().is_some_and(|wanted| *wanted != config.terminal) {
        return Err(Failure::refused(
            "other_terminal",
            lang::pick("the demand is for another terminal", "该请求指定了其他终端"),
            lang::pick("use the terminal that it names", "请使用该请求指定的终端"),
        ));
    }
    if require.onsite && locality != Locality::Onsite {
        return Err(errors::refusal(
            ReasonCode::NotOnsite,
            lang::pick(
                "the demand requires person and card in front of a terminal; nothing was looked at or asked",
                "该请求要求本人携证件到终端现场；未查看照片，也未查询",
            ),
        ));
    }
    if by.rule(demand.purpose()).is_none() {
        return Err(policy::not_covered(by, demand.purpose().as_str()));
    }
    let can_be_made = |check: &Check| can_be_made(*check, locality, demand.purpose());
    if let Some(check) = require.checks.iter().find(|check| !can_be_made(check)) {
        return Err(AttestError::Check(*check).into());
    }
    match demand.claims().iter().find(|claim| !can_be_known(**claim, locality)) {
        Some(claim) => Err(unknown_claim(*claim)),
        None => Ok(()),
    }
}

/// At a door, from photos, somebody has to say that the original was there: nobody photographs for nothing.
pub(super) fn check_original(
    demand: &VerifiedDemand,
    locality: Locality,
    original_seen: bool,
) -> Result<(), Failure> {
    let from_photos = locality == Locality::Remote && *demand.purpose() == Purpose::DeliveryHandover;
    if !from_photos || original_seen {
        return Ok(());
    }
    Err(Failure::refused(
        Reason::OriginalNotSeen.code(),
        lang::pick(
            "nobody says that the original document was there; nothing was looked at or asked",
            "无人确认当面查验了证件原件；未查看照片，也未查询",
        ),
        lang::pick(
            "look at the original, not at a copy or a screen, and give --original-seen",
            "请当面查验证件原件（非复印件、非屏幕图像），并加上 --original-seen",
        ),
    ))
}

/// A terminal makes these there.
fn can_be_made(check: Check, locality: Locality, purpose: &Purpose) -> bool {
    match check {
        Check::Chip | Check::FaceChip => locality == Locality::Onsite,
        Check::Triplet | Check::NumberPrinted => locality == Locality::Remote,
        Check::DocumentValidity | Check::Registry | Check::FaceRegistry | Check::Liveness => true,
        Check::DeliveryOriginal => *purpose == Purpose::DeliveryHandover,
        Check::Confirmation => false,
    }
}

/// A card says everything; a buyer declares a name, a number and the validity.
fn can_be_known(claim: ClaimName, locality: Locality) -> bool {
    match claim {
        ClaimName::Name | ClaimName::IdNumber | ClaimName::IdType | ClaimName::DocumentExpiry => true,
        ClaimName::Birthdate | ClaimName::Gender | ClaimName::Nationalities | ClaimName::Address => {
            locality == Locality::Onsite
        }
    }
}

pub(super) fn unknown_claim(claim: ClaimName) -> Failure {
    AttestError::FactMissing(claim).into()
}

/// Photos that can't pass any more whatever the register says: the buyer takes them again, and nobody is paid.
pub(super) fn check_photos(remote: &Remote, by: &Policy, purpose: &Purpose) -> Result<(), Failure> {
    let examination = remote.examination();
    let needs = |check| by.rule(purpose).is_some_and(|rule| rule.require.contains(&Requirement::One(check)));
    let hopeless = |outcome: Outcome, needed: bool| match outcome {
        Outcome::Pass => false,
        Outcome::Fail => true,
        Outcome::Inconclusive | Outcome::NotRun => needed,
    };
    let photos = examination.photo_faults().iter().map(|fault| fault.outcome).max().unwrap_or(Outcome::Pass);
    let number = examination.printed.as_ref().map_or(Outcome::NotRun, |printed| printed.number_outcome());
    // Dates that can't be read are the register's to confirm; other dates are none of this card's.
    let dates = examination.printed.as_ref().is_some_and(|printed| printed.validity_differs());
    let hopeless =
        hopeless(photos, needs(Check::Triplet)) || hopeless(number, needs(Check::NumberPrinted)) || dates;
    if !hopeless {
        return Ok(());
    }
    let details = serde_json::json!({ "examination": examination.to_json() });
    Err(capture::report::refused(examination).with_details(details, capture::report::advice(examination)))
}
