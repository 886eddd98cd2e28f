//! A refusal, told to the clerk or the buyer.

use realname::appraisal::Refusal;
use realname::profile::Explain;
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::{lang, output, words};

/// A refusal with all its checks. When nothing was found against the person and the register gave no answer, that is
/// trouble (exit code 3) rather than a no.
pub(super) fn told(refusal: &Refusal) -> Failure {
    let reasons = refusal.reasons();
    let reason = refusal.most_telling();
    let exit = if refusal.no_answer().is_some() { Exit::Trouble } else { Exit::Refused };
    let lang = lang::of_library();

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
        table.push_str(&format!("\n{} [{reason}]", reason.advice(lang)));
    }
    table.push_str(&format!(
        "\n{} {}",
        lang::pick("a person decides at:", "人工办理："),
        refusal.human_route()
    ));
    Failure::new(exit, reason.code(), refusal.message(lang), reason.advice(lang)).with_details(details, table)
}
