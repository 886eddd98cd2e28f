//! What a token may do.

/// What a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

realname::profile::names! {
    Scope {
        Demand = "demand",
        Verify = "verify",
        Session = "session",
        Report = "report",
        Metrics = "metrics",
    }
}
