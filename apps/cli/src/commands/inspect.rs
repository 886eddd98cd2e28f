//! `realname inspect`: a token's parts, unverified.

use realname::profile::to_visible_json;
use realname::rely::inspect;

use super::{Done, done};
use crate::args::InspectArgs;
use crate::output::{self, Tone, paint};
use crate::{files, lang};

pub(crate) fn run(args: &InspectArgs) -> Done {
    let text = files::read_text(&args.file)?;
    let parts = inspect(&text)?;
    let value = serde_json::to_value(&parts).unwrap_or_default();
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
    if let Some(parts) = value.as_object() {
        for (name, part) in parts.iter().filter(|(name, _)| *name != "verified") {
            output::line(paint(Tone::Heading, name));
            output::line(to_visible_json(part).unwrap_or_default());
        }
    }
    done()
}
