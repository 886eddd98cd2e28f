//! `realname demand`: what a flow asks for.

mod check;
mod new;

pub(crate) use check::show;

use super::Done;
use crate::args::DemandCommand;

pub(crate) fn run(command: DemandCommand) -> Done {
    match command {
        DemandCommand::New(args) => new::run(&args),
        DemandCommand::Check(args) => check::run(&args),
    }
}
