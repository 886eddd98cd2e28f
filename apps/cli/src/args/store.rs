//! `store` and `record`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Remove what ended long ago; what is pending stays, whatever time is given
    Expire(ExpireArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ExpireArgs {
    /// The store
    #[arg(long, value_name = "DIR")]
    pub(crate) store: PathBuf,
    /// Remove what ended before this (RFC 3339); 30 days ago by default
    #[arg(long, value_name = "TIME")]
    pub(crate) before: Option<jiff::Timestamp>,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RecordCommand {
    /// Drop what names the person and the number from a kept record, in place; it can still be audited
    Erase(EraseArgs),
}

#[derive(Debug, Args)]
pub(crate) struct EraseArgs {
    /// The record, as `verify --record` wrote it
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}
