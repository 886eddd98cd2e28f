//! One token for all callers, renewed before it ends, by one of them.
#![allow(clippy::disallowed_methods)] // Callers wait here for the one that fetches.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::exchange::{Exchange, Lost};
use crate::http::token::{Token, TokenGrant};
use crate::http::{Request, Secret};
use crate::{AuthorityError, Clock};

/// The longest that fetching a token takes.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a good token is used on after a renewal that failed, before the next one is tried.
const PAUSE: SignedDuration = SignedDuration::from_secs(30);
/// A token that is refused while it is younger is refused for another reason than its age.
const YOUNG: SignedDuration = SignedDuration::from_secs(60);
/// The longest before a token's end that it is renewed.
const EARLIEST: SignedDuration = SignedDuration::from_hours(1);

pub(super) struct Renewal {
    grant: TokenGrant,
    exchange: Exchange,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    /// Whether a caller is fetching one.
    fetching: bool,
    /// How many were fetched, or couldn't be.
    round: u64,
    /// What the last round came to.
    failed: Option<AuthorityError>,
}

struct Held {
    token: Token,
    since: Timestamp,
    /// From when on the next one is fetched.
    renew: Timestamp,
}

impl Renewal {
    pub(super) fn new(grant: TokenGrant, exchange: Exchange) -> Self {
        Self { grant, exchange, state: Mutex::default(), changed: Condvar::new() }
    }

    pub(super) fn carried(&self, request: Request, token: &Secret) -> Request {
        self.grant.carried(request, token)
    }

    /// A token that is good now. The first caller that finds none fetches one and the others wait for it, within their
    /// `budget`; while the old one is still good nobody waits.
    pub(super) fn token(&self, clock: &dyn Clock, budget: Duration) -> Result<Secret, AuthorityError> {
        let until = Instant::now() + budget;
        let mut state = self.lock();
        loop {
            let now = clock.now();
            let State { held, fetching, .. } = &mut *state;
            match held {
                Some(held) if now < held.renew || (now < held.token.ends && *fetching) => {
                    return Ok(held.token.value.clone());
                }
                // It is this caller that renews. For the others the old one does.
                Some(held) if now < held.token.ends => {
                    let old = held.token.value.clone();
                    held.renew = now.checked_add(PAUSE).unwrap_or(now).min(held.token.ends);
                    return Ok(self.fetched(state, clock, budget).unwrap_or(old));
                }
                _ if !*fetching => return self.fetched(state, clock, budget),
                _ => {}
            }
            let round = state.round;
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(AuthorityError::Transient { retry_after: None });
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
            if state.round != round
                && let Some(error) = &state.failed
            {
                return Err(error.clone());
            }
        }
    }

    /// The register refused this token. `true`: there is, or will be, another one to ask with.
    pub(super) fn is_outdated(&self, refused: &Secret, now: Timestamp) -> bool {
        let mut state = self.lock();
        match &state.held {
            None => true,
            Some(held) if held.token.value.expose() != refused.expose() => true,
            Some(held) if now.duration_since(held.since) > YOUNG => {
                state.held = None;
                true
            }
            Some(_) => false,
        }
    }

    fn fetched(
        &self,
        mut state: MutexGuard<'_, State>,
        clock: &dyn Clock,
        budget: Duration,
    ) -> Result<Secret, AuthorityError> {
        state.fetching = true;
        drop(state);
        let reply = self.exchange.run(&self.grant.request(), &[], budget.min(PATIENCE));
        let now = clock.now();
        let token = match reply {
            Ok(reply) => self.grant.token(&reply, now),
            Err(Lost::Impostor | Lost::Oversized) => Err(AuthorityError::Protocol),
            // A token is fetched before a question is sent, so nobody was asked about yet.
            Err(Lost::NotSent | Lost::Unanswered) => Err(AuthorityError::Transient { retry_after: None }),
        };
        let mut state = self.lock();
        state.fetching = false;
        state.round += 1;
        state.failed = token.as_ref().err().cloned();
        let value = token.map(|token| {
            let lasts = token.ends.duration_since(now);
            let renew = token.ends.checked_sub((lasts / 10).min(EARLIEST)).unwrap_or(now);
            let value = token.value.clone();
            state.held = Some(Held { token, since: now, renew });
            value
        });
        self.changed.notify_all();
        value
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
