//! `GET /v1/reader` and `POST /v1/read`.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use realname::profile::{Explain, Fault};
use realname::reader::Confirm;
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::call::{self, answer};
use crate::desk::{Line, Wants, plain_json};
use crate::refusal::{Refusal, error_json};

/// How long a read waits for a card when it doesn't say.
const WAIT: f64 = 30.0;
/// The longest that one may wait.
const LONGEST: f64 = 3600.0;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Read {
    /// Seconds.
    wait: Option<f64>,
    fingerprint: Option<bool>,
    confirm: Option<String>,
}

/// How the reader is.
pub(crate) async fn reader(State(app): State<Arc<App>>) -> Response {
    let known = app.desk.known().await;
    let value = match &known.line {
        Line::Unknown => json!({"state": "absent"}),
        Line::Open { sam_id, port, baud, .. } => {
            let state = if known.busy { "busy" } else { "ready" };
            json!({"state": state, "sam_id": sam_id.to_string(), "port": port, "baud": baud})
        }
        Line::Lost(error) => {
            let entry = error.entry();
            let mut value = error_json(entry.code, &error.to_string(), entry.advice);
            value["state"] = state(error).into();
            value
        }
    };
    answer(StatusCode::OK, value.to_string())
}

/// What a reader that can't be used is.
fn state(error: &realname::reader::ReaderError) -> &'static str {
    use realname::reader::ReaderError;
    use realname::reader::transport::TransportError;
    match error {
        // Another program holds the port.
        ReaderError::Transport(TransportError::InUse { .. }) => "busy",
        ReaderError::Transport(TransportError::NotFound { .. } | TransportError::Disconnected)
        | ReaderError::NoReader
        | ReaderError::NoAnswer { .. } => "absent",
        _ if matches!(error.entry().fault, Fault::Port) => "absent",
        _ => "faulty",
    }
}

/// How long to wait for a card, in seconds.
pub(crate) fn wait_of(asked: Option<f64>) -> Result<f64, Refusal> {
    let wait = asked.unwrap_or(WAIT);
    let fits = (0.0..=LONGEST).contains(&wait);
    fits.then_some(wait).ok_or(Refusal::Value { member: "wait", problem: "it is 0 to 3600 seconds" })
}

/// A card that is laid down for this call.
pub(crate) async fn read(State(app): State<Arc<App>>, request: Request) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let asked: Read = call::json(&parts.headers, body, call::SMALL).await?;
    let wait = wait_of(asked.wait)?;
    let confirm = match asked.confirm.as_deref() {
        None | Some("until_trusted" | "until-trusted") => Confirm::UntilTrusted,
        Some("in_doubt" | "in-doubt") => Confirm::InDoubt,
        Some("always") => Confirm::Always,
        Some(_) => {
            return Err(Refusal::Value {
                member: "confirm",
                problem: "it is until_trusted, in_doubt or always",
            });
        }
    };
    let wants = Wants { fingerprint: asked.fingerprint.unwrap_or(false), confirm };
    let card = app.desk.read(wants, Duration::from_secs_f64(wait)).await?;
    Ok(answer(StatusCode::OK, std::mem::take(&mut *plain_json(&card)?)))
}
