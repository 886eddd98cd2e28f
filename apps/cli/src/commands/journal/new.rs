//! `journal new`: an empty journal, and the key that it is judged by.

use realname::journal::Journal;

use super::signer;
use crate::args::JournalNewArgs;
use crate::commands::{Done, done};
use crate::failure::Failure;
use crate::shapes::journal::NewJournal;
use crate::{output, outside};

pub(super) fn run(args: &JournalNewArgs) -> Done {
    let signer = signer(&args.key)?;
    let journal = Journal::create(&args.dir, signer, &args.origin)
        .map_err(|error| Failure::from(error).about(&outside::path(&args.dir)))?;
    let vkey = journal.verifier_key().to_string();
    if args.json {
        output::json(&NewJournal { vkey, origin: &args.origin, size: 0 });
    } else {
        output::line(vkey);
    }
    done()
}
