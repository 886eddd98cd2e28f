//! What an error is about.

/// What an error is about, for whoever sets a register up: a map may say it beside an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Hint {
    /// The two clocks are too far apart.
    Clock,
    /// The signature is wrong.
    Signature,
    /// The credential isn't known or has ended.
    Credential,
    /// The account may not use this.
    Permission,
    /// The service isn't opened.
    NotOpened,
    /// The account owes money.
    Arrears,
}
