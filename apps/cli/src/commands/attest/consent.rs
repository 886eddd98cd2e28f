//! What the person is shown, and whether they agree.

use std::io::{BufRead, IsTerminal, Write};

use realname::appraisal::ConsentGiven;
use realname::demand::VerifiedDemand;

use crate::commands::demand;
use crate::config::Config;
use crate::failure::Failure;
use crate::outside::shown;
use crate::{lang, output};

/// Who asks, for what, and what will be disclosed. On standard error when standard output is kept for something else:
/// nobody is asked to agree to something that they weren't shown.
pub(super) fn show(demand: &VerifiedDemand, config: &Config, as_json: bool) {
    let line = |line: String| if as_json { output::note(line) } else { output::line(line) };
    demand::show(demand, line);
    line(output::labelled(lang::pick("consent text", "同意书"), 18, shown(&config.consent_text)));
}

/// Takes the person's consent for this purpose.
pub(super) fn take(demand: &VerifiedDemand, config: &Config, yes: bool) -> Result<ConsentGiven, Failure> {
    if !yes {
        if !std::io::stdin().is_terminal() {
            return Err(Failure::usage(
                lang::pick("nobody is there to be asked for consent", "无人可供询问是否同意"),
                lang::pick(
                    "run it on a terminal, or give --yes when the person has agreed",
                    "请在终端上运行；如本人已同意，请使用 --yes",
                ),
            ));
        }
        let question = lang::pick("Does the person agree?", "本人是否同意？");
        let _ = write!(anstream::stderr(), "{question} [y/N] ");
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer);
        if read.is_err() || !matches!(answer.trim(), "y" | "Y" | "yes" | "是") {
            return Err(Failure::refused(
                "no_consent",
                lang::pick("the person didn't agree", "本人未同意"),
                lang::pick("nothing was read or asked", "未读取证件，未查询任何信息"),
            ));
        }
    }
    Ok(config.consent_to(demand.purpose()))
}
