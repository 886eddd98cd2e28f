//! `inspection reveal`: the secret as an event.

use super::{line, role, secret};
use crate::args::InspectionRevealArgs;
use crate::commands::{Done, done, one_value};
use crate::files::Output;
use crate::{lang, output};

pub(super) fn run(args: &InspectionRevealArgs) -> Done {
    let event = secret(&args.secret)?.reveal(role(args.role), &args.inspection);
    let out = Output::prepare(&args.out)?;
    one_value(false, &[&out])?;
    out.write(&line(&event))?;
    output::line(lang::pick("revealed: append the event after the close", "已公开：请在结束之后追加该事件"));
    done()
}
