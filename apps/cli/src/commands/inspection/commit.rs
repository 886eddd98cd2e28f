//! `inspection commit`: the secret is kept first, then the event that commits to it is written.

use realname::inspection::{Secret, Terms};
use realname::jose::Signer;

use super::{line, role};
use crate::args::InspectionCommitArgs;
use crate::commands::{Done, done, key, one_value};
use crate::files::{self, Output};
use crate::{lang, output};

pub(super) fn run(args: &InspectionCommitArgs) -> Done {
    let signer = args.key.as_deref().map(key::load).transpose()?;
    let terms = Terms::new(
        &args.origin,
        &args.inspection,
        args.first,
        args.to,
        args.agent.iter().cloned(),
        args.rate_ppm,
    )?;
    let secret = Secret::random()?;
    let signer = signer.as_ref().map(|signer| signer as &dyn Signer);
    let event = terms.commit(role(args.role), &secret, signer)?;
    let out = Output::prepare(&args.out)?;
    one_value(false, &[&out])?;
    files::write_new_secret(&args.secret, realname::jose::encode(secret.as_bytes()).as_bytes())?;
    out.write(&line(&event))?;
    output::line(lang::pick(
        "committed: keep the secret until the period is closed, then reveal it",
        "已承诺：请保管秘密至期间结束，然后公开",
    ));
    done()
}
