//! The three photos of an online sale.

use jiff::Timestamp;
use realname::capture::measure::Thresholds;
use realname::capture::{CaptureSession, Intake, Triplet};
use serde_json::Value;

use crate::{Failure, Status};

/// These photos belong to no demand, and nobody attests to them.
const NO_DEMAND: &str = "";

/// What can be seen in the photos (portrait side, emblem side, holder), as `capture check --json` prints it.
///
/// # Errors
/// When a photo is damaged, too large, or none. Photos that were looked at and don't pass are no error: the value says so.
pub fn check_photos(portrait: &[u8], emblem: &[u8], holder: &[u8]) -> Result<Value, Failure> {
    let (intake, mut session) = (Intake::default(), CaptureSession::new(NO_DEMAND));
    let now = Timestamp::now();
    for (slot, bytes) in Triplet::SLOTS.into_iter().zip([portrait, emblem, holder]) {
        let photo = intake.take(slot, bytes.to_vec(), now).map_err(|error| {
            let failure = Failure::of(&error);
            Failure {
                status: Status::Damaged,
                message: format!("{}: {}", slot.as_str(), failure.message),
                ..failure
            }
        })?;
        session.admit(photo).map_err(|error| Failure::of(&error))?;
    }
    let triplet = session.into_triplet().map_err(|error| Failure::of(&error))?;
    let examination = triplet.examine(&Thresholds::default());
    Ok(examination.to_json_with(&triplet))
}
