//! One call, made by whoever has the configuration and the keys in hand, without a connection: what the commands are made of.

use axum::body::Body;
use http::{Method, header};
use http_body_util::BodyExt;
use jiff::Timestamp;
use realname::jose::random;
use serde_json::Value;
use tower::ServiceExt;

use crate::app::App;
use crate::config::Config;
use crate::operator::Operator;
use crate::tokens::Here;
use crate::{SetupError, routes, server};

/// What is called.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "built by its callers")]
pub struct LocalCall<'a> {
    /// Whose demands, questions and cases it sees.
    pub principal: &'a str,
    /// As over HTTP, e.g. `/v1/confirmations`.
    pub path: &'a str,
    /// What makes it happen once, as `Idempotency-Key`.
    pub key: Option<&'a str>,
    /// The body in JSON, which is posted; without one it is a GET.
    pub body: Option<&'a [u8]>,
}

/// What was answered.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "two values")]
pub struct LocalAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The JSON: as the service answers it, an error too.
    pub body: Value,
}

/// Makes one call: the same code as behind a connection, with the same answer. Nothing listens meanwhile, no event is told, and no
/// reply from a gateway is taken in.
///
/// # Errors
/// [`SetupError`], as starting the service would give it.
pub fn call(mut config: Config, call: LocalCall<'_>) -> Result<LocalAnswer, SetupError> {
    server::judge(&config)?;
    let operator = Operator::load(&mut config, Timestamp::now())?;
    let node = random().map_err(|source| SetupError::Key { path: config.key.clone(), source })?;
    let origin = config.origin(config.listen);
    let listen = |source| SetupError::Listen { address: "no address".into(), source };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().map_err(listen)?;
    let app = App::new(operator, config, origin, None, node);
    let method = if call.body.is_some() { Method::POST } else { Method::GET };
    let mut request = http::Request::builder()
        .method(method)
        .uri(call.path)
        .header(header::CONTENT_TYPE, "application/json");
    if let Some(key) = call.key {
        request = request.header("idempotency-key", key);
    }
    let refused = |problem| SetupError::Value { key: "path", problem };
    let request = request.body(Body::from(call.body.unwrap_or_default().to_vec()));
    let mut request = request.map_err(|_| refused("it can't stand in an address"))?;
    request.extensions_mut().insert(Here { principal: call.principal.to_owned() });
    let answer = runtime.block_on(async {
        let Ok(response) = routes::router(app).oneshot(request).await;
        let status = response.status();
        let body = response.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        let body = serde_json::from_slice(&body).unwrap_or_default();
        LocalAnswer { status: status.as_u16(), body }
    });
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    Ok(answer)
}
