//! `realname capture`: what can be seen in the three photos of an online sale.

mod drawings;
pub(crate) mod report;

use realname::capture::measure::Thresholds;
use realname::profile::Outcome;

use super::{Done, done, photos};
use crate::args::{CaptureCheckArgs, CaptureCommand};
use crate::output::{self, Tone, paint};
use crate::{lang, plugins};

/// Nothing is attested here, so the photos are for no demand.
const NO_DEMAND: &str = "";

pub(crate) fn run(command: CaptureCommand) -> Done {
    let CaptureCommand::Check(args) = command;
    check(&args)
}

fn check(args: &CaptureCheckArgs) -> Done {
    let drawings = args.annotate.as_deref().map(drawings::Drawings::open).transpose()?;
    let progress = output::Progress::start(lang::pick("looking at the photos", "正在检查照片"));
    let triplet = photos::triplet(NO_DEMAND, [&args.portrait, &args.emblem, &args.holder])?;
    let examination = match &args.face_finder {
        Some(program) => triplet.examine_with(&Thresholds::default(), &plugins::face_finder(program)?),
        None => triplet.examine(&Thresholds::default()),
    };
    let written = drawings.map(|drawings| drawings.write(&triplet, &examination)).transpose()?;
    drop(progress);

    let mut value = examination.to_json_with(&triplet);
    if let Some(written) = &written {
        value["annotated"] = serde_json::json!(written);
    }
    if !args.json {
        output::line(report::figures(&triplet, &examination));
        for line in report::remarks(&triplet, &examination) {
            output::line(line);
        }
        for path in written.iter().flatten() {
            output::line(format_args!(
                "{} {}",
                lang::pick("drawn:", "标注图片："),
                crate::outside::path(path)
            ));
        }
    }
    if examination.outcome == Outcome::Pass {
        if args.json {
            output::json(&value);
        } else {
            output::line(paint(Tone::Good, lang::pick("pass: the photos can be used", "通过：照片可用")));
        }
        return done();
    }
    let said = if args.json { String::new() } else { report::advice(&examination) };
    Err(report::refused(&examination).with_details(value, said))
}
