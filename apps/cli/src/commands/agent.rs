//! `realname agent`: how agents stand, and what shouldn't be in the journal.

mod figures;
mod find;
mod list;
mod measure;

use realname::journal::{Audit, Reader};

use super::{Done, journal};
use crate::args::{AgentCommand, AgentListArgs};
use crate::failure::Failure;
use crate::outside;

pub(crate) fn run(command: AgentCommand) -> Done {
    match command {
        AgentCommand::Measure(args) => measure::run(&args),
        AgentCommand::List(args) => list::run(&args),
        AgentCommand::Find(args) => find::run(&args),
        AgentCommand::Figures(args) => figures::run(&args),
    }
}

/// Shows each entry of a journal that was found to be whole.
fn entries(
    args: &AgentListArgs,
    show: impl FnMut(u64, &realname::journal::entry::Entry<'_>, &[u8]),
) -> Result<(), Failure> {
    let about = |error| Failure::from(error).about(&outside::path(&args.dir));
    let keys = journal::log_keys(&args.vkey)?;
    let reader: Reader = journal::reader(&args.dir)?;
    Audit::new(keys).run_with(&reader, show).map(|_| ()).map_err(about)
}
