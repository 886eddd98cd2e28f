//! Standing of agents and their terminals: data with history, out of the journal. A measure is an event, acts from its place on, and names its grounds by
//! the index of other events. `docs/standing.md`.

mod admit;
mod find;
mod history;

pub use admit::{StandingError, Watch};
pub use find::{Finder, Found, Stray};
pub use history::{Change, Measure, Standing, Standings};

#[cfg(test)]
mod tests;
