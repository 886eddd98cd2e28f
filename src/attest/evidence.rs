//! `evidence[]` in the words of OpenID Connect for Identity Assurance.

use crate::appraisal::Verified;
use crate::jose::Json;
use crate::profile::{Check, CheckResult, Locality};

/// Methods that looked at the document, and methods that asked a record. Outcomes stand in `realname.checks`, linked by
/// `check_id`: the working group's strict schema allows none in `check_details`.
pub(super) fn evidence(verified: &Verified) -> Json {
    let biometric = if verified.locality() == Locality::Onsite { "bvp" } else { "bvr" };
    let (mut document, mut record) = (Vec::new(), Vec::new());
    let organization = verified.register().map(|register| register.authority.as_str());
    for result in verified.checks().iter().filter(|result| result.time.is_some()) {
        match result.check {
            Check::Chip => document.push(details(result, "vcrypt", None)),
            Check::Triplet => document.push(details(result, "vri", None)),
            Check::DeliveryOriginal => document.push(details(result, "vpip", None)),
            Check::FaceChip => document.push(details(result, biometric, None)),
            Check::Registry | Check::DocumentValidity => record.push(details(result, "data", organization)),
            Check::FaceRegistry => record.push(details(result, biometric, organization)),
            _ => {}
        }
    }
    let mut kinds = Vec::new();
    if !document.is_empty() || verified.chip().is_some() {
        let issuer = Json::object([("country_code", "CHN".into())]);
        let about = Json::object([("type", "idcard".into()), ("issuer", issuer)]);
        kinds.push(entry("document", ("document_details", about), document));
    }
    if let Some(authority) = organization {
        let source = Json::object([("name", authority.into())]);
        let about = Json::object([("type", "population_register".into()), ("source", source)]);
        kinds.push(entry("electronic_record", ("record", about), record));
    }
    Json::Array(kinds)
}

fn entry(kind: &str, about: (&'static str, Json), details: Vec<Json>) -> Json {
    let mut members = vec![("type", Json::from(kind)), about];
    // The schema allows no empty list.
    if !details.is_empty() {
        members.push(("check_details", Json::Array(details)));
    }
    Json::object(members)
}

fn details(result: &CheckResult, method: &str, organization: Option<&str>) -> Json {
    let mut members = vec![("check_id", Json::from(result.check.as_str())), ("check_method", method.into())];
    members.extend(result.time.map(|time| ("time", super::payload::instant(time).into())));
    members.extend(organization.map(|name| ("organization", name.into())));
    Json::object(members)
}
