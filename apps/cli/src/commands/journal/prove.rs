//! `journal prove`: the proof of one entry.

use super::reader;
use crate::args::JournalProveArgs;
use crate::commands::{Done, done, one_value};
use crate::failure::Failure;
use crate::files::Output;
use crate::shapes::journal::Proved;
use crate::{lang, output, outside};

pub(super) fn run(args: &JournalProveArgs) -> Done {
    let reader = reader(&args.dir)?;
    let out = Output::prepare(&args.out)?;
    let entry_out = args.entry_out.as_deref().map(Output::prepare).transpose()?;
    let outputs: Vec<&Output> = std::iter::once(&out).chain(&entry_out).collect();
    one_value(args.json, &outputs)?;
    let about = |error| Failure::from(error).about(&outside::path(&args.dir));
    let proof = reader.prove(args.index).map_err(about)?;
    let entry = reader.entry(args.index).map_err(about)?;
    out.write(proof.to_string().as_bytes())?;
    if let Some(entry_out) = entry_out {
        entry_out.write(&entry)?;
    }
    let (index, size) = (args.index, reader.size());
    if args.json {
        output::json(&Proved { index, size });
    } else {
        output::line(lang::pick(format!("entry {index} of {size}"), format!("第 {index} 条，共 {size} 条")));
    }
    done()
}
