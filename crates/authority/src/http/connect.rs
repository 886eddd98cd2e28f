//! From an address to a ready authority.

use std::path::Path;
use std::sync::Arc;

use super::client::{HttpAuthority, TlsError};
use super::config::{Config, ConfigError};
use crate::compose::{Allowance, Audited, Breaker, Guarded, LineTrail, RetryPolicy, Retrying, Within};
use crate::{Authority, Clock, SystemClock};

/// Why an authority can't be made. The one who configured it is to look; nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The configuration can't be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The address or a certificate can't be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Neither the caller nor the configuration names an address.
    #[error("no address: the configuration names no origin")]
    NoOrigin,
    /// The caller and the configuration name two addresses.
    #[error("the address {asked} isn't the configuration's origin {configured}")]
    OtherOrigin {
        /// What the caller asked for.
        asked: String,
        /// What the configuration says.
        configured: String,
    },
}

/// The register at `origin` (`https://host[:port]`, or plain `http` on loopback), as `config` describes it; without one it
/// is the register of this crate, as `authority::serve` speaks it. It retries where that is safe, stops asking while the
/// register is down, keeps to the rate and the daily quota of the configuration, and records every question where the
/// configuration names an audit trail.
///
/// # Errors
/// [`ConnectError`]; nothing is sent.
pub fn connect(origin: Option<&str>, config: Option<&Path>) -> Result<Box<dyn Authority>, ConnectError> {
    let config = config.map_or_else(|| Ok(Config::register()), Config::open)?;
    let origin = match (origin, config.origin.clone()) {
        (Some(asked), Some(configured))
            if asked.trim_end_matches('/') != configured.trim_end_matches('/') =>
        {
            return Err(ConnectError::OtherOrigin { asked: asked.to_owned(), configured });
        }
        (Some(origin), _) => origin.to_owned(),
        (None, Some(origin)) => origin,
        (None, None) => return Err(ConnectError::NoOrigin),
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let allowance = Allowance::new(config.per_second, config.per_day);
    let policy = RetryPolicy::default().with_tries(config.tries);
    let open = |path| LineTrail::open(&path).map_err(|_| ConfigError::Audit(path));
    let trail = config.audit.map(open).transpose()?;
    let (options, dialect) = (config.http, config.dialect);
    let policy = match options.per_try {
        Some(limit) => policy.with_per_try(limit),
        None => policy,
    };
    let register = HttpAuthority::new(dialect, &origin, options)?.with_clock(Arc::clone(&clock));
    let guarded = Guarded::new(register, Breaker::default(), allowance).with_clock(Arc::clone(&clock));
    let retrying = Retrying::new(guarded, policy).with_clock(Arc::clone(&clock));
    let within: Box<dyn Authority> = match config.deadline {
        Some(deadline) => Box::new(Within::new(retrying, deadline).with_clock(Arc::clone(&clock))),
        None => Box::new(retrying),
    };
    Ok(match trail {
        Some(trail) => Box::new(Audited::new(within, trail).with_clock(clock)),
        None => within,
    })
}
