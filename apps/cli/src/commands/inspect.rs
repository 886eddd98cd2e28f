//! `realname inspect`: a token's parts, unverified.

use realname::jose::Json;
use realname::rely::inspect;

use super::{Done, done};
use crate::args::InspectArgs;
use crate::failure::Failure;
use crate::output::{self, Tone, paint};
use crate::{files, lang};

pub(crate) fn run(args: &InspectArgs) -> Done {
    let text = files::read_text(&args.file)?;
    let parts = inspect(&text).map_err(|error| {
        Failure::damaged("not_a_token", error, lang::pick("give a token's file", "请提供凭证文件"))
    })?;
    let value: serde_json::Value = serde_json::from_slice(&parts.to_bytes()).unwrap_or_default();
    if args.json {
        output::json(&value);
        return done();
    }
    output::line(paint(
        Tone::Warn,
        lang::pick(
            "UNVERIFIED: anybody can have written this. `realname verify` decides.",
            "未经验证：任何人都可能伪造以下内容，请用 realname verify 判定。",
        ),
    ));
    if let Some(parts) = parts.as_object() {
        for (name, part) in parts.iter().filter(|(name, _)| *name != "verified") {
            output::line(paint(Tone::Heading, name));
            output::line(pretty(part));
        }
    }
    done()
}

fn pretty(part: &Json) -> String {
    let value: serde_json::Value = serde_json::from_slice(&part.to_bytes()).unwrap_or_default();
    serde_json::to_string_pretty(&value).unwrap_or_default()
}
