//! The two parties of an inspection.

/// Who commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums, reason = "the draw is between these two")]
pub enum Role {
    /// Whose journal it is.
    Operator,
    /// The other party: the regulator, the wholesale operator.
    Witness,
}

realname_terms::names! {
    Role {
        Operator = "operator",
        Witness = "witness",
    }
}
