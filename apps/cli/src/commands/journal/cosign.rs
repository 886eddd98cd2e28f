//! `journal cosign`: what a witness saw is never taken back.

use jiff::Timestamp;
use realname::journal::Witness;

use super::{checkpoint, log_keys, reader, signer};
use crate::args::JournalCosignArgs;
use crate::commands::{Done, done};
use crate::failure::Failure;
use crate::shapes::journal::CosignedJournal;
use crate::{files, lang, output, outside};

pub(super) fn run(args: &JournalCosignArgs) -> Done {
    let signer = signer(&args.key)?;
    let keys = log_keys(&args.vkey)?;
    let witness = Witness::new(&args.name, signer.as_ref())?;
    let seen = if args.since.exists() { Some(checkpoint(&args.since)?) } else { None };
    if let Some(seen) = &seen
        && !keys.is_empty()
    {
        seen.verify(&keys, &realname::journal::note::Quorum::none())
            .map_err(|error| Failure::from(error).about(&outside::path(&args.since)))?;
    }
    let reader = reader(&args.dir)?;
    let about = |error| Failure::from(error).about(&outside::path(&args.dir));
    let witnessed = witness.cosign(&reader, &keys, seen.as_ref(), Timestamp::now()).map_err(about)?;
    // Remembered before anybody else can have it: a witness that forgets what it signed can be led into a fork.
    files::write(&args.since, witnessed.checkpoint().to_string().as_bytes())?;
    witnessed.publish(&reader).map_err(about)?;
    let size = reader.size();
    let from = seen.as_ref().map(|seen| seen.unverified().size);
    if args.json {
        let vkey = witness.verifier_key().to_string();
        output::json(&CosignedJournal { size, since: from, vkey, signature_verified: !keys.is_empty() });
    } else {
        output::line(witness.verifier_key());
        output::note(match from {
            Some(from) => lang::pick(
                format!("cosigned: {from} entries grew to {size}"),
                format!("已联署：由 {from} 条增至 {size} 条"),
            ),
            None => lang::pick(
                format!("cosigned {size} entries, seen for the first time"),
                format!("已联署：首次见到，共 {size} 条"),
            ),
        });
        if keys.is_empty() {
            output::note(lang::pick(
                "no vkey was given, so nobody's signature was looked at",
                "未提供 vkey，因此未验证任何签名",
            ));
        }
    }
    done()
}
