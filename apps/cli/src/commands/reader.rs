//! `realname reader`: list, probe, watch, read.

mod list;
mod port;
mod probe;
mod read;
mod show;
mod watch;

use std::time::Duration;

use realname::reader::{Confirm, ReadOptions};

pub(crate) use self::port::notes_directory;
pub(crate) use self::read::read_at;
pub(crate) use self::show::to_json;
use super::Done;
use crate::args::{self, ReaderCommand};

pub(crate) fn run(command: ReaderCommand) -> Done {
    match command {
        ReaderCommand::List { json } => list::run(json),
        ReaderCommand::Probe { port, json } => probe::run(&port, json),
        ReaderCommand::Watch { port, json } => watch::run(&port, json),
        ReaderCommand::Read { port, wait, fingerprint, confirm, photo_out, json } => {
            let options = ReadOptions::new()
                .wait(Duration::from_secs(u64::from(wait)))
                .fingerprint(fingerprint)
                .confirm(match confirm {
                    args::Confirm::InDoubt => Confirm::InDoubt,
                    args::Confirm::UntilTrusted => Confirm::UntilTrusted,
                    args::Confirm::Always => Confirm::Always,
                });
            read::run(&port, &options, photo_out, json)
        }
    }
}
