//! `realname capture`: what can be seen in the three photos of an online sale, and what the index of used ones forgets.

mod drawings;
mod forget;
pub(crate) mod report;

use realname::appraisal::DeclaredError;
use realname::capture::DeclaredPrint;
use realname::capture::measure::Thresholds;
use realname::document::{IdNumber, NumberCheck};
use realname::profile::Outcome;

use super::{Done, declared, done, photos};
use crate::args::{CaptureCheckArgs, CaptureCommand};
use crate::failure::Failure;
use crate::lang;
use crate::output::{self, Tone, paint};
use crate::plugins::{Finder, text_reader};

/// Nothing is attested here, so the photos are for no demand.
const NO_DEMAND: &str = "";

pub(crate) fn run(command: CaptureCommand) -> Done {
    match command {
        CaptureCommand::Check(args) => check(&args),
        CaptureCommand::Forget(args) => forget::run(&args),
    }
}

fn check(args: &CaptureCheckArgs) -> Done {
    let declared = declared(args)?;
    let drawings = args.annotate.as_deref().map(drawings::Drawings::open).transpose()?;
    let progress = output::Progress::start(lang::pick("looking at the photos", "正在检查照片"));
    let triplet = photos::triplet(NO_DEMAND, [&args.portrait, &args.emblem, &args.holder])?;
    let finder = Finder::named(args.face_finder.as_deref(), args.face_model.as_deref())?;
    let thresholds = Thresholds::default();
    let reader = text_reader(args.text_reader.as_deref())?;
    let examination = match (&declared, &reader) {
        (Some(declared), Some(reader)) => triplet.examine_read(&thresholds, finder.get(), declared, reader),
        (Some(declared), None) => triplet.examine_declared(&thresholds, finder.get(), declared),
        (None, _) => triplet.examine_with(&thresholds, finder.get()),
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

/// What the card should say, if anything was declared.
fn declared(args: &CaptureCheckArgs) -> Result<Option<DeclaredPrint>, Failure> {
    if let Some(file) = &args.declared {
        return Ok(Some(declared::in_file(file)?.print()));
    }
    let Some(number) = &args.number else { return Ok(None) };
    let number = IdNumber::new(number);
    match number.check() {
        NumberCheck::Valid => Ok(Some(DeclaredPrint::new(number))),
        NumberCheck::Invalid => Err(DeclaredError::NumberCheck.into()),
        NumberCheck::Unknown => Err(DeclaredError::NumberForm.into()),
    }
}
