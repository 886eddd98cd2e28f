//! `journal verify`: the whole of it, from the tiles.

use realname::journal::{Audit, JournalError};

use super::{checkpoint, seen_by, signers};
use crate::args::JournalVerifyArgs;
use crate::commands::{Done, done};
use crate::failure::{Exit, Failure};
use crate::output::{Progress, Tone, paint};
use crate::shapes::journal::{ShownWitness, VerifiedJournal};
use crate::{lang, output, outside};

pub(super) fn run(args: &JournalVerifyArgs) -> Done {
    let (keys, quorum) = signers(&args.signers)?;
    let mut audit = Audit::new(keys).with_quorum(quorum);
    if let Some(path) = &args.since {
        audit = audit.since(checkpoint(path)?);
    }
    // Anything wrong with the journal is the answer no (exit code 1); a disk that can't be read is no answer.
    let refused = |error: JournalError| {
        let mut failure = Failure::from(&error);
        if !matches!(error, JournalError::Io(_)) {
            failure.exit = Exit::Refused;
        }
        failure.about(&outside::path(&args.dir))
    };
    let reader = realname::journal::Reader::open(&args.dir).map_err(refused)?;
    let progress = Progress::start(lang::pick("reading the journal", "正在读取日志"));
    let audited = audit.run(&reader).map_err(refused)?;
    drop(progress);
    let origin = reader.checkpoint().unverified().origin();
    if args.json {
        output::json(&VerifiedJournal {
            origin: origin.as_str_raw(),
            size: audited.size,
            root: audited.root.to_string(),
            agents: audited.chains.len(),
            witnesses: ShownWitness::of(&audited.witnesses),
        });
    } else {
        let (size, agents) = (audited.size, audited.chains.len());
        output::line(lang::pick(
            format!("{} {origin}: {size} entries, {agents} agents", paint(Tone::Good, "verified:")),
            format!("{}{origin}：{size} 条记录，{agents} 个代理商", paint(Tone::Good, "验证通过：")),
        ));
        if !audited.witnesses.is_empty() {
            output::line(seen_by(&audited.witnesses));
        }
    }
    done()
}
