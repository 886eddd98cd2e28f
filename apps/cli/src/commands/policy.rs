//! `realname policy`: what is required for which purpose, and what can't be meant.

mod chinese;

use std::path::Path;

use realname::appraisal::{Policy, Reason};
use realname::profile::Locality;
use serde_json::{Value, json};

use super::{Done, done};
use crate::args::{ExplainArgs, PolicyCommand};
use crate::failure::Failure;
use crate::output::{self, Tone, paint};
use crate::outside::path as shown;
use crate::{lang, policies, words};

pub(crate) fn run(command: PolicyCommand) -> Done {
    match command {
        PolicyCommand::List { json } => list(json),
        PolicyCommand::Explain(args) => explain(&args),
        PolicyCommand::Check { file, json } => check(&file, json),
    }
}

fn list(as_json: bool) -> Done {
    let known = policies::built_in();
    if as_json {
        let known = known.iter().map(|policy| {
            let purposes: Vec<_> = policy.rules().iter().flat_map(|rule| &rule.purposes).collect();
            let mut value = named(policy);
            value["name"] = policies::name(policy).into();
            value["locality"] = json!(policy.locality());
            value["purposes"] = json!(purposes);
            value
        });
        output::json(&json!({ "policies": known.collect::<Vec<_>>() }));
        return done();
    }
    let rows = known.iter().flat_map(|policy| {
        policy.rules().iter().enumerate().flat_map(move |(at, rule)| {
            rule.purposes.iter().enumerate().map(move |(nth, purpose)| {
                let first = at == 0 && nth == 0;
                let require: Vec<_> = rule.require.iter().map(words::requirement).collect();
                [
                    if first { policies::name(policy) } else { String::new() },
                    if first { words::locality(policy.locality()).to_owned() } else { String::new() },
                    words::purpose(purpose),
                    require.join(" + "),
                ]
            })
        })
    });
    let head = lang::pick(["policy", "where", "purpose", "requires"], ["策略", "场所", "业务", "所需核验"]);
    output::line(output::table(head, rows));
    done()
}

fn explain(args: &ExplainArgs) -> Done {
    let policy = match &args.policy {
        Some(spec) => policies::find(spec, Path::new(""))?,
        None => policies::default_for(args.locality.unwrap_or(Locality::Onsite)),
    };
    if let Some(asked) = args.locality.filter(|asked| *asked != policy.locality()) {
        return Err(Failure::usage(
            lang::pick(
                format!("{} is for {} checks, not for {asked}", policy.reference().id, policy.locality()),
                format!(
                    "{} 用于{}核验，不用于{}",
                    policy.reference().id,
                    words::locality(policy.locality()),
                    words::locality(asked)
                ),
            ),
            lang::pick("leave --locality out, or name another policy", "请省略 --locality，或指定其他策略"),
        ));
    }
    let Some(explanation) = policy.explain(&args.purpose) else {
        return Err(not_covered(&policy, args.purpose.as_str()));
    };
    if args.json {
        output::json(&serde_json::to_value(&explanation).unwrap_or_default());
    } else {
        output::line(lang::pick(explanation.to_string(), chinese::explanation(&explanation)));
    }
    done()
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

fn check(file: &Path, as_json: bool) -> Done {
    let policy = policies::open(file)?;
    let found: Vec<String> = policy.contradictions().iter().map(ToString::to_string).collect();
    let mut value = named(&policy);
    value["contradictions"] = json!(found);
    if found.is_empty() {
        if as_json {
            output::json(&value);
        } else {
            let reference = policy.reference();
            output::line(format_args!(
                "{} {} {}",
                paint(Tone::Good, lang::pick("no contradiction in", "未发现矛盾：")),
                reference.id,
                reference.version
            ));
        }
        return done();
    }
    Err(Failure::refused(
        "policy_contradicts",
        lang::pick(
            format!("{}: {} of its parts can't be met or can't be meant", shown(file), found.len()),
            format!("{}：有 {} 处无法满足或不合理", shown(file), found.len()),
        ),
        lang::pick("correct the policy", "请修正策略文件"),
    )
    .with_details(value, found.join("\n")))
}

fn named(policy: &Policy) -> Value {
    let reference = policy.reference();
    json!({"policy": reference.id, "version": reference.version})
}
