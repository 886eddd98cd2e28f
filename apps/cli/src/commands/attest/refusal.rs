//! A refusal, told to the clerk or the buyer.

use realname::appraisal::{CaseError, Reason, Refusal};
use realname::profile::Outcome;
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::{lang, output, words};

/// The evidence can't be appraised as asked; nobody was asked.
pub(super) fn setup(error: CaseError) -> Failure {
    Failure::refused(
        "case",
        lang::pick(error.to_string(), format!("无法按所要求的方式核验（{error}）")),
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
        [
            words::check(report.check).to_owned(),
            words::outcome(report.outcome).to_owned(),
            needed.to_owned(),
            why.join(", "),
        ]
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
        Exit::Trouble => lang::pick(
            "the register gave no answer, so nothing was decided",
            "登记系统没有应答，因此未作出判断",
        ),
        _ if refusal.overall() == Outcome::Fail => lang::pick("a check failed", "有核验项不通过"),
        _ => lang::pick("a required check isn't decided", "有必需的核验项无法判定"),
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
            | Reason::AuthorityBadRequest
            | Reason::AuthorityProtocol
            | Reason::AuthorityIndeterminate
            | Reason::AnswerContradictsItself
    )
}
