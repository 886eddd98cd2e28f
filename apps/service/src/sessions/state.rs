//! How a session stands, as it is told.

use serde_json::{Value, json};

use super::session::{Outcome, Session};
use super::told::{AskerShown, SessionState, Steps};

/// What is told of a session.
pub(crate) fn state(session: &Session, to_asker: bool) -> SessionState {
    let asked = &session.asked;
    let found = || session.photos.values().map(|photo| &photo.found);
    let faults: Vec<Value> = found().filter_map(|found| found.faults.as_array()).flatten().cloned().collect();
    let mut shown = SessionState {
        session: session.id.clone(),
        state: session.state(),
        expires_at: asked.end,
        locale: if session.zh { "zh" } else { "en" },
        asker: AskerShown { iss: asked.iss.clone(), display_name: asked.display_name.clone() },
        purpose: asked.purpose.clone(),
        purpose_label: asked.purpose_label.clone(),
        env: asked.env.clone(),
        disclosed: asked.disclosed.clone(),
        disclosed_labels: asked.disclosed_labels.clone(),
        checks: asked.checks.clone(),
        consent_text: session.consent_text.clone(),
        text_sha256: session.text_sha256(),
        steps: Steps {
            consent: session.consent.is_some(),
            declared: session.declared.is_some(),
            captures: session
                .photos
                .iter()
                .map(|(slot, photo)| (slot.clone(), photo.found.clone()))
                .collect(),
            live: session.live.state(&asked.nonce),
        },
        live: session.live.offer,
        faults,
        presentation: None,
        refusal: None,
        last_refusal: None,
        live_capture: None,
        transaction: None,
        return_to: None,
    };
    if to_asker {
        match &session.outcome {
            Outcome::Attested(presentation) => shown.presentation = Some(presentation.as_str().to_owned()),
            Outcome::Refused(refusal) => shown.refusal = Some(refusal.clone()),
            Outcome::Open(refusal) => shown.last_refusal.clone_from(refusal),
            Outcome::Deciding { .. } => {}
        }
        shown.live_capture = session.live.evidence(&asked.nonce);
    } else {
        // The page shows what happens to which number; the asker knows.
        shown.transaction = asked.transaction.as_ref().map(|transaction| json!(transaction));
        if let Outcome::Refused(refusal) | Outcome::Open(Some(refusal)) = &session.outcome {
            shown.refusal = Some(refusal.clone());
        }
        if session.is_over() {
            shown.return_to.clone_from(&session.return_url);
        }
    }
    shown
}
