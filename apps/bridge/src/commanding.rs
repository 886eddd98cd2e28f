//! `POST /v1/command`: the reader for programs that were written for one of their own, behind a library of ours.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::response::Response;
use http::{HeaderValue, header};
use realname::reader::wire::Command;
use serde::Deserialize;

use crate::app::App;
use crate::call::{self, wiped};
use crate::door::Guest;
use crate::refusal::Refusal;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Asked {
    client: String,
    command: String,
}

/// What the reader answers to one command: the body of its reply, in its own form.
pub(crate) async fn command(
    State(app): State<Arc<App>>,
    Extension(guest): Extension<Guest>,
    request: Request,
) -> Result<Response, Refusal> {
    // The chip's photo and fingerprints leave here, which no page has a use for.
    if guest != Guest::Program {
        return Err(Refusal::ProgramsOnly);
    }
    let (parts, body) = request.into_parts();
    let asked: Asked = call::json(&parts.headers, body, call::SMALL).await?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !(8..=64).contains(&asked.client.len()) || !asked.client.bytes().all(fits) {
        return Err(Refusal::Value {
            member: "client",
            problem: "it is 8 to 64 letters, digits, hyphens and low lines",
        });
    }
    let command = match asked.command.as_str() {
        "set_rf_frame" => Some(Command::SetRfFrame(0)),
        name => Command::from_name(name),
    };
    let command = command.ok_or(Refusal::Value { member: "command", problem: "no command is called so" })?;
    let said = app.desk.command(&asked.client, command).await?;
    let mut response = Response::new(Body::from(wiped(said.body)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert("realname-origin", HeaderValue::from_static(said.origin.as_str()));
    if let Some(baud) = said.baud {
        headers.insert("realname-baud", HeaderValue::from(baud));
    }
    Ok(response)
}
