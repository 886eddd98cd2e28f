//! What a voice platform posts back: which key was pressed to which prompt.

use axum::extract::{Request, State};
use axum::response::Response;
use http::{StatusCode, header};
use realname::confirmation::Replied;
use realname::gateway::CallbackError;
use realname::profile::Reason;
use realname::store::Store;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Refusal;
use crate::app::App;
use crate::call::{answer, peer, read};
use crate::clock::now;
use crate::shown::ReasonShown;

/// The largest call-back, in bytes.
const MAX_BODY: usize = 4096;

/// A key that was pressed in a call.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "the library reads it; this says its form")]
pub(crate) struct Pressed {
    /// The number that was called (E.164).
    #[schema(example = "+8613900000001")]
    number: String,
    /// As it stood in the question.
    #[schema(example = "vas:10658000")]
    service: String,
    /// The key: 0-9, * or #.
    #[schema(max_length = 1)]
    key: String,
    /// The version of the prompt that was played.
    prompt_version: u32,
}

/// What came of it. The grant isn't the platform's to have: who asked finds it.
#[derive(Serialize, ToSchema)]
#[serde(tag = "result", rename_all = "snake_case")]
pub(crate) enum Heard {
    /// Confirmed, now or by the same key before.
    Granted,
    /// The customer said no.
    Declined,
    /// Nothing is confirmed by it.
    Refused {
        #[schema(value_type = Vec<ReasonShown>)]
        reasons: Vec<Reason>,
    },
}

/// Takes a voice platform's call-back. It carries the secret of the configuration, not a token of this service.
#[utoipa::path(
    post, path = "/v1/voice/callback", operation_id = "voice_callback", tag = "confirmations", request_body = Pressed,
    responses(
        (status = 200, description = "What came of it", body = Heard),
        (status = "default", response = crate::shown::Error),
    ),
    security(("voice" = []))
)]
pub(crate) async fn callback(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let voice = app.operator.asker()?.voice.clone().ok_or(Refusal::NotSetUp("a voice platform"))?;
    let (parts, body) = request.into_parts();
    let mut carried = parts.headers.get_all(header::AUTHORIZATION).iter();
    let authorization = match (carried.next(), carried.next()) {
        (Some(value), None) => value.to_str().ok().map(str::to_owned),
        _ => None,
    };
    // Before its body is read: a stranger sends nothing.
    if !voice.knows(authorization.as_deref()) {
        app.rates.guess(peer(&parts.extensions))?;
        return Err(CallbackError::Stranger.into());
    }
    let bytes = read(&parts.headers, body, MAX_BODY, &["application/json"]).await?;
    let operator = app.operator.clone();
    // The right key again gives what it gave, so a platform may call back as often as it likes.
    let heard = app
        .pool
        .run(move || {
            let asker = operator.asker()?;
            let store: &dyn Store = operator.store.as_ref();
            let with = (&*asker.confirmer, store);
            Ok(match voice.heard(authorization.as_deref(), &bytes, with, now())? {
                Replied::Granted(_) | Replied::AlreadyGranted(_) => Heard::Granted,
                Replied::Declined => Heard::Declined,
                Replied::Refused(code) => Heard::Refused { reasons: vec![Reason::from(code)] },
                _ => return Err(Refusal::Internal),
            })
        })
        .await?;
    Ok(answer(StatusCode::OK, &heard))
}
