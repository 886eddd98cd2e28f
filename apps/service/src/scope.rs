//! What a token may do.

/// What a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "a new scope has to be said everywhere")]
pub enum Scope {
    /// Makes demands, confirms, cancels.
    Demand,
    /// Does a desk's part with numbers whose accounts the service looks up itself: it can't say what stands in one.
    Desk,
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
        Desk = "desk",
        Verify = "verify",
        Session = "session",
        Report = "report",
        Metrics = "metrics",
    }
}
