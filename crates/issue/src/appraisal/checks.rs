//! From evidence and finding to one outcome per check.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

use super::policy::{Term, age_on};
use super::{Evidence, Policy, Reason, Remote, Signal};
use crate::authority::{
    Attribute, AuthorityError, DocumentStatus, Face, Finding, InactiveReason, Liveness, ProbeFault,
    QueryField, Subject,
};
use crate::capture::{Examination, PhotoFault};
use crate::document::Flag;
use crate::profile::Outcome;

/// One check's outcome and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Judged {
    pub(super) outcome: Outcome,
    pub(super) reasons: Vec<Reason>,
    pub(super) time: Option<Timestamp>,
}

impl Judged {
    pub(super) fn pass(time: Timestamp) -> Self {
        Self { outcome: Outcome::Pass, reasons: Vec::new(), time: Some(time) }
    }

    pub(super) fn not_run(reason: Reason) -> Self {
        Self { outcome: Outcome::NotRun, reasons: vec![reason], time: None }
    }

    /// The worst of several remarks; `pass` when there is none.
    pub(super) fn worst(mut remarks: Vec<(Outcome, Reason)>, time: Timestamp) -> Self {
        remarks.sort_by_key(|(outcome, _)| std::cmp::Reverse(*outcome));
        let outcome = remarks.iter().map(|(outcome, _)| *outcome).max().unwrap_or(Outcome::Pass);
        let mut reasons = Vec::new();
        for (_, reason) in remarks {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        let time = (outcome != Outcome::NotRun).then_some(time);
        Self { outcome, reasons, time }
    }
}

/// What the evidence itself says about validity on the natural day of `now` (UTC+8), and remarks on the card that the
/// policy minds.
fn own_remarks(evidence: &Evidence, policy: &Policy, now: Timestamp) -> Vec<(Outcome, Reason)> {
    use Outcome::{Fail, Inconclusive};
    let today = natural_day(now);
    let mut remarks = Vec::new();
    match (evidence.validity(), evidence.card()) {
        (Some((from, until)), _) => {
            if today < from.to_date() {
                remarks.push((Fail, Reason::DocumentNotYetValid));
            }
            if !until.covers(today) {
                remarks.push((Fail, Reason::DocumentExpired));
            }
        }
        (None, Some(_)) => remarks.push((Inconclusive, Reason::DocumentValidityUnreadable)),
        (None, None) => {}
    }
    if let Evidence::Remote(remote) = evidence
        && remote.examination().printed.as_ref().is_some_and(|printed| printed.validity_differs())
    {
        remarks.push((Fail, Reason::Photo(PhotoFault::ValidityDiffers)));
    }
    match age_of_holder(evidence, now) {
        Some(age) if age < policy.minimum_age().into() => {
            remarks.push((Outcome::NotRun, Reason::HolderIsMinor))
        }
        Some(_) => {}
        None => remarks.push((Inconclusive, Reason::AgeUnknown)),
    }
    let flags = evidence.card().map(|card| card.document().flags()).unwrap_or_default();
    for flag in flags {
        let outcome = policy.effect(*flag).outcome();
        if outcome != Outcome::Pass {
            remarks.push((outcome, reason_of(*flag)));
        }
    }
    remarks
}

/// The document is inside its validity and the register knows nothing against it. Without an answer of the register only
/// the card's own "no" counts. Dates that a buyer typed count once the register says that they are the card's.
pub(super) fn document_validity(
    evidence: &Evidence,
    policy: &Policy,
    now: Timestamp,
    answer: Result<&Finding, Reason>,
) -> Judged {
    use Outcome::{Fail, Inconclusive, NotRun};
    let mut remarks = own_remarks(evidence, policy, now);
    let confirmed = answer.is_ok_and(|finding| {
        let dates = [finding.attributes.valid_from, finding.attributes.valid_until];
        evidence.validity().is_some() && dates == [Attribute::Match; 2]
    });
    if let (Term::Unusual, Some(terms)) = (term_of(evidence, policy), policy.terms()) {
        let outcome = terms.unusual.effect(confirmed).outcome();
        // When the register didn't answer, a missing confirmation says nothing about the card.
        let is_unheard = answer.is_err() && terms.unusual.effect(true).outcome() == Outcome::Pass;
        if outcome != Outcome::Pass && !is_unheard {
            remarks.push((outcome, Reason::DocumentTermUnusual));
        }
    }
    match answer {
        Err(reason) => remarks.push((NotRun, reason)),
        Ok(finding) => {
            match finding.document {
                DocumentStatus::Valid | DocumentStatus::NotAvailable => {}
                DocumentStatus::Expired => remarks.push((Fail, Reason::DocumentExpiredAtRegister)),
                DocumentStatus::LostOrRevoked => remarks.push((Fail, Reason::DocumentLostOrRevoked)),
                DocumentStatus::Superseded => remarks.push((Fail, Reason::DocumentSuperseded)),
            }
            let dates = [finding.attributes.valid_from, finding.attributes.valid_until];
            if dates.contains(&Attribute::Mismatch) {
                remarks.push((Fail, Reason::ValidityDatesMismatch));
            }
            if dates.contains(&Attribute::Withheld) {
                remarks.push((Inconclusive, Reason::RegisterIncomplete));
            }
            if evidence.card().is_none() && !confirmed && finding.document != DocumentStatus::Valid {
                remarks.push((Inconclusive, Reason::DocumentValidityUnknown));
            }
        }
    }
    Judged::worst(remarks, now)
}

/// The three photos of an online sale belong together. In production a stand-in's word on where the face is counts for
/// nothing.
pub(super) fn triplet(examination: &Examination, production: bool, now: Timestamp) -> Judged {
    let remarks = examination.photo_faults().iter().map(|fault| (fault.outcome, Reason::Photo(fault.code)));
    let stand_in = production && examination.face_finder.as_ref().is_some_and(|finder| finder.is_test);
    let stand_in = stand_in.then_some((Outcome::NotRun, Reason::TestPlugIn));
    Judged::worst(remarks.chain(stand_in).collect(), now)
}

/// The number printed on the photographed card is the declared one.
pub(super) fn number_printed(examination: &Examination, now: Timestamp) -> Judged {
    let Some(printed) = &examination.printed else { return Judged::not_run(Reason::CheckNotAvailable) };
    let remarks = printed.number_fault().map(|fault| (fault.outcome, Reason::Photo(fault.code)));
    Judged::worst(remarks.into_iter().collect(), now)
}

/// The original was seen at hand-over, by somebody who photographed both its sides there: what they say, and no better than
/// what the photos show.
pub(super) fn original_by_photos(remote: &Remote, production: bool, now: Timestamp) -> Judged {
    if !remote.is_original_seen() {
        return Judged::not_run(Reason::OriginalNotSeen);
    }
    let (photos, number) =
        (triplet(remote.examination(), production, now), number_printed(remote.examination(), now));
    if photos.outcome >= number.outcome { photos } else { number }
}

/// One check made in two places: what wasn't made doesn't count, else the worse one does.
pub(super) fn either(one: Option<Judged>, other: Judged) -> Judged {
    match one {
        Some(one) if other.outcome == Outcome::NotRun => one,
        Some(one) if one.outcome > other.outcome && one.outcome != Outcome::NotRun => one,
        _ => other,
    }
}

/// The register has this person with these data.
pub(super) fn registry(asked_phone: bool, rare_name: bool, answer: Result<&Finding, Reason>) -> Judged {
    use Outcome::{Fail, Inconclusive};
    let finding = match answer {
        Ok(finding) => finding,
        Err(reason) => return Judged::not_run(reason),
    };
    let mut remarks = Vec::new();
    match finding.subject {
        Subject::Found => {}
        Subject::NotFound { .. } => remarks.push((Inconclusive, Reason::NotFound)),
        Subject::Inactive(InactiveReason::Deceased) => remarks.push((Fail, Reason::HolderDeceased)),
        Subject::Inactive(InactiveReason::Cancelled) => remarks.push((Fail, Reason::RecordCancelled)),
        Subject::Inactive(InactiveReason::Suspended) => remarks.push((Fail, Reason::RecordSuspended)),
        Subject::Ambiguous => remarks.push((Inconclusive, Reason::RegisterAmbiguous)),
    }
    let name_mismatch = if rare_name {
        (Inconclusive, Reason::NameMismatchRareCharacter)
    } else {
        (Fail, Reason::NameMismatch)
    };
    let attributes = &finding.attributes;
    let found = finding.subject == Subject::Found;
    for (attribute, needed, mismatch) in [
        (attributes.name, found, name_mismatch),
        (attributes.id_number, found, (Fail, Reason::NumberMismatch)),
        // A register that was told the number at hand answers about it, too.
        (
            attributes.phone_number,
            found && (asked_phone || attributes.phone_number != Attribute::NotAsked),
            (Fail, Reason::PhoneNumberMismatch),
        ),
    ] {
        match attribute {
            Attribute::Match => {}
            Attribute::Mismatch => remarks.push(mismatch),
            Attribute::NotAvailable | Attribute::NotAsked | Attribute::Withheld if needed => {
                remarks.push((Inconclusive, Reason::RegisterIncomplete));
            }
            Attribute::NotAvailable | Attribute::NotAsked | Attribute::Withheld => {}
        }
    }
    Judged::worst(remarks, finding.meta.answered_at)
}

/// The live face is that of the register's photo.
pub(super) fn face_registry(answer: Result<&Finding, Reason>) -> Judged {
    use Outcome::{Fail, Inconclusive, NotRun};
    let finding = match answer {
        Ok(finding) => finding,
        Err(reason) => return Judged::not_run(reason),
    };
    let remark = match finding.face {
        // A register that knows no such person can't have compared a photo.
        Face::Same if finding.subject != Subject::Found => {
            Some((Inconclusive, Reason::AnswerContradictsItself))
        }
        Face::Same => None,
        Face::Different => Some((Fail, Reason::FaceDifferent)),
        Face::Inconclusive => Some((Inconclusive, Reason::FaceInconclusive)),
        Face::NoReference => Some((NotRun, Reason::NoReferencePhoto)),
        Face::ReferenceUnusable => Some((Inconclusive, Reason::ReferencePhotoUnusable)),
        Face::ProbeUnusable { reason } => Some((Inconclusive, reason_of_probe(reason))),
        Face::NotRun => Some((NotRun, Reason::FaceNotCompared)),
    };
    Judged::worst(remark.into_iter().collect(), finding.meta.answered_at)
}

/// A living person was in front of the camera.
pub(super) fn liveness(answer: Result<&Finding, Reason>) -> Judged {
    let finding = match answer {
        Ok(finding) => finding,
        Err(reason) => return Judged::not_run(reason),
    };
    let remark = match finding.liveness {
        Liveness::Live => None,
        Liveness::Spoof => Some((Outcome::Fail, Reason::LivenessSpoof)),
        Liveness::Inconclusive => Some((Outcome::Inconclusive, Reason::LivenessInconclusive)),
        Liveness::NotRun => Some((Outcome::NotRun, Reason::LivenessNotRun)),
    };
    Judged::worst(remark.into_iter().collect(), finding.meta.answered_at)
}

/// Why nobody answered.
pub(super) fn reason_of_error(error: &AuthorityError) -> Reason {
    match error {
        AuthorityError::Transient { .. } => Reason::AuthorityUnavailable,
        AuthorityError::Quota { .. } => Reason::AuthorityQuota,
        AuthorityError::InvalidInput { field: QueryField::PhoneNumber } => Reason::AuthorityPhoneNumber,
        AuthorityError::InvalidInput { field: QueryField::Probe } => Reason::AuthorityProbe,
        AuthorityError::InvalidInput { .. } => Reason::AuthorityInvalidInput,
        AuthorityError::Denied => Reason::AuthorityDenied,
        AuthorityError::PolicyBlocked => Reason::AuthorityPolicyBlocked,
        AuthorityError::Unsupported => Reason::AuthorityUnsupported,
        AuthorityError::BadRequest => Reason::AuthorityBadRequest,
        AuthorityError::Protocol => Reason::AuthorityProtocol,
        AuthorityError::Indeterminate => Reason::AuthorityIndeterminate,
    }
}

/// The calendar day in China: UTC+8, no daylight saving.
pub(super) fn natural_day(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::fixed(Offset::constant(8))).date()
}

/// Whole years lived on the natural day of `now`; `None` when the document doesn't say.
pub(super) fn age_of_holder(evidence: &Evidence, now: Timestamp) -> Option<i16> {
    evidence.birth_date().map(|birth| age_on(birth, natural_day(now)))
}

/// Whether the name has a character that registers often keep differently.
pub(super) fn has_rare_name(evidence: &Evidence) -> bool {
    let flags = evidence.card().map(|card| card.document().flags()).unwrap_or_default();
    flags.contains(&Flag::NamePrivateUse) || flags.contains(&Flag::CutSurrogate)
}

/// How the document's term compares with what the policy says of its holder's age.
fn term_of(evidence: &Evidence, policy: &Policy) -> Term {
    let (Some(terms), Some((from, until))) = (policy.terms(), evidence.validity()) else {
        return Term::Unknown;
    };
    terms.judge(evidence.kind(), evidence.birth_date(), from.to_date(), &until)
}

/// What is out of the ordinary: as the caller said, and as the evidence shows.
pub(super) fn signals(evidence: &Evidence, policy: &Policy, said: &[Signal]) -> Vec<Signal> {
    let unusual = term_of(evidence, policy) == Term::Unusual;
    let seen = [(Signal::TermUnusual, unusual), (Signal::RareName, has_rare_name(evidence))];
    let seen = seen.into_iter().filter(|(_, seen)| *seen).map(|(signal, _)| signal);
    said.iter().copied().chain(seen).collect()
}

fn reason_of(flag: Flag) -> Reason {
    match flag {
        Flag::NumberCheckInvalid => Reason::NumberCheckInvalid,
        Flag::NumberFormUnknown => Reason::NumberFormUnknown,
        Flag::ValidityUnreadable => Reason::DocumentValidityUnreadable,
        Flag::BirthDateDisagrees
        | Flag::SexDisagrees
        | Flag::SexCodeUnknown
        | Flag::BirthDateUnreadable
        | Flag::ValidityReversed
        | Flag::LongTermUnexpected
        | Flag::NamePrivateUse
        | Flag::AddressPrivateUse
        | Flag::CutSurrogate
        | Flag::NameFull
        | Flag::EnglishNameFull
        | Flag::AddressFull
        | Flag::NulPadding
        | Flag::AdditionalAddressUnread => Reason::DocumentContradictsItself,
    }
}

fn reason_of_probe(fault: ProbeFault) -> Reason {
    match fault {
        ProbeFault::NoFace => Reason::ProbeNoFace,
        ProbeFault::SeveralFaces => Reason::ProbeSeveralFaces,
        ProbeFault::TooSmall => Reason::ProbeTooSmall,
        ProbeFault::Covered => Reason::ProbeCovered,
        ProbeFault::Quality => Reason::ProbeQuality,
        ProbeFault::Kind => Reason::ProbeKind,
    }
}
