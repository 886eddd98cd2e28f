//! A policy in Chinese words. What the policy itself says of its sources and routes stays as it was written.

use realname::appraisal::{Explanation, PhoneUse, Requirement};
use realname::document::DocumentKind;
use realname::profile::Check;

use crate::words;

pub(super) fn explanation(policy: &Explanation) -> String {
    let mut lines = vec![format!(
        "{} 第 {} 版，{}，{}",
        policy.policy,
        policy.version,
        words::purpose(&policy.purpose),
        words::locality(policy.locality)
    )];
    let mut say = |label: &str, text: String| lines.push(format!("  {label}  {text}"));
    rule(&mut say, &policy.kinds, &policy.require, policy.complete_within_hours, policy.phone_number);
    beyond(&mut say, policy.live_capture, &policy.afterwards);
    for other in &policy.also {
        rule(&mut say, &other.kinds, &other.require, other.complete_within_hours, other.phone_number);
        beyond(&mut say, other.live_capture, &other.afterwards);
    }
    for step_up in &policy.step_ups {
        let when = step_up.when.iter().map(ToString::to_string).collect::<Vec<_>>().join("、");
        say("加强核验", format!("出现 {when} 时：{}", required(&step_up.require)));
    }
    say("材料时效", format!("最多 {} 秒", policy.session_max_age_seconds));
    say("最低年龄", format!("{} 周岁", policy.minimum_age));
    for table in &policy.terms {
        let listed: Vec<_> = table.kinds.iter().filter(|kind| policy.kinds.contains(kind)).copied().collect();
        let ages = table.ages.iter().map(|entry| match entry.years {
            Some(years) => format!("{} 周岁起 {years} 年", entry.from),
            None => format!("{} 周岁起长期", entry.from),
        });
        say("证件期限", format!("{}：{}", kinds(&listed), ages.collect::<Vec<_>>().join("，")));
    }
    say("号码上限", format!("同一证件在同一运营商最多 {} 个", policy.numbers_per_document));
    say("核验上限", format!("每个读卡器或账号每小时最多 {} 次", policy.checks_per_hour));
    if policy.terminals > 0 {
        say("读卡器　", format!("生产环境仅限所登记的 {} 个终端的读卡器", policy.terminals));
    }
    let others = policy.also.iter().flat_map(|rule| &rule.because);
    let additions = policy.step_ups.iter().flat_map(|step_up| &step_up.because);
    for source in policy.because.iter().chain(others).chain(additions) {
        say("依据　　", source.clone());
    }
    say("人工办理", policy.human_route.clone());
    lines.join("\n")
}

fn rule(
    say: &mut impl FnMut(&str, String),
    documents: &[DocumentKind],
    require: &[Requirement],
    hours: Option<u16>,
    phone: PhoneUse,
) {
    say("适用证件", kinds(documents));
    say("必需核验", required(require));
    let told = match phone {
        PhoneUse::Told => "需要手机号码的登记系统，经本人同意可获知号码",
        _ => "不向任何登记系统提供手机号码",
    };
    say("手机号码", told.to_owned());
    if let Some(hours) = hours {
        say("完成时限", format!("下单后 {hours} 小时内"));
    }
}

/// What isn't a matter of one check's outcome.
fn beyond(say: &mut impl FnMut(&str, String), live_capture: bool, afterwards: &[Check]) {
    if live_capture {
        say("活体拍摄", "必须按实时提示拍摄；登记系统对照片的判断不能代替".to_owned());
    }
    for check in afterwards {
        say("其后核验", format!("{}，由采信方完成", words::requirement(&Requirement::One(*check))));
    }
}

fn kinds(kinds: &[DocumentKind]) -> String {
    kinds.iter().map(|kind| words::kind(*kind)).collect::<Vec<_>>().join("、")
}

fn required(require: &[Requirement]) -> String {
    require.iter().map(words::requirement).collect::<Vec<_>>().join("、")
}
