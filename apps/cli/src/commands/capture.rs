//! `realname capture`: what can be seen in the three photos of an online sale.

mod drawings;
pub(crate) mod report;

use std::path::Path;

use realname::capture::measure::Thresholds;
use realname::capture::plugin::HelperFaceFinder;
use realname::profile::Outcome;

use super::{Done, done, photos};
use crate::args::{CaptureCheckArgs, CaptureCommand};
use crate::failure::Failure;
use crate::lang;
use crate::output::{self, Tone, paint};

/// Nothing of this session is kept, so there is nothing to tell its photos from those of another one.
const NO_SESSION: [u8; 16] = [0; 16];

pub(crate) fn run(command: CaptureCommand) -> Done {
    let CaptureCommand::Check(args) = command;
    check(&args)
}

/// The helper works in a directory of its own, so its path must not depend on ours.
fn face_finder(program: &Path) -> Result<HelperFaceFinder, Failure> {
    let path = std::fs::canonicalize(program).map_err(|error| {
        let message = format!("can't find the face finder {}: {error}", program.display());
        Failure::trouble("file", message, "check the path and its permissions")
    })?;
    let id = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(HelperFaceFinder::new(id, path, []))
}

fn check(args: &CaptureCheckArgs) -> Done {
    let drawings = args.annotate.as_deref().map(drawings::Drawings::open).transpose()?;
    let progress = output::Progress::start(lang::pick("looking at the photos", "正在检查照片"));
    let triplet = photos::triplet(NO_SESSION, [&args.portrait, &args.emblem, &args.holder])?;
    let examination = match &args.face_finder {
        Some(program) => triplet.examine_with(&Thresholds::default(), &face_finder(program)?),
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
            output::line(format_args!("{} {}", lang::pick("drawn:", "标注图片："), path.display()));
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
