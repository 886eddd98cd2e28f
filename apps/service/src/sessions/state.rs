//! How a session stands, as it is told.

use realname::profile::Lang;
use serde_json::{Value, json};

use super::session::{Outcome, Shared, lock};
use super::told::{AskerShown, Both, SessionState, Steps};

/// What is told of a session.
pub(crate) fn state(session: &Shared, to_asker: bool) -> SessionState {
    let session = lock(session);
    let demand = &session.demand;
    let faults: Vec<Value> = session
        .photos
        .values()
        .filter_map(|photo| photo.found.faults.as_array())
        .flatten()
        .cloned()
        .collect();
    let labels = |lang| demand.claims().iter().map(|claim| claim.label(lang).to_owned()).collect::<Vec<_>>();
    let mut shown = SessionState {
        session: session.id.clone(),
        state: session.state(),
        expires_at: demand.expires_at(),
        locale: if session.zh { "zh" } else { "en" },
        asker: AskerShown { iss: demand.iss().to_owned(), display_name: json!(demand.display_name()) },
        purpose: demand.purpose().as_str().to_owned(),
        purpose_label: Both {
            en: demand.purpose().label(Lang::En).map(str::to_owned),
            zh: demand.purpose().label(Lang::Zh).map(str::to_owned),
        },
        env: demand.env().as_str(),
        disclosed: demand.claims().iter().map(|claim| claim.as_str()).collect(),
        disclosed_labels: Both { en: labels(Lang::En), zh: labels(Lang::Zh) },
        checks: demand.requirements().checks.iter().map(|check| json!(check)).collect(),
        consent_text: session.consent_text.clone(),
        text_sha256: session.text_sha256(),
        steps: Steps {
            consent: session.consent.is_some(),
            declared: session.declared.is_some(),
            captures: session
                .photos
                .iter()
                .map(|(slot, photo)| (slot.as_str(), photo.found.clone()))
                .collect(),
            live: "not_run",
        },
        faults,
        presentation: None,
        refusal: None,
        last_refusal: None,
        transaction: None,
        return_to: None,
    };
    if to_asker {
        match &session.outcome {
            Outcome::Attested(presentation) => shown.presentation = Some(presentation.as_str().to_owned()),
            Outcome::Refused(refusal) => shown.refusal = Some(refusal.clone()),
            Outcome::Open(refusal) => shown.last_refusal.clone_from(refusal),
            Outcome::Deciding => {}
        }
    } else {
        // The page shows what happens to which number; the asker knows.
        shown.transaction = demand.transaction().map(|transaction| json!(transaction));
        if let Outcome::Refused(refusal) | Outcome::Open(Some(refusal)) = &session.outcome {
            shown.refusal = Some(refusal.clone());
        }
        if matches!(session.outcome, Outcome::Attested(_) | Outcome::Refused(_)) {
            shown.return_to.clone_from(&session.return_url);
        }
    }
    shown
}
