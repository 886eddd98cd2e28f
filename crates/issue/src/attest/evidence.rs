//! `evidence[]` in the words of OpenID Connect for Identity Assurance.

use serde::Serialize;

use super::instant::Instant;
use crate::appraisal::Verified;
use crate::profile::{Check, CheckResult, Locality};

/// One kind of evidence, and how it was checked. The schema allows no empty list.
#[derive(Serialize)]
pub(super) struct Evidence<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    check_details: Vec<Details<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document_details: Option<DocumentDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<Record<'a>>,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct Details<'a> {
    check_id: &'static str,
    check_method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<Instant>,
}

#[derive(Serialize)]
struct DocumentDetails {
    issuer: Issuer,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct Issuer {
    country_code: &'static str,
}

#[derive(Serialize)]
struct Record<'a> {
    source: Source<'a>,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct Source<'a> {
    name: &'a str,
}

/// Methods that looked at the document, and methods that asked a record. Outcomes stand in `realname.checks`, linked by
/// `check_id`: the working group's strict schema allows none in `check_details`.
pub(super) fn evidence(verified: &Verified) -> Vec<Evidence<'_>> {
    let biometric = if verified.locality() == Locality::Onsite { "bvp" } else { "bvr" };
    let (mut document, mut record) = (Vec::new(), Vec::new());
    let organization = verified.register().map(|register| register.authority.as_str());
    for result in verified.checks().iter().filter(|result| result.time.is_some()) {
        match result.check {
            Check::Chip => document.push(details(result, "vcrypt", None)),
            Check::Triplet | Check::NumberPrinted => document.push(details(result, "vri", None)),
            Check::DeliveryOriginal => document.push(details(result, "vpip", None)),
            Check::FaceChip => document.push(details(result, biometric, None)),
            Check::Registry | Check::DocumentValidity => record.push(details(result, "data", organization)),
            Check::FaceRegistry => record.push(details(result, biometric, organization)),
            // Neither looks at a document or into a record.
            Check::Liveness | Check::Confirmation => {}
        }
    }
    let mut kinds = Vec::with_capacity(2);
    if !document.is_empty() || verified.chip().is_some() {
        let about = DocumentDetails { issuer: Issuer { country_code: "CHN" }, kind: "idcard" };
        kinds.push(Evidence {
            check_details: document,
            document_details: Some(about),
            record: None,
            kind: "document",
        });
    }
    if let Some(name) = organization {
        let about = Record { source: Source { name }, kind: "population_register" };
        kinds.push(Evidence {
            check_details: record,
            document_details: None,
            record: Some(about),
            kind: "electronic_record",
        });
    }
    kinds
}

fn details<'a>(
    result: &CheckResult,
    check_method: &'static str,
    organization: Option<&'a str>,
) -> Details<'a> {
    Details { check_id: result.check.as_str(), check_method, organization, time: result.time.map(Instant) }
}
