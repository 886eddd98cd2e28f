//! `/openapi.json`, made from the code of the calls.

use axum::response::Response;
use http::StatusCode;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi, ToResponse, ToSchema};

use crate::api::{audits, cancellations, confirmations, demands, health, presentations, trust};
use crate::call::answer;
use crate::sessions;

/// What the calls say of themselves.
#[derive(OpenApi)]
#[openapi(
    info(title = "realname serve", description = "Demands, presentations and online checks over HTTP."),
    paths(
        demands::make,
        demands::state,
        presentations::decide,
        audits::audit,
        cancellations::open,
        cancellations::snapshot,
        cancellations::confirm,
        cancellations::commit,
        cancellations::receipt,
        confirmations::ask,
        confirmations::reply,
        confirmations::redeem,
        trust::trust,
        trust::jwks,
        health::alive,
        health::ready,
        health::metrics,
        sessions::make,
        sessions::show,
        sessions::open,
        sessions::consent,
        sessions::declare,
        sessions::upload,
        sessions::annotated,
        sessions::live,
        sessions::live_frame,
        sessions::complete,
    ),
    components(responses(Error), schemas(ErrorShown, ErrorParts, Action)),
    modifiers(&Token)
)]
pub(crate) struct Document;

struct Token;

impl Modify for Token {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("Made by `realname serve token new`."))
            .build();
        openapi.components.get_or_insert_default().add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}

/// A call that was refused. The code is in docs/codes.md.
#[derive(ToResponse)]
#[response(description = "Refused", content_type = "application/json")]
#[allow(dead_code, reason = "describes what is written elsewhere")]
pub(crate) struct Error(ErrorShown);

#[derive(ToSchema)]
#[schema(as = Error)]
#[allow(dead_code, reason = "describes what is written elsewhere")]
pub(crate) struct ErrorShown {
    error: ErrorParts,
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "describes what is written elsewhere")]
pub(crate) struct ErrorParts {
    /// Stable; docs/codes.md lists all.
    code: String,
    /// What happened.
    message: String,
    action: Action,
}

/// What to do next.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes what is written elsewhere")]
pub(crate) struct Action {
    en: String,
    zh: String,
}

/// As `realname verify --json`; docs/schemas/verdict.json has it in full.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes what is written elsewhere")]
pub(crate) struct VerdictShown {
    /// `accepted` or `refused`.
    verdict: String,
    #[schema(value_type = Vec<Object>)]
    reasons: (),
    purpose: Option<String>,
    #[schema(value_type = Vec<Object>)]
    checks: (),
    #[schema(value_type = Option<Object>)]
    claims: (),
    #[schema(value_type = Option<Object>)]
    trust: (),
    /// Seconds between the check and the verdict.
    age: Option<i64>,
    issuer: Option<String>,
    terminal: Option<String>,
}

/// The document as JSON.
pub(crate) fn json() -> serde_json::Value {
    let mut document = serde_json::to_value(Document::openapi()).unwrap_or_default();
    document["info"]["license"] = serde_json::json!({"name": "MIT OR Apache-2.0"});
    document
}

pub(crate) async fn document() -> Response {
    answer(StatusCode::OK, &json())
}
