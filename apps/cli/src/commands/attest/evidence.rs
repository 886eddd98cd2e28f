//! The evidence: a card and a live photo, or declared data and three photos.

use std::path::Path;
use std::time::Duration;

use realname::appraisal::{ConsentGiven, Declared, OnSite, Remote};
use realname::capture::Slot;
use realname::capture::measure::Thresholds;
use realname::demand::VerifiedDemand;
use realname::document::{CardDate, Personal, ValidUntil};
use realname::profile::ClaimName;
use realname::reader::ReadOptions;
use serde::Deserialize;

use super::fit;
use crate::commands::{declared, photos, reader};
use crate::failure::Failure;
use crate::plugins::Installed;
use crate::{lang, output};

/// `--declared`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeclaredFile {
    name: Personal,
    id_number: Personal,
    valid_from: Option<Personal>,
    valid_until: Option<Personal>,
}

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
    let declared = declared_in(file)?;
    if declared.validity().is_none() && demand.claims().contains(&ClaimName::DocumentExpiry) {
        return Err(fit::unknown_claim(ClaimName::DocumentExpiry));
    }
    let progress = output::Progress::start(lang::pick("looking at the photos", "正在检查照片"));
    // The photos belong to this demand: its nonce begins their chain.
    let triplet = photos::triplet(session_nonce(demand), paths)?;
    let thresholds = Thresholds::default();
    let remote = match &plugins.face_finder {
        Some(finder) => Remote::with_face_finder(declared, triplet, consent, &thresholds, finder),
        None => Remote::new(declared, triplet, consent, &thresholds),
    };
    drop(progress);
    Ok(remote)
}

fn session_nonce(demand: &VerifiedDemand) -> [u8; 16] {
    let bytes = realname::jose::decode(demand.nonce()).unwrap_or_default();
    <[u8; 16]>::try_from(bytes).unwrap_or_default()
}

fn declared_in(path: &Path) -> Result<Declared, Failure> {
    let file: DeclaredFile =
        declared::read(path, "declared", &["name", "id_number"], &["valid_from", "valid_until"])?;
    let about = |failure: Failure| failure.about(&path.to_string_lossy());
    let declared = declared::person(&file.name, &file.id_number).map_err(about)?;
    let malformed = || {
        about(Failure::damaged(
            "declared",
            lang::pick("the dates of validity can't be read", "无法读取有效期"),
            lang::pick(
                "give both or none of \"valid_from\" (2020-01-31) and \"valid_until\" (the same, or long_term)",
                "valid_from（2020-01-31）和 valid_until（同上，或 long_term）须同时提供或同时省略",
            ),
        ))
    };
    match (&file.valid_from, &file.valid_until) {
        (None, None) => Ok(declared),
        (Some(from), Some(until)) => {
            let from = day(from.as_str()).ok_or_else(malformed)?;
            let until = match until.as_str() {
                "long_term" => ValidUntil::LongTerm,
                text => ValidUntil::Day(day(text).ok_or_else(malformed)?),
            };
            declared.with_validity(from, until).map_err(|error| about(error.into()))
        }
        _ => Err(malformed()),
    }
}

/// `2020-01-31`.
fn day(text: &str) -> Option<CardDate> {
    let bytes = text.as_bytes();
    let dashed = bytes.len() == 10 && bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-');
    dashed.then(|| CardDate::parse(&text.replace('-', ""))).flatten()
}
