//! `report answer`: what the reporter hears, signed.

use jiff::Timestamp;
use realname::report::Reports;

use crate::args::ReportAnswerArgs;
use crate::commands::{Done, done, key, one_value, stores};
use crate::files::Output;
use crate::shapes::ReportStep;
use crate::{lang, output};

pub(super) fn run(args: &ReportAnswerArgs) -> Done {
    let signer = key::load(&args.key)?;
    let out = Output::prepare(&args.out)?;
    one_value(args.at.json, &[&out])?;
    let store = stores::shared(&args.at.store)?;
    let jws = Reports::find(&*store)?.answer(&args.report, &args.iss, &signer, Timestamp::now())?;
    out.write(jws.as_bytes())?;
    if args.at.json {
        output::json(&ReportStep { report: &args.report, step: "answered" });
    } else {
        output::line(lang::pick("answered", "已答复"));
    }
    done()
}
