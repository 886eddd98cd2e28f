//! Photos from files, for every command that takes some.

use std::path::Path;

use jiff::Timestamp;
use realname::capture::{Capture, CaptureSession, Intake, Slot, Triplet};
use serde_json::json;

use crate::failure::Failure;
use crate::{files, lang};

/// Takes one photo in.
pub(crate) fn take(slot: Slot, path: &Path) -> Result<Capture, Failure> {
    take_with(&Intake::default(), slot, path)
}

fn take_with(intake: &Intake, slot: Slot, path: &Path) -> Result<Capture, Failure> {
    let bytes = files::read(path)?.to_vec();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let taken = intake.take_named(slot, &name, bytes, Timestamp::now());
    taken.map_err(|error| Failure::from(error).about(slot_name(slot)))
}

/// Takes the three photos of an online sale in for the demand with that nonce, in the order of [`Triplet::SLOTS`]. When several files are bad, all are
/// named at once: the buyer takes them again in one go.
pub(crate) fn triplet(demand_nonce: &str, paths: [&Path; 3]) -> Result<Triplet, Failure> {
    let (intake, mut session) = (Intake::default(), CaptureSession::new(demand_nonce));
    let mut failures = Vec::new();
    for (slot, path) in Triplet::SLOTS.into_iter().zip(paths) {
        match take_with(&intake, slot, path) {
            Ok(photo) => session.admit(photo)?,
            Err(failure) => failures.push((slot, failure)),
        }
    }
    if failures.is_empty() {
        return Ok(session.into_triplet()?);
    }
    let photos = failures.iter().map(|(slot, failure)| {
        json!({"slot": slot, "code": failure.code, "message": failure.message, "action": failure.action})
    });
    let details = json!({ "photos": photos.collect::<Vec<_>>() });
    let table = failures.iter().map(|(_, failure)| failure.to_string()).collect::<Vec<_>>().join("\n");
    let several = failures.len() > 1;
    let (_, first) = failures.swap_remove(0);
    Err(first.with_details(details, if several { table } else { String::new() }))
}

/// What a slot is called.
pub(crate) fn slot_name(slot: Slot) -> &'static str {
    match slot {
        Slot::PortraitSide => lang::pick("portrait side", "人像面"),
        Slot::EmblemSide => lang::pick("emblem side", "国徽面"),
        Slot::Holder => lang::pick("holder", "手持证件照"),
        Slot::Live => lang::pick("live photo", "现场照片"),
    }
}
