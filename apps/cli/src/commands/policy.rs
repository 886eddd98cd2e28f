//! `realname policy`: what is required for which purpose, and what can't be meant.

mod check;
mod chinese;
mod explain;
mod list;

use realname::appraisal::{Policy, Reason};

use super::Done;
use crate::args::PolicyCommand;
use crate::failure::Failure;
use crate::{lang, words};

pub(crate) fn run(command: PolicyCommand) -> Done {
    match command {
        PolicyCommand::List { json } => list::run(json),
        PolicyCommand::Explain(args) => explain::run(&args),
        PolicyCommand::Check { file, json } => check::run(&file, json),
    }
}

/// The policy says nothing about the purpose, so it refuses it.
pub(crate) fn not_covered(policy: &Policy, purpose: &str) -> Failure {
    let (reason, reference) = (Reason::PurposeNotCovered, policy.reference());
    let advice = reason.text();
    Failure::refused(
        reason.code(),
        lang::pick(
            format!(
                "{} version {} doesn't cover {purpose} for {} checks, so it refuses it",
                reference.id,
                reference.version,
                policy.locality()
            ),
            format!(
                "{} 第 {} 版未涵盖{}核验的 {purpose}，因此拒绝",
                reference.id,
                reference.version,
                words::locality(policy.locality())
            ),
        ),
        lang::pick(advice.en, advice.zh),
    )
}
