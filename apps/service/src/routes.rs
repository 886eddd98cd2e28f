//! Which call is where, and what every answer has: a request id, a line in the log, a measure, headers for browsers.

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use http::{HeaderName, HeaderValue, StatusCode, header};
use realname::jose::random_id;
use realname::profile::Explain as _;
use tower_http::catch_panic::CatchPanicLayer;

use crate::Refusal;
use crate::api::changes::{replacements, transfers};
use crate::api::{
    audits, cancellations, confirmations, demands, health, orders, presentations, reports, trust, voice,
};
use crate::app::App;
use crate::call::peer;
use crate::drain::Draining;
use crate::measures::{Named, Route};
use crate::refusal::Coded;
use crate::{openapi, page, sessions, visit};

/// How long a request may take, from its head to its answer.
const LONGEST: Duration = Duration::from_secs(30);
/// The largest head of a request, in bytes.
const MAX_HEAD: usize = 64 * 1024;
/// Which request it was.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/v1/demands", post(demands::make))
        .route("/v1/demands/{nonce}", get(demands::state))
        .route("/v1/presentations", post(presentations::decide))
        .route("/v1/audits", post(audits::audit))
        .route("/v1/confirmations", post(confirmations::ask))
        .route("/v1/confirmations/{id}/reply", post(confirmations::reply))
        .route("/v1/cancellations", post(cancellations::open))
        .route("/v1/cancellations/{id}/snapshot", post(cancellations::snapshot))
        .route("/v1/cancellations/{id}/confirm", post(cancellations::confirm))
        .route("/v1/cancellations/{id}/commit", post(cancellations::commit))
        .route("/v1/cancellations/{id}/receipt", get(cancellations::receipt))
        .route("/v1/orders", post(orders::open))
        .route("/v1/orders/{id}", get(orders::show))
        .route("/v1/orders/{id}/accept", post(orders::accept))
        .route("/v1/orders/{id}/door", post(orders::door))
        .route("/v1/orders/{id}/activate", post(orders::activate))
        .route("/v1/reports", post(reports::receive))
        .route("/v1/reports/{id}", get(reports::show))
        .route("/v1/replacements", post(replacements::open))
        .route("/v1/replacements/{id}/snapshot", post(replacements::snapshot))
        .route("/v1/replacements/{id}/confirm", post(replacements::confirm))
        .route("/v1/replacements/{id}/commit", post(replacements::commit))
        .route("/v1/replacements/{id}/receipt", get(replacements::receipt))
        .route("/v1/transfers", post(transfers::open))
        .route("/v1/transfers/{id}/snapshot", post(transfers::snapshot))
        .route("/v1/transfers/{id}/confirm", post(transfers::confirm))
        .route("/v1/transfers/{id}/commit", post(transfers::commit))
        .route("/v1/transfers/{id}/receipt", get(transfers::receipt))
        .route("/v1/voice/callback", post(voice::callback))
        .route("/v1/grants/redeem", post(confirmations::redeem))
        .route("/v1/trust", get(trust::trust))
        .route("/v1/jwks", get(trust::jwks))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/openapi.json", get(openapi::document))
        .route("/v1/sessions", post(sessions::make))
        .route("/v1/sessions/{id}", get(sessions::show))
        .route("/v1/sessions/{id}/open", post(sessions::open))
        .route("/v1/sessions/{id}/consent", post(sessions::consent))
        .route("/v1/sessions/{id}/declared", post(sessions::declare))
        .route("/v1/sessions/{id}/captures/{slot}", put(sessions::upload))
        .route("/v1/sessions/{id}/captures/{slot}/annotated", get(sessions::annotated))
        .route("/v1/sessions/{id}/live", post(sessions::live))
        .route("/v1/sessions/{id}/live/{n}", put(sessions::live_frame))
        .route("/v1/sessions/{id}/complete", post(sessions::complete))
        .route("/", get(page::front))
        .route("/s/{id}", get(page::session))
        .route("/desk", get(page::desk))
        .route("/assets/{name}", get(page::asset))
        .route("/demo/photos/{name}", get(page::specimen))
        .route("/demo/sale", post(page::sale))
        .route("/demo/desk", post(visit::desk))
        .route("/demo/card", post(visit::card))
        .route("/demo/phone", get(visit::phone).post(visit::reply))
        .route("/demo/sessions/{id}", get(page::settle))
        .fallback(async || Refusal::NotFound)
        .method_not_allowed_fallback(async || Refusal::Method)
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| Refusal::Internal.into_response()))
        .layer(middleware::from_fn_with_state(app.clone(), around))
        .with_state(app)
}

/// Bytes of a request's address and headers.
fn head_size(request: &Request) -> usize {
    let headers: usize =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    headers + request.uri().path_and_query().map_or(0, |path| path.as_str().len())
}

/// What is answered to a request whose head the HTTP library refused, whole. It has its request id, its line in the log and its measures
/// as any other.
pub(crate) fn say(app: &App, status: StatusCode) -> Vec<u8> {
    let refusal = in_our_words(status);
    let (status, code, body) = (refusal.status(), refusal.code(), refusal.text());
    let id = random_id().unwrap_or_default();
    told(app, (&id, "", "other"), (status.as_u16(), Some(code)), Duration::ZERO);
    let head = [
        format!("HTTP/1.1 {status}"),
        "content-type: application/json".to_owned(),
        "cache-control: no-store".to_owned(),
        format!("{REQUEST_ID}: {id}"),
        "x-content-type-options: nosniff".to_owned(),
        "referrer-policy: no-referrer".to_owned(),
        "connection: close".to_owned(),
        format!("content-length: {}", body.len()),
    ];
    format!("{}\r\n\r\n{body}", head.join("\r\n")).into_bytes()
}

/// What an answer of that status says which none of our calls made.
fn in_our_words(status: StatusCode) -> Refusal {
    match status {
        StatusCode::BAD_REQUEST => Refusal::Head,
        StatusCode::NOT_FOUND => Refusal::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Refusal::Method,
        StatusCode::URI_TOO_LONG | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            Refusal::HeadTooLarge { limit: MAX_HEAD }
        }
        _ => Refusal::Internal,
    }
}

/// An error that isn't in the one form that errors have: none of our calls made it.
fn is_foreign(response: &Response) -> bool {
    let is_error = response.status().is_client_error() || response.status().is_server_error();
    let ours = response.extensions().get::<Coded>().is_some()
        || response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    is_error && !ours
}

/// The answer's line in the log, and its measures.
fn told(
    app: &App,
    (id, method, route): (&str, &str, &str),
    (status, code): (u16, Option<&str>),
    took: Duration,
) {
    // An address may be asked by any method that a client makes up: it is a text of a stranger's.
    let method = match method {
        "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "OPTIONS" | "PATCH" => method,
        _ => "other",
    };
    tracing::info!(
        request_id = id,
        method,
        route,
        status,
        code,
        took_ms = took.as_secs_f64() * 1e3,
        "request"
    );
    let measures = &app.measures;
    measures.seconds.get_or_create(&Named("route", route.to_owned())).observe(took.as_secs_f64());
    let (method, route) = (method.to_owned(), route.to_owned());
    measures.requests.get_or_create(&Route { method, route, status }).inc();
    if let Some(code) = code {
        measures.refusals.get_or_create(&Named("code", code.to_owned())).inc();
    }
}

/// Around every call: its rate, its time, its line in the log.
async fn around(State(app): State<App>, request: Request, next: Next) -> Response {
    let begin = Instant::now();
    let id = random_id().unwrap_or_default();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let peer = peer(request.extensions());
    // Whoever asks before sending isn't asked to send.
    let waits = request.headers().contains_key(header::EXPECT);
    let request = if waits { request } else { request.map(|body| Body::new(Draining::new(body))) };
    let size = head_size(&request);
    let may = if size > MAX_HEAD {
        Err(Refusal::HeadTooLarge { limit: MAX_HEAD })
    } else {
        app.rates.address(peer)
    };
    let mut response = match may {
        Err(refusal) => refusal.into_response(),
        Ok(()) => match tokio::time::timeout(LONGEST, next.run(request)).await {
            Ok(response) => response,
            Err(_) => Refusal::Timeout { seconds: LONGEST.as_secs() }.into_response(),
        },
    };
    if is_foreign(&response) {
        response = in_our_words(response.status()).into_response();
    }
    let status = response.status().as_u16();
    let code = response.extensions().get::<Coded>().map(|code| code.0);
    told(&app, (&id, method.as_str(), &route), (status, code), begin.elapsed());
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
