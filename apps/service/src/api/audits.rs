//! Audits: a kept record, judged as of a time.

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use realname::rely::{Limits, Record, Verdict};
use realname::trust::TrustList;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::Refusal;
use crate::app::App;
use crate::call::{self, Call, answer};
use crate::clock::now;
use crate::scope::Scope;

/// The longest record, with what stands around it, in bytes.
const LONGEST: usize = 80 * 1024;

/// What to audit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Audit {
    /// What was kept: `record` of an acceptance.
    #[schema(value_type = Object)]
    record: Value,
    /// As of when the trust list is asked (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    at: String,
}

/// Judges a record by the trust list as of a time. Answers nothing, changes nothing.
#[utoipa::path(
    post, path = "/v1/audits", operation_id = "audit_record", tag = "relying party", request_body = Audit,
    responses(
        (status = 200, description = "The audit's verdict", body = crate::shown::VerdictShown),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["verify"]))
)]
pub(crate) async fn audit(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let mut call = Call::admit(&app, request, Scope::Verify).await?;
    let body = call.bytes(LONGEST, &["application/json"]).await?;
    let Audit { record, at } = call::members(&body)?;
    let at: Timestamp =
        at.parse().map_err(|_| Refusal::Value { member: "at", problem: "it isn't a time in RFC 3339" })?;
    let operator = app.operator.clone();
    let verdict = app
        .pool
        .run(move || {
            let record = Record::parse(record.to_string().as_bytes())?;
            if record.accepted_at().is_some_and(|accepted| accepted > at) {
                return Err(Refusal::Value { member: "at", problem: "the record was made after that time" });
            }
            let trust = operator.trust(now())?;
            Ok(match TrustList::as_of(&trust.text, operator.anchors(), at) {
                Ok(list) => record.audit(&list, &Limits::default()),
                Err(error) => match error.reason() {
                    Some(code) => Verdict::refused(code),
                    None => return Err(error.into()),
                },
            })
        })
        .await?;
    Ok(answer(StatusCode::OK, &json!(verdict)))
}
