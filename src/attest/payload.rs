//! The issuer's payload: what is open, and what stands behind digests.

use jiff::Timestamp;

use super::evidence::evidence;
use super::{AttestError, Terminal};
use crate::appraisal::{Facts, Verified};
use crate::jose::{Json, Randomness, VerifyingKey, encode};
use crate::profile::{ClaimName, DIGESTS, TRUST_FRAMEWORK, VCT};
use crate::sd_jwt::{Disclosure, conceal_with};

/// What the attestor adds to a [`Verified`].
pub(super) struct Frame<'a> {
    pub(super) iss: &'a str,
    pub(super) vct: &'a str,
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) session: &'a VerifyingKey,
    pub(super) terminal: &'a Terminal,
}

/// The payload, and a disclosure for each known fact.
pub(super) fn payload(
    frame: &Frame<'_>,
    verified: &Verified,
) -> Result<(Json, Vec<(ClaimName, Disclosure)>), AttestError> {
    let randomness = &mut Randomness::new();
    let disclosures = ClaimName::ALL
        .into_iter()
        .filter_map(|claim| Some((claim, fact(verified.facts(), claim)?)))
        .map(|(claim, value)| Ok((claim, Disclosure::member_with(randomness, claim.as_str(), value)?)))
        .collect::<Result<Vec<_>, AttestError>>()?;
    let digests = conceal_with(randomness, disclosures.iter().map(|(_, disclosure)| disclosure), DIGESTS)?;
    let verification = Json::object([
        ("trust_framework", TRUST_FRAMEWORK.into()),
        ("assurance_level", verified.locality().as_str().into()),
        ("time", instant(verified.verified_at()).into()),
        ("verification_process", randomness.id()?.into()),
        ("evidence", evidence(verified)),
    ]);
    let verified_claims =
        Json::object([("verification", verification), ("claims", Json::object([("_sd", digests)]))]);
    let alias = (frame.vct != VCT).then(|| ("aka_vcts", Json::array([VCT])));
    let members = [
        ("iss", frame.iss.into()),
        ("sub", randomness.id()?.into()),
        ("iat", frame.iat.into()),
        ("nbf", frame.iat.into()),
        ("exp", frame.exp.into()),
        ("jti", randomness.id()?.into()),
        ("vct", frame.vct.into()),
        ("cnf", Json::object([("jwk", frame.session.to_jwk())])),
        ("_sd_alg", "sha-256".into()),
        ("verified_claims", verified_claims),
        ("realname", realname(frame, verified)),
    ];
    Ok((Json::object(members.into_iter().chain(alias)), disclosures))
}

fn realname(frame: &Frame<'_>, verified: &Verified) -> Json {
    let consent = verified.consent();
    let policy = verified.policy();
    let checks = verified.checks().iter().map(|result| {
        let mut members =
            vec![("check", Json::from(result.check.as_str())), ("outcome", result.outcome.as_str().into())];
        members.extend(result.time.map(|time| ("time", instant(time).into())));
        Json::object(members)
    });
    Json::object([
        ("purposes", Json::array([verified.purpose().as_str()])),
        (
            "consent",
            Json::object([
                ("text_sha256", encode(&consent.text_sha256).into()),
                ("time", instant(consent.time).into()),
            ]),
        ),
        ("acting", "self".into()),
        (
            "policy",
            Json::object([("id", policy.id.as_str().into()), ("version", i64::from(policy.version).into())]),
        ),
        ("checks", Json::Array(checks.collect())),
        ("terminal", frame.terminal.to_json(verified)),
        ("env", verified.env().as_str().into()),
    ])
}

fn fact(facts: &Facts, claim: ClaimName) -> Option<Json> {
    match claim {
        ClaimName::Name => Some(facts.name().into()),
        ClaimName::IdNumber => Some(facts.id_number().into()),
        ClaimName::IdType => Some(facts.id_type().as_str().into()),
        ClaimName::Birthdate => facts.birthdate().map(Json::from),
        ClaimName::Gender => facts.gender().map(|sex| sex.as_str().into()),
        ClaimName::Nationalities => {
            let list: Vec<&str> = facts.nationalities().collect();
            (!list.is_empty()).then(|| Json::array(list))
        }
        ClaimName::Address => facts.address().map(|text| Json::object([("formatted", text.into())])),
        ClaimName::DocumentExpiry => facts.document_expiry().map(Json::from),
    }
}

/// RFC 3339 in UTC. Fractions are dropped, so that a check never seems to be later than the `iat` of what tells of it.
pub(super) fn instant(time: Timestamp) -> String {
    // Of a time before 1970 the fraction is negative.
    let second = time.as_second() - i64::from(time.subsec_nanosecond() < 0);
    Timestamp::from_second(second).unwrap_or(time).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_dropped_towards_the_past() {
        for (time, text) in [
            ("2026-11-25T03:04:05.999999999Z", "2026-11-25T03:04:05Z"),
            ("2026-11-25T03:04:05Z", "2026-11-25T03:04:05Z"),
            ("1969-12-31T23:59:58.5Z", "1969-12-31T23:59:58Z"),
        ] {
            assert_eq!(instant(time.parse().unwrap()), text);
        }
    }
}
