//! `/openapi.json`, made from the code of the calls.

use axum::response::Response;
use http::StatusCode;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::api::{audits, cancellations, confirmations, demands, health, presentations, trust};
use crate::call::answer;
use crate::sessions;
use crate::shown::{Action, Error, ErrorParts, ErrorShown};

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

/// The document as JSON.
pub(crate) fn json() -> serde_json::Value {
    let mut document = serde_json::to_value(Document::openapi()).unwrap_or_default();
    document["info"]["license"] = serde_json::json!({"name": "MIT OR Apache-2.0"});
    document
}

pub(crate) async fn document() -> Response {
    answer(StatusCode::OK, &json())
}
