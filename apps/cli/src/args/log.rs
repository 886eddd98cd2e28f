//! How much a service logs.

use clap::ValueEnum;

/// How much is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    /// Faults only
    Error,
    /// And what wants attention
    Warn,
    /// And a line for each request
    Info,
    /// And steps
    Debug,
    /// Everything
    Trace,
}

impl LogLevel {
    /// As the log takes it.
    pub(crate) fn level(self) -> realname_service::Level {
        use realname_service::Level;
        match self {
            Self::Error => Level::ERROR,
            Self::Warn => Level::WARN,
            Self::Info => Level::INFO,
            Self::Debug => Level::DEBUG,
            Self::Trace => Level::TRACE,
        }
    }
}
