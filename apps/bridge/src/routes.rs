//! Which call is where, who gets in, and what every answer has.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::App;
use crate::refusal::{Coded, Refusal};
use crate::{attesting, commanding, reading, watching};

pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1/reader", get(reading::reader))
        .route("/v1/read", post(reading::read))
        .route("/v1/events", get(watching::events))
        .route("/v1/attest", post(attesting::attest))
        .route("/v1/command", post(commanding::command))
        .fallback(async || Refusal::NotFound)
        .method_not_allowed_fallback(async || Refusal::Method)
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| Refusal::Internal.into_response()))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), around))
        .with_state(app)
}

/// Around every call: the door, what pages need to read the answer, a line in the log.
async fn around(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let begin = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let page = app.door.allowed(request.headers()).cloned();
    let preflight = is_preflight(&method, request.headers());
    let mut response = match app.door.admit(request.uri(), request.headers()) {
        Err(refusal) => refusal.into_response(),
        Ok(_) if preflight => permit(request.headers()),
        Ok(guest) => {
            request.extensions_mut().insert(guest);
            next.run(request).await
        }
    };
    let headers = response.headers_mut();
    if let Some(origin) = page {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    tracing::info!(
        method = method.as_str(),
        route,
        status = response.status().as_u16(),
        code = response.extensions().get::<Coded>().map(|code| code.0),
        took_ms = begin.elapsed().as_secs_f64() * 1e3,
        "request"
    );
    response
}

/// A browser asks before the call whether its page may make it.
fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    *method == Method::OPTIONS && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// The page may: all methods and headers that there are, and to a machine of a private network, where the browser asks that.
fn permit(asked: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("authorization, content-type"),
    );
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    for asked_for in ["private-network", "local-network"] {
        if asked.contains_key(format!("access-control-request-{asked_for}")) {
            let allow = format!("access-control-allow-{asked_for}");
            if let Ok(name) = header::HeaderName::try_from(allow) {
                headers.insert(name, HeaderValue::from_static("true"));
            }
        }
    }
    response
}
