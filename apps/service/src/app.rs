//! What every call has at hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::{HeaderMap, header};
use realname::capture::Intake;
use realname::profile::Explain as _;
use std::net::IpAddr;
use std::time::Duration;

use crate::Refusal;
use crate::book::Book;
use crate::clock::now;
use crate::config::{Config, Limits};
use crate::measures::Measures;
use crate::once::Running;
use crate::operator::Operator;
use crate::pool::Pool;
use crate::rates::Rates;
use crate::sessions::{Secret, Sessions};
use crate::tokens::{Caller, Tokens};

/// How long events are gathered before the journal takes them.
const GATHERED: Duration = Duration::from_millis(200);

/// What every call has at hand. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) operator: Arc<Operator>,
    /// Signatures and the store.
    pub(crate) pool: Pool,
    /// Photos: as many at once as there are cores, because each takes memory.
    pub(crate) photos: Pool,
    /// Keeps the memory that photos are decoded into, from one to the next.
    pub(crate) intake: Intake,
    pub(crate) tokens: Tokens,
    pub(crate) rates: Rates,
    pub(crate) running: Running,
    pub(crate) measures: Measures,
    pub(crate) sessions: Sessions,
    pub(crate) limits: Limits,
    pub(crate) config: Config,
    /// The origin under which browsers reach it.
    pub(crate) origin: String,
    /// This process, among others on the store.
    pub(crate) node: [u8; 16],
    pub(crate) demo: Option<crate::Demo>,
    ending: AtomicBool,
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    pub(crate) fn new(
        operator: Operator,
        config: Config,
        origin: String,
        demo: Option<crate::Demo>,
        node: [u8; 16],
    ) -> Self {
        let limits = config.limits.clone();
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let secret = Secret::new(operator.sealing.clone());
        let sessions = Sessions::new(Arc::clone(&operator.store), secret, &limits);
        Self(Arc::new(Inner {
            operator: Arc::new(operator),
            pool: Pool::new(limits.workers, limits.queue),
            photos: Pool::new(cores, 64),
            intake: Intake::default(),
            tokens: Tokens::default(),
            rates: Rates::new(&limits),
            running: Running::default(),
            measures: Measures::new(),
            sessions,
            limits,
            config,
            origin,
            node,
            demo,
            ending: AtomicBool::new(false),
        }))
    }

    /// Whether the process is about to end.
    pub(crate) fn is_ending(&self) -> bool {
        self.ending.load(Ordering::Relaxed)
    }

    pub(crate) fn end(&self) {
        self.ending.store(true, Ordering::Relaxed);
    }

    /// Who calls, by the `Authorization` header.
    pub(crate) async fn caller(&self, headers: &HeaderMap, peer: IpAddr) -> Result<Caller, Refusal> {
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let text = match (values.next(), values.next()) {
            (None, _) => return Err(Refusal::NoToken),
            (Some(value), None) => value.to_str().unwrap_or_default(),
            _ => return Err(Refusal::TokenRefused),
        };
        let Some((scheme, token)) = text.split_once(' ') else { return Err(Refusal::NoToken) };
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Refusal::NoToken);
        }
        let token = token.trim().to_owned();
        let found = match self.tokens.known(&token, now()) {
            Ok(Some(caller)) => return Ok(caller),
            Ok(None) if token.len() > 128 => Err(Refusal::TokenRefused),
            Ok(None) => {
                let app = self.clone();
                self.pool.run(move || app.tokens.look(app.operator.store.as_ref(), &token, now())).await
            }
            Err(refusal) => Err(refusal),
        };
        if matches!(found, Err(Refusal::TokenRefused)) {
            self.rates.guess(peer)?;
        }
        found
    }

    /// Has the journal take what waits for it, in the background. Opening it costs more the larger it is, so one turn takes the events of
    /// all who ask for one within a moment.
    pub(crate) fn take_events(&self) {
        if !self.operator.book.as_ref().is_some_and(Book::asks_for_a_turn) {
            return;
        }
        let app = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(GATHERED).await;
            tokio::task::spawn_blocking(move || app.take_turn());
        });
    }

    fn take_turn(&self) {
        let Some(book) = &self.operator.book else { return };
        if let Err(error) = book.take(self.operator.store.as_ref(), now()) {
            tracing::error!(code = error.code(), "the journal didn't take its events, which wait: {error}");
        }
    }

    /// Does some of what is over, in the background.
    pub(crate) fn keep_house(&self) {
        let app = self.clone();
        tokio::task::spawn_blocking(move || {
            if let Err(error) = app.sessions.expire(now()) {
                tracing::warn!(code = error.code(), "sessions that are over weren't wiped");
            }
            if let Err(error) = app.operator.housekeeping.run(app.operator.store.as_ref(), now()) {
                tracing::warn!(code = error.code(), "the store wasn't tidied up");
            }
        });
    }
}
