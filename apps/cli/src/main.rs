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

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

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

/// Help and version are answers; everything else is exit code 2 and told as every other error is.
fn usage(error: &clap::Error, as_json: bool) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        // Nothing was asked for: the help is the better answer, and in JSON the error still is.
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand if !as_json => {
            let _ = error.print();
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            output::failure(&Failure::usage("a command is missing", help_of_command()), as_json);
        }
        _ => {
            let text = error.render().to_string();
            // What follows is the usage line and a pointer to the help.
            let what = text.split("\n\nUsage:").next().unwrap_or_default();
            let what = what.split("\n\nFor more").next().unwrap_or_default();
            let what = what.trim_start_matches("error: ").split_whitespace().collect::<Vec<_>>().join(" ");
            output::failure(&Failure::usage(what, help_of_command()), as_json);
        }
    }
    ExitCode::from(failure::Exit::Usage as u8)
}

/// Where the command that was meant is explained.
fn help_of_command() -> String {
    let mut command = Cli::command();
    let mut path = vec!["realname".to_owned()];
    for arg in std::env::args().skip(1) {
        if let Some(found) = command.find_subcommand(&arg).cloned() {
            path.push(arg);
            command = found;
        }
    }
    format!("see `{} --help`", path.join(" "))
}
