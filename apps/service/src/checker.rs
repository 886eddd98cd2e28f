//! Who judges the frames of a live capture: what `[check.live]` names.

use std::path::Path;
use std::time::Duration;

use realname::capture::plugin::{
    HelperLivenessChecker, HttpLivenessChecker, LivenessChecker, TestLivenessChecker,
};
use realname::profile::Env;

use crate::SetupError;
use crate::config::Live;
use crate::files::read_secret;

/// How long a checker may be given, in milliseconds: `complete` waits for it, and a request has 30 seconds.
const LIMIT_MS: std::ops::RangeInclusive<u32> = 100..=20_000;

/// The checker. A stand-in where it counts is an error: its word would be `not_run` for every buyer.
pub(crate) fn load(live: &Live, env: Env) -> Result<Box<dyn LivenessChecker>, SetupError> {
    let value = |key, problem| Err(SetupError::Value { key, problem });
    let limit = live.limit_ms.unwrap_or(10_000);
    if !LIMIT_MS.contains(&limit) {
        return value("check.live.limit_ms", "it is 100 to 20000");
    }
    let limit = Duration::from_millis(limit.into());
    let is_production = env == Env::Production;
    if is_production && !live.real {
        return value(
            "check.live.real",
            "production asks no checker of which nobody says that it was measured",
        );
    }
    let checker: Box<dyn LivenessChecker> = match live.checker.split_once(':') {
        None if live.checker == "TEST" && is_production => {
            return value("check.live.checker", "TEST is no checker: it is for env = \"test\"");
        }
        None if live.checker == "TEST" => Box::new(TestLivenessChecker),
        Some(("program", file)) => {
            // It works in a directory of its own, so its path mustn't depend on ours; one that isn't there is told now.
            let path = std::fs::canonicalize(file)
                .map_err(|source| SetupError::File { path: file.into(), source })?;
            let name = Path::new(file).file_name().map(|name| name.to_string_lossy().into_owned());
            let id = live.id.clone().or(name).unwrap_or_default();
            let helper = HelperLivenessChecker::new(id, path, live.arguments.clone()).with_limit(limit);
            Box::new(if live.real { helper.measured_on_real_faces() } else { helper })
        }
        Some(("http" | "https", _)) => {
            let host = live.checker.parse::<http::Uri>().ok().and_then(|url| url.host().map(str::to_owned));
            let id = live.id.clone().or(host).unwrap_or_default();
            let mut asked = HttpLivenessChecker::new(id, &live.checker, limit)?;
            if let Some(path) = &live.authorization {
                asked = asked.with_authorization(read_secret(path)?.trim())?;
            }
            Box::new(if live.real { asked.measured_on_real_faces() } else { asked })
        }
        _ => return value("check.live.checker", "it is program:FILE, an HTTPS URL or TEST"),
    };
    Ok(checker)
}
