//! The commands, one module each.

mod agent;
mod annual;
mod attest;
mod authority;
#[cfg(feature = "bridge")]
mod bridge;
mod campaign;
mod capture;
mod credit;
mod declared;
mod demand;
mod demo;
mod emulator;
mod handover;
#[cfg(feature = "serve")]
mod here;
mod inspect;
mod inspection;
mod journal;
pub(crate) mod key;
mod lease;
mod photos;
mod policy;
mod reader;
mod record;
mod report;
mod rollout;
mod sandbox;
#[cfg(feature = "serve")]
mod serve;
mod specimens;
mod store;
mod stores;
mod trust;
mod trusted;
mod verify;

use std::process::ExitCode;

use crate::args::Command;
use crate::failure::Failure;
use crate::files::Output;
use crate::{lang, output};

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
        Command::Handover(command) => handover::run(command),
        Command::Inspect(args) => inspect::run(&args),
        Command::Emulator(args) => emulator::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Key(command) => key::run(command),
        Command::Trust(command) => trust::run(command),
        Command::Demand(command) => demand::run(command),
        Command::Record(command) => record::run(command),
        Command::Store(command) => store::run(command),
        Command::Agent(command) => agent::run(command),
        Command::Campaign(command) => campaign::run(command),
        Command::Report(command) => report::run(command),
        Command::Lease(command) => lease::run(command),
        Command::Rollout(command) => rollout::run(command),
        Command::Credit(command) => credit::run(command),
        Command::Annual(args) => annual::run(&args),
        Command::Inspection(command) => inspection::run(command),
        Command::Journal(command) => journal::run(command),
        Command::Sandbox(command) => sandbox::run(command),
        #[cfg(feature = "serve")]
        Command::Serve(args) => serve::run(&args),
        #[cfg(feature = "serve")]
        Command::Confirmation(command) => here::confirmation(command),
        #[cfg(feature = "serve")]
        Command::Cancellation(command) => here::cancellation(command),
        #[cfg(feature = "serve")]
        Command::Replacement(command) => here::change(command, "replacements"),
        #[cfg(feature = "serve")]
        Command::Transfer(command) => here::change(command, "transfers"),
        #[cfg(feature = "bridge")]
        Command::Bridge(args) => bridge::run(&args),
    }
}

/// Standard output holds one thing: a file's content, the JSON value, or lines for people. What isn't wanted there goes to
/// standard error, or is refused.
pub(crate) fn one_value(as_json: bool, outputs: &[&Output]) -> Result<(), Failure> {
    let standard = outputs.iter().filter(|output| output.is_standard()).count();
    if standard + usize::from(as_json) > 1 {
        return Err(Failure::usage(
            lang::pick("two things are to go to standard output", "有两项内容都指定为标准输出"),
            lang::pick("name a file for one of them", "请为其中一项指定文件"),
        ));
    }
    if standard == 1 {
        output::keep_standard_output();
    }
    Ok(())
}

/// Exit code 0.
pub(crate) fn done() -> Done {
    Ok(ExitCode::SUCCESS)
}
