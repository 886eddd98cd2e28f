//! The blocking authority over HTTP(S).

mod exchange;
mod renewal;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
pub use tls::{Tls, TlsError};

use super::dialect::wire_key;
use super::seal::hex;
use super::status;
use super::{Dialect, Hint, Request, Response, Seal, Secret, Signature, TokenGrant};
use crate::clock::time_left;
use crate::{Authority, AuthorityError, Clock, Finding, Query, QueryField, Reconciled, SystemClock};
use exchange::{Exchange, Lost};
use renewal::Renewal;

/// How a register is reached, and as whom.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct HttpOptions {
    /// Roots and client certificate; by default the system's roots and none.
    pub tls: Tls,
    /// Headers that carry our credentials, such as `Authorization`.
    pub credentials: Vec<(String, Secret)>,
    /// Parameters of the address that carry our credentials, where a register insists on that. ASCII.
    pub query_credentials: Vec<(String, Secret)>,
    /// The token that questions carry, asked for with our credentials and renewed before it ends.
    pub token: Option<TokenGrant>,
    /// How requests are signed for a register that wants a canonical request under the signature.
    pub signature: Option<Signature>,
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
    renewal: Option<Renewal>,
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
        let renewal = options.token.as_ref().map(|grant| {
            let exchange = Exchange::new(grant.origin.as_deref().unwrap_or(origin), &options.tls)?;
            Ok(Renewal::new(grant.clone(), exchange))
        });
        let renewal = renewal.transpose()?;
        Ok(Self { dialect, exchange, renewal, options, clock: Arc::new(SystemClock) })
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

    /// Sends a request, with a token where the register wants one. A refusal of a token that has been good for a while is
    /// taken for its end: the request goes out once more with another one, since a question that was denied wasn't worked on.
    fn with_token<T>(
        &self,
        request: &Request,
        query: &Query,
        read: impl Fn(&Response, Timestamp) -> Result<T, AuthorityError>,
    ) -> Result<T, AuthorityError> {
        let once = |request: Request| {
            let reply = self.send(request, query)?;
            read(&reply, self.clock.now())
        };
        let Some(renewal) = &self.renewal else { return once(request.clone()) };
        let token = renewal.token(&*self.clock, self.budget(query, self.clock.now()))?;
        let answer = once(renewal.carried(request.clone(), &token));
        let denied = matches!(answer, Err(AuthorityError::Denied));
        if denied && renewal.is_outdated(&token, self.clock.now()) {
            let token = renewal.token(&*self.clock, self.budget(query, self.clock.now()))?;
            return once(renewal.carried(request.clone(), &token));
        }
        answer
    }

    /// Asks once and keeps what came, for whoever sets the register up.
    pub(super) fn examined(&self, query: &Query) -> Examined {
        let kept = std::cell::RefCell::new(None);
        let answer = self.dialect.request(query, self.clock.now()).and_then(|request| {
            self.with_token(&request, query, |reply, now| {
                *kept.borrow_mut() = Some((reply.clone(), now));
                self.dialect.finding(query, reply, now)
            })
        });
        let (reply, at) = kept.into_inner().unzip();
        let hint = reply.as_ref().and_then(|reply| self.dialect.hint(reply));
        Examined { answer, hint, reply, at: at.unwrap_or_else(|| self.clock.now()) }
    }

    fn budget(&self, query: &Query, now: Timestamp) -> Duration {
        time_left(now, query.deadline()).min(self.options.per_try.unwrap_or(Self::DEFAULT_PER_TRY))
    }

    /// Sends a request with our credentials, and checks the reply's signature.
    fn send(&self, mut request: Request, query: &Query) -> Result<Response, AuthorityError> {
        let now = self.clock.now();
        let key = wire_key(query);
        let budget = self.budget(query, now);
        if budget.is_zero() {
            return Err(AuthorityError::Transient { retry_after: None });
        }
        if let Some(name) = &self.options.time_header {
            request = request.with_header(name, now.as_second().to_string());
        }
        if let Some(seal) = &self.options.seal {
            let signature = seal.of_request(&request, &key, now);
            request = request.with_header(seal.header(), signature);
        }
        for (name, value) in &self.options.query_credentials {
            let value = std::str::from_utf8(value.expose()).map_err(|_| AuthorityError::BadRequest)?;
            request = request.with_parameter(name, value);
        }
        if let Some(signature) = &self.options.signature {
            let mut nonce = [0; 16];
            getrandom::fill(&mut nonce).map_err(|_| AuthorityError::Unsupported)?;
            let signed = signature.signed(request, self.exchange.host(), now, &hex(&nonce));
            request = signed.ok_or(AuthorityError::BadRequest)?;
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

/// A question with the reply that it had, if any.
pub(super) struct Examined {
    pub(super) answer: Result<Finding, AuthorityError>,
    pub(super) hint: Option<Hint>,
    pub(super) reply: Option<Response>,
    pub(super) at: Timestamp,
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
        let mut finding =
            self.with_token(&request, query, |reply, now| self.dialect.finding(query, reply, now))?;
        finding.meta.is_test |= self.is_test();
        Ok(finding.without_echo(query))
    }

    fn reconcile(&self, query: &Query) -> Result<Reconciled, AuthorityError> {
        let request = self.dialect.inquiry(query, self.clock.now())?;
        let outcome =
            self.with_token(&request, query, |reply, now| self.dialect.outcome(query, reply, now))?;
        Ok(match outcome {
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
