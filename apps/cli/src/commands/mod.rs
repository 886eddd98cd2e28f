//! The commands, one module each.

mod attest;
mod authority;
mod capture;
mod demand;
mod demo;
mod emulator;
mod inspect;
mod key;
mod photos;
mod policy;
mod reader;
mod trust;
mod verify;

use std::process::ExitCode;

use crate::args::Command;
use crate::failure::Failure;

/// How a command ends: done (or accepted), refused with its own output, or a failure to be told.
pub(crate) type Done = Result<ExitCode, Failure>;

pub(crate) fn run(command: Command) -> Done {
    match command {
        Command::Reader(command) => reader::run(command),
        Command::Capture(command) => capture::run(command),
        Command::Authority(command) => authority::run(command),
        Command::Policy(command) => policy::run(command),
        Command::Attest(args) => attest::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Emulator(args) => emulator::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Key(command) => key::run(command),
        Command::Trust(command) => trust::run(command),
        Command::Demand(command) => demand::run(command),
    }
}

/// Exit code 0.
pub(crate) fn done() -> Done {
    Ok(ExitCode::SUCCESS)
}
