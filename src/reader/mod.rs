//! The device side.
pub mod wire;

#[cfg(test)]
#[path = "../../tests/support/mod.rs"]
#[allow(unreachable_pub)]
pub(crate) mod testkit;
