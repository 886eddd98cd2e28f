//! How a session stands, as it is told.

use realname::profile::Lang;
use serde_json::{Value, json};

use super::session::{Outcome, Shared, lock};

/// What is told of a session.
pub(crate) fn state(session: &Shared, to_asker: bool) -> Value {
    let session = lock(session);
    let demand = &session.demand;
    let photos: serde_json::Map<String, Value> =
        session.photos.iter().map(|(slot, photo)| (slot.as_str().to_owned(), photo.found.clone())).collect();
    let faults: Vec<Value> = session
        .photos
        .values()
        .filter_map(|photo| photo.found["faults"].as_array())
        .flatten()
        .cloned()
        .collect();
    let mut shown = json!({
        "session": session.id,
        "state": session.state(),
        "expires_at": demand.expires_at(),
        "locale": if session.zh { "zh" } else { "en" },
        "asker": {"iss": demand.iss(), "display_name": demand.display_name()},
        "purpose": demand.purpose(),
        "purpose_label": {
            "en": demand.purpose().label(Lang::En), "zh": demand.purpose().label(Lang::Zh),
        },
        "env": demand.env(),
        "disclosed": demand.claims(),
        "disclosed_labels": {
            "en": demand.claims().iter().map(|claim| claim.label(Lang::En)).collect::<Vec<_>>(),
            "zh": demand.claims().iter().map(|claim| claim.label(Lang::Zh)).collect::<Vec<_>>(),
        },
        "checks": demand.requirements().checks,
        "consent_text": session.consent_text,
        "text_sha256": session.text_sha256(),
        "steps": {
            "consent": session.consent.is_some(),
            "declared": session.declared.is_some(),
            "captures": photos,
            // No checker of a live capture is part of this service: the check stays what the register says of the photo.
            "live": "not_run",
        },
        "faults": faults,
    });
    if to_asker {
        match &session.outcome {
            Outcome::Attested(presentation) => shown["presentation"] = json!(presentation.as_str()),
            Outcome::Refused(refusal) => shown["refusal"] = refusal.clone(),
            Outcome::Open(Some(refusal)) => shown["last_refusal"] = refusal.clone(),
            Outcome::Open(None) | Outcome::Deciding => {}
        }
    } else {
        // The page shows what happens to which number; the asker knows.
        shown["transaction"] = json!(demand.transaction());
        if let Outcome::Refused(refusal) | Outcome::Open(Some(refusal)) = &session.outcome {
            shown["refusal"] = refusal.clone();
        }
        if matches!(session.outcome, Outcome::Attested(_) | Outcome::Refused(_)) {
            shown["return"] = json!(session.return_url);
        }
    }
    shown
}
