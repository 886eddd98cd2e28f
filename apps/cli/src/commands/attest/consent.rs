//! What the person is shown, and whether they agree.

use std::io::{BufRead, IsTerminal, Write};

use jiff::Timestamp;
use realname::appraisal::ConsentGiven;
use realname::demand::{Transaction, VerifiedDemand};

use crate::config::Config;
use crate::failure::Failure;
use crate::lang;
use crate::output;

/// Who asks, for what, and what will be disclosed. On standard error when standard output is kept for JSON: nobody is asked
/// to agree to something that they weren't shown.
pub(super) fn show(demand: &VerifiedDemand, config: &Config, as_json: bool) {
    let say = |label: &str, value: &str| {
        let line = output::labelled(label, 18, value);
        if as_json { output::note(line) } else { output::line(line) }
    };
    say(lang::pick("who asks", "请求方"), &format!("{} ({})", demand.display_name(), demand.iss()));
    say(lang::pick("purpose", "业务"), demand.purpose().as_str());
    if let Some(Transaction::Number { number, action, text, .. }) = demand.transaction() {
        say(lang::pick("what happens", "办理内容"), &format!("{action} {}", number.as_str()));
        if let Some(text) = text {
            say(lang::pick("in their words", "请求方说明"), text);
        }
    }
    let claims: Vec<_> = demand.claims().iter().map(|claim| claim.as_str()).collect();
    let nothing = lang::pick("nothing", "无");
    let claims = if claims.is_empty() { nothing.to_owned() } else { claims.join(", ") };
    say(lang::pick("will be disclosed", "将披露"), &claims);
    say(lang::pick("consent text", "同意书"), &config.consent_text);
}

/// Takes the person's consent for this purpose.
pub(super) fn take(demand: &VerifiedDemand, config: &Config, yes: bool) -> Result<ConsentGiven, Failure> {
    if !yes {
        if !std::io::stdin().is_terminal() {
            return Err(Failure::usage(
                "nobody is there to be asked for consent",
                "run it on a terminal, or give --yes when the person has agreed",
            ));
        }
        let question = lang::pick("Does the person agree?", "本人是否同意？");
        let _ = write!(anstream::stderr(), "{question} [y/N] ");
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer);
        if read.is_err() || !matches!(answer.trim(), "y" | "Y" | "yes" | "是") {
            return Err(Failure::refused(
                "no_consent",
                "the person didn't agree",
                lang::pick("nothing was read or asked", "未读取证件，未查询任何信息"),
            ));
        }
    }
    Ok(ConsentGiven::new(&config.consent_text, [demand.purpose().clone()], Timestamp::now()))
}
