//! `policy explain`: what one requires for a purpose, and where that comes from.

use std::path::Path;

use realname::profile::Locality;

use super::{chinese, not_covered};
use crate::args::ExplainArgs;
use crate::commands::{Done, done};
use crate::failure::Failure;
use crate::{lang, output, policies, words};

pub(super) fn run(args: &ExplainArgs) -> Done {
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
        output::json(&explanation);
    } else {
        output::line(lang::pick(explanation.to_string(), chinese::explanation(&explanation)));
    }
    done()
}
