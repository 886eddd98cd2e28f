//! The `realname` command: read a card, check a person, sign, verify.
//!
//! Exit codes: 0 done or accepted, 1 refused, 2 usage, 3 device, file, network or authority trouble, 4 damaged input.
#![warn(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]
// This is where the clock, the files and the terminal are: the library's cores get them handed in.
#![allow(clippy::disallowed_methods)]

mod args;
mod commands;
mod config;
mod errors;
mod failure;
mod files;
mod lang;
mod output;
mod outside;
mod plugins;
mod policies;
#[cfg(all(test, feature = "schema"))]
mod schemas;
mod shapes;
mod signals;
mod usage;
mod words;

use std::alloc::System;
use std::process::ExitCode;

use clap::FromArgMatches;

use crate::args::Cli;
use crate::failure::{Exit, Failure};

/// What is freed is wiped first: names, numbers, faces and tokens pass through buffers of libraries that don't do it themselves, and a
/// service goes on for months with what they left.
#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<System> = zeroizing_alloc::ZeroAlloc(System);

fn main() -> ExitCode {
    // Before parsing, because a wrong command line must be told in JSON, and in the language asked for, too.
    let arguments = || std::env::args().skip(1).take_while(|arg| arg != "--");
    let as_json = arguments().any(|arg| arg == "--json");
    lang::choose(lang::asked(arguments()));
    let matches = args::command().try_get_matches();
    let code = match matches.and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches)) {
        Ok(cli) => {
            let done = commands::run(cli.command);
            signals::leave_the_end_to_whom_it_is_due();
            done.unwrap_or_else(|failure| told(&failure, as_json))
        }
        Err(error) => usage::tell(&error, as_json),
    };
    match output::lost() {
        // Nothing that was to stand on standard output can be told there.
        Some(lost) => told(&lost, false),
        None => code,
    }
}

fn told(failure: &Failure, as_json: bool) -> ExitCode {
    output::failure(failure, as_json);
    exit(failure.exit)
}

fn exit(code: Exit) -> ExitCode {
    ExitCode::from(code as u8)
}
