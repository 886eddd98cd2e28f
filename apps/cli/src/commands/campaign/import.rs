//! `campaign import`: a list of numbers, a line each.

use jiff::Timestamp;
use realname::campaign::{CampaignError, Import};
use realname::store::Put;

use super::{find, store};
use crate::args::CampaignImportArgs;
use crate::commands::{Done, done};
use crate::failure::Failure;
use crate::shapes::CampaignImported;
use crate::{files, lang, output, outside};

pub(super) fn run(args: &CampaignImportArgs) -> Done {
    let list = files::read(&args.list)?;
    let store = store(&args.which)?;
    let campaign = find(&*store, &args.which.campaign)?;
    let now = Timestamp::now();
    let (mut new, mut known) = (0, 0);
    for (place, line) in list.split(|byte| *byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let import = Import::parse(line.trim_ascii())
            .ok_or_else(|| Failure::from(CampaignError::Line(place + 1)).about(&outside::path(&args.list)))?;
        match campaign.import(&import, now)? {
            Put::Stored => new += 1,
            Put::Exists => known += 1,
        }
    }
    if args.which.json {
        output::json(&CampaignImported { new, known });
    } else {
        output::line(lang::pick(
            format!("{new} new, {known} were there"),
            format!("新增 {new} 个，已有 {known} 个"),
        ));
    }
    done()
}
