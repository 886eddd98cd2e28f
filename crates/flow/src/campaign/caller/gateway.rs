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
    pub fn with_authorization(self, value: &str) -> Result<Self, GatewayError> {
        self.0.with_authorization(value).map(Self)
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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use jiff::Timestamp;

    use super::*;
    use crate::campaign::Outcome;
    use crate::loopback::serve;

    fn call(answer: &'static str) -> (Result<Called, CallerError>, String) {
        let (url, server) = serve(move |stream| stream.write_all(answer.as_bytes()).unwrap());
        let caller = HttpCaller::new(&url, Duration::from_secs(10)).unwrap();
        let caller = caller.with_authorization("Bearer CANARY").unwrap();
        assert!(!format!("{caller:?}").contains("CANARY"));
        let (number, until) = ("+8619900000001".parse().unwrap(), Timestamp::UNIX_EPOCH);
        let called = caller.call(&Call { attempt: "AAAA.2".to_owned(), number, place: 2, until });
        (called, server.join().unwrap())
    }

    #[test]
    fn a_call_is_posted_and_only_its_own_outcome_counts() {
        let (called, request) = call(
            "HTTP/1.1 200 OK\r\ncontent-length: 58\r\n\r\n{\"attempt\":\"AAAA.2\",\"outcome\":\"reached\",\"channel\":\"voice\"}",
        );
        assert_eq!(called, Ok(Called { outcome: Outcome::Reached, channel: Some("voice".to_owned()) }));
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let head = head.to_lowercase();
        assert!(head.contains("idempotency-key: aaaa.2") && head.contains("authorization: bearer canary"));
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!((&body["number"], &body["place"]), (&"+8619900000001".into(), &2.into()));

        let other =
            "HTTP/1.1 200 OK\r\ncontent-length: 40\r\n\r\n{\"attempt\":\"AAAA.1\",\"outcome\":\"reached\"}";
        assert_eq!(call(other).0, Err(CallerError::Said));
        assert_eq!(call("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").0, Err(CallerError::Said));
        assert_eq!(call("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n").0, Err(CallerError::Unreachable));
    }
}
