//! From an address to a ready authority.

use std::path::Path;
use std::sync::Arc;

use super::client::{HttpAuthority, TlsError};
use super::config::{Config, ConfigError};
use crate::compose::{
    Allowance, Audited, Breaker, Cached, Fallback, Guarded, LineTrail, RetryPolicy, Retrying, Within,
};
use crate::{Authority, Clock, SystemClock};

/// Why an authority can't be made. The author of its configuration corrects it; nothing was sent.
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
    /// The system has no random numbers for the cache's key.
    #[error("this system gives no random numbers, which the cache needs")]
    NoRandomness,
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
/// register is down, keeps to the rate and the daily quota of the configuration, asks the registers that the configuration
/// names in its place when it can't answer, gives a young "yes" once more where the configuration allows it, and records
/// every question where the configuration names an audit trail.
///
/// # Errors
/// [`ConnectError`]; nothing is sent.
pub fn connect(origin: Option<&str>, config: Option<&Path>) -> Result<Box<dyn Authority>, ConnectError> {
    let mut config = config.map_or_else(|| Ok(Config::register()), Config::open)?;
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
    let open = |path| LineTrail::open(&path).map_err(|_| ConfigError::Audit(path));
    let trail = config.audit.take().map(open).transpose()?;
    let (cache, others) = (config.cache, std::mem::take(&mut config.fallback));
    let mut authority = register(&origin, config, &clock)?;
    if !others.is_empty() {
        let mut registers =
            Fallback::new(authority.id().to_owned(), authority).with_clock(Arc::clone(&clock));
        for file in &others {
            registers = registers.or(another(file, &clock)?);
        }
        authority = Box::new(registers);
    }
    if let Some(max_age) = cache {
        let cached = Cached::new(authority, max_age).map_err(|_| ConnectError::NoRandomness)?;
        authority = Box::new(cached.with_clock(Arc::clone(&clock)));
    }
    Ok(match trail {
        Some(trail) => Box::new(Audited::new(authority, trail).with_clock(clock)),
        None => authority,
    })
}

/// A register that is asked in another one's place. Trail, cache and further registers are the first one's to name: what
/// the caller is told passes through these once.
fn another(file: &Path, clock: &Arc<dyn Clock>) -> Result<Box<dyn Authority>, ConnectError> {
    let config = Config::open(file)?;
    let misplaced = [
        (config.audit.is_some(), "audit"),
        (config.cache.is_some(), "cache"),
        (!config.fallback.is_empty(), "fallback"),
    ];
    if let Some((_, what)) = misplaced.into_iter().find(|(says, _)| *says) {
        return Err(ConfigError::InFallback { file: file.to_owned(), what }.into());
    }
    let origin = config.origin.clone().ok_or(ConnectError::NoOrigin)?;
    register(&origin, config, clock)
}

/// One register: guarded, retried, inside its deadline.
fn register(
    origin: &str,
    config: Config,
    clock: &Arc<dyn Clock>,
) -> Result<Box<dyn Authority>, ConnectError> {
    let allowance = Allowance::new(config.per_second, config.per_day);
    let policy = RetryPolicy::default().with_tries(config.tries);
    let (options, dialect) = (config.http, config.dialect);
    let policy = match options.per_try {
        Some(limit) => policy.with_per_try(limit),
        None => policy,
    };
    let register = HttpAuthority::new(dialect, origin, options)?.with_clock(Arc::clone(clock));
    let guarded = Guarded::new(register, Breaker::default(), allowance).with_clock(Arc::clone(clock));
    let retrying = Retrying::new(guarded, policy).with_clock(Arc::clone(clock));
    Ok(match config.deadline {
        Some(deadline) => Box::new(Within::new(retrying, deadline).with_clock(Arc::clone(clock))),
        None => Box::new(retrying),
    })
}
