//! `report match`, `judge`, `measure`: each step once.

use jiff::Timestamp;
use realname::jose::decode;
use realname::report::{Match, Reports};

use crate::args::{ReportJudgeArgs, ReportMatchArgs, ReportMeasureArgs};
use crate::commands::{Done, done, stores};
use crate::failure::Failure;
use crate::shapes::ReportStep;
use crate::{lang, output};

pub(super) fn matched(args: &ReportMatchArgs) -> Done {
    let whose = match (&args.record, &args.lease) {
        (Some(record), _) => {
            let digest = decode(record).ok().and_then(|bytes| bytes.try_into().ok());
            let record = digest.ok_or_else(|| {
                Failure::usage(
                    lang::pick("--record isn't a digest", "--record 不是摘要"),
                    lang::pick(
                        "give 32 bytes in base64url, as `verify --json` prints them",
                        "请提供 verify --json 所示的 base64url 摘要",
                    ),
                )
            })?;
            Match::Subscriber { record, agent: args.agent.clone() }
        }
        (None, Some(lease)) => Match::Lease(lease.clone()),
        (None, None) => Match::Nobody,
    };
    let store = stores::shared(&args.at.store)?;
    Reports::find(&*store)?.matched(&args.report, &whose)?;
    noted(&args.report, "matched", args.at.json)
}

pub(super) fn judge(args: &ReportJudgeArgs) -> Done {
    let store = stores::shared(&args.at.store)?;
    Reports::find(&*store)?.judge(&args.report, args.outcome, Timestamp::now())?;
    noted(&args.report, "judged", args.at.json)
}

pub(super) fn measure(args: &ReportMeasureArgs) -> Done {
    let store = stores::shared(&args.at.store)?;
    Reports::find(&*store)?.measure(&args.report, args.measure, Timestamp::now())?;
    noted(&args.report, "measured", args.at.json)
}

fn noted(report: &str, step: &'static str, as_json: bool) -> Done {
    if as_json {
        output::json(&ReportStep { report, step });
    } else {
        output::line(lang::pick(format!("noted: {step}"), format!("已记录：{step}")));
    }
    done()
}
