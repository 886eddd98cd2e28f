//! One call, made by whoever has the configuration and the keys in hand, without a connection: what the commands are made of.

use std::fmt;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{Method, header};
use http_body_util::BodyExt;
use jiff::Timestamp;
use realname::jose::random;
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
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

/// The service behind no connection. Nothing listens, no event is told, and no reply from a gateway is taken in.
pub struct Local {
    router: Router,
    runtime: Runtime,
}

impl Local {
    /// Loads everything that the configuration names.
    ///
    /// # Errors
    /// [`SetupError`], as starting the service would give it.
    pub fn open(mut config: Config) -> Result<Self, SetupError> {
        server::judge(&config)?;
        let operator = Operator::load(&mut config, Timestamp::now())?;
        let node = random()?;
        let origin = config.origin(config.listen);
        let listen = |source| SetupError::Listen { address: "no address".into(), source };
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().map_err(listen)?;
        let app = App::new(operator, config, origin, None, node);
        Ok(Self { router: routes::router(app), runtime })
    }

    /// Answers a request as if it had come over a connection: who brings no token may do what anybody may.
    pub fn answer(&self, request: http::Request<Vec<u8>>) -> http::Response<Vec<u8>> {
        self.runtime.block_on(async {
            let Ok(response) = self.router.clone().oneshot(request.map(Body::from)).await;
            let (head, body) = response.into_parts();
            let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
            http::Response::from_parts(head, body.to_vec())
        })
    }

    /// Makes a call for whoever has the configuration and the keys in hand, and so needs no token.
    ///
    /// # Errors
    /// [`SetupError::Value`] when the path can't stand in an address.
    pub fn call(&self, call: LocalCall<'_>) -> Result<LocalAnswer, SetupError> {
        let method = if call.body.is_some() { Method::POST } else { Method::GET };
        let mut request = http::Request::builder()
            .method(method)
            .uri(call.path)
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(key) = call.key {
            request = request.header("idempotency-key", key);
        }
        let refused = |_| SetupError::Value { key: "path", problem: "it can't stand in an address" };
        let mut request = request.body(call.body.unwrap_or_default().to_vec()).map_err(refused)?;
        request.extensions_mut().insert(Here { principal: call.principal.to_owned() });
        let answer = self.answer(request);
        let body = serde_json::from_slice(answer.body()).unwrap_or_default();
        Ok(LocalAnswer { status: answer.status().as_u16(), body })
    }

    /// Lets work that goes on come to its end, for five seconds at most.
    pub fn close(self) {
        self.runtime.shutdown_timeout(Duration::from_secs(5));
    }
}

/// Makes one call: the same code as behind a connection, with the same answer.
///
/// # Errors
/// [`SetupError`], as [`Local::open`] and [`Local::call`] give it.
pub fn call(config: Config, call: LocalCall<'_>) -> Result<LocalAnswer, SetupError> {
    let local = Local::open(config)?;
    let answer = local.call(call);
    local.close();
    answer
}

impl fmt::Debug for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Local").finish_non_exhaustive()
    }
}
