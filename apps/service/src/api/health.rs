//! Whether it lives, whether it takes work, and its figures.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use realname::store::Space;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Refusal;
use crate::app::App;
use crate::call::{Call, answer};
use crate::clock::now;
use crate::scope::Scope;

const PROBE: Space = Space::new("probe");

/// It lives.
#[derive(Serialize, ToSchema)]
pub(crate) struct Alive {
    /// `alive`.
    state: &'static str,
    /// The program's version.
    version: &'static str,
}

/// What it takes to work.
#[derive(Serialize, ToSchema)]
pub(crate) struct Ready {
    /// Whether it takes work.
    ready: bool,
    /// The store answers.
    store: bool,
    /// The trust list is in force.
    trust: bool,
    /// The register is known, or nobody is checked here.
    register: bool,
}

/// Whether the process lives.
#[utoipa::path(get, path = "/healthz", operation_id = "alive", tag = "operation", responses((status = 200, description = "It lives", body = Alive)))]
pub(crate) async fn alive() -> Response {
    answer(StatusCode::OK, &Alive { state: "alive", version: env!("CARGO_PKG_VERSION") })
}

/// Whether it takes work: the store answers, the trust list is in force, the register is known, and it isn't about to end.
#[utoipa::path(get, path = "/readyz", operation_id = "ready", tag = "operation", responses(
    (status = 200, description = "It takes work", body = Ready), (status = 503, description = "It doesn't", body = Ready)
))]
pub(crate) async fn ready(State(app): State<App>) -> Response {
    let ready = look(&app).await;
    let status = if ready.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    answer(status, &ready)
}

async fn look(app: &App) -> Ready {
    let operator = app.operator.clone();
    let store = app.pool.run(move || Ok(operator.store.get(PROBE, b"ready")?)).await.is_ok();
    let trust = app.operator.trust(now()).is_ok();
    // A desk isn't loaded without its register.
    let register = app.config.check.is_none() || app.operator.desk.is_some();
    Ready { ready: store && trust && register && !app.is_ending(), store, trust, register }
}

/// The figures, for Prometheus.
#[utoipa::path(get, path = "/metrics", operation_id = "metrics", tag = "operation", responses(
    (status = 200, description = "The figures", body = String, content_type = "application/openmetrics-text"),
    (status = "default", response = crate::shown::Error)
), security(("token" = ["metrics"])))]
pub(crate) async fn metrics(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    if app.demo.is_none() {
        Call::admit(&app, request, Scope::Metrics).await?;
    }
    let measures = &app.measures;
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let run = app.clone();
    if let Ok(open) = app.pool.run(move || run.sessions.open()).await {
        measures.open_sessions.set(count(open));
    }
    measures.work.set(count(app.pool.taken(app.limits.workers + app.limits.queue)));
    measures.ready.set(u64::from(look(&app).await.ready));
    if let Ok(trust) = app.operator.trust(now()) {
        measures.list_age.set(trust.list.age(now()).as_secs());
        measures.list_left.set(trust.list.expires_at().as_second().saturating_sub(now().as_second()));
    }
    let mut response = Response::new(Body::from(measures.text()));
    let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}
