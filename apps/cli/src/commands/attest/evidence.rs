//! The evidence: a card and a live photo, or declared data and three photos.

use std::path::Path;
use std::time::Duration;

use realname::appraisal::{ConsentGiven, Declared, OnSite, Remote};
use realname::capture::Slot;
use realname::capture::measure::Thresholds;
use realname::demand::VerifiedDemand;
use realname::document::{CardDate, Personal, ValidUntil};
use realname::profile::{ClaimName, Explain};
use realname::reader::ReadOptions;
use serde::Deserialize;

use super::fit;
use crate::commands::{photos, reader};
use crate::failure::Failure;
use crate::{files, lang, output};

/// How long the clerk has to lay the card down.
const WAIT: Duration = Duration::from_secs(30);

/// `--declared`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeclaredFile {
    name: Personal,
    id_number: Personal,
    valid_from: Option<Personal>,
    valid_until: Option<Personal>,
}

pub(super) fn on_site(port: &Path, live: &Path, consent: ConsentGiven) -> Result<OnSite, Failure> {
    let live = photos::take(Slot::Live, live)?;
    let mut port = reader::open(port, None)?;
    let card = reader::read_card(&mut port, &ReadOptions::new().wait(WAIT))?;
    OnSite::new(card, live, consent).map_err(|error| Failure::usage(error, ""))
}

/// What was declared is checked as far as it goes, then the photos are taken in and examined. Nobody is asked yet.
pub(super) fn remote(
    file: &Path,
    paths: [&Path; 3],
    consent: ConsentGiven,
    demand: &VerifiedDemand,
) -> Result<Remote, Failure> {
    let declared = declared(file)?;
    if declared.validity().is_none() && demand.claims().contains(&ClaimName::DocumentExpiry) {
        return Err(fit::unknown_claim(ClaimName::DocumentExpiry));
    }
    let progress = output::Progress::start(lang::pick("looking at the photos", "正在检查照片"));
    // The photos belong to this demand: its nonce begins their chain.
    let triplet = photos::triplet(session_nonce(demand), paths)?;
    let remote = Remote::new(declared, triplet, consent, &Thresholds::default());
    drop(progress);
    Ok(remote)
}

fn session_nonce(demand: &VerifiedDemand) -> [u8; 16] {
    let bytes = realname::jose::decode(demand.nonce()).unwrap_or_default();
    <[u8; 16]>::try_from(bytes).unwrap_or_default()
}

fn declared(path: &Path) -> Result<Declared, Failure> {
    let malformed = || {
        Failure::damaged(
            "declared",
            format!("{} isn't {{\"name\":…, \"id_number\":…}}", path.display()),
            "correct the file: strings \"name\" and \"id_number\", and both or none of \"valid_from\" (2020-01-31) and \
             \"valid_until\" (the same, or long_term)",
        )
    };
    // The parser's own message would quote the file, and with it a person.
    let file: DeclaredFile = serde_json::from_slice(&files::read(path)?).map_err(|_| malformed())?;
    let said = |error: realname::appraisal::DeclaredError| {
        let advice = error.entry().advice;
        Failure::damaged(error.code(), error, lang::pick(advice.en, advice.zh))
    };
    let declared = Declared::new(file.name.as_str(), file.id_number.as_str()).map_err(said)?;
    match (&file.valid_from, &file.valid_until) {
        (None, None) => Ok(declared),
        (Some(from), Some(until)) => {
            let from = day(from.as_str()).ok_or_else(malformed)?;
            let until = match until.as_str() {
                "long_term" => ValidUntil::LongTerm,
                text => ValidUntil::Day(day(text).ok_or_else(malformed)?),
            };
            declared.with_validity(from, until).map_err(said)
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
