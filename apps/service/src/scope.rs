//! What a token may do.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "a new scope has to be said everywhere")]
pub enum Scope {
    /// Makes demands, confirms, cancels.
    Demand,
    /// Answers presentations, audits.
    Verify,
    /// Makes sessions.
    Session,
    /// Takes in reports.
    Report,
    /// Reads the metrics.
    Metrics,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Demand, Self::Verify, Self::Session, Self::Report, Self::Metrics];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Demand => "demand",
            Self::Verify => "verify",
            Self::Session => "session",
            Self::Report => "report",
            Self::Metrics => "metrics",
        }
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|scope| scope.as_str() == text);
        known.ok_or("a scope is demand, verify, session, report or metrics")
    }
}
