//! The program as its user has it: started, spoken to, killed.

mod advice;
mod authority;
#[cfg(feature = "bridge")]
mod bridge;
mod campaign;
mod cancellation;
mod capture;
mod chain;
mod change;
mod chinese;
mod handover;
mod inspection;
mod interop;
mod journal;
mod keeping;
mod kill;
mod online;
mod operator;
mod outputs;
mod plugins;
mod policy;
mod reader;
mod reuse;
mod sandbox;
mod schemas;
mod support;
mod till;
mod trust_runbook;
mod usage;
mod vendor;
