//! A [`Verified`] as it travels from a terminal to its operator, inside a bundle that the terminal signed.

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::appraisal::{
    ChipEvidence, Consent, Facts, PersonalSex, PolicyRef, RegisterEvidence, Verified, VerifiedParts,
};
use crate::capture::{Chain, Link};
use crate::document::Personal;
use crate::jose::{JoseError, Json, decode, encode};
use crate::profile::{Check, CheckResult, Outcome};

/// Everything, times to the full.
pub(super) fn conclusion(verified: &Verified) -> Json {
    let checks = verified.checks().iter().map(|result| {
        let time = result.time.map(|time| ("time", Json::from(time.to_string())));
        let members = [("check", result.check.as_str().into()), ("outcome", result.outcome.as_str().into())];
        Json::object(members.into_iter().chain(time))
    });
    let consent = verified.consent();
    let mut members = vec![
        ("facts", facts(verified.facts())),
        ("purpose", verified.purpose().as_str().into()),
        ("locality", verified.locality().as_str().into()),
        ("env", verified.env().as_str().into()),
        ("policy", verified.policy().id.as_str().into()),
        ("policy_version", i64::from(verified.policy().version).into()),
        ("checks", Json::Array(checks.collect())),
        ("verified_at", verified.verified_at().to_string().into()),
        ("consent_sha256", encode(&consent.text_sha256).into()),
        ("consent_at", consent.time.to_string().into()),
    ];
    members.extend(verified.chip().map(|chip| {
        let chip = [
            ("read_at", Json::from(chip.read_at.to_string())),
            ("sam_id", chip.sam_id.to_string().into()),
            ("origin", chip.origin.as_str().into()),
        ];
        ("chip", Json::object(chip))
    }));
    members.extend(verified.register().map(|register| {
        let reference = register.reference.as_deref().map(|text| ("reference", Json::from(text)));
        let own = [
            ("authority", Json::from(register.authority.as_str())),
            ("answered_at", register.answered_at.to_string().into()),
        ];
        ("register", Json::object(own.into_iter().chain(reference)))
    }));
    members.extend(verified.captured().map(|chain| {
        let links = chain.links().iter().map(|link| {
            Json::object([("slot", link.slot.as_str().into()), ("sha256", encode(&link.sha256).into())])
        });
        let own = [("head", Json::from(encode(&chain.head()))), ("links", Json::Array(links.collect()))];
        ("captured", Json::object(own))
    }));
    members.extend(verified.live_capture().map(|head| ("live", encode(&head).into())));
    if !verified.copies().is_empty() {
        members.push(("copies", Json::array(verified.copies().iter().map(|digest| encode(digest)))));
    }
    Json::object(members)
}

fn facts(facts: &Facts) -> Json {
    let optional = [
        ("birthdate", facts.birthdate()),
        ("gender", facts.gender().map(|sex| sex.as_str())),
        ("address", facts.address()),
        ("document_expiry", facts.document_expiry()),
    ];
    let own = [
        ("name", Json::from(facts.name())),
        ("id_number", facts.id_number().into()),
        ("id_type", facts.id_type().as_str().into()),
        ("nationalities", Json::array(facts.nationalities())),
    ];
    let optional = optional.into_iter().filter_map(|(name, text)| Some((name, Json::from(text?))));
    Json::object(own.into_iter().chain(optional))
}

/// Called with the payload of a bundle whose signature held under an enrolled terminal's key, and with nothing else.
pub(super) fn read_conclusion(json: &Json) -> Result<Verified, JoseError> {
    let version = u32::try_from(json.seconds("policy_version")?);
    Ok(Verified::assertion_by_enrolled_terminal(VerifiedParts {
        facts: read_facts(json.member("facts").ok_or(JoseError::Member("facts"))?)?,
        purpose: json.text("purpose")?.parse().map_err(|_| JoseError::Member("purpose"))?,
        locality: named(json, "locality")?,
        env: named(json, "env")?,
        policy: PolicyRef {
            id: json.text("policy")?.to_owned(),
            version: version.map_err(|_| JoseError::Member("policy_version"))?,
        },
        checks: read_checks(json)?,
        verified_at: instant(json, "verified_at")?,
        consent: Consent { text_sha256: digest(json, "consent_sha256")?, time: instant(json, "consent_at")? },
        chip: json.member("chip").map(read_chip).transpose()?,
        register: json.member("register").map(read_register).transpose()?,
        captured: json.member("captured").map(read_chain).transpose()?,
        live: json.member("live").map(|_| digest(json, "live")).transpose()?,
        copies: json
            .optional_list("copies", |digest| decode(digest).ok()?.try_into().ok())?
            .unwrap_or_default(),
    }))
}

fn read_facts(json: &Json) -> Result<Facts, JoseError> {
    let optional = |name| Ok::<_, JoseError>(json.optional_text(name)?.map(Personal::from));
    let gender = json.optional_text("gender")?.map(|_| named(json, "gender")).transpose()?;
    Ok(Facts {
        name: json.text("name")?.into(),
        id_number: json.text("id_number")?.into(),
        id_type: named(json, "id_type")?,
        birthdate: optional("birthdate")?,
        gender: gender.map(PersonalSex),
        nationalities: json.list("nationalities", |code| Some(code.into()))?,
        address: optional("address")?,
        document_expiry: optional("document_expiry")?,
    })
}

/// Each check once.
fn read_checks(json: &Json) -> Result<Vec<CheckResult>, JoseError> {
    const BAD: JoseError = JoseError::Member("checks");
    let mut results: Vec<CheckResult> = Vec::new();
    for entry in json.member("checks").and_then(Json::as_array).ok_or(BAD)? {
        let check = Check::from_name(entry.text("check")?).ok_or(BAD)?;
        if results.iter().any(|result| result.check == check) {
            return Err(BAD);
        }
        let outcome = Outcome::from_name(entry.text("outcome")?).ok_or(BAD)?;
        let time = entry.member("time").map(|_| instant(entry, "time")).transpose()?;
        results.push(CheckResult { check, outcome, time });
    }
    Ok(results)
}

fn read_chip(json: &Json) -> Result<ChipEvidence, JoseError> {
    Ok(ChipEvidence {
        read_at: instant(json, "read_at")?,
        sam_id: json.text("sam_id")?.parse().map_err(|_| JoseError::Member("sam_id"))?,
        origin: named(json, "origin")?,
    })
}

fn read_register(json: &Json) -> Result<RegisterEvidence, JoseError> {
    Ok(RegisterEvidence {
        authority: json.text("authority")?.to_owned(),
        reference: json.optional_text("reference")?.map(str::to_owned),
        answered_at: instant(json, "answered_at")?,
    })
}

/// Digests as they were sent; whether they belong to the demand is judged with it.
fn read_chain(json: &Json) -> Result<Chain, JoseError> {
    let links = json.member("links").and_then(Json::as_array).ok_or(JoseError::Member("links"))?;
    let links =
        links.iter().map(|link| Ok(Link { slot: named(link, "slot")?, sha256: digest(link, "sha256")? }));
    Ok(Chain::from_parts(digest(json, "head")?, links.collect::<Result<_, JoseError>>()?))
}

fn digest(json: &Json, name: &'static str) -> Result<[u8; 32], JoseError> {
    decode(json.text(name)?)?.try_into().map_err(|_| JoseError::Member(name))
}

fn instant(json: &Json, name: &'static str) -> Result<Timestamp, JoseError> {
    json.text(name)?.parse().map_err(|_| JoseError::Member(name))
}

/// A value of one of the vocabularies, by its stable name.
fn named<T: DeserializeOwned>(json: &Json, name: &'static str) -> Result<T, JoseError> {
    let text = serde_json::Value::String(json.text(name)?.to_owned());
    serde_json::from_value(text).map_err(|_| JoseError::Member(name))
}
