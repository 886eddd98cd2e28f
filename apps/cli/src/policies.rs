//! Appraisal policies by name or by file.

use std::path::Path;

use realname::appraisal::Policy;
use realname::profile::Locality;

use crate::config::Config;
use crate::failure::Failure;
use crate::outside::path as shown;
use crate::{files, lang, words};

/// The policies of this program.
pub(crate) fn built_in() -> Vec<Policy> {
    vec![Policy::on_site(), Policy::online(), Policy::cancel_online()]
}

/// The built-in policy that is used at a place when nobody says otherwise.
pub(crate) fn default_for(locality: Locality) -> Policy {
    if locality == Locality::Remote { Policy::online() } else { Policy::on_site() }
}

/// What a built-in policy is called: the last part of its id.
pub(crate) fn name(policy: &Policy) -> String {
    let id = policy.reference().id;
    id.rsplit(':').next().unwrap_or(&id).to_owned()
}

/// A built-in policy by its name or id, else a file; relative paths are relative to `base`.
pub(crate) fn find(spec: &str, base: &Path) -> Result<Policy, Failure> {
    let known = built_in().into_iter().find(|policy| spec == policy.reference().id || spec == name(policy));
    match known {
        Some(policy) => Ok(policy),
        None if spec.contains(['.', '/', '\\']) => open(&base.join(spec)),
        None => {
            let names: Vec<_> = built_in().iter().map(name).collect();
            Err(Failure::damaged(
                "policy",
                lang::pick(
                    format!("this program has no policy {spec}"),
                    format!("没有名为 {spec} 的内置策略"),
                ),
                lang::pick(
                    format!("write a file's name, or one of: {}", names.join(", ")),
                    format!("请写文件名，或以下之一：{}", names.join("、")),
                ),
            ))
        }
    }
}

/// Reads a policy file: JSON when its name ends like it, else TOML.
pub(crate) fn open(path: &Path) -> Result<Policy, Failure> {
    let text = files::read_text(path)?;
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let read = if is_json { Policy::from_json(&text) } else { Policy::from_toml(&text) };
    read.map_err(|error| Failure::from(error).about(&shown(path)))
}

/// The policy that a terminal decides by at a place: the one that its configuration names for it, else the built-in one.
pub(crate) fn of_terminal(config: &Config, locality: Locality) -> Result<Policy, Failure> {
    let named = config.policy.as_slice();
    if named.is_empty() {
        return Ok(default_for(locality));
    }
    let named = named.iter().map(|spec| find(&spec.to_string_lossy(), &config.directory));
    let named = named.collect::<Result<Vec<_>, _>>()?;
    let mut fitting = named.into_iter().filter(|policy| policy.locality() == locality);
    match (fitting.next(), fitting.next()) {
        (Some(policy), None) => Ok(policy),
        (Some(_), Some(_)) => Err(Failure::damaged(
            "policy",
            lang::pick(
                format!("the configuration names two policies for {locality} checks"),
                format!("配置为{}核验指定了两个策略", words::locality(locality)),
            ),
            lang::pick("leave one out", "请去掉其中一个"),
        )),
        (None, _) => Err(Failure::damaged(
            "policy",
            lang::pick(
                format!("none of the configuration's policies is for {locality} checks"),
                format!("配置中没有用于{}核验的策略", words::locality(locality)),
            ),
            lang::pick("add one, or leave `policy` out", "请增加一个，或省略 policy"),
        )),
    }
}
