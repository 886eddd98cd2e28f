//! `journal check-proof`: one entry, judged without the journal.

use realname::journal::note::{NoteError, TlogProof};

use super::{seen_by, signers};
use crate::args::JournalCheckProofArgs;
use crate::commands::{Done, done};
use crate::failure::Failure;
use crate::output::{Tone, paint};
use crate::shapes::journal::{CheckedProof, ShownWitness};
use crate::{files, lang, output, outside};

pub(super) fn run(args: &JournalCheckProofArgs) -> Done {
    let (keys, quorum) = signers(&args.signers)?;
    let about = |error: NoteError| Failure::from(error).about(&outside::path(&args.file));
    // A proof ends in a line feed, so it is read as it stands; an entry has none.
    let proof = TlogProof::parse(&files::read(&args.file)?).map_err(about)?;
    let entry = files::read_text(&args.entry)?;
    let found = proof.verify(entry.as_bytes(), &keys, &quorum).map_err(about)?;
    if args.json {
        let checkpoint = found.checkpoint();
        output::json(&CheckedProof {
            origin: checkpoint.origin().as_str_raw(),
            size: checkpoint.size,
            root: checkpoint.root.to_string(),
            witnesses: ShownWitness::of(found.witnesses()),
            index: proof.index(),
        });
    } else {
        let (origin, size, index) = (found.checkpoint().origin(), found.checkpoint().size, proof.index());
        output::line(lang::pick(
            format!("{} entry {index} of {size} in {origin}", paint(Tone::Good, "proved:")),
            format!("{}{origin} 共 {size} 条中的第 {index} 条", paint(Tone::Good, "证明成立：")),
        ));
        if !found.witnesses().is_empty() {
            output::line(seen_by(found.witnesses()));
        }
    }
    done()
}
