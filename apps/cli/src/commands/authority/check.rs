//! `authority check`: what is wrong with a configured register, in words.

use realname::authority::http::{RegisterCheck, Trouble, Works, check};
use realname::profile::Explain;

use crate::args::CheckArgs;
use crate::commands::{Done, done};
use crate::failure::Failure;
use crate::shapes::CheckedRegister;
use crate::{lang, output};

pub(super) fn run(args: &CheckArgs) -> Done {
    let checked = check(&args.config).map_err(|error| {
        let advice = error.entry().advice;
        let what = lang::pick(error.to_string(), "登记系统配置无法使用".to_owned());
        Failure::damaged(Explain::code(&error), what, lang::pick(advice.en, advice.zh))
    })?;
    let works = match checked.result {
        Ok(works) => works,
        Err(trouble) => return Err(failure(&checked, trouble)),
    };
    if args.json {
        output::json(&json(&checked, word(works)));
        return done();
    }
    output::line(format_args!("{}: {}", checked.id, told(works)));
    if checked.is_test {
        output::note(lang::pick(
            "the configuration calls it a test register: its answers prove nothing about anybody",
            "配置将其标为测试登记系统：返回结果不证明任何事实",
        ));
    }
    if let Some(ahead) = checked.clock_ahead {
        let seconds = ahead.as_secs();
        output::note(lang::pick(
            format!("its clock is {seconds} s ahead of this machine's"),
            format!("登记系统时钟比本机快 {seconds} 秒"),
        ));
    }
    done()
}

fn word(works: Works) -> &'static str {
    match works {
        Works::ValuesRefused => "values_refused",
        _ => "answered",
    }
}

fn told(works: Works) -> &'static str {
    match works {
        Works::ValuesRefused => lang::pick(
            "works: it looked at the values of a person who doesn't exist and didn't take them",
            "可用：登记系统检查了虚构人员的信息并拒绝",
        ),
        _ => lang::pick(
            "works: it answered about a person who doesn't exist, and not with a match",
            "可用：登记系统对虚构人员给出了应答，且未判为一致",
        ),
    }
}

fn json(checked: &RegisterCheck, result: &'static str) -> serde_json::Value {
    let shape = CheckedRegister {
        id: &checked.id,
        is_test: checked.is_test,
        result,
        status: checked.status,
        clock_ahead: checked.clock_ahead.map(|ahead| ahead.as_secs()),
    };
    serde_json::json!(shape)
}

fn failure(checked: &RegisterCheck, trouble: Trouble) -> Failure {
    let advice = trouble.entry().advice;
    let status = checked.status.map(|status| format!(" (HTTP {status})")).unwrap_or_default();
    let ahead = checked.clock_ahead.map_or(0, |ahead| ahead.as_secs());
    let apart = if trouble == Trouble::Clock { format!(" ({ahead} s)") } else { String::new() };
    let what = lang::pick(trouble.to_string(), "登记系统不可用".to_owned());
    Failure::trouble(
        Explain::code(&trouble),
        format!("{}: {what}{status}{apart}", checked.id),
        lang::pick(advice.en, advice.zh),
    )
    .with_details(json(checked, "trouble"), String::new())
}
