//! `inspection draw`: the sample, for anybody.

use serde_json::{Value, json};

use super::find;
use crate::args::InspectionDrawArgs;
use crate::commands::{Done, done};
use crate::{lang, output};

pub(super) fn run(args: &InspectionDrawArgs) -> Done {
    let (reader, inspection) = find(&args.inspected)?;
    let (drawn, of) = inspection.draw(&reader)?;
    if args.json {
        let samples: Vec<Value> = drawn
            .iter()
            .map(|sample| json!({ "index": sample.index, "agent": sample.agent, "record": sample.record.to_base64url() }))
            .collect();
        let seed = realname::jose::encode(inspection.seed());
        output::json(&json!({
            "inspection": args.inspected.inspection, "seed": seed, "first": inspection.terms().first(),
            "closed": inspection.size(), "of": of, "rate_ppm": inspection.terms().rate_ppm(), "drawn": samples,
        }));
    } else {
        output::line(lang::pick(
            format!("{} drawn of {of}", drawn.len()),
            format!("{of} 条中抽取 {} 条", drawn.len()),
        ));
        let head = lang::pick(["entry", "agent"], ["序号", "代理商"]);
        output::line(output::table(
            head,
            drawn.iter().map(|sample| [sample.index.to_string(), sample.agent.clone()]),
        ));
    }
    done()
}
