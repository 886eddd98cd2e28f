//! A refusal, told to the clerk or the buyer.

use realname::appraisal::{CaseError, Reason, Refusal};
use realname::profile::Outcome;
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::{lang, output};

/// The evidence can't be appraised as asked; nobody was asked.
pub(super) fn setup(error: CaseError) -> Failure {
    Failure::refused(
        "case",
        error,
        lang::pick("set the terminal up as its operator says", "请按运营方要求配置终端"),
    )
}

/// A refusal with all its checks. When nothing was found against the person and the register gave no answer, that is
/// trouble (exit code 3) rather than a no.
pub(super) fn told(refusal: &Refusal) -> Failure {
    let reasons = refusal.reasons();
    let trouble = reasons.iter().find(|reason| gave_no_answer(**reason));
    let trouble = trouble.filter(|_| refusal.overall() != Outcome::Fail);
    let reason = trouble.or(reasons.first()).copied().unwrap_or(Reason::CheckNotAvailable);
    let exit = if trouble.is_some() { Exit::Trouble } else { Exit::Refused };
    let advice = reason.text();

    let details = json!({ "refusal": serde_json::to_value(refusal).unwrap_or_default() });
    let rows = refusal.checks().iter().map(|report| {
        let why: Vec<_> = report.reasons.iter().map(|reason| reason.code()).collect();
        let needed = if report.required { lang::pick("yes", "是") } else { "" };
        [report.check.to_string(), report.outcome.to_string(), needed.to_owned(), why.join(", ")]
    });
    let head = lang::pick(["check", "outcome", "required", "why"], ["核验项", "结果", "是否必需", "原因"]);
    let mut table = output::table(head, rows);
    for reason in &reasons {
        let advice = reason.text();
        table.push_str(&format!("\n{} [{reason}]", lang::pick(advice.en, advice.zh)));
    }
    table.push_str(&format!(
        "\n{} {}",
        lang::pick("a person decides at:", "人工办理："),
        refusal.human_route()
    ));
    let codes: Vec<_> = reasons.iter().map(|reason| reason.code()).collect();
    let message = match exit {
        Exit::Trouble => "the register gave no answer, so nothing was decided",
        _ if refusal.overall() == Outcome::Fail => "a check failed",
        _ => "a required check isn't decided",
    };
    let message = format!("{message} ({})", codes.join(", "));
    Failure::new(exit, reason.code(), message, lang::pick(advice.en, advice.zh)).with_details(details, table)
}

/// Nobody answered, and it isn't about this person. `authority_invalid_input` and `authority_policy_blocked` are: those
/// people go to a desk.
fn gave_no_answer(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::AuthorityUnavailable
            | Reason::AuthorityQuota
            | Reason::AuthorityDenied
            | Reason::AuthorityUnsupported
            | Reason::AuthorityProtocol
            | Reason::AuthorityIndeterminate
            | Reason::AnswerContradictsItself
    )
}
