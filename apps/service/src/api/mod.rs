//! The calls: each is decode, ask the library, encode.

pub(crate) mod audits;
pub(crate) mod cancellations;
pub(crate) mod changes;
pub(crate) mod confirmations;
pub(crate) mod demands;
pub(crate) mod health;
pub(crate) mod order;
pub(crate) mod orders;
pub(crate) mod presentations;
pub(crate) mod reports;
pub(crate) mod telling;
pub(crate) mod trust;
pub(crate) mod voice;

pub(crate) use self::cancellations::AccountGiven;
