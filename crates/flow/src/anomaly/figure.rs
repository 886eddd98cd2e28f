//! Which figures there are.

/// A figure of one agent in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums, reason = "whoever adds one has to say everywhere what it is made of")]
pub enum Figure {
    /// Most events in one hour.
    BusiestHour,
    /// Shortest time between two events of one terminal that stand one after the other within an hour, in seconds.
    ShortestGap,
    /// Share of events between ten at night and seven in the morning (UTC+8).
    Night,
    /// Share of events that went the human route.
    HumanRoute,
    /// Share of events without a conclusion.
    Inconclusive,
    /// Share of readings that nobody confirmed.
    Unconfirmed,
    /// Share of events of a person who has as many numbers as he may.
    AtLimit,
    /// Most readers of one terminal.
    ReadersOfTerminal,
    /// Most terminals of one of its readers, other agents' included.
    TerminalsOfReader,
    /// Share of photos that had been another person's before.
    PhotoReused,
    /// Share of sales to a person whom another agent had refused within the half hour before.
    RefusedElsewhere,
    /// Share of called back numbers that the call-back couldn't confirm.
    NotConfirmedLater,
}

realname_terms::names! {
    Figure {
        BusiestHour = "busiest_hour",
        ShortestGap = "shortest_gap_s",
        Night = "night_ppm",
        HumanRoute = "human_route_ppm",
        Inconclusive = "inconclusive_ppm",
        Unconfirmed = "unconfirmed_ppm",
        AtLimit = "at_limit_ppm",
        ReadersOfTerminal = "readers_of_terminal",
        TerminalsOfReader = "terminals_of_reader",
        PhotoReused = "photo_reused_ppm",
        RefusedElsewhere = "refused_elsewhere_ppm",
        NotConfirmedLater = "not_confirmed_later_ppm",
    }
}
