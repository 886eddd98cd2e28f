//! `policy check`: what can't be met, or can't be meant.

use std::path::Path;

use crate::commands::{Done, done};
use crate::failure::Failure;
use crate::output::{self, Tone, paint};
use crate::outside::path as shown;
use crate::shapes::CheckedPolicy;
use crate::{lang, policies};

pub(super) fn run(file: &Path, as_json: bool) -> Done {
    let policy = policies::open(file)?;
    let found: Vec<String> = policy.contradictions().iter().map(ToString::to_string).collect();
    let reference = policy.reference();
    let checked = CheckedPolicy {
        policy: reference.id.clone(),
        version: reference.version,
        contradictions: found.clone(),
    };
    if found.is_empty() {
        if as_json {
            output::json(&checked);
        } else {
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
    .with_details(serde_json::json!(checked), found.join("\n")))
}
