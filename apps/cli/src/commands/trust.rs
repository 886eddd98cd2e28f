//! `realname trust`: signed trust lists and delegations.

mod delegate;
mod sign;

use std::path::Path;

use realname::trust::DraftError;

use super::Done;
use crate::args::TrustCommand;
use crate::failure::Failure;
use crate::{lang, outside};

pub(crate) fn run(command: TrustCommand) -> Done {
    match command {
        TrustCommand::Sign { anchor, list, previous, out, json } => {
            sign::run(&anchor, &list, previous.as_deref(), &out, json)
        }
        TrustCommand::Delegate { key, to, constraints, days, iss, sub, out, json } => {
            delegate::run(&key, &to, &constraints, days, (iss.as_deref(), sub.as_deref()), &out, json)
        }
    }
}

fn damaged(path: &Path, error: impl std::fmt::Display) -> Failure {
    let path = outside::path(path);
    Failure::damaged(
        "input",
        lang::pick(format!("{path}: {error}"), format!("{path}：内容有误（{error}）")),
        lang::pick("correct the file", "请修正文件"),
    )
}

/// What somebody wrote into a file to be signed, and can't have meant: the place and the value are in the message.
fn misdrawn(path: &Path, error: DraftError) -> Failure {
    match error {
        DraftError::Signing(_) => error.into(),
        error => Failure::from(error).about(&outside::path(path)),
    }
}
