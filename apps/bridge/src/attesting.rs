//! `POST /v1/attest`: who asks and for what, the person's word, the card, the answer.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Extension, Request, State};
use axum::response::{IntoResponse, Response};
use base64ct::{Base64, Encoding};
use http::StatusCode;
use realname::profile::{Explain, Personal};
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use crate::app::App;
use crate::call::{self, answer};
use crate::consents::{LIFE, Subject};
use crate::desk::Wants;
use crate::door::Guest;
use crate::reading::wait_of;
use crate::refusal::{Refusal, error_json};
use crate::terminal::{Refused, Terminal};

/// The largest body, in bytes: a photo of 20 megabytes in base64, and a demand.
const LARGEST: usize = 28 * 1024 * 1024;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Attest {
    demand: String,
    /// Base64. Wiped when it goes.
    live: Personal,
    consent: Option<String>,
    wait: Option<f64>,
}

/// Why it isn't done: the bridge's reason, or the terminal's.
pub(crate) enum Failed {
    Bridge(Refusal),
    Terminal(Refused),
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        Self::Bridge(refusal)
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        match self {
            Self::Bridge(refusal) => refusal.into_response(),
            Self::Terminal(refused) => answer(refused.status, refused.to_json().to_string()),
        }
    }
}

pub(crate) async fn attest(
    State(app): State<Arc<App>>,
    Extension(guest): Extension<Guest>,
    request: Request,
) -> Result<Response, Failed> {
    let terminal = app.terminal.clone().ok_or(Refusal::NotFound)?;
    let (parts, body) = request.into_parts();
    let asked: Attest = call::json(&parts.headers, body, LARGEST).await?;
    let wait = wait_of(asked.wait)?;
    let live = Base64::decode_vec(asked.live.as_str()).ok().filter(|live| !live.is_empty());
    let live = live.ok_or(Refusal::Value { member: "live", problem: "it is a photo in base64" })?;
    let mut live = Zeroizing::new(live);
    let demand = asked.demand.trim().to_owned();

    // Who asks is judged first, also the second time: the trust list may have changed.
    let (judged, photo) = (demand.clone(), live.clone());
    let shown = blocking(&terminal, move |terminal| terminal.ask(&judged, &photo)).await?;
    let subject = Subject::new(&demand, &guest, &live);
    let agreed = asked.consent.as_deref().is_some_and(|id| app.consents.take(id, &subject));
    if !agreed {
        let entry = Refusal::NeedsConsent.entry();
        let mut value = error_json(entry.code, &Refusal::NeedsConsent.to_string(), entry.advice);
        value["consent"] = app.consents.ask(&subject)?.into();
        value["expires_in"] = LIFE.as_secs().into();
        value["asked"] = shown;
        return Ok(answer(StatusCode::CONFLICT, value.to_string()));
    }
    let card = app.desk.read(Wants::default(), Duration::from_secs_f64(wait)).await?;
    let presentation = blocking(&terminal, move |terminal| {
        // Whoever takes the photo in wipes it.
        terminal.attest(&demand, std::mem::take(&mut *live), card)
    })
    .await?;
    Ok(answer(StatusCode::OK, json!({"presentation": presentation}).to_string()))
}

/// Signatures, photos and the register block.
async fn blocking<T: Send + 'static>(
    terminal: &Arc<dyn Terminal>,
    job: impl FnOnce(&dyn Terminal) -> Result<T, Refused> + Send + 'static,
) -> Result<T, Failed> {
    let terminal = Arc::clone(terminal);
    let done = tokio::task::spawn_blocking(move || job(terminal.as_ref())).await;
    done.map_err(|_| Refusal::Internal)?.map_err(Failed::Terminal)
}
