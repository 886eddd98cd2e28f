//! The blocking authority over HTTP(S).

mod exchange;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
pub use tls::{Tls, TlsError};

use super::dialect::wire_key;
use super::status;
use super::{Dialect, Request, Response, Seal, Secret};
use crate::clock::time_left;
use crate::{Authority, AuthorityError, Clock, Finding, Query, QueryField, Reconciled, SystemClock};
use exchange::{Exchange, Lost};

/// How a register is reached, and as whom.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct HttpOptions {
    /// Roots and client certificate; by default the system's roots and none.
    pub tls: Tls,
    /// Headers that carry our credentials, such as `Authorization`.
    pub credentials: Vec<(String, Secret)>,
    /// How requests are signed.
    pub seal: Option<Seal>,
    /// The header that says the time (Unix seconds) at which a request was signed.
    pub time_header: Option<String>,
    /// How replies must be signed. One that isn't is [`Protocol`](AuthorityError::Protocol).
    pub reply_seal: Option<Seal>,
    /// How long one request may take. The query's deadline ends it earlier.
    pub per_try: Option<Duration>,
}

/// A register over HTTP. One question is one request on one connection: it is never redirected, never repeated and never
/// sent through a proxy that nobody named here.
///
/// A reply that was lost after the question began to be sent is [`Indeterminate`](AuthorityError::Indeterminate); what
/// failed before is [`Transient`](AuthorityError::Transient). The question is known to be unsent when not one byte of its
/// body was asked for.
pub struct HttpAuthority<D> {
    dialect: D,
    exchange: Exchange,
    options: HttpOptions,
    clock: Arc<dyn Clock>,
}

impl<D: Dialect> HttpAuthority<D> {
    /// The longest that one request takes when the options don't say.
    pub const DEFAULT_PER_TRY: Duration = Duration::from_secs(8);

    /// For the register at `origin`, such as `https://register.example`: scheme, host and port. Plain `http` is taken for
    /// loopback only, for tests.
    ///
    /// # Errors
    /// [`TlsError`] when the address or a certificate can't be used. Nothing is sent yet.
    pub fn new(dialect: D, origin: &str, options: HttpOptions) -> Result<Self, TlsError> {
        let exchange = Exchange::new(origin, &options.tls)?;
        Ok(Self { dialect, exchange, options, clock: Arc::new(SystemClock) })
    }

    /// With another clock.
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The dialect that it speaks.
    pub fn dialect(&self) -> &D {
        &self.dialect
    }

    /// Sends a request with our credentials, and checks the reply's signature.
    fn send(&self, mut request: Request, query: &Query) -> Result<Response, AuthorityError> {
        let now = self.clock.now();
        let key = wire_key(query);
        let limit = self.options.per_try.unwrap_or(Self::DEFAULT_PER_TRY);
        let budget = time_left(now, query.deadline()).min(limit);
        if budget.is_zero() {
            return Err(AuthorityError::Transient { retry_after: None });
        }
        if let Some(name) = &self.options.time_header {
            request = request.with_header(name, now.as_second().to_string());
        }
        if let Some(seal) = &self.options.seal {
            let signature = seal.of_request(&request, &key, now.as_second());
            request = request.with_header(seal.header(), signature);
        }
        let reply =
            self.exchange.run(&request, &self.options.credentials, budget).map_err(|lost| match lost {
                Lost::NotSent => AuthorityError::Transient { retry_after: None },
                Lost::Impostor | Lost::Oversized => AuthorityError::Protocol,
                Lost::Unanswered => AuthorityError::Indeterminate,
            })?;
        match &self.options.reply_seal {
            Some(seal) if !seal.is_on(&request, &key, &reply) => Err(unsigned(&reply, self.clock.now())),
            None | Some(_) => Ok(reply),
        }
    }
}

/// What an unsigned reply is worth: nothing as an answer. But what stands before a register (a gateway, a load balancer)
/// signs nothing, so an error status is still taken: it can only refuse or delay.
fn unsigned(reply: &Response, now: Timestamp) -> AuthorityError {
    if reply.status >= 400 { status::error_of(reply, now) } else { AuthorityError::Protocol }
}

impl<D: Dialect> Authority for HttpAuthority<D> {
    fn id(&self) -> &str {
        self.dialect.id()
    }

    fn is_test(&self) -> bool {
        self.dialect.is_test()
    }

    fn asks_for(&self, field: QueryField) -> bool {
        self.dialect.asks_for(field)
    }

    fn ask(&self, query: &Query) -> Result<Finding, AuthorityError> {
        let request = self.dialect.request(query, self.clock.now())?;
        let reply = self.send(request, query)?;
        let mut finding = self.dialect.finding(query, &reply, self.clock.now())?;
        finding.meta.is_test |= self.is_test();
        Ok(finding.without_echo(query))
    }

    fn reconcile(&self, query: &Query) -> Result<Reconciled, AuthorityError> {
        let request = self.dialect.inquiry(query, self.clock.now())?;
        let reply = self.send(request, query)?;
        Ok(match self.dialect.outcome(query, &reply, self.clock.now())? {
            Reconciled::Answered(Ok(mut finding)) => {
                finding.meta.is_test |= self.is_test();
                Reconciled::Answered(Ok(finding.without_echo(query)))
            }
            other => other,
        })
    }
}

impl<D: Dialect> std::fmt::Debug for HttpAuthority<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpAuthority").field("id", &self.dialect.id()).finish_non_exhaustive()
    }
}
