//! `--copies`: the copies of both sides that may be kept.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use realname::appraisal::Remote;
use realname::capture::{Slot, Watermark};
use realname::profile::Purpose;

use crate::config::Config;
use crate::failure::Failure;
use crate::{commands::specimens, files, lang, outside};

/// Refuses, before anybody is checked, what couldn't be written or has no name to put on it.
pub(super) fn prepare(directory: &Path, config: &Config) -> Result<PathBuf, Failure> {
    if config.operator.is_none() {
        return Err(Failure::damaged(
            "config",
            lang::pick(
                "`operator` is missing: a copy is marked with its name",
                "缺少 operator：副本须标注运营方名称",
            ),
            lang::pick(
                "add the operator's registered name in Latin letters to the configuration",
                "请在配置文件中加入运营方的拉丁字母名称",
            ),
        ));
    }
    fs::create_dir_all(directory).map_err(|error| specimens::unmade(directory, &error))?;
    let taken = [Slot::PortraitSide, Slot::EmblemSide].map(|slot| file(directory, slot));
    match taken.iter().find(|path| path.symlink_metadata().is_ok()) {
        Some(path) => Err(Failure::trouble(
            "file",
            format!("{} {}", outside::path(path), lang::pick("is already there", "已存在")),
            lang::pick("give another directory: no file is overwritten", "请换一个目录：不覆盖任何文件"),
        )),
        None => Ok(directory.to_owned()),
    }
}

/// Makes them where the configuration names the operator, so that their digests are attested, and writes them where a directory
/// was given.
pub(super) fn make(
    remote: &mut Remote,
    config: &Config,
    purpose: &Purpose,
    directory: Option<&Path>,
) -> Result<(), Failure> {
    let Some(operator) = &config.operator else { return Ok(()) };
    // The natural day: UTC+8, no daylight saving.
    let today = Timestamp::now().to_zoned(TimeZone::fixed(Offset::constant(8))).date();
    let mark = Watermark::new(operator, purpose, today)?;
    let Some(copies) = remote.mark_copies(&mark) else {
        // Photos without a card don't pass; only a policy that asks for no photo check comes here.
        return Ok(());
    };
    let Some(directory) = directory else { return Ok(()) };
    copies.iter().try_for_each(|copy| files::write_new_secret(&file(directory, copy.slot()), copy.png()))
}

fn file(directory: &Path, slot: Slot) -> PathBuf {
    directory.join(format!("{slot}-copy.png"))
}
