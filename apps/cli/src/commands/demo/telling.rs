//! How the story is told: steps, lines, and the table at the end.

use realname::profile::{CheckResult, Outcome, ReasonCode};
use realname::rely::Verdict;

use crate::errors::clerk_text;
use crate::output::{self, Tone, paint};
use crate::{lang, words};

/// One line of the table at the end.
pub(super) struct Line {
    pub(super) what: &'static str,
    pub(super) accepted: bool,
    pub(super) codes: Vec<ReasonCode>,
    /// What the story says that the codes have to be: none for the two that are accepted.
    pub(super) expected: &'static [&'static str],
}

impl Line {
    pub(super) fn is_as_told(&self) -> bool {
        let codes = self.codes.iter().map(|code| code.as_str());
        self.accepted == self.expected.is_empty() && codes.eq(self.expected.iter().copied())
    }
}

pub(super) fn step(number: usize, title: &str) {
    output::line("");
    output::line(paint(Tone::Heading, format_args!("{number}. {title}")));
}

pub(super) fn say(label: &str, value: &str) {
    output::line(format_args!("   {}", output::labelled(label, 20, value)));
}

/// The verdict with its reasons, or with what was disclosed.
pub(super) fn say_verdict(verdict: &Verdict) {
    say(lang::pick("verdict", "判定"), &verdict_word(verdict.is_accepted()));
    for reason in verdict.reasons() {
        say(reason.code.as_str(), clerk_text(reason.code));
    }
    if let Some(claims) = verdict.claims() {
        let shown =
            claims.names().filter_map(|name| Some(format!("{} {}", words::claim(name), claims.text(name)?)));
        let shown: Vec<String> = shown.collect();
        say(lang::pick("disclosed", "已披露"), &shown.join(", "));
    }
}

/// What was checked, and what wasn't.
pub(super) fn say_checks(checks: &[CheckResult]) {
    say(lang::pick("passed", "已通过"), &with(checks, Outcome::Pass));
    say(lang::pick("not run", "未进行"), &with(checks, Outcome::NotRun));
}

/// The checks that ended so.
pub(super) fn with(checks: &[CheckResult], outcome: Outcome) -> String {
    let found = checks.iter().filter(|result| result.outcome == outcome);
    found.map(|result| words::check(result.check)).collect::<Vec<_>>().join(lang::pick(", ", "、"))
}

pub(super) fn table(lines: &[Line]) {
    let rows = lines.iter().map(|line| {
        let codes: Vec<_> = line.codes.iter().map(|code| code.as_str()).collect();
        [line.what.to_owned(), verdict_text(line.accepted).to_owned(), codes.join(", ")]
    });
    let head = lang::pick(["who presents", "verdict", "why"], ["出示情形", "判定", "原因"]);
    let text = output::table(head, rows);
    let text = [(true, Tone::Good), (false, Tone::Bad)].into_iter().fold(text, |text, (accepted, tone)| {
        let word = verdict_text(accepted);
        text.replace(&format!(" {word} "), &format!(" {} ", paint(tone, word)))
    });
    output::line("");
    output::line(text);
}

fn verdict_text(accepted: bool) -> &'static str {
    if accepted { lang::pick("accepted", "接受") } else { lang::pick("refused", "拒绝") }
}

fn verdict_word(accepted: bool) -> String {
    paint(if accepted { Tone::Good } else { Tone::Bad }, verdict_text(accepted))
}
