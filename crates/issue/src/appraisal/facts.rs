//! From evidence to the facts that claims are made of.

use super::{Evidence, Facts, PersonalSex};
use crate::document::{CardText, DocumentKind, Personal, ValidUntil};

/// Everything that the evidence holds. A remote case knows what was declared and confirmed, and no more.
pub(super) fn of(evidence: &Evidence) -> Facts {
    let mut facts = Facts {
        name: evidence.name().map(Personal::from).unwrap_or_default(),
        id_number: evidence.number().canonical().into(),
        id_type: evidence.kind(),
        birthdate: None,
        gender: None,
        nationalities: Vec::new(),
        address: None,
        document_expiry: evidence.validity().map(|(_, until)| written_end(&until)),
    };
    let Some(card) = evidence.card() else { return facts };
    let document = card.document();
    let written = |text: Option<&CardText>| {
        text.filter(|text| !text.is_empty()).map(|text| Personal::from(text.as_str()))
    };
    facts.birthdate = document.birth_date().map(|date| date.to_string().into());
    facts.gender = Some(PersonalSex(document.sex()));
    facts.nationalities = match document.kind() {
        DocumentKind::Resident => vec![Personal::from("CHN")],
        DocumentKind::ResidencePermit
        | DocumentKind::PermanentResident2017
        | DocumentKind::PermanentResident2023 => written(document.nationality()).into_iter().collect(),
    };
    facts.address = written(card.additional_address()).or_else(|| written(document.address()));
    facts.document_expiry = document.valid_until().map(written_end);
    facts
}

fn written_end(until: &ValidUntil) -> Personal {
    match until {
        ValidUntil::Day(day) => day.to_date().to_string().into(),
        ValidUntil::LongTerm => "long_term".into(),
    }
}
