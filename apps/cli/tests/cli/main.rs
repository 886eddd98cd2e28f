//! The program as its user has it: started, spoken to, killed.

mod authority;
mod capture;
mod chain;
mod interop;
mod kill;
mod online;
mod policy;
mod reader;
mod schemas;
mod support;
mod usage;
mod vendor;
