//! A call centre behind HTTP.

use std::time::Duration;

use ureq::http::header;

use super::lines::{heard, written};
use super::{Called, Caller, CallerError};
use crate::campaign::Call;
use crate::confirmation::{GatewayError, HttpGateway};

/// Posts each call as JSON (`attempt`, `number`, `place`, `until`) and waits for `attempt`, `outcome` and perhaps `channel`. The header
/// `Idempotency-Key` carries the attempt. Anything but a 2xx with such an answer counts as unknown. Blocking.
#[derive(Debug)]
pub struct HttpCaller(HttpGateway);

impl HttpCaller {
    /// A call centre at that URL: `https`, or `http` on this machine. A call takes `timeout` at most.
    pub fn new(url: &str, timeout: Duration) -> Result<Self, GatewayError> {
        HttpGateway::new(url, timeout).map(Self)
    }

    /// The value of the `Authorization` header. It is in no log and no `Debug`.
    pub fn authorization(self, value: &str) -> Result<Self, GatewayError> {
        self.0.authorization(value).map(Self)
    }
}

impl Caller for HttpCaller {
    fn call(&self, call: &Call) -> Result<Called, CallerError> {
        let request = self.0.post().header("Idempotency-Key", &call.attempt);
        let request = request.header(header::ACCEPT, "application/json");
        let mut response =
            request.send(&written(call).to_bytes()[..]).map_err(|_| CallerError::Unreachable)?;
        if !response.status().is_success() {
            return Err(CallerError::Unreachable);
        }
        let body = response.body_mut().with_config().limit(4096).read_to_vec();
        heard(&body.map_err(|_| CallerError::Said)?, &call.attempt)
    }
}
