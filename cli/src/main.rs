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
mod policies;
mod signals;

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::args::Cli;
use crate::failure::Failure;

fn main() -> ExitCode {
    // Before parsing, because a wrong command line must be told in JSON too.
    let as_json = std::env::args().skip(1).take_while(|arg| arg != "--").any(|arg| arg == "--json");
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error, as_json),
    };
    lang::choose(cli.lang);
    match commands::run(cli.command) {
        Ok(code) => code,
        Err(failure) => {
            output::failure(&failure, as_json);
            ExitCode::from(failure.exit as u8)
        }
    }
}

/// Help and version are answers; everything else is exit code 2.
fn usage(error: &clap::Error, as_json: bool) -> ExitCode {
    let answer = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let _ = error.print();
    if answer {
        return ExitCode::SUCCESS;
    }
    if as_json {
        let text = error.render().to_string();
        let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        output::json(&Failure::usage(first, "see --help").to_json());
    }
    ExitCode::from(failure::Exit::Usage as u8)
}
