//! Credit of agents and service providers: points that events cost, with their grounds, and what follows. `docs/operator-formats.md`.

mod account;
mod rules;

pub use account::{Accounts, Charge, ChargeError, Credit, Taken};
pub use rules::{Follows, Rules};

#[cfg(test)]
mod tests;
