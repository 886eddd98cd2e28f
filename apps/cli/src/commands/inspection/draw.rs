//! `inspection draw`: the sample, for anybody.

use super::find;
use crate::args::InspectionDrawArgs;
use crate::commands::{Done, done};
use crate::shapes::journal::{DrawnEntry, DrawnSample};
use crate::{lang, output};

pub(super) fn run(args: &InspectionDrawArgs) -> Done {
    let (reader, inspection) = find(&args.inspected)?;
    let (drawn, of) = inspection.draw(&reader)?;
    if args.json {
        let drawn = drawn.iter().map(|sample| DrawnEntry {
            index: sample.index,
            agent: &sample.agent,
            record: sample.record.to_base64url(),
        });
        output::json(&DrawnSample {
            inspection: &args.inspected.inspection,
            seed: realname::jose::encode(inspection.seed()),
            first: inspection.terms().first(),
            closed: inspection.size(),
            of,
            rate_ppm: inspection.terms().rate_ppm(),
            drawn: drawn.collect(),
        });
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
