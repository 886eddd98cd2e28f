//! A verdict, told: as JSON, or for people.

use std::process::ExitCode;

use jiff::Timestamp;
use realname::profile::{Check, Outcome, Outside, Purpose};
use realname::rely::Verdict;
use serde_json::Value;

use super::order::Order;
use crate::commands::{Done, done};
use crate::errors::clerk_text;
use crate::failure::{Exit, Failure};
use crate::output::{self, Tone, paint};
use crate::outside::shown;
use crate::{lang, words};

/// Prints the verdict. A refusal is an answer, not an error, and is still told on standard error in one line.
pub(super) fn tell(verdict: &Verdict, order: &Order, as_json: bool, refused: Exit) -> Done {
    if as_json {
        output::json(&to_json(verdict, order));
    } else {
        print(verdict, order);
    }
    if verdict.is_accepted() {
        return done();
    }
    let codes: Vec<_> = verdict.reasons().iter().map(|reason| reason.code.as_str()).collect();
    let action = verdict.reasons().first().map_or("", |reason| clerk_text(reason.code));
    let word = paint(Tone::Bad, lang::pick("refused:", "拒绝："));
    output::note(format_args!("{word} {} -> {action}", codes.join(", ")));
    Ok(ExitCode::from(refused as u8))
}

/// The demand is used up and its record couldn't be written: the verdict is told all the same, and where it can be had.
pub(super) fn without_record(verdict: &Verdict, order: &Order, as_json: bool, failure: Failure) -> Done {
    let nonce = order.nonce.as_deref().unwrap_or("N");
    let action = lang::pick(
        format!(
            "the verdict stands; write its record with `realname verify --nonce={nonce} --again --record FILE`"
        ),
        format!("判定有效；请用 realname verify --nonce={nonce} --again --record FILE 重新写出记录"),
    );
    let failure = Failure::trouble("record_not_written", &failure.message, action);
    if as_json {
        // One value: the verdict, and what went wrong beside it.
        let mut value = to_json(verdict, order);
        value["error"] = failure.to_json()["error"].take();
        output::json(&value);
    } else {
        print(verdict, order);
    }
    output::failure(&failure, false);
    Ok(ExitCode::from(Exit::Trouble as u8))
}

fn to_json(verdict: &Verdict, order: &Order) -> Value {
    let mut value = serde_json::to_value(verdict).unwrap_or_default();
    order.add_to(&mut value);
    value
}

/// A verdict as the store recorded it: without the claims, which it never had.
pub(super) fn recorded(mut verdict: Value, accepted_at: Option<Timestamp>, order: &Order, as_json: bool) {
    if as_json {
        order.add_to(&mut verdict);
        verdict["accepted_at"] = serde_json::json!(accepted_at);
        return output::json(&verdict);
    }
    let text = |name: &str| verdict.get(name).and_then(Value::as_str).map(str::to_owned);
    verdict_line(text("verdict").as_deref() == Some("accepted"));
    if let Some(at) = accepted_at {
        say(lang::pick("accepted at", "接受时间"), &at.to_string());
    }
    act(order);
    if let Some(purpose) = text("purpose").and_then(|purpose| purpose.parse::<Purpose>().ok()) {
        say(lang::pick("purpose", "业务"), &words::purpose(&purpose));
    }
    who(text("issuer").as_deref(), text("terminal").as_deref());
    for result in verdict.get("checks").and_then(Value::as_array).into_iter().flatten() {
        let part = |name: &str| result.get(name).and_then(Value::as_str);
        let check = part("check").and_then(Check::from_name);
        if let (Some(check), Some(outcome)) = (check, part("outcome").and_then(Outcome::from_name)) {
            checked(check, outcome);
        }
    }
}

/// The verdict for people.
fn print(verdict: &Verdict, order: &Order) {
    verdict_line(verdict.is_accepted());
    for reason in verdict.reasons() {
        let about = reason.check.map(|check| format!(" ({})", words::check(check)));
        let about =
            about.or(reason.claim.map(|claim| format!(" ({})", words::claim(claim)))).unwrap_or_default();
        say(&format!("{}{about}", reason.code.as_str()), clerk_text(reason.code));
    }
    for code in verdict.remarks() {
        say(code.as_str(), clerk_text(*code));
    }
    act(order);
    if let Some(purpose) = verdict.purpose() {
        say(lang::pick("purpose", "业务"), &words::purpose(purpose));
    }
    if let Some(locality) = verdict.locality() {
        say(lang::pick("locality", "核验方式"), words::locality(locality));
    }
    who(verdict.issuer().map(Outside::as_str_raw), verdict.terminal().map(Outside::as_str_raw));
    for result in verdict.checks() {
        checked(result.check, result.outcome);
    }
    if let Some(claims) = verdict.claims() {
        for name in claims.names() {
            let texts: Vec<_> = claims.texts(name).map(|text| text.to_string()).collect();
            say(words::claim(name), &texts.join(lang::pick(", ", "、")));
        }
    }
    if let Some(trust) = verdict.trust() {
        let age = trust.list_age.as_secs();
        let text = lang::pick(
            format!("sequence {}, {} s old, anchor {}", trust.list_seq, age, trust.anchor),
            format!("序号 {}，{} 秒前签发，信任锚 {}", trust.list_seq, age, trust.anchor),
        );
        say(lang::pick("trust list", "信任列表"), &text);
    }
    if let Some(age) = verdict.age().map(|age| age.as_secs()) {
        say(lang::pick("checked", "核验时间"), &lang::pick(format!("{age} s ago"), format!("{age} 秒前")));
    }
}

fn verdict_line(accepted: bool) {
    output::line(match accepted {
        true => paint(Tone::Good, lang::pick("accepted", "接受")),
        false => paint(Tone::Bad, lang::pick("refused", "拒绝")),
    });
}

/// Which order it is: compare it with the one that waits.
fn act(order: &Order) {
    if let Some(nonce) = &order.nonce {
        say(lang::pick("nonce", "请求编号"), nonce);
    }
    if let Some(act) = order.act() {
        say(lang::pick("what happens", "办理内容"), &act);
    }
}

fn who(issuer: Option<&str>, terminal: Option<&str>) {
    if let Some(issuer) = issuer {
        say(lang::pick("issuer", "签发方"), issuer);
    }
    if let Some(terminal) = terminal {
        say(lang::pick("terminal", "终端"), terminal);
    }
}

fn checked(check: Check, outcome: Outcome) {
    if outcome != Outcome::NotRun {
        say(words::check(check), words::outcome(outcome));
    }
}

/// What a token or a list says is shown with everything escaped that isn't plain writing.
fn say(label: &str, value: &str) {
    output::line(format_args!("  {}", output::labelled(&shown(label), 18, shown(value))));
}
