//! Whether what was signed can be true at all. A signature only says who says it: a check in the year 2099 was made by nobody.

use jiff::Timestamp;

use super::facts::OpenFacts;
use crate::jose::{Json, Texts, decode};
use crate::profile::{Env, Locality, Reason, ReasonCode};

/// Every reason why the issuer's own statements contradict each other, or lack what they rest on.
pub(super) fn contradictions<S: Texts>(
    payload: &Json<S>,
    facts: &OpenFacts,
    iat: i64,
    asked: Env,
) -> Vec<Reason> {
    let issued = Timestamp::from_second(iat).unwrap_or(Timestamp::MAX);
    let verification = payload.member("verified_claims").and_then(|claims| claims.member("verification"));
    let methods = verification.and_then(evidence_methods);
    let found = [
        (!is_random(payload.member("sub")), ReasonCode::SubMissing),
        (!is_random(payload.member("jti")), ReasonCode::JtiMissing),
        (facts.verified_at > issued, ReasonCode::VerifiedAfterIssued),
        (facts.consented_at > issued, ReasonCode::ConsentAfterIssued),
        // Where only one of the two is production, that is told already.
        (asked == Env::Production && facts.env == asked && !is_reader(facts), ReasonCode::ReaderEmulated),
        (methods.is_none(), ReasonCode::EvidenceMissing),
        (
            methods.is_some_and(|methods| contradicts(facts.locality, &methods)),
            ReasonCode::EvidenceContradicts,
        ),
    ];
    let late = facts.checks.iter().filter(|result| result.time.is_some_and(|time| time > issued));
    let late = late.map(|result| Reason::check(ReasonCode::CheckAfterIssued, result.check));
    found.into_iter().filter(|(bad, _)| *bad).map(|(_, code)| Reason::from(code)).chain(late).collect()
}

/// 128 random bits in base64url, or more.
fn is_random<S: Texts>(value: Option<&Json<S>>) -> bool {
    let Some(text) = value.and_then(Json::as_str) else { return false };
    text.len() <= 255 && decode(text).is_ok_and(|bytes| bytes.len() >= 16)
}

/// A reader in software, a recording, or a word that isn't known never speaks in production. An operator need not state one.
fn is_reader(facts: &OpenFacts) -> bool {
    facts.reader.as_deref().is_none_or(|reader| matches!(reader, "serial" | "usb" | "hid"))
}

/// The methods of all pieces of evidence. `None` unless there is a piece, and each has a type.
fn evidence_methods<S: Texts>(verification: &Json<S>) -> Option<Vec<&str>> {
    let pieces = verification.member("evidence")?.as_array().filter(|pieces| !pieces.is_empty())?;
    let mut methods = Vec::new();
    for piece in pieces {
        piece.member("type")?.as_str()?;
        let Some(details) = piece.member("check_details") else { continue };
        for detail in details.as_array()? {
            methods.extend(detail.member("check_method").and_then(Json::as_str));
        }
    }
    Some(methods)
}

/// A face that was checked from afar on site, or in person from afar.
fn contradicts(locality: Locality, methods: &[&str]) -> bool {
    let impossible = if locality == Locality::Onsite { "bvr" } else { "bvp" };
    methods.contains(&impossible)
}
