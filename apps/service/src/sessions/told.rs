//! What the calls of a session tell.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::live_state::{LiveEvidence, LiveOffer};
use crate::shown::{DefectShown, FigureShown, NoteShown, RefusalShown, TransactionShown};

/// A text in both languages.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct Both<T: ToSchema> {
    pub(super) en: T,
    pub(super) zh: T,
}

/// Who asks.
#[derive(Serialize, ToSchema)]
#[schema(as = Asker)]
pub(crate) struct AskerShown {
    pub(super) iss: String,
    #[schema(value_type = String)]
    pub(super) display_name: Value,
}

/// How far the buyer has come.
#[derive(Serialize, ToSchema)]
pub(crate) struct Steps {
    pub(super) consent: bool,
    pub(super) declared: bool,
    /// By slot; those that were sent.
    pub(super) captures: BTreeMap<String, CaptureFound>,
    /// `not_run`, `begun`, or `taken` when every frame is there. Whether it shows a person is part of the decision.
    pub(super) live: &'static str,
}

/// How a session stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionState {
    pub(super) session: String,
    /// `waiting` for its link to be opened, `open`, `deciding`, `done` or `refused`.
    pub(super) state: &'static str,
    #[schema(value_type = String, format = DateTime)]
    pub(super) expires_at: Timestamp,
    /// `en` or `zh`.
    pub(super) locale: &'static str,
    pub(super) asker: AskerShown,
    pub(super) purpose: String,
    /// None of a purpose of the asker's own.
    pub(super) purpose_label: Both<Option<String>>,
    /// `test` or `production`.
    pub(super) env: String,
    /// The claims that the asker will hear.
    pub(super) disclosed: Vec<String>,
    pub(super) disclosed_labels: Both<Vec<String>>,
    #[schema(value_type = Vec<String>)]
    pub(super) checks: Vec<Value>,
    pub(super) consent_text: String,
    /// Of the consent text, in hexadecimal: whoever agrees sends it.
    pub(super) text_sha256: String,
    pub(super) steps: Steps,
    /// Whether there is a live capture: `none`, `optional` or `required`.
    pub(super) live: LiveOffer,
    /// Of all photos.
    #[schema(value_type = Vec<DefectShown>)]
    pub(super) faults: Vec<Value>,
    /// Told to the asker, once the session is attested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) presentation: Option<String>,
    /// The last no; to the page also one after which the buyer may go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<RefusalShown>)]
    pub(super) refusal: Option<Value>,
    /// Told to the asker: a no after which the buyer may go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<RefusalShown>)]
    pub(super) last_refusal: Option<Value>,
    /// Told to the asker: what stays of a live capture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) live_capture: Option<LiveEvidence>,
    /// Told to the page: what happens to which number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<TransactionShown>)]
    pub(super) transaction: Option<Value>,
    /// Told to the page at the end: where it leads.
    #[serde(rename = "return", skip_serializing_if = "Option::is_none")]
    pub(super) return_to: Option<String>,
}

/// What was found on a photo.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct CaptureFound {
    /// `portrait_side`, `emblem_side` or `holder`.
    pub(super) slot: String,
    /// In pixels, as its height.
    pub(super) width: u32,
    pub(super) height: u32,
    /// `pass`, `inconclusive`, `not_run` or `fail`.
    pub(super) outcome: String,
    /// What it looks like, whatever it was sent as; null where it wasn't looked at.
    #[schema(value_type = Option<String>)]
    pub(super) view: Value,
    #[schema(value_type = Vec<NoteShown>)]
    pub(super) notes: Value,
    #[schema(value_type = Vec<FigureShown>)]
    pub(super) figures: Value,
    /// What to do about it.
    #[schema(value_type = Vec<DefectShown>)]
    pub(super) faults: Value,
}

/// What came of a session's last step.
#[derive(Serialize, ToSchema)]
#[serde(tag = "result", rename_all = "snake_case")]
pub(crate) enum Decided {
    Attested,
    Refused {
        #[schema(value_type = RefusalShown)]
        refusal: Value,
        /// Nothing that the buyer does in this session would change it.
        #[serde(rename = "final")]
        last: bool,
    },
}
