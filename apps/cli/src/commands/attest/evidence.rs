//! The evidence: a card and a live photo, or declared data and three photos.

use std::path::Path;
use std::time::Duration;

use realname::appraisal::{ConsentGiven, OnSite, Remote};
use realname::capture::Slot;
use realname::capture::measure::Thresholds;
use realname::demand::VerifiedDemand;
use realname::profile::ClaimName;
use realname::reader::ReadOptions;

use super::fit;
use crate::commands::{declared, photos, reader};
use crate::failure::Failure;
use crate::plugins::Installed;
use crate::{lang, output};

/// The card must have been laid down for this customer: the one before may have forgotten theirs.
pub(super) fn on_site(
    (port, baud): (&Path, Option<u32>),
    wait: Duration,
    live: &Path,
    consent: ConsentGiven,
) -> Result<OnSite, Failure> {
    let live = photos::take(Slot::Live, live)?;
    let card = reader::read_at(port, baud, &ReadOptions::new().wait(wait).lying_card(false))?;
    OnSite::new(card, live, consent).map_err(|error| {
        Failure::from(error)
            .advising(lang::pick("give the photo taken on the spot with --live", "请用 --live 提供现场照片"))
    })
}

/// What was declared is checked as far as it goes, then the photos are taken in and examined. Nobody is asked yet.
pub(super) fn remote(
    file: &Path,
    paths: [&Path; 3],
    consent: ConsentGiven,
    demand: &VerifiedDemand,
    plugins: &Installed,
) -> Result<Remote, Failure> {
    let declared = declared::in_file(file)?;
    if declared.validity().is_none() && demand.claims().contains(&ClaimName::DocumentExpiry) {
        return Err(fit::unknown_claim(ClaimName::DocumentExpiry));
    }
    let progress = output::Progress::start(lang::pick("looking at the photos", "正在检查照片"));
    // The photos belong to this demand: its nonce begins their chain, and whoever attests compares.
    let triplet = photos::triplet(demand.nonce(), paths)?;
    let thresholds = Thresholds::default();
    let finder = plugins.face_finder.get();
    let remote = match &plugins.text_reader {
        Some(reader) => Remote::with_text_reader(declared, triplet, consent, &thresholds, (finder, reader)),
        None => Remote::with_face_finder(declared, triplet, consent, &thresholds, finder),
    };
    drop(progress);
    Ok(remote)
}
