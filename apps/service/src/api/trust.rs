//! What everybody may see: the trust list in force, and the public keys.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::Refusal;
use crate::app::App;
use crate::call::answer;
use crate::clock::now;

/// The trust list in force.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrustShown {
    /// As it was signed (JWT).
    list: String,
    /// Its sequence.
    list_seq: u64,
    /// Seconds since it was signed.
    list_age: i64,
    /// The anchor that signed it.
    anchor: String,
    /// The first second in which it no longer counts.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// The public keys.
#[derive(Serialize, ToSchema)]
pub(crate) struct Keys {
    /// RFC 7517.
    #[schema(value_type = Vec<Object>)]
    keys: Vec<Value>,
}

/// The trust list in force.
#[utoipa::path(get, path = "/v1/trust", operation_id = "trust_list", tag = "trust", responses(
    (status = 200, description = "The list", body = TrustShown), (status = "default", response = crate::shown::Error)
))]
pub(crate) async fn trust(State(app): State<App>) -> Result<Response, Refusal> {
    let trust = app.operator.trust(now())?;
    let shown = TrustShown {
        list: trust.text.clone(),
        list_seq: trust.list.sequence(),
        list_age: trust.list.age(now()).as_secs(),
        anchor: trust.list.anchor().as_str().to_owned(),
        expires_at: trust.list.expires_at(),
    };
    Ok(answer(StatusCode::OK, &json!(shown)))
}

/// The public keys of what this service signs with.
#[utoipa::path(get, path = "/v1/jwks", operation_id = "jwks", tag = "trust", responses(
    (status = 200, description = "The keys", body = Keys), (status = "default", response = crate::shown::Error)
))]
pub(crate) async fn jwks(State(app): State<App>) -> Response {
    answer(StatusCode::OK, &json!({ "keys": app.operator.public_keys }))
}
