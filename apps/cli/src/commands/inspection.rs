//! `realname inspection`: a sample that nobody can choose.

mod close;
mod commit;
mod draw;
mod judge;
mod reveal;

use std::path::Path;

use realname::inspection::{Inspection, Role, Secret};
use realname::journal::note::VerifierKey;
use realname::journal::{Audit, Reader};

use super::{Done, journal};
use crate::args::{Inspected, InspectionCommand, InspectionRole};
use crate::failure::Failure;
use crate::{files, lang, outside};

pub(crate) fn run(command: InspectionCommand) -> Done {
    match command {
        InspectionCommand::Commit(args) => commit::run(&args),
        InspectionCommand::Close(args) => close::run(&args),
        InspectionCommand::Reveal(args) => reveal::run(&args),
        InspectionCommand::Draw(args) => draw::run(&args),
        InspectionCommand::Judge(args) => judge::run(&args),
    }
}

fn role(role: InspectionRole) -> Role {
    match role {
        InspectionRole::Operator => Role::Operator,
        InspectionRole::Witness => Role::Witness,
    }
}

/// Reads the 32 bytes that were kept.
fn secret(path: &Path) -> Result<Secret, Failure> {
    let text = files::read_text(path)?;
    let bytes = realname::jose::decode(&text).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes.map(Secret::from_bytes).ok_or_else(|| {
        Failure::damaged(
            "inspection_secret",
            lang::pick(
                format!("{}: not the 32 bytes of an inspection", outside::path(path)),
                format!("{}：不是检查所用的 32 字节", outside::path(path)),
            ),
            lang::pick("give the file that `inspection commit` wrote", "请提供 inspection commit 写出的文件"),
        )
    })
}

/// An event as a line of its own.
fn line(event: &realname::journal::entry::Event) -> Vec<u8> {
    let mut line = event.to_bytes();
    line.push(b'\n');
    line
}

/// The inspection, out of a journal that was audited as a whole.
fn find(inspected: &Inspected) -> Result<(Reader, Inspection), Failure> {
    let about = |failure: Failure| failure.about(&outside::path(&inspected.dir));
    let keys = journal::log_keys(&inspected.vkey)?;
    let witness = VerifierKey::parse(&inspected.witness)?;
    let reader = journal::reader(&inspected.dir)?;
    let found = Inspection::find(&reader, &Audit::new(keys), &inspected.inspection, &witness);
    Ok((reader, found.map_err(|error| about(error.into()))?))
}
